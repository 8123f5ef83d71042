from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang


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
            # What never left does not come back.
            line.drive_kept_for_id = line.refunded_orderline_id.drive_kept_for_id

    def _drive_is_of_basket(self):
        return bool(self) and bool(self.drive_kept_for_id or self._drive_is_basket_line())

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
        refunded = self._drive_refunded_qty()
        if self.product_id.uom_id.compare(refunded, self.qty) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: ticket %(ticket)s sold %(sold)s. With this refund %(refunded)s would be taken back.",
                    product=self.product_id.display_name,
                    sold=self._drive_qty_text(self.qty),
                    refunded=self._drive_qty_text(refunded),
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

    def _drive_qty_text(self, qty):
        """A quantity with its unit, as people read it."""
        unit = self.product_id.uom_id
        text = formatLang(self.env, qty, digits=0 if float(qty).is_integer() else 3)
        return f"{text} {unit.name}"
