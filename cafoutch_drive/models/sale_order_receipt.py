from odoo import models
from odoo.tools.misc import format_datetime

from ..tools.figures import Figures


class SaleOrder(models.Model):
    """What a member paid for an order, once it is handed over."""

    _inherit = "sale.order"

    def _drive_has_receipt(self):
        return self.drive_state == "done" and bool(self.sudo().drive_ticket_id)

    def _drive_page_receipt(self):
        """What the receipt shows: the articles of this order, as they were paid.

        A ticket may have more on it, bought at the till: that is on the till's own.

        :return: dict of texts, or ``None`` before the hand-over
        """
        self.ensure_one()
        if not self._drive_has_receipt():
            return None
        ticket = self.sudo().drive_ticket_id
        lines = ticket.lines.filtered(lambda line: line.sale_order_line_id.order_id == self and line.qty)
        figures = Figures(self.env, self.currency_id)
        return {
            "ticket": ticket.pos_reference or ticket.name,
            "moment": format_datetime(
                self.env, ticket.date_order, tz=self.drive_point_id.tz, dt_format="EEEE d MMMM y, HH:mm"
            ),
            "lines": [self._drive_receipt_line(line, figures) for line in lines],
            "total": figures.money(sum(lines.mapped("price_subtotal_incl"))),
            "taxes": self._drive_receipt_taxes(lines, figures),
            "paid": self._drive_receipt_paid(ticket, figures),
            "more": len(ticket.lines) > len(lines),
        }

    def _drive_receipt_line(self, line, figures):
        product = line.product_id
        return {
            "name": product.with_context(display_default_code=False).display_name,
            "prices": line._drive_price_text(),
            "quantity": product._drive_format_quantity(line.qty),
            "total": figures.money(line.price_subtotal_incl),
        }

    def _drive_receipt_taxes(self, lines, figures):
        """``(rate, amount)`` of each tax on these lines, in words."""
        return [
            (
                ", ".join(tax.invoice_label or tax.name for tax in taxes),
                figures.money(sum(line.price_subtotal_incl - line.price_subtotal for line in taxed)),
            )
            for taxes, taxed in lines.grouped("tax_ids_after_fiscal_position").items()
            if taxes
        ]

    def _drive_receipt_paid(self, ticket, figures):
        """``(means, amount)`` of the payments of the whole ticket."""
        return [
            (payment.payment_method_id.name, figures.money(payment.amount))
            for payment in ticket.payment_ids
            if payment.amount
        ]


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _drive_price_text(self):
        """What one unit cost at the till, as lists and baskets say it."""
        self.ensure_one()
        price = self.price_unit * (1 - self.discount / 100)
        taxes = self.tax_ids_after_fiscal_position
        return self.env["drive.catalogue"]._unit_text(self.product_id, price, taxes, self.currency_id)
