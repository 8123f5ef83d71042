from collections import Counter
from datetime import date, datetime, time, timedelta

import pytz
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import tagged

from .common import DriveCommon

PARIS = pytz.timezone("Europe/Paris")


@tagged("post_install", "-at_install")
class TestSlotsYear(DriveCommon):
    """Slots follow the opening hours, whatever these are and whatever the clocks do."""

    def _point(self, hours, days="6", start=None, horizon=1, calendar_values=None, **values):
        """A point with these hours; its slots from ``start`` on, if given."""
        self.calendar = self._create_calendar(hours, days)
        self.calendar.write(calendar_values or {})
        point = self.env["drive.point"].create({"name": "P", "calendar_id": self.calendar.id, **values})
        point.slot_ids.unlink()
        point.horizon_days = horizon
        if start:
            point._generate_slots(start)
        return point

    def _attendance(self, hour_from, hour_to):
        return self.env["resource.calendar.attendance"].create(
            {
                "name": "Opening",
                "calendar_id": self.calendar.id,
                "dayofweek": "3",
                "hour_from": hour_from,
                "hour_to": hour_to,
                "day_period": "morning",
            }
        )

    def _times(self, point):
        """Local begin and end of each slot of a point, as "hh:mm-hh:mm"."""
        return [
            "-".join(f"{pytz.utc.localize(moment).astimezone(PARIS):%H:%M}" for moment in (slot.start, slot.stop))
            for slot in point.slot_ids.sorted("start")
        ]

    def test_a_year_twice_is_the_same_rows(self):
        begin = datetime(2026, 1, 1)
        point = self._point(((15.75, 18.25), (18.5, 21.0)), "34", begin, horizon=364)
        rows = point.slot_ids.sorted("start").read(["start", "stop", "window_start", "capacity"])
        # 2026 has 53 Thursdays and 52 Fridays, of 20 slots each.
        self.assertEqual(len(rows), 105 * 20)
        self.assertFalse(point._generate_slots(begin))
        point.horizon_days = 200
        self.assertFalse(point._generate_slots(begin + timedelta(days=100, hours=17, minutes=7)))
        self.assertEqual(point.slot_ids.sorted("start").read(["start", "stop", "window_start", "capacity"]), rows)
        self.assertEqual({(row["stop"] - row["start"]) for row in rows}, {timedelta(minutes=15)})
        local = [pytz.utc.localize(row["start"]).astimezone(PARIS) for row in rows]
        days = Counter(moment.date() for moment in local)
        self.assertEqual(set(days.values()), {20})
        self.assertEqual({day.weekday() for day in days}, {3, 4})
        wanted = {
            (datetime.combine(date.min, time(*begin)) + timedelta(minutes=15 * number)).time()
            for begin in ((15, 45), (18, 30))
            for number in range(10)
        }
        for day in days:
            self.assertEqual({moment.time() for moment in local if moment.date() == day}, wanted)

    def test_generated_day_by_day_is_the_same_as_at_once(self):
        """At any moment of the day, in the middle of a window too."""
        hours = ((0.0, 24.0),)
        at_once = self._point(hours, "0123456", datetime(2026, 10, 20), horizon=10, slot_minutes=35)
        daily = self._point(hours, "0123456", slot_minutes=35)
        for day in range(10):
            daily._generate_slots(datetime(2026, 10, 20) + timedelta(days=day, hours=13 * bool(day), minutes=7 * day))
        self.assertEqual(
            [slot.start for slot in daily.slot_ids.sorted("start") if slot.start < datetime(2026, 10, 29)],
            [slot.start for slot in at_once.slot_ids.sorted("start") if slot.start < datetime(2026, 10, 29)],
        )

    def test_the_night_of_23_hours(self):
        """29 March 2026: after 1:59 comes 3:00. The window 1:00-4:00 lasts two hours."""
        point = self._point(((1.0, 4.0),), "6", datetime(2026, 3, 28, 12), slot_minutes=30)
        self.assertEqual(self._times(point), ["01:00-01:30", "01:30-03:00", "03:00-03:30", "03:30-04:00"])
        self.assertEqual(point.slot_ids.mapped("start")[0], datetime(2026, 3, 29, 0, 0))

    def test_hours_that_the_night_leaves_out(self):
        point = self._point(((2.0, 3.0),), "6", datetime(2026, 3, 28, 12), slot_minutes=30)
        self.assertFalse(point.slot_ids)

    def test_the_night_of_25_hours(self):
        """25 October 2026: 2:00 to 3:00 comes twice. The window 1:00-4:00 lasts four hours."""
        point = self._point(((1.0, 4.0),), "6", datetime(2026, 10, 24, 12), slot_minutes=60)
        self.assertEqual(self._times(point), ["01:00-02:00", "02:00-02:00", "02:00-03:00", "03:00-04:00"])
        self.assertEqual(len(set(point.slot_ids.mapped("start"))), 4)

    def test_the_whole_day_of_25_and_of_23_hours(self):
        for day, count in ((datetime(2026, 10, 25), 25), (datetime(2026, 3, 29), 23)):
            point = self._point(((0.0, 24.0),), "6", day - timedelta(hours=12), slot_minutes=60)
            self.assertEqual(len(point.slot_ids), count)

    def test_hours_that_overlap_are_one_window(self):
        # Odoo's form refuses them, imports and other addons may not.
        point = self._point(((10.0, 12.0),), "3", slot_minutes=60)
        self._attendance(11.0, 13.0)
        point._generate_slots(datetime(2026, 11, 25, 12))
        self.assertEqual(self._times(point), ["10:00-11:00", "11:00-12:00", "12:00-13:00"])
        self.assertEqual(set(point.slot_ids.mapped("window_start")), {datetime(2026, 11, 26, 9)})

    def test_hours_that_touch_are_two_windows(self):
        point = self._point(((10.0, 12.0), (12.0, 13.0)), "3", datetime(2026, 11, 25, 12), slot_minutes=60)
        self.assertEqual(len(set(point.slot_ids.mapped("window_start"))), 2)
        self.assertEqual(len(point.slot_ids), 3)

    def test_no_hours_no_slots(self):
        point = self._point((), "", datetime(2026, 11, 25), horizon=30)
        self.assertFalse(point.slot_ids)

    def test_hours_of_no_length_or_backwards(self):
        for hour_from, hour_to in ((10.0, 10.0), (14.0, 13.0)):
            point = self._point(((10.0, 11.0),), "3", horizon=9)
            # Odoo's form mends them, imports do not.
            self.env.cr.execute(
                "UPDATE resource_calendar_attendance SET hour_from = %s, hour_to = %s WHERE calendar_id = %s",
                (hour_from, hour_to, self.calendar.id),
            )
            self.env.invalidate_all()
            self.assertFalse(point._generate_slots(datetime(2026, 11, 25)))

    def test_come_when_you_like_is_no_opening_hour(self):
        point = self._point(
            ((10.0, 12.0),), "3", datetime(2026, 11, 25), horizon=9, calendar_values={"flexible_hours": True}
        )
        self.assertFalse(point.slot_ids)

    def test_two_weeks(self):
        point = self._point((), "")
        self.calendar.write(
            {
                "two_weeks_calendar": True,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Opening",
                            "dayofweek": "3",
                            "week_type": week,
                            "hour_from": hour,
                            "hour_to": hour + 1,
                            "day_period": "morning",
                        }
                    )
                    for week, hour in (("0", 9), ("1", 10))
                ],
            }
        )
        point.write({"slot_minutes": 60, "horizon_days": 27})
        point._generate_slots(datetime(2026, 11, 24))
        first = self.env["resource.calendar.attendance"].get_week_type(date(2026, 11, 26))
        hours = ["09:00-10:00", "10:00-11:00"] if first == 0 else ["10:00-11:00", "09:00-10:00"]
        self.assertEqual(self._times(point), hours * 2)

    def test_past_midnight_is_two_windows_without_a_gap(self):
        calendar = self._create_calendar(((22.0, 24.0),), "4")
        calendar.attendance_ids = [
            Command.create({"name": "Night", "dayofweek": "5", "hour_from": 0, "hour_to": 1, "day_period": "morning"})
        ]
        point = self._point((), "")
        point.write({"calendar_id": calendar.id, "slot_minutes": 30, "horizon_days": 2})
        point._generate_slots(datetime(2026, 11, 27))
        self.assertEqual(
            self._times(point),
            ["22:00-22:30", "22:30-23:00", "23:00-23:30", "23:30-00:00", "00:00-00:30", "00:30-01:00"],
        )

    def test_a_length_that_does_not_divide_the_window(self):
        point = self._point(((10.0, 11.0),), "3", datetime(2026, 11, 25, 12), slot_minutes=25)
        self.assertEqual(self._times(point), ["10:00-10:25", "10:25-10:50"])
        longer = self._point(((10.0, 11.0),), "3", datetime(2026, 11, 25, 12), slot_minutes=61)
        self.assertFalse(longer.slot_ids)

    def test_each_point_has_its_own(self):
        one = self._point(((10.0, 11.0),), "3", slot_minutes=30, slot_capacity=3)
        two = self._point(((10.0, 12.0),), "3", slot_minutes=60, slot_capacity=7)
        two.calendar_id.tz = "Indian/Reunion"
        (one | two)._generate_slots(datetime(2026, 11, 25, 12))
        self.assertEqual(one.slot_ids.mapped("start"), [datetime(2026, 11, 26, 9), datetime(2026, 11, 26, 9, 30)])
        self.assertEqual(two.slot_ids.mapped("start"), [datetime(2026, 11, 26, 6), datetime(2026, 11, 26, 7)])
        self.assertEqual([*one.slot_ids.mapped("capacity"), *two.slot_ids.mapped("capacity")], [3, 3, 7, 7])

    def test_another_company_s_closure_is_not_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Theirs",
                "calendar_id": False,
                "date_from": datetime(2026, 11, 26),
                "date_to": datetime(2026, 11, 27),
            }
        )
        leave.company_id = other
        point = self._point(((10.0, 11.0),), "3", datetime(2026, 11, 25, 12))
        self.assertEqual(len(point.slot_ids), 4)


