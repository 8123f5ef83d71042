from odoo import api, models

from ..tools.memo import memo

# In the context: {product id: all its quants, which this transaction has locked}.
GATHERED = "drive_gathered"
# Ways to choose among quants that look at more than the quants.
OTHER_STRATEGIES = ("closest", "least_packages")


class StockQuant(models.Model):
    """Odoo searches the quants of a product four times, and locks one, for each move that it
    reserves; those of an order are read once, where they are locked already."""

    _inherit = "stock.quant"

    @api.model
    def _drive_gather(self, products):
        """``{product id: quants}`` of all that is in stock of products, wherever it is."""
        quants = self.sudo().search([("product_id", "in", products.ids)])
        found = quants.grouped("product_id")
        return {product.id: found.get(product, self.browse()) for product in products}

    def _gather(  # noqa: PLR0913, PLR0917 (as Odoo's)
        self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, qty=0
    ):
        """Override of `stock`: the same quants in the same order, without a search."""
        known = (memo(self.env, GATHERED) or {}).get(product_id.id)
        strategy = self._get_removal_strategy(product_id, location_id)
        if known is None or not self.env.su or strategy in OTHER_STRATEGIES:
            return super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)
        domain = self._get_gather_domain(product_id, location_id, lot_id, package_id, owner_id, strict)
        found = known.with_env(self.env).filtered_domain(domain)
        return found.sorted(self._get_removal_strategy_order(strategy)).sorted(lambda quant: not quant.lot_id)

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        """Override of `base`: what is locked already needs no query."""
        gathered = memo(self.env, GATHERED)
        if gathered and allow_referencing and all(quant in gathered.get(quant.product_id.id, ()) for quant in self):
            return self[:limit]
        return super().try_lock_for_update(allow_referencing=allow_referencing, limit=limit)

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `stock`: what has changed is searched again."""
        quants = super().create(vals_list)
        quants._drive_forget()
        return quants

    def unlink(self):
        """Override of `stock`: what has changed is searched again."""
        self._drive_forget()
        return super().unlink()

    def _drive_forget(self):
        gathered = memo(self.env, GATHERED)
        if gathered:
            for product in self.product_id:
                gathered.pop(product.id, None)
