"""A slot, a day or a period is closed: nothing of its orders is lost in silence."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestClosure(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "closure_manager", groups="cafoutch_drive.group_manager")
        cls.point.slot_ids.unlink()
        cls.slot = cls._create_slot(hours=50, capacity=3)
        cls.later = cls._create_slot(hours=52, capacity=1)
        cls.last = cls._create_slot(hours=53, capacity=1, window_start=cls.later.window_start)
        cls.orders = [cls._create_confirmed({cls.bread: 1}) for _n in range(2)]
        cls.member.email = "camille@example.org"
        cls.guest = cls._create_member("Ali", email="ali@example.org")
        cls.basket = cls._create_held({cls.bread: 1}, cls.slot, cls.guest)

    def _closure(self, **values):
        values = {"kind": "slots", "slot_ids": self.slot.ids, "point_id": self.point.id, **values}
        return self.env["drive.closure"].with_user(self.manager).create(values)

    def _closed(self, **values):
        closure = self._closure(**values)
        closure.action_close()
        return closure

    def _days(self, slot, **values):
        day = self.point._drive_local_date(slot.start)
        return self._closure(kind="days", date_from=day, date_to=day, **values)

    def _mails_to(self, partner):
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids), ("state", "=", "outgoing")])

    def assertStays(self, *orders):
        for order in orders:
            self.assertEqual((order.drive_state, order.drive_slot_id), ("confirmed", self.slot))
            self.assertEqual(order.drive_booking_id.state, "booked")

    def _attention(self):
        day = self.env["drive.point"].with_user(self.manager).drive_day("2000-01-03", self.point.id)
        return day["attention"]

    # === CLOSING === #

    def test_it_says_what_is_concerned_and_changes_nothing_yet(self):
        closure = self._closure()
        self.assertEqual((closure.order_count, closure.hold_count), (2, 1))
        self.assertFalse(self.slot.closed)

    def test_slots_are_closed_first_holds_end_orders_stay(self):
        closure = self._closed()
        self.assertTrue(self.slot.closed)
        self.assertStays(*self.orders)
        self.assertEqual([line.order_id for line in closure.line_ids], self.orders)
        self.assertFalse(self.basket.drive_booking_id)
        self.assertEqual(self.basket.order_line.product_id, self.bread, "the basket stays")
        self.assertIn(self.slot._drive_label(), self._mails_to(self.guest).body_html)
        self.assertRefused("slot_closed", self.basket._drive_hold, self.slot)

    def test_whoever_closes_by_hand_finds_the_orders_on_the_day(self):
        self.assertFalse(self._attention())
        self.slot.with_user(self.manager).closed = True
        self.assertFalse(self.basket.drive_booking_id)
        [found] = self._attention()
        self.assertEqual(found["order_ids"], [order.id for order in self.orders])
        self.assertEqual(found["slot_ids"], self.slot.ids)
        context = {"active_model": "drive.slot", "active_ids": found["slot_ids"]}
        form = Form(self.env["drive.closure"].with_user(self.manager).with_context(**context))
        closure = form.save()
        closure.action_close()
        self.assertEqual(len(closure.line_ids), 2)

    def test_a_day_is_not_made_again(self):
        """The closure is in the calendar, and closes what was made before."""
        closure = self._days(self.slot, reason="Inventory")
        closure.action_close()
        [leave] = self.point.calendar_id.global_leave_ids
        self.assertEqual(leave.name, "Inventory")
        begin, end = self.point._drive_day_bounds(self.point._drive_date(self.slot.start))
        self.assertEqual((leave.date_from, leave.date_to), (begin, end - timedelta(seconds=1)))
        self.assertTrue(self.slot.closed)
        self.calendar.attendance_ids.unlink()
        every_day = {"name": "Morning", "hour_from": 8, "hour_to": 12, "day_period": "morning"}
        self.calendar.attendance_ids = [Command.create({**every_day, "dayofweek": day}) for day in "0123456"]
        made = self.point._generate_slots()
        self.assertTrue(made)
        self.assertFalse(made.filtered(lambda slot: begin <= slot.start < end))

    def test_time_off_in_the_calendar_closes_too(self):
        self.env["resource.calendar.leaves"].with_user(self.manager).create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": self.slot.start,
                "date_to": self.slot.start + timedelta(minutes=1),
            }
        )
        self.assertTrue(self.slot.closed)
        self.assertFalse(self.later.closed)
        self.assertEqual(len(self._attention()[0]["order_ids"]), 2)

    def test_what_makes_no_sense_is_said(self):
        past = self._create_slot(hours=-3)
        for values in (
            {"slot_ids": past.ids},
            {"slot_ids": []},
            {"kind": "days", "date_from": "2030-01-02", "date_to": "2030-01-01"},
            {"kind": "days", "date_from": "2001-01-01", "date_to": "2001-01-02"},
            {"kind": "days", "point_id": False, "date_from": "2030-01-01"},
        ):
            with self.subTest(values), self.assertRaises(Exception) as caught:
                self._closure(**values).action_close()
            self.assertEqual(type(caught.exception).__name__, "UserError")

    # === MOVE, CANCEL, PROPOSE === #

    def test_all_move_as_places_allow_and_the_rest_is_listed(self):
        closure = self._closed(target_id=self.later.id, choice="move", whole_window=False)
        closure.action_apply()
        first, second = closure.line_ids
        self.assertTrue(first.done)
        self.assertEqual(first.order_id.drive_slot_id, self.later)
        self.assertFalse(second.done)
        self.assertIn("No place is left", second.result)
        self.assertStays(second.order_id)
        closure.whole_window = True
        closure.action_apply()
        self.assertEqual(second.order_id.drive_slot_id, self.last)
        self.assertFalse(self._attention())

    def test_one_by_one(self):
        closure = self._closed()
        first, second = closure.line_ids
        first.write({"choice": "move", "new_slot_id": self.later.id})
        second.choice = "cancel"
        closure.action_apply()
        self.assertEqual(first.order_id.drive_slot_id, self.later)
        self.assertEqual(second.order_id.drive_state, "cancelled")
        self.assertEqual(second.order_id.drive_booking_id.state, "released")
        self.assertEqual(
            second.order_id.pending_email_template_id, self.env.ref("cafoutch_drive.mail_template_closed")
        )

    def test_nothing_chosen_says_what_to_choose(self):
        closure = self._closed()
        with self.assertRaisesRegex(UserError, "choose what becomes of these 2 orders"):
            closure.action_apply()
        self.assertStays(*self.orders)

    def test_what_was_left_out_is_said_beside_it(self):
        closure = self._closed()
        first, second = closure.line_ids
        first.choice = "cancel"
        closure.action_apply()
        self.assertTrue(first.done)
        self.assertStays(second.order_id)
        self.assertFalse(second.done)
        self.assertIn("Nothing was chosen", second.result)
        with self.assertRaisesRegex(UserError, "choose what becomes of the order that is left"):
            closure.action_apply()
        closure.choice = "cancel"
        closure.action_apply()
        self.assertTrue(second.done)
        self.assertNotIn("Nothing was chosen", second.result)
        closure.choice = False
        closure.action_apply()

    def test_a_move_needs_a_slot(self):
        closure = self._closed()
        closure.choice = "move"
        closure.action_apply()
        self.assertIn("choose the slot", closure.line_ids[0].result)
        self.assertStays(*self.orders)

    def test_begun_orders_keep_their_slot(self):
        self.orders[0].drive_state = "preparing"
        for choice in ("propose", "move"):
            closure = self._closed(target_id=self.later.id, choice=choice)
            closure.action_apply()
            self.assertIn("has begun", closure.line_ids[0].result)
            self.assertTrue(closure.line_ids[1].done)

    def test_settled_meanwhile(self):
        closure = self._closed(choice="cancel")
        self.orders[0]._drive_move(self.later)
        closure.action_apply()
        self.assertEqual(self.orders[0].drive_state, "confirmed")
        self.assertEqual(self.orders[1].drive_state, "cancelled")

    def test_proposals_are_spread_over_free_places(self):
        closure = self._closed(choice="propose", reason="Inventory")
        closure.action_apply()
        self.assertStays(*self.orders)
        proposals = self.env["drive.proposal"].search([("order_id", "in", [o.id for o in self.orders])])
        self.assertEqual(set(proposals.mapped("state")), {"waiting"})
        self.assertEqual(proposals.proposed_id, self.later + self.last)
        mails = self._mails_to(self.member)
        self.assertEqual(len(mails), 2, "one mail an order")
        self.assertIn("Inventory", mails[0].body_html)
        self.assertIn(f"/drive/proposal/{proposals[-1]._token()}", "".join(mails.mapped("body_html")))
        self.assertFalse(self._attention(), "the members have the word")
        proposals.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(len(self._attention()[0]["order_ids"]), 2, "nobody answered in time")

    def test_no_time_to_answer(self):
        closure = self._closed(choice="propose")
        closure.answer_until = fields.Datetime.now() - timedelta(minutes=1)
        closure.action_apply()
        self.assertIn("moment to come", closure.line_ids[0].result)
        self.assertFalse(self.env["drive.proposal"].search([("order_id", "in", [o.id for o in self.orders])]))

    def test_an_earlier_proposal_is_replaced(self):
        self._closed(choice="propose").action_apply()
        self._closed(choice="propose").action_apply()
        proposals = self.env["drive.proposal"].search([("order_id", "=", self.orders[0].id)])
        self.assertEqual(proposals.mapped("state"), ["waiting", "withdrawn"])
