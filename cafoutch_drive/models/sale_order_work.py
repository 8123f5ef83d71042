from odoo import models

COLD = ("chilled", "frozen")


class SaleOrder(models.Model):
    """How much work an order is, for whoever plans the half-day."""

    _inherit = "sale.order"

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
