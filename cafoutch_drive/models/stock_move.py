from odoo import models
from odoo.tools import SQL


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
        products = self.product_id.filtered("is_storable")
        if products:
            self.env["stock.quant"].flush_model()
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM stock_quant WHERE product_id IN %s ORDER BY id FOR NO KEY UPDATE",
                    tuple(products.ids),
                ),
                log_exceptions=False,
            )
