from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..tools.csv_table import plain
from ..tools.figures import Figures

# A first tap takes some steps of goods sold in small ones: 500 g of potatoes, not
# 100 g; but 200 g where so much would cost more than this.
FIRST_STEPS = 5
FIRST_STEPS_DEAR = 2
DEAR = 4.0
SMALL_STEP = 0.25


class Entry(NamedTuple):
    """A product in the index of the shop."""

    product_id: int
    shelf_ids: frozenset[int]
    name: str
    text: str
    """All that a search looks in; like the name without accents or capitals."""


class Contents:
    """What is the same for all members with one pricelist and one language."""

    def __init__(self, version, until):
        self.version = version
        self.until = until
        self.index = None
        self.shelves = None
        self.rows = {}
        self.cards = {}
        # {(product id, quantity, ids of its taxes): what a line of so much comes to}
        self.amounts = {}

    def is_current(self, version, now):
        return self.version == version and now < self.until


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
    def _contents(self, pricelist):
        """Return contents that are right in this transaction."""
        version = self.env["drive.catalogue.change"]._version()
        box = self._box(pricelist.id, self.env.lang, self.env.company.id)
        contents = box[0]
        now = fields.Datetime.now()
        if not contents or not contents.is_current(version, now):
            contents = box[0] = Contents(version, self._next_price_change())
        return contents

    @api.model
    def _next_price_change(self):
        """When the next dated price begins or ends."""
        self.env["product.pricelist.item"].flush_model()
        [[moment]] = self.env.execute_query(
            SQL(
                """SELECT min(moment)
                     FROM product_pricelist_item,
                          LATERAL (VALUES (date_start), (date_end)) AS t(moment)
                    WHERE moment >= now() AT TIME ZONE 'UTC'"""
            )
        )
        return moment or datetime.max

    # === LISTS === #

    @api.model
    def _domain(self):
        """Products that members see; a hook for other addons."""
        return [("drive_ok", "=", True), ("sale_ok", "=", True)]

    @api.model
    def _index(self, contents):
        """Return the index: shelf by shelf, in alphabetical order."""
        if contents.index is None:
            contents.shelves, contents.index = self._build_index()
        return contents.index

    @api.model
    def _build_index(self):
        shelves = self.env["pos.category"].search_fetch([], ["name", "parent_id"])
        place = {shelf.id: number for number, shelf in enumerate(shelves)}
        above = {shelf.id: self._with_parents(shelf) for shelf in shelves}
        index = [self._build_entry(values, above) for values in self._read_for_index()]
        last = len(place)
        index.sort(
            key=lambda entry: (
                min((place[shelf] for shelf in entry.shelf_ids), default=last),
                entry.name,
            )
        )
        used = frozenset().union(*(entry.shelf_ids for entry in index))
        roots = [(shelf.id, shelf.name) for shelf in shelves if shelf.id in used and not shelf.parent_id]
        return roots, index

    @api.model
    def _with_parents(self, shelf):
        ids = []
        while shelf:
            ids.append(shelf.id)
            shelf = shelf.parent_id
        return frozenset(ids)

    @api.model
    def _read_for_index(self):
        products = self.env["product.product"].search(self._domain(), order="id")
        return self.env.execute_query(
            SQL(
                """SELECT p.id,
                          COALESCE(t.name->>%(lang)s, t.name->>'en_US'),
                          t.drive_brand, t.drive_producer, p.barcode,
                          array_remove(array_agg(r.pos_category_id), NULL)
                     FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                     LEFT JOIN pos_category_product_template_rel r
                       ON r.product_template_id = t.id
                    WHERE p.id = ANY(%(ids)s)
                    GROUP BY p.id, t.id""",
                lang=self.env.lang or "en_US",
                ids=products.ids,
            )
        )

    @api.model
    def _build_entry(self, values, above):
        product_id, name, brand, producer, barcode, shelf_ids = values
        name = plain(name or "")
        others = " ".join(filter(None, (brand, producer, barcode)))
        return Entry(
            product_id,
            frozenset().union(*(above.get(shelf, ()) for shelf in shelf_ids)),
            name,
            f"{name} {plain(others)}",
        )

    @api.model
    def _shelf_ids(self, contents, shelf_id=None):
        """Ids of the products of a shelf and those under it; of all by default."""
        return [entry.product_id for entry in self._index(contents) if shelf_id is None or shelf_id in entry.shelf_ids]

    @api.model
    def _search_ids(self, contents, text):
        """Ids of the products that have all the words; those whose name begins
        with them come first."""
        words = plain(text).split()
        if not words:
            return []
        found = [entry for entry in self._index(contents) if all(word in entry.text for word in words)]
        found.sort(
            key=lambda entry: (
                not entry.name.startswith(words[0]),
                not all(word in entry.name for word in words),
            )
        )
        return [entry.product_id for entry in found]

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
        products = self.env["product.product"].browse(product_ids).exists()
        prices = pricelist._get_products_price(products, 1.0)
        currency = pricelist.currency_id or self.env.company.currency_id
        figures = Figures(self.env, currency)
        pictured = self._pictured(products)
        return {
            product.id: self._prepare_row(product, prices[product.id], figures, product.id in pictured)
            for product in products
        }

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
        """Values of one row; a hook for other addons."""
        template = product.product_tmpl_id
        price = template._drive_price_included(price)
        compared, unit = template._drive_comparison(price)
        measured = self._is_measured(template)
        by_piece = bool(measured and product.drive_piece_weight)
        step = 1.0 if by_piece else product.drive_qty_step or 1.0
        first = step
        if step < SMALL_STEP and not by_piece:
            dear = price * step * FIRST_STEPS > DEAR
            first = step * (FIRST_STEPS_DEAR if dear else FIRST_STEPS)
        uom = self._uom_text(template.uom_id)
        return {
            "id": product.id,
            "name": product.with_context(display_default_code=False).display_name,
            "labels": template.product_tag_ids.mapped("name"),
            "source": " · ".join(filter(None, (product.drive_producer, product.drive_origin))),
            "brand": product.drive_brand or "",
            "producer": product.drive_producer or "",
            "origin": product.drive_origin or "",
            "price": price,
            "price_text": figures.money(price) + (uom and f"/{uom}"),
            "compared": self._comparison_text(figures, compared, unit, measured),
            "uom": uom,
            "measured": measured,
            "by_piece": by_piece,
            "piece_weight": product.drive_piece_weight,
            "step": step,
            "first": first,
            "tracked": product.is_storable,
            "storage": template.drive_storage_class,
            "image": pictured and self._image_address(product),
        }

    @api.model
    def _uom_text(self, uom):
        """A unit after a number: "kg", "bunch"; nothing for plain units."""
        if uom == self.env.ref("uom.product_uom_unit"):
            return ""
        # "L" and "kg" are symbols, other names are words.
        return uom.name if len(uom.name) <= 2 else uom.name.lower()

    @api.model
    def _is_measured(self, template):
        """Whether the shop weighs or pours it: what the member pays is then known
        only when the basket is prepared."""
        return any(
            template._drive_sold_by(self.env.ref(reference))
            for reference in ("uom.product_uom_kgm", "uom.product_uom_litre")
        )

    @api.model
    def _comparison_text(self, figures, price, unit, measured):
        if measured or unit == "piece":
            return ""
        names = {"kg": "kg", "l": self.env._("L")}
        digits = None if price >= 0.01 or not price else 4
        return f"{figures.money(price, digits)}/{names[unit]}"

    @api.model
    def _image_address(self, product):
        """Address of the picture; it changes with it, so that it may be kept."""
        changed = max(product.write_date, product.product_tmpl_id.write_date)
        return f"/web/image/product.product/{product.id}/image_256?unique={int(changed.timestamp())}"
