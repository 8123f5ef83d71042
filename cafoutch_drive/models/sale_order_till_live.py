from odoo import models

# What the tills of a point listen to.
CHANGED = "DRIVE_ORDERS"


class SaleOrder(models.Model):
    """The open screens of the tills see what changes without a touch."""

    _inherit = "sale.order"

    def write(self, vals):
        """Override of `sale`: baskets that become ready, or are so no longer, are told to the tills."""
        state = vals.get("drive_state")
        shown = state and self.filtered(lambda order: "ready" in (order.drive_state, state))
        res = super().write(vals)
        if shown:
            shown._drive_tell_tills()
        return res

    def _drive_tell_tills(self):
        """Have the tills of these orders' points read their lists again; what has changed
        is not said, whoever may read it asks."""
        tills = self.env["pos.config"].sudo().search([("drive_point_id", "in", self.drive_point_id.ids)])
        for till in tills:
            till._notify(CHANGED, {})
