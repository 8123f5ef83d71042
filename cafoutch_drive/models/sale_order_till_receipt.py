from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the till's receipt says of a basket besides its articles."""

    _inherit = "sale.order"

    drive_till_notes = fields.Text(
        string="What Changed",
        compute="_compute_drive_till_notes",
        help="What is missing and what replaces it, one line each, as the till's receipt says it.",
    )

    def _compute_drive_till_notes(self):
        facts = self._drive_till_facts()
        for order in self:
            _articles, _weighed, short = facts.get(order.id, (0, 0, self.env["sale.order.line"]))
            texts = [line._drive_till_change_text(row) for line in short if (row := line._drive_change_row())]
            order.drive_till_notes = "\n".join(texts)

    @api.model
    def _load_pos_data_fields(self, config):
        """Override of `pos_sale`: the receipt has the code, and what changed."""
        return [*super()._load_pos_data_fields(config), "drive_pickup_code", "drive_till_notes"]
