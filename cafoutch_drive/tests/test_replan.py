from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import DriveCommon

NOW = datetime(2026, 11, 24, 8, 0)


@tagged("post_install", "-at_install")
class TestReplan(DriveCommon):
    """Thursday 26 and Friday 27 November, 15:45-18:15 and 18:30-21:00 in Paris, and
    Thursday 3 and Friday 4 December: 80 slots."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))
        self.point.slot_ids.unlink()
        self.point._generate_slots()
        self.slots = self.point.slot_ids.sorted("start")
        self.assertEqual(len(self.slots), 80)

    def _replan(self):
        plan = self.point._drive_replan()
        self.env.invalidate_all()
        return plan

    def _counts(self, plan):
        return len(plan.add), len(plan.remove), len(plan.close), len(plan.change), len(plan.keep)

    def assertSettled(self):
        """Done twice changes nothing, and neither does the daily job."""
        plan = self.point._drive_plan()
        self.assertFalse(plan)
        before = self.point.slot_ids.read()
        self._replan()
        self.assertFalse(self.point._generate_slots())
        self.assertEqual(self.point.slot_ids.read(), before)

    def _hold(self, slot, name="Ali"):
        # The database's clock, not the test's, judges holds.
        basket = self._create_basket({self.bread: 1}, self._create_member(name))
        self.env["drive.booking"].create(
            {
                "slot_id": slot.id,
                "place_no": 1,
                "order_id": basket.id,
                "partner_id": basket.partner_id.id,
                "state": "booked",
                "line_count": 1,
            }
        )
        return basket

    def test_nothing_to_do(self):
        self.assertEqual(self._counts(self.point._drive_plan()), (0, 0, 0, 0, 0))
        self.assertSettled()

    def test_other_capacities(self):
        self._hold(self.slots[0])
        self.point.write({"slot_capacity": 5, "slot_line_capacity": 60})
        self.assertEqual(self._counts(self.point._drive_plan()), (0, 0, 0, 80, 0))
        self.assertEqual(set(self.slots.mapped("capacity")), {2}, "showing changes nothing")
        self._replan()
        self.assertEqual(set(self.slots.mapped("capacity")), {5})
        self.assertEqual(set(self.slots.mapped("line_capacity")), {60})
        self.assertSettled()

    def test_a_capacity_below_what_is_booked_keeps_the_bookings(self):
        self._hold(self.slots[0])
        self.point.slot_capacity = 0
        self._replan()
        self.assertEqual(self.slots[0].booking_ids.state, "booked")
        self.assertEqual(self.slots[0].places_left, 0)
        self.assertSettled()

    def test_shorter_hours(self):
        booked = self.slots[19]
        self._hold(booked)
        self.calendar.attendance_ids.filtered(lambda hours: hours.hour_to == 21).hour_to = 20
        # Four slots less on four evenings; one of them is booked.
        self.assertEqual(self._counts(self.point._drive_plan()), (0, 15, 0, 0, 1))
        plan = self._replan()
        self.assertEqual(plan.keep, booked)
        self.assertEqual(len(self.point.slot_ids), 65)
        self.assertFalse(booked.closed)
        self.assertSettled()

    def test_longer_slots(self):
        self._hold(self.slots[1])
        self.point.slot_minutes = 30
        plan = self._replan()
        # On the first afternoon 16:00-16:15 stays, and 15:45-16:15 has no room beside it.
        self.assertEqual(plan.keep, self.slots[1])
        first = self.point.slot_ids.sorted("start").filtered(lambda s: s.start < datetime(2026, 11, 26, 17))
        self.assertEqual(
            [(slot.start.strftime("%H:%M"), slot.stop.strftime("%H:%M")) for slot in first],
            [("15:00", "15:15"), ("15:15", "15:45"), ("15:45", "16:15"), ("16:15", "16:45"), ("16:45", "17:15")],
        )
        self.assertSettled()

    def test_an_earlier_opening_moves_the_cutoff_of_free_slots_only(self):
        self._hold(self.slots[0])
        thursday = self.calendar.attendance_ids.filtered(lambda h: h.dayofweek == "3" and h.hour_from == 15.75)
        thursday.hour_from = 15.5
        plan = self._replan()
        self.assertEqual(self._counts(plan), (2, 0, 0, 19, 1))
        self.assertEqual(self.slots[0].window_start, datetime(2026, 11, 26, 14, 45))
        self.assertEqual(self.slots[1].window_start, datetime(2026, 11, 26, 14, 30))
        self.assertSettled()

    def test_a_slot_with_a_past_is_closed_and_opened_again(self):
        slot = self.slots[19]
        self._hold(slot)
        slot.booking_ids.state = "released"
        hours = self.calendar.attendance_ids.filtered(lambda h: h.hour_to == 21)
        hours.hour_to = 20
        plan = self._replan()
        self.assertEqual(plan.close, slot)
        self.assertTrue(slot.closed)
        self.assertSettled()
        hours.hour_to = 21
        self._replan()
        self.assertFalse(slot.closed)
        self.assertEqual(len(self.point.slot_ids), 80)
        self.assertSettled()

    def test_a_slot_closed_by_hand_stays_closed(self):
        self.slots[3].closed = True
        self.point.slot_capacity = 9
        self._replan()
        self.assertTrue(self.slots[3].closed)

    def test_closures(self):
        booked = self.slots[5]
        self._hold(booked)
        self.calendar.global_leave_ids = [
            Command.create(
                {"name": "Closed", "date_from": datetime(2026, 11, 26), "date_to": datetime(2026, 11, 26, 22)}
            )
        ]
        plan = self._replan()
        self.assertEqual(self._counts(plan), (0, 19, 0, 0, 1))
        self.assertSettled()

    def test_no_hours_any_more(self):
        self._hold(self.slots[0])
        self.calendar.attendance_ids.unlink()
        self._replan()
        self.assertEqual(self.point.slot_ids, self.slots[0])
        self.assertSettled()

    # === CAPACITIES SET BY HAND === #

    def _own(self, slot, capacity):
        manager = new_test_user(self.env, f"own_manager_{slot.id}", groups="cafoutch_drive.group_manager")
        slot.with_user(manager).capacity = capacity

    def test_a_capacity_set_by_hand_is_kept(self):
        self._hold(self.slots[1])
        for slot in self.slots[:2]:
            self._own(slot, 7)
        self.point.slot_capacity = 5
        plan = self._replan()
        self.assertEqual(self._counts(plan), (0, 0, 0, 78, 0))
        self.assertEqual(plan.own, self.slots[:2])
        self.assertEqual(self.slots[:3].mapped("capacity"), [7, 7, 5])
        self.assertSettled()

    def test_it_follows_the_rules_when_the_manager_says_so(self):
        self._own(self.slots[0], 0)
        self.env["res.lang"]._activate_lang("en_US")
        replan = self.env["drive.replan"].with_context(lang="en_US").create({"point_id": self.point.id})
        self.assertTrue(replan.nothing and replan.has_own)
        self.assertIn("nothing to change", replan.summary)
        self.assertNotIn("<table", replan.summary)
        self.assertIn("Thursday 26 November, 15:45‑16:00: 0 orders, ∞ lines", replan.summary)
        replan.reset_own = True
        self.assertFalse(replan.nothing)
        replan.action_apply()
        self.assertEqual(self.slots[0].capacity, 2)
        self.assertFalse(self.slots[0].own_capacity)
        # From now on it follows by itself.
        self.point.slot_capacity = 4
        self.assertFalse(self._replan().own)
        self.assertEqual(self.slots[0].capacity, 4)

    def test_what_is_as_the_rules_is_not_the_slot_s_own(self):
        self._own(self.slots[0], 7)
        self.slots[0].capacity = 2
        self.point.slot_capacity = 5
        self._replan()
        self.assertEqual(self.slots[0].capacity, 5)

    def test_one_that_goes_is_named(self):
        self._own(self.slots[1], 7)
        self.point.slot_minutes = 30
        plan = self._replan()
        [lost] = plan.lost
        self.assertIn("16:00‑16:15", lost)

    def test_the_past_and_other_points_are_left_alone(self):
        past = self._create_slot(-50)
        other = self.point.copy({"name": "Other", "calendar_id": self._create_calendar().id})
        theirs = other.slot_ids.read()
        self.point.slot_minutes = 50
        self._replan()
        self.assertTrue(past.exists())
        self.assertEqual(other.slot_ids.read(), theirs)

    def test_the_window_shows_then_does(self):
        self._hold(self.slots[19])
        self.calendar.attendance_ids.filtered(lambda hours: hours.hour_to == 21).hour_to = 20
        self.env["res.lang"]._activate_lang("en_US")
        manager = new_test_user(self.env, "replan_manager", groups="cafoutch_drive.group_manager")
        action = self.point.with_user(manager).action_replan()
        replan = self.env["drive.replan"].with_user(manager).with_context(lang="en_US").browse(action["res_id"])
        self.assertFalse(replan.nothing)
        for text in ("Thursday 26 November", "<td>15</td>", "20:45‑21:00"):
            self.assertIn(text, replan.summary)
        self.assertEqual(len(self.point.slot_ids), 80)
        replan.action_apply()
        self.assertEqual(len(self.point.slot_ids), 65)
        self.assertIn("20:45‑21:00", replan.told)
        again = (
            self.env["drive.replan"].with_user(manager).browse(self.point.with_user(manager).action_replan()["res_id"])
        )
        self.assertTrue(again.nothing)

    def test_managers_only(self):
        volunteer = new_test_user(self.env, "replan_volunteer", groups="cafoutch_drive.group_volunteer")
        with self.assertRaises(AccessError):
            self.point.with_user(volunteer).action_replan()


@tagged("post_install", "-at_install")
class TestReplanTogether(DriveCommon):
    """A member takes a place while the slots are planned again, in two transactions."""

    def setUp(self):
        super().setUp()
        cr = self.enterContext(self.registry.cursor())
        self.keeper = self.env(cr=cr)
        # No opening hours ask for the slot, at whatever time the test runs.
        calendar = self.keeper["resource.calendar"].create(
            {"name": "Together", "tz": "Europe/Paris", "attendance_ids": [Command.clear()]}
        )
        point = self.keeper["drive.point"].create({"name": "Together", "calendar_id": calendar.id})
        partner = self.keeper["res.partner"].create({"name": "Together", "coop_state": "up_to_date"})
        point.slot_ids.unlink()
        start = fields.Datetime.now().replace(second=0) + timedelta(hours=30)
        times = {"start": start, "stop": start + timedelta(minutes=7), "window_start": start}
        slot = self.keeper["drive.slot"].create({"point_id": point.id, "capacity": 2, **times})
        basket = self.keeper["sale.order"]._drive_basket(partner, create=True)
        cr.commit()  # pylint: disable=invalid-commit
        self.records = (basket, slot, point, calendar, partner)
        self.addCleanup(self._forget)

    def _forget(self):
        cr = self.keeper.cr
        cr.rollback()
        basket, _slot, point, calendar, partner = self.records
        self.keeper["drive.booking"].search([("slot_id.point_id", "=", point.id)]).unlink()
        basket.unlink()
        point.with_context(active_test=False).slot_ids.unlink()
        point.unlink()
        calendar.unlink()
        partner.unlink()
        cr.commit()  # pylint: disable=invalid-commit

    def _in(self, cr):
        env = self.env(cr=cr)
        basket, slot, point = self.records[:3]
        return (
            env["sale.order"].browse(basket.id),
            env["drive.slot"].browse(slot.id),
            env["drive.point"].browse(point.id),
        )

    def test_a_place_taken_meanwhile_keeps_its_slot(self):
        with self.registry.cursor() as member, self.registry.cursor() as manager:
            manager.execute("SELECT 1")
            basket, slot, _point = self._in(member)
            basket._drive_hold(slot)
            member.commit()  # pylint: disable=invalid-commit
            _basket, slot, point = self._in(manager)
            with self.assertRaises(SerializationFailure):
                point._drive_replan()
            # As Odoo does with such an error.
            manager.rollback()
            point.env.invalidate_all()
            plan = point._drive_replan()
            self.assertEqual(plan.keep, slot)
            manager.commit()  # pylint: disable=invalid-commit
        self.keeper.cr.rollback()
        self.assertTrue(self.records[1].exists())

    def test_a_place_wanted_too_late_is_refused(self):
        with self.registry.cursor() as member, self.registry.cursor() as manager:
            member.execute("SELECT 1")
            self._in(manager)[2]._drive_replan()
            manager.commit()  # pylint: disable=invalid-commit
            basket, slot, _point = self._in(member)
            with self.assertRaises(SerializationFailure):
                basket._drive_hold(slot)
            # As ``lock_first`` does with such an error.
            member.rollback()
            basket.env.invalidate_all()
            self.assertRefused("no_such_slot", basket._drive_hold, slot)
            member.rollback()
