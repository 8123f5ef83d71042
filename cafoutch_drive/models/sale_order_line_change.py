from odoo import fields, models

from ..tools.memo import INSIDE


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_change_quantity(self, quantity):
        """Make these lines of one product ask for this much in all, at their prices;
        a line that is left with nothing goes, with its part of the delivery.

        :param quantity: in the product's own unit
        """
        for line, share in zip(self, self._drive_shares(quantity), strict=True):
            if line.product_uom_id.compare(share, 0) > 0:
                line._drive_ask_for(share)
            else:
                line._drive_take_out()

    def _drive_shares(self, quantity):
        """How much of a product's quantity is for each of these lines, in the unit of
        each: the first lines keep what they have, the last one has the rest.

        :param quantity: in the product's own unit
        """
        unit = self.product_id.uom_id
        shares = []
        for line in self:
            share = quantity
            if line != self[-1]:
                share = min(share, line.product_uom_id._compute_quantity(line.product_uom_qty, unit, round=False))
            quantity -= share
            shares.append(unit._compute_quantity(share, line.product_uom_id, round=False))
        return shares

    def _drive_ask_for(self, qty):
        """Ask for another quantity, in the line's unit. What there is less of is no
        longer reserved; the rest stays reserved, without a moment between."""
        self.ensure_one()
        shelf_moves = self.order_id._drive_shelf_moves().filtered(lambda move: move.sale_line_id == self)
        steps = shelf_moves - self._drive_moves()
        for moves in (self._drive_moves(), steps):
            for move, share in list(self._drive_share(qty, moves)):
                if move.product_uom.compare(move.quantity, share) > 0:
                    move.quantity = share
        for move, share in list(self._drive_share(qty, steps)):
            move.product_uom_qty = share
        self._drive_write_demand(qty)
        self.drive_ordered_qty = qty

    def _drive_take_out(self):
        """Delete the line, and what was to be delivered for it."""
        moves = self.move_ids.filtered(lambda move: move.state != "done")
        moves._action_cancel()
        moves.unlink()
        self.unlink()

    def _check_line_unlink(self):
        """Override of `sale`: a member takes an article out of an order of which
        nothing has left or been invoiced yet."""
        kept = super()._check_line_unlink()
        if self.env.context.get("drive_change") is INSIDE:
            kept = kept.filtered(lambda line: line.invoice_lines or line.move_ids or line.qty_delivered)
        return kept

    def _update_line_quantity(self, values):
        """Override of `sale`: the log of a change says it all in one."""
        if self.env.context.get("drive_change") is INSIDE:
            return None
        return super()._update_line_quantity(values)

    def _get_order_date(self):
        """Override of `sale`: what a change adds has the price of today, as the shop's
        pages show it, not that of the day of the confirmation."""
        if self.env.context.get("drive_change") is INSIDE:
            return fields.Datetime.now()
        return super()._get_order_date()
