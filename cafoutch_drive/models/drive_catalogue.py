from datetime import datetime
from math import floor, log10

from odoo import api, fields, models
from odoo.tools import SQL, ormcache
from odoo.tools.lru import LRU

from ..tools.figures import Figures
from ..tools.units import PIECE, unit

# A first tap takes some steps of goods sold in small ones: 500 g of potatoes, not
# 100 g; but 200 g where so much would cost more than this.
FIRST_STEPS = 5
FIRST_STEPS_DEAR = 2
DEAR = 4.0
SMALL_STEP = 0.25
# What a row is made of, read by name: an article has some two hundred columns.
PRODUCT_COLUMNS = ("product_tmpl_id", "default_code", "write_date")
TEMPLATE_COLUMNS = (
    "name",
    "uom_id",
    "list_price",
    "company_id",
    "is_storable",
    "drive_brand",
    "drive_producer",
    "drive_origin",
    "drive_qty_step",
    "drive_piece_weight",
    "drive_storage_class",
    "drive_net_quantity",
    "drive_net_unit",
    "write_date",
)
# Filtered and sorted lists that a process remembers.
LISTINGS_KEPT = 64


class Contents:
    """What is the same for all members with one pricelist and one language."""

    def __init__(self, version, changes, until, earlier=None):
        """
        :param changes: ids of the changes of which the version is made
        :param earlier: the contents that these replace, if any: what is made of texts
            alone may serve again
        """
        self.version = version
        self.changes = frozenset(changes)
        self.until = until
        self.index = None
        self.sold = None
        self.shelves = None
        self.titles = None
        self.known = None
        self.words = None
        self.earlier_words = earlier and (earlier.words or earlier.earlier_words)
        self.figures = {}
        """``{currency id: Figures}``"""
        self.prices = {}
        self.listings = LRU(LISTINGS_KEPT)
        self.rows = {}
        self.cards = {}
        self.lines = {}
        # {(product id, quantity, ids of its taxes): what a line of so much comes to}
        self.amounts = {}

    def is_current(self, version, now):
        return self.version == version and now < self.until

    def keep(self, earlier, changed):
        """Keep what earlier contents hold of products, but for some that have changed.

        :param changed: ids of the products
        """
        self.figures = earlier.figures
        for name in ("prices", "rows"):
            # Others may be adding to it: a copy first.
            known = getattr(earlier, name).copy()
            setattr(self, name, {number: value for number, value in known.items() if number not in changed})
        for name in ("cards", "lines", "amounts"):
            known = getattr(earlier, name).copy()
            # The product comes first in each key.
            setattr(self, name, {key: value for key, value in known.items() if key[0] not in changed})


