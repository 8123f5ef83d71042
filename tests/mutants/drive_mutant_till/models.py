from odoo import models


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _drive_flag_own_delivery(self, orders):
        """The till moves the goods as well: they leave the stock twice."""
