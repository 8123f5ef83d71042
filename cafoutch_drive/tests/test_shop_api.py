from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from .shop_common import ShopCommon

KEY = "0123456789abcdef"
NONSENSE = (None, "", "abc", "9" * 40, -1, 0, 1.5, 2**40, True, [], [1], {}, {"id": 1})


@tagged("post_install", "-at_install")
class TestShopApi(ShopCommon):
    """The pages' own calls: a refusal is an answer, whatever is sent."""

    def test_set(self):
        answer = self.call("basket/set", product_id=self.apples.id, qty=1.5, seq=1)
        self.assertEqual(answer["qty"], 1.5)
        self.assertEqual(answer["unit"], "uom")
        self.assertAlmostEqual(answer["line_total"], 4.5)
        self.assertAlmostEqual(answer["basket_total"], 4.5)
        self.assertEqual(answer["basket_count"], 1)
        self.assertEqual(self.basket_of(), {self.apples: 1.5})

    def test_set_by_the_piece(self):
        self.apples.drive_piece_weight = 0.15
        answer = self.call("basket/set", product_id=self.apples.id, qty=4, unit="piece", seq=1)
        self.assertEqual(answer["qty"], 4)
        self.assertAlmostEqual(self.basket_of()[self.apples], 0.6)

    def test_a_late_change_changes_nothing(self):
        self.call("basket/set", product_id=self.bread.id, qty=3, seq=20)
        answer = self.call("basket/set", product_id=self.bread.id, qty=1, seq=10)
        self.assertEqual(answer["qty"], 3)
        self.assertEqual(self.basket_of(), {self.bread: 3})

    def test_refused_quantities_keep_the_basket(self):
        self.call("basket/set", product_id=self.bread.id, qty=2, seq=1)
        for quantity in (
            -1,
            1e9,
            "abc",
            "NaN",
            float("nan"),
            float("inf"),
            0.0004,
            1.5,
            None,
            True,
            [],
            {},
            "9" * 400,
        ):
            answer = self.call("basket/set", product_id=self.bread.id, qty=quantity, seq=2)
            self.assertTrue(answer["message"], quantity)
            self.assertTrue(answer["code"], quantity)
            self.assertEqual(answer["qty"], 2, quantity)
            self.assertEqual(answer["basket_count"], 1, quantity)
            self.assertEqual(self.basket_of(), {self.bread: 2})

    def test_zero_of_what_is_not_in_the_basket(self):
        answer = self.call("basket/set", product_id=self.bread.id, qty=0)
        self.assertTrue(answer["message"])
        self.assertFalse(self.basket_of())

    def test_a_sliver_of_what_is_sold_by_weight(self):
        answer = self.call("basket/set", product_id=self.apples.id, qty=0.0004)
        self.assertTrue(answer["message"])
        self.assertFalse(self.basket_of())

    def test_refused_products(self):
        unsold = self._create_product("Caviar", 99.0, stock=3, drive_ok=False)
        for product_id in (*NONSENSE, unsold.id):
            answer = self.call("basket/set", product_id=product_id, qty=1)
            self.assertEqual(answer["code"], "not_sold", product_id)
            self.assertEqual(answer["qty"], 0)
        self.assertFalse(self.env["sale.order"]._drive_basket(self.member))

    def test_odd_units_and_sequences(self):
        for unit in ("kilo", 7, None, [], {}):
            answer = self.call("basket/set", product_id=self.bread.id, qty=1, unit=unit)
            self.assertTrue(answer["code"], unit)
        for seq, page in (
            ("abc", 1),
            ([], {}),
            ({}, []),
            (float("nan"), "p"),
            (1e400, ""),
            (2, [1]),
            (3, {"a": 1}),
            (4, "p" * 10000),
        ):
            self.call("basket/set", product_id=self.bread.id, qty=1, seq=seq, page=page)
        self.assertEqual(self.basket_of(), {self.bread: 1})

    def test_calls_without_anything_or_with_too_much(self):
        for path in (
            "basket/set",
            "slots/hold",
            "slots/extend",
            "slots/release",
            "checkout/confirm",
            "orders/cancel",
        ):
            self.assertTrue(self.call(path)["code"], path)
            self.assertTrue(self.call(path, unheard="of", x=[1])["code"], path)
        self.assertFalse(self.env["sale.order"]._drive_basket(self.member))

    # === SLOTS === #

    def test_hold_extend_release(self):
        answer = self.call("slots/hold", slot_id=self.slot.id)
        self.assertIs(answer["held"], True)
        ends = datetime.fromisoformat(answer["expires_at"])
        self.assertEqual(ends.utcoffset(), timedelta(0))
        self.assertGreater(ends.replace(tzinfo=None), fields.Datetime.now())
        self.assertIs(self.call("slots/extend")["held"], True)
        again = self.call("slots/extend")
        self.assertEqual((again["code"], again["held"]), ("hold_extended", True))
        self.assertTrue(again["expires_at"])
        self.assertIs(self.call("slots/release")["held"], False)
        self.assertEqual(self.call("slots/release")["code"], "no_slot")

    def test_a_refused_slot_keeps_the_earlier_one(self):
        full = self._create_slot(hours=30, capacity=1)
        self._create_held({self.bread: 1}, full, self.other)
        self.call("slots/hold", slot_id=self.slot.id)
        past = self._create_slot(hours=-2)
        for slot_id in (*NONSENSE, full.id, past.id):
            answer = self.call("slots/hold", slot_id=slot_id)
            self.assertTrue(answer["code"], slot_id)
            self.assertIs(answer["held"], False)
        self.env.invalidate_all()
        basket = self.env["sale.order"]._drive_basket(self.member)
        self.assertEqual(basket.drive_slot_id, self.slot)
        self.assertTrue(basket.drive_hold_live)

    def test_an_expired_hold_is_not_extended(self):
        basket = self._create_held({self.bread: 1})
        basket.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        answer = self.call("slots/extend")
        self.assertEqual((answer["code"], answer["held"]), ("hold_expired", False))
        self.assertIsNone(self.call("checkout/confirm", idempotency_key=KEY, total_seen=4.8)["order"])

    # === CONFIRM, CANCEL === #

    def test_confirm_twice(self):
        self._create_held({self.bread: 2})
        values = {"idempotency_key": KEY, "total_seen": 9.6}
        first = self.call("checkout/confirm", **values)
        self.assertEqual(self.call("checkout/confirm", **values), first)
        self.assertTrue(first["url"].startswith("/drive/orders/"))
        self.assertStock(self.bread, 10, 2)

    def test_confirm_with_nonsense(self):
        basket = self._create_held({self.bread: 2})
        for key in (*NONSENSE, "short", "x" * 65):
            if isinstance(key, str) and 8 <= len(key) <= 64:
                continue
            answer = self.call("checkout/confirm", idempotency_key=key, total_seen=9.6)
            self.assertEqual(answer["code"], "bad_key", key)
        for total in (*NONSENSE, float("nan"), 9.59):
            answer = self.call("checkout/confirm", idempotency_key=KEY, total_seen=total)
            self.assertEqual(answer["code"], "total", total)
        for note in (1, [], {}, "x" * 501):
            answer = self.call("checkout/confirm", idempotency_key=KEY, total_seen=9.6, note=note)
            self.assertEqual(answer["code"], "bad_preference", note)
        for substitution in (1, [], {}, "x"):
            answer = self.call(
                "checkout/confirm",
                idempotency_key=KEY,
                total_seen=9.6,
                substitution=substitution,
            )
            self.assertEqual(answer["code"], "bad_preference", substitution)
        self.env.invalidate_all()
        self.assertEqual(basket.drive_state, "basket")
        self.assertStock(self.bread, 10, 0)

    def test_cancel(self):
        order = self._create_confirmed({self.bread: 2})
        theirs = self._create_confirmed({self.bread: 1}, member=self.other)
        for wrong in (*NONSENSE, theirs.id, theirs.name, "a\0b"):
            answer = self.call("orders/cancel", order=wrong, idempotency_key=KEY)
            self.assertEqual(answer["code"], "no_such_order", wrong)
        answer = self.call("orders/cancel", order=order.name, idempotency_key=KEY)
        self.assertEqual(answer["order"], order.name)
        self.call("orders/cancel", order=order.id, idempotency_key=KEY)
        self.env.invalidate_all()
        self.assertEqual(order.drive_state, "cancelled")
        self.assertEqual(theirs.drive_state, "confirmed")
        self.assertStock(self.bread, 10, 1)

    # === WHO === #

    def test_signed_out(self):
        self.logout()
        for path in ("basket/set", "slots/hold", "checkout/confirm", "orders/cancel"):
            answer = self.call(path, product_id=self.bread.id, qty=1)
            self.assertEqual(answer["code"], "signed_out")
            self.assertIn("/web/login", answer["url"])

    def test_who_may_not_order(self):
        self.member.coop_state = "suspended"
        answer = self.call("basket/set", product_id=self.bread.id, qty=1)
        self.assertEqual(answer["code"], "suspended")
        self.assertTrue(answer["url"])
        answer = self.call("slots/hold", slot_id=self.slot.id)
        self.assertEqual(answer["code"], "suspended")
        self.assertFalse(self.env["sale.order"]._drive_basket(self.member))
