from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _drive_claim_household(self):
        """Count as if nobody else of the household were confirming."""
