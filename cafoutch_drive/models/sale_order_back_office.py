from odoo import fields, models


class SaleOrder(models.Model):
    """What the manager's pages about orders need beside the rules."""

    _inherit = "sale.order"

    drive_slot_start = fields.Datetime(
        related="drive_slot_id.start",
        string="Pickup",
        store=True,
        index="btree_not_null",
        help="When the slot begins; lists are sorted and filtered by it.",
    )

    def action_drive_open_sale(self):
        """Open the same order on Odoo's own sales form."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }
