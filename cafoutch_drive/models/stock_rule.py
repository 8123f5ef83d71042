from odoo import api, models

from ..tools.memo import Memo, memo

# In the context: what was found for the procurements that are run together.
FOUND = "drive_rules"


class StockRule(models.Model):
    """Odoo searches the rule of each article of an order; most have the same."""

    _inherit = "stock.rule"

    @api.model
    def run(self, procurements, raise_user_error=True):
        """Override of `stock`: a rule is searched once for articles with the same routes."""
        return super(StockRule, self.with_context(**{FOUND: Memo()})).run(procurements, raise_user_error)

    def _search_rule_for_warehouses(self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain):
        """Override of `stock`: see :meth:`run`."""
        found = memo(self.env, FOUND)
        search = super()._search_rule_for_warehouses
        if found is None:
            return search(route_ids, packaging_uom_id, product_id, warehouse_ids, domain)
        # All that the search asks, which routes of a warehouse are the product's too.
        of_warehouses = warehouse_ids.route_ids.filtered(
            lambda route: self._filter_warehouse_routes(product_id, warehouse_ids, route)
        )
        of_product = product_id.route_ids | product_id.categ_id.total_route_ids
        of_package = packaging_uom_id.package_type_id.route_ids if packaging_uom_id else of_product.browse()
        asked = (route_ids or of_product.browse(), of_package, of_product, of_warehouses, warehouse_ids)
        key = (*(tuple(records.ids) for records in asked), repr(domain))
        if key not in found:
            found[key] = search(route_ids, packaging_uom_id, product_id, warehouse_ids, domain)
        return found[key]
