"""Notes to the preparers are erased when the coop's number of days has passed."""

from datetime import datetime, timedelta
from unittest.mock import patch

import pytz

from odoo import fields
from odoo.tests import tagged

from .common import DriveCommon

NOTE = "Allergique aux noix"
PARIS = pytz.timezone("Europe/Paris")


@tagged("post_install", "-at_install")
class TestNotes(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["drive.policy"]._for(cls.company)
        cls.policy.note_days = 30

    def _ended(self, moment):
        """An order with a note that ended at this moment of the coop's clock."""
        order = self._create_confirmed({self.bread: 1})
        order.drive_note = NOTE
        order._drive_cancel()
        order.drive_ended_at = PARIS.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
        return order

    def _purge(self, moment):
        now = PARIS.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
        self.env.flush_all()
        with patch.object(fields.Datetime, "now", lambda: now):
            self.env["sale.order"]._cron_erase_notes()
        self.env.invalidate_all()

    def test_each_side_of_the_edge(self):
        """More than 30 days on the coop's clock: an order of the 1st until the 1st
        after; near midnight, in winter, in summer and across the change of hour."""
        for ended, kept, erased in (
            (datetime(2027, 1, 1, 0, 1), datetime(2027, 1, 31, 23, 59), datetime(2027, 2, 1, 0, 1)),
            (datetime(2027, 1, 1, 23, 59), datetime(2027, 1, 31, 23, 59), datetime(2027, 2, 1, 0, 1)),
            (datetime(2027, 7, 1, 0, 30), datetime(2027, 7, 31, 23, 59), datetime(2027, 8, 1, 0, 1)),
            (datetime(2027, 7, 1, 23, 30), datetime(2027, 7, 31, 23, 30), datetime(2027, 8, 1, 0, 30)),
            (datetime(2027, 3, 10, 23, 45), datetime(2027, 4, 9, 23, 45), datetime(2027, 4, 10, 0, 15)),
            (datetime(2027, 10, 10, 0, 15), datetime(2027, 11, 9, 23, 45), datetime(2027, 11, 10, 0, 15)),
        ):
            order = self._ended(ended)
            with self.subTest(ended=ended):
                self._purge(kept)
                self.assertEqual(order.drive_note, NOTE)
                self._purge(erased)
                self.assertFalse(order.drive_note)

    def test_the_job_did_not_run_for_a_month(self):
        order = self._ended(datetime(2027, 1, 1, 12))
        self._purge(datetime(2027, 3, 5, 12))
        self.assertFalse(order.drive_note)

    def test_what_a_cashier_wrote_about_a_person_goes_too(self):
        order = self._ended(datetime(2027, 1, 1, 12))
        order.write({"drive_note": False, "drive_handover_reason": "Seen with the office", "drive_handover_code": "x"})
        self._purge(datetime(2027, 1, 31, 12))
        self.assertEqual(order.drive_handover_reason, "Seen with the office")
        self._purge(datetime(2027, 2, 1, 12))
        self.assertFalse(order.drive_handover_reason)

    def test_open_orders_keep_theirs(self):
        order = self._create_confirmed({self.bread: 1})
        order.drive_note = NOTE
        self._purge(datetime.now() + timedelta(days=60))
        self.assertEqual(order.drive_note, NOTE)
        self.assertFalse(order.drive_ended_at)

    def test_each_way_to_end(self):
        for number, state in enumerate(("done", "no_show", "cancelled")):
            order = self._create_confirmed({self.bread: 1}, slot=self._create_slot(hours=40 + number))
            order.write({"drive_note": NOTE, "drive_state": state})
            with self.subTest(state=state):
                self.assertTrue(order.drive_ended_at)
                self._purge(datetime.now() + timedelta(days=60))
                self.assertFalse(order.drive_note)
            order.drive_state = "cancelled"

    def test_the_first_end_counts(self):
        order = self._ended(datetime(2027, 1, 1, 12))
        ended_at = order.drive_ended_at
        order.drive_state = "no_show"
        self.assertEqual(order.drive_ended_at, ended_at)

    def test_baskets_left_alone(self):
        basket = self._create_basket({self.bread: 1})
        basket.drive_note = NOTE
        self._purge(PARIS.localize(datetime.now()).replace(tzinfo=None) + timedelta(days=29))
        self.assertEqual(basket.drive_note, NOTE)
        self._purge(PARIS.localize(datetime.now()).replace(tzinfo=None) + timedelta(days=32))
        self.assertFalse(basket.drive_note)
        self.assertTrue(basket.order_line)

    def test_the_number_of_days_is_the_coop_s(self):
        order = self._ended(datetime(2027, 1, 1, 12))
        self.policy.note_days = 5
        self._purge(datetime(2027, 1, 6, 12))
        self.assertEqual(order.drive_note, NOTE)
        self._purge(datetime(2027, 1, 7, 12))
        self.assertFalse(order.drive_note)

    def test_the_note_is_copied_nowhere(self):
        """Not to the delivery, not to a mail: nothing else has to be erased."""
        order = self._create_held({self.bread: 1})
        order.drive_note = NOTE
        order._drive_confirm("notes-test-key", order.amount_total)
        order._get_confirmation_template().send_mail(order.id)
        self.env.flush_all()
        for table, column in (("mail_message", "body"), ("mail_mail", "body_html"), ("stock_picking", "note")):
            self.env.cr.execute(f"SELECT count(*) FROM {table} WHERE {column}::text LIKE %s", [f"%{NOTE}%"])
            with self.subTest(table=table):
                self.assertEqual(self.env.cr.fetchone()[0], 0)
