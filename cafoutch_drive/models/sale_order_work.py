from odoo import api, fields, models

from .sale_order import OPEN_STATES

COLD = ("chilled", "frozen")


class SaleOrder(models.Model):
    """How much work an order is, for whoever plans the half-day."""

    _inherit = "sale.order"

    @api.model
    def _drive_begun(self):
        """The orders of the companies that have not left the shop although their slot has begun."""
        return self.search(
            [
                ("drive_state", "in", OPEN_STATES),
                ("drive_slot_start", "<=", fields.Datetime.now()),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    def _drive_unready(self):
        """Those of these orders that are not ready although their slot has begun."""
        now = fields.Datetime.now()
        return self.filtered(
            lambda order: order.drive_state in ("confirmed", "preparing") and order.drive_slot_id.start <= now
        )

    def _drive_cold_crates(self):
        """Crates for the fridge and the freezer: those there are, once it is prepared;
        before, at least one for each kind of cold goods in it."""
        self.ensure_one()
        packed = len(self.drive_crate_ids.filtered(lambda crate: crate.storage_class in COLD))
        if self.drive_state in ("ready", "done"):
            return packed
        ordered = self._drive_product_lines().filtered("product_uom_qty").product_id.mapped("drive_storage_class")
        return max(packed, len(set(ordered).intersection(COLD)))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_kilos(self):
        """What the goods weigh: what is sold by weight as it is ordered, the rest by the
        weight on its product's form."""
        self.ensure_one()
        kilo = self._drive_uom("uom.product_uom_kgm")
        unit = self.product_uom_id
        if unit._has_common_reference(kilo):
            return unit._compute_quantity(self.product_uom_qty, kilo, round=False)
        quantity = unit._compute_quantity(self.product_uom_qty, self.product_id.uom_id, round=False)
        return quantity * self.product_id.weight
