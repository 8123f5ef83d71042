"""What preparers did is done once, in its order, and nothing of others is overwritten."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..tools.refusal import DriveRefused
from .batch_common import BatchCommon
from .test_preparation_guards import NOT_IDS, NOT_NUMBERS


@tagged("post_install", "-at_install")
class TestTicks(BatchCommon):
    # === ONCE === #

    def test_a_batch_from_beginning_to_end(self):
        self.does("begin")
        self.does("take", line=self.bread_line.id, qty=2)
        self.does("take", line=self.apples_line.id, qty="1,08")
        self.does("short", line=self.other_line.id, qty=0, reason="missing")
        self.assertStock(self.apples, 20, 1.08)
        self.assertStock(self.bread, 10, 2)
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        answer = self.does("place", order=self.order.id, number=1, place=self.shelf.id)
        [basket] = answer["baskets"]
        self.assertEqual(basket["crates"][0]["place"], self.shelf.id)
        answer = self.does("finish", order=self.order.id)
        self.assertEqual(answer["baskets"][0]["state"], "ready")
        self.does("finish", order=self.other.id)
        self.assertEqual((self.order | self.other).mapped("drive_state"), ["ready", "ready"])
        self.assertTrue(self.order.drive_told_at)
        self.does("reopen", order=self.order.id)
        self.does("undo", line=self.bread_line.id)
        self.assertFalse(self.bread_line.drive_picked)

    def test_sent_again_it_answers_as_the_first_time(self):
        ops = [
            self.op("begin"),
            self.op("take", line=self.bread_line.id, qty=2),
            self.op("take", line=self.apples_line.id, qty=1.5),
            self.op("take", line=self.other_line.id, qty=7),
            self.op("crate", order=self.order.id, storage_class="chilled"),
        ]
        first = self.apply(*ops)
        self.assertEqual(list(self.outcomes(first).values()), ["done", "done", "done", "refused", "ask"])
        self.does("undo", line=self.bread_line.id)
        second = self.apply(*ops)
        for word in ("done", "refused", "ask", "conflict"):
            self.assertEqual(first[word], second[word])
        self.assertFalse(self.bread_line.drive_picked, "nothing was done again")
        self.assertEqual(len(self.order.drive_crate_ids), 1)
        self.assertEqual(second["expected"], 7)

    def test_sent_by_parts_that_overlap(self):
        ops = [self.op("begin")]
        ops += [self.op("crate", order=self.order.id, storage_class="ambient") for _crate in range(5)]
        for part in (ops[:3], ops[1:4], ops[2:], ops):
            self.assertEqual(set(self.outcomes(self.apply(*part)).values()), {"done"})
        self.assertEqual(len(self.order.drive_crate_ids), 5)

    def test_what_comes_too_early_waits(self):
        begin, take, undo = (
            self.op("begin"),
            self.op("take", line=self.bread_line.id, qty=2),
            self.op("undo", line=self.bread_line.id),
        )
        answer = self.apply(begin, undo)
        self.assertEqual((answer["done"], answer["waiting"], answer["expected"]), ([begin["uuid"]], [undo["uuid"]], 2))
        answer = self.apply(undo, take)
        self.assertEqual((answer["done"], answer["waiting"], answer["expected"]), ([take["uuid"]], [undo["uuid"]], 3))
        self.assertTrue(self.bread_line.drive_picked)
        self.apply(undo)
        self.assertFalse(self.bread_line.drive_picked)

    def test_a_number_is_used_once(self):
        self.does("begin")
        lost = self.op("take", no=1, uuid="another", line=self.bread_line.id, qty=2)
        self.assertEqual(self.outcomes(self.apply(lost)), {"another": "refused"})
        self.assertFalse(self.bread_line.drive_picked)
        begin = self.op("begin", "tablet", uuid="phone-1")
        self.assertEqual(self.outcomes(self.apply(begin, device="tablet")), {"phone-1": "done"}, "known already")
        self.assertEqual(self.env["drive.preparation.tick"].search_count([("uuid", "=", "phone-1")]), 1)

    def test_one_that_is_refused_keeps_no_other_back(self):
        self.does("begin")
        ops = [
            self.op("take", line=self.bread_line.id, qty=0),
            self.op("take", line=self.apples_line.id, qty=900),
            self.op("take", line=self.other_line.id, qty=1),
        ]
        self.assertEqual(list(self.outcomes(self.apply(*ops)).values()), ["done", "refused", "refused"])
        self.assertEqual(self.other_line.drive_prepared_qty, 1)
        self.assertStock(self.bread, 10, 3)

    def test_a_refusal_changes_nothing(self):
        self.does("begin")
        write = type(self.bread_line)._drive_write_prepared

        def write_and_refuse(line, qty, reason=False):
            write(line, qty, reason)
            raise DriveRefused("test", "No.")

        with patch.object(type(self.bread_line), "_drive_write_prepared", write_and_refuse):
            self.assertEqual(self.told("refused", "take", line=self.bread_line.id, qty=2), "No.")
        self.assertFalse(self.bread_line.drive_picked)
        self.assertFalse(self.moves(self.bread_line).picked)

    def test_a_basket_that_is_being_written_is_waited_for_and_sent_again(self):
        self.does("begin")

        def busy(order):
            raise DriveRefused("busy", "Busy.")

        take = self.op("take", line=self.bread_line.id, qty=2)
        with patch.object(type(self.order), "_drive_lock_for_preparation", busy):
            answer = self.apply(take)
        self.assertEqual((answer["stopped"], answer["waiting"], answer["expected"]), ("Busy.", [take["uuid"]], 2))
        self.assertEqual(self.outcomes(self.apply(take)), {take["uuid"]: "done"})

    def test_old_ticks_go_and_the_next_number_stays(self):
        for _crate in range(2):
            self.does("begin")
        self.env.cr.execute("UPDATE drive_preparation_tick SET create_date = create_date - interval '31 days'")
        self.does("begin", "tablet")
        ticks = self.env["drive.preparation.tick"]
        ticks._gc_ticks()
        self.assertEqual(sorted(ticks.search([]).mapped("uuid")), ["phone-2", "tablet-1"])
        self.assertEqual(self.does("begin")["expected"], 4)

    # === BY TWO === #

    def test_what_another_one_noted_is_told_and_stays(self):
        self.does("begin")
        self.does("take", "tablet", line=self.apples_line.id, qty=1.02)
        self.assertIn("1.02", self.told("conflict", "take", line=self.apples_line.id, qty=0.98))
        self.told("conflict", "short", line=self.apples_line.id, qty=0, reason="missing")
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.02)
        self.does("take", line=self.apples_line.id, qty=1.02)

    def test_ready_or_cancelled_meanwhile(self):
        self.does("begin")
        self.does("take", line=self.other_line.id, qty=1)
        self.other._action_cancel()
        self.assertIn("cancelled", self.told("conflict", "undo", line=self.other_line.id))
        self.told("conflict", "crate", order=self.other.id, storage_class="ambient")
        for line in self.order.order_line:
            self.does("short", line=line.id, qty=0, reason="missing")
        self.does("finish", "tablet", order=self.order.id)
        self.told("conflict", "undo", line=self.bread_line.id)
        self.assertStock(self.bread, 10, 0)

    def test_goods_of_a_cancelled_basket_go_back(self):
        self.does("begin")
        self.does("take", line=self.bread_line.id, qty=2)
        self.does("short", line=self.apples_line.id, qty=0, reason="missing")
        self.assertIn("awaited", self.told("refused", "back", order=self.order.id))
        self.assertEqual(self.phone.board()["back"], [])
        self.order._action_cancel()
        [row] = self.phone.open(self.batch.id)["back"]
        self.assertEqual((row["id"], row["letter"], row["name"]), (self.order.id, "A", "Camille D."))
        self.assertEqual([(goods["name"], goods["text"]) for goods in row["goods"]], [("Miche", "2")])
        self.assertEqual(self.phone.since(self.batch.id, 1)["back"], [row])
        self.assertEqual(self.phone.board()["back"], [row])
        self.assertEqual([basket["id"] for basket in self.phone.open(self.batch.id)["baskets"]], [self.other.id])
        self.told("conflict", "take", line=self.bread_line.id, qty=2)
        self.point.batch_size = 2
        self.assertEqual(self.one_more({self.bread: 1}).drive_batch_id, self.batch, "its place is free")
        back = self.op("back", order=self.order.id)
        for _again in range(2):
            self.assertEqual(self.outcomes(self.apply(back)), {back["uuid"]: "done"})
        self.assertEqual(self.phone.board()["back"], [])
        self.assertFalse(self.order.drive_batch_id)
        self.told("conflict", "back", "tablet", order=self.order.id)

    def test_changed_meanwhile(self):
        self.does("begin")
        seen = self.bread_line._drive_wanted_qty()
        self.bread_line.drive_ordered_qty = 3
        self.bread_line.product_uom_qty = 3
        sentence = self.told("conflict", "take", line=self.bread_line.id, qty=2, wanted=seen)
        self.assertIn("3", sentence)
        self.does("take", line=self.bread_line.id, qty=3, wanted=3)

    def test_prepared_with_another_batch_meanwhile(self):
        self.does("begin")
        self.point.batch_size = 1
        late = self.one_more({self.bread: 1})
        self.assertNotEqual(late.drive_batch_id, self.batch)
        self.other._drive_move_to_batch(late.drive_batch_id)
        self.assertIn(self.other.drive_pickup_code, self.told("conflict", "take", line=self.other_line.id, qty=1))
        self.told("conflict", "take", line=late.order_line.id, qty=1)
        self.assertFalse(self.other_line.drive_picked)

    def test_a_line_that_is_gone(self):
        self.does("begin")
        line_id = self.bread_line.id
        self.bread_line.product_uom_qty = 0
        self.bread_line.drive_ordered_qty = 0
        self.told("conflict", "take", line=line_id, qty=2)

    def test_two_crates_with_one_number(self):
        self.does("begin")
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        self.does("crate", "tablet", order=self.order.id, storage_class="ambient", number=1)
        self.told("conflict", "crate", "tablet", order=self.order.id, storage_class="chilled", number=1)
        self.assertEqual(self.order.drive_crate_ids.mapped("storage_class"), ["ambient"])

    # === BEGINNING === #

    def test_begin_asks_while_members_may_change(self):
        self.point.cutoff_minutes = 60
        self.assertIn("?", self.told("ask", "begin"))
        self.assertEqual(self.order.drive_state, "confirmed")
        self.told("ask", "begin", order=self.order.id)
        self.does("begin", order=self.order.id, sure=True)
        self.assertEqual((self.order | self.other).mapped("drive_state"), ["preparing", "confirmed"])
        self.does("begin", sure=True)
        self.assertEqual(self.other.drive_state, "preparing")

    def test_nothing_is_noted_before(self):
        self.assertIn("Begin", self.told("refused", "take", line=self.bread_line.id, qty=2))

    def test_a_basket_with_nothing_left_in_it(self):
        empty = self.one_more({self.bread: 1})
        self.does("begin")
        empty.order_line.with_context(skip_procurement=True).write({"product_uom_qty": 0, "drive_ordered_qty": 0})
        [basket] = [row for row in self.phone.open(self.batch.id)["baskets"] if row["id"] == empty.id]
        self.assertEqual(basket["state"], "preparing")
        self.does("finish", order=empty.id)
        self.assertEqual(empty.drive_state, "ready")

    # === BAD INPUT === #

    def test_bad_quantities(self):
        self.does("begin")
        for line in (self.bread_line, self.apples_line):
            for bad in (*NOT_NUMBERS, 0, 9999, 1e12):
                self.told("refused", "take", line=line.id, qty=bad)
            for bad in NOT_NUMBERS:
                self.told("refused", "short", line=line.id, qty=bad, reason="missing")
        self.assertIn("0.9", self.told("refused", "take", line=self.apples_line.id, qty=900))
        self.told("refused", "short", line=self.bread_line.id, qty=0, reason="because")
        self.assertIn("1.5", self.told("ask", "take", line=self.apples_line.id, qty="1,5"))
        self.does("take", line=self.apples_line.id, qty="1,5", sure=True)
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.5)

    def test_crates_and_places(self):
        self.does("begin")
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        crate = self.order.drive_crate_ids
        self.assertIn("Fridge 2", self.told("refused", "place", crate=crate.id, place=self.fridge.id))
        self.told("conflict", "place", order=self.order.id, number=7, place=self.shelf.id)
        for bad in NOT_IDS:
            self.told("conflict", "place", crate=crate.id, place=bad)
            self.told("refused", "crate", order=self.order.id, storage_class=bad)
        self.assertFalse(crate.place_id)
        self.does("place", crate=crate.id, place=self.shelf.id)
        self.does("remove", order=self.order.id, number=1)
        self.assertFalse(self.order.drive_crate_ids)

    def test_bad_ids(self):
        basket = self._create_basket({self.bread: 1}, self._create_member("Other"))
        quotation = self.env["sale.order"].create(
            {"partner_id": self.member.id, "order_line": [Command.create({"product_id": self.bread.id})]}
        )
        self.does("begin")
        for bad in (*NOT_IDS[1:], basket.id, quotation.id):
            for kind in ("begin", "finish", "reopen", "crate"):
                self.told("conflict", kind, order=bad)
        for bad in (*NOT_IDS, basket.order_line.id, quotation.order_line.id):
            for kind in ("take", "short", "undo"):
                self.told("conflict", kind, line=bad)
        for bad in NOT_IDS[1:]:
            self.told("conflict", "remove", crate=bad)

    def test_what_nobody_understands(self):
        good = self.op("begin")
        for bad in (
            None,
            "op",
            [],
            {},
            {**good, "uuid": None},
            {**good, "uuid": ""},
            {**good, "uuid": "x" * 65},
            {**good, "uuid": "a\0b"},
            {**good, "uuid": "\ud83d"},
            {**good, "no": 0},
            {**good, "no": -1},
            {**good, "no": "1"},
            {**good, "no": 2**40},
            {**good, "kind": "_op_begin"},
            {**good, "kind": None},
            {**good, "kind": []},
            {**good, "args": []},
        ):
            answer = self.apply(bad)
            self.assertEqual((len(answer["refused"]), answer["expected"]), (1, 1), bad)
        for bad in (None, {}, "abc", [good] * 201):
            self.assertTrue(self.phone.apply(self.batch.id, "phone", bad)["stopped"])
        self.assertEqual(self.order.drive_state, "confirmed")
        self.assertEqual(self.outcomes(self.apply(good)), {good["uuid"]: "done"})

    # === ON A SHARED TABLET === #

    def test_nothing_before_it_is_known_who_is_at_work(self):
        self.volunteer.drive_is_shared = True
        begin = self.op("begin")
        answer = self.apply(begin)
        self.assertTrue(answer["who"] and answer["stopped"])
        self.assertEqual(answer["done"], [])
        self.assertEqual(self.order.drive_state, "confirmed")

    # === WHAT IT COSTS === #

    def test_a_tick_costs_the_same_in_a_larger_batch(self):
        counts = []
        self.point.batch_size = 50
        for orders in (1, 6):
            for number in range(orders):
                products = {
                    self._create_product(f"Article {orders} {number} {line}", 1, stock=9): 1 for line in range(5)
                }
                order = self.one_more(products)
            self.does("begin", sure=True)
            line, other = order.order_line[:2]
            self.does("take", line=other.id, qty=1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.does("take", line=line.id, qty=1, version=self.phone.open(self.batch.id)["version"])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
