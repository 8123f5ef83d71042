from odoo.http import request, route

from ..tools.replica import from_primary
from .common import DriveController


class DriveRecall(DriveController):
    """No more mails about a basket that waits: by the link of such a mail, which is
    signed and needs no account, or on the member's own page."""

    @route("/drive/recall/<string:token>", type="http", auth="public", methods=["GET"], readonly=from_primary)
    def recall(self, token, **kwargs):
        return self._recall_page(token)

    @route("/drive/recall/<string:token>", type="http", auth="public", methods=["POST"], csrf=False)
    def recall_answer(self, token, wanted=None, **kwargs):
        person = self._recalled(token)
        if not person:
            return self._recall_page(token)
        person.drive_no_recall = wanted != "1"
        return request.redirect(f"/drive/recall/{token}", code=303)

    @route("/drive/me/recall", type="http", auth="user", methods=["POST"])
    def me_recall(self, wanted=None, **kwargs):
        self._person().drive_no_recall = wanted != "1"
        return self._redirect("/drive/me", request.env._("It is noted."))

    def _recalled(self, token):
        """The person of a link, in their language; empty when there is none."""
        person = request.env["res.partner"].sudo()._drive_find_recalled(token)
        if person.lang:
            request.update_context(lang=person.lang)
        return person

    def _recall_page(self, token):
        person = self._recalled(token)
        response = self._render(
            "cafoutch_drive.shop_recall",
            {"bare": True, "token": token, "known": bool(person), "recalled": not person.drive_no_recall},
            status=200 if person else 404,
        )
        # The address is a key: no other site learns it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
