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

    def action_done(self):
        """Override of `stock_picking_batch`: it would ship unpaid baskets."""
        self.picking_ids._drive_check_handed_over()
        return super().action_done()

    def _drive_for_window(self, slot):
        """Return the batch of a slot's opening window, created if needed.

        Odoo adds nothing to a batch of which a delivery has left: an order that is
        begun later gets a batch beside it.
        """
        key = {
            "drive_point_id": slot.point_id.id,
            "drive_window_start": slot.window_start,
        }
        batches = self.search(
            [(field, "=", value) for field, value in key.items()] + [("state", "in", ("draft", "in_progress"))]
        )
        batch = batches.filtered(lambda batch: batch.picking_ids <= batch.allowed_picking_ids)[:1]
        return batch or self.create(
            {
                **key,
                "is_drive": True,
                "company_id": slot.company_id.id,
                "picking_type_id": slot.point_id.warehouse_id.out_type_id.id,
                "description": slot._drive_window_label(),
            }
        )
