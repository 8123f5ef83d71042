"""What the till refuses, what it shows, and what happens when stock fails."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .till_common import TillCommon

REASON = "The lot is missing."


@tagged("post_install", "-at_install")
class TestTillGuards(TillCommon):
    def _open(self, *args, **kwargs):
        return self.env["sale.order"].with_user(self.cashier).drive_till_open(self.till.id, *args, **kwargs)

    def _forced_ticket(self, order, **values):
        """A ticket made without asking the server for the order."""
        lines = [
            self._line_vals(
                line.product_id,
                line.product_uom_qty,
                row={"sale_line_id": line.id},
                **values.pop("line", {}),
            )
            for line in order.order_line
        ]
        return self._ticket(lines, order, **values)

    def assertPaymentRefused(self, ticket, sentence):
        count = self.env["pos.order"].search_count([])
        with (
            self.assertRaisesRegex(UserError, sentence),
            self.env.cr.savepoint(),
        ):
            self._sync(ticket)
        self.assertEqual(self.env["pos.order"].search_count([]), count)

    # === PAYMENT === #

    def test_second_ticket(self):
        order = self._create_prepared({self.beer: 2})
        second = self._ticket(self._ticket_lines(self._load(order)), order)
        ticket = self._pay(order)
        self.assertPaymentRefused(second, "handed over already")
        self.assertHandedOver(order, ticket)
        self.assertStock(self.beer, 98, 0)
        self.assertIn(
            "handed over already",
            self._open(code=order.drive_pickup_code)["refusal"],
        )

    def test_not_prepared(self):
        order = self._create_confirmed({self.beer: 2})
        self.assertPaymentRefused(self._forced_ticket(order), "not prepared yet")
        order._drive_start_preparation()
        self.assertPaymentRefused(self._forced_ticket(order), "not prepared yet")
        self.assertIn("not prepared yet", self._open(order.id)["refusal"])
        self.assertStock(self.beer, 100, 2)

    def test_basket(self):
        """A till does not confirm a basket by selling it."""
        basket = self._create_basket({self.beer: 2})
        self.assertPaymentRefused(self._forced_ticket(basket), "not been confirmed")
        self.assertEqual(basket.state, "draft")

    def test_cancelled(self):
        order = self._create_confirmed({self.beer: 2})
        order._drive_cancel()
        self.assertPaymentRefused(self._forced_ticket(order), "cancelled")
        self.assertIn("cancelled", self._open(order.id)["refusal"])

    def test_ship_later(self):
        order = self._create_prepared({self.beer: 2})
        ticket = self._ticket(
            self._ticket_lines(self._load(order)),
            order,
            shipping_date=fields.Date.to_string(fields.Date.today()),
        )
        self.assertPaymentRefused(ticket, "cannot be shipped later")
        self.assertStock(self.beer, 100, 2)

    def test_negative_quantity(self):
        order = self._create_prepared({self.beer: 2, self.chips: 3})
        ticket = self._ticket(self._ticket_lines(self._load(order), {self.beer: -1}), order)
        self.assertPaymentRefused(ticket, "below zero")

    def test_other_point(self):
        order = self._create_prepared({self.beer: 2})
        elsewhere = self.point.copy({"name": "Elsewhere"})
        self.till.drive_point_id = elsewhere
        self.assertPaymentRefused(self._forced_ticket(order), "collected at Test point")
        self.assertIn("Test point", self._open(order.id)["refusal"])
        self.till.drive_point_id = False
        self.assertPaymentRefused(self._forced_ticket(order), "no drive orders")
        self.assertIn("no drive orders", self._open(order.id)["refusal"])

    def test_till_cannot_claim_goods_moved(self):
        """The flag that keeps the till from moving stock is the server's."""
        line = self._line_vals(self.beer, 2, drive_own_delivery=True)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._sync(self._ticket([line]))

    # === STOCK FAILS === #

    def _fail(self, *args, **kwargs):
        raise UserError(REASON)

    def test_delivery_fails(self):
        """The payment stays, nothing has moved, a manager is asked to repair, and
        the order is neither paid again nor lost."""
        manager = new_test_user(self.env, login="till_manager", groups="cafoutch_drive.group_manager")
        self.env.ref("cafoutch_drive.group_manager").user_ids = manager
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 1.2})
        second = self._ticket(self._ticket_lines(self._load(order)), order)
        with patch.object(type(self.env["stock.move"]), "_action_done", self._fail):
            ticket = self._pay(order, changed={self.cheese: 1.1})
        self.assertEqual(ticket.state, "paid")
        self.assertAlmostEqual(sum(ticket.payment_ids.mapped("amount")), 3.66, 2)
        self.assertEqual(order.drive_state, "ready")
        self.assertEqual(order.drive_ticket_id, ticket)
        self.assertStock(self.cheese, 100, 1.2)
        self.assertEqual(order.order_line.qty_delivered, 0)
        activity = order.activity_ids
        self.assertEqual(activity.user_id, manager)
        self.assertIn(REASON, activity.note)
        self.assertPaymentRefused(second, "paid already")
        self.assertRefused("paid", order._action_cancel)
        self.assertRefused("paid", order._drive_reopen_preparation)
        [row] = self._orders()
        self.assertTrue(row["paid"])
        self._close_session()
        self.assertStock(self.cheese, 100, 1.2)

        order.with_user(manager).action_drive_deliver_again()
        self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.9, 0)
        self.assertFalse(order.activity_ids)
        with self.assertRaises(UserError):
            order.with_user(manager).action_drive_deliver_again()
        with self.assertRaises(AccessError):
            order.with_user(self.cashier).action_drive_deliver_again()

    # === FINDING === #

    def _orders(self, text=None):
        return self.env["sale.order"].with_user(self.cashier).drive_till_orders(self.till.id, text)

    def test_list(self):
        """Ready ones of any day first, those who have arrived before the others;
        of the rest, only the day's."""
        slots = [self._create_slot(hours) for hours in (30, 31, 32)]
        members = [self._create_member(f"Member {n}") for n in range(3)]
        late, arrived, coming = (
            self._create_prepared({self.beer: 1}, slot=slot, member=member)
            for slot, member in zip(slots, members, strict=True)
        )
        confirmed = self._create_confirmed({self.beer: 1})
        self.assertEqual([row["id"] for row in self._orders()], [late.id, arrived.id, coming.id])
        arrived.drive_arrived_at = fields.Datetime.now()
        now = fields.Datetime.now()
        slots[0].write(
            {
                "start": now - timedelta(minutes=50),
                "stop": now - timedelta(minutes=35),
                "window_start": now - timedelta(hours=1),
            }
        )
        self.slot.write(
            {
                "start": now,
                "stop": now + timedelta(minutes=15),
                "window_start": now - timedelta(hours=1),
            }
        )
        rows = self._orders()
        self.assertEqual(
            [row["id"] for row in rows],
            [arrived.id, late.id, coming.id, confirmed.id],
        )
        self.assertEqual([row["late"] for row in rows], [False, True, False, False])
        self.assertEqual(rows[0]["code"], arrived.drive_pickup_code)
        self.assertEqual(rows[0]["member"], "Member 1")
        [crate] = rows[0]["crates"]
        self.assertEqual(crate["place"], arrived.drive_crate_ids.place_id.name)

    def test_search(self):
        order = self._create_prepared({self.beer: 1})
        code = order.drive_pickup_code
        for text in ("camille", order.name, code, code.lower(), f" drv{code} "):
            with self.subTest(text=text):
                self.assertEqual([row["id"] for row in self._orders(text)], [order.id])
        for text in ("nobody", "%", "DRV", "x" * 5000):
            with self.subTest(text=text[:9]):
                self.assertEqual(self._orders(text), [])

    def test_find_by_code(self):
        order = self._create_prepared({self.beer: 1})
        code = order.drive_pickup_code
        for text in (code, f"DRV{code}", f"drv{code.lower()}", f" {code} "):
            with self.subTest(text=text):
                self.assertEqual(self._open(code=text)["order"]["id"], order.id)

    def test_bad_input(self):
        """Whatever a till sends, it gets a sentence."""
        self._create_prepared({self.beer: 1})
        for order_id in (0, -1, 10**12, True, "1", [1], {}, 1.5):
            with self.subTest(order_id=order_id):
                self.assertIn("no drive order", self._open(order_id)["refusal"])
        for code in ("", "DRV", "ZZZZZZ", "DRVDRV", 12, ["A"], "'; --", "é" * 6, "AB\0CDE", "\ud83dBCDEF"):
            with self.subTest(code=code):
                self.assertIn("no drive order", self._open(code=code)["refusal"])
        for text in ("a\0b", "AB\0CDE", "\ud83d", "\ud83dBCDEF", "%" * 65):
            with self.subTest(text=text):
                self.assertEqual(self._orders(text), [])
        for till_id in (0, -1, None, True, "1", [1]):
            with self.subTest(till_id=till_id):
                orders = self.env["sale.order"].with_user(self.cashier)
                self.assertEqual(orders.drive_till_orders(till_id), [])

    # === RIGHTS === #

    def test_cashier_sees_only_the_drive(self):
        order = self._create_prepared({self.beer: 1})
        other = self.env["sale.order"].create({"partner_id": self.member.id})
        orders = self.env["sale.order"].with_user(self.cashier)
        self.assertEqual(orders.search([("id", "in", (order | other).ids)]), order)
        with self.assertRaises(AccessError):
            other.with_user(self.cashier).read(["name"])
        for method, args in (("write", [{"drive_note": "x"}]), ("unlink", [])):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(order.with_user(self.cashier), method)(*args)
        with self.assertRaises(AccessError):
            order.order_line.with_user(self.cashier).write({"price_unit": 0})
        with self.assertRaises(AccessError):
            orders.create({"partner_id": self.member.id})

    def test_volunteer_cannot_ask(self):
        order = self._create_prepared({self.beer: 1})
        volunteer = new_test_user(self.env, login="till_volunteer", groups="cafoutch_drive.group_volunteer")
        orders = self.env["sale.order"].with_user(volunteer)
        with self.assertRaises(AccessError):
            orders.drive_till_orders(self.till.id)
        with self.assertRaises(AccessError):
            orders.drive_till_open(self.till.id, order.id)

    # === SCANNER === #

    def test_barcode_rule(self):
        nomenclature = self.env.ref("barcodes.default_barcode_nomenclature")
        parsed = nomenclature.parse_barcode("DRVABC234")
        self.assertEqual(parsed["type"], "drive_order")
        self.assertEqual(nomenclature.parse_barcode("3017620422003")["type"], "product")

    def test_barcode_rule_of_another_nomenclature(self):
        """A till that reads other barcodes learns the orders' codes, once."""
        own = self.env["barcode.nomenclature"].create({"name": "Own"})
        self.company.nomenclature_id = own
        till = self._create_till("Other", self.cheque)
        till.drive_point_id = self.point
        self.assertEqual(own.rule_ids.mapped("type"), ["drive_order"])
        self.assertEqual(own.parse_barcode("DRVABC234")["type"], "drive_order")

    def test_barcode_rule_with_gs1(self):
        gs1 = self.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature")
        self.company.nomenclature_id = gs1
        till = self._create_till("GS1", self.cheque)
        self.assertEqual(
            till.fallback_nomenclature_id,
            self.env.ref("barcodes.default_barcode_nomenclature"),
        )
        self.assertNotIn("drive_order", gs1.rule_ids.mapped("type"))
