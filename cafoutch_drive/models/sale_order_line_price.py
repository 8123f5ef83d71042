from odoo import api, fields, models

from ..tools.figures import Figures


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_price_text = fields.Char("Prices in Words", compute="_compute_drive_price_text")

    @api.depends("product_id", "price_unit", "discount", "tax_ids", "order_id.is_drive")
    @api.depends_context("lang")
    def _compute_drive_price_text(self):
        for line in self:
            is_article = line.order_id.is_drive and line.product_id
            line.drive_price_text = line._drive_price_text() if is_article else ""

    @api.model
    def _load_pos_data_fields(self, config):
        """Override of `pos_sale`: the receipt says prices in the words of the shop's pages."""
        return [*super()._load_pos_data_fields(config), "drive_price_text"]

    def _drive_price_text(self):
        """What one unit costs, at the price of this line, as lists and baskets say it:
        "3.00 €/kg", or "1.85 € · 3.70 €/kg" where the comparison price is another."""
        self.ensure_one()
        price = self.price_unit * (1 - self.discount / 100)
        return self.env["drive.catalogue"]._unit_text(self.product_id, price, self.tax_ids, self.currency_id)

    def _drive_estimate(self):
        """What the line came to when it was ordered, taxes included."""
        self.ensure_one()
        price = self.price_unit * (1 - self.discount / 100)
        amounts = self.tax_ids.compute_all(
            price, self.currency_id, quantity=self.drive_ordered_qty, product=self.product_id
        )
        return amounts["total_included"]


class DriveCatalogue(models.AbstractModel):
    _inherit = "drive.catalogue"

    @api.model
    def _unit_text(self, product, price, taxes, currency):
        """What one unit of a product costs, in words, with its comparison price.

        :param float price: as a line has it, with or without its taxes
        """
        if not all(tax.price_include for tax in taxes):
            price = taxes.compute_all(price, currency, product=product)["total_included"]
        words = self._price_words(Figures(self.env, currency), product.product_tmpl_id, price)
        return " · ".join(filter(None, words))
