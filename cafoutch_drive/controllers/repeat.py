from odoo.http import request, route

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from . import served
from .api import answers
from .common import DriveController, local_address, members_only, own_only, status_of


class DriveRepeat(DriveController):
    """What one takes again: the usual products, favourites, an order of before."""

    # === USUAL === #

    @route("/drive/usual", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    @own_only
    def usual(self, **kwargs):
        return self._usual_page()

    @route("/drive/usual/add", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def usual_add(self, **kwargs):
        """Put the ticked products into the basket, so much of each as is usual."""
        partner = self._partner()
        usual = self._catalogue()._usual_quantities(self._shop_values(), partner)
        try:
            return self._bring_up(self._ticked(usual))
        except DriveRefused as refused:
            return self._usual_page(refused.refusal)

    def _usual_page(self, refusal=None):
        values = self._shop_values()
        cards = self._catalogue()._usual_cards(values, self._partner())
        return self._repeat_page(values, "usual", {"cards": cards}, "/drive/usual", refusal)

    # === FAVOURITES === #

    @route("/drive/favourites", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    @own_only
    def favourites(self, **kwargs):
        return self._favourites_page()

    @route("/drive/favourites/set", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def favourites_set(self, product_id=None, on=None, like=None, **kwargs):
        """Like a product, or no longer; ``like``, of the hearts in a list, goes first: "7:1"."""
        back = local_address(kwargs.get("next"), "/drive/favourites")
        if like:
            product_id, _colon, on = like.partition(":")
            back = f"{back}#p{read_id(product_id, from_text=True)}"
        try:
            answer = self._set_favourite(product_id, on == "1")
        except DriveRefused as refused:
            return self._favourites_page(refused.refusal)
        return self._redirect(back, answer["message"])

    @route("/drive/api/favourites/set", type="jsonrpc", auth="public")
    @answers()
    def api_favourites_set(self, product_id=None, on=None, **kwargs):
        refusal = self._partner()._drive_refusal()
        if refusal:
            raise DriveRefused(*refusal)
        if served.current():
            raise DriveRefused("own_only", request.env._("Favourites are the member’s own: nothing was changed."))
        return self._set_favourite(product_id, on is True)

    def _set_favourite(self, product_id, on):
        """Like a product, or no longer; done twice, it is once.

        :param product_id: anything that a page sends
        """
        partner = self._partner()

        def work():
            # What is no longer sold can still be taken out.
            if on:
                product = self._orders()._drive_find_product(product_id)
            else:
                product = request.env["product.product"].sudo().browse(read_id(product_id, from_text=True))
            favourites = self._lists()._drive_favourites(partner, create=on)
            if favourites:
                favourites._drive_set(product, 1.0 if on else 0.0)
            if on:
                return {"on": True, "message": request.env._("Among your favourites: %s", product.name)}
            return {"on": False, "message": request.env._("No longer among your favourites.")}

        return self._change([self._household_key()], work)

    def _favourites_page(self, refusal=None):
        values = self._shop_values()
        favourites = self._lists()._drive_favourites(self._partner())
        cards, gone = self._catalogue()._list_cards(values, favourites)
        return self._repeat_page(values, "favourites", {"cards": cards, "gone": gone}, "/drive/favourites", refusal)

    # === AN ORDER AGAIN === #

    @route("/drive/orders/<int:order_id>/again", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def order_again(self, order_id, **kwargs):
        """Put what was ordered into the basket, as far as it is there today."""
        order = self._find_order(order_id)
        if not order:
            return self._not_found()
        try:
            return self._bring_up(order._drive_quantities())
        except DriveRefused as refused:
            return self._usual_page(refused.refusal)

    # === SHARED === #

    def _lists(self):
        return request.env["drive.list"].sudo()

    def _ticked(self, quantities):
        """``{product: quantity}`` of the products that the page's form has ticked.

        :param quantities: ``{product_id: quantity}`` of all that were to be ticked
        """
        ticked = {read_id(text, from_text=True) for text in request.httprequest.form.getlist("product")}
        products = request.env["product.product"].sudo()
        return {products.browse(number): quantity for number, quantity in quantities.items() if number in ticked}

    def _bring_up(self, wanted):
        """Put products into the basket of who is signed in, and show it.

        :param wanted: ``{product: quantity}``
        """
        if not wanted:
            return self._redirect("/drive/basket", request.env._("Nothing was ticked: your basket is unchanged."))
        partner = self._partner()

        def work():
            return self._orders()._drive_basket(partner, create=True)._drive_bring_up(wanted)

        answer = self._change([self._household_key()], work)
        return self._redirect(answer["url"], answer["message"])

    def _repeat_page(self, values, kind, content, here, refusal=None):
        """One of the pages under "My usual products".

        :param kind: which of them: "usual", "favourites" or "lists"
        """
        return self._render(
            f"cafoutch_drive.shop_{kind}",
            {**values, **content, "kind": kind, "tab": "usual", "here": here, "refusal": refusal},
            status=status_of(refusal) if refusal else 200,
        )
