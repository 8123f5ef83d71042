from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models import drive_point_holidays
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestHolidays(DriveCommon):
    def setUp(self):
        super().setUp()
        self.company.country_id = self.env.ref("base.fr")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.point = self.point.with_context(lang="fr_FR")

    def _closed(self):
        return {leave.date_from: leave.name for leave in self.calendar.global_leave_ids}

    @freeze_time("2026-04-01 08:00:00")
    def test_the_public_holidays_of_france(self):
        self.point.action_add_public_holidays()
        closed = self._closed()
        # Ten are left of 2026, and 2027 has eleven.
        self.assertEqual(len(closed), 21)
        for begin, name in (
            (datetime(2026, 4, 5, 22), "Lundi de Pâques"),
            (datetime(2026, 7, 13, 22), "Fête nationale"),
            (datetime(2026, 10, 31, 23), "Toussaint"),
            (datetime(2027, 5, 5, 22), "Ascension"),
            (datetime(2027, 12, 24, 23), "Noël"),
        ):
            self.assertEqual(closed.get(begin), name)
        leaves = self.calendar.global_leave_ids.sorted("date_from")
        self.assertEqual(leaves[0].date_to, datetime(2026, 4, 6, 21, 59, 59))

    @freeze_time("2026-04-01 08:00:00")
    def test_again_adds_nothing(self):
        self.point.action_add_public_holidays()
        closed = self._closed()
        self.point.action_add_public_holidays()
        self.assertEqual(self._closed(), closed)

    @freeze_time("2026-04-30 08:00:00")
    def test_a_longer_closure_is_enough(self):
        self.calendar.global_leave_ids = [
            Command.create({"name": "May", "date_from": datetime(2026, 4, 29), "date_to": datetime(2026, 5, 20)})
        ]
        self.point.action_add_public_holidays()
        names = self.calendar.global_leave_ids.filtered(lambda leave: leave.date_from.year == 2026).mapped("name")
        self.assertIn("Fête nationale", names)
        self.assertNotIn("Fête du Travail", names)

    @freeze_time("2026-12-21 08:00:00")
    def test_no_slots_on_christmas_day(self):
        # Christmas 2026 and the first of January are Fridays.
        self.point.slot_ids.unlink()
        self.point._generate_slots()
        christmas = self.point.slot_ids.filtered(lambda slot: slot.start.date().day == 25)
        self.assertEqual(len(christmas), 20)
        self.point.action_add_public_holidays()
        self.point._drive_replan()
        self.assertFalse(christmas.exists())
        self.assertFalse(self.point._generate_slots())
        self.assertEqual({slot.start.day for slot in self.point.slot_ids}, {24, 31})

    def test_another_country(self):
        self.company.country_id = self.env.ref("base.be")
        with freeze_time("2026-01-01 12:00:00"):
            self.point.action_add_public_holidays()
        self.assertIn("Fête nationale", [name for start, name in self._closed().items() if start.month == 7])

    def test_a_country_that_nobody_knows(self):
        self.company.country_id = self.env.ref("base.aq")
        unknown = patch.object(drive_point_holidays.holidays, "country_holidays", side_effect=NotImplementedError)
        with unknown, self.assertRaisesRegex(UserError, "AQ"):
            self.point.action_add_public_holidays()

    def test_without_the_list(self):
        with patch.object(drive_point_holidays, "holidays", None), self.assertRaisesRegex(UserError, "holidays"):
            self.point.action_add_public_holidays()
        self.assertFalse(self._closed())

    def test_managers_only(self):
        manager = new_test_user(self.env, "holiday_manager", groups="cafoutch_drive.group_manager")
        self.point.with_user(manager).action_add_public_holidays()
        self.assertTrue(self._closed())
        volunteer = new_test_user(self.env, "holiday_volunteer", groups="cafoutch_drive.group_volunteer")
        with self.assertRaises(AccessError):
            self.point.with_user(volunteer).action_add_public_holidays()
