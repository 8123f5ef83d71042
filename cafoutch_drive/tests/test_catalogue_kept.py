"""What a server process keeps of the shop when an article changes is what it would read anew."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ..models import drive_catalogue_change
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestCatalogueKept(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.catalogue = cls.env["drive.catalogue"].sudo()
        cls.shelf = cls.env["pos.category"].create({"name": "Bakery"})
        cls.cellar = cls.env["pos.category"].create({"name": "Cellar"})
        cls.label = cls.env["product.tag"].create({"name": "Organic"})
        cls.cider = cls._create_product("Cider", 4.0, stock=6, drive_producer="Mazet")
        cls.jam = cls._create_product("Jam", 3.5, drive_ok=False)
        cls.bread.pos_categ_ids = cls.shelf
        cls._create_basket({cls.bread: 2, cls.apples: 1.5, cls.cider: 1})

    def _contents(self):
        """The contents that pages of now are made of, with all that they show."""
        values = self.catalogue._page_values(self.member.with_env(self.env))
        contents = values["contents"]
        cards = self.catalogue._cards(values, self.catalogue._shelf_ids(contents))
        self.catalogue._cards_html(contents, cards, "token", "/drive")
        self.catalogue._prices(contents, values["pricelist"], [card["id"] for card in cards])
        self.catalogue._words(contents)
        return contents

    def _seen(self, contents):
        """All that members may read of the contents."""
        words = self.catalogue._words(contents)
        texts = ("miche", "mich", "tourte", "mazet", "bakery", "cellar", "organic", "jam", "jma", "cider bread")
        return {
            "index": contents.index,
            "shelves": contents.shelves,
            "sold": self.catalogue._sold_ids(contents),
            "known": self.catalogue._known_values(contents),
            "prices": {number: contents.prices[number] for number in self.catalogue._sold_ids(contents)},
            "rows": {number: contents.rows[number] for number in self.catalogue._sold_ids(contents)},
            "cards": [html for _state, html in sorted(contents.cards.items(), key=lambda card: card[0][0])],
            "found": [words.find(text) for text in texts],
        }

    def _read_anew(self):
        self.registry.clear_cache("templates")
        return self._contents()

    def _entries(self, contents):
        return {entry.product_id: entry for entry in contents.index}

    def test_what_is_kept_is_what_would_be_read(self):
        bread = self.bread.product_tmpl_id
        for change in (
            lambda: bread.write({"list_price": 5.5}),
            lambda: bread.write({"name": "Tourte"}),
            lambda: bread.write({"pos_categ_ids": [Command.link(self.cellar.id)]}),
            lambda: bread.write({"pos_categ_ids": [Command.unlink(self.shelf.id)]}),
            lambda: bread.write({"product_tag_ids": [Command.link(self.label.id)], "drive_producer": "Mazet"}),
            lambda: self.bread.write({"barcode": "3168930000662", "drive_origin": "Arles"}),
            lambda: bread.write({"drive_ok": False}),
            lambda: bread.write({"drive_ok": True}),
            lambda: self.bread.write({"active": False}),
            lambda: self.bread.write({"active": True}),
            lambda: self.jam.write({"drive_ok": True}),
            lambda: self._create_product("Honey", 7.0, stock=2),
            lambda: (self.jam + self.bread).write({"list_price": 8.0}),
        ):
            earlier = self._contents()
            change()
            kept = self._contents()
            self.assertIsNot(kept, earlier)
            # Nothing was asked of an article that did not change.
            self.assertIs(self._entries(kept)[self.apples.id], self._entries(earlier)[self.apples.id])
            self.assertIs(kept.rows[self.apples.id], earlier.rows[self.apples.id])
            self.assertEqual(self._seen(kept), self._seen(self._read_anew()))

    def test_what_changes_more_than_articles_is_read_anew(self):
        tax = self.env["account.tax"].create({"name": "Test", "amount": 5.5})
        for change in (
            lambda: self.shelf.write({"name": "Oven"}),
            lambda: self.label.write({"name": "Bio"}),
            lambda: tax.write({"amount": 10}),
            self.jam.unlink,
        ):
            earlier = self._contents()
            change()
            kept = self._contents()
            self.assertIsNot(self._entries(kept)[self.apples.id], self._entries(earlier)[self.apples.id])
            self.assertIsNot(kept.rows[self.apples.id], earlier.rows[self.apples.id])

    def test_many_articles_at_once_are_the_whole_shop(self):
        earlier = self._contents()
        with patch.object(drive_catalogue_change, "MOST_PRODUCTS", 1):
            (self.bread + self.cider).write({"list_price": 9.0})
        self.assertIsNot(self._contents().rows[self.apples.id], earlier.rows[self.apples.id])

    def test_what_was_undone_is_not_kept(self):
        """Of a change that was never committed, nothing; of the one after it, all."""
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.bread.list_price = 77.0
            self.assertEqual(self._contents().rows[self.bread.id]["price"], 77.0)
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.cider.list_price = 4.5
        rows = self._contents().rows
        self.assertEqual((rows[self.bread.id]["price"], rows[self.cider.id]["price"]), (4.8, 4.5))

    def test_prices_that_begin_by_themselves_are_not_those_of_before(self):
        earlier = self._contents()
        earlier.until = fields.Datetime.now() - timedelta(seconds=1)
        self.cider.list_price = 4.5
        self.assertIsNot(self._contents().rows[self.apples.id], earlier.rows[self.apples.id])

    def test_amounts_of_lines_are_those_of_now(self):
        basket = self.env["sale.order"]._drive_basket(self.member)
        for quantity in (1, 2, 1, 2):
            basket._drive_set_quantity(self.bread.id, quantity)
            basket._drive_set_quantity(self.cider.id, quantity)
        self.bread.list_price = 6.0
        answer = basket._drive_set_quantity(self.bread.id, 1)
        self.assertEqual(answer["line_total"], 6.0)
        self.assertEqual(basket._drive_set_quantity(self.cider.id, 1)["line_total"], 4.0)
        self.assertEqual(basket._drive_set_quantity(self.bread.id, 2)["line_total"], 12.0)
