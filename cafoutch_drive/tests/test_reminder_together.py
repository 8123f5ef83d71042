"""Two jobs remind at once, in two transactions: one mail."""

from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestReminderTogether(TransactionCase):
    def setUp(self):
        super().setUp()
        cr = self.enterContext(self.registry.cursor())
        self.keeper = env = self.env(cr=cr, context={"tracking_disable": True})
        calendar = env["resource.calendar"].create(
            {"name": "Together", "tz": "Europe/Paris", "attendance_ids": [Command.clear()]}
        )
        # Since yesterday's first minute it is time to remind of today's and tomorrow's pickups.
        point = env["drive.point"].create({"name": "Together", "calendar_id": calendar.id, "reminder_hour": 0.02})
        partner = env["res.partner"].create(
            {"name": "Together", "email": "together@example.org", "coop_state": "up_to_date"}
        )
        start = fields.Datetime.now().replace(second=0) + timedelta(hours=3)
        slot = env["drive.slot"].create(
            {"point_id": point.id, "start": start, "stop": start + timedelta(minutes=7), "window_start": start}
        )
        order = env["sale.order"]._drive_basket(partner, create=True)
        booking = env["drive.booking"].create(
            {
                "slot_id": slot.id,
                "place_no": 1,
                "order_id": order.id,
                "partner_id": partner.id,
                "state": "booked",
            }
        )
        order.write({"drive_booking_id": booking.id, "drive_point_id": point.id, "drive_state": "confirmed"})
        env.flush_all()
        order.drive_calendar_at = fields.Datetime.now() - timedelta(days=9)
        cr.commit()  # pylint: disable=invalid-commit
        self.records = (booking, order, slot, point, calendar, partner)
        self.addCleanup(self._forget)
        self.assertTrue(order._drive_reminder_due())

    def _forget(self):
        cr = self.keeper.cr
        cr.rollback()
        self.keeper.invalidate_all()
        self._mails().unlink()
        self.records[1].drive_state = "basket"
        for record in self.records:
            record.unlink()
        cr.commit()  # pylint: disable=invalid-commit

    def _mails(self):
        order = self.records[1]
        return self.keeper["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", order.id)])

    def _in(self, cr):
        return self.env(cr=cr)["sale.order"].browse(self.records[1].id)

    def test_one_mail(self):
        with self.registry.cursor() as first, self.registry.cursor() as second, self.registry.cursor() as late:
            late.execute("SELECT 1")
            # Who waits for the other would wait for ever.
            second.execute("SET LOCAL lock_timeout = '3s'")
            self._in(first)._drive_remind()
            # The other finds the order taken, and leaves it.
            self._in(second)._drive_remind()
            self.assertFalse(self._in(second).drive_reminded_at)
            second.rollback()
            first.commit()  # pylint: disable=invalid-commit
            # One that began before and comes later fails, and its run goes on without it.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._in(late)._drive_remind()
            late.rollback()
            # And so does one that begins now.
            self._in(second)._drive_remind()
            second.commit()  # pylint: disable=invalid-commit
        self.keeper.cr.rollback()
        self.keeper.invalidate_all()
        self.assertEqual(len(self._mails()), 1)
