from datetime import datetime, timedelta

import pytz

from odoo.tests import tagged

from .common import DriveCommon

PARIS = pytz.timezone("Europe/Paris")


@tagged("post_install", "-at_install")
class TestDemoDay(DriveCommon):
    """Whenever the demo data is made, it has a window to live through today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.model.data"]._update_xmlids([{"xml_id": "cafoutch_drive.point", "record": cls.point}])
        cls.demo = cls.env["drive.demo"]

    def _utc(self, *local):
        return PARIS.localize(datetime(*local)).astimezone(pytz.utc).replace(tzinfo=None)

    def test_every_hour_of_two_weeks(self):
        # Across a change of the clock, on 2026-10-25.
        moment = self._utc(2026, 10, 19, 0, 5)
        for _hour in range(14 * 24):
            opens, closes = self.demo._today_window(moment)
            with self.subTest(now=moment):
                today = pytz.utc.localize(moment).astimezone(PARIS).date()
                for edge in (opens, closes):
                    self.assertEqual(pytz.utc.localize(edge).astimezone(PARIS).date(), today)
                self.assertEqual(closes - opens, timedelta(hours=2, minutes=30))
                self.assertEqual((opens.minute % 15, opens.second), (0, 0))
                # Its orders can no longer be changed: they are there to be prepared.
                self.assertLessEqual(opens, moment + timedelta(minutes=self.point.cutoff_minutes))
                self._check_apart(opens, closes)
            moment += timedelta(hours=1)

    def _check_apart(self, opens, closes):
        """It is one of the shop's windows, or touches none of them."""
        windows = self.point._opening_windows(opens - timedelta(days=1), closes + timedelta(days=1))
        if (opens, closes) not in windows:
            self.assertFalse([w for w in windows if w[0] < closes and opens < w[1]])

    def test_real_window_on_an_opening_day(self):
        window = self._utc(2026, 11, 26, 15, 45), self._utc(2026, 11, 26, 18, 15)
        for hour in (13, 16, 18):
            self.assertEqual(self.demo._today_window(self._utc(2026, 11, 26, hour)), window)

    def test_past_windows(self):
        before, last = self.demo._past_windows(self._utc(2026, 11, 30, 9))
        self.assertEqual(before[0], self._utc(2026, 11, 27, 15, 45))
        self.assertEqual(last[0], self._utc(2026, 11, 27, 18, 30))
