from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def write(self, vals):
        """Override of `stock`: the order is in the batch of its delivery, whoever put
        it there, and a batch that nothing is left in is over."""
        earlier = self.sudo().batch_id if "batch_id" in vals else None
        result = super().write(vals)
        if earlier is not None:
            self.sudo().sale_id._drive_follow_batch()
            emptied = earlier.filtered(lambda batch: batch.is_drive and not batch.picking_ids)
            emptied.filtered(lambda batch: batch.state in ("draft", "in_progress")).state = "cancel"
        return result

    def button_validate(self):
        """Override of `stock`: refused before any wizard opens."""
        self._drive_check_handed_over()
        return super().button_validate()

    def _action_done(self):
        """Override of `stock`: whichever door was taken, see
        :meth:`_drive_check_handed_over`."""
        self._drive_check_handed_over()
        return super()._action_done()

    def _drive_check_handed_over(self):
        """Refuse to ship a basket that nobody has paid.

        A drive order's goods leave the stock when the till hands them over:
        the delivery then names its ticket.
        """
        unpaid = self.filtered(
            lambda picking: (
                picking.sale_id.is_drive
                and picking.picking_type_code == "outgoing"
                and picking.sale_id._drive_is_open()
                and not picking.pos_order_id
            )
        )
        if unpaid:
            raise UserError(
                self.env._(
                    "%(orders)s: a drive order leaves the stock when it is paid at "
                    "the till. It cannot be validated here.",
                    orders=", ".join(unpaid.sale_id.mapped("name")),
                )
            )
