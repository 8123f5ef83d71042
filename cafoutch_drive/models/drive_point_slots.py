from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.chosen import check_chosen

# No opening window is longer, not even on a day of 25 hours: hours are looked for so
# much around a moment when the window that contains it is wanted.
WINDOW = timedelta(hours=26)


class DrivePoint(models.Model):
    """Slots are made ahead from the opening hours."""

    _inherit = "drive.point"

    @api.model
    def _cron_generate_slots(self):
        """Generate the slots of all points, up to their horizon."""
        for point in self.search([("active", "=", True)]):
            point._generate_slots_or_later()

    def _generate_slots_or_later(self):
        """Generate slots; when someone else is at it, or is changing the point's rules,
        the job runs once more instead."""
        try:
            with self.env.cr.savepoint():
                self._generate_slots()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.ref("cafoutch_drive.cron_generate_slots")._trigger()

    def action_generate_slots(self):
        """Generate the missing slots now, without waiting for the daily job."""
        check_chosen(self, "write")
        self._generate_slots()
        return True

    def _generate_slots(self, start=None):
        """Create the missing slots from ``start`` (UTC, now by default) to the
        horizon; the ones that exist are left alone.

        :return: the new slots
        """
        self._drive_plan_alone()
        vals_list = []
        for point in self:
            begin = start or fields.Datetime.now()
            vals_list += point._prepare_missing_slots(begin, begin + timedelta(days=point.horizon_days + 1))
        return self.env["drive.slot"].create(vals_list)

    def _prepare_missing_slots(self, begin, end):
        """Values of the slots that should begin between two UTC datetimes and are not there;
        what stands in their place is left alone."""
        self.ensure_one()
        existing = self._drive_slots_between(begin - WINDOW, end + WINDOW)
        # What has left the plan keeps its beginning only, which no other slot can have.
        starts = set(existing.mapped("start"))
        taken = [(slot.start, slot.stop) for slot in existing if not slot.unplanned]
        return [
            vals
            for vals in self._prepare_slots(begin, end)
            if vals["start"] not in starts and not _overlaps(vals["start"], vals["stop"], taken)
        ]

    def _drive_plan_alone(self):
        """Let nobody else make or plan slots of these points until the end of this
        transaction.

        Their rows are written, so that of two who did not wait for each other one
        fails and is run again by Odoo, with the other's slots before its eyes.
        """
        for point in self.sorted("id"):
            self.env.cr.execute(
                SQL("UPDATE drive_point SET slot_minutes = slot_minutes WHERE id = %s", point.id),
                log_exceptions=False,
            )

    def _drive_slots_between(self, start, stop):
        self.ensure_one()
        return self.env["drive.slot"].search([("point_id", "=", self.id), ("stop", ">", start), ("start", "<", stop)])

    def _prepare_slots(self, start, stop):
        """Values of the slots that begin between two UTC datetimes, without those
        that a closure touches.

        Each opening window is cut from its beginning; what is left at its end
        and is shorter than a slot is not offered.
        """
        self.ensure_one()
        length = timedelta(minutes=self.slot_minutes)
        closures = self._closures(start - WINDOW, stop + WINDOW)
        for opens, closes in self._opening_windows(start - WINDOW, stop + WINDOW):
            begin = opens
            while begin + length <= closes:
                if start <= begin < stop and not _overlaps(begin, begin + length, closures):
                    yield {
                        "point_id": self.id,
                        "start": begin,
                        "stop": begin + length,
                        "window_start": opens,
                        "capacity": self.slot_capacity,
                        "line_capacity": self.slot_line_capacity,
                    }
                begin += length

    def _opening_windows(self, start, stop):
        """Return the opening windows between two UTC datetimes, as pairs of
        UTC datetimes; hours are the calendar's, on its own clock. Hours that
        overlap are one window; hours that touch are two, each with its cut-off."""
        self.ensure_one()
        if self.calendar_id.flexible_hours:
            # Odoo makes up hours around noon for people who come when they like.
            return []
        return _naive(self.calendar_id._attendance_intervals_batch(*map(pytz.utc.localize, (start, stop)))[False])

    def _closures(self, start, stop):
        """Return the closures between two UTC datetimes, as pairs of them."""
        self.ensure_one()
        domain = [("time_type", "=", "leave"), ("company_id", "in", [False, self.company_id.id])]
        bounds = map(pytz.utc.localize, (start, stop))
        return _naive(self.calendar_id._leave_intervals_batch(*bounds, domain=domain)[False])


def _overlaps(start, stop, intervals):
    return any(start < end and stop > begin for begin, end in intervals)


def _naive(intervals):
    """Turn Odoo's intervals, aware datetimes, into pairs of naive UTC ones."""
    pairs = ((_utc(begin), _utc(end)) for begin, end, _records in intervals)
    return [(begin, end) for begin, end in pairs if begin < end]


def _utc(moment):
    """The second next to a moment: for Odoo, a day ends a microsecond early."""
    whole = moment.astimezone(pytz.utc).replace(tzinfo=None)
    return (whole + timedelta(microseconds=500_000)).replace(microsecond=0)
