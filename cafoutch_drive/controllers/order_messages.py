from odoo.http import route

from ..tools.refusal import DriveRefused
from .orders import DriveOrders


class DriveOrderMessages(DriveOrders):
    """A confirmed order's word to the shop."""

    @route("/drive/orders/<int:order_id>/message", type="http", auth="user", methods=["POST"])
    def message(self, order_id, text=None, **kwargs):
        return self._tell(order_id, "_drive_add_message", text=text)

    @route("/drive/orders/<int:order_id>/late", type="http", auth="user", methods=["POST"])
    def late(self, order_id, minutes=None, **kwargs):
        return self._tell(order_id, "_drive_say_late", minutes=minutes)

    @route("/drive/orders/<int:order_id>/collector", type="http", auth="user", methods=["POST"])
    def collector(self, order_id, name=None, **kwargs):
        return self._tell(order_id, "_drive_say_collector", name=name)

    @route("/drive/orders/<int:order_id>/arrived", type="http", auth="user", methods=["POST"])
    def arrived(self, order_id, **kwargs):
        return self._tell(order_id, "_drive_say_arrived")

    def _tell(self, order_id, method, **typed):
        """Run one of the order's methods on what was typed, alone for its household."""
        try:
            order = self._find_order(order_id)
            if not order:
                return self._not_found()
            answer = self._change([self._household_key()], lambda: getattr(order, method)(*typed.values()))
        except DriveRefused as refused:
            known = {name: value for name, value in typed.items() if isinstance(value, str)}
            return self._order_page(order_id, refused.refusal, known)
        return self._redirect(order.access_url, answer)
