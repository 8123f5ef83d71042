"""What a manager may type wrong on the form of a point or of a slot: a sentence, and
nothing half done."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import DriveCommon

FORM = "cafoutch_drive.drive_point_view_form"


@tagged("post_install", "-at_install")
class TestPointBadInput(DriveCommon):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        self.manager = new_test_user(
            self.env, "bad_manager", groups="cafoutch_drive.group_manager", context={"lang": "en_US"}
        )
        self.manager.lang = "en_US"
        self.mine = self.point.with_user(self.manager).with_context(lang="en_US")

    def assertSentence(self, record, values, sentence):
        """Odoo's client shows the constraint's sentence; nothing of it is kept."""
        before = record.read(list(values))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught, self.env.cr.savepoint():
            record.write(values)
            record.flush_recordset()
        self.assertIn(sentence, record._sql_error_to_message(caught.exception))
        record.invalidate_recordset()
        self.assertEqual(record.read(list(values)), before)

    def test_numbers_of_a_point(self):
        for values, sentence in (
            ({"slot_minutes": 0}, "at least one minute"),
            ({"slot_minutes": -15, "name": "Half done?"}, "at least one minute"),
            ({"slot_capacity": -1}, "cannot be negative"),
            ({"slot_line_capacity": -1}, "cannot be negative"),
            ({"cutoff_minutes": -1}, "cannot be negative"),
            ({"hold_minutes": 0}, "above zero"),
            ({"horizon_days": 0}, "above zero"),
            ({"slot_minutes": 10**9}, "at most a day"),
            ({"slot_capacity": 10**9}, "nor above"),
            ({"slot_line_capacity": 10**9}, "nor above"),
            ({"offer_minutes": 10**9}, "at most a day"),
            ({"question_minutes": 0}, "at least one minute"),
            ({"question_minutes": 10**9}, "at most a day"),
            ({"cold_minutes": -1}, "at most four hours"),
            ({"cold_minutes": 10**9}, "at most four hours"),
            ({"offer_from_hour": 22}, "before they end"),
            ({"horizon_days": 10**9}, "at most three years"),
            ({"cutoff_minutes": 10**9}, "at most 30 days"),
            ({"hold_minutes": 10**9}, "at most 30 days"),
            ({"grace_minutes": 10**9}, "at most 30 days"),
        ):
            with self.subTest(values):
                self.assertSentence(self.mine, values, sentence)

    def test_numbers_of_a_slot(self):
        slot = self.slot.with_user(self.manager).with_context(lang="en_US")
        other = self._create_slot(hours=40)
        same = {name: other[name] for name in ("start", "stop", "window_start")}
        for values, sentence in (
            ({"capacity": -1}, "cannot be negative"),
            ({"line_capacity": -1}, "cannot be negative"),
            ({"stop": slot.start}, "ends after it begins"),
            (same, "already has a slot"),
        ):
            with self.subTest(values):
                self.assertSentence(slot, values, sentence)

    # === WHAT IS ALLOWED, AND SAID === #

    def assertNotice(self, *sentences):
        self.assertEqual(self.mine.notice.splitlines(), list(sentences))

    def _line(self, day, begin, end):
        return Command.create({"name": "Drive", "dayofweek": day, "hour_from": begin, "hour_to": end})

    def test_nothing_to_say(self):
        self.assertFalse(self.mine.notice)

    def test_no_hours(self):
        self.calendar.attendance_ids.unlink()
        self.assertNotice("There are no opening hours yet: members find no slot here.")
        self.assertFalse(self.point._generate_slots())

    def test_no_orders(self):
        self.point.slot_capacity = 0
        self.assertNotice("A slot takes no order: members see all of them full.")

    def test_slots_longer_than_the_opening(self):
        self.calendar.attendance_ids = [Command.clear(), self._line("5", 10.25, 12.75), self._line("5", 14, 14.5)]
        self.point.slot_minutes = 31
        self.assertNotice("Shorter than one slot, and so without any: Saturday 14:00-14:30.")

    def test_two_points_at_the_same_time(self):
        values = {"name": "The door behind", "warehouse_id": self.warehouse.id}
        calendar = self._create_calendar(hours=((9.0, 12.0), (18.0, 19.0)), days="4")
        other = self.env["drive.point"].create({**values, "calendar_id": calendar.id})
        said = "Open at the same time, with the goods of the same warehouse: %s. The team prepares for both."
        self.assertNotice(said % "The door behind")
        calendar.attendance_ids.filtered(lambda line: line.hour_from == 18).unlink()
        self.mine.invalidate_recordset(["notice"])
        self.assertFalse(self.mine.notice)
        self.assertFalse(other.notice)

    def test_it_is_said_while_typing(self):
        form = Form(self.mine, FORM)
        self.assertFalse(form.notice)
        form.slot_capacity = 0
        self.assertIn("no order", form.notice)

    def test_lines_are_really_deleted(self):
        """A closure without a calendar would close every point."""
        closure = self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "date_from": self.slot.start,
                "date_to": self.slot.stop,
            }
        )
        hours = self.calendar.attendance_ids
        with Form(self.mine, FORM) as form:
            form.closure_ids.remove(0)
            form.attendance_ids.remove(0)
        self.assertFalse(closure.exists())
        self.assertEqual(len(hours.exists()), 3)
        self.assertTrue(all(line.calendar_id for line in hours.exists()))

    def test_hours_that_overlap_or_end_before_they_begin(self):
        """Odoo's own sentences."""
        for line in (self._line("3", 18, 20), self._line("5", 15, 12)):
            with self.subTest(line), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.mine.attendance_ids = [line]
            self.assertEqual(len(self.calendar.attendance_ids), 4)
