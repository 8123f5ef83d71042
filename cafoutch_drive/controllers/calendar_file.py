from odoo.http import request, route

from ..tools.replica import from_replica
from .common import DriveController


class DriveCalendarFile(DriveController):
    @route(
        "/drive/orders/<int:order_id>/pickup.ics",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    def pickup(self, order_id, **kwargs):
        order = self._find_order(order_id)
        content = order and order._drive_calendar_file()
        if not content:
            return self._not_found()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                # Shown, not only kept: a phone then offers to add it.
                ("Content-Disposition", f'inline; filename="{order._drive_calendar_name()}"'),
            ],
        )
