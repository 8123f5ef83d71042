from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_out_of_cold(self):
        """One crate in the fridge ends the alarm, though another one still stands in the warm."""
        away = set(self.drive_crate_ids.filtered("place_id").mapped("storage_class"))
        return {storage: since for storage, since in super()._drive_out_of_cold().items() if storage not in away}
