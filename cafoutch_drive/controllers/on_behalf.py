from odoo.http import request, route

from ..tools.replica import from_replica
from . import served
from .common import DriveController


class DriveOnBehalf(DriveController):
    """Staff take an order for a member: the same pages with the same guards, which are
    the member's. For anybody else there is nothing here."""

    def _members(self):
        return request.env["res.partner"]

    @route("/drive/for", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def find(self, q="", **kwargs):
        if not self._members()._drive_takes_orders():
            return self._not_found()
        return self._render(
            "cafoutch_drive.shop_for_find",
            {
                "bare": True,
                "tab": "for",
                "words": q,
                "found": self._members()._drive_search_served(q),
            },
        )

    @route("/drive/for/<int:member_id>", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def ask(self, member_id, **kwargs):
        """A link begins nothing: it shows who it is about."""
        member = self._members()._drive_find_served(member_id)
        if not member:
            return self._not_found()
        return self._render(
            "cafoutch_drive.shop_for",
            {"bare": True, "tab": "for", "member": member._drive_page_before_serving()},
        )

    @route("/drive/for/<int:member_id>/begin", type="http", auth="user", methods=["POST"])
    def begin(self, member_id, **kwargs):
        member = self._members()._drive_find_served(member_id)
        if not member:
            return self._not_found()
        served.begin(member)
        return self._redirect("/drive")

    @route("/drive/for/end", type="http", auth="user", methods=["POST"])
    def end(self, **kwargs):
        """Ending what has ended is no error."""
        served.end()
        return self._redirect(
            "/drive/for" if self._members()._drive_takes_orders() else "/drive",
            request.env._("You no longer order for somebody else: this is your own basket."),
        )
