import uuid

from odoo.http import request, route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from .common import DriveController, local_address, members_only, status_of


class DriveCheckout(DriveController):
    @route("/drive/checkout", type="http", auth="user", methods=["GET"])
    @members_only
    def checkout(self, **kwargs):
        """Everything once more before ordering, at the prices that hold now."""
        basket = self._orders()._drive_basket(self._partner())
        changed = basket and basket._drive_refresh_prices()
        return self._checkout_page(prices_text=changed)

    @route("/drive/checkout/confirm", type="http", auth="user", methods=["POST"])
    @members_only
    def confirm(self, idempotency_key=None, total_seen=None, **kwargs):
        try:
            answer = self._confirm(idempotency_key, total_seen, kwargs)
        except DriveRefused as refused:
            return self._checkout_page(refusal=refused.refusal, typed=kwargs)
        return self._redirect(answer["url"], answer["message"])

    @route("/drive/checkout/keep", type="http", auth="user", methods=["POST"])
    @members_only
    def keep(self, to=None, take_out=None, **kwargs):
        """Keep what was typed, on the way to something that is to be corrected: ``to`` is its
        address; or take an article out here, by its id."""
        try:
            self._keep_preferences(kwargs)
            answer = self._set_quantity(take_out, 0, "uom") if take_out else {}
        except DriveRefused as refused:
            return self._checkout_page(refusal=refused.refusal, typed=kwargs)
        return self._redirect(local_address(to, "/drive/checkout"), answer.get("message"))

    @route("/drive/terms", type="http", auth="user", methods=["GET"], readonly=from_replica)
    def terms(self, **kwargs):
        """The terms of sale, also for those who may not order now."""
        company = self._partner()._drive_company()
        return self._render(
            "cafoutch_drive.shop_terms",
            {"terms": request.env["drive.policy"].sudo()._page_terms(company), "narrow": True},
        )

    def _checkout_page(self, refusal=None, typed=None, prices_text=""):
        values = self._shop_values()
        order = self._orders().browse(values["basket"]["order_id"]).exists()
        cards = self._catalogue()._basket_cards(values)
        return self._render(
            "cafoutch_drive.shop_checkout",
            {
                **values,
                "cards": cards,
                "preferences": order._drive_page_preferences(typed or {}),
                "wishes": order._drive_page_wishes(),
                "ceilings": order._drive_page_ceilings(),
                "lines_seen": order._drive_lines_seen(),
                "contract": order._drive_page_contract() if order else None,
                "avoided": {card["id"]: card["avoided_text"] for card in cards if card["avoided_text"]},
                "key": uuid.uuid4().hex,
                "tab": "basket",
                "narrow": True,
                "here": "/drive/checkout",
                "refusal": refusal,
                "prices_text": prices_text,
            },
            status=status_of(refusal) if refusal else 200,
        )
