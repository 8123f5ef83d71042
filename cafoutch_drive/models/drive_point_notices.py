from odoo import api, fields, models
from odoo.tools import format_duration


class DrivePoint(models.Model):
    """What a manager should know of the rules just typed; nothing of it is forbidden, but what
    was set up before it was."""

    _inherit = "drive.point"

    notice = fields.Text(compute="_compute_notice")

    @api.depends(
        "attendance_ids.dayofweek",
        "attendance_ids.hour_from",
        "attendance_ids.hour_to",
        "slot_minutes",
        "slot_capacity",
        "warehouse_id.delivery_steps",
    )
    @api.depends_context("lang")
    def _compute_notice(self):
        for point in self:
            point.notice = "\n".join(point._drive_notices())

    def _drive_notices(self):
        """Sentences for the form."""
        hours = self.attendance_ids.filtered(lambda line: not line.display_type)
        found = self._drive_setup_refusals()
        if not hours:
            return [*found, self.env._("There are no opening hours yet: members find no slot here.")]
        if not self.slot_capacity:
            found.append(self.env._("A slot takes no order: members see all of them full."))
        short = hours.filtered(lambda line: 60 * (line.hour_to - line.hour_from) < self.slot_minutes)
        if short:
            found.append(self.env._("Shorter than one slot, and so without any: %s.", _labels(short)))
        beside = self._drive_open_beside(hours)
        if beside:
            found.append(
                self.env._(
                    "Open at the same time, with the goods of the same warehouse: %s. The team prepares for both.",
                    ", ".join(beside.mapped("name")),
                )
            )
        return found

    def _drive_open_beside(self, hours):
        """Other points of this one's warehouse that are open in some of these hours."""
        others = self.search([("warehouse_id", "=", self.warehouse_id.id), ("id", "not in", self._origin.ids)])
        return others.filtered(
            lambda other: any(_meet(mine, theirs) for mine in hours for theirs in other.attendance_ids)
        )


def _meet(one, other):
    """Whether two lines of opening hours overlap."""
    same_week = not one.week_type or not other.week_type or one.week_type == other.week_type
    return (
        same_week
        and one.dayofweek == other.dayofweek
        and one.hour_from < other.hour_to
        and other.hour_from < one.hour_to
    )


def _labels(lines):
    """Such as "Thursday 15:45-18:15, Friday 15:45-18:15"."""
    days = dict(lines[0]._fields["dayofweek"]._description_selection(lines[0].env))
    return ", ".join(
        f"{days[line.dayofweek]} {format_duration(line.hour_from)}-{format_duration(line.hour_to)}" for line in lines
    )
