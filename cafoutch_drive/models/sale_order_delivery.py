from odoo import api, models
from odoo.tools import float_compare

from ..tools.refusal import DriveRefused


class SaleOrder(models.Model):
    """A prepared order is delivered by its own picking when it is paid."""

    _inherit = "sale.order"

    def _drive_deliver(self, ticket):
        """Take out of the stock what this ticket has sold of the order, and close
        the order.

        Works on the open moves to the customer, however many delivery steps the
        warehouse has. What the ticket no longer has stays in the stock.

        :param ticket: the paid ``pos.order``
        :raise UserError: when goods cannot be moved; to be undone by the caller
        """
        self.ensure_one()
        order = self.with_company(self.company_id)
        moves = order._drive_open_moves()
        sold = order._drive_sold_lines(ticket)
        nothing = self.env["pos.order.line"]
        for line, line_moves in moves.grouped("sale_line_id").items():
            line_moves._drive_set_sold(line, sold.get(line, nothing))
        moves._drive_leave(ticket)
        order._drive_close_lines(sold)
        order._drive_close()

    def _drive_sold_lines(self, ticket):
        """Return ``{order line: lines of the ticket}`` of this order."""
        return ticket.lines.filtered(
            lambda line: line.sale_order_line_id.order_id == self and line._drive_is_basket_line()
        ).grouped("sale_order_line_id")

    def _drive_close_lines(self, sold):
        """Make the order say what was sold, so that it is invoiced in full."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for line in self._drive_product_lines().filtered(lambda line: not line.is_downpayment):
            ticket_lines = sold.get(line)
            quantity = line.product_id.uom_id._compute_quantity(
                sum(ticket_lines.mapped("qty")) if ticket_lines else 0.0,
                line.product_uom_id,
                round=False,
            )
            if float_compare(line.product_uom_qty, quantity, precision_digits=digits):
                line._drive_write_demand(quantity)

    def _drive_close(self):
        """The basket has left the shop."""
        self.drive_state = "done"
        self.drive_booking_id._use()
        self.drive_crate_ids._leave_place()

    # === PAID IS PAID === #

    def _action_cancel(self):
        """Override of `sale`: what is paid is refunded, not cancelled."""
        self._drive_check_unpaid()
        return super()._action_cancel()

    def _drive_check_unpaid(self):
        """Refuse when one of these orders has been paid at a till.

        :raise DriveRefused: code ``paid``
        """
        paid = self.filtered("drive_ticket_id")
        if paid:
            raise DriveRefused(
                "paid",
                self.env._(
                    "%s is paid already: use a refund at the till.",
                    ", ".join(order._drive_till_name() for order in paid),
                ),
            )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("pos_order_line_ids.drive_own_delivery")
    def _compute_qty_delivered(self):
        """Override of `pos_sale`: see :meth:`_prepare_qty_delivered`."""
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        """Override of `pos_sale`, which adds the quantity on the ticket to what
        the order's picking has moved: those are the same goods."""
        delivered = super()._prepare_qty_delivered()
        for line in self:
            ticket_lines = line.sudo().pos_order_line_ids
            if any(ticket_lines.mapped("drive_own_delivery")):
                delivered[line] = line._drive_delivered_qty(ticket_lines)
        return delivered

    def _drive_delivered_qty(self, ticket_lines):
        """What has left by this line's own moves, less what came back.

        :param ticket_lines: its ``pos.order.line``, in sudo
        """
        if self.move_ids.product_id - self.product_id:
            delivered = self._drive_delivered_kits(ticket_lines)
        else:
            outgoing, incoming = self._get_outgoing_incoming_moves()
            delivered = outgoing._drive_done_qty(self) - incoming._drive_done_qty(self)
        refunds = ticket_lines.refund_orderline_ids.filtered(
            lambda line: (
                line.order_id.state not in ("cancel", "draft")
                and all(picking.state == "done" for picking in line.order_id.picking_ids)
            )
        )
        return delivered + sum(self._convert_qty(self, refund.qty, "p2s") for refund in refunds)

    def _drive_delivered_kits(self, ticket_lines):
        """A kit leaves as its components, which all have left or none."""
        moves = self.move_ids.filtered(lambda move: move.state != "cancel" and move._is_outgoing())
        if not moves or any(move.state != "done" for move in moves):
            return 0.0
        sold = ticket_lines.filtered(lambda line: line.drive_own_delivery and line.order_id.state in ("paid", "done"))
        return sum(self._convert_qty(self, line.qty, "p2s") for line in sold)
