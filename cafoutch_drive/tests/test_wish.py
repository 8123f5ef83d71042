"""What to do when one article is missing, where it is not as for the whole order."""

from odoo.tests import tagged

from .preparation_common import PreparationCommon
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestWish(ShopCommon):
    def setUp(self):
        super().setUp()
        self.basket = self._create_basket({self.bread: 1, self.apples: 1})

    def _wishes(self):
        self.env.invalidate_all()
        return {line.product_id: line.drive_substitution for line in self.basket.order_line}

    def test_on_one_line(self):
        self.assertSays(self.get("/drive/basket"), "Miche, If it is missing…")
        self.post("/drive/basket/wish", product_id=self.bread.id, wish="none")
        self.assertEqual(self._wishes(), {self.bread: "none", self.apples: False})
        self.assertSays(self.get("/drive/basket"), "Miche, If it is missing: Do not replace")
        self.assertSays(self.get("/drive/checkout"), "Miche 4.80 € If it is missing: Do not replace")
        # Another quantity is no other wish.
        self.post("/drive/basket/set", product_id=self.bread.id, qty="2")
        self.assertEqual(self._wishes()[self.bread], "none")
        self.post("/drive/basket/wish", product_id=self.bread.id, wish="")
        self.assertEqual(self._wishes()[self.bread], False)
        self.assertSays(self.get("/drive/basket"), "Miche, If it is missing…")

    def test_refused(self):
        for status, product_id, wish in (
            (422, self.bread.id, "sometimes"),
            (422, self.bread.id, "x" * 10000),
            (422, "abc", "none"),
            (409, self._create_product("Savon", 2.0).id, "none"),
        ):
            answer = self.post("/drive/basket/wish", status, product_id=product_id, wish=wish)
            self.assertIn('role="alert"', answer.text)
        self.assertEqual(self._wishes(), {self.bread: False, self.apples: False})

    def test_without_a_basket(self):
        self.basket.unlink()
        self.post("/drive/basket/wish", 409, product_id=self.bread.id, wish="none")

    def test_it_stays_with_the_order(self):
        self.basket._drive_hold(self.slot)
        self.post("/drive/basket/wish", product_id=self.bread.id, wish="ask")
        self.basket._drive_confirm("test-key-wish", self.basket.amount_total)
        self.assertEqual(self._wishes(), {self.bread: "ask", self.apples: False})
        html = self.get(f"/drive/orders/{self.basket.id}")
        self.assertSays(html, "Miche 4.80 € If it is missing: Ask me")
        self.assertEqual(html.count("If it is missing"), 1)


@tagged("post_install", "-at_install")
class TestWishInPreparation(PreparationCommon):
    def test_the_preparer_reads_it(self):
        order = self._create_confirmed({self.bread: 1, self.apples: 1})
        order.drive_substitution = "similar"
        order.order_line.filtered(lambda line: line.product_id == self.bread).drive_substitution = "none"
        batch = self.phone.basket(order.id)["batch"]
        stops = self.phone.with_context(lang="en_US").open(batch)["stops"]
        self.assertEqual(
            {stop["name"]: stop["cells"][0]["wish_text"] for stop in stops},
            {"Miche": "Do not replace", "Pommes": "Replace by something similar"},
        )
