from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_write_demand(self, quantity):
        """The till charges what was ordered, whatever was weighed."""
