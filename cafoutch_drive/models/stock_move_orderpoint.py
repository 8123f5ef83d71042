from odoo import api, models
from odoo.tools import SQL

# In what the transaction remembers: {product id: whether it has a reordering rule}.
KEY = "drive_has_orderpoint"


class StockMove(models.Model):
    """Odoo searches the reordering rules once for each move, twice; a basket has forty,
    and what a coop sells seldom has any."""

    _inherit = "stock.move"

    def _trigger_scheduler(self):
        """Override of `stock`: only for products that have a reordering rule."""
        return super(StockMove, self._drive_with_orderpoint())._trigger_scheduler()

    def _update_orderpoints(self):
        """Override of `stock`: only for products that have a reordering rule."""
        return super(StockMove, self._drive_with_orderpoint())._update_orderpoints()

    def _drive_with_orderpoint(self):
        """The moves of products that have a reordering rule, in one query for all
        products that are read together."""
        known = self.env.cr.precommit.data.setdefault(KEY, {})
        asked = {*self.product_id.ids} - known.keys()
        if asked:
            asked |= {*filter(None, self.product_id._prefetch_ids)}
            self.env["stock.warehouse.orderpoint"].flush_model(["product_id"])
            rows = self.env.execute_query(
                SQL("SELECT DISTINCT product_id FROM stock_warehouse_orderpoint WHERE product_id = ANY(%s)", [*asked])
            )
            known.update(dict.fromkeys(asked, False))
            known.update((product, True) for (product,) in rows)
        return self.filtered(lambda move: known[move.product_id.id])


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.cr.precommit.data.pop(KEY, None)
        return super().create(vals_list)

    def write(self, vals):
        if "product_id" in vals:
            self.env.cr.precommit.data.pop(KEY, None)
        return super().write(vals)
