from datetime import timedelta

from odoo import fields, models

# A till with network sends a ticket as it is paid: one that is older was kept there. It
# comes again and again, so a clock that is a little wrong only makes it come later.
LATE_AFTER = timedelta(minutes=1)


class PosOrder(models.Model):
    """A ticket that was paid while the server was away.

    The money is in the drawer and the goods are gone: it is never refused. Its basket is
    handed over if it still can be; if it was paid or given up meanwhile, the money is
    kept, no goods move, and a manager finds it on the list of repairs.
    """

    _inherit = "pos.order"

    def _drive_is_late(self):
        """Whether the till says that it had to wait for the network with this ticket.

        It says so by a date, which anyone can write and which a wrong clock gets wrong: nothing is
        spared by it. A ticket of now is refused while its member stands there; the money of any
        other is kept. Who opened the basket, and what was said then, is asked of the server
        for both, see ``sale.order._drive_check_admitted``.
        """
        self.ensure_one()
        return bool(self.date_order and abs(fields.Datetime.now() - self.date_order) > LATE_AFTER)

    def _drive_keep_money(self, order, reason):
        """Take the money for an order that is not for sale, and leave the order alone.

        :param reason: a sentence that says why it cannot be handed over by this ticket
        """
        own = self.sudo().lines.filtered(
            lambda line: order in (line.sale_order_origin_id, line.sale_order_line_id.order_id)
        )
        own.write({"drive_kept_for_id": order.id, "sale_order_line_id": False, "sale_order_origin_id": False})
        amount = sum(own.mapped("price_subtotal_incl"))
        self.env["drive.repair"]._report("unsold", self, reason, order, amount)
        order._drive_report_kept_money(self, reason)

    def _drive_close_kept(self):
        """What was taken for nothing has been given back: that is put right."""
        refunded = self.sudo().lines.refunded_orderline_id.filtered("drive_kept_for_id").order_id
        for ticket in refunded:
            kept = ticket.lines.filtered(lambda line: line.drive_kept_for_id and line.qty > 0)
            if all(line.product_id.uom_id.compare(line._drive_refunded_qty(), line.qty) >= 0 for line in kept):
                self.env["drive.repair"].sudo().search(
                    [("ticket_id", "=", ticket.id), ("kind", "=", "unsold"), ("done_at", "=", False)]
                )._close()

    def _drive_report_undone(self):
        """Odoo swallows what keeps a till's own goods in stock: on a ticket with a basket
        it is said to a manager."""
        undone = self.sudo().picking_ids._drive_undone()
        if undone:
            names = ", ".join(undone.move_ids.product_id.mapped("display_name"))
            self.env["drive.repair"]._report(
                "till", self, self.env._("Still to move: %s.", names), amount=self.amount_total
            )


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    # Decides about stock: written by the server only, as drive_own_delivery.
    drive_kept_for_id = fields.Many2one(
        "sale.order",
        string="Money Kept for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_system",
        help="The drive order that this line was to pay, and did not: no goods move for it.",
    )

    def _drive_refunded_qty(self):
        """What was given back of this line, by refunds that are paid."""
        refunds = self.refund_orderline_ids.filtered(lambda line: line.order_id.state in ("paid", "done"))
        return -sum(refunds.mapped("qty"))

    def _launch_stock_rule_from_pos_order_lines(self):
        """Override of `point_of_sale`: nor is anything shipped for money that was kept."""
        return super(
            PosOrderLine, self.filtered(lambda line: not line.sudo().drive_kept_for_id)
        )._launch_stock_rule_from_pos_order_lines()