class DriveCatalogue(models.AbstractModel):
    """What members read of the shop's products.

    What changes rarely (names, prices) is remembered by each server process and
    judged by the catalogue's version in the reader's own transaction, so it is
    never stale. What changes often (availability, the basket) is always read.
    Callers use ``sudo()``, in the member's language and the point's company.
    """

    _name = "drive.catalogue"
    _description = "The drive's shop"

    # === WHAT IS REMEMBERED === #

    @api.model
    @ormcache("pricelist_id", "lang", "company_id", cache="templates")
    def _box(self, pricelist_id, lang, company_id):
        """A place for the contents of one pricelist, language and company.

        The version is not in the key: old contents would fill the memory. It is
        emptied with Odoo's templates, as it keeps what they made.
        """
        return [None]

    @api.model
    def _contents(self, pricelist, version=None):
        """Return contents that are right in this transaction.

        :param version: of the catalogue, where this transaction has read it already
        """
        version = version or self.env["drive.catalogue.change"]._version()
        box = self._box(pricelist.id, self.env.lang, self.env.company.id)
        contents = box[0]
        now = fields.Datetime.now()
        if not contents or not contents.is_current(version, now):
            contents = box[0] = self._renewed(contents, version, now)
        return contents

    @api.model
    def _renewed(self, earlier, version, now):
        """Contents of a version, with what still holds of earlier ones.

        :param earlier: ``None`` where there are none
        """
        changes = self.env["drive.catalogue.change"]
        known = changes._read_changes()
        contents = Contents(version, known, self._next_price_change(), earlier)
        if earlier and earlier.index and now < earlier.until:
            changed = changes._changed_products(earlier.changes, known)
            if changed is not None:
                contents.keep(earlier, changed)
                self._keep_index(contents, earlier, changed)
        return contents

    @api.model
    def _figures(self, contents, currency):
        """The writer of amounts in a currency, in the language of the contents."""
        figures = contents.figures.get(currency.id)
        if figures is None:
            figures = contents.figures[currency.id] = Figures(self.env, currency)
        return figures

    @api.model
    def _next_price_change(self):
        """When the next dated price begins or ends, or the next dated rate begins."""
        self.env["product.pricelist.item"].flush_model()
        self.env["res.currency.rate"].flush_model()
        [[moment]] = self.env.execute_query(
            SQL(
                """SELECT min(moment)
                     FROM (SELECT date_start FROM product_pricelist_item
                            UNION ALL SELECT date_end FROM product_pricelist_item
                            UNION ALL SELECT name FROM res_currency_rate) AS t(moment)
                    WHERE moment >= now() AT TIME ZONE 'UTC'"""
            )
        )
        return moment or datetime.max

    @api.model
    def _domain(self):
        """Products that members see; a hook for other addons."""
        return [("drive_ok", "=", True), ("sale_ok", "=", True)]

    # === ROWS === #

    @api.model
    def _rows(self, contents, pricelist, product_ids):
        """Return ``{product_id: row}``; a row is what a card says of a product
        besides what is left of it. Products that are gone are absent."""
        missing = [number for number in product_ids if number not in contents.rows]
        if missing:
            contents.rows.update(self._read_rows(missing, pricelist))
        return contents.rows

    @api.model
    def _read_rows(self, product_ids, pricelist):
        # One environment for the names of all: a new one for each costs more than the name.
        products = self.env["product.product"].with_context(display_default_code=False)
        products = products.browse(product_ids).exists()
        products.fetch(PRODUCT_COLUMNS)
        products.product_tmpl_id.fetch(self._row_columns())
        prices = self._read_prices(products, pricelist)
        figures = Figures(self.env, self.env.company.currency_id)
        pictured = self._pictured(products)
        return {
            product.id: self._prepare_row(product, prices[product.id], figures, product.id in pictured)
            for product in products
        }

    @api.model
    def _row_columns(self):
        """What :meth:`_prepare_row` reads of templates; a hook for other addons.

        :rtype: tuple[str, ...]
        """
        return TEMPLATE_COLUMNS

    @api.model
    def _read_prices(self, products, pricelist):
        """``{product id: price}`` of one sold unit, in the company's currency, in which
        orders are."""
        company = self.env.company
        prices = pricelist._get_products_price(products, 1.0)
        return {number: pricelist._drive_converted(price, company) for number, price in prices.items()}

    @api.model
    def _pictured(self, products):
        """Ids of the products that have a picture, of their own or their
        template's; the pictures themselves are not read."""
        found = self.env["ir.attachment"].search_fetch(
            [
                ("res_field", "in", ("image_1920", "image_variant_1920")),
                "|",
                "&",
                ("res_model", "=", "product.product"),
                ("res_id", "in", products.ids),
                "&",
                ("res_model", "=", "product.template"),
                ("res_id", "in", products.product_tmpl_id.ids),
            ],
            ["res_model", "res_id"],
        )
        owners = {(attachment.res_model, attachment.res_id) for attachment in found}
        return {
            product.id
            for product in products
            if ("product.product", product.id) in owners or ("product.template", product.product_tmpl_id.id) in owners
        }

    @api.model
    def _prepare_row(self, product, price, figures, pictured):
        """Values of one row; a hook for other addons.

        :param product: in an environment in which its name has no internal reference
        """
        template = product.product_tmpl_id
        price = template._drive_price_included(price)
        measured = self._is_measured(template)
        by_piece = bool(measured and template.drive_piece_weight)
        step = 1.0 if by_piece else template.drive_qty_step or 1.0
        first = step
        if step < SMALL_STEP and not by_piece:
            dear = price * step * FIRST_STEPS > DEAR
            first = step * (FIRST_STEPS_DEAR if dear else FIRST_STEPS)
        price_text, compared = self._price_words(figures, template, price)
        return {
            "id": product.id,
            "name": product.display_name,
            "labels": template.product_tag_ids.filtered("visible_to_customers").mapped("name"),
            "fresh": template.pos_categ_ids._drive_is_fresh(),
            "brand": template.drive_brand or "",
            "producer": template.drive_producer or "",
            "origin": template.drive_origin or "",
            "price": price,
            "price_text": price_text,
            "compared": compared,
            "uom": self._uom_text(template.uom_id),
            "measured": measured,
            "by_piece": by_piece,
            "piece_weight": template.drive_piece_weight,
            "step": step,
            "first": first,
            "tracked": template.is_storable,
            "storage": template.drive_storage_class,
            "image": pictured and self._image_address(product),
        }

    @api.model
    def _price_words(self, figures, template, price):
        """A price and its comparison price in words, the same wherever they are shown.

        :param price: of one sold unit, taxes included
        :return: such as ``("1.85 €", "3.70 €/kg")``; the second is empty where it is the first
        """
        uom = self._uom_text(template.uom_id)
        return figures.money(price) + (uom and f"/{uom}"), self._comparison_text(figures, template, price)

    @api.model
    def _uom_text(self, uom):
        """A unit after a number: "kg", "bunch"; nothing for plain units."""
        if uom == unit(self.env, PIECE):
            return ""
        # "L" and "kg" are symbols, other names are words.
        return uom.name if len(uom.name) <= 2 else uom.name.lower()

    @api.model
    def _is_measured(self, template):
        """Whether the shop weighs or pours it: what the member pays is then known
        only when the basket is prepared."""
        return bool(template._drive_measure())

    @api.model
    def _comparison_text(self, figures, template, price):
        quantity, by = template._drive_content()
        if quantity == 1 and (by == "piece" or self._is_measured(template)):
            return ""
        compared, _unit = template._drive_comparison(price)
        # Below a cent, as many digits as say something.
        digits = 1 - floor(log10(compared)) if 0 < compared < 0.01 else None
        names = {"kg": "kg", "l": self.env._("L"), "piece": self.env._("piece")}
        return f"{figures.money(compared, digits)}/{names[by]}"

    @api.model
    def _image_address(self, product):
        """Address of the picture; it changes with it, so that it may be kept."""
        changed = max(product.write_date, product.product_tmpl_id.write_date)
        return f"/web/image/product.product/{product.id}/image_256?unique={int(changed.timestamp())}"
