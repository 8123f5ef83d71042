from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_ordered_qty = fields.Float(
        string="Ordered on the Drive",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="What the member ordered, kept when preparation writes what it found.",
    )
    drive_prepared_qty = fields.Float(string="Prepared", digits="Product Unit", copy=False, readonly=True)
    drive_picked = fields.Boolean(
        string="Treated",
        copy=False,
        readonly=True,
        help="A preparer has picked this line or said that it is short.",
    )
    drive_substitution = fields.Selection(
        selection=lambda self: self.env["sale.order"]._fields["drive_substitution"].selection,
        string="Substitution",
        copy=False,
        help="Empty: as for the whole order.",
    )
    drive_substitute_of_id = fields.Many2one("sale.order.line", string="Replaces", copy=False, index="btree_not_null")
    drive_shortage_reason = fields.Selection(
        [
            ("missing", "Not on the shelf"),
            ("damaged", "Damaged or out of date"),
            ("partial", "Not enough"),
            ("other", "Other"),
        ],
        string="Shortage",
        copy=False,
        readonly=True,
    )
