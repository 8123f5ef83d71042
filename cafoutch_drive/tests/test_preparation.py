from odoo.tests import tagged

from .preparation_common import PreparationCommon


@tagged("post_install", "-at_install")
class TestPreparation(PreparationCommon):
    # === THE WAY TO READY === #

    def test_start(self):
        # Its member may still change the order.
        self.told("ask", "begin", order=self.order.id)
        self.assertEqual(self.order.drive_state, "confirmed")
        self.does("begin", order=self.order.id, sure=True)
        self.assertEqual(self.order.drive_state, "preparing")
        self.assertFalse(self.order._drive_may_change())
        batch = self.order.picking_ids.batch_id
        self.assertTrue(batch.is_drive)
        self.assertEqual(batch.state, "in_progress")
        self.does("begin", order=self.order.id)
        self.assertEqual(self.order.drive_state, "preparing")

    def test_start_after_cutoff_does_not_ask(self):
        self.point.cutoff_minutes = 27 * 60
        self.does("begin", order=self.order.id)
        self.assertEqual(self.order.drive_state, "preparing")

    def test_stock_after_each_step(self):
        self.assertStock(self.apples, 20, 1)
        self.start()
        self.assertStock(self.apples, 20, 1)
        self.does("take", line=self.apples_line.id, qty=1.08)
        self.assertStock(self.apples, 20, 1.08)
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.08)
        self.does("short", line=self.bread_line.id, qty=1, reason="missing")
        self.assertStock(self.bread, 10, 1)
        self.place_one_crate()
        self.does("finish", order=self.order.id)
        self.assertEqual(self.order.drive_state, "ready")
        self.assertStock(self.apples, 20, 1.08)
        self.assertStock(self.bread, 10, 1)
        move = self.moves(self.apples_line)
        self.assertEqual(len(move), 1, "no second move beside the picked one")
        self.assertEqual((move.product_uom_qty, move.quantity), (1.08, 1.08))
        self.assertEqual(self.order.picking_ids.filtered("backorder_id").ids, [])
        self.assertEqual(len(self.order.picking_ids), 1)
        self.assertNotIn("done", self.order.picking_ids.mapped("state"))

    def test_less_than_reserved(self):
        self.start()
        self.does("take", line=self.apples_line.id, qty=0.92)
        self.assertStock(self.apples, 20, 0.92)

    def test_quantities_and_price_after_finish(self):
        self.prepare(apples=1.13)
        self.assertEqual(self.apples_line.product_uom_qty, 1.13)
        self.assertEqual(self.apples_line.drive_ordered_qty, 1)
        self.assertAlmostEqual(self.order.amount_total, 2 * 4.8 + 3.39, 2)
        self.assertFalse(self.order.locked)

    def test_price_kept_below_a_pricelist_threshold(self):
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.order.pricelist_id.id
                or self.env["product.pricelist"].create({"name": "Shop"}).id,
                "product_tmpl_id": self.apples.product_tmpl_id.id,
                "applied_on": "1_product",
                "compute_price": "fixed",
                "fixed_price": 2.0,
                "min_quantity": 1,
            }
        )
        pricelist = self.env["product.pricelist"].search(
            [("item_ids.product_tmpl_id", "=", self.apples.product_tmpl_id.id)]
        )
        self.member.property_product_pricelist = pricelist
        order = self._create_confirmed({self.apples: 1}, slot=self._create_slot(hours=30))
        self.assertEqual(order.order_line.price_unit, 2.0)
        order._drive_start_preparation()
        order.order_line._drive_pick(0.93)
        order._drive_add_crate("ambient")._drive_place(self.shelf)
        order._drive_finish_preparation()
        self.assertEqual(order.order_line.price_unit, 2.0)
        self.assertAlmostEqual(order.amount_total, 1.86, 2)
        order._drive_reopen_preparation()
        order._drive_finish_preparation()
        self.assertEqual(order.order_line.price_unit, 2.0)

    def test_shortage_to_zero_frees_the_goods(self):
        self.start()
        self.does("short", line=self.bread_line.id, qty=0, reason="damaged")
        self.assertStock(self.bread, 10, 0)
        # Odoo's scheduler and "check availability" leave the shortage alone.
        self.order.picking_ids.action_assign()
        self.env["stock.rule"].run_scheduler()
        self.assertStock(self.bread, 10, 0)
        self.assertEqual(self.bread_line.drive_shortage_reason, "damaged")

    def test_shortage_to_zero_at_the_end(self):
        self.prepare(bread=0)
        self.assertEqual(self.bread_line.product_uom_qty, 0)
        self.assertEqual(self.bread_line.price_total, 0)
        self.assertAlmostEqual(self.order.amount_total, 3, 2)
        self.assertStock(self.bread, 10, 0)
        self.order.picking_ids.action_assign()
        self.assertStock(self.bread, 10, 0)
        [change] = self.order._drive_changes()
        self.assertTrue(change["missing"])
        self.assertTrue(change["reason"])

    def test_nothing_found_needs_no_crate(self):
        self.prepare(bread=0, apples=0)
        self.assertEqual(self.order.drive_state, "ready")
        self.assertEqual(self.order.amount_total, 0)

    def test_undo(self):
        self.start()
        for kind, args in (("take", {"qty": 2}), ("short", {"qty": 0, "reason": "missing"})):
            self.does(kind, line=self.bread_line.id, **args)
            answer = self.does("undo", line=self.bread_line.id)
            self.assertFalse(self.cell(answer, self.bread_line)["treated"])
            self.assertFalse(self.bread_line.drive_picked)
            self.assertFalse(self.bread_line.drive_shortage_reason)
            self.assertStock(self.bread, 10, 2)
            self.assertFalse(self.moves(self.bread_line).picked)
        self.does("take", line=self.apples_line.id, qty=1.08)
        self.does("undo", line=self.apples_line.id)
        self.assertStock(self.apples, 20, 1)
        self.does("undo", line=self.apples_line.id)

    def test_more_than_reserved_with_none_free(self):
        """The weight in the crate is a fact, also when the count on the shelf was
        wrong; nothing is taken from another order's reservation."""
        self._set_stock(self.apples, -19)
        self.start()
        self.does("take", line=self.apples_line.id, qty=1.05)
        self.assertEqual(self.moves(self.apples_line).quantity, 1.05)

    def test_told_when_ready(self):
        self.prepare(apples=1.08)
        self.assertTrue(self.order.drive_told_at)
        template = self.env.ref("cafoutch_drive.mail_template_ready")
        self.assertEqual(self.order.pending_email_template_id, template)
        body = template._render_field("body_html", self.order.ids)[self.order.id]
        for text in (self.order.drive_pickup_code, "12.84", "1.08", "1.00"):
            self.assertIn(text, self.plain(body))
        self.assertEqual([row["product"] for row in self.order._drive_changes()], ["Pommes"])

    def test_reopen(self):
        self.prepare(bread=1)
        self.assertEqual(self.bread_line.product_uom_qty, 1)
        self.does("reopen", order=self.order.id)
        self.assertEqual(self.order.drive_state, "preparing")
        self.does("undo", line=self.bread_line.id)
        self.assertStock(self.bread, 10, 2)
        self.does("take", line=self.bread_line.id, qty=2)
        self.order.pending_email_template_id = False
        self.does("finish", order=self.order.id)
        self.assertEqual(self.bread_line.product_uom_qty, 2)
        self.assertAlmostEqual(self.order.amount_total, 12.6, 2)
        self.assertTrue(self.order.pending_email_template_id, "the member is told again")
        self.assertEqual(len(self.moves(self.bread_line)), 1)

    # === ASKED TWICE, OR BY TWO === #

    def test_twice_is_once(self):
        self.start()
        for _again in range(2):
            self.does("take", line=self.bread_line.id, qty=2)
            self.does("short", line=self.apples_line.id, qty=0, reason="missing")
            self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        crate = self.order.drive_crate_ids
        self.assertEqual(crate.mapped("name"), [f"{self.order.drive_pickup_code}-1"])
        for _again in range(2):
            self.does("place", crate=crate.id, place=self.shelf.id)
        told = []
        for _again in range(2):
            self.does("finish", order=self.order.id)
            told.append(self.order.drive_told_at)
        self.assertEqual(told[0], told[1])
        self.assertStock(self.bread, 10, 2)

    def test_second_preparer_is_told(self):
        self.start()
        self.does("take", line=self.apples_line.id, qty=1.02)
        self.assertIn("1.02", self.refuses("take", line=self.apples_line.id, qty=0.98))
        self.refuses("short", line=self.apples_line.id, qty=0, reason="missing")
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.02)
