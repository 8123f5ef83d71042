from odoo import api, fields, models

from ..tools.chosen import check_chosen


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

    # Columns of a board in the order of an order's life, the empty ones too.
    drive_state = fields.Selection(group_expand=True)
    drive_verdict_label = fields.Char(string="Right To Order", compute="_compute_drive_verdict_label")

    @api.depends("drive_eligibility")
    @api.depends_context("lang")
    def _compute_drive_verdict_label(self):
        states = dict(self.env["res.partner"]._fields["coop_state"]._description_selection(self.env))
        for order in self:
            state, _colon, rule = (order.drive_eligibility or "").partition(": ")
            label = states.get(state, state)
            if rule == "exception":
                label = self.env._("%s, by an exception", label)
            order.drive_verdict_label = label

    def action_drive_open_sale(self):
        """Open the same order on Odoo's own sales form."""
        check_chosen(self, "read", one=True)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [(self.env.ref("sale.view_order_form").id, "form")],
        }
