from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_change_locks(self, lines):
        """Only the household waits for itself: nobody for the goods."""
        return [("household", self.partner_id._drive_household().id)]


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _drive_lock_quants(self):
        """Reserve as Odoo does, without holding the rows."""
