"""What the controllers of the member pages share: no rule, only how a request is
read and how a page, or a refusal, is answered."""

import functools
import re
from urllib.parse import quote

from odoo import http
from odoo.http import request

from ..tools.locking import lock_first
from ..tools.refusal import DriveRefused
from . import served

# What was asked makes no sense; any other refusal is a conflict with how things are.
NOT_UNDERSTOOD = {
    "bad_answer",
    "bad_ceiling",
    "bad_day",
    "bad_key",
    "bad_lines",
    "bad_message",
    "bad_name",
    "bad_preference",
    "bad_quantity",
    "bad_step",
    "bad_unit",
    "no_such_slot",
    "not_sold",
    "which_unit",
}
# An address of ours: plain segments, nothing encoded in them; what follows is the page's.
OUR_PAGE = re.compile(r"/drive(?:/[a-zA-Z0-9_.-]+)*(?:[?#][^\s\\\x00-\x1f\x7f]*)?")
# After these a page with JavaScript reads the check-out again: what it shows has changed.
READ_AGAIN = {"gone", "hold_expired"}


def members_only(handler):
    """Show people who may not order why, and what they can do, instead of a page."""

    @functools.wraps(handler)
    def checked(self, *args, **kwargs):
        try:
            refusal = self._partner()._drive_refusal()
        except DriveRefused as refused:
            return self._why_page(refused.refusal, status_of(refused.refusal))
        if refusal:
            return self._why_page(refusal)
        return handler(self, *args, **kwargs)

    return checked


def own_only(handler):
    """What somebody keeps for themselves is not there while staff order for them."""

    @functools.wraps(handler)
    def checked(self, *args, **kwargs):
        return self._not_found() if served.current() else handler(self, *args, **kwargs)

    return checked


def status_of(refusal):
    """HTTP status of a refused form post."""
    return 422 if refusal.code in NOT_UNDERSTOOD else 409


def local_address(address, default):
    """Return ``address`` when it leads to one of our pages, else ``default``.

    A browser may decode a path, take a backslash for a slash and go up at dots, before it
    asks: an address that needs any of that is none of ours.
    """
    if not isinstance(address, str) or not OUR_PAGE.fullmatch(address):
        return default
    path = re.split("[?#]", address)[0]
    return default if {".", ".."} & set(path.split("/")) else address


