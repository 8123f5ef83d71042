from odoo import api, fields, models


class SaleOrder(models.Model):
    """The drive sells in its company's currency, which is that of the till.

    A pricelist in another one counts, at the rate of the day; so no page, no sum and no
    ticket has two of them.
    """

    _inherit = "sale.order"

    @api.depends("is_drive")
    def _compute_currency_id(self):
        """Override of `sale`, which takes that of the pricelist."""
        drive_orders = self.filtered("is_drive")
        for order in drive_orders:
            order.currency_id = order.company_id.currency_id
        return super(SaleOrder, self - drive_orders)._compute_currency_id()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_pricelist_kwargs(self):
        """Override of `sale`: a pricelist is asked in its own currency. Asked in another,
        Odoo converts what it takes from the product, but not the amounts of its rules."""
        kwargs = super()._get_pricelist_kwargs()
        if self.order_id.is_drive and self.order_id.pricelist_id:
            kwargs["currency"] = self.order_id.pricelist_id.currency_id
        return kwargs

    def _get_pricelist_price(self):
        """Override of `sale`: in the order's currency."""
        return self._drive_converted(super()._get_pricelist_price())

    def _get_pricelist_price_before_discount(self):
        """Override of `sale`: in the order's currency."""
        return self._drive_converted(super()._get_pricelist_price_before_discount())

    def _drive_converted(self, price):
        if not self.order_id.is_drive:
            return price
        return self.order_id.pricelist_id._drive_converted(price, self.company_id)


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _drive_converted(self, price, company):
        """A price of this pricelist, in the currency of a company, at the rate of today.

        :param price: as it is without a pricelist, when this is none
        """
        if not self or self.currency_id == company.currency_id:
            return price
        return self.currency_id._convert(price, company.currency_id, company, fields.Datetime.now())
