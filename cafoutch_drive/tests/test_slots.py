from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestSlots(DriveCommon):
    def _generate(self, start, days=1, **values):
        point = self.env["drive.point"].create(
            {
                "name": "Generated",
                "calendar_id": self.calendar.id,
                "horizon_days": days,
                **values,
            }
        )
        point.slot_ids.unlink()
        return point, point._generate_slots(start)

    def test_slots_come_from_the_opening_hours(self):
        # Thursday 26 November 2026, in winter: 15:45 in Marseille is 14:45 UTC.
        _point, slots = self._generate(datetime(2026, 11, 26))
        thursday = slots.filtered(lambda slot: slot.start.day == 26)
        self.assertEqual(len(thursday), 20)
        self.assertEqual(thursday[0].start, datetime(2026, 11, 26, 14, 45))
        self.assertEqual(thursday[-1].stop, datetime(2026, 11, 26, 20, 0))
        self.assertEqual(
            set(thursday.mapped("window_start")),
            {datetime(2026, 11, 26, 14, 45), datetime(2026, 11, 26, 17, 30)},
        )

    def test_hours_stay_the_same_over_the_change_of_clocks(self):
        # Friday 23 October is summer time, Friday 30 October winter time.
        _point, slots = self._generate(datetime(2026, 10, 23), days=8)
        firsts = [min(slots.filtered(lambda s, d=day: s.start.day == d).mapped("start")) for day in (23, 30)]
        self.assertEqual([first.hour for first in firsts], [13, 14])

    def test_generating_again_adds_nothing(self):
        point, slots = self._generate(datetime(2026, 11, 26))
        self.assertTrue(slots)
        self.assertFalse(point._generate_slots(datetime(2026, 11, 26)))

    def test_closures_are_left_out(self):
        self.calendar.global_leave_ids = [
            Command.create(
                {
                    "name": "Inventory",
                    "date_from": datetime(2026, 11, 26, 17, 0),
                    "date_to": datetime(2026, 11, 27, 12, 0),
                }
            )
        ]
        _point, slots = self._generate(datetime(2026, 11, 26))
        thursday = slots.filtered(lambda slot: slot.start.day == 26)
        self.assertEqual(max(thursday.mapped("stop")), datetime(2026, 11, 26, 17, 0))

    def test_cutoff_belongs_to_the_opening_window(self):
        self.point.cutoff_minutes = 60
        _point, slots = self._generate(datetime(2026, 11, 26), cutoff_minutes=60)
        evening = slots.filtered(lambda s: s.start.hour >= 18 and s.start.day == 26)
        self.assertEqual(set(evening.mapped("cutoff")), {datetime(2026, 11, 26, 16, 30)})

    def test_states(self):
        closed = self._create_slot(30, closed=True)
        too_late = self._create_slot(2)
        past = self._create_slot(-2)
        upcoming = self._create_slot(24 * 20)
        full = self._create_slot(31, capacity=1)
        self._create_held({self.bread: 1}, slot=full)
        slots = closed | too_late | past | upcoming | full | self.slot
        self.assertEqual(
            slots.mapped("state"),
            ["closed", "closed", "past", "upcoming", "full", "open"],
        )
        search = self.env["drive.slot"].search
        ours = ("id", "in", slots.ids)
        self.assertEqual(search([ours, ("state", "=", "full")]), full)
        self.assertEqual(search([ours, ("state", "=", "past")]), past)
        self.assertEqual(
            search([ours, ("state", "in", ["closed", "past"])]),
            past | too_late | closed,
        )
        self.assertEqual(search([ours, ("state", "!=", "past")]), slots - past)

    def test_places_left_can_be_searched(self):
        full = self._create_slot(31, capacity=1)
        self._create_held({self.bread: 1}, slot=full)
        slots = full | self.slot
        search = self.env["drive.slot"].search
        ours = ("id", "in", slots.ids)
        self.assertEqual(search([ours, ("places_left", ">", 0)]), self.slot)
        self.assertEqual(search([ours, ("places_left", "=", 0)]), full)
        self.assertEqual(search([ours, ("places_left", "in", [0, 2])]), slots)

    def test_hold_takes_a_place_for_a_while(self):
        basket = self._create_held({self.bread: 1})
        booking = basket.drive_booking_id
        self.assertEqual(booking.state, "held")
        self.assertEqual(self.slot.places_left, 1)
        left = booking.expires_at - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds(), 7200, delta=5)
        self.assertTrue(basket.drive_hold_live)
        self.assertEqual(basket.drive_slot_id, self.slot)

    def test_a_hold_ends_at_the_cutoff(self):
        soon = self._create_slot(4)
        basket = self._create_held({self.bread: 1}, slot=soon)
        self.assertEqual(basket.drive_booking_id.expires_at, soon.cutoff)

    def test_a_slot_is_never_given_twice(self):
        for name in ("A", "B"):
            self._create_held({self.bread: 1}, member=self._create_member(name))
        basket = self._create_basket({self.bread: 1})
        self.assertRefused("slot_full", basket._drive_hold, self.slot)
        self.assertFalse(basket.drive_booking_id)

    def test_the_last_fence_is_in_the_database(self):
        booking = self._create_held({self.bread: 1}).drive_booking_id
        other = self._create_basket({self.bread: 1}, self._create_member("B"))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["drive.booking"].create(
                {
                    "slot_id": self.slot.id,
                    "place_no": booking.place_no,
                    "order_id": other.id,
                    "partner_id": other.partner_id.id,
                    "state": "booked",
                }
            )

    def test_an_expired_hold_frees_its_place(self):
        single = self._create_slot(31, capacity=1)
        earlier = self._create_held({self.bread: 1}, slot=single)
        earlier.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(1)
        self.assertEqual(single.places_left, 1)
        self.assertFalse(earlier.drive_hold_live)
        other = self._create_held({self.bread: 1}, slot=single, member=self._create_member("B"))
        self.assertTrue(other.drive_hold_live)
        self.assertEqual(earlier.drive_booking_id.state, "released")

    def test_changing_slot_swaps(self):
        other_slot = self._create_slot(32)
        basket = self._create_held({self.bread: 1})
        basket._drive_hold(other_slot)
        self.assertEqual(self.slot.places_left, 2)
        self.assertEqual(other_slot.places_left, 1)

    def test_a_failed_swap_keeps_the_earlier_place(self):
        full = self._create_slot(32, capacity=1)
        self._create_held({self.bread: 1}, full, self._create_member("B"))
        basket = self._create_held({self.bread: 1})
        self.assertRefused("slot_full", basket._drive_hold, full)
        self.assertTrue(basket.drive_hold_live)
        self.assertEqual(basket.drive_slot_id, self.slot)

    def test_holding_the_same_slot_again_changes_nothing(self):
        basket = self._create_held({self.bread: 1})
        booking = basket.drive_booking_id
        self.assertEqual(basket._drive_hold(self.slot), booking)
        self.assertEqual(self.slot.places_left, 1)

    def test_one_extension(self):
        basket = self._create_held({self.bread: 1})
        soon = fields.Datetime.now() + timedelta(minutes=5)
        basket.drive_booking_id.expires_at = soon
        basket._drive_extend_hold()
        self.assertGreater(basket.drive_booking_id.expires_at, soon)
        self.assertRefused("hold_extended", basket._drive_extend_hold)

    def test_nothing_to_extend(self):
        basket = self._create_basket({self.bread: 1})
        self.assertRefused("hold_expired", basket._drive_extend_hold)

    def test_release_gives_the_place_back_and_keeps_the_basket(self):
        basket = self._create_held({self.bread: 1})
        basket._drive_release_hold()
        self.assertEqual(self.slot.places_left, 2)
        self.assertEqual(len(basket.order_line), 1)

    def test_slots_that_cannot_be_taken(self):
        basket = self._create_basket({self.bread: 1})
        for slot, code in (
            (self._create_slot(-1), "slot_past"),
            (self._create_slot(33, closed=True), "slot_closed"),
            (self._create_slot(2), "slot_cutoff"),
            (self._create_slot(24 * 30), "slot_upcoming"),
        ):
            self.assertRefused(code, basket._drive_hold, slot)
        self.assertFalse(basket.drive_booking_id)

    def test_bad_slot_ids(self):
        basket = self._create_basket({self.bread: 1})
        for slot_id in (0, -1, 2**31, "x", None, True, 1.5, [1], "9" * 50):
            self.assertRefused("no_such_slot", basket._drive_find_slot, slot_id)
        self.assertEqual(basket._drive_find_slot(str(self.slot.id)), self.slot)

    def test_capacity_in_lines(self):
        slot = self._create_slot(33, capacity=5, line_capacity=3)
        self._create_held({self.bread: 1, self.apples: 1}, slot, self._create_member("B"))
        two = self._create_basket({self.bread: 1, self.apples: 1})
        self.assertRefused("slot_full", two._drive_hold, slot)
        two._drive_set_quantity(self.apples.id, 0)
        two._drive_hold(slot)
        # More lines later need room as well, judged before the confirmation.
        two._drive_set_quantity(self.apples.id, 1)
        self.assertRefused("slot_full", two._drive_secure_hold)

    def test_lowering_the_capacity_touches_nobody(self):
        baskets = [self._create_held({self.bread: 1}, member=self._create_member(name)) for name in "AB"]
        self.slot.capacity = 1
        baskets[1]._drive_secure_hold()
        baskets[1]._drive_confirm("key-of-test", baskets[1].amount_total)
        self.assertEqual(baskets[1].drive_state, "confirmed")
        third = self._create_basket({self.bread: 1})
        self.assertRefused("slot_full", third._drive_hold, self.slot)

    def test_a_slot_with_bookings_stays(self):
        self._create_held({self.bread: 1})
        with self.assertRaises(UserError):
            self.slot.unlink()

    def test_label_in_the_point_s_time_and_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        slot = self.env["drive.slot"].create(
            {
                "point_id": self.point.id,
                "start": datetime(2026, 7, 3, 16, 30),
                "stop": datetime(2026, 7, 3, 16, 45),
                "window_start": datetime(2026, 7, 3, 16, 30),
            }
        )
        label = slot.with_context(lang="fr_FR", tz="America/Montreal")._drive_label()
        self.assertEqual(label, "vendredi 3 juillet, 18:30‑18:45")
