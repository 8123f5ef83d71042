from odoo import api, fields, models

# What Odoo works out for a line from its product and quantity.
AMOUNTS = (
    "pricelist_item_id",
    "price_unit",
    "technical_price_unit",
    "discount",
    "price_subtotal",
    "price_tax",
    "price_total",
    "price_reduce_taxexcl",
    "price_reduce_taxinc",
)


class SaleOrder(models.Model):
    """What a drive order comes to, worked out as seldom as possible: a basket changes
    with each tap of its member, and always comes to what Odoo would say."""

    _inherit = "sale.order"

    def _compute_amounts(self):
        """Override of `sale`: where taxes are rounded line by line, the total is the sum
        of the lines' amounts, which are stored; Odoo would work out the taxes of every
        line again, and a basket changes with each tap."""
        summed = self.filtered("is_drive").filtered(lambda order: order._drive_adds_up())
        for order in summed:
            lines = order._get_priced_lines()
            untaxed = sum(lines.mapped("price_subtotal"))
            total = sum(lines.mapped("price_total"))
            order.amount_untaxed = order.currency_id.round(untaxed)
            order.amount_total = order.currency_id.round(total)
            order.amount_tax = order.currency_id.round(total - untaxed)
        return super(SaleOrder, self - summed)._compute_amounts()

    @api.depends("drive_state", "drive_ticket_id")
    def _compute_amount_unpaid(self):
        """Override of `pos_sale`: nothing of a basket is paid or invoiced yet. All of it is by
        its ticket: Odoo reckons with whole tickets, and a voucher or a reward on one would
        leave the basket unpaid."""
        baskets = self.filtered(lambda order: order.drive_state == "basket")
        for basket in baskets:
            basket.amount_unpaid = basket.amount_total
        paid = self.filtered("drive_ticket_id") - baskets
        paid.amount_unpaid = 0.0
        return super(SaleOrder, self - baskets - paid)._compute_amount_unpaid()

    def _drive_adds_up(self):
        """Whether the order's total is the sum of its lines: its taxes are rounded line
        by line, and its payment term takes nothing off for paying early."""
        return self.company_id.tax_calculation_rounding_method == "round_per_line" and self._drive_term_adds_up()

    def _drive_term_adds_up(self):
        term = self.payment_term_id
        return not (term.early_discount and term.early_pay_discount_computation == "mixed")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_order_date(self):
        """Override of `sale`: a basket has the prices of today, as the shop's pages show
        them, not those of the day on which it was begun."""
        if self.order_id.drive_state == "basket":
            return fields.Datetime.now()
        return super()._get_order_date()
