from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..tools.figures import Figures
from .common import DriveCommon

NBSP = "\N{NO-BREAK SPACE}"


@tagged("post_install", "-at_install")
class TestCatalogue(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.catalogue = cls.env["drive.catalogue"].sudo()

    def _values(self):
        return self.catalogue._page_values(self.member.with_env(self.env))

    def _card(self, product):
        return self.catalogue._product_card(self._values(), product.id)

    # === NEVER STALE === #

    def test_a_change_is_read_at_once(self):
        tag = self.env["product.tag"].create({"name": "Organic"})
        unit = self.env["uom.uom"].create({"name": "Bunch"})
        for change, key, expected in (
            (lambda: self.bread.write({"list_price": 5.5}), "price", 5.5),
            (lambda: self.bread.write({"name": "Tourte"}), "name", "Tourte"),
            (lambda: self.bread.write({"drive_origin": "Arles"}), "origin", "Arles"),
            (lambda: self.bread.write({"product_tag_ids": tag}), "labels", ["Organic"]),
            (lambda: tag.write({"name": "Bio"}), "labels", ["Bio"]),
            (lambda: self.bread.write({"uom_id": unit.id}), "uom", "bunch"),
            (lambda: unit.write({"name": "Bouquet"}), "uom", "bouquet"),
        ):
            self.assertNotEqual(self._card(self.bread)[key], expected)
            change()
            self.assertEqual(self._card(self.bread)[key], expected)

    def test_what_is_no_longer_sold_is_gone_at_once(self):
        for values in ({"drive_ok": False}, {"sale_ok": False}, {"active": False}):
            self.assertTrue(self._card(self.bread))
            self.bread.product_tmpl_id.write(values)
            self.assertFalse(self._card(self.bread))
            self.bread.product_tmpl_id.write(dict.fromkeys(values, True))
            self.bread.active = True

    def test_each_source_makes_a_new_version(self):
        changes = self.env["drive.catalogue.change"]
        for record in (
            self.bread,
            self.bread.product_tmpl_id,
            self.bread.categ_id or self.env["product.category"].create({"name": "C"}),
            self.env["product.pricelist"].create({"name": "Test"}),
            self.env["pos.category"].create({"name": "Test"}),
            self.env["account.tax"].create({"name": "Test", "amount": 5.5}),
            self.kilo,
            self.company.currency_id,
        ):
            before = changes._version()
            record.write(self._same(record))
            self.assertNotEqual(changes._version(), before, record)

    @staticmethod
    def _same(record):
        name = "active" if "active" in record._fields else "name"
        return {name: record[name]}

    def test_a_version_undone_is_not_kept(self):
        self._card(self.bread)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.bread.list_price = 77.0
            self.assertEqual(self._card(self.bread)["price"], 77.0)
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.assertEqual(self._card(self.bread)["price"], 4.8)

    def test_cleaning_up_makes_a_new_version(self):
        changes = self.env["drive.catalogue.change"]
        self.bread.name = "Tourte"
        self.env.cr.execute("UPDATE drive_catalogue_change SET create_date = now() - interval '9 days'")
        before = changes._version()
        changes._gc_old_changes()
        after = changes._version()
        self.assertEqual(after[0], 1)
        self.assertGreater(after[1], before[1])

    def test_dated_prices_begin_and_end_by_themselves(self):
        now = fields.Datetime.now()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Dated",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.bread.id,
                            "fixed_price": 1.0,
                            "date_start": now + timedelta(hours=1),
                            "date_end": now + timedelta(hours=2),
                        }
                    )
                ],
            }
        )
        contents = self.catalogue._contents(pricelist)
        self.assertEqual(contents.until, now + timedelta(hours=1))
        version = self.env["drive.catalogue.change"]._version()
        self.assertTrue(contents.is_current(version, now))
        self.assertFalse(contents.is_current(version, contents.until))

    def test_the_pricelist_gives_the_price(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Solidarity",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 50,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        contents = self.catalogue._contents(pricelist)
        rows = self.catalogue._rows(contents, pricelist, [self.bread.id])
        self.assertAlmostEqual(rows[self.bread.id]["price"], 2.4)
        self.assertAlmostEqual(self._card(self.bread)["price"], 4.8)

    def test_quantities_are_always_read(self):
        self.assertEqual(self._card(self.bread)["left_text"], "")
        self._set_stock(self.bread, -7)
        self.assertEqual(self._card(self.bread)["left_text"], "Only 3 left")
        self._set_stock(self.bread, -3)
        self.assertTrue(self._card(self.bread)["out"])

    def test_the_basket_is_always_read(self):
        self._create_basket({self.apples: 1.5})
        card = self._card(self.apples)
        self.assertEqual((card["qty"], card["more"], card["less"]), (1.5, "1.6", "1.4"))
        self.assertEqual(self._card(self.bread)["qty"], 0)

    def test_kept_cards_follow_their_state(self):
        def html():
            values = self._values()
            cards = self.catalogue._cards(values, [self.bread.id])
            contents = values["contents"]
            return self.catalogue._cards_html(contents, cards, "tok", "/drive?q=<b>")

        at_rest = html()
        self.assertIn('value="tok"', at_rest)
        self.assertIn("/drive?q=&lt;b&gt;#p", at_rest)
        self.assertNotIn("is-in", at_rest)
        # A phone does not wait for the indentation of a template.
        self.assertNotRegex(at_rest, r"\n\s|\s\n")
        self._create_basket({self.bread: 2})
        self.assertIn("is-in", html())
        self._set_stock(self.bread, -7)
        self.assertIn("Only 3 left", html())

    # === WHAT A CARD SAYS === #

    def test_by_the_piece(self):
        self.apples.drive_piece_weight = 0.15
        self._create_basket({self.apples: 0.6})
        values = self._values()
        self.assertEqual(self._card(self.apples)["qty"], 4)
        [line] = values["basket_lines"]
        self.assertEqual(line["quantity"], f"4 pieces, about 0.6{NBSP}kg")
        self.assertTrue(values["estimated"])

    def test_first_tap_of_small_steps(self):
        self.assertEqual(self._card(self.apples)["more"], "0.5")
        self.apples.list_price = 25.0
        self.assertEqual(self._card(self.apples)["more"], "0.2")
        self.assertEqual(self._card(self.bread)["more"], "1")

    def test_figures(self):
        currency = self.env["res.currency"].create(
            {"name": "TST", "symbol": "€", "position": "after", "rounding": 0.01}
        )
        french = self.env["res.lang"]._activate_lang("fr_FR")
        french.write({"decimal_point": ",", "thousands_sep": " "})
        figures = Figures(self.env(context={"lang": "fr_FR"}), currency)
        self.assertEqual(figures.money(1234.5), f"1 234,50{NBSP}€")
        self.assertEqual(figures.number(1.5), "1,5")
        self.assertEqual(figures.number(20.0), "20")
        self.assertEqual(figures.number(0.125), "0,125")

    def test_the_picture_has_an_address_that_may_be_kept(self):
        self.assertFalse(self._card(self.bread)["image"])
        self.bread.image_1920 = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        )
        self.assertIn("unique=", self._card(self.bread)["image"])
