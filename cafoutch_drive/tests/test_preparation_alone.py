"""One basket is prepared by itself: in its batch, of which the screen shows no other."""

from odoo.tests import tagged

from .batch_common import BatchCommon
from .preparation_common import PreparationCommon


@tagged("post_install", "-at_install")
class TestBasketAlone(PreparationCommon):
    def test_one_that_waits_joins_a_batch(self):
        self.assertFalse(self.order.drive_batch_id)
        place = self.phone.basket(self.order.id)
        batch = self.order.drive_batch_id
        self.assertTrue(batch.is_drive)
        self.assertEqual(place, {"order": self.order.id, "batch": batch.id})
        self.assertEqual(self.phone.basket(self.order.id), place)
        # Nobody has begun it: its member may still change it, and neighbours join at the cut-off.
        self.assertEqual(self.order.drive_state, "confirmed")
        self.assertTrue(self.order._drive_may_change())
        other = self._create_confirmed({self.bread: 1}, self.slot, self._create_member("Ali Ben"))
        self.point.cutoff_minutes = 27 * 60
        self.point._form_batches()
        self.assertEqual(other.drive_batch_id, batch)
        self.assertEqual(self.phone.basket(other.id)["batch"], batch.id)

    def test_one_that_a_manager_took_out_gets_another(self):
        self.start()
        batch = self.order.drive_batch_id
        self.does("take", line=self.bread_line.id, qty=2)
        batch.action_cancel()
        place = self.phone.basket(self.order.id)
        self.assertNotEqual(place["batch"], batch.id)
        cell = self.cell(self.phone.open(place["batch"]), self.bread_line)
        self.assertTrue(cell["treated"], "what was prepared of it stays")

    def test_ready_and_over(self):
        self.prepare()
        self.assertEqual(self.phone.basket(self.order.id)["batch"], self.batch.id)
        self.does("reopen", order=self.order.id)
        self.order._action_cancel()
        self.assertEqual(self.phone.basket(self.order.id)["batch"], self.batch.id, "its goods go back")
        self.does("back", order=self.order.id)
        self.assertIn("cancelled", self.phone.basket(self.order.id)["refused"])

    def test_not_in_a_batch_of_the_stock(self):
        plain = self.env["stock.picking.batch"].create({"picking_type_id": self.warehouse.out_type_id.id})
        self.order.picking_ids.batch_id = plain
        self.assertIn(plain.name, self.phone.basket(self.order.id)["refused"])
        self.assertEqual(self.order.picking_ids.batch_id, plain)


@tagged("post_install", "-at_install")
class TestBasketOfABatch(BatchCommon):
    def test_in_its_batch(self):
        self.assertEqual(self.phone.basket(self.other.id), {"order": self.other.id, "batch": self.batch.id})

    def test_only_its_articles_are_kept_from_others(self):
        """Of two at the batch the one who is at a single basket is sent to its articles alone."""
        alone = self.phone.claim(self.batch.id, "phone", None, self.other.id)
        self.assertEqual(alone["stop"], self.bread.id)
        self.assertEqual(self.tablet.claim(self.batch.id, "tablet", None, self.other.id)["stop"], False)
        self.assertEqual(self.tablet.claim(self.batch.id, "tablet")["stop"], self.apples.id)
        self.assertTrue(self.phone.claim(self.batch.id, "phone", self.apples.id, self.other.id)["refused"])
        for bad in (0, -1, "x", [], True):
            self.assertEqual(self.phone.claim(self.batch.id, "phone", None, bad)["stop"], False)

    def test_begun_alone(self):
        self.does("begin", order=self.other.id)
        self.assertEqual((self.order.drive_state, self.other.drive_state), ("confirmed", "preparing"))
