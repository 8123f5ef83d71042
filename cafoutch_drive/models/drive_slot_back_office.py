from odoo import api, fields, models


class DriveSlot(models.Model):
    """What the manager's board of slots shows beside the slot's own fields."""

    _inherit = "drive.slot"

    time_label = fields.Char(
        string="Time",
        compute="_compute_time_label",
        help="Begin and end on the drive point's clock, whatever the reader's is.",
    )

    @api.depends("start", "stop", "point_id.calendar_id.tz")
    @api.depends_context("lang")
    def _compute_time_label(self):
        for slot in self:
            slot.time_label = slot._drive_time_label() if slot.start else False
