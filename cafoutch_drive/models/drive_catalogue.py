from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..tools.csv_table import plain
from ..tools.figures import Figures

PAGE_SIZE = 48
# Shown as "only so many left" up to this quantity, in the product's unit.
LOW_STOCK = 5
# A first tap takes this many steps of goods sold in small ones: 500 g, not 100 g.
FIRST_STEPS = 5
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
    @ormcache("pricelist_id", "lang", "company_id")
    def _box(self, pricelist_id, lang, company_id):
        """A place for the contents of one pricelist, language and company.

        The version is not in the key: old contents would fill the memory.
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
        shelves = self.env["pos.category"].search([])
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
        roots = [
            (shelf.id, shelf.name)
            for shelf in shelves
            if shelf.id in used and not shelf.parent_id
        ]
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
        return [
            entry.product_id
            for entry in self._index(contents)
            if shelf_id is None or shelf_id in entry.shelf_ids
        ]

    @api.model
    def _search_ids(self, contents, text):
        """Ids of the products that have all the words; those whose name begins
        with them come first."""
        words = plain(text).split()
        if not words:
            return []
        found = [
            entry
            for entry in self._index(contents)
            if all(word in entry.text for word in words)
        ]
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
            product.id: self._prepare_row(
                product, prices[product.id], figures, product.id in pictured
            )
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
            if ("product.product", product.id) in owners
            or ("product.template", product.product_tmpl_id.id) in owners
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
        first = FIRST_STEPS * step if step < SMALL_STEP else step
        is_unit = template.uom_id == self.env.ref("uom.product_uom_unit")
        return {
            "id": product.id,
            "name": product.with_context(display_default_code=False).display_name,
            "labels": template.product_tag_ids.mapped("name"),
            "source": " · ".join(
                filter(None, (product.drive_producer, product.drive_origin))
            ),
            "brand": product.drive_brand or "",
            "producer": product.drive_producer or "",
            "origin": product.drive_origin or "",
            "price": price,
            "price_text": figures.money(price),
            "per": "" if is_unit else f"/{template.uom_id.name}",
            "compared": self._comparison_text(figures, compared, unit, measured),
            "uom": "" if is_unit else template.uom_id.name,
            "measured": measured,
            "by_piece": by_piece,
            "piece_weight": product.drive_piece_weight,
            "step": step,
            "first": 1.0 if by_piece else first,
            "tracked": product.is_storable,
            "storage": template.drive_storage_class,
            "image": pictured and self._image_address(product),
        }

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
        return (
            f"/web/image/product.product/{product.id}/image_256"
            f"?unique={int(changed.timestamp())}"
        )

    # === PAGES === #

    @api.model
    def _page_values(self, partner):
        """What each page of the shop shows around its own content.

        :param partner: the person who reads it
        """
        basket = self.env["sale.order"]._drive_page_basket(partner)
        pricelist = self.env["product.pricelist"].browse(basket["pricelist_id"])
        contents = self._contents(pricelist)
        self._index(contents)
        rows = self._rows(contents, pricelist, basket["held"])
        lines = [
            self._basket_line(rows[number], *line, basket["figures"])
            for number, line in basket["held"].items()
            if number in rows
        ]
        return {
            "basket": basket,
            "basket_lines": lines,
            "estimated": any(line["measured"] for line in lines),
            "total_text": basket["figures"].money(basket["total"]),
            "count_text": self._count_text(basket["count"]),
            "held_slot": self.env["drive.slot"]._page_held(basket),
            "shelves": contents.shelves,
            "contents": contents,
            "pricelist": pricelist,
        }

    @api.model
    def _basket_line(self, row, quantity, total, figures):
        return {
            "id": row["id"],
            "name": row["name"],
            "measured": row["measured"],
            "quantity": self._quantity_text(row, quantity, figures),
            "total": figures.money(total),
        }

    @api.model
    def _quantity_text(self, row, quantity, figures):
        """A quantity in words, such as "4 pieces, about 0.6 kg"."""
        text = self._with_unit(row, figures.number(quantity))
        if row["by_piece"]:
            pieces = int(self._in_steps(row, quantity))
            if pieces == 1:
                return self.env._("1 piece, about %(weight)s", weight=text)
            return self.env._(
                "%(count)s pieces, about %(weight)s", count=pieces, weight=text
            )
        if row["measured"]:
            return self.env._("about %(weight)s", weight=text)
        return f"× {text}"

    @api.model
    def _with_unit(self, row, number):
        return f"{number}\N{NO-BREAK SPACE}{row['uom']}" if row["uom"] else number

    @api.model
    def _count_text(self, count):
        if count == 1:
            return self.env._("1 product")
        return self.env._("%(count)s products", count=count)

    @api.model
    def _found_text(self, count, number, last):
        text = self._count_text(count)
        if last == 1:
            return text
        return self.env._(
            "%(products)s, page %(page)s of %(last)s",
            products=text,
            page=number,
            last=last,
        )

    @api.model
    def _product_list(self, values, number, shelf_id=None, query=None):
        """One page of a shelf, of a search, or of the whole shop.

        :param values: of :meth:`_page_values`
        :param number: which page; the nearest one that exists is given
        :return: dict, ``None`` for a shelf that does not exist
        """
        contents = values["contents"]
        names = dict(values["shelves"])
        if shelf_id is not None and shelf_id not in names:
            return None
        if query is None:
            ids = self._shelf_ids(contents, shelf_id)
        else:
            ids = self._search_ids(contents, query)
        last = max(-(-len(ids) // PAGE_SIZE), 1)
        number = min(max(number, 1), last)
        shown = ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return {
            "cards": self._cards(values, shown),
            "found_text": self._found_text(len(ids), number, last),
            "page": number,
            "last_page": last,
            "shelf_name": names.get(shelf_id),
        }

    @api.model
    def _product_card(self, values, product_id):
        """The card of a product that is sold, or ``None``."""
        known = {entry.product_id for entry in self._index(values["contents"])}
        if product_id not in known:
            return None
        [card] = self._cards(values, [product_id])
        return card

    @api.model
    def _basket_cards(self, values):
        """The cards of what is in the basket."""
        return self._cards(values, list(values["basket"]["held"]))

    # === CARDS === #

    @api.model
    def _cards(self, values, product_ids):
        """What the cards of products show, now, to the owner of a basket.

        :param values: of :meth:`_page_values`
        """
        basket = values["basket"]
        warehouse = self.env["stock.warehouse"].browse(basket["warehouse_id"])
        rows = self._rows(values["contents"], values["pricelist"], product_ids)
        rows = [rows[number] for number in product_ids if number in rows]
        left = self.env["product.product"]._drive_unreserved(
            [row["id"] for row in rows if row["tracked"]], warehouse
        )
        figures = basket["figures"]
        return [
            self._card(row, left.get(row["id"]), basket["held"].get(row["id"]), figures)
            for row in rows
        ]

    @api.model
    def _card(self, row, left, line, figures):
        """One card: the row, what is left, and what the basket holds of it.

        :param left: quantity that can be promised, ``None`` for no limit
        :param line: ``(quantity, total)`` in the basket, or ``None``
        """
        card = dict(row)
        quantity = self._in_steps(row, line[0]) if line else 0.0
        step = row["step"]
        card["qty"] = quantity
        card["qty_text"] = figures.number(quantity)
        card["more"] = _plain_number(quantity + step if quantity else row["first"])
        card["less"] = _plain_number(max(quantity - step, 0.0))
        card["line_text"] = figures.money(line[1]) if line else ""
        card["weight_text"] = (
            figures.number(line[0]) if line and row["by_piece"] else ""
        )
        card["out"] = left is not None and left <= 0
        card["left_text"] = ""
        if left is not None and 0 < left <= LOW_STOCK:
            card["left_text"] = self.env._(
                "Only %(quantity)s left",
                quantity=self._with_unit(row, figures.number(left)),
            )
        return card

    @api.model
    def _in_steps(self, row, quantity):
        """A basket's quantity in the unit of the stepper."""
        if row["by_piece"]:
            return float(round(quantity / row["piece_weight"]))
        return quantity


def _plain_number(value):
    """A number as programs write it, for forms."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
