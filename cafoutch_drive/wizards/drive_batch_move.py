from odoo import api, fields, models

from ..tools.chosen import check_chosen


class DriveBatchMove(models.TransientModel):
    """Moves an order to another batch of its half-day."""

    _name = "drive.batch.move"
    _description = "Move an order to another batch"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    earlier_id = fields.Many2one("stock.picking.batch", string="Batch Now", related="order_id.drive_batch_id")
    batch_ids = fields.Many2many("stock.picking.batch", string="Other Batches", compute="_compute_batch_ids")
    batch_id = fields.Many2one("stock.picking.batch", string="New Batch", domain="[('id', 'in', batch_ids)]")

    @api.depends("order_id")
    def _compute_batch_ids(self):
        for wizard in self:
            wizard.batch_ids = wizard.order_id._drive_other_batches()

    def action_move(self):
        """Put the order into the chosen batch.

        :raise DriveRefused: the order stays where it is
        """
        check_chosen(self, "write", one=True)
        check_chosen(self.order_id, "write", one=True)
        self.batch_id.check_access("read")
        if self.batch_id:
            self.order_id.sudo()._drive_move_to_batch(self.batch_id)
        return {"type": "ir.actions.act_window_close"}
