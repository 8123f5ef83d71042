from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

ENDED_STATES = ("done", "no_show", "cancelled")


class SaleOrder(models.Model):
    """Notes to the preparers may tell of allergies, those of the till of a membership: they do
    not stay for ever."""

    _inherit = "sale.order"

    drive_ended_at = fields.Datetime(
        string="Ended",
        compute="_compute_drive_ended_at",
        store=True,
        copy=False,
        help="When the order was handed over, given up or cancelled.",
    )

    @api.depends("drive_state")
    def _compute_drive_ended_at(self):
        for order in self:
            ended = order.drive_state in ENDED_STATES
            order.drive_ended_at = ended and (order.drive_ended_at or fields.Datetime.now())

    def _drive_note_fields(self):
        """The free texts that a member sends with an order; a hook for other addons."""
        return ["drive_note", "drive_message", "drive_collector"]

    def _drive_erased_fields(self):
        """The free texts about a person that do not stay: a member's own, and what a cashier
        wrote of them."""
        return [*self._drive_note_fields(), "drive_handover_reason"]

    def _drive_notes(self):
        """The free texts of this order that there are."""
        return [self[name] for name in self._drive_note_fields() if self[name]]

    @api.model
    def _cron_erase_notes(self):
        """Erase the notes of orders that ended, and of baskets left alone, more than
        the coop's number of days ago: today's date decides, not the day of the job."""
        for company in self.env["res.company"].sudo().search([("active", "in", (True, False))]):
            limit = self._drive_notes_limit(company)
            names = self._drive_erased_fields()
            domain = [("is_drive", "=", True), ("company_id", "=", company.id)]
            orders = self.sudo().search(
                [
                    *domain,
                    *["|"] * (len(names) - 1),
                    *[(name, "!=", False) for name in names],
                    "|",
                    ("drive_ended_at", "<", limit),
                    "&",
                    ("drive_state", "=", "basket"),
                    ("write_date", "<", limit),
                ]
            )
            orders.with_context(tracking_disable=True).write(dict.fromkeys(names, False))

    @api.model
    def _drive_notes_limit(self, company):
        """What ended before this moment (UTC) is erased: the end of the day, on the
        coop's clock, after which more than the number of days have passed."""
        day = company._drive_today() - timedelta(days=self.env["drive.policy"]._for(company).note_days)
        midnight = pytz.timezone(company._drive_tz()).localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)
