from odoo import fields, models


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    is_drive = fields.Boolean(readonly=True, copy=False)
    drive_point_id = fields.Many2one("drive.point", readonly=True, copy=False)
    drive_window_start = fields.Datetime(
        string="Opening Window",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the opening window begins whose orders are prepared together.",
    )
    drive_order_ids = fields.One2many("sale.order", "drive_batch_id", string="Drive Orders", readonly=True)

    def action_done(self):
        """Override of `stock_picking_batch`: it would ship unpaid baskets."""
        self.picking_ids._drive_check_handed_over()
        return super().action_done()

    # === FORMING === #

    def _drive_of_window(self, slot):
        """Return the batches of a slot's opening window that an order can still join."""
        return self.search(
            [
                ("drive_point_id", "=", slot.point_id.id),
                ("drive_window_start", "=", slot.window_start),
                ("state", "in", ("draft", "in_progress")),
            ],
            order="id",
        ).filtered(lambda batch: batch._drive_may_join())

    def _drive_may_join(self):
        """Whether an order can join: Odoo adds nothing to a batch of which a delivery
        has left, and nobody is at a batch that is ready."""
        self.ensure_one()
        states = {"waiting", "confirmed", "assigned"}
        if not set(self.picking_ids.mapped("state")) <= states:
            return False
        orders = self._drive_live_orders()
        return not orders or any(order.drive_state != "ready" for order in orders)

    def _drive_live_orders(self):
        """The orders of this batch that were not cancelled while it was prepared."""
        return self.drive_order_ids.filtered(lambda order: order.drive_state != "cancelled")

    def _drive_nearest(self, order):
        """Return, of these, the batch with room whose pickups are nearest to the order's;
        its own has room for it. None when all are full."""
        size = order.drive_point_id.batch_size
        with_room = self.filtered(lambda batch: len(batch._drive_live_orders() - order) < size)
        return with_room.sorted(lambda batch: (batch._drive_distance(order), batch != order.drive_batch_id, batch.id))[
            :1
        ]

    def _drive_distance(self, order):
        """How far, in seconds, the order's pickup is from those of the others in this
        batch; 0 between or without them."""
        starts = (self._drive_live_orders() - order).drive_slot_id.mapped("start")
        if not starts:
            return 0
        start = order.drive_slot_id.start
        return max((min(starts) - start).total_seconds(), (start - max(starts)).total_seconds(), 0)

    def _drive_begin(self, order):
        """Return a new batch for an order and its neighbours."""
        slot = order.drive_slot_id
        picking_type = order._drive_shelf_moves().picking_type_id[:1]
        return self.create(
            {
                "is_drive": True,
                "drive_point_id": slot.point_id.id,
                "drive_window_start": slot.window_start,
                "company_id": slot.company_id.id,
                "picking_type_id": picking_type.id,
                "description": slot._drive_window_label(),
            }
        )
