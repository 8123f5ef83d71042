from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..models.drive_slot_fill import GREEN, GREY, ORANGE, RED
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestFill(DriveCommon):
    """How full slots and half-days are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Of one day on the point's clock, at whatever hour this runs.
        soon = fields.Datetime.now()
        begin = next(
            hours
            for hours in (30, 32)
            if cls.point._drive_date(soon + timedelta(hours=hours))
            == cls.point._drive_date(soon + timedelta(hours=hours + 1.5))
        )
        cls.small = cls._create_slot(begin, capacity=1)
        cls.large = cls._create_slot(begin + 1, capacity=9)
        cls.large.window_start = cls.small.window_start
        cls.slots = cls.small | cls.large
        cls.first = cls._create_confirmed({cls.bread: 1, cls.apples: 2}, cls.small)
        cls._create_held({cls.bread: 1}, cls.large, cls._create_member("Only holds"))

    def _groups(self):
        return self.env["drive.slot"]._read_group(
            [("id", "in", self.slots.ids)],
            ["point_id"],
            ["booked_orders:sum", "ordered_lines:sum", "capacity:sum", "fill:avg"],
        )

    def test_one_slot(self):
        self.assertEqual([self.small.booked_orders, self.small.ordered_lines, self.small.fill], [1, 2, 100])
        # A place that is held is no order.
        self.assertEqual([self.large.booked_orders, self.large.ordered_lines, self.large.fill], [0, 0, 0])

    def test_in_words_and_colours(self):
        """What a card of the board and a bar of the calendar say at a glance."""
        said = (self.small + self.large).with_context(lang="en_US")

        def told():
            return [(slot.fill_label, slot.fill_color) for slot in said]

        self.assertEqual(told(), [("1/1 · 2 lines", RED), ("0/9 · 1 kept", GREEN)])
        offered = self.large.booking_ids.filtered(lambda booking: booking.state == "held")
        offered.state = "offered"
        self.assertEqual(told()[1][0], "0/9 · 1 kept", "so is a place offered to who waits")
        offered.state = "held"
        self.large.line_capacity = 4
        three = {self._create_product(f"Fruit {number}", 1.0, stock=5): 1 for number in range(3)}
        self._create_confirmed(three, self.large, self._create_member("Three lines"))
        self.assertEqual(told()[1], ("1/9 · 3/4 lines · 1 kept", ORANGE))
        self.large.line_capacity = 3
        self.assertEqual(told()[1][1], RED, "no line is left, whatever the places")
        self.large.closed = True
        self.assertEqual(told()[1], ("1/9 · 3/3 lines", GREY))
        self.large.write({"closed": False, "capacity": 0})
        self.assertEqual(told()[1][1], RED)

    def test_past_its_cut_off_is_no_closure(self):
        """A manager who reads "closed" looks for who closed it."""
        point = self.point

        def told(slot):
            slot = slot.with_context(lang="en_US")
            shown = dict(slot._fields["board_state"]._description_selection(slot.env))
            return slot.state, shown[slot.board_state], slot.fill_color

        self.assertEqual(told(self.large), ("open", "Open", GREEN))
        point.cutoff_minutes = 60 * 40
        self.assertEqual(told(self.large), ("closed", "Past cut-off", GREY))
        self.assertEqual(told(self.small), ("closed", "Past cut-off", GREY))
        self.large.closed = True
        self.assertEqual(told(self.large), ("closed", "Closed", GREY))
        point.cutoff_minutes = 0
        self.assertEqual(told(self.large), ("closed", "Closed", GREY))
        self.assertEqual(told(self.small), ("full", "Full", RED))
        self.large.write({"closed": False, "start": fields.Datetime.now(), "window_start": fields.Datetime.now()})
        self.assertEqual(told(self.large)[:2], ("past", "Past"))

    def test_the_boards_say_it(self):
        """Each view of slots shows the word, and a filter finds them."""
        for kind in ("list", "form", "kanban", "calendar"):
            arch = self.env["drive.slot"].get_view(self.env.ref(f"cafoutch_drive.drive_slot_view_{kind}").id, kind)
            self.assertIn('name="board_state"', arch["arch"], kind)
        self.point.cutoff_minutes = 60 * 40
        self.large.closed = True
        slots = self.env["drive.slot"]
        here = [("id", "in", self.slots.ids)]
        self.assertEqual(slots.search([*here, ("board_state", "=", "cutoff")]), self.small)
        self.assertEqual(slots.search([*here, ("board_state", "=", "closed")]), self.large)
        self.assertEqual(slots.search([*here, ("board_state", "not in", ["cutoff"])]), self.large)

    def test_of_several_slots_it_is_orders_in_places(self):
        """One full slot of one place and one empty of nine: a tenth, not a half."""
        self.assertEqual(self._groups(), [(self.point, 1, 2, 10, 10.0)])

    def test_a_closed_slot_has_no_places_to_fill(self):
        self.large.closed = True
        self.assertEqual(self._groups(), [(self.point, 1, 2, 10, 100.0)])
        self.assertEqual(self.large.fill, 0)

    def test_the_hand_over_changes_nothing_and_a_cancellation_does(self):
        self.first.drive_booking_id._use()
        self.assertEqual(self._groups(), [(self.point, 1, 2, 10, 10.0)])
        self.first.drive_booking_id.state = "released"
        self.assertEqual(self._groups(), [(self.point, 0, 0, 10, 0.0)])

    def test_no_places_at_all(self):
        self.first.drive_booking_id.state = "released"
        self.slots.capacity = 0
        self.assertEqual(self._groups(), [(self.point, 0, 0, 0, 0.0)])

    def test_the_screens_may_sum_them(self):
        described = self.env["drive.slot"].fields_get(["booked_orders", "ordered_lines", "fill"], ["aggregator"])
        self.assertEqual(
            {name: field.get("aggregator") for name, field in described.items()},
            {"booked_orders": "sum", "ordered_lines": "sum", "fill": "avg"},
        )

    def test_a_half_day_in_orders_lines_kilos_and_cold_crates(self):
        self.bread.write({"weight": 0.5, "drive_storage_class": "chilled"})
        milk = self._create_product("Glace", 3.0, stock=10, drive_storage_class="frozen", weight=0.25)
        self._create_confirmed({self.bread: 2, milk: 2}, self.large, self._create_member("Second"))
        manager = new_test_user(self.env, "fill_manager", groups="cafoutch_drive.group_manager")
        day = fields.Date.to_string(self.point._drive_date(self.small.start))
        data = self.env["drive.point"].with_user(manager).drive_day(day, self.point.id)
        [window] = [window for window in data["windows"] if window["id"] == self.small.id]
        # Bread 0.5 kg and 2 kg of apples; 2 x 0.5 kg and 2 x 0.25 kg.
        numbers = {
            name: window[name] for name in ("orders", "capacity", "lines", "line_capacity", "kilos", "cold_crates")
        }
        self.assertEqual(
            numbers,
            {"orders": 2, "capacity": 10, "lines": 4, "line_capacity": 0, "kilos": 4.0, "cold_crates": 3},
        )
        self.slots.line_capacity = 30
        window = self.env["drive.point"].drive_day(day, self.point.id)["windows"]
        self.assertIn(60, [one["line_capacity"] for one in window])
