from odoo import api, models

from ..tools.kept_html import unindented
from .drive_catalogue_filters import Choices


class Listing:
    """A list as all members with one pricelist and one language see it; what is left of
    its products is not in it."""

    def __init__(self, entries, facets, is_near):
        self.entries = entries
        self.facets = facets
        self.is_near = is_near
        """Nothing has all the words that were searched."""
        self.filters_html = {}


class DriveCatalogue(models.AbstractModel):
    """Lists: a shelf, a search or the whole shop, filtered and sorted."""

    _inherit = "drive.catalogue"

    @api.model
    def _listing(self, contents, pricelist, shelf_id, query, choices):
        """Return a list that is right in this transaction.

        :rtype: Listing
        """
        key = (shelf_id, query, choices.values, choices.sort)
        listing = contents.listings.get(key)
        if listing is None:
            listing = contents.listings[key] = self._build_listing(contents, pricelist, shelf_id, query, choices)
        return listing

    @api.model
    def _build_listing(self, contents, pricelist, shelf_id, query, choices):
        index = self._index(contents)
        is_near = False
        if query is not None:
            numbers, is_near = self._find(contents, query)
            entries = [index[number] for number in numbers]
        else:
            entries = [entry for entry in index if shelf_id is None or shelf_id in entry.shelf_ids]
        facets = self._facets(contents, entries, choices)
        fitting = self._fitting(entries, choices)
        return Listing(self._sorted(contents, pricelist, fitting, choices.sort), facets, is_near)

    @api.model
    def _sorted(self, contents, pricelist, entries, sort):
        if sort == "name":
            return sorted(entries, key=lambda entry: entry.name)
        if sort == "new":
            return sorted(entries, key=lambda entry: (entry.born, entry.product_id), reverse=True)
        if sort in ("price", "compared"):
            prices = self._prices(contents, pricelist, [entry.product_id for entry in entries])
            # A product that is gone since the index was read has no price.
            entries = [entry for entry in entries if entry.product_id in prices]
            return sorted(entries, key=lambda entry: (*prices[entry.product_id][sort], entry.name))
        return entries

    @api.model
    def _prices(self, contents, pricelist, product_ids):
        """What products are sorted by: ``{product_id: {"price" or "compared": key}}``."""
        missing = [number for number in product_ids if number not in contents.prices]
        if missing:
            products = self.env["product.product"].browse(missing).exists()
            prices = self._read_prices(products, pricelist)
            contents.prices.update({product.id: self._price_keys(product, prices[product.id]) for product in products})
        return contents.prices

    @api.model
    def _price_keys(self, product, price):
        template = product.product_tmpl_id
        price = template._drive_price_included(price)
        compared, unit = template._drive_comparison(price)
        # Kilos beside litres, as people compare milk and yoghurt; what is sold by the
        # piece compares with neither.
        return {"price": (price,), "compared": (unit == "piece", compared)}

    @api.model
    def _left_only(self, entries, warehouse):
        """The entries of which something can be promised now, in one query."""
        tracked = [entry.product_id for entry in entries if entry.tracked]
        left = self.env["product.product"]._drive_unreserved(tracked, warehouse)
        return [entry for entry in entries if left.get(entry.product_id, 1) > 0]

    @api.model
    def _filters_html(self, contents, listing, path, query, choices):
        """The form of the filters and what is chosen, as HTML: made once, as it is the
        same for everybody who looks at this list."""
        html = listing.filters_html.get(choices.left)
        if html is None:
            html = self.env["ir.qweb"]._render(
                "cafoutch_drive.shop_filters",
                {
                    "path": path,
                    "query": query,
                    "choices": choices,
                    "facets": listing.facets,
                    "sorts": list(self._sorts(query is not None).items()),
                    "chips": self._chips(contents, path, query, choices),
                    "unfiltered": self._list_address(path, query, Choices(sort=choices.sort)),
                },
            )
            html = listing.filters_html[choices.left] = unindented(html)
        return html
