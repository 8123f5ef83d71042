import secrets

from odoo import models
from odoo.tools import SQL

from odoo.addons.cafoutch_drive.tools import locking


def _take(env, classes, ids, lock_timeout_ms):
    """Wait in the very transaction that counts: what it then reads is from before the wait."""
    env.cr.execute(
        "SELECT pg_advisory_lock(class, id)  FROM unnest(%s::int[], %s::int[]) AS t(class, id)", (classes, ids)
    )


locking._take = _take


class DriveSlot(models.Model):
    _inherit = "drive.slot"

    def _drive_free_place(self, line_count):
        """Lock the slot's row and write nothing to it: nobody's count fails."""
        self.env.cr.execute(SQL("SELECT id FROM drive_slot WHERE id = %s FOR UPDATE", self.id))
        live = self.env["drive.booking"]._read_live(self.ids)
        places, _lines = live.get(self.id, (0, 0))
        if places >= self.capacity:
            self._drive_refuse_full()
        return secrets.randbelow(10**6) + 1
