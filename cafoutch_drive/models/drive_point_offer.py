from datetime import timedelta

from odoo import fields, models
from odoo.tools.date_utils import float_to_time
from odoo.tools.misc import format_datetime


class DrivePoint(models.Model):
    """How places that come free are offered: for so long, and nobody is woken up for one:
    what comes free in the night is offered in the morning."""

    _inherit = "drive.point"

    offer_minutes = fields.Integer(
        string="Offer (minutes)",
        default=30,
        help="So long is a place that came free kept for the next in the waiting list, before it goes on to "
        "the one after.",
    )
    offer_from_hour = fields.Float(
        string="Offers From",
        default=8.0,
        help="On the clock of the drive point. A place that comes free in the night stays with the waiting "
        "list and is offered in the morning; where the cut-off comes before, it is for who comes first.",
    )
    offer_to_hour = fields.Float(string="Offers Until", default=21.0, help="24:00 with 0:00: at any hour.")

    _offer_minutes_range = models.Constraint(
        "CHECK (offer_minutes > 0 AND offer_minutes <= 1440)", "An offer lasts at least one minute, and at most a day."
    )
    _offer_hours = models.Constraint(
        "CHECK (offer_from_hour >= 0 AND offer_from_hour < offer_to_hour AND offer_to_hour <= 24)",
        "The hours of offers begin before they end, between 0:00 and 24:00.",
    )

    def _drive_next_offer(self):
        """When a place that is free now may be offered: now, or in the morning.

        :return: a naive UTC datetime
        """
        self.ensure_one()
        now = fields.Datetime.now()
        day = self._drive_today()
        begin = self._drive_offers_begin(day)
        if now < begin:
            return begin
        return now if now < self._drive_offers_end(day) else self._drive_offers_begin(day + timedelta(days=1))

    def _drive_offers_begin(self, day):
        return self._drive_utc(day, float_to_time(self.offer_from_hour))

    def _drive_offers_end(self, day):
        # A hand-typed hour may round up to midnight.
        if self.offer_to_hour > 23 + 59 / 60:
            return self._drive_utc(day + timedelta(days=1))
        return self._drive_utc(day, float_to_time(self.offer_to_hour))

    def _drive_offer_hours_text(self):
        """When members are written to about places, for them; empty for at any hour."""
        if self.offer_to_hour - self.offer_from_hour == 24:
            return ""
        day = self._drive_today()
        begin, end = (
            format_datetime(self.env, moment, tz=self.tz, dt_format="HH:mm")
            for moment in (self._drive_offers_begin(day), self._drive_offers_end(day))
        )
        return self.env._("We write between %(begin)s and %(end)s, never in the night.", begin=begin, end=end)

    def _drive_is_quiet(self):
        """Whether members are left in peace now."""
        return self._drive_next_offer() > fields.Datetime.now()
