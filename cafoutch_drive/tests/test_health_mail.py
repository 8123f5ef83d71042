from datetime import datetime, timedelta

from psycopg2.errors import SerializationFailure

from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from .health_common import HealthCommon

MONDAY = datetime(2026, 11, 30, 5)


@tagged("post_install", "-at_install")
class TestHealthMail(HealthCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.write({"email": "manager@example.org", "lang": "en_US"})
        cls.policy = cls.env["drive.policy"]._for(cls.company)
        cls.policy.health_without_ids = cls.policy._health_readers() - cls.manager

    def _mails(self):
        return self.env["mail.mail"].search([("model", "=", "res.users"), ("res_id", "in", self.manager.ids)])

    def _write(self):
        """This week's mail, written now."""
        before = self._mails()
        self.policy._mail_health()
        return self._mails() - before

    def test_all_is_well(self):
        mail = self._write()
        self.assertEqual((mail.recipient_ids, mail.state), (self.manager.partner_id, "outgoing"))
        self.assertIn(self.company.name, mail.subject)
        self.assertIn("All is well.", mail.body_html)
        self.assertNotIn("<li", mail.body_html)

    def test_what_needs_attention(self):
        order = self._create_confirmed({self.bread: 1})
        start = self._hours_ago(30)
        order.drive_slot_id.write({"start": start, "stop": start + timedelta(minutes=15), "window_start": start})
        mail = self._write()
        self.assertIn("Somebody should look at: Orders.", mail.body_html)
        self.assertEqual(mail.body_html.count("<li"), 1)
        self.assertIn("Not ready although the slot has begun (1).", mail.body_html)
        self.assertIn("/odoo/drive-health", mail.body_html)

    def test_in_its_reader_s_language(self):
        self.manager.lang = "fr_FR"
        self.assertIn("Tout va bien.", self._write().body_html)

    def test_of_one_company(self):
        other = self.env["res.company"].create({"name": "Another coop"})
        policy = self.env["drive.policy"]._for(other)
        self.assertNotIn(self.manager, policy._health_readers())
        self.manager.company_ids |= other
        order = self._create_confirmed({self.bread: 1})
        start = self._hours_ago(30)
        order.drive_slot_id.write({"start": start, "stop": start + timedelta(minutes=15), "window_start": start})
        policy._mail_health()
        self.assertIn("All is well.", self._mails().body_html)

    # === WHO === #

    def test_who_reads_it(self):
        self.assertEqual(self.policy._health_readers(), self.manager)
        self.manager.email = False
        self.assertFalse(self.policy._health_readers())
        self.manager.email = "manager@example.org"
        self.policy.health_without_ids |= self.manager
        self.assertFalse(self.policy._health_readers())
        self.assertFalse(self._write())

    def test_who_left_reads_nothing(self):
        self.manager.active = False
        self.assertFalse(self.policy._health_readers())

    # === WHEN === #

    def test_once_a_week(self):
        for moment, mails in (
            (MONDAY, 1),
            (MONDAY + timedelta(minutes=1), 0),
            (MONDAY + timedelta(days=1), 0),
            # Sunday, 22:59 and 23:59 in Paris, then Monday.
            (MONDAY + timedelta(days=6, hours=16, minutes=59), 0),
            (MONDAY + timedelta(days=6, hours=17, minutes=59), 0),
            (MONDAY + timedelta(days=6, hours=18, minutes=1), 1),
            # A server that was off on Monday.
            (MONDAY + timedelta(days=16), 1),
            (MONDAY + timedelta(days=17), 0),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(len(self._write()), mails)

    def test_a_template_that_a_shop_deleted(self):
        self.env.ref("cafoutch_drive.mail_template_health").unlink()
        self.assertFalse(self._write())


@tagged("post_install", "-at_install")
class TestHealthMailTogether(TransactionCase):
    """Two jobs write at once, in two transactions: one mail."""

    def setUp(self):
        super().setUp()
        cr = self.enterContext(self.registry.cursor())
        self.keeper = env = self.env(cr=cr)
        self.manager = env.ref("base.user_admin")
        self.policy = env["drive.policy"]._for(self.manager.company_id)
        self.before = (self.manager.email, self.policy.health_week)
        self.manager.email = "together@example.org"
        self.policy.health_week = False
        cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self._forget)
        self.assertIn(self.manager, self.policy._health_readers())

    def _forget(self):
        self.keeper.cr.rollback()
        self.keeper.invalidate_all()
        self._mails().unlink()
        self.manager.email, self.policy.health_week = self.before
        self.keeper.cr.commit()  # pylint: disable=invalid-commit

    def _mails(self):
        return self.keeper["mail.mail"].search([("model", "=", "res.users"), ("res_id", "=", self.manager.id)])

    def _in(self, cr):
        return self.env(cr=cr)["drive.policy"].browse(self.policy.id)

    def test_one_mail(self):
        with self.registry.cursor() as first, self.registry.cursor() as second, self.registry.cursor() as late:
            late.execute("SELECT 1")
            # Who waits for the other would wait for ever.
            second.execute("SET LOCAL lock_timeout = '3s'")
            self._in(first)._mail_health()
            # The other finds the row taken, and leaves it.
            self._in(second)._mail_health()
            self.assertFalse(self._in(second).health_week)
            second.rollback()
            first.commit()  # pylint: disable=invalid-commit
            # One that began before and comes later fails, and its run goes on without it.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._in(late)._mail_health()
            late.rollback()
            # And so does one that begins now.
            self._in(second)._mail_health()
            second.commit()  # pylint: disable=invalid-commit
        self.keeper.cr.rollback()
        self.keeper.invalidate_all()
        self.assertEqual(len(self._mails()), 1)
