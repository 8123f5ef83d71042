from odoo.http import request, route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from ..tools.typed_quantity import read_number
from .common import DriveController, local_address, members_only, status_of


class DriveBasket(DriveController):
    @route("/drive/basket", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    def basket(self, **kwargs):
        return self._basket_page()

    @route(
        "/drive/basket/panel",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    @members_only
    def panel(self, **kwargs):
        """The basket beside the list, alone: for the page to put in its place."""
        return self._render("cafoutch_drive.shop_panel")

    @route("/drive/basket/set", type="http", auth="user", methods=["POST"])
    @members_only
    def set_quantity(self, product_id=None, qty=None, unit="uom", **kwargs):
        """Set a quantity; ``to``, of the buttons beside the field, goes first."""
        back = local_address(kwargs.get("next"), "/drive/basket")
        try:
            # A button's value is ours: nobody typed it.
            wanted = read_number(kwargs["to"]) if "to" in kwargs else qty
            answer = self._set_quantity(product_id, wanted, unit, price_seen=kwargs.get("price_seen"))
        except DriveRefused as refused:
            return self._basket_page(refusal=refused.refusal, back=back)
        return self._redirect(back, answer["message"])

    @route("/drive/basket/wish", type="http", auth="user", methods=["POST"])
    @members_only
    def set_wish(self, product_id=None, wish=None, **kwargs):
        """Say what to do when this one article is missing; empty as for the order."""
        partner = self._partner()

        def work():
            return self._orders()._drive_basket(partner)._drive_set_wish(product_id, wish)

        try:
            self._change([self._household_key()], work)
        except DriveRefused as refused:
            return self._basket_page(refusal=refused.refusal)
        return self._redirect("/drive/basket", request.env._("Your wish is noted."))

    def _basket_page(self, refusal=None, back=None):
        here = "/drive/basket"
        catalogue, values = self._catalogue(), self._shop_values()
        cards = catalogue._basket_cards(values)
        wishes = self._orders().browse(values["basket"]["order_id"])._drive_page_wishes()
        return self._render(
            "cafoutch_drive.shop_basket",
            {
                **values,
                "lines_html": catalogue._basket_lines_html(
                    values["contents"], cards, wishes, request.csrf_token(), here
                ),
                "waiting": self._waiting_values(),
                "tab": "basket",
                "narrow": True,
                "here": here,
                "refusal": refusal,
                "back": back if back != here else None,
            },
            status=status_of(refusal) if refusal else 200,
        )
