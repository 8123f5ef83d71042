from odoo.http import request, route

from ..tools.replica import from_replica
from .common import DriveController


class DriveMe(DriveController):
    @route("/drive/me", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def me(self, **kwargs):
        """Open to people who may not order: they read here why, and whom to talk to."""
        return self._render(
            "cafoutch_drive.shop_me",
            {
                "me": self._person()._drive_page_me(),
                "takes_orders": request.env["res.partner"]._drive_takes_orders(),
                "bare": True,
                "tab": "me",
            },
        )
