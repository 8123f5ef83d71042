"""The waiting list: who gets what is free, in which order, and what happens to an offer."""

from contextlib import suppress
from datetime import time, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .waiting_common import WaitingCommon


@tagged("post_install", "-at_install")
class TestWaiting(WaitingCommon):
    # === ENTERING AND LEAVING === #

    def test_entering_twice_is_once(self):
        first = self._join(self.people[0], self.slot)
        self.assertEqual(self._join(self.people[0], self.slot), first)
        self.assertEqual(first.day, self.day)
        relative = self._waiter("Relative", parent_id=self.people[0].id, state=False)
        self.assertEqual(self._join(relative, self.slot), first, "a household waits once")
        self._fill(self.second, self.third)
        day = self._join(self.people[0])
        self.assertEqual(self._join(relative), day)
        self.assertNotEqual(day, first, "a slot and its day are two lines")

    def test_a_line_is_only_for_what_is_full(self):
        person = self.people[0]
        self.assertRefused("slot_open", self._join, person, self.second)
        self.assertRefused("slot_open", self._join, person)
        self.assertRefused("slot_mine", self._join, self.taker, self.slot)
        self._create_held({}, self.second, person)
        self.assertRefused("slot_mine", self._join, person, self.second)
        self._fill(self.third)
        self.assertRefused("slot_mine", self._join, person)

    def test_what_takes_no_orders_has_no_line(self):
        person = self.people[0]
        self.slot.closed = True
        self.assertRefused("slot_closed", self._join, person, self.slot)
        past = self._create_slot(hours=-3)
        self.assertRefused("slot_past", self._join, person, past)
        soon = self._create_slot(hours=1)
        self.assertRefused("slot_cutoff", self._join, person, soon)
        far = self._create_slot(hours=24 * 40)
        self.assertRefused("slot_upcoming", self._join, person, far)
        for day in (None, "", "tomorrow", "2026-02-30", "0001-01-01", "9999-12-31", 5, ["2026-11-27"], "2026-11-27\0"):
            with self.subTest(day):
                self.assertRefused("bad_day", self.env["drive.waiting"]._join_day, person, self.point, day)

    def test_who_may_not_order_does_not_enter(self):
        self.people[0].coop_state = "suspended"
        self.assertRefused("suspended", self._join, self.people[0], self.slot)

    def test_who_has_enough_orders_does_not_enter(self):
        first = self._join(self.people[0], self.slot)
        self.point.max_open_orders = 1
        order = self._create_confirmed({self.bread: 1}, self._slot_at(time(14)), self.people[0])
        self._fill(self.second, self.third)
        self.assertRefused("max_open_orders", self._join, self.people[0], self.second)
        self.assertRefused("max_open_orders", self._join, self.people[0])
        self.assertEqual(self._join(self.people[0], self.slot), first, "who is in line keeps their rank")
        order._action_cancel()
        self.assertTrue(self._join(self.people[0], self.second))

    def test_leaving_twice_is_once(self):
        waiting = self._join(self.people[0], self.slot)
        waiting._leave()
        waiting._leave()
        self.assertStates("left", waiting)
        self.assertNotEqual(self._join(self.people[0], self.slot), waiting, "one may come back, to the end")

    # === THE ORDER OF THE LINE === #

    def test_in_the_order_of_arrival(self):
        lines = [self._join(person, self.slot) for person in self.people[:3]]
        self._free()
        self.assertStates("offered waiting waiting", *lines)
        self.assertEqual(len(self._mails(lines[0])), 1)
        self._end(lines[0])
        self.slot._drive_serve_line()
        self.assertStates("passed offered waiting", *lines)
        lines[1]._leave()
        self.slot._drive_serve_line()
        self.assertStates("passed passed offered", *lines)
        lines[2]._accept(self.people[2])
        self.assertStates("passed passed taken", *lines)
        for line in lines:
            self.assertEqual(len(self._mails(line)), 1)

    def test_a_day_and_a_slot_are_one_line(self):
        self._fill(self.second, self.third)
        day = self._join(self.people[0])
        slot = self._join(self.people[1], self.second)
        last = self._join(self.people[2])
        self.assertEqual([one._position() for one in (day, slot, last)], [1, 2, 3])
        self._free(self.second)
        self.assertStates("offered waiting waiting", day, slot, last)
        self.assertEqual(day.offered_slot_id, self.second)
        self._free(self.third)
        self.assertStates("offered waiting offered", day, slot, last)

    def test_several_places_at_once(self):
        lines = [self._join(person, self.slot) for person in self.people]
        self.slot.capacity = 3
        self.slot._drive_serve_line()
        self.assertStates("offered offered waiting waiting", *lines)
        self.assertEqual(len({line.booking_id.place_no for line in lines[:2]}), 2)
        self.slot._drive_serve_line()
        self.assertStates("offered offered waiting waiting", *lines)

    def test_one_offer_a_household(self):
        self._fill(self.second)
        first = self._join(self.people[0], self.slot)
        second = self._join(self.people[0], self.second)
        other = self._join(self.people[1], self.second)
        self._free(self.slot)
        self._free(self.second)
        self.assertStates("offered waiting offered", first, second, other)
        other._leave()
        self.second._drive_serve_line()
        self.assertStates("offered waiting passed", first, second, other)
        first._leave()
        self.second._drive_serve_line()
        self.assertStates("passed offered passed", first, second, other)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            first.state = "offered"
            self.env.flush_all()

    def test_who_cannot_take_it_is_passed_over_and_stays(self):
        self.slot.line_capacity = 3
        suspended, limited, keeper, laden = self.people
        after = self._waiter("After")
        lines = [self._join(person, self.slot) for person in (*self.people, after)]
        keeper.active = False
        suspended.coop_state = "suspended"
        self.point.max_open_orders = 1
        self._create_confirmed({self.bread: 1}, self.second, limited)
        more = [self._create_product(f"Riz {number}", 2, stock=5) for number in range(4)]
        self._create_basket(dict.fromkeys(more, 1), laden)
        self._free()
        self.assertStates("waiting waiting waiting waiting offered", *lines)
        # Each gets it once nothing is in the way any more, before who came later.
        lines[4]._leave()
        suspended.coop_state = "up_to_date"
        self.slot._drive_serve_line()
        self.assertStates("offered waiting waiting waiting passed", *lines)

    def test_who_keeps_a_place_that_day_is_not_offered_another(self):
        self._fill(self.second, self.third)
        day = self._join(self.people[0])
        basket = self._create_basket({}, self.people[0])
        basket._drive_hold(self._slot_at(time(12)))
        self._free(self.second)
        self.assertStates("waiting", day)
        basket._drive_release_hold()
        self.second._drive_serve_line()
        self.assertStates("offered", day)

    # === AN OFFER IS A PLACE === #

    def test_nobody_else_gets_the_offered_place(self):
        waiting = self._join(self.people[0], self.slot)
        self._free()
        self.assertEqual((self.slot.places_left, self.slot.state), (0, "full"))
        passer = self._create_basket({self.bread: 1}, self.people[1])
        self.assertRefused("slot_full", passer._drive_hold, self.slot)
        moving = self._create_confirmed({self.bread: 1}, self.second, self.people[2])
        self.assertRefused("slot_full", moving._drive_move, self.slot)
        self.assertRefused("slot_full", moving._drive_move_by_member, self.slot)
        self.assertStates("offered", waiting)

    def test_the_queue_goes_before_who_comes_by(self):
        """A place has come free, and the job has not looked yet."""
        waiting = self._join(self.people[0], self.slot)
        self.order._action_cancel()
        self.assertEqual(self.slot.places_left, 1)
        passer = self._create_basket({self.bread: 1}, self.people[1])
        self.assertRefused("slot_full", passer._drive_hold, self.slot)
        moving = self._create_confirmed({self.bread: 1}, self.second, self.people[2])
        self.assertRefused("slot_full", moving._drive_move_by_member, self.slot)
        # More places than people who wait: the rest is for anybody.
        self.slot.capacity = 2
        passer._drive_hold(self.slot)
        self.slot._drive_serve_line()
        self.assertStates("offered", waiting)

    def test_who_cannot_take_it_keeps_nobody_away(self):
        waiting = self._join(self.people[0], self.slot)
        self.people[0].coop_state = "suspended"
        self.order._action_cancel()
        self._create_basket({}, self.people[1])._drive_hold(self.slot)
        self.assertStates("waiting", waiting)

    def test_the_first_in_line_may_take_it_by_themselves(self):
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        self.order._action_cancel()
        basket = self._create_basket({self.bread: 1}, self.people[1])
        self.assertRefused("slot_full", basket._drive_hold, self.slot)
        self._create_held({self.bread: 1}, self.slot, self.people[0])
        self.assertStates("waiting waiting", first, second)
        held = self.env["sale.order"]._drive_basket(self.people[0])
        held._drive_confirm("waiting-key", held.amount_total)
        self.assertStates("taken waiting", first, second)

    def test_until_when(self):
        self.point.offer_minutes = 45
        waiting = self._join(self.people[0], self.slot)
        self._free()
        left = waiting.offered_until - self.env["drive.booking"]._clock()
        self.assertAlmostEqual(left, timedelta(minutes=45), delta=timedelta(seconds=5))

    def test_an_offer_ends_before_the_cut_off(self):
        waiting = self._join(self.people[0], self.slot)
        self.slot.window_start = self._now() + timedelta(minutes=self.point.cutoff_minutes + 10)
        self._free()
        self.assertEqual(waiting.offered_until, self.slot.cutoff)
        self.assertLess(self.slot.cutoff - self._now(), timedelta(minutes=11))

    def test_just_before_the_cut_off_nobody_is_kept_away(self):
        waiting = self._join(self.people[0], self.slot)
        self.slot.window_start = self._now() + timedelta(minutes=self.point.cutoff_minutes + 4)
        self._free()
        self.assertStates("waiting", waiting)
        self._create_basket({}, self.people[1])._drive_hold(self.slot)

    def _now(self):
        return fields.Datetime.now()

    # === ACCEPTING === #

    def test_accepting_twice_is_once(self):
        waiting = self._join(self.people[0], self.slot)
        self._free()
        place = waiting.booking_id
        for _n in range(2):
            self.assertEqual(waiting._accept(self.people[0]), place)
        basket = self.env["sale.order"]._drive_basket(self.people[0])
        self.assertEqual((place.state, place.order_id, basket.drive_booking_id), ("held", basket, place))
        self.assertGreater(place.expires_at - self._now(), timedelta(minutes=self.point.hold_minutes - 1))
        basket._drive_set_quantity(self.bread.id, 1)
        basket._drive_confirm("waiting-key", basket.amount_total)
        self.assertEqual((basket.drive_state, basket.drive_booking_id), ("confirmed", place))
        self.assertRefused("offer_over", waiting._accept, self.people[0])

    def test_choosing_the_slot_is_accepting(self):
        waiting = self._join(self.people[0], self.slot)
        self._free()
        basket = self._create_held({self.bread: 1}, self.slot, self.people[0])
        self.assertEqual(basket.drive_booking_id, waiting.booking_id)
        self.assertStates("taken", waiting)

    def test_anybody_of_the_household_accepts(self):
        waiting = self._join(self.people[0], self.slot)
        relative = self._waiter("Relative", parent_id=self.people[0].id, state=False)
        self._free()
        waiting._accept(relative)
        self.assertEqual(waiting.booking_id.order_id.partner_id, relative)

    def test_who_moves_out_keeps_what_they_asked_for(self):
        relative = self._waiter("Relative", parent_id=self.people[0].id, state=False)
        waiting = self._join(relative, self.slot)
        self._free()
        relative.parent_id = False
        relative.coop_state = "up_to_date"
        self.assertEqual(waiting._accept(relative), waiting.booking_id)
        self.assertStates("taken", waiting)

    def test_after_its_time(self):
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        self._free()
        self._end(first)
        self.assertRefused("offer_over", first._accept, self.people[0])
        self.assertFalse(self.env["sale.order"]._drive_basket(self.people[0]).drive_booking_id)
        self.slot._drive_serve_line()
        self.assertStates("passed offered", first, second)
        self.assertRefused("offer_over", first._accept, self.people[0])
        first._leave()
        self.assertStates("passed offered", first, second)

    def test_who_keeps_another_slot_swaps(self):
        waiting = self._join(self.people[0], self.slot)
        basket = self._create_held({self.bread: 1}, self.second, self.people[0])
        before = basket.drive_booking_id
        self._free()
        self.assertEqual((basket.drive_booking_id, before._is_live()), (before, True))
        waiting._accept(self.people[0])
        self.assertEqual(basket.drive_booking_id.slot_id, self.slot)
        self.assertEqual((before.state, basket.commitment_date), ("released", self.slot.start))

    def test_a_basket_that_has_grown(self):
        self.slot.line_capacity = 1
        waiting = self._join(self.people[0], self.slot)
        self._create_basket({self.bread: 1}, self.people[0])
        self._free()
        self.assertEqual(waiting.booking_id.line_count, 1)
        basket = self._create_basket({self.apples: 1}, self.people[0])
        self.assertRefused("slot_full", waiting._accept, self.people[0])
        self.assertStates("offered", waiting)
        basket._drive_set_quantity(self.apples.id, 0)
        waiting._accept(self.people[0])
        self.assertStates("taken", waiting)

    def test_who_may_not_order_any_more_cannot_accept(self):
        waiting = self._join(self.people[0], self.slot)
        self._free()
        self.people[0].coop_state = "suspended"
        self.assertRefused("suspended", waiting._accept, self.people[0])
        self.assertStates("offered", waiting)

    def test_an_order_moves_to_the_place_offered_to_it(self):
        waiting = self._join(self.people[0], self.slot)
        order = self._create_confirmed({self.bread: 1}, self.second, self.people[0])
        self._free()
        order._drive_move_by_member(self.slot)
        self.assertEqual(order.drive_booking_id, waiting.booking_id)
        self.assertEqual((order.drive_booking_id.state, order.drive_slot_id), ("booked", self.slot))
        self.assertStates("taken", waiting)

    def test_who_has_an_order_there_leaves_the_line(self):
        self._fill(self.second)
        day = self._join(self.people[0], self.second)
        other = self._join(self.people[1], self.second)
        self._fill(self.third)
        whole = self._join(self.people[0])
        self._free(self.slot)
        self.assertStates("waiting waiting offered", day, other, whole)
        place = whole.booking_id
        self._create_confirmed({self.bread: 1}, self._slot_at(time(12)), self.people[0])
        self.assertStates("waiting waiting taken", day, other, whole)
        self.assertEqual(place.state, "released")

    # === SLOTS CHANGE === #

    def test_who_orders_elsewhere_meanwhile_keeps_the_offer_from_nobody(self):
        """With enough orders to collect they could not use the place: it goes to the next,
        and they are where they were in the line."""
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        self._free()
        self.assertStates("offered waiting", first, second)
        self.point.max_open_orders = 1
        order = self._create_confirmed({self.bread: 1}, self._slot_at(time(14)), self.people[0])
        self.assertRefused("max_open_orders", first._accept, self.people[0])
        self._run()
        self.assertStates("waiting offered", first, second)
        self.assertTrue(self._mails(second, "A place for you"))
        order._action_cancel()
        self._end(second)
        self._run()
        self.assertStates("offered passed", first, second)

    def test_a_capacity_that_is_lowered_takes_no_offer_back(self):
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        self._free()
        self.slot.capacity = 0
        self.slot._drive_serve_line()
        self.assertStates("offered waiting", first, second)
        first._accept(self.people[0])
        basket = self.env["sale.order"]._drive_basket(self.people[0])
        basket._drive_release_hold()
        self.slot._drive_serve_line()
        self.assertStates("taken waiting", first, second)

    def test_a_slot_that_closes(self):
        self._fill(self.second, self.third)
        offered = self._join(self.people[0], self.slot)
        waiting = self._join(self.people[1], self.slot)
        self._free()
        place = offered.booking_id
        self.slot.closed = True
        self.slot.closed = True
        self.assertStates("over over", offered, waiting)
        self.assertEqual(place.state, "released")
        self.assertRefused("offer_over", offered._accept, self.people[0])
        for line in (offered, waiting):
            self.assertEqual(len(self._mails(line, "Closed")), 1)

    def test_a_day_that_closes(self):
        self._fill(self.second, self.third)
        day = self._join(self.people[0])
        self._free()
        self.assertStates("offered", day)
        self.slot.closed = True
        self.assertStates("waiting", day)
        self._run()
        self.assertStates("waiting", day)
        (self.second | self.third).closed = True
        self._run()
        self._run()
        self.assertStates("over", day)
        self.assertEqual(len(self._mails(day, "Closed")), 1)

    def test_after_the_cut_off_it_is_over_without_a_word(self):
        waiting = self._join(self.people[0], self.slot)
        self.slot.window_start = self._now()
        self._run()
        self.assertStates("over", waiting)
        self.assertFalse(self._mails(waiting))

    def test_who_waits_is_told_when_a_slot_leaves_the_plan(self):
        self._free()
        self.slot.booking_ids.unlink()
        self.assertFalse(self.slot._drive_has_history())
        self._fill(self.slot)
        waiting = self._join(self.people[0], self.slot)
        self.slot.booking_ids.order_id._action_cancel()
        self.slot.booking_ids.unlink()
        self.assertTrue(self.slot._drive_has_history())
        with self.assertRaises(UserError):
            self.slot.unlink()
        self.assertIn(self.slot, self.point._drive_plan().close)
        self.point._drive_replan()
        self.assertStates("over", waiting)
        self.assertEqual(len(self._mails(waiting, "Closed")), 1)


