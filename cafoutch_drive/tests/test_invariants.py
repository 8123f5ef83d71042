from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.invariants import offending
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestInvariants(DriveCommon):
    """One violation of each rule is planted, and seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_confirmed({cls.bread: 2, cls.apples: 1.5})
        cls.before = cls._offending()

    @classmethod
    def _offending(cls):
        cls.env.flush_all()
        return {(invariant.title, row) for invariant, _columns, rows in offending(cls.env.cr) for row in rows}

    def _sql(self, query, **values):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, **values))
        self.env.invalidate_all()

    def assertSeen(self, title):
        titles = {seen for seen, _row in self._offending() - self.before}
        self.assertIn(title, titles)

    def assertNothingNew(self):
        self.assertEqual(self._offending() - self.before, set())

    def _plant_booking(self, place_no, **values):
        other = self._create_basket({self.bread: 1}, self._create_member("B"))
        return self.env["drive.booking"].create(
            {
                "slot_id": self.slot.id,
                "place_no": place_no,
                "order_id": other.id,
                "partner_id": other.partner_id.id,
                "state": "held",
                "expires_at": fields.Datetime.now() + timedelta(hours=1),
                **values,
            }
        )

    def test_nothing_is_planted_yet(self):
        self.assertEqual(self.before, set())

    def test_1_more_than_the_capacity(self):
        self._plant_booking(2)
        self.assertNothingNew()
        self._plant_booking(3, partner_id=self.member.id)
        self.assertSeen("a slot never holds more than its capacity")

    def test_1_an_expired_hold_does_not_count(self):
        self._plant_booking(2)
        self._plant_booking(3, expires_at=fields.Datetime.now() - timedelta(hours=1))
        self.assertNothingNew()

    def test_1_a_lowered_capacity_is_only_listed(self):
        self._plant_booking(2)
        self.slot.capacity = 1
        self.assertSeen("capacity lowered under what was booked")
        titles = {seen for seen, _row in self._offending() - self.before}
        self.assertEqual(titles, {"capacity lowered under what was booked"})

    def test_1_a_place_given_twice(self):
        self._sql("DROP INDEX drive_booking_place_uniq")
        self._plant_booking(1)
        self.assertSeen("a place is given once")

    def test_1_too_many_lines(self):
        self.slot.line_capacity = 2
        self._sql(
            "UPDATE drive_slot SET line_capacity_peak = 2 WHERE id = %(id)s",
            id=self.slot.id,
        )
        self.assertNothingNew()
        self.order.drive_booking_id.line_count = 3
        self.assertSeen("the confirmed lines of a slot are within its line capacity")

    def _offer(self, slot):
        """A place of a slot offered to somebody new."""
        person = self._create_member("Waiter")
        values = {"point_id": slot.point_id.id, "slot_id": slot.id, "day": slot._drive_day()}
        waiting = self.env["drive.waiting"].create({**values, "partner_id": person.id, "household_id": person.id})
        waiting._offer(slot)
        return waiting

    def test_1_an_offered_place_counts(self):
        self._offer(self.slot)
        self.assertNothingNew()
        self._plant_booking(3)
        self.assertSeen("a slot never holds more than its capacity")

    def test_1_an_offered_place_that_nobody_waits_for(self):
        waiting = self._offer(self.slot)
        waiting.state = "left"
        self.assertSeen("an offered place is offered to one who waits for it")

    def test_1_an_offer_without_its_place(self):
        title = "whom a place is offered has that place until the offer ends"
        waiting = self._offer(self.slot)
        waiting.booking_id.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertNothingNew()
        waiting.booking_id.state = "released"
        self.assertNothingNew()
        waiting.booking_id.expires_at = fields.Datetime.now() + timedelta(minutes=1)
        self.assertSeen(title)

    def test_1_two_offers_to_a_household(self):
        first, second = self._offer(self.slot), self._offer(self._create_slot(hours=30))
        self._sql("DROP INDEX drive_waiting_one_offer")
        second.household_id = first.household_id
        self.assertSeen("a household has one offer at a time")

    def test_2_the_booking_goes_with_the_state(self):
        title = "an order has the booking that goes with its state"
        for booking_state, order_state in (
            ("released", "confirmed"),
            ("used", "confirmed"),
            ("booked", "done"),
            ("booked", "cancelled"),
            ("booked", "no_show"),
            ("booked", "basket"),
        ):
            with self.subTest(booking=booking_state, order=order_state):
                self.order.drive_booking_id.state = booking_state
                self.order.drive_state = order_state
                self.assertSeen(title)

    def test_2_only_drive_orders_have_bookings(self):
        self.order.is_drive = False
        self.assertSeen("only drive orders have bookings")

    def test_3_reserved_beyond_what_was_on_hand(self):
        self._sql(
            "UPDATE stock_quant SET reserved_quantity = 12 WHERE product_id = %(id)s AND quantity > 0",
            id=self.bread.id,
        )
        self.assertSeen("nothing was reserved beyond what was on hand")

    def _sell_beside_the_drive(self, quantity):
        """Goods leave the shelf as at a till that knows nothing of the drive."""
        move = self.env["stock.move"].create(
            {
                "product_id": self.bread.id,
                "product_uom_qty": quantity,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()

    def test_3_goods_that_left_since_are_at_risk(self):
        self._sell_beside_the_drive(9)
        self.assertEqual(
            {seen for seen, _row in self._offending() - self.before},
            {"at risk: promised goods that are no longer reserved"},
        )

    def test_3_what_is_reserved_and_gone_is_at_risk(self):
        self._sql(
            "UPDATE stock_move_line SET create_date = create_date - interval '1 hour' WHERE product_id = %(id)s",
            id=self.bread.id,
        )
        self._sell_beside_the_drive(8)
        self._sql(
            "UPDATE stock_quant SET quantity = 1 WHERE product_id = %(id)s AND quantity = 2",
            id=self.bread.id,
        )
        self._sql(
            "UPDATE stock_move_line SET quantity_product_uom = 9 WHERE product_id = %(id)s AND state = 'done'",
            id=self.bread.id,
        )
        self.assertEqual(
            {seen for seen, _row in self._offending() - self.before},
            {"at risk: reserved goods that have left the shelf since"},
        )

    def test_4_handed_over_and_not_paid(self):
        self._hand_over_without_the_till()
        self.assertSeen("an order that was handed over is paid")
        self.assertSeen("what was paid is what was prepared, less what was refused")

    def _paid_ticket(self):
        """A ticket of 3.00 for the order, as the database has it."""
        config = self.env["pos.config"].create(
            {"name": "Till", "payment_method_ids": [Command.create({"name": "Later"})]}
        )
        session = self.env["pos.session"].create({"config_id": config.id, "user_id": self.env.uid})
        line = {
            "product_id": self.bread.id,
            "qty": 1,
            "price_unit": 3,
            "price_subtotal": 3,
            "price_subtotal_incl": 3,
            "sale_order_origin_id": self.order.id,
            "sale_order_line_id": self.order.order_line[0].id,
        }
        ticket = self.env["pos.order"].create(
            {
                "session_id": session.id,
                "amount_total": 3,
                "amount_paid": 3,
                "amount_tax": 0,
                "amount_return": 0,
                "lines": [Command.create(line)],
                "payment_ids": [Command.create({"amount": 3, "payment_method_id": config.payment_method_ids.id})],
            }
        )
        self._sql("UPDATE pos_order SET state = 'paid' WHERE id = %(id)s", id=ticket.id)
        self.order.drive_ticket_id = ticket
        return ticket

    def test_4_a_total_that_is_not_that_of_the_lines(self):
        ticket = self._paid_ticket()
        self.assertNothingNew()
        self._sql("UPDATE pos_order SET amount_total = 1 WHERE id = %(id)s", id=ticket.id)
        self.assertSeen("the total of a ticket with a basket is that of its lines")

    def test_4_a_payment_that_is_gone(self):
        ticket = self._paid_ticket()
        self._sql("UPDATE pos_payment SET amount = 1 WHERE pos_order_id = %(id)s", id=ticket.id)
        self.assertSeen("the payments of a ticket with a basket make its total")

    def test_4_a_ticket_that_nobody_has_looked_at(self):
        title = "a ticket that says something else than its basket has been looked at"
        ticket = self._paid_ticket()
        repair = self.env["drive.repair"]._report("amount", ticket, "Why", self.order, 0.0, expected=3.0)
        self.assertSeen(title)
        [row] = [row for seen, row in self._offending() if seen == title]
        self.assertIn("3.00 expected, 0.00 paid: Why", row)
        repair._close()
        self.assertNothingNew()

    def test_5_crates_that_stayed(self):
        place = self.env["drive.place"].create({"name": "Frigo 2", "point_id": self.point.id})
        self.env["drive.crate"].create({"name": "X-1", "order_id": self.order.id, "place_id": place.id})
        self.assertNothingNew()
        self._hand_over_without_the_till()
        self.assertSeen("no crate of an order that was handed over stands anywhere")

    def test_5_stock_that_moved_without_a_ticket(self):
        self.order.drive_state = "done"
        self.order.drive_booking_id.state = "used"
        self.assertNotIn("what was paid has left the stock", {t for t, _r in self._offending()})
        moves = self.order.picking_ids.move_ids
        moves.picked = True
        moves._action_done()
        self.assertSeen("what was paid has left the stock")

    def test_5_goods_between_two_steps(self):
        """A shop that had them before they were refused."""
        title = "at risk: goods that leave in more than one step are in no crate: choose “Deliver (1 step)”"
        self._sql(
            "UPDATE stock_warehouse SET delivery_steps = 'pick_ship' WHERE id = %(warehouse)s",
            warehouse=self.warehouse.id,
        )
        self.assertSeen(title)
        self.assertEqual({seen for seen, _row in self._offending() - self.before}, {title})
        self.point.active = False
        self.assertNotIn(title, {seen for seen, _row in self._offending()})

    def test_6_not_told(self):
        self.order.order_line.drive_prepared_qty = 1
        self.order.drive_state = "ready"
        self.assertSeen("members were told what changed in their basket")
        self.order.drive_told_at = fields.Datetime.now()
        self.assertNothingNew()

    def test_7_two_baskets(self):
        self._sql("DROP INDEX sale_order_drive_basket_uniq")
        values = self.env["sale.order"]._drive_prepare_basket(self.member)
        self.env["sale.order"].create([values, values])
        self.assertSeen("a person has one basket")

    def test_7_a_basket_that_reserves(self):
        self.order.drive_booking_id.write({"state": "held", "expires_at": fields.Datetime.now() + timedelta(hours=1)})
        self.order.drive_state = "basket"
        self.assertSeen("a basket reserves nothing")

    def test_8_no_verdict(self):
        title = "a confirmed order carries the verdict that allowed it"
        for verdict in (False, "suspended"):
            self.order.drive_eligibility = verdict
            self.assertSeen(title)

    def _hand_over_without_the_till(self):
        self.order.drive_booking_id.state = "used"
        self.order.drive_state = "done"
