from odoo.http import request, route

from ..tools.replica import from_replica
from .common import DriveController


class DriveAllergens(DriveController):
    """What somebody avoids: theirs alone, also while they order for somebody else."""

    @route("/drive/me/allergens", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def allergens(self, **kwargs):
        values = {"allergens": self._person()._drive_page_allergens(), "bare": True, "tab": "me"}
        return self._render("cafoutch_drive.shop_allergens", values)

    @route("/drive/me/allergens", type="http", auth="user", methods=["POST"])
    def save(self, **kwargs):
        chosen = request.httprequest.form.getlist("allergen")
        return self._redirect("/drive/me", self._person()._drive_avoid(chosen))
