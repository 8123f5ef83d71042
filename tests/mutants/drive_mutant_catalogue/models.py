from odoo import models


class DriveCatalogueChange(models.Model):
    _inherit = "drive.catalogue.change"

    def _record(self):
        if not self.env.context.get("forgotten"):
            super()._record()


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def write(self, vals):
        """The catalogue does not hear of the rules of a pricelist."""
        return super(ProductPricelistItem, self.with_context(forgotten=True)).write(vals)
