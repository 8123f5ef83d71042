import json

from odoo.http import content_disposition, request, route

from ..tools.replica import from_replica
from .common import DriveController


class DrivePrivacy(DriveController):
    @route("/drive/me/data", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def data(self, **kwargs):
        """What is kept about who is signed in; also for those who left."""
        values = {"data": self._person()._drive_page_data(), "bare": True, "tab": "me"}
        return self._render("cafoutch_drive.shop_data", values)

    @route("/drive/me/data/export", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def export(self, **kwargs):
        """The same as a file. It changes nothing, so that a link does: another site that
        leads here has the person's own browser save the person's own data, and reads
        nothing of it."""
        content = json.dumps(self._person()._drive_export(), ensure_ascii=False, indent=2)
        name = request.env._("my-data.json")
        return request.make_response(
            content,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
