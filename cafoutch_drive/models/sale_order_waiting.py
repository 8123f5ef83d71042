from odoo import api, models

from .drive_booking import TAKEN_STATES
from .drive_waiting import OPEN_STATES


class DriveBooking(models.Model):
    """Who waits in line goes first, whichever way a place is taken or given back."""

    _inherit = "drive.booking"

    @api.model
    def _hold(self, slot, order):
        """Override: the place that is offered to the household is the one it gets; who
        comes by gets none that people wait for."""
        offer = slot._drive_turn(order.partner_id)
        if offer:
            return offer._give(order, {"state": "held", "expires_at": self._hold_end(slot)})
        return super()._hold(slot, order)

    @api.model
    def _take(self, slot, order):
        """Override: an order that moves may take the place offered to its household."""
        offer = self.env["drive.waiting"].sudo()._offer_to(order.partner_id, slot)
        booking = offer._give(order, {"state": "booked", "expires_at": False}) if offer else super()._take(slot, order)
        booking._leave_lines()
        return booking

    def _book(self, line_count):
        """Override: who has an order waits no longer."""
        result = super()._book(line_count)
        self._leave_lines()
        return result

    def _leave_lines(self):
        """The household of a booked place waits no longer for that slot or day."""
        self.ensure_one()
        waiting = self.env["drive.waiting"].sudo()
        lines = waiting.search(
            [
                ("household_id", "=", self.order_id.partner_id._drive_household().id),
                ("state", "in", OPEN_STATES),
                *self.slot_id._drive_line_domain(),
            ]
        )
        offered = lines.filtered(lambda one: one.state == "offered").booking_id
        lines.state = "taken"
        offered._release()

    def _release(self):
        """Override: what is given back is for who waits."""
        freed = self.filtered(lambda booking: booking.state in TAKEN_STATES)
        result = super()._release()
        freed.slot_id._drive_call_line()
        return result
