from odoo.http import route

from ..tools.refusal import DriveRefused
from .common import DriveController, status_of


class DriveOrders(DriveController):
    """Orders stay readable to people who may no longer make new ones."""

    @route("/drive/orders", type="http", auth="user", methods=["GET"], readonly=True)
    def orders(self, **kwargs):
        orders = self._orders()._drive_orders_of(self._partner())
        return self._render(
            "cafoutch_drive.shop_orders",
            {
                "orders": [order._drive_page_summary() for order in orders],
                "tab": "orders",
                "narrow": True,
            },
        )

    @route(
        "/drive/orders/<int:order_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def order(self, order_id, **kwargs):
        return self._order_page(order_id)

    @route("/drive/orders/<int:order_id>/cancel", type="http", auth="user", methods=["POST"])
    def cancel(self, order_id, **kwargs):
        try:
            order = self._orders()._drive_find_order(self._partner(), order_id)
            if not order:
                return self._not_found()
            answer = self._cancel(order)
        except DriveRefused as refused:
            return self._order_page(order_id, refused.refusal)
        return self._redirect(answer["url"], answer["message"])

    def _order_page(self, order_id, refusal=None):
        order = self._orders()._drive_find_order(self._partner(), order_id)
        if not order:
            return self._not_found()
        return self._render(
            "cafoutch_drive.shop_order",
            {
                "order": order._drive_page_order(),
                "tab": "orders",
                "narrow": True,
                "here": order.access_url,
                "refusal": refusal,
            },
            status=status_of(refusal) if refusal else 200,
        )