@tagged("post_install", "-at_install")
class TestSlotsTogether(DriveCommon):
    """Two generations at the same moment, in two transactions."""

    def setUp(self):
        super().setUp()
        cr = self.enterContext(self.registry.cursor())
        keeper = self.env(cr=cr)
        calendar = keeper["resource.calendar"].create({"name": "Together", "tz": "Europe/Paris"})
        self.kept = keeper["drive.point"].create({"name": "Together", "calendar_id": calendar.id})
        self.kept.slot_ids.unlink()
        cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self._forget, calendar)

    def _forget(self, calendar):
        env = self.kept.env
        env.cr.rollback()
        self.kept.slot_ids.unlink()
        self.kept.unlink()
        calendar.unlink()
        env.cr.commit()  # pylint: disable=invalid-commit

    def _in(self, cr):
        return self.env(cr=cr)["drive.point"].browse(self.kept.id)

    def test_the_later_one_runs_again_and_adds_nothing(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")
            slots = self._in(first)._generate_slots()
            self.assertTrue(slots)
            count = len(slots)
            first.commit()  # pylint: disable=invalid-commit
            with self.assertRaises(SerializationFailure):
                self._in(second)._generate_slots()
            # As Odoo does with such an error.
            second.rollback()
            self.assertFalse(self._in(second)._generate_slots())
            second.rollback()
        self.kept.env.cr.rollback()
        self.kept.env.invalidate_all()
        self.assertEqual(len(self.kept.slot_ids), count)

    def test_the_daily_job_leaves_them_to_the_other(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")
            self._in(first)._generate_slots()
            first.commit()  # pylint: disable=invalid-commit
            self._in(second)._generate_slots_or_later()
            triggers = self.env(cr=second)["ir.cron.trigger"].search(
                [("cron_id", "=", self.env.ref("cafoutch_drive.cron_generate_slots").id)]
            )
            self.assertTrue(triggers)
            second.rollback()
