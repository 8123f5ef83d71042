from datetime import date, timedelta

from odoo import api, fields, models

from ..tools.chosen import check_chosen
from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused

# Still in the line, or at its head.
OPEN_STATES = ("waiting", "offered")
# Who waited for what is of no use to anybody so many days after that day.
KEPT_DAYS = 30


class DriveWaiting(models.Model):
    """A household that waits for a place: in one slot, or in any slot of a day.

    Places that come free are offered in the order of arrival, see `drive_waiting_offer`.
    An offer is a place: a ``drive.booking`` that is ``offered``, which nobody else can get
    until it ends, and which becomes the held place of who accepts.
    """

    _name = "drive.waiting"
    _description = "Drive waiting list"
    _order = "id"
    _rec_name = "partner_id"

    point_id = fields.Many2one("drive.point", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="point_id.company_id", store=True)
    slot_id = fields.Many2one(
        "drive.slot",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty: any slot of that day.",
    )
    day = fields.Date(required=True, readonly=True, help="The date at the drive point.")
    partner_id = fields.Many2one("res.partner", string="Member", required=True, readonly=True, index=True)
    household_id = fields.Many2one("res.partner", required=True, readonly=True, index=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("offered", "Place offered"),
            ("taken", "Got a place"),
            ("passed", "Let the offer go by"),
            ("left", "Left the line"),
            ("over", "Over"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    booking_id = fields.Many2one(
        "drive.booking", string="Offered Place", readonly=True, index="btree_not_null", ondelete="set null"
    )
    offered_slot_id = fields.Many2one(related="booking_id.slot_id", string="Offered Slot")
    offered_until = fields.Datetime(related="booking_id.expires_at")

    _slot_once = models.UniqueIndex(
        "(household_id, slot_id) WHERE state IN ('waiting', 'offered') AND slot_id IS NOT NULL",
        "This household waits for that slot already.",
    )
    _day_once = models.UniqueIndex(
        "(household_id, point_id, day) WHERE state IN ('waiting', 'offered') AND slot_id IS NULL",
        "This household waits for that day already.",
    )
    _one_offer = models.UniqueIndex(
        "(household_id) WHERE state = 'offered'", "A place is offered to this household already."
    )
    _line_index = models.Index("(point_id, day) WHERE state IN ('waiting', 'offered')")
    _offer_has_place = models.Constraint(
        "CHECK (state != 'offered' OR booking_id IS NOT NULL)", "What is offered is a place."
    )

    def _slots(self):
        """The slots for which these people wait."""
        slots = self.slot_id
        for (point, day), _waiting in (
            self.filtered(lambda one: not one.slot_id).grouped(lambda one: (one.point_id, one.day)).items()
        ):
            slots |= self.env["drive.slot"]._drive_of_day(point, day)
        return slots

    def _covers(self, slot):
        """Whether a place in this slot is what they wait for."""
        if self.slot_id:
            return slot == self.slot_id
        return (slot.point_id, slot.point_id and slot._drive_day()) == (self.point_id, self.day)

    @api.model
    def _open_of(self, person):
        """What a person, or their household, waits for or is offered."""
        return self.search([("state", "in", OPEN_STATES), *self._theirs(person)])

    @api.model
    def _theirs(self, person):
        """Domain: a household's, and what somebody asked for who has moved out since; while staff
        order for this person, their own."""
        if self.env.context.get("drive_on_behalf"):
            return [("partner_id", "=", person.id)]
        return ["|", ("household_id", "=", person._drive_household().id), ("partner_id", "=", person.id)]

    @api.model
    def _find_mine(self, person, waiting_id):
        """Return what a person, or their household, waits for; empty when it is not theirs.

        :param waiting_id: anything that a page sends
        """
        return self.search([("id", "=", read_id(waiting_id, from_text=True)), *self._theirs(person)])

    # === ENTERING === #

    @api.model
    def _join_slot(self, person, slot):
        """Enter the line of a full slot; done twice, it is once.

        To be run under ``lock_first`` on the household and the slot.

        :raise DriveRefused: when the slot takes no orders now, or has a place for them
        """
        slot._drive_check_open()
        return self._join(person, slot, slot)

    @api.model
    def _join_day(self, person, point, day):
        """Enter the line for any slot of a day; see :meth:`_join_slot`.

        :param day: ``YYYY-MM-DD``, or anything else that a page sends
        """
        slots = self.env["drive.slot"]._drive_of_day(point, self._read_day(day))
        takeable = slots.filtered(lambda slot: slot.state in ("open", "full"))
        if not takeable:
            raise DriveRefused(
                "bad_day",
                self.env._("No slot of that day can be taken now. Please choose another day."),
                "/drive/slots",
            )
        return self._join(person, takeable, takeable.browse())

    @api.model
    def _read_day(self, day):
        try:
            found = date.fromisoformat(day)
        except (TypeError, ValueError):
            return None
        # Beyond that no slot is made, and no calendar reaches.
        return found if abs(found - fields.Date.today()) < timedelta(days=1000) else None

    @api.model
    def _join(self, person, slots, slot):
        """Enter a line: that of ``slot``, or of the day of ``slots`` where it is empty."""
        refusal = person._drive_refusal()
        if refusal:
            raise DriveRefused(*refusal)
        found = self._open_of(person).filtered(lambda one: one.slot_id == slot and one._covers(slots[0]))
        if found:
            return found[0]
        refusal = person._drive_limit_refusal(slots[0].point_id)
        if refusal:
            raise DriveRefused(*refusal)
        if slots._drive_has_place(person):
            raise DriveRefused("slot_mine", self.env._("Your household already has a place there."), "/drive/slots")
        free = slots.filtered(lambda slot: not slot._drive_is_spoken_for(person))[:1]
        if free:
            raise DriveRefused(
                "slot_open",
                self.env._("There is a place on %(slot)s right now: you can take it.", slot=free._drive_label()),
                "/drive/slots",
            )
        return self.create(
            {
                "point_id": slots[0].point_id.id,
                "slot_id": slot.id,
                "day": slots[0]._drive_day(),
                "partner_id": person.id,
                "household_id": person._drive_household().id,
            }
        )

    # === LEAVING === #

    def _leave(self):
        """Leave the line, or decline what is offered; done twice, it is once.

        Members' pages run it under ``lock_first`` on :meth:`_locks`.
        """
        self.ensure_one()
        if self.state == "offered":
            self.state = "passed"
            self.booking_id._release()
        elif self.state == "waiting":
            self.state = "left"

    def action_drive_remove(self):
        """Take people out of the line, for a manager."""
        check_chosen(self, "read")
        for waiting in self.sudo():
            waiting._leave()
        return True

    @api.autovacuum
    def _gc_ended(self):
        limit = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.search([("day", "<", limit), ("state", "not in", OPEN_STATES)], limit=1000).unlink()

    # === ACCEPTING === #

    def _locks(self, person):
        """What an answer of a person must have for itself."""
        slots = self.booking_id.slot_id | self.env["sale.order"]._drive_basket(person).drive_booking_id.slot_id
        return [("household", person._drive_household().id), *(("slot", slot.id) for slot in slots)]

    def _accept(self, person):
        """Keep the offered place for a person's basket, as any held place; done twice, it
        is once. The place that the basket had, if any, is given back.

        To be run under ``lock_first`` on :meth:`_locks`.

        :return: the booking
        :raise DriveRefused: after the time, or when they may not order; an offer whose
            time is not over stands
        """
        self.ensure_one()
        booking = self.booking_id
        if self.state == "taken" and booking.state == "held" and booking._is_live():
            return booking
        if self.state != "offered" or not booking._is_live():
            raise DriveRefused(
                "offer_over",
                self.env._("This offer is over: the place has gone to the next in line. Your basket is still here."),
                "/drive/slots",
            )
        orders = self.env["sale.order"].with_company(self.company_id)
        return orders._drive_basket(person, create=True)._drive_hold(booking.slot_id)

    @api.model
    def _offer_to(self, person, slot):
        """The open offer of a place in a slot to a person's household, if any."""
        offered = [("state", "=", "offered"), ("booking_id.slot_id", "=", slot.id)]
        return self.search([*offered, *self._theirs(person)], limit=1).filtered(lambda one: one.booking_id._is_live())

    def _give(self, order, values):
        """Make the offered place that of an order.

        :param values: the booking's state and end
        :raise DriveRefused: when the order has more lines than the slot can prepare
        """
        booking = self.booking_id
        line_count = len(order._drive_product_lines())
        others = booking.slot_id._drive_live_bookings() - booking
        if line_count > booking.line_count:
            booking.slot_id._drive_check_lines(others, line_count)
        booking.write({"order_id": order.id, "partner_id": order.partner_id.id, "line_count": line_count, **values})
        self.state = "taken"
        return booking
