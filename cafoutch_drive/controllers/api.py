import functools

from odoo.http import request, route

from ..tools.refusal import DriveRefused
from .common import DriveController, sign_in_address


def answers(**otherwise):
    """Answer a refusal like everything else: with a sentence, never an error.

    A visitor is told to sign in; somebody who may not order is told why. The
    orders they already have stay theirs: ``orders/`` routes check themselves.

    :param otherwise: what a refusal answers besides its code, sentence and way out
    """

    def decorate(handler):
        @functools.wraps(handler)
        def answered(self, *args, **kwargs):
            if request.env.user._is_public():
                return {
                    **otherwise,
                    "code": "signed_out",
                    "message": request.env._("Please sign in again."),
                    "url": sign_in_address("/drive"),
                }
            try:
                self._check_owner(kwargs.pop("owner", None))
                return handler(self, *args, **kwargs)
            except DriveRefused as refused:
                return {**otherwise, **refused.refusal._asdict()}

        return answered

    return decorate


class DriveApi(DriveController):
    """The pages' own calls. They are ``auth="public"`` only so that a session that
    has ended is answered with a sentence; nothing is done for a visitor."""

    @route("/drive/api/basket/set", type="jsonrpc", auth="public")
    @answers()
    def basket_set(self, product_id=None, qty=None, unit="uom", seq=None, **kwargs):
        self._check_member()
        try:
            told = {name: kwargs.get(name) for name in ("page", "price_seen")}
            return self._set_quantity(product_id, qty, unit, seq, **told)
        except DriveRefused as refused:
            kept = self._orders()._drive_answer_for(self._partner(), product_id, unit)
            return {**kept, **refused.refusal._asdict()}

    @route("/drive/api/slots/hold", type="jsonrpc", auth="public")
    @answers(held=False, expires_at=None)
    def slots_hold(self, slot_id=None, **kwargs):
        self._check_member()
        booking = self._hold(slot_id)
        return self._held_answer(booking, request.env._("Your slot is kept."))

    @route("/drive/api/slots/extend", type="jsonrpc", auth="public")
    @answers()
    def slots_extend(self, **kwargs):
        try:
            booking = self._change_hold("_drive_extend_hold")
        except DriveRefused as refused:
            # A hold that cannot be extended still lasts until its end.
            booking = self._orders()._drive_basket(self._partner())._drive_live_hold()
            return {**self._held_answer(booking), **refused.refusal._asdict()}
        return self._held_answer(booking, request.env._("Your slot is kept longer."))

    @route("/drive/api/slots/release", type="jsonrpc", auth="public")
    @answers(held=False, expires_at=None)
    def slots_release(self, **kwargs):
        self._change_hold("_drive_release_hold")
        return {
            "held": False,
            "expires_at": None,
            "message": request.env._("Your slot is free again. Your basket is still here."),
        }

    @route("/drive/api/waiting/join", type="jsonrpc", auth="public")
    @answers(waiting=None)
    def waiting_join(self, slot_id=None, day=None, **kwargs):
        """Enter the line of a full slot, or with ``day`` of any slot of that day."""
        waiting = self._join(slot_id, day)
        position = waiting._position()
        message = request.env._("You are in line (number %s). We write to you when a place is yours.", position)
        return {"waiting": waiting.id, "position": position, "message": message}

    @route("/drive/api/waiting/leave", type="jsonrpc", auth="public")
    @answers(waiting=None)
    def waiting_leave(self, waiting=None, **kwargs):
        """Leave the line, or decline the place that is offered."""
        self._leave(self._one_that_waits(waiting))
        return {"waiting": None, "message": request.env._("You are no longer in line.")}

    @route("/drive/api/waiting/take", type="jsonrpc", auth="public")
    @answers(held=False, expires_at=None)
    def waiting_take(self, waiting=None, **kwargs):
        """Accept the place that is offered: it is kept as any held place."""
        self._check_member()
        booking = self._accept(self._one_that_waits(waiting), self._partner())
        return self._held_answer(booking, request.env._("Your slot is kept."))

    def _one_that_waits(self, waiting):
        """Return what the household of who is signed in waits for, or refuse.

        :param waiting: id, as a page sends it
        """
        found = self._waiting_in_sight()._find_mine(self._partner(), waiting)
        if not found:
            raise DriveRefused("no_such_waiting", request.env._("You are not in that line."), "/drive/slots")
        return found

    @route("/drive/api/checkout/confirm", type="jsonrpc", auth="public")
    @answers(order=None)
    def checkout_confirm(self, idempotency_key=None, total_seen=None, **kwargs):
        self._check_member()
        return self._confirm(idempotency_key, total_seen, kwargs)

    @route("/drive/api/orders/cancel", type="jsonrpc", auth="public")
    @answers(order=None)
    def orders_cancel(self, order=None, idempotency_key=None, **kwargs):
        """Cancelling twice is cancelling once, whatever the key."""
        return self._cancel(self._one_of_mine(order))

    @route("/drive/api/orders/move", type="jsonrpc", auth="public")
    @answers(order=None)
    def orders_move(self, order=None, slot_id=None, idempotency_key=None, **kwargs):
        """Give a confirmed order another slot, once for each key."""
        return self._move(self._one_of_mine(order), slot_id, idempotency_key)

    @route("/drive/api/orders/change", type="jsonrpc", auth="public")
    @answers(order=None)
    def orders_change(self, order=None, lines=None, total_seen=None, idempotency_key=None, **kwargs):
        """Change the articles of a confirmed order, once for each key: ``lines`` says the
        new quantity of those that change."""
        return self._change_lines(self._one_of_mine(order), lines, idempotency_key, total_seen)

    def _one_of_mine(self, order):
        """Return an order of who is signed in.

        :param order: id or name, as a page sends it
        :raise DriveRefused: when there is none such
        """
        found = self._find_order(order)
        if not found:
            raise DriveRefused(
                "no_such_order",
                request.env._("This order was not found among yours."),
                "/drive/orders",
            )
        return found

    def _check_member(self):
        refusal = self._partner()._drive_refusal()
        if refusal:
            raise DriveRefused(*refusal)

    def _held_answer(self, booking, message=""):
        return {
            "held": bool(booking),
            "expires_at": f"{booking.expires_at.isoformat()}Z" if booking else None,
            "message": message,
        }
