from odoo import models


class SaleOrder(models.Model):
    """A basket of which a part was paid before its member comes to the till."""

    _inherit = "sale.order"

    def _drive_prepaid(self):
        """What was received for this order before the till, in its currency: by a
        payment page, or for an invoice that was sent."""
        self.ensure_one()
        received = self.transaction_ids.filtered(lambda payment: payment.state in ("authorized", "done"))
        invoices = self.invoice_ids.filtered(lambda invoice: invoice.state == "posted")
        # A payment that settles an invoice is there twice.
        of_invoices = sum(invoice.amount_total_signed - invoice.amount_residual_signed for invoice in invoices)
        of_invoices -= sum((received & invoices.transaction_ids).mapped("amount"))
        return self.currency_id.round(sum(received.mapped("amount")) + max(of_invoices, 0.0))

    def _drive_till_prepaid_rows(self, config):
        """The ticket line that takes off what was paid before, as in
        :meth:`_drive_till_lines`: without a tax, which the goods' own lines have."""
        prepaid = self._drive_prepaid()
        product = config.down_payment_product_id
        if self.currency_id.is_zero(prepaid):
            return []
        return [
            {
                "sale_line_id": False,
                "product_id": product.id,
                "name": self.env._("Paid before"),
                "qty": 1.0,
                "price_unit": -prepaid,
                "discount": 0.0,
                "tax_ids": [],
                "lots": [],
            }
        ]

    def _drive_till_refusal(self, config):
        """Extend: a till has to know how to take off what was paid before."""
        refusal = super()._drive_till_refusal(config)
        if not refusal and not config.down_payment_product_id and self._drive_prepaid():
            return self.env._(
                "%(order)s was paid in part before. This till needs a down payment product, which a manager chooses "
                "in its settings.",
                order=self._drive_till_name(),
            )
        return refusal


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _drive_prepaid_lines(self, order):
        """The lines of this ticket that take off what was paid before for an order."""
        product = self.config_id.down_payment_product_id
        return self.lines.filtered(
            lambda line: (
                line.sale_order_origin_id == order
                and line.product_id == product
                and not line.sale_order_line_id
                and not line.refunded_orderline_id
            )
        )

    def _drive_prepaid_refusal(self, order):
        """Say why the ticket does not take off just what was paid before, or ``None``."""
        taken = -sum(self._drive_prepaid_lines(order).mapped("price_subtotal_incl"))
        prepaid = order._drive_prepaid()
        if order.currency_id.is_zero(taken - prepaid):
            return None
        return self.env._(
            "%(order)s: %(prepaid)s was paid before, the ticket takes off %(taken)s. Remove the basket from the "
            "ticket and open it again.",
            order=order._drive_till_name(),
            prepaid=order.currency_id.format(prepaid),
            taken=order.currency_id.format(taken),
        )
