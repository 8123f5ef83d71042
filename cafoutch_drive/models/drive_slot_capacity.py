from odoo import fields, models

from .drive_point_plan import CAPACITIES


class DriveSlot(models.Model):
    """A capacity that a manager sets on one slot by hand is the slot's own."""

    _inherit = "drive.slot"

    own_capacity = fields.Boolean(
        readonly=True,
        copy=False,
        help="Set by hand on this slot: kept when the point's rules are applied to the coming slots.",
    )

    def write(self, vals):
        """Override: what differs from the point's rules is remembered, unless the one who
        writes says what it is."""
        result = super().write(vals)
        if CAPACITIES & vals.keys() and "own_capacity" not in vals:
            for slot in self:
                rules = slot.point_id._drive_capacities()
                slot.own_capacity = any(slot[name] != rules[name] for name in CAPACITIES)
        return result
