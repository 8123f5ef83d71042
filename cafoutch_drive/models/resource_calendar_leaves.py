from odoo import api, fields, models
from odoo.fields import Domain

from .drive_point_slots import WINDOW


class ResourceCalendarLeaves(models.Model):
    """Time off of opening hours closes the slots that were made already; when it goes or
    becomes shorter, they are opened again."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._drive_close_slots()
        return leaves

    def write(self, vals):
        if not {"calendar_id", "company_id", "date_from", "date_to", "resource_id", "time_type"} & vals.keys():
            return super().write(vals)
        points = self._drive_points()
        result = super().write(vals)
        self._drive_close_slots()
        points._drive_open_uncovered()
        return result

    def unlink(self):
        points = self._drive_points()
        result = super().unlink()
        points._drive_open_uncovered()
        return result

    def _drive_closures(self):
        """Those of these times off that close points, and are not over."""
        now = fields.Datetime.now()
        return self.filtered(
            lambda leave: not leave.resource_id and leave.time_type == "leave" and leave.date_to > now
        )

    def _drive_domain(self, prefix=""):
        """The points (or by a ``prefix``, what belongs to points) that a time off closes."""
        domain = Domain.TRUE
        if self.calendar_id:
            domain &= Domain(f"{prefix}calendar_id", "=", self.calendar_id.id)
        if self.company_id:
            domain &= Domain(f"{prefix}company_id", "=", self.company_id.id)
        return domain

    def _drive_points(self):
        """The points that are closed by these."""
        # Odoo's own doors (a public holiday, say) are not only the drive's managers'.
        points = self.env["drive.point"].sudo().with_context(active_test=False)
        for leave in self._drive_closures():
            points |= points.search(leave._drive_domain())
        return points

    def _drive_close_slots(self):
        for leave in self._drive_closures():
            domain = leave._drive_domain("point_id.") & Domain(
                [
                    ("stop", ">", max(leave.date_from, fields.Datetime.now())),
                    ("start", "<", leave.date_to),
                    ("closed", "=", False),
                ]
            )
            self.env["drive.slot"].sudo().search(domain).write({"closed": True, "closed_by_closure": True})


class DrivePoint(models.Model):
    _inherit = "drive.point"

    def _drive_open_uncovered(self):
        """Open the slots that closures had closed and that none covers any more, and make
        those that are missing.

        A slot outside the opening hours of now, in which nobody has a place, has left the
        plan meanwhile: it stays closed.
        """
        for point in self:
            slots = self.env["drive.slot"].search(
                [
                    ("point_id", "=", point.id),
                    ("closed_by_closure", "=", True),
                    ("stop", ">", fields.Datetime.now()),
                ]
            )
            free = slots - point._drive_within(slots, point._closures, whole=False)
            taken = slots.browse(self.env["drive.booking"]._read_live(free.ids))
            planned = point._drive_within(free, point._opening_windows) | taken
            planned.write({"closed": False})
            (free - planned).write({"unplanned": True, "closed_by_closure": False})
            if point.active:
                point._generate_slots()

    def _drive_within(self, slots, find, whole=True):
        """The slots that lie in one of some intervals.

        :param find: returns the intervals between two UTC datetimes
        :param bool whole: from begin to end; else a part is enough
        """
        if not slots:
            return slots
        intervals = find(min(slots.mapped("start")) - WINDOW, max(slots.mapped("stop")) + WINDOW)

        def lies(slot):
            if whole:
                return any(begin <= slot.start and slot.stop <= end for begin, end in intervals)
            return any(begin < slot.stop and slot.start < end for begin, end in intervals)

        return slots.filtered(lies)
