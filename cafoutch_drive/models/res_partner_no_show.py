from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..tools.chosen import check_chosen

# What the rule turns into "on alert"; whoever is worse off stays so.
STATES_TO_ALERT = ("up_to_date", "exempted")


class ResPartner(models.Model):
    """The rule about orders not collected, whose numbers are in ``drive.policy``."""

    _inherit = "res.partner"

    drive_no_show_count = fields.Integer(
        string="Orders Not Collected",
        compute="_compute_drive_no_show_count",
        compute_sudo=True,
        groups="cafoutch_drive.group_manager",
        help="By the household, within the months that count, and not pardoned.",
    )
    drive_before_alert = fields.Json(
        groups="cafoutch_drive.group_manager",
        copy=False,
        help="The membership before the rule put it on alert: what an amnesty gives back.",
    )

    def _compute_drive_no_show_count(self):
        for partner in self:
            partner.drive_no_show_count = len(partner._drive_no_shows())

    def _drive_no_shows(self):
        """Return the household's orders that count as not collected."""
        company = self._drive_company()
        months = relativedelta(months=self._drive_rules().no_show_months)
        zone = pytz.timezone(company._drive_tz())
        begin = zone.localize(datetime.combine(company._drive_today() - months, time.min))
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("drive_household_id", "=", self._drive_household().id),
                    ("drive_state", "=", "no_show"),
                    ("drive_pardoned", "=", False),
                    ("drive_no_show_at", ">=", begin.astimezone(pytz.utc).replace(tzinfo=None)),
                ]
            )
        )

    def _drive_apply_no_show_rule(self):
        """Put this household on alert once it has left too many orders.

        Whether it is suspended one day is for people to decide.
        """
        self.ensure_one()
        self._drive_claim_household()
        rules = self._drive_rules()
        count = len(self._drive_no_shows())
        if not rules.no_show_limit or count < rules.no_show_limit:
            return
        state = self._coop_state_today()
        if state not in STATES_TO_ALERT:
            return
        member = self.with_context(lang=self.lang)
        until = fields.Date.to_string(self.coop_state_until) if self.coop_state == state else None
        self.write(
            {
                "drive_before_alert": {"state": state, "until": until, "next": self.coop_state_next},
                "coop_state": "alert",
                "coop_state_until": False,
                "coop_state_reason": self.env._(
                    "%(count)s orders not collected in %(months)s months.",
                    count=count,
                    months=rules.no_show_months,
                ),
                "coop_state_message": member.env._(
                    "Several of your orders were prepared and not collected. "
                    "Please talk to the members' office, so that we find out together how to do better."
                ),
            }
        )

    def action_drive_amnesty(self):
        """Pardon all that this household has not collected."""
        self.env["drive.policy"].check_access("write")
        check_chosen(self, "read")
        for partner in self:
            no_shows = partner._drive_no_shows().with_env(self.env)
            if no_shows:
                no_shows.action_drive_pardon()
        return True

    def _drive_lift_alert(self):
        """Give back what the rule took, when the count has fallen below the limit."""
        self.ensure_one()
        before = self.drive_before_alert
        limit = self._drive_rules().no_show_limit
        if not before or (limit and len(self._drive_no_shows()) >= limit):
            return
        values = {"drive_before_alert": False}
        # A person has decided something else since: that stands.
        if self.coop_state == "alert":
            values |= {
                "coop_state": before["state"],
                "coop_state_until": before["until"],
                "coop_state_next": before["next"],
                "coop_state_reason": False,
                "coop_state_message": False,
            }
        self.write(values)
