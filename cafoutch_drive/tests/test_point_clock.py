from datetime import date, datetime, time

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestPointClock(DriveCommon):
    def test_a_day_on_the_point_s_clock(self):
        for zone, day, begin, end in (
            ("Europe/Paris", date(2026, 11, 24), datetime(2026, 11, 23, 23), datetime(2026, 11, 24, 23)),
            ("Europe/Paris", date(2026, 7, 14), datetime(2026, 7, 13, 22), datetime(2026, 7, 14, 22)),
            # The clocks go forward: 23 hours; back: 25.
            ("Europe/Paris", date(2026, 3, 29), datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22)),
            ("Europe/Paris", date(2026, 10, 25), datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 23)),
            ("UTC", date(2026, 10, 25), datetime(2026, 10, 25), datetime(2026, 10, 26)),
            # Where the change is at midnight: left out in Cairo, shown twice in Havana.
            ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22), datetime(2026, 4, 24, 21)),
            ("America/Havana", date(2024, 11, 3), datetime(2024, 11, 3, 4), datetime(2024, 11, 4, 5)),
            ("Pacific/Kiritimati", date(2026, 1, 1), datetime(2025, 12, 31, 10), datetime(2026, 1, 1, 10)),
        ):
            self.calendar.tz = zone
            with self.subTest(zone=zone, day=day):
                self.assertEqual(self.point._drive_day_bounds(day), (begin, end))
                self.assertEqual(self.point._drive_date(begin), day)
                self.assertNotEqual(self.point._drive_date(end), day)

    def test_a_time_on_the_point_s_clock(self):
        for day, clock, moment in (
            (date(2026, 3, 29), time(1, 59), datetime(2026, 3, 29, 0, 59)),
            # From 2:00 to 3:00 there is no such time: the clock jumps at 1:00 UTC.
            (date(2026, 3, 29), time(2, 0), datetime(2026, 3, 29, 1, 0)),
            (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0)),
            (date(2026, 3, 29), time(3, 0), datetime(2026, 3, 29, 1, 0)),
            # From 2:00 to 3:00 twice: the first time.
            (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30)),
            (date(2026, 10, 25), time(3, 0), datetime(2026, 10, 25, 2, 0)),
        ):
            with self.subTest(day=day, clock=clock):
                self.assertEqual(self.point._drive_utc(day, clock), moment)

    def test_nothing_to_measure_without_a_point(self):
        bounds = self.env["drive.point"]._drive_day_bounds(date(2026, 7, 14))
        self.assertEqual(bounds, (datetime(2026, 7, 14), datetime(2026, 7, 15)))

    def test_today_is_the_point_s(self):
        with freeze_time("2026-10-25 22:30:00"):
            self.assertEqual(self.point._drive_today(), date(2026, 10, 25))
        with freeze_time("2026-10-25 23:30:00"):
            self.assertEqual(self.point._drive_today(), date(2026, 10, 26))

    def test_the_till_lists_the_day_to_its_last_minute(self):
        """On the 25 hour day the last hour is still today, and midnight is not."""
        order = self._create_confirmed({self.bread: 1})
        self.calendar.attendance_ids = [Command.clear()]
        domain = self.env["sale.order"]._drive_till_today_domain
        with freeze_time("2026-10-25 12:00:00"):
            for start, found in (
                (datetime(2026, 10, 24, 21, 45), False),
                (datetime(2026, 10, 24, 22, 0), True),
                (datetime(2026, 10, 25, 22, 45), True),
                (datetime(2026, 10, 25, 23, 0), False),
            ):
                stop = start.replace(minute=start.minute + 14)
                self.slot.write({"start": start, "stop": stop, "window_start": start})
                with self.subTest(start=start):
                    self.assertEqual(order in order.search(domain(self.point)), found)
