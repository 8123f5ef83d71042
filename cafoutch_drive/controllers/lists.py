from odoo.http import request, route

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.replica import from_replica
from .common import members_only, own_only
from .repeat import DriveRepeat


class DriveLists(DriveRepeat):
    """The lists of a member and of their household."""

    @route("/drive/lists", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    @own_only
    def lists(self, **kwargs):
        return self._lists_page()

    @route("/drive/lists/<int:list_id>", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    @own_only
    def one_list(self, list_id, **kwargs):
        return self._list_page(list_id)

    @route("/drive/lists/keep", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def list_keep(self, name=None, source=None, **kwargs):
        """Keep products in the list with this name: of the basket, of the order with
        the number ``order_id``, or the one product ``product_id``; ``source`` says
        which, and a list may be begun with none."""
        partner = self._partner()

        def work():
            return self._lists()._drive_keep(partner, name, self._quantities_of(source, kwargs))

        try:
            kept = self._change([self._household_key()], work)
        except DriveRefused as refused:
            return self._lists_page(refused.refusal, name)
        message = request.env._(
            "In your list “%(name)s”: %(count)s.",
            name=kept.name,
            count=self._catalogue()._count_text(len(kept.line_ids)),
        )
        return self._redirect(f"/drive/lists/{kept.id}", message)

    def _quantities_of(self, source, sent):
        """``{product: quantity}`` of what is to be kept.

        :param sent: what the page's form has besides
        :raise DriveRefused: when there is no such product or order
        """
        orders, partner = self._orders(), self._partner()
        if source == "product":
            product = orders._drive_find_product(sent.get("product_id"))
            return {product: self._catalogue()._first_quantity(self._shop_values(), product)}
        if source == "order":
            order = orders._drive_find_order(partner, sent.get("order_id"))
            if not order:
                raise DriveRefused("no_such_order", request.env._("This order was not found among yours."))
            return order._drive_quantities()
        basket = source == "basket" and orders._drive_basket(partner)
        return basket._drive_quantities() if basket else {}

    @route("/drive/lists/<int:list_id>/add", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def list_add(self, list_id, everything=None, **kwargs):
        """Put a list into the basket: all of it, or what is ticked."""
        found = self._lists()._drive_find(self._partner(), list_id)
        if not found:
            return self._not_found()
        quantities = found._drive_quantities()
        if not everything:
            quantities = self._ticked({product.id: quantity for product, quantity in quantities.items()})
        try:
            return self._bring_up(quantities)
        except DriveRefused as refused:
            return self._list_page(list_id, refused.refusal)

    @route("/drive/lists/<int:list_id>/set", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def list_set(self, list_id, product_id=None, qty=None, unit="uom", **kwargs):
        """Set how much of a product is in a list; ``to`` of a button goes first."""

        def work(found):
            orders = self._orders()
            wanted = kwargs.get("to", qty)
            if wanted == "0":
                # What is no longer sold can still be taken out.
                product = request.env["product.product"].sudo().browse(read_id(product_id, from_text=True))
                return found._drive_set(product, 0.0)
            product = orders._drive_find_product(product_id)
            known = found._drive_quantities().get(product, 0.0)
            return found._drive_set(product, orders._drive_parse_quantity(product, wanted, unit, known))

        return self._change_list(list_id, work)

    @route("/drive/lists/<int:list_id>/rename", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def list_rename(self, list_id, name=None, shared=None, **kwargs):
        return self._change_list(list_id, lambda found: found._drive_rename(name, shared))

    @route("/drive/lists/<int:list_id>/delete", type="http", auth="user", methods=["POST"])
    @members_only
    @own_only
    def list_delete(self, list_id, **kwargs):
        return self._change_list(list_id, lambda found: found.unlink(), "/drive/lists")

    def _change_list(self, list_id, work, after=None):
        """Change a list of who is signed in, alone, and show it.

        :param work: function of the list
        :param after: the page to show afterwards, that of the list by default
        """
        partner = self._partner()
        found = self._lists()._drive_find(partner, list_id, to_change=True)
        if not found:
            return self._not_found()
        try:
            self._change([self._household_key()], lambda: found.exists() and work(found))
        except DriveRefused as refused:
            return self._list_page(list_id, refused.refusal)
        return self._redirect(after or f"/drive/lists/{list_id}", request.env._("It is done."))

    def _lists_page(self, refusal=None, typed=""):
        lists = self._lists()._drive_of(self._partner())
        rows = [self._list_row(one) for one in lists]
        return self._repeat_page(
            self._shop_values(),
            "lists",
            {"lists": rows, "typed": typed if isinstance(typed, str) else ""},
            "/drive/lists",
            refusal,
        )

    def _list_row(self, one):
        partner = self._partner()
        return {
            "id": one.id,
            "name": one.name,
            "count": len(one.line_ids),
            "count_text": self._catalogue()._count_text(len(one.line_ids)),
            "is_shared": one.is_shared,
            "is_mine": one.partner_id == partner,
            "owner": one.partner_id.name,
        }

    def _list_page(self, list_id, refusal=None):
        found = self._lists()._drive_find(self._partner(), list_id)
        if not found:
            return self._not_found()
        values = self._shop_values()
        cards, gone = self._catalogue()._list_cards(values, found)
        return self._repeat_page(
            values,
            "one_list",
            {"cards": cards, "gone": gone, "one": self._list_row(found)},
            f"/drive/lists/{found.id}",
            refusal,
        )
