from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _create_order_picking(self):
        """Override of `pos_sale`: a prepared basket is delivered by its own
        picking, once, when its ticket is paid.

        The ticket's other lines keep Odoo's way. The payment stands whatever
        happens to the goods: an order that cannot be delivered is reported,
        not rolled back.
        """
        self.ensure_one()
        self.sudo().lines._drive_check_brought_back()
        orders = self._drive_claim_orders()
        refunded = self.sudo().lines.refunded_orderline_id.filtered(lambda line: line._drive_is_of_basket())
        # Before the delivery, which makes the orders say what was sold.
        compared = self._drive_compare(orders) if orders or refunded else None
        for order in orders:
            # Odoo would make a down payment of the order out of what was paid before.
            self.sudo()._drive_prepaid_lines(order).sale_order_origin_id = False
        result = super()._create_order_picking()
        for order in orders:
            self._drive_hand_over(order)
        self._drive_close_kept()
        if orders or refunded.filtered("drive_own_delivery"):
            self._drive_report_undone()
        if compared:
            theirs = refunded.drive_kept_for_id | refunded.sale_order_line_id.order_id
            self._drive_report_differences(orders or theirs, compared)
        return result

    def _drive_claim_orders(self):
        """Make this ticket the one that pays for its drive orders.

        :return: the drive orders to hand over now; none when this ticket did
            so before (Odoo comes back here to invoice a paid ticket)
        :raise UserError: when an order cannot be handed over, or is paid, and the
            till can still say so before the member goes
        """
        lines = self.sudo().lines.filtered(lambda line: line._drive_is_basket_line())
        orders = lines.sale_order_line_id.order_id
        if not orders:
            return orders
        orders._drive_lock_for_payment()
        orders = orders.filtered(lambda order: order.drive_ticket_id != self)
        late = self._drive_is_late()
        for order in orders:
            refusal = self._drive_refusal_to_pay(order, lines)
            if late and not order.drive_opened_at:
                refusal = refusal or order._drive_never_opened()
            if refusal and late:
                self._drive_keep_money(order, refusal)
                orders -= order
                continue
            refusal = refusal or self._drive_prepaid_refusal(order)
            if refusal and not late:
                raise UserError(refusal)
            if refusal:
                order._drive_report_other_amount(refusal)
            order._drive_check_admitted(self.session_id, late)
            order._drive_report_unbrought()
        orders.drive_ticket_id = self
        lines._drive_name_order(orders)
        lines._drive_flag_own_delivery(orders)
        return orders

    def _drive_refusal_to_pay(self, order, lines):
        """Say why this ticket cannot pay for this order, or return ``None``."""
        refusal = order._drive_till_refusal(self.config_id)
        if refusal:
            return refusal
        if self.shipping_date:
            return self.env._(
                "%(order)s is collected here: it cannot be shipped later.",
                order=order._drive_till_name(),
            )
        if any(line.qty < 0 for line in lines if line.sale_order_line_id.order_id == order):
            return self.env._(
                "%(order)s: a quantity below zero is a refund. Pay the basket first, then refund the article.",
                order=order._drive_till_name(),
            )
        return None

    def _drive_hand_over(self, order):
        try:
            with self.env.cr.savepoint():
                order._drive_deliver(self)
        except (UserError, ValidationError) as error:
            order._drive_report_failed_delivery(self, str(error))


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    # Decides about stock: written by the server only, never by a till's payload.
    drive_own_delivery = fields.Boolean(
        string="Delivered by the Drive Order",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The goods of this line leave the stock by the picking of their drive "
        "order, and by no picking of the till.",
    )

    def _drive_is_basket_line(self):
        """Whether this line pays for a line of a drive order."""
        self.ensure_one()
        sale_line = self.sale_order_line_id
        return bool(sale_line.order_id.is_drive and not sale_line.is_downpayment and not self.refunded_orderline_id)

    def _drive_name_order(self, orders):
        """Say on each line whose basket it pays for, whatever the till says: its ticket is found by it."""
        for line in self:
            order = line.sale_order_line_id.order_id
            if order in orders and line.sale_order_origin_id != order:
                line.sale_order_origin_id = order

    def _drive_flag_own_delivery(self, orders):
        """Flag the lines of ``orders`` whose goods wait in an own picking.

        It is a flag, and not a question asked later, because the session's
        closing, a refund and a recomputation come when the picking is done.
        """
        waiting = orders._drive_open_moves().sale_line_id
        self.filtered(lambda line: line.sale_order_line_id in waiting).drive_own_delivery = True

    def _drive_sold_by_lot(self):
        """Return ``{lot name: quantity}`` of the lots named on these lines."""
        quantities = defaultdict(float)
        for line in self:
            for lot in line.pack_lot_ids:
                quantities[lot.lot_name] += line.qty / len(line.pack_lot_ids)
        return quantities
