from collections import defaultdict

from odoo import models


class SaleOrder(models.Model):
    """A basket of which a part was paid before its member comes to the till."""

    _inherit = "sale.order"

    def _drive_prepaid(self):
        """What was received for this order before the till, in its currency: by a
        payment page, or for an invoice that was sent."""
        self.ensure_one()
        received = self.transaction_ids.filtered(lambda payment: payment.state in ("authorized", "done"))
        invoices = self._drive_invoices_before()
        # A payment that settles an invoice is there twice.
        of_invoices = sum(invoices.mapped(lambda invoice: invoice._drive_paid()))
        of_invoices -= sum((received & invoices.transaction_ids).mapped("amount"))
        return self.currency_id.round(sum(received.mapped("amount")) + max(of_invoices, 0.0))

    def _drive_invoices_before(self):
        return self.invoice_ids.filtered(lambda invoice: invoice.state == "posted")

    def _drive_till_prepaid_rows(self, config):
        """The ticket lines that take off what was paid before, as in :meth:`_drive_till_lines`.

        What was paid of an invoice carries the taxes that it declared: the goods' own lines
        declare those of the whole basket. What no invoice was made for has no tax.
        """
        prepaid = self._drive_prepaid()
        if self.currency_id.is_zero(prepaid):
            return []
        rows = [
            self._drive_prepaid_row(config, price, taxes)
            for taxes, price in self._drive_invoices_before()._drive_paid_by_taxes().items()
        ]
        taken = sum(self._drive_row_total(row) for row in rows)
        rest = self.currency_id.round(prepaid + taken)
        if not self.currency_id.is_zero(rest):
            rows.append(self._drive_prepaid_row(config, rest, self.env["account.tax"]))
        return rows

    def _drive_prepaid_row(self, config, price, taxes):
        """:param price: with the taxes that are included in prices, without the others"""
        return {
            "sale_line_id": False,
            "product_id": config.down_payment_product_id.id,
            "name": self.env._("Paid before"),
            "qty": 1.0,
            "price_unit": -price,
            "discount": 0.0,
            "tax_ids": taxes.ids,
            "lots": [],
        }

    def _drive_row_total(self, row):
        taxes = self.env["account.tax"].browse(row["tax_ids"])
        return taxes.compute_all(row["price_unit"], currency=self.currency_id)["total_included"]

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


class AccountMove(models.Model):
    _inherit = "account.move"

    def _drive_paid(self):
        """What was paid of this invoice; below zero for a credit note, what was given back."""
        return self.amount_total_signed - self.amount_residual_signed

    def _drive_paid_by_taxes(self):
        """Return ``{taxes: amount}`` of what was paid of these invoices, each tax with its part.

        The amounts are prices for lines with these taxes: see :meth:`~sale_order._drive_prepaid_row`.
        """
        amounts = defaultdict(float)
        for invoice in self.filtered("amount_total_signed"):
            part = invoice._drive_paid() / invoice.amount_total_signed
            for line in invoice.invoice_line_ids.filtered("tax_ids"):
                included = all(tax.price_include for tax in line.tax_ids)
                price = line.price_total if included else line.price_subtotal
                amounts[line.tax_ids] += -invoice.direction_sign * price * part
        rounded = {taxes: self.currency_id.round(amount) for taxes, amount in amounts.items()}
        return {taxes: amount for taxes, amount in rounded.items() if amount}


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
