import json

from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the till's receipt says of a basket besides its articles."""

    _inherit = "sale.order"

    drive_till_notes = fields.Text(
        string="What Changed",
        compute="_compute_drive_till_notes",
        help="What is missing, what replaces it and what was not taken, one line each, as the till's receipt says it.",
    )

    def _compute_drive_till_notes(self):
        facts = self._drive_till_facts()
        for order in self:
            _articles, _weighed, short = facts.get(order.id, (0, 0, self.env["sale.order.line"]))
            texts = [line._drive_till_change_text(row) for line in short if (row := line._drive_change_row())]
            left = order.order_line.filtered("drive_refused_qty")
            texts += [line._drive_till_left_text() for line in left]
            order.drive_till_notes = "\n".join(texts)

    @api.model
    def _load_pos_data_fields(self, config):
        """Override of `pos_sale`: the receipt has the code, and what changed."""
        return [*super()._load_pos_data_fields(config), "drive_pickup_code", "drive_till_notes"]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_till_left_text(self):
        """What of this line was in the basket, and is not paid."""
        values = {"product": self.product_id.name, "quantity": self._drive_text(self.drive_refused_qty)}
        if self.drive_refused_fate == "missing":
            return self.env._("%(product)s: %(quantity)s not found, not charged", **values)
        return self.env._("%(product)s: %(quantity)s not taken", **values)

    def _drive_till_said(self):
        """What a till needs to say :meth:`_drive_till_left_text` itself, where the server has not
        got the ticket yet: ``product``, ``unit`` (behind a number), ``measured`` (a weight, not a
        count), and ``ratio``, what one of the product's own unit is in this line's."""
        return {
            "product": self.product_id.name,
            "unit": self._drive_unit_text(),
            "measured": self._drive_is_measured(),
            "ratio": self.product_id.uom_id._compute_quantity(1.0, self.product_uom_id, round=False),
        }


class PosOrder(models.Model):
    _inherit = "pos.order"

    drive_receipt = fields.Char(
        string="Baskets on the Receipt",
        compute="_compute_drive_receipt",
        compute_sudo=True,
        help="The code of each basket on this ticket and what changed in it, as the till's receipt says it: "
        "the till itself knows no more than what it opened.",
    )

    def _compute_drive_receipt(self):
        for ticket in self:
            orders = ticket.lines.sale_order_origin_id.filtered("is_drive")
            rows = [
                {
                    "id": order.id,
                    "code": order.drive_pickup_code or order.name,
                    "notes": (order.drive_till_notes or "").splitlines(),
                }
                for order in orders
            ]
            ticket.drive_receipt = json.dumps(rows) if rows else False