@tagged("post_install", "-at_install")
class TestWaitingJob(WaitingCommon):
    def _triggers(self):
        job = self.env.ref("cafoutch_drive.cron_offer_places")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])

    def test_it_is_called_when_something_comes_free(self):
        self._join(self.people[0], self.slot)
        held = self._create_held({}, self.second, self.people[1])
        moving = self._create_confirmed({self.bread: 1}, self.third, self.people[2])
        for freeing in (
            self.order._drive_cancel,
            held._drive_release_hold,
            lambda: moving._drive_move(self.second),
            lambda: self.slot.write({"capacity": 2}),
            lambda: self.third.write({"closed": False}),
        ):
            before = self._triggers()
            freeing()
            self.assertGreater(self._triggers(), before)
        other_day = self._slot_at(time(12), day=self.day + timedelta(days=1))
        before = self._triggers()
        other_day.capacity = 5
        self.assertEqual(self._triggers(), before, "nobody waits there")

    def test_a_hold_that_ends_is_offered(self):
        """Nobody writes anything at that moment."""
        hold = self._create_held({}, self.second, self.people[1]).drive_booking_id
        waiting = self._join(self.people[0], self.second)
        self._run()
        self.assertStates("waiting", waiting)
        hold.expires_at = self._past()
        self._run()
        self.assertStates("offered", waiting)

    def _past(self):
        return self.env["drive.booking"]._clock() - timedelta(seconds=1)

    def test_a_job_that_dies_between_two_offers(self):
        """Each is made exactly once, with its mail."""
        self._fill(self.second, self.third)
        slots = (self.slot, self.second, self.third)
        lines = [self._join(person, slot) for person, slot in zip(self.people, slots, strict=False)]
        for slot in slots:
            slot.booking_ids.order_id._action_cancel()

        model = type(self.env["drive.waiting"])
        tell = model._tell
        told = []

        def dies(waiting, xmlid):
            tell(waiting, xmlid)
            told.append(waiting.id)
            if len(told) == 2:
                # The mail is queued, the transaction is not committed.
                raise SystemExit

        self.env.flush_all()
        with (
            patch.object(model, "_tell", dies),
            self.enter_registry_test_mode(),
            # Not assertRaises: Odoo's own undoes what was committed before, too.
            suppress(SystemExit),
            # What is not committed goes with the cursor, as with a process.
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["drive.waiting"]._cron_offer_places()
        self.env.invalidate_all()
        self.assertEqual(len(told), 2)
        self.assertEqual(sorted(line.state for line in lines), ["offered", "waiting", "waiting"])
        self.assertEqual(self._mails(self.env["drive.waiting"].union(*lines)).mapped("res_id"), told[:1])
        for _n in range(2):
            self._run()
            self.assertStates("offered offered offered", *lines)
            for line, slot in zip(lines, slots, strict=True):
                self.assertEqual(len(self._mails(line)), 1)
                self.assertEqual(slot.booking_ids.filtered(lambda b: b.state == "offered"), line.booking_id)

    @mute_logger("odoo.addons.cafoutch_drive.models.drive_waiting_offer")
    def test_a_slot_that_fails_keeps_no_other_back(self):
        self._fill(self.second)
        first = self._join(self.people[0], self.slot)
        second = self._join(self.people[1], self.second)
        (self.slot | self.second).booking_ids.order_id._action_cancel()
        model = type(self.env["drive.slot"])
        serve = model._drive_serve_line
        broken = self.slot.id

        def serving(slot):
            if slot.id == broken:
                raise ValueError("no luck")
            return serve(slot)

        with patch.object(model, "_drive_serve_line", serving):
            self._run()
        self.assertStates("waiting offered", first, second)

    def test_the_clock_of_the_server_decides_no_offer(self):
        """However it jumps: the database's clock judges."""
        first, second = (self._join(person, self.slot) for person in self.people[:2])
        self._free()
        for jump in (timedelta(hours=2), timedelta(hours=-2)):
            moment = fields.Datetime.now() + jump
            with patch.object(fields.Datetime, "now", lambda moment=moment: moment):
                self._run()
                self.assertStates("offered waiting", first, second)
        first._accept(self.people[0])
        self.assertStates("taken waiting", first, second)

    def test_without_the_mail_template_the_offer_stands(self):
        waiting = self._join(self.people[0], self.slot)
        self.env.ref("cafoutch_drive.mail_template_offer").unlink()
        self._free()
        self.assertStates("offered", waiting)
        self.assertFalse(self._mails(waiting))

    def test_the_mail_says_what_and_until_when(self):
        waiting = self._join(self.people[0], self.slot)
        self._free()
        mail = self._mails(waiting)
        self.assertEqual(mail.recipient_ids, self.people[0])
        waiting = waiting.with_context(lang="en_US")
        self.assertIn(waiting.offered_slot_id._drive_label(), mail.subject)
        for text in (waiting._token(), waiting._until_label(), self.point.name):
            self.assertIn(text, mail.body_html)

    def test_ended_lines_are_erased_after_a_while(self):
        left = self._join(self.people[0], self.slot)
        stays = self._join(self.people[1], self.slot)
        left._leave()
        (left | stays).write({"day": fields.Date.today() - timedelta(days=40)})
        self.env["drive.waiting"]._gc_ended()
        self.assertFalse(left.exists())
        self.assertTrue(stays.exists())
