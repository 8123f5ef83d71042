import re
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .shop_common import ShopCommon

KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestShopForms(ShopCommon):
    """The pages without JavaScript: each form, and each refusal, by its status."""

    # === BASKET === #

    def test_fill_the_basket(self):
        answer = self.post(
            "/drive/basket/set",
            product_id=self.bread.id,
            qty="2",
            next="/drive/shelf/1?page=2#p1",
        )
        self.assertTrue(answer.headers["Location"].endswith("/drive/shelf/1?page=2#p1"))
        self.assertEqual(self.basket_of(), {self.bread: 2})
        self.assertSays(self.get("/drive/basket"), "Miche", "9.60")

    def test_buttons_go_before_the_field(self):
        self.post("/drive/basket/set", product_id=self.bread.id, qty="2", to="3")
        self.assertEqual(self.basket_of(), {self.bread: 3})

    def test_a_decimal_comma(self):
        self.post("/drive/basket/set", product_id=self.apples.id, qty="0,5")
        self.assertEqual(self.basket_of(), {self.apples: 0.5})

    def test_take_out(self):
        self._create_basket({self.bread: 2})
        self.post("/drive/basket/set", product_id=self.bread.id, qty="0")
        self.assertFalse(self.basket_of())
        self.assertSays(self.get("/drive/basket"), "Taken out of your basket: Miche")
        self.assertNotIn("Taken out", self.get("/drive/basket"))

    def test_back_to_our_pages_only(self):
        for address in (
            "https://example.org/drive",
            "//example.org/drive",
            "/\\example.org",
            "javascript:alert(1)",
            "/web/session/logout",
            "/drive\r\nX-Bad: 1",
            "/drive//../../web",
            "/drive/../web/session/logout",
            "/drive/orders/../../web/session/logout",
            "/drive/./orders/../../web",
            "/drive/..",
            "/drive/%2e%2e/web/session/logout",
            "/drive/%2E./web",
            "/drive/..%2fweb",
            "/drive/%2f..%2fweb",
            "/drive/%252e%252e/web",
            "/drive\\..\\web",
            "/drive/\\../web",
            "/drive/%5c../web",
            "/drive//example.org",
            "/drive/..;/web",
            "/drive/\t../web",
            "/drive/\u2025/web",
            "/drive/\uff0e\uff0e/web",
            "/driveX/../web",
            "/DRIVE/../web",
            "http:/drive",
            "///drive",
            "/%64rive/../web",
            "/drive?\\..",
            "/drive#\nX",
            "",
        ):
            answer = self.post("/drive/basket/set", product_id=self.bread.id, qty="1", next=address)
            path = answer.headers["Location"].removeprefix(self.base_url())
            self.assertEqual(path, "/drive/basket", address)
            self.assertNotIn("X-Bad", answer.headers)

    def test_back_to_where_one_was(self):
        for address in (
            "/drive",
            "/drive/orders/12/change",
            "/drive/search?q=caf%C3%A9&page=2#p12",
            "/drive/shelf/3#p12",
            "/drive/orders/3/pickup.ics",
            "/drive/search?q=../..",
        ):
            answer = self.post("/drive/basket/set", product_id=self.bread.id, qty="1", next=address)
            self.assertEqual(answer.headers["Location"].removeprefix(self.base_url()), address)

    def test_refused_quantities(self):
        self._create_basket({self.bread: 2})
        unsold = self._create_product("Caviar", 99.0, stock=3, drive_ok=False)
        for status, product_id, quantity in (
            (422, self.bread.id, "-1"),
            (422, self.bread.id, "abc"),
            (422, self.bread.id, "NaN"),
            (422, self.bread.id, "inf"),
            (422, self.bread.id, ""),
            (422, self.bread.id, "1.5"),
            (422, self.apples.id, "0.0004"),
            (409, self.bread.id, "1e9"),
            (409, self.bread.id, "11"),
            (422, unsold.id, "1"),
            (422, "abc", "1"),
            (422, "", "1"),
            (422, "9" * 30, "1"),
        ):
            answer = self.post("/drive/basket/set", status, product_id=product_id, qty=quantity)
            self.assertIn('role="alert"', answer.text)
            self.assertEqual(self.basket_of(), {self.bread: 2}, quantity)

    def test_nothing_without_the_token(self):
        with mute_logger("odoo.http"):
            answer = self.url_open("/drive/basket/set", data={"product_id": self.bread.id, "qty": 1})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.basket_of())

    # === SLOTS === #

    def test_hold_extend_release(self):
        self.post("/drive/slots/hold", slot_id=self.slot.id)
        self.assertSays(self.get("/drive/slots"), "Kept for you", "kept for you")
        basket = self.env["sale.order"]._drive_basket(self.member)
        ends = basket.drive_booking_id.expires_at
        basket.drive_booking_id.expires_at = ends - timedelta(hours=1)
        self.post("/drive/slots/extend")
        self.env.invalidate_all()
        self.assertGreaterEqual(basket.drive_booking_id.expires_at, ends)
        self.assertIn('role="alert"', self.post("/drive/slots/extend", status=409).text)
        self.post("/drive/slots/release")
        self.env.invalidate_all()
        self.assertFalse(basket.drive_booking_id)
        self.post("/drive/slots/release", status=409)

    def test_refused_slots(self):
        full = self._create_slot(hours=30, capacity=1)
        self._create_held({self.bread: 1}, full, self.other)
        past = self._create_slot(hours=-2)
        late = self._create_slot(hours=1)
        closed = self._create_slot(hours=31, closed=True)
        for status, slot_id in (
            (409, full.id),
            (409, past.id),
            (409, late.id),
            (409, closed.id),
            (422, 99999999),
            (422, "9" * 30),
            (422, "abc"),
            (422, ""),
        ):
            answer = self.post("/drive/slots/hold", status, slot_id=slot_id)
            self.assertIn('role="alert"', answer.text)
        self.assertFalse(self.env["sale.order"]._drive_basket(self.member))

    def test_full_and_closed_are_said_in_words(self):
        full = self._create_slot(hours=30, capacity=1)
        self._create_held({self.bread: 1}, full, self.other)
        self.assertSays(self.get("/drive/slots"), "full", "2 places left", "order until")

    def test_a_household_with_enough_orders_takes_no_place(self):
        """It is said before, and where somebody tries all the same, with the way out."""
        self.assertNotIn("See my orders", self.get("/drive/slots"))
        self._create_confirmed({self.bread: 1})
        self.point.max_open_orders = 1
        self.assertSays(self.get("/drive/slots"), "already has 1 orders to collect", "See my orders")
        for values in ({}, {"next": "/drive"}):
            html = self.post("/drive/slots/hold", 409, slot_id=self.slot.id, **values).text
            self.assertEqual(html.count("already has 1 orders to collect"), 1)
            self.assertIn('<a href="/drive/orders">See my orders</a>', html)
        answer = self.call("slots/hold", slot_id=self.slot.id)
        self.assertEqual((answer["code"], answer["held"], answer["url"]), ("max_open_orders", False, "/drive/orders"))
        self.assertFalse(self.env["sale.order"]._drive_basket(self.member).drive_booking_id)

    # === CHECKOUT === #

    def test_confirm_and_read_the_order(self):
        self._create_held({self.bread: 2, self.apples: 1})
        answer = self.post(
            "/drive/checkout/confirm",
            idempotency_key=KEY,
            total_seen="12.6",
            note="Ripe ones, please",
            substitution="none",
        )
        order = self.env["sale.order"].search([("drive_confirm_key", "=", KEY)])
        self.assertEqual(order.drive_state, "confirmed")
        self.assertTrue(answer.headers["Location"].endswith(f"/drive/orders/{order.id}"))
        html = self.get(f"/drive/orders/{order.id}")
        self.assertIn("<svg", html)
        self.assertSays(
            html,
            order.drive_pickup_code,
            order.drive_slot_id.with_context(lang="en_US")._drive_label(),
            "Ripe ones, please",
            "Do not replace",
            "12.60",
            "≈",
            "You can change the articles or the slot, or cancel, until",
        )
        self.assertSays(self.get("/drive/orders"), order.name)

    def test_a_double_click_confirms_once(self):
        self._create_held({self.bread: 2})
        values = {"idempotency_key": KEY, "total_seen": "9.6"}
        first = self.post("/drive/checkout/confirm", **values)
        second = self.post("/drive/checkout/confirm", **values)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(
            self.env["sale.order"].search_count([("partner_id", "=", self.member.id), ("is_drive", "=", True)]),
            1,
        )
        self.assertStock(self.bread, 10, 2)

    def test_a_changed_price_is_shown_before_it_counts(self):
        basket = self._create_held({self.bread: 2})
        self.bread.list_price = 5.0
        values = {"idempotency_key": KEY, "total_seen": "9.6", "note": "My words"}
        answer = self.post("/drive/checkout/confirm", status=409, **values)
        self.assertSays(answer.text, "Prices have changed (Miche: 5.00 € instead of 4.80 €)", "10.00", "My words")
        self.env.invalidate_all()
        self.assertEqual(basket.drive_state, "basket")
        self.assertEqual(basket.amount_total, 10.0)
        self.post("/drive/checkout/confirm", **{**values, "total_seen": "10.0"})

    def test_the_checkout_has_the_prices_of_now(self):
        self._create_held({self.bread: 2})
        self.bread.list_price = 5.0
        self.assertSays(self.get("/drive/checkout"), "Prices have changed", "10.00")
        self.assertNotIn("Prices have changed", self.get("/drive/checkout"))

    def test_what_was_typed_is_kept_on_the_way_to_a_correction(self):
        basket = self._create_held({self.bread: 2})
        html = self.get("/drive/checkout")
        for address in ("/drive/slots", "/drive/basket", f"/drive/basket#p{self.bread.id}"):
            [button] = re.findall(rf'<button[^>]*value="{address}"[^>]*>', html)
            self.assertIn('form="confirm"', button)
            self.assertIn('formaction="/drive/checkout/keep"', button)
            answer = self.post("/drive/checkout/keep", note=f"Ripe ones {address}", substitution="none", to=address)
            self.assertTrue(answer.headers["Location"].endswith(address))
            self.assertSays(self.get("/drive/checkout"), f"Ripe ones {address}")
        self.env.invalidate_all()
        self.assertEqual((basket.drive_state, basket.drive_substitution), ("basket", "none"))
        # What makes no sense is shown again, and nothing is lost on the way.
        html = self.post("/drive/checkout/keep", 422, note="x" * 501, to="/drive/slots").text
        self.assertIn("x" * 501, html)
        self.assertIn('role="alert"', html)
        answer = self.post("/drive/checkout/keep", note="Other", to="https://example.org/drive")
        self.assertTrue(answer.headers["Location"].endswith("/drive/checkout"))
        basket.unlink()
        self.post("/drive/checkout/keep", note="Nothing to keep it with", to="/drive/slots")
        self.assertFalse(self.basket_of())

    def test_an_expired_hold(self):
        basket = self._create_held({self.bread: 2})
        basket.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        answer = self.post(
            "/drive/checkout/confirm",
            status=409,
            idempotency_key=KEY,
            total_seen="9.6",
        )
        self.assertSays(answer.text, "no longer kept", "Choose a slot")
        self.assertEqual(self.basket_of(), {self.bread: 2})
        self.assertStock(self.bread, 10, 0)

    def test_refused_confirmations(self):
        values = {"idempotency_key": KEY, "total_seen": "9.6"}
        self.post("/drive/checkout/confirm", status=409, **values)
        basket = self._create_basket({self.bread: 2})
        self.post("/drive/checkout/confirm", status=409, **values)
        basket._drive_hold(self.slot)
        for status, change in (
            (422, {"idempotency_key": ""}),
            (422, {"idempotency_key": "x" * 1000}),
            (409, {"total_seen": "NaN"}),
            (409, {"total_seen": ""}),
            (409, {"total_seen": "1e400"}),
            (422, {"substitution": "whatever"}),
            (422, {"note": "x" * 501}),
        ):
            answer = self.post("/drive/checkout/confirm", status, **{**values, **change})
            self.assertIn('role="alert"', answer.text)
        self.env.invalidate_all()
        self.assertEqual(basket.drive_state, "basket")
        self.assertFalse(basket.drive_note)

    def test_goods_gone_meanwhile_are_named(self):
        self._create_held({self.bread: 2})
        self.env["stock.quant"]._update_available_quantity(self.bread, self.stock, -9)
        answer = self.post("/drive/checkout/confirm", 409, idempotency_key=KEY, total_seen="9.6")
        self.assertSays(answer.text, "Miche", "1", "left")

    # === SLOTS === #

    def test_what_the_shop_has_closed_is_not_to_order_for(self):
        self.assertIn("order until", self.get("/drive/slots"))
        self.point.slot_ids.closed = True
        html = self.get("/drive/slots")
        self.assertNotIn("order until", html)
        self.assertSays(html, "· closed")
        self.assertNotIn("slots__item", html)

    # === ORDERS === #

    def test_cancel(self):
        order = self._create_confirmed({self.bread: 2})
        self.post(f"/drive/orders/{order.id}/cancel")
        self.post(f"/drive/orders/{order.id}/cancel")
        self.env.invalidate_all()
        self.assertEqual(order.drive_state, "cancelled")
        self.assertStock(self.bread, 10, 0)
        self.assertNotIn("<svg", self.get(f"/drive/orders/{order.id}").split("<main")[1])

    def test_cancelling_takes_two_steps(self):
        order = self._create_confirmed({self.bread: 2})
        html = self.get(f"/drive/orders/{order.id}")
        page = etree.HTML(html)
        [form] = page.xpath("//form[contains(@action, '/cancel')]")
        [fold] = form.xpath("ancestor::details")
        self.assertNotIn("open", fold.attrib)
        self.assertIn("cannot be taken up again", "".join(fold.itertext()))

    def test_too_late_to_cancel(self):
        order = self._create_confirmed({self.bread: 2})
        self.point.cutoff_minutes = 48 * 60
        self.assertNotIn("Cancel this order", self.get(f"/drive/orders/{order.id}"))
        answer = self.post(f"/drive/orders/{order.id}/cancel", status=409)
        self.assertSays(answer.text, "too late")
        self.env.invalidate_all()
        self.assertEqual(order.drive_state, "confirmed")

    def test_orders_of_others_are_not_there(self):
        order = self._create_confirmed({self.bread: 2}, member=self.other)
        basket = self._create_basket({self.bread: 1}, self.other)
        for one in (order, basket):
            self.get(f"/drive/orders/{one.id}", status=404)
            self.post(f"/drive/orders/{one.id}/cancel", status=404)
        self.assertNotIn(order.name, self.get("/drive/orders"))
        self.env.invalidate_all()
        self.assertEqual(order.drive_state, "confirmed")

    def test_orders_of_the_household(self):
        house = self.env["res.partner"].create({"name": "House", "is_company": True})
        house.coop_state = "up_to_date"
        (self.member | self.other).parent_id = house
        order = self._create_confirmed({self.bread: 2}, member=self.other)
        self.assertSays(self.get("/drive/orders"), order.name, "Ali Ben")
        self.get(f"/drive/orders/{order.id}")
        # Who moves out keeps what they confirmed; the rest stays with the house.
        self.member.parent_id = False
        self.get(f"/drive/orders/{order.id}", status=404)

    def test_prepared_and_missing(self):
        order = self._create_confirmed({self.bread: 2, self.apples: 1})
        line = order.order_line.filtered(lambda line: line.product_id == self.bread)
        order.order_line.write({"drive_picked": True})
        order.drive_state = "ready"
        line.write({"product_uom_qty": 0, "drive_shortage_reason": "missing"})
        html = self.get(f"/drive/orders/{order.id}")
        self.assertSays(html, "Missing", "Not on the shelf", "3.00", "12.60")
        self.assertNotIn("Cancel this order", html)
