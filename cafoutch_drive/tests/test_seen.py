from odoo.tests import tagged

from .common import DriveCommon
from .shop_common import ShopCommon

KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestSeen(DriveCommon):
    """What was shown is what is ordered, or the member reads what changed and nothing is done."""

    def _refused(self, order, total, seen):
        with self.assertRaisesRegex(Exception, "The total is now") as caught:
            order._drive_confirm(KEY, total, seen)
        self.assertEqual((caught.exception.refusal.code, order.drive_state), ("total", "basket"))
        return caught.exception.refusal.message

    def test_more_less_added_and_taken_out(self):
        order = self._create_held({self.bread: 2, self.apples: 1.5})
        chips = self._create_product("Chips", 2.0, stock=5)
        seen, total = order._drive_lines_seen(), order.amount_total
        order._drive_set_quantity(self.bread.id, 3)
        self.assertIn("(Miche: 3 instead of 2)", self._refused(order, total, seen))
        order._drive_set_quantity(self.apples.id, 0)
        order._drive_set_quantity(chips.id, 1)
        message = self._refused(order, total, seen)
        self.assertIn("Chips: added", message)
        self.assertIn("Pommes: taken out", message)

    def test_other_articles_at_the_same_total(self):
        twin = self._create_product("Fougasse", 4.8, stock=5)
        order = self._create_held({self.bread: 1})
        seen = order._drive_lines_seen()
        order._drive_set_quantity(twin.id, 1)
        order._drive_set_quantity(self.bread.id, 0)
        self.assertIn("Fougasse: added", self._refused(order, 4.8, seen))

    def test_what_was_seen_is_confirmed(self):
        order = self._create_held({self.bread: 2, self.apples: 0.1})
        order._drive_confirm(KEY, order.amount_total, order._drive_lines_seen())
        self.assertEqual(order.drive_state, "confirmed")

    def test_nonsense_says_nothing(self):
        order = self._create_held({self.bread: 2})
        for nonsense in (None, "", 5, ["1:2"], "abc", "1:x", "99999999999999999999:1", "\0"):
            self.assertEqual(order._drive_lines_changed(nonsense), [], nonsense)


@tagged("post_install", "-at_install")
class TestHarmless(ShopCommon):
    """Back, refresh, a second tab and a second click, without JavaScript."""

    def _checkout_form(self):
        """The hidden fields of the check-out, as a page keeps them."""
        html = self.get("/drive/checkout")
        return {name: self._value(html, name) for name in ("idempotency_key", "total_seen", "lines_seen")}

    def _value(self, html, name):
        return html.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]

    def _orders_of(self):
        self.env.invalidate_all()
        return self.env["sale.order"].search([("partner_id", "=", self.member.id), ("is_drive", "=", True)])

    def test_a_second_tab_that_changed_the_basket(self):
        basket = self._create_held({self.bread: 2})
        first = self._checkout_form()
        self.post("/drive/basket/set", product_id=self.bread.id, qty="3")
        answer = self.post("/drive/checkout/confirm", 409, note="Well done", **first)
        self.assertSays(answer.text, "Your basket has changed (Miche: 3 instead of 2)", "The total is now", "14.40")
        self.assertIn("Well done", answer.text)
        self.assertEqual(self._orders_of().drive_state, "basket")
        again = {name: self._value(answer.text, name) for name in first}
        self.post("/drive/checkout/confirm", **again)
        self.assertEqual(self._orders_of(), basket)
        self.assertEqual(basket.drive_state, "confirmed")

    def test_a_second_tab_of_the_same_basket(self):
        order = self._create_held({self.bread: 2})
        first, second = self._checkout_form(), self._checkout_form()
        self.post("/drive/checkout/confirm", **first)
        self.assertSays(self.post("/drive/checkout/confirm", 409, **second).text, "Your basket is empty.")
        self.assertEqual(self._orders_of(), order)
        self.assertStock(self.bread, 10, 2)

    def test_back_and_once_more(self):
        order = self._create_held({self.bread: 2})
        form = self._checkout_form()
        first = self.post("/drive/checkout/confirm", **form)
        self.assertSays(self.get("/drive/checkout"), "Your basket is empty.")
        # A page that the browser kept sends the same form again.
        again = self.post("/drive/checkout/confirm", **form)
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(self._orders_of(), order)
        self.assertStock(self.bread, 10, 2)

    def test_a_page_kept_since_an_order_that_was_cancelled(self):
        order = self._create_held({self.bread: 2})
        form = self._checkout_form()
        self.post("/drive/checkout/confirm", **form)
        order._drive_cancel()
        answer = self.post("/drive/checkout/confirm", 409, **form)
        self.assertSays(answer.text, "This order can no longer be confirmed.")
        self.assertEqual(self._orders_of(), order)
        self.assertStock(self.bread, 10, 0)

    def test_refreshing_the_confirmation(self):
        order = self._create_held({self.bread: 2})
        address = self.post("/drive/checkout/confirm", **self._checkout_form()).headers["Location"]
        path = address.removeprefix(self.base_url())
        self.assertSays(self.get(path), "Your order is confirmed.")
        self.assertNotIn("Your order is confirmed.", self.get(path))
        self.assertEqual(self._orders_of(), order)
