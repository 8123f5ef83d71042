"""How long chilled and frozen goods are out of the cold: the clock, the alarm, the log."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .batch_common import BatchCommon

NOT_AGES = (None, False, -5, "abc", [], {}, 10**12, float("nan"))


@tagged("post_install", "-at_install")
class TestCold(BatchCommon):
    """An order of cheese, a pizza and bread, in a batch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheese = cls._create_product("Comté", 5, stock=9, drive_storage_class="chilled")
        cls.yoghurt = cls._create_product("Yoghurt", 2, stock=9, drive_storage_class="chilled")
        cls.pizza = cls._create_product("Pizza", 6, stock=9, drive_storage_class="frozen")
        cls.freezer = cls.env["drive.place"].create(
            {"name": "Freezer", "point_id": cls.point.id, "storage_class": "frozen"}
        )
        cls.manager = new_test_user(cls.env, login="cold_manager", groups="cafoutch_drive.group_manager")

    def setUp(self):
        super().setUp()
        self.cold = self.one_more({self.cheese: 1, self.yoghurt: 1, self.pizza: 1, self.bread: 1})
        self.cheese_line, self.yoghurt_line, self.pizza_line, self.bread_line = self.cold.order_line
        self.does("begin", sure=True)

    def op(self, kind, *arguments, ago=None, **args):
        op = super().op(kind, *arguments, **args)
        return op if ago is None else {**op, "ago": ago}

    def take(self, line, minutes=0):
        self.does("take", line=line.id, qty=1, ago=minutes * 60)

    def put_away(self, storage, place, minutes=0, number=1):
        self.does("crate", order=self.cold.id, storage_class=storage, number=number, ago=minutes * 60)
        self.does("place", order=self.cold.id, number=number, place=place.id, ago=minutes * 60)

    def out(self):
        return self.cold._drive_out_of_cold()

    def assertMinutes(self, log, **expected):
        self.assertEqual({storage: round(minutes) for storage, minutes in log.items()}, expected)

    def attention(self):
        """On today's page, whichever day the basket is collected."""
        points = self.env["drive.point"].with_user(self.manager).with_context(lang="en_US")
        found = points.drive_day(None, self.point.id)
        return [row for row in found["attention"] if "cold" in row["text"]]

    # === THE CLOCK === #

    def test_it_runs_from_the_first_that_is_taken(self):
        self.assertEqual(self.out(), {})
        self.take(self.bread_line, 50)
        self.assertEqual(self.out(), {}, "bread needs no cold")
        self.take(self.cheese_line, 20)
        self.take(self.yoghurt_line, 10)
        self.take(self.pizza_line, 5)
        now = fields.Datetime.now()
        since = {storage: round((now - moment).total_seconds() / 60) for storage, moment in self.out().items()}
        self.assertEqual(since, {"chilled": 20, "frozen": 5})
        self.assertEqual(self.cold._drive_cold_log(), {})

    def test_it_stops_with_the_last_crate_of_its_class(self):
        self.take(self.cheese_line, 20)
        self.take(self.pizza_line, 20)
        self.put_away("chilled", self.fridge, 12)
        self.assertEqual(list(self.out()), ["frozen"])
        self.does("crate", order=self.cold.id, storage_class="chilled", number=2)
        self.assertEqual(list(self.out()), ["chilled", "frozen"], "a second one stands nowhere")
        self.does("place", order=self.cold.id, number=2, place=self.fridge.id, ago=6 * 60)
        self.assertMinutes(self.cold._drive_cold_log(), chilled=14)

    def test_what_is_undone_was_not_taken(self):
        self.take(self.cheese_line, 20)
        self.does("undo", line=self.cheese_line.id)
        self.assertEqual(self.out(), {})
        self.take(self.cheese_line)
        self.does("undo", line=self.cheese_line.id)
        self.does("short", line=self.cheese_line.id, qty=0, reason="missing")
        self.assertFalse(self.cheese_line.drive_picked_at)

    def test_a_cancelled_order_has_no_clock(self):
        self.take(self.cheese_line, 60)
        self.cold._action_cancel()
        self.assertEqual(self.out(), {})
        self.assertEqual(self.cold._drive_cold_log(), {})
        self.assertEqual(self.attention(), [])

    def test_a_crate_that_is_moved_was_in_the_cold_before(self):
        self.take(self.cheese_line, 20)
        self.put_away("chilled", self.fridge, 10)
        other = self.fridge.copy({"name": "Fridge 3"})
        self.does("place", order=self.cold.id, number=1, place=other.id)
        self.assertEqual(self.out(), {})
        self.assertMinutes(self.cold._drive_cold_log(), chilled=10)

    def finish(self):
        for line in self.cold.order_line.filtered(lambda line: not line.drive_picked):
            self.does("short", line=line.id, qty=0, reason="missing")
        self.does("finish", order=self.cold.id)

    def test_without_a_crate_of_its_class_it_is_out_until_ready(self):
        self.take(self.cheese_line, 20)
        self.put_away("ambient", self.shelf, 10)
        self.assertEqual(list(self.out()), ["chilled"])
        self.finish()
        self.assertEqual(self.out(), {})
        self.assertMinutes(self.cold._drive_cold_log(), chilled=20)

    def test_a_correction_has_a_clock_of_its_own(self):
        """Hours later a forgotten yoghurt is added: what stood in the fridge was not out."""
        self.take(self.cheese_line, 20)
        self.put_away("chilled", self.fridge, 10)
        self.finish()
        hours_ago = fields.Datetime.now() - timedelta(hours=5)
        self.cold.drive_ready_at = hours_ago
        self.cheese_line.drive_picked_at = hours_ago - timedelta(minutes=10)
        self.cold.drive_crate_ids.placed_at = hours_ago - timedelta(minutes=5)
        self.does("reopen", order=self.cold.id)
        self.does("undo", line=self.yoghurt_line.id)
        self.take(self.yoghurt_line, 3)
        self.does("crate", order=self.cold.id, storage_class="chilled", number=2)
        since = fields.Datetime.now() - self.out()["chilled"]
        self.assertEqual(round(since.total_seconds() / 60), 3)
        self.does("place", order=self.cold.id, number=2, place=self.fridge.id)
        self.assertEqual(self.out(), {})
        self.assertMinutes(self.cold._drive_cold_log(), chilled=5)

    def test_what_a_screen_could_not_send_was_done_before(self):
        """A network that was cut for ten minutes makes nothing look fresher."""
        before = fields.Datetime.now()
        self.does("take", line=self.cheese_line.id, qty=1, ago=600)
        self.assertLessEqual(self.cheese_line.drive_picked_at, before - timedelta(seconds=599))
        self.does("crate", order=self.cold.id, storage_class="chilled", number=1, ago=300)
        self.assertLessEqual(self.cold.drive_crate_ids.packed_at, before - timedelta(seconds=299))

    def test_an_age_that_makes_no_sense_is_none(self):
        for bad in NOT_AGES:
            before = fields.Datetime.now()
            self.does("take", line=self.cheese_line.id, qty=1, ago=bad)
            self.assertGreaterEqual(self.cheese_line.drive_picked_at, before, bad)
            self.does("undo", line=self.cheese_line.id)
        screen = self.phone.with_context(drive_ago="yesterday")
        screen.apply(self.batch.id, "phone", [self.op("take", line=self.cheese_line.id, qty=1)])
        self.assertTrue(self.cheese_line.drive_picked_at)

    # === WHAT SCREENS GET === #

    def test_a_batch_counts_by_itself(self):
        """With the moments, the shop's clock and its rule a screen needs no network."""
        answer = self.phone.open(self.batch.id)
        self.assertEqual(answer["cold"], {"warn": 20, "limit": 25})
        self.does("take", line=self.cheese_line.id, qty=1, ago=600)
        answer = self.phone.since(self.batch.id, answer["version"])
        cell = next(cell for cell in answer["cells"] if cell["line"] == self.cheese_line.id)
        self.assertAlmostEqual((answer["now"] - cell["picked_at"]) / 1000, 600, delta=5)

    def board_row(self):
        [row] = [
            row for window in self.board() for row in window["batches"] if row["id"] == self.cold.drive_batch_id.id
        ]
        return row

    def test_the_board(self):
        self.assertFalse(self.board_row()["cold"])
        self.take(self.cheese_line, 12)
        now = self.phone.board()["now"]
        self.assertAlmostEqual((now - self.board_row()["cold"]["since"]) / 60000, 12, delta=0.1)
        self.put_away("chilled", self.fridge)
        self.assertFalse(self.board_row()["cold"])

    def test_the_managers_day(self):
        self.take(self.cheese_line, 40)
        self.take(self.pizza_line, 24)
        [row] = self.attention()
        self.assertEqual(row["order_ids"], self.cold.ids)
        code = self.cold.drive_pickup_code
        self.assertEqual(row["details"], [f"{code} · Chilled: 40 min out of the cold, and not put away yet"])
        self.put_away("chilled", self.fridge, 10)
        self.assertEqual(self.attention()[0]["details"], [f"{code} · Chilled: 30 min out of the cold"])
        self.assertIn("Chilled: 30 min", self.cold.with_context(lang="en_US").drive_cold_text)
        self.point.cold_minutes = 31
        self.assertEqual(self.attention(), [])

    # === THE SETTING === #

    def test_zero_switches_it_off(self):
        self.point.cold_minutes = 0
        self.take(self.cheese_line, 100)
        self.assertFalse(self.phone.open(self.batch.id)["cold"])
        self.assertFalse(self.board_row()["cold"])
        self.assertEqual(self.attention(), [])

    def test_a_short_limit_warns_half_way(self):
        self.point.cold_minutes = 4
        self.assertEqual(self.point._drive_cold_rule(), {"warn": 2, "limit": 4})

    # === THE NUMBERS === #

    def test_numbers_say_what_the_log_says(self):
        self.take(self.cheese_line, 40)
        self.take(self.pizza_line, 20)
        self.put_away("chilled", self.fridge, 10)
        self.put_away("frozen", self.freezer, 10, number=2)
        self.finish()
        self.assertMinutes(self.cold._drive_cold_log(), chilled=30, frozen=10)
        numbers = self.env["drive.numbers"]
        mine = [("id", "=", self.cold.id)]
        measures = ["cold_goods:sum", "cold_late:sum", "cold_late_rate:avg"]
        self.assertEqual(numbers._read_group(mine, [], measures), [(2, 1, 50.0)])
        self.point.cold_minutes = 0
        self.env.invalidate_all()
        self.assertEqual(numbers._read_group(mine, [], measures), [(2, 0, 0.0)])
