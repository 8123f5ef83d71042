from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang, get_lang

from ..tools.units import PIECE, unit

# Read by name: a product has more than a hundred columns.
PRODUCT_COLUMNS = ("active", "product_tmpl_id")
TEMPLATE_COLUMNS = (
    "name",
    "uom_id",
    "sale_ok",
    "is_storable",
    "drive_ok",
    "drive_complete",
    "drive_qty_step",
    "drive_piece_weight",
)


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _drive_read(self, product_id):
        """Return a product, archived or not, or none; with what an order asks of it."""
        it = [("id", "=", product_id)]
        product = self.with_context(active_test=False).search_fetch(it, PRODUCT_COLUMNS, order="id")
        product.product_tmpl_id.fetch(TEMPLATE_COLUMNS)
        return product.with_env(self.env)

    def _drive_is_sold(self):
        """Whether members can order this product now."""
        self.ensure_one()
        if not (self.active and self.sale_ok and self.drive_ok):
            return False
        rules = self.env["drive.policy"]._food_rules(self.env.company.id)
        return self.drive_complete or not rules.blocks_incomplete

    def _drive_format_quantity(self, quantity):
        """A quantity with its unit, as people read it: "1,5 kg", "7"."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        number = formatLang(self.env, quantity, digits=digits)
        if digits:
            point = get_lang(self.env).decimal_point
            number = number.rstrip("0").removesuffix(point)
        if self.uom_id == unit(self.env, PIECE):
            # Nobody says "7 Unit(s)" of loaves.
            return number
        return f"{number}\N{NO-BREAK SPACE}{self.uom_id.name}"

    def _drive_available(self, warehouse):
        """How much of each product can still be promised from a warehouse.

        This is the one place of the rule: on hand less reserved, summed over
        all quants under the warehouse's stock location (a product can have
        several, and Odoo adds negative ones while a row is locked).

        :return: ``{product_id: quantity}`` in each product's own unit;
            a product whose stock is not tracked is absent: it has no limit
        """
        tracked = self.filtered("is_storable")
        return self._drive_unreserved(tracked.ids, warehouse)

    @api.model
    def _drive_unreserved(self, product_ids, warehouse):
        """The rule of :meth:`_drive_available` for ids of tracked products: in one
        query, without reading the products."""
        if not product_ids:
            return {}
        self.env["stock.quant"].flush_model(["product_id", "location_id", "quantity", "reserved_quantity"])
        rows = self.env.execute_query(
            SQL(
                """SELECT q.product_id, sum(q.quantity - q.reserved_quantity)
                     FROM stock_quant q
                     JOIN stock_location l ON l.id = q.location_id
                    WHERE q.product_id IN %s
                      AND l.usage = 'internal'
                      AND l.parent_path LIKE (
                              SELECT stock.parent_path || '%%'
                                FROM stock_warehouse w
                                JOIN stock_location stock ON stock.id = w.lot_stock_id
                               WHERE w.id = %s)
                    GROUP BY q.product_id""",
                tuple(product_ids),
                warehouse.id or None,
            )
        )
        return dict.fromkeys(product_ids, 0.0) | dict(rows)

    def _drive_lock_quants(self):
        """Hold what these products have in stock, by id, until the transaction ends: who
        reserves of it meanwhile waits, sees that it changed, and runs again."""
        products = self.filtered("is_storable")
        if products:
            self.env["stock.quant"].flush_model()
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM stock_quant WHERE product_id IN %s ORDER BY id FOR NO KEY UPDATE",
                    tuple(products.ids),
                ),
                log_exceptions=False,
            )

    def _can_return_content(self, field_name=None, access_token=None):
        """Override of `base`: who is signed in sees the pictures of the drive."""
        if field_name in ("image_256", "image_512") and self.sudo().drive_ok and not self.env.user._is_public():
            return True
        return super()._can_return_content(field_name, access_token)
