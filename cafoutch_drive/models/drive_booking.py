from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.refusal import DriveRefused

# A confirmation that has begun may take this long before its hold can end.
CONFIRM_MINUTES = 3
# A place in one of these states is nobody else's; those with an end until then.
TAKEN_STATES = ("held", "offered", "booked")


class DriveBooking(models.Model):
    _name = "drive.booking"
    _description = "Place in a drive slot"
    _order = "slot_id, place_no"
    _rec_name = "order_id"

    slot_id = fields.Many2one("drive.slot", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="slot_id.company_id", store=True)
    place_no = fields.Integer(string="Place", required=True)
    order_id = fields.Many2one(
        "sale.order", ondelete="cascade", index=True, help="Empty only for a place that is offered."
    )
    partner_id = fields.Many2one("res.partner", string="Member", required=True)
    state = fields.Selection(
        [
            ("held", "Held"),
            ("offered", "Offered"),
            ("booked", "Booked"),
            ("used", "Used"),
            ("released", "Released"),
        ],
        required=True,
        default="held",
    )
    expires_at = fields.Datetime(help="When the hold, or the offer, ends.")
    extended = fields.Boolean(help="The member has used the one extension.")
    line_count = fields.Integer(help="Order lines that this booking takes.")

    # The last fence: a place is never given twice, whatever the code above does.
    _place_uniq = models.UniqueIndex(
        "(slot_id, place_no) WHERE state IN ('held', 'offered', 'booked')",
        "This place has just been taken.",
    )
    _order_live_uniq = models.UniqueIndex(
        "(order_id, slot_id) WHERE state IN ('held', 'booked')",
        "This order already has a place in that slot.",
    )
    _held_expires = models.Constraint(
        "CHECK (state NOT IN ('held', 'offered') OR expires_at IS NOT NULL)",
        "A held place has an end.",
    )
    _has_order = models.Constraint(
        "CHECK (order_id IS NOT NULL OR state IN ('offered', 'released'))",
        "A place is an order's, unless it is offered.",
    )
    _place_positive = models.Constraint("CHECK (place_no > 0)", "Places count from 1.")

    # === LIVE === #

    @api.model
    def _sql_live(self, alias="b"):
        """SQL condition: booked, or held or offered and not expired, at this very moment.

        The clock is the database's, not the transaction's, so that a judgement
        made after waiting for a lock is of that time.
        """
        return SQL(
            "(%(b)s.state = 'booked' OR (%(b)s.state IN ('held', 'offered') AND %(b)s.expires_at >"
            " clock_timestamp() AT TIME ZONE 'UTC'))",
            b=SQL.identifier(alias),
        )

    @api.model
    def _read_live(self, slot_ids):
        """Count the live bookings of slots.

        :return: ``{slot_id: (places, order lines)}``; slots without are absent
        """
        if not slot_ids:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT b.slot_id, count(*), COALESCE(sum(b.line_count), 0)"
                "  FROM drive_booking b WHERE b.slot_id IN %s AND %s"
                " GROUP BY b.slot_id",
                tuple(slot_ids),
                self._sql_live(),
            )
        )
        return {slot_id: (places, lines) for slot_id, places, lines in rows}

    def _is_live(self):
        """Whether this booking still keeps its place."""
        self.ensure_one()
        return self.state == "booked" or (self.state in ("held", "offered") and self.expires_at > self._clock())

    @api.model
    def _clock(self):
        """The database's time of this moment, UTC; the judge of every hold."""
        [[moment]] = self.env.execute_query(SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))
        return moment

    @api.model
    def _release_expired(self, slot):
        """Release the holds and offers of a slot that have ended, to free their places."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE drive_booking SET state = 'released' WHERE slot_id = %s"
                " AND state IN ('held', 'offered')"
                " AND expires_at <= clock_timestamp() AT TIME ZONE 'UTC'",
                slot.id,
            )
        )
        self.invalidate_model(["state"])
        slot.invalidate_recordset(["booking_ids"])

    # === LIFE === #

    @api.model
    def _hold(self, slot, order):
        """Hold a place of ``slot`` for ``order``.

        :return: the booking
        :raise DriveRefused: when the slot is full
        """
        line_count = len(order._drive_product_lines())
        place_no = slot._drive_free_place(line_count)
        return self.create(
            {
                "slot_id": slot.id,
                "place_no": place_no,
                "order_id": order.id,
                "partner_id": order.partner_id.id,
                "state": "held",
                "expires_at": self._hold_end(slot),
                "line_count": line_count,
            }
        )

    @api.model
    def _hold_end(self, slot):
        """A hold lasts as the point says, and never past the cut-off."""
        wanted = self._clock() + timedelta(minutes=slot.point_id.hold_minutes)
        return min(wanted.replace(microsecond=0), slot.cutoff)

    def _extend(self):
        """Give a hold its one extension, as long as a new hold.

        :raise DriveRefused: when it was extended before or has ended
        """
        self._check_held()
        if self.extended:
            raise DriveRefused(
                "hold_extended",
                self.env._("Your slot was already kept longer once. You can still order before the time is up."),
            )
        self.write({"extended": True, "expires_at": self._hold_end(self.slot_id)})

    def _secure(self, line_count):
        """Before a confirmation: judge the hold, and see that it does not end
        in the middle, or the place could be given to someone else meanwhile.

        :param line_count: order lines that will be confirmed
        """
        self._check_held()
        self.slot_id._drive_check_open()
        if line_count > self.line_count:
            others = self.slot_id._drive_live_bookings() - self
            self.slot_id._drive_check_lines(others, line_count)
        soonest = self._clock() + timedelta(minutes=CONFIRM_MINUTES)
        self.write(
            {
                "line_count": line_count,
                "expires_at": max(self.expires_at, soonest.replace(microsecond=0)),
            }
        )

    def _check_held(self):
        """Refuse when there is no place, or it is not this order's any more."""
        if self.state == "booked":
            return
        if not self or not self._is_live():
            raise DriveRefused(
                "hold_expired",
                self.env._("Your slot is no longer kept; your basket is still here. Please choose a slot again."),
                "/drive/slots",
            )

    def _book(self, line_count):
        """Turn a live hold into a booking."""
        self.ensure_one()
        self.write({"state": "booked", "expires_at": False, "line_count": line_count})

    def _release(self):
        """Give the places back; those that were used stay as they are."""
        self.filtered(lambda b: b.state in TAKEN_STATES).state = "released"

    def _use(self):
        """The basket has been handed over."""
        self.state = "used"
