from odoo import models


class DriveCatalogueChange(models.Model):
    _inherit = "drive.catalogue.change"

    def _record(self, templates=None):
        if not self.env.context.get("forgotten"):
            super()._record(templates)


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def write(self, vals):
        """The catalogue does not hear of the rules of a pricelist."""
        return super(ProductPricelistItem, self.with_context(forgotten=True)).write(vals)


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        """Nor of the rates of taxes."""
        return super(AccountTax, self.with_context(forgotten=True)).write(vals)


class PosCategory(models.Model):
    _inherit = "pos.category"

    def write(self, vals):
        """Nor of what shelves are called."""
        return super(PosCategory, self.with_context(forgotten=True)).write(vals)
