import uuid

from odoo.http import route

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from ..tools.typed_quantity import read_number
from .common import status_of
from .orders import DriveOrders

LONGEST_WORDS = 100


class DriveOrderChange(DriveOrders):
    """The articles of a confirmed order, changed on a page of its own: the page carries
    the change, and nothing is written before it is confirmed."""

    @route(
        "/drive/orders/<int:order_id>/change",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    def order_change(self, order_id, **kwargs):
        order = self._find_order(order_id)
        if not order:
            return self._not_found()
        if not order._drive_may_change():
            return self._redirect(order.access_url)
        return self._order_change_page(order, {})

    @route("/drive/orders/<int:order_id>/change", type="http", auth="user", methods=["POST"])
    def order_change_next(self, order_id, **form):
        """Show the page again with what was sent, or confirm it."""
        try:
            order = self._find_order(order_id)
        except DriveRefused as refused:
            return self._order_page(order_id, refused.refusal)
        if not order:
            return self._not_found()
        refusal = None
        if form.get("do") == "confirm":
            try:
                answer = self._change_lines(
                    order, self._sent_lines(form), form.get("idempotency_key"), form.get("total_seen")
                )
                return self._redirect(answer["url"], answer["message"])
            except DriveRefused as refused:
                refusal = refused.refusal
        if not order._drive_may_change():
            return self._order_page(order_id, refusal) if refusal else self._redirect(order.access_url)
        return self._order_change_page(order, form, refusal)

    def _sent_lines(self, form):
        """What differs from the order: ``qty-7`` from ``was-7``; ``to``, of the buttons beside a
        field, goes first. A text is what somebody typed in the page, a number what it proposed
        or showed already (``shown-7``)."""
        pressed, _colon, to = form.get("to", "").partition(":")
        lines = []
        for field, typed in form.items():
            kind, _dash, product_id = field.partition("-")
            if kind != "qty":
                continue
            wanted = to if product_id == pressed else typed
            if self._plain(wanted) != self._plain(form.get(f"was-{product_id}", "")):
                proposed = product_id == pressed or wanted == form.get(f"shown-{product_id}")
                number = read_number(wanted) if proposed else None
                unit = form.get(f"unit-{product_id}", "uom")
                lines.append({"product_id": product_id, "qty": wanted if number is None else number, "unit": unit})
        return lines

    def _plain(self, number):
        """A number as a field has it, so that it can be compared."""
        return number.strip().replace(",", ".")

    def _order_change_page(self, order, form, refusal=None):
        values = self._shop_values()
        words = " ".join(form.get("q", "").replace("\0", "").split())[:LONGEST_WORDS]
        page = order._drive_page_change(
            values, self._sent_lines(form), words, read_id(form.get("shelf"), from_text=True)
        )
        refusal = refusal or page["change_refusal"]
        return self._render(
            "cafoutch_drive.shop_order_change",
            {
                **values,
                **page,
                "key": uuid.uuid4().hex,
                "tab": "orders",
                "narrow": True,
                "here": order.access_url,
                "refusal": refusal,
            },
            status=status_of(refusal) if refusal else 200,
        )
