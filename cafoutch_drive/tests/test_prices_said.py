"""A price that changes while an article is in a basket is said, and never silent."""

from odoo.tests import tagged

from .shop_common import ShopCommon

KEY = "0123456789abcdef"
SAID = "Prices have changed (Miche: 5.00 € instead of 4.80 €)."


@tagged("post_install", "-at_install")
class TestPricesSaid(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id.write({"symbol": "€", "position": "after"})

    def setUp(self):
        super().setUp()
        self.basket = self._create_basket({self.bread: 2, self.apples: 1})

    def shown(self, path):
        return self.get(path).replace("\N{NO-BREAK SPACE}", " ")

    # === PAGES === #

    def test_pages_have_the_prices_of_now_and_say_so(self):
        """The basket beside them too, and what the bar says; nothing is written by reading."""
        self.bread.list_price = 5.0
        for path in (
            "/drive",
            "/drive/search?q=miche",
            f"/drive/shelf/{self.shelf.id}",
            f"/drive/product/{self.bread.id}",
            "/drive/basket",
            "/drive/usual",
            "/drive/lists",
        ):
            html = self.shown(path)
            self.assertSays(html, SAID, "13.00 €")
            self.assertNotIn("12.60", html, path)
        self.env.invalidate_all()
        self.assertEqual(self.basket.amount_total, 12.6)

    def test_a_tax_and_a_rule(self):
        tax = self.env["account.tax"].create({"name": "T", "amount": 10, "price_include_override": "tax_excluded"})
        self.bread.taxes_id = tax
        self.assertSays(self.shown("/drive/basket"), "Miche: 5.28 € instead of 4.80 €", "13.56 €")
        self.shown("/drive/checkout")
        tax.amount = 20
        self.assertSays(self.shown("/drive/checkout"), "Miche: 5.76 € instead of 5.28 €", "14.52 €")
        self.env.invalidate_all()
        self.assertEqual(self.basket.amount_total, 14.52)
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self._own_pricelist().id,
                "applied_on": "0_product_variant",
                "product_id": self.bread.id,
                "compute_price": "fixed",
                "fixed_price": 1.0,
            }
        )
        self.assertSays(self.shown("/drive"), "Miche: 1.20 € instead of 5.76 €", "5.40 €")

    def _own_pricelist(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        pricelist = self.env["product.pricelist"].create({"name": "Mine"})
        self.basket.pricelist_id = pricelist
        return pricelist

    def test_a_price_by_weight(self):
        self.apples.list_price = 3.5
        self.assertSays(self.shown("/drive/basket"), "Pommes: 3.50 €/kg instead of 3.00 €/kg", "13.10 €")

    def test_the_checkout_says_it_once(self):
        self.bread.list_price = 5.0
        self.assertSays(self.shown("/drive/checkout"), SAID, "13.00 €")
        for path in ("/drive/checkout", "/drive/basket", "/drive"):
            self.assertNotIn("Prices have changed", self.get(path))
        self.env.invalidate_all()
        self.assertEqual(self.basket.amount_total, 13.0)

    def test_where_prices_stand_nothing_is_worked_out_again(self):
        self.get("/drive/checkout")
        written = self.basket.order_line.mapped("write_date")
        self.get("/drive/checkout")
        self.env.invalidate_all()
        self.assertEqual(self.basket.order_line.mapped("write_date"), written)

    def test_back_to_what_it_was(self):
        self.bread.list_price = 5.0
        self.bread.list_price = 4.8
        self.assertNotIn("Prices have changed", self.get("/drive/basket"))

    # === CHANGES === #

    def test_a_tap_says_it_and_comes_to_what_the_page_shows(self):
        """Of any article, and once: the whole basket then has the prices of now."""
        for product, quantity, total in (
            (self.bread, 3, 18.0),
            (self.apples, 2, 16.0),
            (self.apples, 0, 10.0),
            (self._create_product("Savon", 2.0, stock=3), 1, 15.0),
        ):
            self.basket.unlink()
            self.basket = self._create_basket({self.bread: 2, self.apples: 1})
            self.bread.list_price = 5.0
            answer = self.call("basket/set", product_id=product.id, qty=quantity)
            self.assertEqual(answer["prices_message"].replace("\N{NO-BREAK SPACE}", " "), SAID)
            self.assertIn(answer["prices_message"], answer["message"])
            self.assertEqual(answer["basket_total"], total)
            again = self.call("basket/set", product_id=self.bread.id, qty=1)
            self.assertFalse(again.get("prices_message"))
            self.bread.list_price = 4.8

    def test_a_page_that_is_open_since_the_morning(self):
        """What it says of an article that is in no basket yet counts as seen."""
        soap = self._create_product("Savon", 2.0, stock=3)
        field = f'name="price_seen" value="{soap.list_price}"'
        self.assertIn(field, self.get("/drive/search?q=savon"))
        soap.list_price = 2.5
        said = "Prices have changed (Savon: 2.50 € instead of 2.00 €)."
        values = {"product_id": soap.id, "price_seen": "2.0"}
        answer = self.call("basket/set", qty=1, **values)
        self.assertEqual(answer["prices_message"].replace("\N{NO-BREAK SPACE}", " "), said)
        self.assertEqual((answer["price"], answer["line_total"], answer["basket_total"]), (2.5, 2.5, 15.1))
        self.assertFalse(self.call("basket/set", qty=2, **{**values, "price_seen": "2.5"}).get("prices_message"))
        self.post("/drive/basket/set", qty="3", **values)
        self.assertSays(self.shown("/drive/basket"), said)
        for seen in (None, "", "abc", "-1", "NaN", [], {"a": 1}, 10**400, "0"):
            answer = self.call("basket/set", qty=1, product_id=soap.id, price_seen=seen)
            self.assertFalse("code" in answer, seen)

    def test_without_javascript(self):
        self.bread.list_price = 5.0
        self.post("/drive/basket/set", product_id=self.apples.id, qty="2")
        self.assertSays(self.shown("/drive/basket"), SAID, "16.00 €")
        self.assertNotIn("Prices have changed", self.get("/drive/basket"))

    def test_what_is_put_in_together(self):
        self.env["drive.list"]._drive_keep(self.member, "Weekly", {self.bread: 4})
        weekly = self.env["drive.list"]._drive_of(self.member)
        self.bread.list_price = 5.0
        self.post(f"/drive/lists/{weekly.id}/add", everything="1")
        self.assertSays(self.shown("/drive/basket"), SAID, "23.00 €")
        self.assertNotIn("Prices have changed", self.get("/drive/basket"))
        self.bread.list_price = 6.0
        self.assertSays(self.shown("/drive/basket"), "Miche: 6.00 € instead of 5.00 €")

    # === CONFIRMATIONS === #

    def test_a_confirmation_of_the_total_that_was_seen(self):
        self.basket._drive_hold(self.slot)
        self.bread.list_price = 5.0
        answer = self.call("checkout/confirm", idempotency_key=KEY, total_seen=12.6)
        self.assertEqual(answer["code"], "total")
        self.assertIn("Miche: 5.00 € instead of 4.80 €", answer["message"].replace("\N{NO-BREAK SPACE}", " "))
        self.assertIsNone(answer["order"])
        self.assertTrue(self.call("checkout/confirm", idempotency_key=KEY, total_seen=13.0)["order"])

    def test_who_saw_the_new_total_confirms(self):
        """On a list, say, from which nothing was brought to the new price."""
        self.basket._drive_hold(self.slot)
        self.bread.list_price = 5.0
        self.assertTrue(self.call("checkout/confirm", idempotency_key=KEY, total_seen=13.0)["order"])

    def test_two_prices_that_make_up_for_each_other(self):
        self.basket._drive_hold(self.slot)
        self.bread.list_price = 5.0
        self.apples.list_price = 2.6
        answer = self.call("checkout/confirm", idempotency_key=KEY, total_seen=12.6)
        self.assertEqual(answer["code"], "total")
        for text in ("Miche: 5.00", "Pommes: 2.60"):
            self.assertIn(text, answer["message"])
        self.assertTrue(self.call("checkout/confirm", idempotency_key=KEY, total_seen=12.6)["order"])

    def test_a_basket_of_before_the_rule(self):
        """Nobody knows what was seen: a new total is said with the price of now."""
        self.basket.order_line.drive_price_seen = 0
        self.assertNotIn("Prices have changed", self.get("/drive"))
        self.bread.list_price = 5.0
        self.assertSays(self.shown("/drive/checkout"), "Prices have changed (Miche: 5.00 €).")
