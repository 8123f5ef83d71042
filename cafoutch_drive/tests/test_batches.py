"""Orders of a half-day are prepared together, as many as a batch may hold."""

from datetime import time, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.letters import letter_of, mark_of
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestBatches(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point.write({"batch_size": 2, "slot_capacity": 9})
        cls._set_stock(cls.bread, 100)

    def _order(self, minutes, begin=None):
        """A confirmed order of one loaf, collected so many minutes after its half-day
        begins."""
        begin = begin or self.slot
        start = begin.window_start + timedelta(minutes=minutes, seconds=7)
        slots = self.env["drive.slot"]
        slot = slots.search([("point_id", "=", self.point.id), ("start", "=", start)]) or slots.create(
            {
                "point_id": self.point.id,
                "window_start": begin.window_start,
                "start": start,
                "stop": start + timedelta(minutes=15),
                "capacity": 9,
            }
        )
        return self._create_confirmed({self.bread: 1}, slot, self._create_member(f"Person {minutes}"))

    def _orders(self, *minutes):
        return self.env["sale.order"].union(*(self._order(minute) for minute in minutes))

    def _cut_off(self):
        self.point.cutoff_minutes = 27 * 60
        self.point._form_batches()

    def assertBatches(self, *expected):
        """The orders of the batches, batch by batch."""
        batches = self.env["stock.picking.batch"].search(
            [("drive_point_id", "=", self.point.id), ("state", "in", ("draft", "in_progress"))], order="id"
        )
        found = [batch.drive_order_ids.sorted(lambda o: (o.drive_slot_id.start, o.id)).ids for batch in batches]
        self.assertEqual(found, [[order.id for order in orders] for orders in expected])
        for batch in batches:
            self.assertEqual(batch.picking_ids, batch.drive_order_ids.picking_ids)
        return batches

    # === FORMED AT THE CUT-OFF === #

    def test_neighbours_are_together_the_earliest_first(self):
        late, first, third, second, last = self._orders(120, 0, 30, 15, 135)
        self.point._form_batches()
        self.assertFalse(late.drive_batch_id, "its member can still change it")
        self._cut_off()
        batches = self.assertBatches([first, second], [third, late], [last])
        self.assertEqual(batches.mapped("is_drive"), [True] * 3)
        self.assertEqual(set(batches.mapped("drive_window_start")), {self.slot.window_start})
        self.point._form_batches()
        self.assertBatches([first, second], [third, late], [last])

    def test_half_days_are_apart(self):
        first = self._order(0)
        other = self._create_slot(hours=26.5)
        second = self._order(0, other)
        self._cut_off()
        self.assertBatches([first], [second])

    def test_the_board_is_right_without_the_job(self):
        first, second = self._orders(0, 15)
        self.point.cutoff_minutes = 27 * 60
        volunteer = new_test_user(self.env, login="batch_volunteer", groups="cafoutch_drive.group_volunteer")
        [window] = self.env["drive.preparation"].with_user(volunteer).board()["windows"]
        self.assertTrue(window["batch"])
        self.assertBatches([first, second])

    def test_what_the_board_says_of_a_batch(self):
        """Letters and names to everybody, Odoo's name to managers; of one that was begun when,
        and where its crates stand."""
        late, early = self._orders(15, 0)
        self._cut_off()
        volunteer = new_test_user(self.env, login="board_volunteer", groups="cafoutch_drive.group_volunteer")
        manager = new_test_user(self.env, login="board_manager", groups="cafoutch_drive.group_manager")

        def row(user=volunteer):
            [window] = self.env["drive.preparation"].with_user(user).board()["windows"]
            [batch] = window["batches"]
            return batch

        names = [f"{order.drive_letter} {order.partner_id._drive_short_name()}" for order in (early, late)]
        self.assertEqual((row()["letters"], row()["begun"], row()["crates_at"]), (names, "", []))
        self.assertEqual((row()["name"], row(manager)["name"]), ("", early.drive_batch_id.name))
        late._drive_start_preparation()
        early._drive_start_preparation()
        today = self.point._drive_today()
        late.drive_begun_at = self.point._drive_utc(today, time(13, 5))
        early.drive_begun_at = self.point._drive_utc(today, time(14, 5))
        place = self.env["drive.place"].create(
            {"name": "Shelf A3", "point_id": self.point.id, "storage_class": "ambient"}
        )
        early._drive_add_crate("ambient")._drive_place(place)
        self.assertEqual((row()["state"], row()["crates_at"]), ("in_work", ["Shelf A3"]))
        self.assertIn("13:05", row()["begun"])

    def test_size_of_a_batch(self):
        for size in (0, -1, 51, 10**9):
            with self.subTest(size=size), self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                self.point.batch_size = size
                self.env.flush_all()
        self.point.batch_size = 50
        self.assertEqual(self.env["drive.point"].new({}).batch_size, 6)

    def test_a_begun_order_that_left_its_batch_gets_one_again(self):
        order = self._order(0)
        order._drive_start_preparation()
        self.assertTrue(order.drive_batch_id)
        order.drive_batch_id.action_cancel()
        self.assertFalse(order.drive_batch_id)
        self._cut_off()
        self.assertBatches([order])

    # === LATER === #

    def test_one_more_joins_the_nearest_with_room(self):
        first, second, third = self._orders(0, 15, 120)
        self._cut_off()
        first.action_cancel()
        early = self._order_after_cutoff(5)
        self.assertBatches([early, second], [third])
        late = self._order_after_cutoff(130)
        self.assertBatches([early, second], [third, late])
        more = self._order_after_cutoff(60)
        self.assertBatches([early, second], [third, late], [more])

    def _order_after_cutoff(self, minutes):
        self.point.cutoff_minutes = 60
        order = self._order(minutes)
        self._cut_off()
        return order

    def test_a_cancelled_order_leaves(self):
        first, second = self._orders(0, 15)
        self._cut_off()
        first.action_cancel()
        self.assertFalse(first.drive_batch_id)
        self.assertBatches([second])

    def test_a_moved_order_goes_where_its_neighbours_are(self):
        first, second, third = self._orders(0, 15, 120)
        self._cut_off()
        early = third.drive_batch_id
        self.assertBatches([first, second], [third])
        later = self._order_after_cutoff(135)
        third._drive_leave_batch()
        third._drive_join_batch()
        self.assertEqual(later.drive_batch_id, early)
        slot = self._create_slot(hours=29, window_start=self.slot.window_start)
        self.point.batch_size = 3
        second._drive_move(slot)
        self.assertBatches([first], [third, later, second])
        first._drive_move(self._create_slot(hours=50))
        self.assertFalse(first.drive_batch_id)
        self.assertBatches([third, later, second])

    def test_nobody_joins_a_batch_that_is_ready(self):
        first = self._order(0)
        self._cut_off()
        ready = first.drive_batch_id
        first._drive_start_preparation()
        first.order_line._drive_short(0, "missing")
        first._drive_finish_preparation()
        second = self._order_after_cutoff(15)
        self.assertNotEqual(second.drive_batch_id, ready)

    # === BY A MANAGER === #

    def test_a_manager_moves_an_order_to_another_batch(self):
        first, second, third = self._orders(0, 15, 30)
        self._cut_off()
        wizard = self.env["drive.batch.move"].create({"order_id": third.id})
        self.assertEqual(wizard.batch_ids, first.drive_batch_id)
        wizard.batch_id = first.drive_batch_id
        wizard.action_move()
        self.assertBatches([first, second, third])
        self.assertFalse(third._drive_other_batches(), "the one that was left is over")

    def test_by_odoo_s_own_doors(self):
        first, second, third = self._orders(0, 15, 30)
        self._cut_off()
        third.drive_batch_id.picking_ids |= second.picking_ids
        self.assertBatches([first], [second, third])
        first.picking_ids.batch_id = third.drive_batch_id
        self.assertBatches([first, second, third])
        self.assertEqual(first.drive_batch_id, third.drive_batch_id)

    def test_no_batch_of_another_half_day_nor_of_what_is_ready(self):
        first, second = self._orders(0, 15)
        other = self._order(0, self._create_slot(hours=26.5))
        self._cut_off()
        self.assertRefused("other_window", first._drive_move_to_batch, other.drive_batch_id)
        self.assertRefused("other_window", first._drive_move_to_batch, self.env["stock.picking.batch"])
        third = self._order_after_cutoff(45)
        first.drive_state = "ready"
        self.assertRefused("not_to_prepare", first._drive_move_to_batch, third.drive_batch_id)
        self.assertBatches([first, second], [other], [third])

    def test_core_validates_no_batch(self):
        order = self._order(0)
        self._cut_off()
        order.drive_batch_id.action_confirm()
        with self.assertRaisesRegex(UserError, order.name):
            order.drive_batch_id.action_done()

    # === LETTERS === #

    def test_letters_stay_and_are_not_given_again(self):
        self.point.batch_size = 3
        first, second, third = self._orders(0, 15, 30)
        self._cut_off()
        self.assertEqual([order.drive_letter for order in (first, second, third)], ["A", "B", "C"])
        second.action_cancel()
        self.assertFalse(second.drive_letter)
        fourth = self._order_after_cutoff(20)
        self.assertEqual([order.drive_letter for order in (first, third, fourth)], ["A", "C", "D"])
        other = self._order_after_cutoff(120)
        self.assertEqual(other.drive_letter, "A")
        fourth._drive_move_to_batch(other.drive_batch_id)
        self.assertEqual((first.drive_letter, third.drive_letter, fourth.drive_letter), ("A", "C", "B"))
        fifth = self._order_after_cutoff(25)
        self.assertEqual(fifth.drive_letter, "E")

    def test_colours_and_shapes_go_with_letters(self):
        marks = [mark_of(number) for number in range(1, 65)]
        self.assertEqual(len(set(marks)), 64)
        for at_once in (marks[:8], marks[8:16]):
            for kind in zip(*at_once, strict=True):
                self.assertEqual(len(set(kind)), 8)
        self.assertEqual([letter_of(number) for number in (0, 1, 26, 27, 52, 53)], ["", "A", "Z", "AA", "AZ", "BA"])
        order = self._order(0)
        self.assertEqual(order._drive_mark_row(), {"letter": "", "colour": "", "shape": ""})
        self._cut_off()
        self.assertEqual(order._drive_mark_row(), {"letter": "A", "colour": marks[0][0], "shape": marks[0][1]})
