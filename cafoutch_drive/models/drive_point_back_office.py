from odoo import fields, models

from ..tools.chosen import check_chosen


class DrivePoint(models.Model):
    """What the manager's form of a point shows beside the point's own fields."""

    _inherit = "drive.point"

    attendance_ids = fields.One2many(related="calendar_id.attendance_ids", readonly=False, string="Opening Windows")
    closure_ids = fields.One2many(related="calendar_id.global_leave_ids", readonly=False, string="Closures")

    def write(self, vals):
        """Override: a closure whose line is deleted is gone. By way of the related field
        Odoo would only take its calendar off, and so close every point of the company."""
        if "closure_ids" not in vals:
            return super().write(vals)
        vals = dict(vals)
        closures = vals.pop("closure_ids")
        result = super().write(vals)
        self.calendar_id.write({"global_leave_ids": closures})
        return result

    def action_view_slots(self):
        """Open the slots of this point."""
        check_chosen(self, "read", one=True)
        action = self.env["ir.actions.act_window"]._for_xml_id("cafoutch_drive.drive_slot_action")
        action["domain"] = [("point_id", "=", self.id)]
        return action

    def action_replan(self):
        """Show what has to change for the coming slots to follow the rules."""
        check_chosen(self, "write", one=True)
        return self.env["drive.replan"].create({"point_id": self.id})._drive_open()
