from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.model
    def _create_picking_from_pos_order_lines(self, location_dest_id, lines, picking_type, partner=False):
        """Override of `point_of_sale`: no second picking for goods that leave by
        the picking of their drive order, nor for money that was kept without goods.
        Asked at payment and at closing."""
        lines = lines.filtered(lambda line: not (line.sudo().drive_own_delivery or line.sudo().drive_kept_for_id))
        return super()._create_picking_from_pos_order_lines(location_dest_id, lines, picking_type, partner)

    def _drive_undone(self):
        """What of these transfers is still to move, also where Odoo has put it off: into a
        transfer that belongs to no ticket and to no session."""
        return (self | self.backorder_ids).filtered(lambda picking: picking.state not in ("done", "cancel"))

    def action_assign(self):
        """Override of `stock`: a prepared basket is not reserved again.

        `pos_sale` asks for it with each ticket that is saved, with the rights of
        a cashier, who may not see batches.
        """
        others = self.filtered(lambda picking: picking.sudo().sale_id.drive_state != "ready")
        return super(StockPicking, others).action_assign() if others else True

    def _send_confirmation_email(self):
        """Override of `stock`: the member is at the till, not waiting for a parcel."""
        others = self.filtered(lambda picking: not picking.sale_id.is_drive)
        return super(StockPicking, others)._send_confirmation_email()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _drive_quantity_by_lot(self):
        """Return ``{lot name: quantity}`` of these moves, in the product's unit;
        a lot that lies in two crates is there once."""
        quantities = defaultdict(float)
        for line in self.move_line_ids.filtered("lot_id"):
            quantities[line.lot_id.name] += line.quantity_product_uom
        return dict(quantities)

    def _drive_done_qty(self, sale_line):
        """What these moves have moved, in the unit of their order line."""
        return sum(
            move.product_uom._compute_quantity(move.quantity, sale_line.product_uom_id, rounding_method="HALF-UP")
            for move in self
            if move.state == "done"
        )

    def _drive_set_sold(self, sale_line, ticket_lines):
        """Make these moves, all of one order line, take what its ticket has sold.

        :param ticket_lines: lines of the ticket; none when all was refused
        """
        sold = sum(ticket_lines.mapped("qty"))
        product = sale_line.product_id
        if self.product_id != product:
            self._drive_set_components(sale_line, sold)
            return
        prepared = sum(move.product_uom._compute_quantity(move.quantity, product.uom_id, round=False) for move in self)
        change = sold - prepared
        if product.uom_id.is_zero(change):
            return
        if change > 0:
            self[:1]._drive_add(change)
        else:
            change += self._drive_take_lots(-change, ticket_lines._drive_sold_by_lot())
            self._drive_take(-change)

    def _drive_set_components(self, sale_line, sold):
        """A kit was sold, or an article that no longer is the line's: each of its
        moves takes the same part of what was prepared."""
        prepared = sale_line.product_uom_id._compute_quantity(
            sale_line.product_uom_qty, sale_line.product_id.uom_id, round=False
        )
        part = sold / prepared if prepared else 0.0
        for move in self:
            move.quantity = move.product_uom.round(move.quantity * part)

    def _drive_add(self, quantity):
        """More was sold than was prepared, in the product's unit."""
        self.quantity = self.product_uom.round(
            self.quantity + self.product_id.uom_id._compute_quantity(quantity, self.product_uom, round=False)
        )

    def _drive_take_lots(self, quantity, sold_by_lot):
        """Leave up to ``quantity`` in the stock, of the lots that were not sold.

        :return: how much was left, in the product's unit
        """
        kept = dict(sold_by_lot)
        left = 0.0
        for line in self.move_line_ids.filtered("lot_id") if kept else ():
            name, held = line.lot_id.name, line.quantity_product_uom
            stays = min(held, kept.get(name, 0.0))
            kept[name] = kept.get(name, 0.0) - stays
            cut = min(held - stays, quantity - left)
            if line.product_id.uom_id.compare(cut, 0.0) > 0:
                line._drive_cut(cut)
                left += cut
        return left

    def _drive_take(self, quantity):
        """Leave ``quantity``, in the product's unit, in the stock."""
        for move in reversed(self):
            unit = move.product_id.uom_id
            held = move.product_uom._compute_quantity(move.quantity, unit, round=False)
            cut = min(held, quantity)
            if unit.compare(cut, 0.0) > 0:
                move.quantity = move.product_uom.round(
                    move.quantity - unit._compute_quantity(cut, move.product_uom, round=False)
                )
                quantity -= cut

    def _drive_leave(self, ticket):
        """Validate these moves for a paid ticket: what they hold leaves, what
        they do not hold any more is cancelled, no backorder.

        The pickings name the ticket and its session first: margins, costs and
        the session's entry count their goods as sold at the till.
        """
        self.picking_id.write({"pos_order_id": ticket.id, "pos_session_id": ticket.session_id.id})
        # A crate is empty once it is handed over, and is used again.
        self.move_line_ids.result_package_id = False
        leaving = self.filtered(lambda move: not move.product_uom.is_zero(move.quantity))
        leaving.picked = True
        (self - leaving)._action_cancel()
        leaving.picking_id.with_context(cancel_backorder=True)._action_done()
        stuck = leaving.filtered(lambda move: move.state != "done")
        if stuck:
            raise UserError(self.env._("%s could not be moved.", ", ".join(stuck.product_id.mapped("name"))))


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _drive_cut(self, quantity):
        """Hold ``quantity`` less, in the product's unit; gone when nothing is left."""
        left = self.quantity_product_uom - quantity
        if self.product_id.uom_id.is_zero(left):
            self.unlink()
        else:
            self.quantity = self.product_id.uom_id._compute_quantity(
                left, self.product_uom_id, rounding_method="HALF-UP"
            )