class DriveController(http.Controller):
    # === WHO AND WHAT === #

    def _person(self):
        """The person who is signed in, whoever they order for."""
        return request.env.user._drive_person()

    def _partner(self):
        """The person whose basket and orders this request is about: who is signed in,
        or the member for whom they take an order."""
        return served.current() or self._person()

    def _owner(self, member):
        """Whose basket a page changes, as its JavaScript says it back.

        :param member: for whom the page is, or an empty partner
        """
        return f"{request.env.uid}-{member.id}" if member else str(request.env.uid)

    def _check_owner(self, owner):
        """Refuse a change that a page of another basket sends.

        :param owner: of :meth:`_owner`; ``None`` from programs, which have no page
        :raise DriveRefused: when somebody else signed in, or staff began or ended an
            order for somebody, since the page was opened
        """
        if owner is not None and owner != self._owner(served.current()):
            raise DriveRefused(
                "other_basket",
                request.env._("This page shows another basket. Nothing was changed: please load it again."),
                "/drive",
            )

    def _orders(self):
        """Orders, with the rights of the shop: each route checks whose they are."""
        return request.env["sale.order"].sudo()

    def _orders_in_sight(self):
        """Orders that may be shown: of a member for whom staff order, only what they can do
        something about."""
        return self._orders().with_context(drive_on_behalf=bool(served.current()))

    def _find_order(self, order):
        """One of the orders that this request may be about, or none; see ``_drive_find_order``."""
        return self._orders_in_sight()._drive_find_order(self._partner(), order)

    def _catalogue(self):
        return request.env["drive.catalogue"].sudo()

    # === ANSWERS === #

    def _render(self, template, values=None, status=200):
        """Answer with a page of the shop.

        :param values: of the page, with or without the shop's own; ``bare`` for one
            without shelves and basket
        """
        values = values or {}
        known = values.get("bare") or "contents" in values
        shop = {} if known else self._shop_values()
        values = {**self._frame_values(), **shop, **values}
        if "coop" not in values:
            values["coop"] = request.env.company.sudo()._drive_name()
        response = request.render(template, values)
        response.status_code = status
        return response

    def _why_page(self, refusal, status=403):
        """Answer why this person may not order, and who can help."""
        partner = self._person() if refusal.code == "other_basket" else self._partner()
        return self._render(
            "cafoutch_drive.shop_why",
            {"refusal": refusal, "bare": True, "contact": partner._drive_page_contact()},
            status=status,
        )

    def _frame_values(self):
        env = request.env
        member = served.current(to_show=True)
        return {
            "language": (env.lang or "en_US").replace("_", "-"),
            # Whose basket a page changes; what it has not sent yet is kept by it.
            "owner": self._owner(member),
            "signed_in": bool(request.session.uid),
            "served": member and member._drive_page_served(),
            "here": self._address(),
            "notice": request.session.pop("drive_notice", None),
            "csrf_token": request.csrf_token(),
            "refusal": None,
            "query": "",
            "shelf_id": None,
            "tab": None,
        }

    def _address(self):
        """The address of this page, to come back to it."""
        return request.httprequest.full_path.rstrip("?")

    def _shop_values(self):
        """Shelves and basket, as each page of the shop shows them."""
        values = self._catalogue()._page_values(self._partner())
        if served.current(to_show=True):
            values["basket"] = {**values["basket"], "liked": frozenset()}
        return values

    def _not_found(self):
        """Answer that there is nothing at this address; also for what belongs to
        somebody else, which is nobody's business."""
        return self._render("cafoutch_drive.shop_not_found", status=404)

    def _redirect(self, address, notice=None):
        """Answer a post that went well."""
        if notice:
            request.session["drive_notice"] = notice
        return request.redirect(address, code=303)

    # === CHANGES === #

    def _change(self, keys, work):
        """Run a change alone on what it takes; see ``lock_first``."""
        return lock_first(request.env, keys, work)

    def _household_key(self):
        return ("household", self._partner()._drive_household().id)

    def _set_quantity(self, product_id, qty, unit, seq=None, **told):
        """Set a quantity in the basket of who is signed in."""
        partner = self._partner()

        def work():
            basket = self._orders()._drive_basket(partner, create=True)
            return basket._drive_set_quantity(product_id, qty, unit, seq, **told)

        return self._change([self._household_key()], work)

    def _hold(self, slot_id):
        """Hold a place for who is signed in, with or without a basket."""
        partner = self._partner()
        orders = self._orders()
        slot = orders._drive_find_slot(slot_id)
        earlier = orders._drive_basket(partner).drive_booking_id.slot_id

        def work():
            return orders._drive_basket(partner, create=True)._drive_hold(slot)

        slots = [("slot", one.id) for one in slot | earlier]
        return self._change([self._household_key(), *slots], work)

    def _change_hold(self, method):
        """Extend or release the held place of who is signed in.

        :raise DriveRefused: when there is none
        """
        basket = self._orders()._drive_basket(self._partner())
        slot = basket.drive_booking_id.slot_id
        if not slot:
            raise DriveRefused(
                "no_slot",
                request.env._("You have no slot at the moment."),
                "/drive/slots",
            )
        keys = [self._household_key(), ("slot", slot.id)]
        return self._change(keys, getattr(basket, method))

    def _waiting(self):
        return request.env["drive.waiting"].sudo()

    def _waiting_in_sight(self):
        """As :meth:`_orders_in_sight`, of what is waited for."""
        return self._waiting().with_context(drive_on_behalf=bool(served.current()))

    def _waiting_values(self):
        """What is offered to the household of who is signed in, and what it waits for."""
        return self._waiting_in_sight()._open_of(self._partner())._page_list(self._partner())

    def _join(self, slot_id=None, day=None):
        """Enter the line of a slot, or of any slot of a day, for who is signed in.

        :param slot_id: anything that a page sends, and so is ``day``
        """
        partner = self._partner()
        orders = self._orders()
        if slot_id is None:
            point = request.env["drive.slot"].sudo()._page_point(orders._drive_page_basket(partner))
            return self._change([self._household_key()], lambda: self._waiting()._join_day(partner, point, day))
        slot = orders._drive_find_slot(slot_id)
        keys = [self._household_key(), ("slot", slot.id)]
        return self._change(keys, lambda: self._waiting()._join_slot(partner, slot))

    def _leave(self, waiting):
        return self._change(waiting._locks(self._partner()), waiting._leave)

    def _accept(self, waiting, partner):
        """Keep an offered place for a person's basket."""
        return self._change(waiting._locks(partner), lambda: waiting._accept(partner))

    def _confirm(self, key, total_seen, preferences=None):
        """Confirm the basket of who is signed in, once for each key.

        :param preferences: note, substitution and ``lines_seen``, as the page sends them
        """
        partner = self._partner()
        orders = self._orders()
        order = orders._drive_order_for_key(partner, key) or orders._drive_basket(partner)
        if not order:
            raise DriveRefused("empty", request.env._("Your basket is empty."), "/drive")
        slot = order.drive_booking_id.slot_id
        preferences = preferences or {}

        def work():
            order._drive_set_preferences(preferences)
            return order._drive_confirm(key, total_seen, preferences.get("lines_seen"))

        try:
            if slot:
                self._change([self._household_key(), ("slot", slot.id)], order._drive_secure_hold)
            answer = self._change(order._drive_locks(), work)
        except DriveRefused as refused:
            self._before_reading_again(order, refused.refusal.code, preferences)
            raise
        served.confirmed(order)
        return answer

    def _before_reading_again(self, order, code, preferences):
        """After a refused confirmation: what the member reads next has what they typed, and
        the prices that hold now where these are what is said.

        :param code: of the refusal
        """

        def work():
            order._drive_set_preferences(preferences)
            return code == "total" and order._drive_refresh_prices()

        typed = {"note", "substitution"} & preferences.keys()
        if code == "total" or (code in READ_AGAIN and typed):
            self._change([self._household_key()], work)

    def _keep_preferences(self, preferences):
        """Keep the note and the substitution of the basket of who is signed in, if there is one.

        :param preferences: as of :meth:`_confirm`
        """
        basket = self._orders()._drive_basket(self._partner())
        if basket:
            self._change([self._household_key()], lambda: basket._drive_set_preferences(preferences))

    def _cancel(self, order):
        return self._change(order._drive_locks(), order._drive_cancel)

    def _move(self, order, slot_id, key=None):
        """Give a confirmed order of who is signed in another slot.

        :param slot_id: anything that a page sends
        """
        slot = order._drive_find_slot(slot_id)
        return self._change(order._drive_move_locks(slot), lambda: order._drive_move_by_member(slot, key))

    def _change_lines(self, order, lines, key, total_seen):
        """Change the articles of a confirmed order of who is signed in.

        :param lines: anything that a page sends
        """
        locks = order._drive_change_locks(lines)
        return self._change(locks, lambda: order._drive_change_by_member(lines, key, total_seen))


def sign_in_address(path):
    """Where to sign in to come back to ``path``."""
    return f"/web/login?redirect={quote(path, safe='')}"
