"""The wrong day was closed: what a closure closed opens again with it, and nothing else."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common import DriveCommon

NOW = datetime(2026, 11, 24, 8, 0)
THURSDAY, FRIDAY = datetime(2026, 11, 26), datetime(2026, 11, 27)


@tagged("post_install", "-at_install")
class TestClosureUndone(DriveCommon):
    """Thursday 26 and Friday 27 November, and the same days a week later: 20 slots each."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))
        self.point.slot_ids.unlink()
        self.point._generate_slots()
        self.slots = self.point.slot_ids.sorted("start")
        self.thursday, self.friday = self.slots[:20], self.slots[20:40]
        self.manager = new_test_user(self.env, "undone_manager", groups="cafoutch_drive.group_manager")
        self.leaves = self.env["resource.calendar.leaves"].with_user(self.manager)

    def _close(self, begin=THURSDAY, days=1, **values):
        return self.leaves.create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "date_from": begin,
                "date_to": begin + timedelta(days=days, seconds=-1),
                **values,
            }
        )

    def _order(self, slot, **member):
        """A confirmed order; the database's clock, not the test's, judges holds."""
        partner = self._create_member("Camille", lang="en_US", **member)
        order = self._create_basket({self.bread: 1}, partner)
        booking = self.env["drive.booking"]._take(slot, order)
        order.write({"drive_booking_id": booking.id, "drive_state": "confirmed"})
        return order

    def assertOpen(self, slots):
        self.assertEqual(slots.filtered("closed"), slots.browse())

    def assertClosed(self, slots):
        self.assertEqual(slots.filtered("closed"), slots)

    def test_taken_away(self):
        closure = self._close()
        self.assertClosed(self.thursday)
        self.assertOpen(self.friday)
        closure.unlink()
        self.assertOpen(self.slots)

    def test_closed_on_the_form_of_the_point(self):
        closure = self._close()
        self.point.with_user(self.manager).closure_ids = [Command.delete(closure.id)]
        self.assertOpen(self.slots)

    def test_shortened_and_moved(self):
        closure = self._close(days=2)
        self.assertClosed(self.thursday + self.friday)
        closure.date_to = THURSDAY + timedelta(days=1, seconds=-1)
        self.assertClosed(self.thursday)
        self.assertOpen(self.friday)
        closure.write({"date_from": FRIDAY, "date_to": FRIDAY + timedelta(days=1, seconds=-1)})
        self.assertOpen(self.thursday)
        self.assertClosed(self.friday)
        closure.name = "Inventory"
        self.assertClosed(self.friday)

    def test_for_another_calendar(self):
        closure = self._close()
        closure.calendar_id = self._create_calendar()
        self.assertOpen(self.slots)

    def test_the_last_of_several_opens(self):
        one, two = self._close(days=2), self._close()
        one.unlink()
        self.assertClosed(self.thursday)
        self.assertOpen(self.friday)
        two.unlink()
        self.assertOpen(self.slots)

    def test_closed_by_hand_stays_closed(self):
        before, after, opened = self.thursday[:3]
        before.closed = True
        closure = self._close()
        after.closed = True
        opened.closed = False
        closure.unlink()
        self.assertClosed(before + after)
        self.assertOpen(self.slots - before - after)
        opened.closed = True
        self._close(FRIDAY).unlink()
        self.assertClosed(opened)

    def test_what_was_not_made_is_made(self):
        """Planned while it was closed: the slots had gone."""
        kept = self.thursday[4]
        self._order(kept).drive_booking_id.state = "released"
        closure = self._close()
        self.point._drive_replan()
        self.assertEqual(self.point.slot_ids & self.thursday, kept)
        closure.unlink()
        self.assertEqual(len(self.point.slot_ids), 80)
        self.assertOpen(self.point.slot_ids)

    def test_other_hours_meanwhile(self):
        """A slot in which nobody has a place does not open outside the hours."""
        left, booked = self.thursday[18:]
        self._order(left).drive_booking_id.state = "released"
        self._order(booked)
        closure = self._close()
        self.calendar.attendance_ids.filtered(lambda hours: hours.hour_to == 21).hour_to = 20
        closure.unlink()
        self.assertClosed(left)
        self.assertTrue(left.unplanned)
        self.assertOpen(self.thursday[:16] + booked)

    def test_members_who_were_asked_to_choose_keep_the_slot_and_are_told(self):
        slot, decided = self.thursday[:2]
        asked, moved = self._order(slot, email="a@example.org"), self._order(decided, email="b@example.org")
        closure = self._close()
        until = fields.Datetime.now() + timedelta(days=900)
        proposals = [
            self.env["drive.proposal"]._propose(order, self.friday[0], until, False) for order in (asked, moved)
        ]
        moved._drive_move(self.friday[1])
        closure.unlink()
        self.assertEqual([one.state for one in proposals], ["reopened", "settled"])
        self.assertEqual(asked.drive_slot_id, slot)
        self.assertEqual(asked.drive_booking_id.state, "booked")
        self.assertFalse(self.point._drive_closed_with_orders())
        told = self.env["mail.mail"].search([("subject", "like", "open after all")])
        self.assertEqual(told.recipient_ids, asked.partner_id)
        self.assertIn(slot.with_context(lang="en_US")._drive_label(), told.body_html)
        self.assertRefused("proposal_over", proposals[0]._answer, self.friday[0])
        # Closed once more, they are asked once more.
        self._close()
        self.assertEqual(self.point._drive_closed_with_orders(), asked)

    def test_time_off_of_a_person_opens_nothing(self):
        closure = self._close()
        someone = self.env["resource.resource"].create({"name": "Someone", "calendar_id": self.calendar.id})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "calendar_id": self.calendar.id,
                "resource_id": someone.id,
                "date_from": THURSDAY,
                "date_to": FRIDAY,
            }
        ).unlink()
        self.assertClosed(self.thursday)
        self.assertTrue(closure.exists())

    def test_the_past_stays_as_it_was(self):
        closure = self._close()
        with freeze_time(FRIDAY + timedelta(days=1)):
            closure.unlink()
        self.assertClosed(self.thursday)
