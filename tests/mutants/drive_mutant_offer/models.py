import secrets

from odoo import models


class DriveWaiting(models.Model):
    _inherit = "drive.waiting"

    def _serve(self, slot):
        """Offer without waiting for who takes a place at this moment."""
        slot._drive_serve_line()


class DriveSlot(models.Model):
    _inherit = "drive.slot"

    def _drive_turn(self, person):
        """Whoever comes by takes what people wait for."""
        return self.env["drive.waiting"].sudo()._offer_to(person, self)

    def _drive_free_place(self, line_count):
        """Count, then insert."""
        places, _lines = self._drive_left()
        if places <= 0:
            self._drive_refuse_full()
        return secrets.randbelow(10**6) + 1
