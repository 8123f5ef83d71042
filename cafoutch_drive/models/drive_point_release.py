from datetime import timedelta

from odoo import fields, models
from odoo.tools.date_utils import float_to_time

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class DrivePoint(models.Model):
    """A fair start: the slots of a week open to everybody at the same moment."""

    _inherit = "drive.point"

    release_weekday = fields.Selection(
        WEEKDAYS,
        string="Weeks Open On",
        help="The slots of a week, Monday to Sunday, can be taken from this day of the week before. "
        "Empty: each slot opens by itself, so many days ahead.",
    )
    release_hour = fields.Float(
        string="Weeks Open At",
        help="The hour of that day, on the clock of the drive point.",
    )

    _release_hour_range = models.Constraint(
        "CHECK (release_hour IS NULL OR (release_hour >= 0 AND release_hour < 24))",
        "The hour at which weeks open is between 0:00 and 23:59.",
    )

    def _drive_release(self, moment):
        """When the week of a naive UTC datetime opens, as another one; False when weeks
        do not open together."""
        if not self.release_weekday:
            return False
        day = self._drive_date(moment)
        monday = day - timedelta(days=day.weekday())
        # A hand-typed hour may round up to midnight.
        clock = float_to_time(min(self.release_hour, 23 + 59 / 60))
        return self._drive_utc(monday + timedelta(days=int(self.release_weekday) - 7), clock)
