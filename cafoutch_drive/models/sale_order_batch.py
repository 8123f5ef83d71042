from odoo import fields, models
from odoo.tools import SQL

from ..tools.refusal import DriveRefused

# A batch is made of orders that still have to be prepared.
TO_PREPARE = ("confirmed", "preparing")


class SaleOrder(models.Model):
    """The batch of an order: it is prepared together with its neighbours in time.

    An order is in the batch of its delivery, whoever changes that: the job at the
    cut-off, a preparer who begins earlier, or a manager by any of Odoo's own doors.
    """

    _inherit = "sale.order"

    drive_batch_id = fields.Many2one(
        "stock.picking.batch",
        string="Preparation Batch",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # === JOINING === #

    def _drive_join_batch(self):
        """Put these orders into batches of their opening window, the earliest pickup
        first; those that are in one stay there.

        An order joins the batch with room whose pickups are nearest to its own; where
        there is none, it begins another one.
        """
        waiting = self.filtered(lambda order: not order.drive_batch_id and order._drive_pickings_to_batch())
        windows = waiting.grouped(lambda order: (order.drive_slot_id.point_id, order.drive_slot_id.window_start))
        # The same order for everybody, or two who join several points wait for each other.
        for point, start in sorted(windows, key=lambda window: (window[0].id, window[1])):
            point._drive_lock_batches()
            windows[point, start]._drive_join_window()

    def _drive_join_window(self):
        """:meth:`_drive_join_batch` for orders of one opening window, alone."""
        batches = self.env["stock.picking.batch"]._drive_of_window(self.drive_slot_id[:1])
        for order in self.sorted(lambda order: (order.drive_slot_id.start, order.id)):
            batch = batches._drive_nearest(order) or batches._drive_begin(order)
            batches |= batch
            order._drive_pickings_to_batch().batch_id = batch

    def _drive_pickings_to_batch(self):
        """The deliveries of these orders that nobody has put into any batch."""
        return self._drive_shelf_moves().picking_id.filtered(lambda picking: not picking.batch_id)

    def _drive_settle_batch(self):
        """The pickup of this order is at another time of its opening window: it goes to
        a batch whose pickups are nearer, if one has room."""
        self.ensure_one()
        if not self.drive_batch_id:
            return
        self.drive_point_id._drive_lock_batches()
        nearest = self.env["stock.picking.batch"]._drive_of_window(self.drive_slot_id)._drive_nearest(self)
        if nearest and nearest != self.drive_batch_id:
            self._drive_shelf_moves().picking_id.batch_id = nearest

    def _drive_leave_batch(self):
        """This order is not prepared with its batch any more."""
        self.picking_ids.filtered(lambda picking: picking.batch_id.is_drive).batch_id = False

    def _drive_follow_batch(self):
        """Be in the batch of the delivery, which has just changed; the screens know."""
        for order in self.filtered("is_drive"):
            batch = order._drive_shelf_moves().picking_id.batch_id.filtered("is_drive")[:1]
            if order.drive_batch_id != batch:
                if batch or not order._drive_goods_to_put_back():
                    order._drive_enter_batch(batch)
                order._drive_preparation_changed()

    def _drive_enter_batch(self, batch):
        """Be in this batch, or in none; a hook."""
        self.drive_batch_id = batch

    # === CANCELLED WHILE IT IS PREPARED === #

    def _action_cancel(self):
        """Override of `sale`: who prepares it knows at once, also where it stays with its
        batch; that it left one has been told."""
        result = super()._action_cancel()
        for order in self.sudo().filtered("drive_batch_id"):
            order._drive_preparation_changed()
        return result

    def _drive_goods_to_put_back(self):
        """The lines of this order whose goods are in crates, though its delivery is
        cancelled: until they are on the shelves again it stays with its batch."""
        self.ensure_one()
        if self._drive_shelf_moves() or self.drive_state in ("done", "no_show"):
            return self.order_line.browse()
        return self.order_line.filtered(lambda line: line.drive_picked and line.drive_prepared_qty)

    def _drive_put_back(self):
        """The goods of this cancelled order are on the shelves again; done twice, it is once.

        :raise DriveRefused: for an order that is not cancelled
        """
        self.ensure_one()
        if self.drive_state != "cancelled":
            raise DriveRefused(
                "not_cancelled",
                self.env._("Only the goods of a cancelled order are put back: this one is still awaited."),
            )
        if self.drive_batch_id:
            self._drive_enter_batch(self.drive_batch_id.browse())

    # === BY A MANAGER === #

    def _drive_move_to_batch(self, batch):
        """Put this order into another batch of its opening window; a manager may make
        one larger than orders make it by themselves.

        :raise DriveRefused: the order stays where it is
        """
        self.ensure_one()
        if batch == self.drive_batch_id:
            return
        if self.drive_state not in TO_PREPARE:
            raise DriveRefused("not_to_prepare", self.env._("Only an order that is not ready yet changes its batch."))
        self.drive_point_id._drive_lock_batches()
        if batch not in self._drive_other_batches():
            raise DriveRefused(
                "other_window",
                self.env._("Please choose a batch of the same half-day that has not left yet."),
            )
        self._drive_shelf_moves().picking_id.batch_id = batch

    def _drive_other_batches(self):
        """The batches that this order could be prepared with instead."""
        return self.env["stock.picking.batch"]._drive_of_window(self.drive_slot_id) - self.drive_batch_id

    # === LOCK === #

    def _drive_lock_free(self):
        """Lock those of these orders that nobody writes on now, and return them."""
        if not self:
            return self
        self.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT id FROM sale_order WHERE id IN %s FOR NO KEY UPDATE SKIP LOCKED", tuple(self.ids)),
            log_exceptions=False,
        )
        return self.browse(order_id for (order_id,) in self.env.cr.fetchall())
