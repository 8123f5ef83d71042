"""Numbers of the preparation: exact on a small day that is made by hand."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .batch_common import BatchCommon

MEASURES = (
    "orders:sum",
    "lines:sum",
    "hours:sum",
    "lines_per_hour:avg",
    "first_time_rate:avg",
    "shortage_rate:avg",
    "on_time_rate:avg",
    "cold_time:avg",
    "cold_late_rate:avg",
)


@tagged("post_install", "-at_install")
class TestNumbers(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers_model = cls.env["drive.numbers"]
        cls.manager = new_test_user(cls.env, login="numbers_manager", groups="cafoutch_drive.group_manager")

    def of(self, *groupby, domain=()):
        """``[(groups…, {measure: value})]``"""
        rows = self.numbers_model._read_group(
            [("point_id", "=", self.point.id), *domain], list(groupby), list(MEASURES), order=None
        )
        names = [measure.split(":")[0] for measure in MEASURES]
        return [(*row[: len(groupby)], dict(zip(names, row[len(groupby) :], strict=True))) for row in rows]

    def assertNumbers(self, numbers, **expected):
        for name, value in expected.items():
            self.assertAlmostEqual(numbers[name], value, 3, name)

    def make_ready(self, order, qty_of, begun, ready):
        """Prepare an order: begun and ready so many minutes before its slot begins."""
        order._drive_start_preparation()
        for line in order.order_line:
            qty = qty_of.get(line, line.drive_ordered_qty)
            line._drive_pick(qty) if qty else line._drive_short(0, "missing")
        if any(order.order_line.mapped("drive_prepared_qty")):
            order._drive_add_crate("ambient", 1)._drive_place(self.shelf)
        order._drive_finish_preparation()
        start = order.drive_slot_id.start
        order.write(
            {
                "drive_begun_at": start - timedelta(minutes=begun),
                "drive_ready_at": start - timedelta(minutes=ready),
            }
        )

    def make_day(self):
        """A batch of two baskets, three lines: begun two hours before the slot, its last
        basket half an hour after the slot began; the apples were missing."""
        self.make_ready(self.order, {self.apples_line: 0}, 120, 60)
        self.make_ready(self.other, {}, 110, -30)
        crates = self.env["drive.crate"]
        now = fields.Datetime.now()
        for order, storage, minutes in (
            (self.order, "chilled", 4),
            (self.other, "frozen", 10),
            (self.order, "ambient", 90),
        ):
            crates.create(
                {
                    "order_id": order.id,
                    "name": f"{storage}-9",
                    "storage_class": storage,
                    "packed_at": now,
                    "placed_at": now + timedelta(minutes=minutes),
                }
            )
        # One that stands nowhere yet has no time.
        crates.create({"order_id": self.order.id, "name": "X-10", "storage_class": "chilled"})

    def test_of_a_batch(self):
        self.make_day()
        [(batch, numbers)] = self.of("batch_id")
        self.assertEqual(batch, self.batch)
        self.assertNumbers(
            numbers,
            orders=2,
            lines=3,
            hours=2.5,
            lines_per_hour=3 / 2.5,
            first_time_rate=100 * 2 / 3,
            shortage_rate=100 / 3,
            on_time_rate=50,
            cold_time=7,
        )

    def test_each_basket_has_its_part_of_the_hours(self):
        self.make_day()
        rows = {row.id: row for row in self.numbers_model.search([("point_id", "=", self.point.id)])}
        self.assertAlmostEqual(rows[self.order.id].hours, 2.5 * 2 / 3, 3)
        self.assertAlmostEqual(rows[self.other.id].hours, 2.5 / 3, 3)

    def test_by_week_lines_weigh_and_not_baskets(self):
        """A basket of two lines counts twice as much as one of one line."""
        self.make_day()
        third = self.one_more({self.bread: 1})
        self.make_ready(third, {}, 30, 10)
        weeks = self.of("window_start:week")
        self.assertEqual(sum(numbers["orders"] for _week, numbers in weeks), 3)
        [(numbers,)] = self.of()
        self.assertNumbers(numbers, lines=4, first_time_rate=75, shortage_rate=25, on_time_rate=100 * 2 / 3)

    def test_a_substitute_is_no_first_time_pick(self):
        self.make_day()
        line = self.other_line.copy({"order_id": self.other.id, "drive_substitute_of_id": self.other_line.id})
        line.write({"drive_picked": True, "drive_prepared_qty": 1})
        [(numbers,)] = self.of()
        self.assertNumbers(numbers, lines=3, first_time_rate=100 / 3)

    def test_what_counts_is_the_first_time(self):
        """Corrections change neither when it was ready, nor who began when."""
        self.prepare()
        ready, begun = self.order.drive_ready_at, self.order.drive_begun_at
        self.assertTrue(begun and ready and begun <= ready)
        self.order.write({"drive_ready_at": ready - timedelta(hours=1), "drive_begun_at": begun - timedelta(hours=2)})
        before = self.order.drive_ready_at, self.order.drive_begun_at
        self.does("reopen", order=self.order.id)
        self.does("finish", order=self.order.id)
        self.assertEqual((self.order.drive_ready_at, self.order.drive_begun_at), before)

    def test_a_crate_that_is_moved_was_in_the_cold_before(self):
        self.start()
        self.place_one_crate()
        crate = self.order.drive_crate_ids
        crate.placed_at = placed = crate.packed_at + timedelta(minutes=3)
        other = self.env["drive.place"].create({"name": "A4", "point_id": self.point.id})
        self.does("place", crate=crate.id, place=other.id)
        self.assertEqual((crate.place_id, crate.placed_at), (other, placed))

    def test_a_basket_that_nobody_came_for_counts(self):
        """It leaves its batch when it is put back, and was prepared with it all the same."""
        self.make_day()
        self.order._drive_leave_batch()
        self.assertFalse(self.order.drive_batch_id)
        [(batch, numbers)] = self.of("batch_id")
        self.assertEqual(batch, self.batch)
        self.assertNumbers(numbers, orders=2, hours=2.5)

    def test_what_is_not_ready_has_no_numbers(self):
        self.start()
        self.assertFalse(self.of("batch_id"))

    def test_without_anything_to_divide_by(self):
        """All missing, no cold crate, begun before there were numbers: no error."""
        self.make_ready(self.other, {self.other_line: 0}, 10, 10)
        self.other.drive_begun_at = False
        [(numbers,)] = self.of()
        self.assertNumbers(numbers, lines=1, first_time_rate=0, shortage_rate=100, hours=0)
        self.assertFalse(numbers["lines_per_hour"])
        self.assertFalse(numbers["cold_time"])
        self.assertFalse(numbers["cold_late_rate"])

    def test_nobody_is_named(self):
        """No column leads to a person, nor to an order of one."""
        own = {"res.partner", "res.users", "sale.order"}
        people = [
            name
            for name, field in self.numbers_model._fields.items()
            if field.comodel_name in own and name not in ("create_uid", "write_uid")
        ]
        self.assertEqual(people, [])

    def test_each_number_has_its_definition(self):
        for measure in MEASURES:
            self.assertTrue(self.numbers_model._fields[measure.split(":")[0]].help, measure)

    def test_for_managers_of_the_company(self):
        self.make_day()
        mine = self.numbers_model.with_user(self.manager)
        self.assertTrue(mine.search([("point_id", "=", self.point.id)]))
        with self.assertRaises(AccessError):
            self.numbers_model.with_user(self.volunteer).search([])
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(mine.search([("point_id", "=", self.point.id)]))
