"""A product that goes while it is in a basket, in lists, in orders: said at each door, and nothing is lost."""

import re

from odoo.exceptions import UserError
from odoo.tests import tagged

from .shop_common import ShopCommon

KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestGoneProducts(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.soap = cls._create_product("Savon", 2.0, stock=9)
        cls.policy = cls.env["drive.policy"]._for(cls.company)

    def _ways(self):
        """``(name, how it goes, how it comes back)``"""
        template = self.soap.product_tmpl_id
        return (
            ("off the drive", lambda: template.write({"drive_ok": False}), lambda: template.write({"drive_ok": True})),
            ("not sold", lambda: template.write({"sale_ok": False}), lambda: template.write({"sale_ok": True})),
            ("archived", lambda: template.write({"active": False}), lambda: template.write({"active": True})),
            ("the variant archived", lambda: self.soap.write({"active": False}), self.soap.action_unarchive),
            ("incomplete", self._block, lambda: template.write({"drive_food": "none"})),
        )

    def _block(self):
        """The shop sells no food of which nothing is said."""
        self.policy.food_rule = "block"
        (self.bread + self.apples).product_tmpl_id.drive_food = "none"
        self.soap.product_tmpl_id.drive_food = "prepacked"

    def each_way(self):
        for name, goes, comes_back in self._ways():
            goes()
            self.env.flush_all()
            yield name
            comes_back()
            self.env.flush_all()

    def test_in_a_basket(self):
        basket = self._create_held({self.bread: 1, self.soap: 2})
        for _way in self.each_way():
            self.assertSays(self.get("/drive/basket"), "Savon", "No longer on the drive")
            for page in ("/drive/checkout", "/drive"):
                self.assertSays(self.get(page), "No longer on the drive: Savon. Please take it out of your basket.")
            self.get(f"/drive/product/{self.soap.id}", status=404)
            self.assertNotIn(f'id="p{self.soap.id}"', self.get("/drive/search?q=savon"))
            # More of it, or again: refused. Each door to a confirmation too.
            answer = self.call("basket/set", product_id=self.soap.id, qty=3)
            self.assertEqual((answer["code"], answer["qty"]), ("not_sold", 2))
            self.post("/drive/basket/set", 422, product_id=self.soap.id, qty="3")
            answer = self.call("checkout/confirm", idempotency_key=KEY, total_seen=8.8)
            self.assertEqual(answer["code"], "gone")
            self.assertIn("Savon", answer["message"])
            refused = self.post("/drive/checkout/confirm", 409, idempotency_key=KEY, total_seen="8.8")
            self.assertSays(refused.text, "No longer on the drive: Savon")
            with self.assertRaises(UserError):
                basket.action_confirm()
            self.assertEqual(self.basket_of(), {self.bread: 1, self.soap: 2})
            self.assertEqual(basket.drive_state, "basket")

    def test_it_counts_nothing(self):
        """On no page, and in no answer to a tap."""
        self._create_held({self.bread: 1, self.soap: 2})
        for way in self.each_way():
            with self.subTest(way):
                for page in ("/drive", "/drive/basket", "/drive/checkout"):
                    html = self.get(page)
                    self.assertSays(html, "4.80", "Savon", "No longer sold on the drive")
                    self.assertNotIn("8.80", html, page)
                    self.assertNotIn("4.00", html, page)
                self.assertNotIn("Savon", html.partition('id="back"')[2].partition("</section>")[0])
                self.assertSays(self.get("/drive/basket"), "1 product")
                self.assertNotIn(f'value="{self.soap.id}"', self._wishes(self.get("/drive/basket")))
                for quantity in (2, 1):
                    answer = self.call("basket/set", product_id=self.bread.id, qty=quantity)
                    self.assertEqual((answer["basket_total"], answer["basket_count"]), (4.8 * quantity, 1))
                answer = self.call("basket/set", product_id=self.bread.id, qty=1000)
                self.assertEqual((answer["basket_total"], answer["basket_count"]), (4.8, 1))
        self.assertEqual(self.call("basket/set", product_id=self.bread.id, qty=2)["basket_total"], 13.6)

    def _wishes(self, html):
        return "".join(re.findall(r'action="/drive/basket/wish".*?</form>', html, re.S))

    def test_its_price_is_nobodys_business(self):
        self._create_held({self.bread: 1, self.soap: 2})
        self.soap.drive_ok = False
        self.soap.list_price = 3
        for page in ("/drive", "/drive/basket", "/drive/checkout"):
            self.assertNotIn("Prices have changed", self.get(page))
        self.assertNotIn("prices_message", self.call("basket/set", product_id=self.bread.id, qty=2))
        # Until it comes back.
        self.soap.drive_ok = True
        self.assertSays(self.get("/drive"), "Prices have changed (Savon: 3.00 € instead of 2.00 €)")

    def test_it_is_taken_out_at_checkout(self):
        """What was typed there is kept."""
        self._create_held({self.bread: 1, self.soap: 2})
        self.soap.drive_ok = False
        html = self.get("/drive/checkout")
        [button] = re.findall(rf'<button[^>]*name="take_out"[^>]*value="{self.soap.id}"[^>]*>', html)
        self.assertIn('formaction="/drive/checkout/keep"', button)
        answer = self.post("/drive/checkout/keep", take_out=self.soap.id, note="Ripe ones")
        self.assertTrue(answer.headers["Location"].endswith("/drive/checkout"))
        html = self.get("/drive/checkout")
        self.assertSays(html, "Taken out of your basket: Savon", "Ripe ones")
        self.assertNotIn("No longer sold", html)
        self.assertEqual(self.basket_of(), {self.bread: 1})

    def test_it_can_be_taken_out(self):
        for _way in self.each_way():
            self.env["sale.order"]._drive_basket(self.member).unlink()
            self._basket_with_soap()
            self.assertNotIn("code", self.call("basket/set", product_id=self.soap.id, qty=0))
            self.assertEqual(self.basket_of(), {self.bread: 1})
            self._basket_with_soap()
            self.post("/drive/basket/set", product_id=self.soap.id, to="0")
            self.assertEqual(self.basket_of(), {self.bread: 1})
            self.assertNotIn("No longer on the drive", self.get("/drive/checkout"))

    def _basket_with_soap(self):
        """As if it had been put in while it was sold."""
        basket = self._create_basket({self.bread: 1})
        self.env["sale.order.line"].create({"order_id": basket.id, "product_id": self.soap.id})

    def test_in_lists_and_among_the_usual(self):
        self.env["drive.list"]._drive_keep(self.member, "Weekly", {self.bread: 1, self.soap: 1})
        weekly = self.env["drive.list"]._drive_of(self.member)
        self.env["drive.list"]._drive_favourites(self.member, create=True)._drive_set(self.soap, 1)
        order = self._create_confirmed({self.bread: 1, self.soap: 1})
        for _way in self.each_way():
            for page in (f"/drive/lists/{weekly.id}", "/drive/favourites"):
                self.assertSays(self.get(page), "Savon", "No longer on the drive")
            self.assertNotIn("Savon", self.get("/drive/usual"))
            self.assertSays(self.get(f"/drive/orders/{order.id}"), "Savon")
            for path, values in (
                (f"/drive/lists/{weekly.id}/add", {"everything": "1"}),
                (f"/drive/orders/{order.id}/again", {}),
            ):
                self.env["sale.order"]._drive_basket(self.member).unlink()
                self.post(path, **values)
                self.assertEqual(self.basket_of(), {self.bread: 1})
                self.assertSays(self.get("/drive/basket"), "No longer on the drive: Savon.")
        # It is still in the list: it may come back.
        self.assertIn(self.soap, weekly.line_ids.product_id)

    def test_in_a_confirmed_order(self):
        """It was promised: it stays, may become less, and not more."""
        order = self._create_confirmed({self.bread: 1, self.soap: 3})
        page = f"/drive/orders/{order.id}/change"
        for way in self.each_way():
            self.assertSays(self.get(page), "Savon", "6.00")
            held = order.order_line.filtered(lambda line: line.product_id == self.soap).product_uom_qty
            for quantity, code in ((held + 1, "gone"), (held, None)):
                answer = self.call(
                    "orders/change",
                    order=order.id,
                    lines=[{"product_id": self.soap.id, "qty": quantity}],
                    total_seen=order.amount_total,
                    idempotency_key=f"key-{way}-{quantity}",
                )
                self.assertEqual(answer.get("code"), code, answer)
        self.soap.drive_ok = False
        answer = self.call(
            "orders/change",
            order=order.id,
            lines=[{"product_id": self.soap.id, "qty": 1}],
            total_seen=6.8,
            idempotency_key="key-of-less",
        )
        self.assertFalse(answer.get("code"), answer)
