from odoo.http import route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from .common import DriveController, status_of


class DriveOrders(DriveController):
    """Orders stay readable to people who may no longer make new ones."""

    @route("/drive/orders", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def orders(self, page=None, **kwargs):
        return self._render(
            "cafoutch_drive.shop_orders",
            {
                **self._orders_in_sight()._drive_page_orders(self._partner(), page),
                "page_address": "/drive/orders?page={}".format,
                "tab": "orders",
                "narrow": True,
            },
        )

    @route(
        "/drive/orders/<int:order_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    def order(self, order_id, **kwargs):
        return self._order_page(order_id)

    @route(
        "/drive/orders/<int:order_id>/receipt",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    def receipt(self, order_id, **kwargs):
        order = self._find_order(order_id)
        receipt = order and order._drive_page_receipt()
        if not receipt:
            return self._not_found()
        return self._render(
            "cafoutch_drive.shop_receipt",
            {"order": order._drive_page_order(), "receipt": receipt, "tab": "orders", "narrow": True},
        )

    @route("/drive/orders/<int:order_id>/cancel", type="http", auth="user", methods=["POST"])
    def cancel(self, order_id, **kwargs):
        try:
            order = self._find_order(order_id)
            if not order:
                return self._not_found()
            answer = self._cancel(order)
        except DriveRefused as refused:
            return self._order_page(order_id, refused.refusal)
        return self._redirect(answer["url"], answer["message"])

    @route(
        "/drive/orders/<int:order_id>/slots",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    def order_slots(self, order_id, **kwargs):
        order = self._find_order(order_id)
        if not order:
            return self._not_found()
        if not order._drive_may_change():
            return self._redirect(order.access_url)
        return self._order_slots_page(order)

    @route("/drive/orders/<int:order_id>/move", type="http", auth="user", methods=["POST"])
    def order_move(self, order_id, slot_id=None, **kwargs):
        order = self._find_order(order_id)
        if not order:
            return self._not_found()
        try:
            answer = self._move(order, slot_id)
        except DriveRefused as refused:
            if not order._drive_may_change():
                return self._order_page(order_id, refused.refusal)
            return self._order_slots_page(order, refused.refusal)
        return self._redirect(answer["url"], answer["message"])

    def _order_slots_page(self, order, refusal=None):
        return self._render(
            "cafoutch_drive.shop_order_slots",
            {
                **order._drive_page_slots(),
                "tab": "orders",
                "narrow": True,
                "here": f"{order.access_url}/slots",
                "refusal": refusal,
            },
            status=status_of(refusal) if refusal else 200,
        )

    def _order_page(self, order_id, refusal=None, typed=None):
        order = self._find_order(order_id)
        if not order:
            return self._not_found()
        return self._render(
            "cafoutch_drive.shop_order",
            {
                "order": order._drive_page_order(),
                "messages": order._drive_page_messages(typed),
                "arrival": order._drive_page_arrival(),
                "questions": order._drive_page_questions(),
                "tab": "orders",
                "narrow": True,
                "here": order.access_url,
                "refusal": refusal,
            },
            status=status_of(refusal) if refusal else 200,
        )
