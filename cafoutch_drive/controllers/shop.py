from odoo.http import request, route

from ..tools.replica import from_replica
from . import served
from .common import DriveController, members_only

LONGEST_QUERY = 100


class DriveShop(DriveController):
    @route("/drive", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    def shop(self, page=1, **kwargs):
        return self._list(page)

    @route(
        "/drive/shelf/<int:shelf_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    @members_only
    def shelf(self, shelf_id, page=1, **kwargs):
        return self._list(page, shelf_id=shelf_id)

    @route("/drive/search", type="http", auth="user", methods=["GET"], readonly=from_replica)
    @members_only
    def search(self, q="", page=1, **kwargs):
        query = " ".join(q.replace("\0", "").split())[:LONGEST_QUERY]
        return self._list(page, query=query)

    @route(
        "/drive/product/<int:product_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=from_replica,
    )
    @members_only
    def product(self, product_id, **kwargs):
        values = self._shop_values()
        card = self._catalogue()._product_card(values, product_id)
        if not card:
            return self._not_found()
        facts = self._catalogue()._product_facts(product_id, values["avoided_ids"])
        keep = None if served.current(to_show=True) else self._catalogue()._page_keep(self._partner(), product_id)
        values = {**values, "card": card, "facts": facts, "keep": keep, "tab": "shop"}
        return self._render("cafoutch_drive.shop_product", values)

    def _list(self, page, shelf_id=None, query=None):
        """A page of products: of a shelf, of a search, or of the whole shop."""
        catalogue, values = self._catalogue(), self._shop_values()
        contents = values["contents"]
        number = int(page) if str(page).isdecimal() and len(str(page)) < 7 else 1
        choices = catalogue._read_choices(contents, request.httprequest.args.to_dict(flat=False))
        found = catalogue._product_list(values, number, shelf_id, query, choices)
        if found is None:
            return self._not_found()
        path = request.httprequest.path
        return self._render(
            "cafoutch_drive.shop_list",
            {
                **values,
                **found,
                "filters": catalogue._filters_html(contents, found["listing"], path, query, choices),
                "cards_html": catalogue._cards_html(contents, found["cards"], request.csrf_token(), self._address()),
                "avoid_address": catalogue._avoid_address(contents, path, query, choices, values["avoided_ids"]),
                "filtered": bool(choices.values or choices.left),
                "tab": "shop",
                "shelf_id": shelf_id,
                "query": query or "",
                "searching": query is not None,
                "page_address": lambda n: catalogue._list_address(path, query, choices, n),
            },
        )
