import re
from datetime import timedelta

from odoo import api, fields, models

PARAMETER = "cafoutch_drive.session_days"
SESSION_DAYS = 90


class ResUsers(models.Model):
    """How long somebody may be signed in on a device, however often they come.

    Odoo ends a session that nobody used for a week, and renews the key of one that is used:
    that one never ends. Its age is that of the device in the list of devices.
    """

    _inherit = "res.users"

    @api.model
    def _cron_end_sessions(self):
        """End the sessions that began too long ago: by night, when nobody prepares."""
        days = self._drive_session_days()
        if not days:
            return
        began_before = fields.Datetime.now() - timedelta(days=days)
        old = self.env["res.device.log"]._read_group(
            [("revoked", "=", False), ("first_activity", "<", began_before)], ["session_identifier"]
        )
        if old:
            identifiers = [identifier for [identifier] in old]
            self.env["res.device"].search([("session_identifier", "in", identifiers)])._revoke()

    @api.model
    def _drive_session_days(self):
        """Days after which people sign in again, 0 for never; what makes no sense does not count."""
        text = self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or ""
        return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else SESSION_DAYS
