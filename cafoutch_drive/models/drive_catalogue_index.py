from datetime import datetime
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.csv_table import plain


class Entry(NamedTuple):
    """A product in the index of the shop."""

    product_id: int
    place: tuple[int, ...]
    """Of its shelf among the shelves, from the outermost one on."""
    shelf_ids: frozenset[int]
    """Its shelves and those above them."""
    name: str
    """Without accents or capitals."""
    born: datetime
    """Since when it is on the drive."""
    tracked: bool
    """Whether its stock is counted."""
    values: dict[str, tuple]
    """By filter, what it can be chosen by: ids or texts."""
    texts: tuple[tuple[float, str], ...]
    """All that a search looks in, with its weight; the name comes first."""


class Shelf(NamedTuple):
    id: int
    name: str
    parent_id: int
    """0 for the shelves that stand by themselves."""
    child_ids: tuple[int, ...]
    """The shelves under it that have products."""


# What counts less than the name when words are searched.
MAKER, LABEL, AROUND = 0.7, 0.5, 0.4


class DriveCatalogue(models.AbstractModel):
    """The index: which products there are, on which shelves, and what they are found by.

    It holds nothing of a price: prices are read for what is shown, or sorted by them.
    """

    _inherit = "drive.catalogue"

    @api.model
    def _index(self, contents):
        """Return the index: shelf by shelf, in alphabetical order."""
        if contents.index is None:
            contents.titles = self._read_titles()
            self._fill_index(contents, self._build_entries(contents.titles))
        return contents.index

    @api.model
    def _keep_index(self, contents, earlier, changed):
        """Fill the index with that of earlier contents, but for what has changed.

        :param changed: ids of the products that did; nothing else did
        """
        contents.titles = earlier.titles
        kept = [entry for entry in earlier.index if entry.product_id not in changed]
        self._fill_index(contents, kept + self._build_entries(contents.titles, changed))

    @api.model
    def _sold_ids(self, contents):
        """Ids of the products that members see.

        :rtype: frozenset[int]
        """
        if contents.sold is None:
            contents.sold = frozenset(entry.product_id for entry in self._index(contents))
        return contents.sold

    @api.model
    def _read_titles(self):
        """The names of what products point at: ``{"shelf" or "label": {id: name}}``, in
        their order."""
        tags = self.env["product.tag"].search_fetch([("visible_to_customers", "=", True)], ["name"])
        shelves = self.env["pos.category"].search_fetch([], ["name", "parent_id"])
        return {
            "label": {tag.id: tag.name for tag in tags},
            "shelf": {shelf.id: shelf.name for shelf in shelves},
        }

    @api.model
    def _build_entries(self, titles, product_ids=None):
        """The entries of all products that are sold, or of those among some, in any order."""
        shelves = self.env["pos.category"].browse(titles["shelf"])
        number = {shelf: number for number, shelf in enumerate(shelves)}
        ways = {shelf.id: self._with_parents(shelf) for shelf in shelves}
        places = {shelf: tuple(number[one] for one in reversed(way)) for shelf, way in ways.items()}
        return [self._build_entry(values, ways, places, titles) for values in self._read_for_index(product_ids)]

    @api.model
    def _fill_index(self, contents, entries):
        entries.sort(key=lambda entry: (entry.place, entry.name, entry.product_id))
        used = frozenset().union(*(entry.shelf_ids for entry in entries))
        shelves = self.env["pos.category"].browse(contents.titles["shelf"])
        contents.shelves = self._build_shelves(shelves.filtered(lambda shelf: shelf.id in used))
        contents.index = entries

    @api.model
    def _build_shelves(self, shelves):
        children = shelves.grouped("parent_id")
        return {
            shelf.id: Shelf(
                shelf.id, shelf.name, shelf.parent_id.id or 0, tuple(children.get(shelf, shelf.browse()).ids)
            )
            for shelf in shelves
        }

    @api.model
    def _shelf_ids(self, contents, shelf_id=None):
        """Ids of the products of a shelf and those under it; of all by default."""
        return [entry.product_id for entry in self._index(contents) if shelf_id is None or shelf_id in entry.shelf_ids]

    @api.model
    def _with_parents(self, shelf):
        shelves = []
        while shelf:
            shelves.append(shelf)
            shelf = shelf.parent_id
        return shelves

    @api.model
    def _read_for_index(self, product_ids=None):
        """Dicts of what :meth:`_build_entry` needs; a hook for other addons.

        :param product_ids: only of those among them that are sold
        """
        domain = Domain(self._domain())
        if product_ids is not None:
            domain &= Domain("id", "in", list(product_ids))
        products = self.env["product.product"].search(domain, order="id")
        self.env["product.product"].flush_model()
        self.env["product.template"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """SELECT p.id, p.barcode, t.is_storable,
                          COALESCE(t.drive_since, t.create_date, 'epoch') AS born,
                          COALESCE(t.name->>%(lang)s, t.name->>'en_US') AS name,
                          t.drive_brand AS brand, t.drive_producer AS producer, t.drive_origin AS origin,
                          ARRAY(SELECT pos_category_id FROM pos_category_product_template_rel
                                 WHERE product_template_id = t.id) AS shelf_ids,
                          ARRAY(SELECT product_tag_id FROM product_tag_product_template_rel
                                 WHERE product_template_id = t.id) AS label_ids
                     FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE p.id = ANY(%(ids)s)""",
                lang=self.env.lang or "en_US",
                ids=products.ids,
            )
        )

    @api.model
    def _build_entry(self, values, ways, places, titles):
        shelf_ids = frozenset(shelf.id for own in values["shelf_ids"] for shelf in ways[own])
        name = values["name"] or ""
        return Entry(
            values["id"],
            min((places[own] for own in values["shelf_ids"]), default=(len(places),)),
            shelf_ids,
            plain(name),
            values["born"],
            bool(values["is_storable"]),
            self._entry_values(values, titles),
            self._entry_texts(name, values, shelf_ids, titles),
        )

    @api.model
    def _entry_values(self, values, titles):
        """What a product can be chosen by; a hook for other addons, see ``_filters``."""
        return {
            "label": tuple(label for label in titles["label"] if label in values["label_ids"]),
            "producer": (values["producer"],) if values["producer"] else (),
            # "Mollégès, Provence": who chooses Provence finds it.
            "origin": tuple(filter(None, map(str.strip, (values["origin"] or "").split(",")))),
        }

    @api.model
    def _entry_texts(self, name, values, shelf_ids, titles):
        labels = " ".join(titles["label"].get(label, "") for label in values["label_ids"])
        shelves = " ".join(titles["shelf"][shelf] for shelf in shelf_ids)
        texts = (
            (1.0, name),
            (1.0, values["barcode"]),
            (MAKER, values["brand"]),
            (MAKER, values["producer"]),
            (LABEL, labels),
            (AROUND, shelves),
            (AROUND, values["origin"]),
        )
        return tuple((weight, text) for weight, text in texts if text)
