"""Nobody is woken up for a place: offers are made by day, on the clock of the point."""

from datetime import datetime, time

from psycopg2 import IntegrityError

from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .waiting_common import WaitingCommon


@tagged("post_install", "-at_install")
class TestWaitingQuiet(WaitingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point.write({"offer_from_hour": 8.0, "offer_to_hour": 21.0, "cutoff_minutes": 60, "offer_minutes": 30})

    def _at(self, clock, before=1):
        """The clock of the point shows this, so many days before the slots."""
        day = self.day.fromordinal(self.day.toordinal() - before)
        return freeze_time(self.point._drive_utc(day, clock))

    def test_a_point_of_today_has_quiet_hours(self):
        point = self.env["drive.point"].create({"name": "Another"})
        self.assertEqual((point.offer_from_hour, point.offer_to_hour), (8, 21))

    def test_when_the_next_offer_may_be_made(self):
        for now, moment in (
            # Winter in Paris: an hour before the world's clock.
            (datetime(2026, 11, 20, 6, 59), datetime(2026, 11, 20, 7, 0)),
            (datetime(2026, 11, 20, 7, 0), datetime(2026, 11, 20, 7, 0)),
            (datetime(2026, 11, 20, 19, 59, 59), datetime(2026, 11, 20, 19, 59, 59)),
            (datetime(2026, 11, 20, 20, 0), datetime(2026, 11, 21, 7, 0)),
            (datetime(2026, 11, 20, 23, 30), datetime(2026, 11, 21, 7, 0)),
            # The clocks go forward on Sunday 29 March: eight o'clock comes an hour earlier.
            (datetime(2026, 3, 28, 21, 0), datetime(2026, 3, 29, 6, 0)),
            (datetime(2026, 10, 24, 21, 0), datetime(2026, 10, 25, 7, 0)),
        ):
            with self.subTest(now), freeze_time(now):
                self.assertEqual(self.point._drive_next_offer(), moment)
        self.point.write({"offer_from_hour": 0, "offer_to_hour": 24})
        with freeze_time(datetime(2026, 11, 20, 22, 59, 59)):
            self.assertEqual(self.point._drive_next_offer(), datetime(2026, 11, 20, 22, 59, 59))

    def test_at_night_the_place_waits_for_the_morning_with_those_in_line(self):
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        for clock, before in ((time(21), 2), (time(23, 59), 2), (time(7, 59), 1)):
            with self._at(clock, before):
                self._free() if before == 2 and clock == time(21) else self.slot._drive_serve_line()
                self.assertFalse(self.env["drive.waiting"]._slots_to_serve())
                self.assertStates("waiting waiting", first, second)
                self.assertFalse(self._mails(first))
                self.assertTrue(self.slot._drive_is_spoken_for(self.taker), "kept for who waits")
                self.assertFalse(self.slot._drive_is_spoken_for(self.people[0]), "who is awake may take it")
        with self._at(time(8)):
            self.assertEqual(self.env["drive.waiting"]._slots_to_serve(), self.slot)
            self.slot._drive_serve_line()
            self.assertStates("offered waiting", first, second)

    def test_an_offer_that_ends_at_night_goes_on_in_the_morning(self):
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        with self._at(time(20, 59), 2):
            self._free()
            self.assertStates("offered waiting", first, second)
        self._end(first)
        with self._at(time(22), 2):
            self.slot._drive_serve_line()
            self.assertStates("passed waiting", first, second)
        with self._at(time(8)):
            self.slot._drive_serve_line()
            self.assertStates("passed offered", first, second)

    def test_where_the_cut_off_comes_before_the_morning_it_is_for_who_comes(self):
        """Nobody in line could be asked in time: the place is not kept until it is lost."""
        early = self._slot_at(time(9))
        taken = self._fill(early)[0]
        waiting = self._join(self.people[0], early)
        with self._at(time(22)):
            taken._action_cancel()
            early._drive_serve_line()
            self.assertStates("waiting", waiting)
            self.assertFalse(early._drive_is_spoken_for(self.taker))
            self._create_basket({}, self.people[1])._drive_hold(early)

    def test_hours_that_make_no_sense(self):
        for hours in ((21, 8), (8, 8), (-1, 8), (8, 25)):
            with (
                self.subTest(hours),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.point.write({"offer_from_hour": hours[0], "offer_to_hour": hours[1]})
                self.env.flush_all()

    def test_the_manager_sets_them(self):
        with Form(self.point) as form:
            form.offer_from_hour = 9.5
        self.assertEqual(self.point.offer_from_hour, 9.5)
