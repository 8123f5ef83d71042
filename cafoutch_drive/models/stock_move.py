from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Override of `stock` so that no two reservations, ours or the back
        office's, promise the same goods.

        Odoo skips a quant that another transaction has locked and writes a
        second one beside it, so both succeed. Holding the rows first makes the
        later one wait, see that they changed, and run again.
        """
        self._drive_lock_quants()
        return super()._action_assign(force_qty=force_qty)

    def _drive_lock_quants(self):
        self.product_id._drive_lock_quants()
