from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.refusal import DriveRefused
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestRelease(DriveCommon):
    """The slots of a week open together, in the week before."""

    def setUp(self):
        super().setUp()
        self.point.slot_ids.unlink()

    def _slot_at(self, start):
        times = {"start": start, "stop": start + timedelta(minutes=15), "window_start": start}
        return self.env["drive.slot"].create({"point_id": self.point.id, "capacity": 1, **times})

    def test_when_a_week_opens(self):
        self.point.horizon_days = 30
        for weekday, hour, start, opens in (
            # Thursday 26 November: Sunday 22 at 20:00.
            ("6", 20.0, datetime(2026, 11, 26, 15), datetime(2026, 11, 22, 19)),
            ("0", 8.5, datetime(2026, 11, 26, 15), datetime(2026, 11, 16, 7, 30)),
            # A week goes from Monday 0:00 to Sunday 24:00 on the point's clock.
            ("6", 20.0, datetime(2026, 11, 22, 23, 0), datetime(2026, 11, 22, 19)),
            ("6", 20.0, datetime(2026, 11, 22, 22, 45), datetime(2026, 11, 15, 19)),
            # The clocks go forward on Sunday 29 March: summer time at 20:00 already.
            ("6", 20.0, datetime(2026, 4, 2, 14), datetime(2026, 3, 29, 18)),
            ("5", 20.0, datetime(2026, 4, 2, 14), datetime(2026, 3, 28, 19)),
            # There is no 2:30 on that night; at 3:00 it is.
            ("6", 2.5, datetime(2026, 4, 2, 14), datetime(2026, 3, 29, 1)),
            # They go back on Sunday 25 October; 2:30 comes twice, the first counts.
            ("6", 20.0, datetime(2026, 10, 29, 15), datetime(2026, 10, 25, 19)),
            ("6", 2.5, datetime(2026, 10, 29, 15), datetime(2026, 10, 25, 0, 30)),
            ("6", 0.0, datetime(2026, 10, 29, 15), datetime(2026, 10, 24, 22)),
            ("6", 23.999, datetime(2026, 11, 26, 15), datetime(2026, 11, 22, 22, 59)),
            # Over the new year.
            ("6", 20.0, datetime(2026, 12, 31, 15), datetime(2026, 12, 27, 19)),
            ("6", 20.0, datetime(2027, 1, 3, 15), datetime(2026, 12, 27, 19)),
            (False, 0.0, datetime(2026, 11, 26, 15), datetime(2026, 10, 27, 15)),
        ):
            self.point.write({"release_weekday": weekday, "release_hour": hour})
            slot = self._slot_at(start)
            with self.subTest(weekday=weekday, hour=hour, start=start):
                self.assertEqual(slot.opens_at, opens)
            slot.unlink()

    def test_the_days_ahead_hold_as_well(self):
        self.point.write({"release_weekday": "0", "release_hour": 8, "horizon_days": 3})
        slot = self._slot_at(datetime(2026, 11, 26, 15))
        self.assertEqual(slot.opens_at, datetime(2026, 11, 23, 15))

    def test_before_and_after(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.point.write({"release_weekday": "6", "release_hour": 20})
        slot = self._slot_at(datetime(2026, 11, 26, 15)).with_context(lang="fr_FR")
        basket = self._create_basket({self.bread: 1}).with_context(lang="fr_FR")
        with freeze_time("2026-11-22 18:59:59"):
            slot.invalidate_recordset()
            self.assertEqual(slot.state, "upcoming")
            self.assertIn(slot, slot.search([("state", "=", "upcoming")]))
            self.assertRefused("slot_upcoming", basket._drive_hold, slot)
            with self.assertRaisesRegex(DriveRefused, "dimanche 22 novembre, 20:00"):
                basket._drive_hold(slot)
            days = self.env["drive.slot"].with_context(lang="fr_FR")._page_days({"booking_id": False, "order_id": 0})
            [window] = [window for day in days for window in day["windows"] if window["slots"][0]["id"] == slot.id]
            self.assertEqual(window["opens"], "dimanche 22 novembre, 20:00")
            self.assertEqual(window["slots"][0]["state"], "upcoming")
        with freeze_time("2026-11-22 19:00:00"):
            slot.invalidate_recordset()
            self.assertEqual(slot.state, "open")
            self.assertTrue(slot._drive_check_open() is None)

    def test_bad_hours(self):
        for hour in (-0.5, 24.0, 1e9, float("nan")):
            refused = self.assertRaises(IntegrityError)
            with self.subTest(hour=hour), mute_logger("odoo.sql_db"), refused, self.env.cr.savepoint():
                self.point.write({"release_weekday": "6", "release_hour": hour})
                self.env.flush_all()
            self.point.invalidate_recordset()
