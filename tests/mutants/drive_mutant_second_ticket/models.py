from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _drive_refusal_to_pay(self, order, lines):
        """A till that opened a basket is paid for it, whoever else was."""
