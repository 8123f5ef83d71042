from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import sale_order_shop
from .common import DriveCommon
from .shop_common import ShopCommon
from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTimeline(DriveCommon):
    """Each state has its moment, whoever moved the order."""

    def _move(self, order, state, moment):
        with patch.object(fields.Datetime, "now", lambda *_args: moment):
            order.drive_state = state
            self.env.flush_all()

    def test_moments_on_the_clock_of_the_point(self):
        order = self._create_confirmed({self.bread: 1}).with_context(lang="en_US")
        self.env.flush_all()
        self._move(order, "preparing", datetime(2026, 1, 15, 16, 5))
        self.assertEqual(
            [(step[0], step[2]) for step in order._drive_page_steps()],
            [("confirmed", "done"), ("preparing", "current"), ("ready", ""), ("done", "")],
        )
        moments = [step[3] for step in order._drive_page_steps()]
        self.assertTrue(moments[0])
        self.assertIn("15", moments[1])
        self.assertIn("17:05", moments[1].replace("\N{NARROW NO-BREAK SPACE}", " "))
        self.assertEqual(moments[2:], ["", ""])

    def test_back_to_preparation_and_on_again(self):
        order = self._create_confirmed({self.bread: 1})
        for state, hour in (("preparing", 8), ("ready", 9), ("preparing", 10), ("ready", 11)):
            self._move(order, state, datetime(2026, 1, 15, hour))
        moments = {step[0]: step[3] for step in order._drive_page_steps()}
        self.assertIn("11:00", moments["preparing"])
        self.assertIn("12:00", moments["ready"])

    def test_writing_the_same_state_is_no_move(self):
        order = self._create_confirmed({self.bread: 1})
        before = order.drive_state_times
        order.drive_state = "confirmed"
        self.env.flush_all()
        self.assertEqual(order.drive_state_times, before)

    def test_how_it_ended(self):
        order = self._create_confirmed({self.bread: 1})
        order._drive_cancel()
        self.env.flush_all()
        steps = order._drive_page_steps()
        self.assertEqual([(step[0], step[2]) for step in steps], [("confirmed", "done"), ("cancelled", "current")])
        self.assertTrue(all(step[3] for step in steps))

    def test_a_basket_and_a_copy_have_none(self):
        order = self._create_basket({self.bread: 1})
        self.env.flush_all()
        self.assertFalse(order.drive_state_times)
        self.assertFalse(
            self._create_confirmed({self.bread: 1}, member=self._create_member("B")).copy().drive_state_times
        )


@tagged("post_install", "-at_install")
class TestOrderAndReceipt(TillCommon, ShopCommon):
    """What it came to, beside what was expected, and what was paid."""

    def test_line_by_line_what_changed_and_why(self):
        order = self._create_prepared(
            {self.cheese: 1, self.chips: 2, self.beer: 1}, found={self.cheese: 0.9, self.chips: 0}
        )
        page = order.with_context(lang="en_US")._drive_page_order()
        lines = {line["name"]: (line["was"], line["total"], line["reason"]) for line in page["lines"]}
        nbsp = "\N{NO-BREAK SPACE}"
        self.assertEqual(lines["Tomme"], (f"≈{nbsp}3.33{nbsp}€", f"3.00{nbsp}€", "Weighed"))
        self.assertEqual(lines["Chips"], (f"5.00{nbsp}€", f"0.00{nbsp}€", "Not on the shelf"))
        self.assertEqual(lines["Bière"], ("", f"3.10{nbsp}€", ""))
        self.assertSays(
            self.get(order.access_url), "3.00 € it was ≈ 3.33 €", "Estimated when you ordered ≈ 11.43 €", "6.10 €"
        )

    def test_pieces_stay_pieces(self):
        self.cheese.drive_piece_weight = 0.2
        order = self._create_confirmed({self.cheese: 0.4}).with_context(lang="en_US")
        one = self._create_confirmed({self.cheese: 0.2}, member=self._create_member("B")).with_context(lang="en_US")
        self.assertEqual(order._drive_page_order()["lines"][0]["ordered"], "2 pieces, about 0.4\N{NO-BREAK SPACE}kg")
        self.assertEqual(one._drive_page_order()["lines"][0]["ordered"], "1 piece, about 0.2\N{NO-BREAK SPACE}kg")

    def test_the_receipt_is_what_was_paid(self):
        order = self._create_prepared({self.cheese: 1, self.chips: 2})
        self.get(f"{order.access_url}/receipt", status=404)
        ticket = self._pay(order, changed={self.chips: 1}, extras=[(self.beer, 1)])
        self.assertIn(f'href="{order.access_url}/receipt"', self.get(order.access_url))
        html = self.get(f"{order.access_url}/receipt")
        self.assertSays(
            html,
            self.company.name,
            ticket.pos_reference,
            "Tomme 3.33 €/kg",
            "Chips",
            "Total, all taxes included 5.83 €",
            "of which tax: 5.5 % included 0.17 €",
            "bought besides",
            "Till cheques 8.93 €",
        )
        self.assertNotIn("Bière", html)

    def test_no_order_is_out_of_reach(self):
        self.patch(sale_order_shop, "LIST_LENGTH", 2)
        orders = self.env["sale.order"]
        for number in range(3):
            orders |= self._create_confirmed({self.chips: 1}, slot=self._create_slot(hours=40 + number))
        newest = self.get("/drive/orders")
        self.assertNotIn(orders[0].name, newest)
        self.assertIn("data-orders", newest)
        self.assertIn('href="/drive/orders?page=2"', newest)
        older = self.get("/drive/orders?page=2")
        self.assertIn(orders[0].name, older)
        self.assertNotIn(orders[2].name, older)
        # A phone keeps the order that is open: it would look for it here in vain.
        self.assertNotIn("data-orders", older)
        for page in ("9", "-1", "x", "1e9", "99999999999999"):
            self.get(f"/drive/orders?page={page}")

    def test_only_one_s_own(self):
        order = self._create_prepared({self.chips: 2}, member=self.other)
        self._pay(order)
        self.get(f"/drive/orders/{order.id}/receipt", status=404)

    def test_open_orders_are_counted_once(self):
        counted = []
        count = type(self.member)._drive_count_open_orders
        self.patch(type(self.member), "_drive_count_open_orders", lambda me: counted.append(me) or count(me))
        self._create_confirmed({self.chips: 1})
        counted.clear()
        self.assertSays(self.get("/drive/me"), "1 of 5 at a time")
        self.assertEqual(len(counted), 1)
