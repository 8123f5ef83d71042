from datetime import datetime, timedelta

import pytz

from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import DriveCommon

THURSDAY, FRIDAY, SATURDAY = "345"[0], "4", "5"
AFTERNOON, EVENING = (15.75, 18.25), (18.5, 21.0)
# The rules by which Super Cafoutch ran.
HOURS = {
    "3": (AFTERNOON, EVENING),
    "4": (AFTERNOON, EVENING),
    "5": ((10.25, 12.75), (13.0, 15.5)),
}


@tagged("post_install", "-at_install")
class TestPointForm(DriveCommon):
    """A manager types the rules of Super Cafoutch, as the page of the docs says."""

    def setUp(self):
        super().setUp()
        self.manager = new_test_user(self.env, "form_manager", groups="cafoutch_drive.group_manager")
        self.company.resource_calendar_id.tz = "Europe/Paris"

    def _type(self):
        form = Form(self.env["drive.point"].with_user(self.manager), "cafoutch_drive.drive_point_view_form")
        form.name = "Super Cafoutch"
        form.slot_minutes = 15
        form.slot_capacity = 1
        form.horizon_days = 7
        form.hold_minutes = 120
        form.grace_minutes = 60
        for day, windows in HOURS.items():
            for begin, end in windows:
                with form.attendance_ids.new() as line:
                    line.dayofweek = day
                    line.hour_from = begin
                    line.hour_to = end
        return form.save()

    def _expected(self, monday):
        zone = pytz.timezone("Europe/Paris")
        for day, windows in HOURS.items():
            midnight = datetime.combine(monday + timedelta(days=int(day)), datetime.min.time())
            for begin, end in windows:
                moment, opens = midnight + timedelta(hours=begin), midnight + timedelta(hours=begin)
                while moment < midnight + timedelta(hours=end):
                    times = (moment, moment + timedelta(minutes=15), opens)
                    yield tuple(zone.localize(one).astimezone(pytz.utc).replace(tzinfo=None) for one in times)
                    moment += timedelta(minutes=15)

    def test_their_rules_give_their_slots(self):
        for now in ("2026-11-22 23:30:00", "2026-03-22 23:30:00"):
            with freeze_time(now):
                point = self._type()
                monday = point._drive_today()
                slots = point.slot_ids.filtered(
                    lambda slot, p=point, m=monday: p._drive_date(slot.start) < m + timedelta(7)
                )
                found = sorted((slot.start, slot.stop, slot.window_start) for slot in slots)
                self.assertEqual(found, sorted(self._expected(monday)))
                self.assertEqual(len(found), 60)
                self.assertEqual(set(slots.mapped("capacity")), {1})
                self.assertEqual(point.calendar_id.tz, "Europe/Paris")

    def test_the_form_can_be_opened_and_saved_again(self):
        point = self._type()
        slots = point.slot_ids.read(["start", "stop", "capacity"])
        with Form(point.with_user(self.manager), "cafoutch_drive.drive_point_view_form") as form:
            form.name = "Again"
            with form.attendance_ids.edit(0) as line:
                line.hour_to = 18.0
        self.assertEqual(len(point.attendance_ids), 6)
        self.assertEqual(point.slot_ids.read(["start", "stop", "capacity"]), slots)

    def test_each_point_has_its_own_hours(self):
        one, two = self._type(), self._type()
        self.assertNotEqual(one.calendar_id, two.calendar_id)

    def test_no_office_hours_are_proposed(self):
        form = Form(self.env["drive.point"].with_user(self.manager), "cafoutch_drive.drive_point_view_form")
        form.name = "Empty"
        point = form.save()
        self.assertFalse(point.attendance_ids)
        self.assertFalse(point.slot_ids)
