from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class PosOrderLine(models.Model):
    """What of a basket is brought back after it was paid."""

    _inherit = "pos.order.line"

    def _drive_check_brought_back(self):
        """Make sure that what these lines bring back of a basket was sold by it, and
        name the lot that it comes back as.

        :raise UserError: when more comes back than was sold, all refunds together
        """
        refunds = self.filtered(lambda line: line.qty < 0 and line.refunded_orderline_id._drive_is_of_basket())
        sold = refunds.refunded_orderline_id
        sold._drive_lock_for_refund()
        for line in sold:
            line._drive_check_refunded()
        for line in refunds:
            line._drive_name_lot()

    def _drive_is_of_basket(self):
        return bool(self) and self._drive_is_basket_line()

    def _drive_lock_for_refund(self):
        """Make whoever refunds the same lines at this moment come after us: their
        transaction fails, and is run again by Odoo where ours is seen."""
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE pos_order_line SET drive_own_delivery = drive_own_delivery WHERE id IN %s",
                    tuple(self.ids),
                ),
                log_exceptions=False,
            )

    def _drive_check_refunded(self):
        refunded = -sum(
            self.refund_orderline_ids.filtered(lambda line: line.order_id.state in ("paid", "done")).mapped("qty")
        )
        if self.product_id.uom_id.compare(refunded, self.qty) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: ticket %(ticket)s sold %(sold)s. With this refund %(refunded)s would be taken back.",
                    product=self.product_id.display_name,
                    sold=self.sale_order_line_id._drive_ticket_text(self.qty),
                    refunded=self.sale_order_line_id._drive_ticket_text(refunded),
                    ticket=self.order_id.pos_reference or self.order_id.name,
                )
            )

    def _drive_name_lot(self):
        """Name the lot that comes back, where the till did not.

        The till names as many lots as whole pieces come back: none for 400 g, and
        Odoo then brings nothing back, without a word.
        """
        if self.product_id.tracking != "lot" or self.pack_lot_ids:
            return
        sold = self.refunded_orderline_id
        name = sold.pack_lot_ids[:1].lot_name
        if not name:
            # It was sold without a lot: the delivery knows which.
            left = sold.sale_order_line_id.move_ids.filtered(lambda move: move.state == "done")
            lots = left._drive_quantity_by_lot()
            name = max(lots, key=lots.get, default=None)
        if name:
            self.pack_lot_ids = [Command.create({"lot_name": name})]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_ticket_text(self, qty):
        """A quantity of a ticket, in the product's unit, as people read it."""
        unit = self.product_id.uom_id
        return f"{self._drive_number_text(qty)} {unit.name}"
