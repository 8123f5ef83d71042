import time

from odoo import api, models

# A worker looks again after so many seconds, however often it is asked.
KEPT_SECONDS = 30

# {database: (when it was looked at, what was found)} of this worker.
_kept = {}


class DriveHealth(models.AbstractModel):
    """What a program that watches the server is told: whether somebody has to come."""

    _inherit = "drive.health"

    @api.model
    def _monitored_checks(self):
        """Codes of checks that cost little, and whose titles everybody may read; a hook."""
        return ["jobs", "disk", "clock", "mails"]

    @api.model
    def _monitor(self):
        """The titles of what is a problem now, or was at most ``KEPT_SECONDS`` ago; nobody's
        name and no number is in them."""
        database, now = self.env.cr.dbname, time.monotonic()
        looked_at, troubles = _kept.get(database, (None, None))
        if troubles is None or now - looked_at >= KEPT_SECONDS:
            rows = [self._look(code) for code in self._monitored_checks()]
            troubles = [row["title"] for row in rows if row["level"] == "problem"]
            _kept[database] = now, troubles
        return troubles

    @api.model
    def _monitor_again(self):
        """Forget what was found: this worker looks at the next question."""
        _kept.pop(self.env.cr.dbname, None)
