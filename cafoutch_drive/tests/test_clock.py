from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import DriveCommon

FAR = timedelta(hours=6)


@tagged("post_install", "-at_install")
class TestClock(DriveCommon):
    """The clock of a server jumps: the database's, which all servers share, judges the holds."""

    def setUp(self):
        super().setUp()
        # Open and before its cut-off by either clock.
        self.single = self._create_slot(72, capacity=1)
        self.holder = self._create_held({self.bread: 1}, slot=self.single)
        self.rival = self._create_basket({self.bread: 1}, member=self._create_member("Rival"))
        self.env.flush_all()

    def _jump(self, by):
        self.env.invalidate_all()
        return freeze_time(fields.Datetime.now() + by)

    def test_a_clock_ahead_ends_no_hold(self):
        with self._jump(FAR):
            self.assertTrue(self.holder.drive_hold_live)
            self.assertEqual(self.single.places_left, 0)
            self.assertEqual(self.single.state, "full")
            self.assertRefused("slot_full", self.rival._drive_hold, self.single)
            self.holder._drive_secure_hold()
            self.holder._drive_confirm("key-of-test", self.holder.amount_total)
        self.assertEqual(self.holder.drive_state, "confirmed")

    def test_a_clock_behind_keeps_no_hold(self):
        self.holder.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        with self._jump(-FAR):
            self.assertFalse(self.holder.drive_hold_live)
            self.assertEqual(self.single.places_left, 1)
            self.assertRefused("hold_expired", self.holder._drive_secure_hold)
            self.rival._drive_hold(self.single)
        self.assertTrue(self.rival.drive_hold_live)

    def test_a_hold_lasts_as_long_as_the_point_says(self):
        for by in (FAR, -FAR):
            self.holder._drive_release_hold()
            begin = self.env["drive.booking"]._clock()
            with self._jump(by):
                lasts = self.holder._drive_hold(self.single).expires_at - begin
            self.assertAlmostEqual(lasts.total_seconds(), self.point.hold_minutes * 60, delta=10)

    def test_the_page_counts_down_by_the_same_clock(self):
        with self._jump(FAR):
            held = self.env["drive.slot"]._page_held(self.env["sale.order"]._drive_page_basket(self.member))
            self.assertEqual(held["left"], self.env._("%(hours)s h %(minutes)02d left", hours=1, minutes=59))


@tagged("post_install", "-at_install")
class TestCoopDate(DriveCommon):
    """After midnight in Marseille it is yesterday on the world's clock, and on that of who has none."""

    def setUp(self):
        super().setUp()
        self.member.tz = False
        self.env = self.env(context={**self.env.context, "tz": False, "lang": "en_US"})
        self.member = self.member.with_env(self.env)

    def test_what_is_kept_about_a_member_has_the_coop_s_dates(self):
        self._create_confirmed({self.bread: 1}).date_order = "2026-12-31 23:30:00"
        self.assertIn("01/01/2027", self.member._drive_text_orders())
