from odoo import models

from ..tools.figures import Figures


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_price_text(self):
        """What one unit costs, at the price of this line, as lists and baskets say it:
        "3.00 €/kg", or "1.85 € · 3.70 €/kg" where the comparison price is another."""
        self.ensure_one()
        price = self.price_unit * (1 - self.discount / 100)
        if not all(tax.price_include for tax in self.tax_ids):
            price = self.tax_ids.compute_all(price, self.currency_id, product=self.product_id)["total_included"]
        words = self.env["drive.catalogue"]._price_words(
            Figures(self.env, self.currency_id), self.product_id.product_tmpl_id, price
        )
        return " · ".join(filter(None, words))
