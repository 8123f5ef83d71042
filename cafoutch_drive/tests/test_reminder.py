"""The mail of the day before: at the right hour, once, whatever happens to the job."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_calendar_file import CalendarFileCommon

PARIS = ZoneInfo("Europe/Paris")
BEFORE = datetime(2026, 12, 1, 12)


def utc(text, zone=PARIS):
    """Naive UTC of what a clock on the wall shows."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def freeze(moment):
    """It is this moment (UTC)."""
    return patch.object(fields.Datetime, "now", lambda: moment)


@tagged("post_install", "-at_install")
class TestReminder(CalendarFileCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.email = "camille@example.org"
        cls.template = cls.env.ref("cafoutch_drive.mail_template_reminder")
        # The demonstration's own orders are not at issue.
        cls.env["drive.point"].with_context(active_test=False).search([]).reminder_hour = 0
        cls.point.reminder_hour = 18.0

    def _order(self, start, set_at=BEFORE):
        """An order for a slot, confirmed at a moment (UTC)."""
        order = self._orders(start, self.member)
        order.drive_calendar_at = set_at
        return order

    def _orders(self, start, members):
        """What these members ordered for one slot. It is one to come, and moved then: these may be over."""
        slot = self._create_slot(hours=30, capacity=len(members))
        orders = self.env["sale.order"]
        for member in members:
            orders |= self._create_confirmed({self.bread: 1}, slot, member)
        slot.write({"start": start, "stop": start + timedelta(minutes=15), "window_start": start})
        self.env.flush_all()
        orders.drive_calendar_at = BEFORE
        return orders

    def _run(self, moment):
        self.env.flush_all()
        with freeze(moment), self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_remind").method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self, orders):
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "in", orders.ids), ("subject", "like", "see you there")]
        )

    def test_around_the_hour(self):
        """Reminded or not, for a pickup on Friday 15 January at 18:30."""
        start = utc("2027-01-15 18:30")
        for hour, moment, set_at, reminded in (
            (18, "2027-01-14 17:59:59", "2027-01-10 12:00", False),
            (18, "2027-01-14 18:00", "2027-01-10 12:00", True),
            (18, "2027-01-14 23:59", "2027-01-10 12:00", True),
            # The job did not run for hours, or was late by a night.
            (18, "2027-01-15 09:00", "2027-01-10 12:00", True),
            (18, "2027-01-15 18:29:59", "2027-01-10 12:00", True),
            (18, "2027-01-15 18:30", "2027-01-10 12:00", False),
            (18, "2027-01-16 10:00", "2027-01-10 12:00", False),
            # Just confirmed or moved: the mail about it says it all.
            (18, "2027-01-14 18:00", "2027-01-14 17:59", True),
            (18, "2027-01-14 18:15", "2027-01-14 18:00:01", False),
            (18, "2027-01-15 09:00", "2027-01-14 22:00", False),
            (7.25, "2027-01-14 07:14", "2027-01-10 12:00", False),
            (7.25, "2027-01-14 07:15", "2027-01-10 12:00", True),
            (23.99, "2027-01-14 23:59", "2027-01-10 12:00", True),
            (0, "2027-01-14 23:59", "2027-01-10 12:00", False),
            (-1, "2027-01-14 23:59", "2027-01-10 12:00", False),
        ):
            self.point.reminder_hour = hour
            order = self._order(start, utc(set_at))
            with self.subTest(hour=hour, moment=moment, set_at=set_at):
                with freeze(utc(moment)):
                    self.assertEqual(order._drive_reminder_due(), reminded)
                self._run(utc(moment))
                self.assertEqual(len(self._mails(order)), int(reminded))
                self.assertEqual(order.drive_reminded_at, utc(moment) if reminded else False)
            order._action_cancel()
            self._make_way(order)

    def test_on_the_point_s_clock(self):
        """The hour on the wall, when the clocks change and overseas."""
        for tz, hour, start, moment in (
            ("Europe/Paris", 18, "2027-03-27 11:00+01:00", "2027-03-26 17:00"),
            ("Europe/Paris", 18, "2027-03-28 11:00+02:00", "2027-03-27 17:00"),
            ("Europe/Paris", 18, "2027-03-29 11:00+02:00", "2027-03-28 16:00"),
            ("Europe/Paris", 18, "2027-10-31 11:00+01:00", "2027-10-30 16:00"),
            ("Europe/Paris", 18, "2027-11-01 11:00+01:00", "2027-10-31 17:00"),
            # An hour that the clock jumps over, and one that it shows twice.
            ("Europe/Paris", 2.5, "2027-03-29 11:00+02:00", "2027-03-28 01:00"),
            ("Europe/Paris", 2.5, "2027-11-01 11:00+01:00", "2027-10-31 00:30"),
            # Late in the evening overseas it is the day after in London.
            ("America/Martinique", 18, "2027-07-16 21:30-04:00", "2027-07-15 22:00"),
            ("Pacific/Noumea", 18, "2027-07-16 09:00+11:00", "2027-07-15 07:00"),
        ):
            self.calendar.tz = tz
            self.point.reminder_hour = hour
            begin = datetime.fromisoformat(start).astimezone(UTC).replace(tzinfo=None)
            due = datetime.fromisoformat(moment)
            with self.subTest(tz=tz, start=start):
                self.assertEqual(self.point._drive_reminder_moment(begin), due)
                order = self._order(begin)
                self._run(due - timedelta(seconds=1))
                self.assertFalse(self._mails(order))
                self._run(due)
                self.assertEqual(len(self._mails(order)), 1)
            self._make_way(order)

    def test_once(self):
        order = self._order(utc("2027-01-15 18:30"))
        for moment in ("2027-01-14 18:00", "2027-01-14 18:00", "2027-01-14 18:15", "2027-01-15 18:00"):
            self._run(utc(moment))
        self.assertEqual(len(self._mails(order)), 1)
        # Nor again when the manager changes the hour.
        self.point.reminder_hour = 20
        self._run(utc("2027-01-14 20:00"))
        self.assertEqual(len(self._mails(order)), 1)

    def test_moved_after_the_reminder(self):
        """Of the new slot too, the day before it; of the earlier one no more."""
        order = self._order(utc("2027-01-15 18:30"))
        self._run(utc("2027-01-14 18:00"))
        with freeze(utc("2027-01-14 19:00")):
            order._drive_move(self._slot_at(utc("2027-01-22 18:30")))
            self.env.flush_all()
        self._run(utc("2027-01-15 10:00"))
        self.assertEqual(len(self._mails(order)), 1)
        self._run(utc("2027-01-21 18:00"))
        self.assertEqual(len(self._mails(order)), 2)
        self._run(utc("2027-01-21 18:15"))
        self.assertEqual(len(self._mails(order)), 2)
        self.assertIn("22 January", self._mails(order).sorted("id")[-1].subject)

    def test_moved_to_tomorrow_in_the_evening(self):
        """The mail about the move has just told it."""
        order = self._order(utc("2027-01-22 18:30"))
        with freeze(utc("2027-01-14 19:00")):
            order._drive_move(self._slot_at(utc("2027-01-15 18:30")))
            self.env.flush_all()
        self._run(utc("2027-01-14 19:15"))
        self.assertFalse(self._mails(order))

    def test_not_of_a_slot_in_question(self):
        """The shop is closed then, or asked the member to choose another slot."""
        order = self._order(utc("2027-01-15 18:30"))
        slot = order.drive_slot_id
        moment = utc("2027-01-14 18:00")

        def due():
            with freeze(moment):
                return order._drive_reminder_due()

        slot.closed = True
        self.assertTrue(due(), "closed to new orders, nothing else was said")
        proposal = self.env["drive.proposal"]._propose(
            order, self.env["drive.slot"], fields.Datetime.now() + timedelta(days=1), False
        )
        self.assertFalse(due(), "the member has the word")
        self._run(moment)
        self.assertFalse(self._mails(order))
        proposal.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertFalse(due(), "nobody has decided")
        slot.closed = False
        self.assertTrue(due(), "open again")
        slot.write({"closed": True, "closed_by_closure": True})
        self.assertFalse(due(), "the shop is closed")
        order.drive_state = "preparing"
        self.assertTrue(due(), "begun: it keeps its slot")

    def test_not_for_who_is_not_awaited(self):
        for state, count in (("cancelled", 0), ("no_show", 0), ("done", 0), ("preparing", 1), ("ready", 1)):
            order = self._order(utc("2027-01-15 18:30"))
            self.env.flush_all()
            order.drive_state = state
            order.flush_recordset()
            order.drive_calendar_at = BEFORE
            with self.subTest(state=state):
                self._run(utc("2027-01-14 18:00"))
                self.assertEqual(len(self._mails(order)), count)
            order.drive_booking_id.state = "released"
            self._make_way(order)

    def test_what_it_says(self):
        self.warehouse.partner_id.write({"street": "8 rue Ferrari", "city": "Marseille"})
        order = self._order(utc("2027-01-15 18:30"))
        self._run(utc("2027-01-14 18:00"))
        mail = self._mails(order)
        self.assertEqual(mail.state, "outgoing")
        for text in (
            "Friday 15 January, 18:30‑18:45",
            order.drive_pickup_code,
            "8 rue Ferrari",
            "4.80",
            "bags",
            f"/drive/orders/{order.id}",
        ):
            self.assertIn(text, mail.body_html)
        _content, found = self._read_attached(order, "see you there")
        self.assertEqual(found["start"], utc("2027-01-15 18:30").replace(tzinfo=UTC))
        self.assertEqual(found["status"], "CONFIRMED")

    def test_the_job_dies_in_the_middle(self):
        """What was done stays done, what was half done is undone, and the next run
        does the rest: one mail each."""
        members = [self._create_member(f"Member {number}", lang="en_US") for number in range(3)]
        orders = self._orders(utc("2027-01-15 18:30"), members)
        remind = type(orders)._drive_remind
        calls = []

        def dies(order):
            remind(order)
            calls.append(order.id)
            if len(calls) == 2:
                # The mail is queued, the transaction is not committed.
                raise SystemExit

        with (
            patch.object(type(orders), "_drive_remind", dies),
            freeze(utc("2027-01-14 18:00")),
            self.enter_registry_test_mode(),
            # Not assertRaises: Odoo's own undoes what was committed before, too.
            suppress(SystemExit),
            # What is not committed goes with the cursor, as with a process.
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["sale.order"]._cron_remind()
        self.env.invalidate_all()
        self.assertEqual(len(calls), 2)
        self.assertEqual(len(self._mails(orders)), 1)
        self.assertEqual(len(orders.filtered("drive_reminded_at")), 1)
        self._run(utc("2027-01-14 18:15"))
        self.assertEqual(sorted(self._mails(orders).mapped("res_id")), sorted(orders.ids))

    def test_one_failure_keeps_no_other_back(self):
        members = [self.member, self._create_member("Ali Ben", lang="en_US")]
        orders = self._orders(utc("2027-01-15 18:30"), members)
        remind = type(orders)._drive_remind

        def fails(order):
            remind(order)
            if order == orders[0]:
                raise ValueError("A mail that cannot be made")

        with (
            patch.object(type(orders), "_drive_remind", fails),
            self.assertLogs("odoo.addons.cafoutch_drive.models.sale_order_reminder", "ERROR"),
        ):
            self._run(utc("2027-01-14 18:00"))
        self.assertEqual(self._mails(orders).mapped("res_id"), orders[1].ids)
        self._run(utc("2027-01-14 18:15"))
        self.assertEqual(len(self._mails(orders)), 2)

    def test_done_meanwhile(self):
        """Another job was first, or the order was cancelled since the list was made."""
        orders = self._order(utc("2027-01-15 18:30"))
        find = type(orders)._drive_reminder_orders

        def meanwhile(model):
            found = find(model)
            found.drive_reminded_at = fields.Datetime.now()
            return found

        with patch.object(type(orders), "_drive_reminder_orders", meanwhile):
            self._run(utc("2027-01-14 18:00"))
        self.assertFalse(self._mails(orders))

    def test_hours_that_are_none(self):
        for hour in (24, 99, -2, float("nan")):
            with (
                self.subTest(hour=hour),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.point.reminder_hour = hour
                self.env.flush_all()
            self.point.invalidate_recordset()
