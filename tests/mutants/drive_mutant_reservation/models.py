from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _drive_lock_quants(self):
        """Reserve as Odoo does, without holding the rows: only members wait for each other."""
