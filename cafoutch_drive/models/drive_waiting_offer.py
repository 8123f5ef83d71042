import logging
import math
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools.chosen import check_chosen
from ..tools.locking import lock_first
from ..tools.refusal import DriveRefused
from .drive_waiting import OPEN_STATES

_logger = logging.getLogger(__name__)

# So short before the cut-off nobody could answer: what is free then is for who comes.
LAST_OFFER = timedelta(minutes=5)


class DriveWaiting(models.Model):
    """Free places are offered in the order of arrival.

    A place can come free while nobody writes anything: a hold ends. So a job looks, each
    minute, and at once when something was given back.
    """

    _inherit = "drive.waiting"

    # === THE JOB === #

    @api.model
    def _cron_offer_places(self):
        """End the offers whose time is over, and offer what is free to the next in line.

        Each slot is a part of its own: offers and the mails about them are committed
        together, so that a job that dies, and the one after it, lose none and make none
        twice.
        """
        lock_first(self.env, [], self._end_hopeless)
        slots = self._slots_to_serve()
        self.env["ir.cron"]._commit_progress(remaining=len(slots))
        for slot_id in slots.ids:
            self._serve(self.env["drive.slot"].browse(slot_id))
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    def _serve(self, slot):
        try:
            lock_first(self.env, [("slot", slot.id)], slot._drive_serve_line)
        except (DriveRefused, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            _logger.info("Drive slot %s is busy: its places are offered at the next run", slot.id)
        except Exception:  # one mail that cannot be made keeps no other back
            _logger.exception("The places of drive slot %s cannot be offered", slot.id)

    @api.model
    def _slots_to_serve(self):
        """Slots where an offer has ended, or with a free place that people wait for."""
        offered = self.search([("state", "=", "offered")])
        ended = offered.filtered(lambda one: not one._stands()).booking_id.slot_id
        wanted = self.search([("state", "=", "waiting")])._slots()
        awake = wanted.point_id.filtered(lambda point: not point._drive_is_quiet())
        return ended | wanted.filtered(lambda slot: slot.point_id in awake and slot.state == "open")

    @api.model
    def _end_hopeless(self):
        """End the waiting for what can no longer be had: silently at the cut-off, with a
        word where the shop closed all of it."""
        now = fields.Datetime.now()
        for (_point, _day, _slot), lines in (
            self.search([("state", "=", "waiting")]).grouped(lambda one: (one.point_id, one.day, one.slot_id)).items()
        ):
            standing = lines._slots().filtered(lambda slot: not slot.closed)
            if not standing:
                lines._end()
            elif all(slot.cutoff <= now for slot in standing):
                lines.state = "over"

    def _end(self):
        """End the waiting because the shop closed the slot, or all of the day."""
        self.state = "over"
        for waiting in self:
            waiting._tell("cafoutch_drive.mail_template_waiting_over")

    def _tell(self, xmlid):
        template = self.env["sale.order"]._drive_template(xmlid).sudo()
        if template:
            # Queued, not sent: what is sent cannot be taken back with the transaction.
            template.send_mail(self.id)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # === ONE OFFER === #

    def _may_take(self, slot, lines):
        """Whether this place could be offered now. Who may not order, has enough orders or
        another offer, or keeps a place there already is passed over, and stays in line.

        :param lines: order lines that the slot can still prepare
        """
        self.ensure_one()
        person = self.partner_id
        kept = self.env["sale.order"]._drive_basket(person)._drive_live_hold().slot_id
        return (
            person.active
            and self._line_count() <= lines
            and not self._covers(kept)
            and not self.search_count(
                [("household_id", "=", self.household_id.id), ("state", "=", "offered")], limit=1
            )
            and not (person._drive_refusal() or person._drive_limit_refusal(self.point_id))
        )

    def _stands(self):
        """Whether what is offered can still be taken: its time is not over, and the household
        has not ordered elsewhere meanwhile, as much as it may."""
        return self.booking_id._is_live() and not self.partner_id._drive_limit_refusal(self.point_id)

    def _withdraw(self):
        """End an offer that can no longer be taken. Who let it go by leaves the line; who has
        enough orders stays where they are in it, as those do whose turn is passed."""
        if self.booking_id._is_live():
            self.state = "waiting"
            self.booking_id._release()
        else:
            self._leave()

    def _line_count(self):
        return len(self.env["sale.order"]._drive_basket(self.partner_id)._drive_product_lines())

    def _offer(self, slot):
        """Keep a free place of a slot for this household for a while, and tell them."""
        self.ensure_one()
        # Whoever offers them another place, or confirms for them, at this moment goes first.
        self.partner_id._drive_claim_household()
        line_count = self._line_count()
        bookings = self.env["drive.booking"]
        ends = bookings._clock() + timedelta(minutes=slot.point_id.offer_minutes)
        self.booking_id = bookings.create(
            {
                "slot_id": slot.id,
                "place_no": slot._drive_free_place(line_count),
                "partner_id": self.partner_id.id,
                "state": "offered",
                "expires_at": min(ends.replace(microsecond=0), slot.cutoff),
                "line_count": line_count,
            }
        )
        self.state = "offered"
        self._tell("cafoutch_drive.mail_template_offer")


class DriveSlot(models.Model):
    """The line before a slot: people who wait for it, or for any slot of its day."""

    _inherit = "drive.slot"

    waiting_count = fields.Integer(
        string="Waiting",
        compute="_compute_waiting_count",
        help="Households that wait for this slot, or for any slot of its day.",
    )

    def _compute_waiting_count(self):
        lines = self.env["drive.waiting"].search([("state", "in", OPEN_STATES), ("point_id", "in", self.point_id.ids)])
        for slot in self:
            slot.waiting_count = len(lines.filtered(lambda one, slot=slot: one._covers(slot)).household_id)

    def _drive_day(self):
        """The date of this slot at its point."""
        return self.point_id._drive_date(self.start)

    @api.model
    def _drive_of_day(self, point, day):
        """The slots of a date at a point; none of no date."""
        if not day:
            return self.browse()
        begin, end = point._drive_day_bounds(day)
        return self.search([("point_id", "=", point.id), ("start", ">=", begin), ("start", "<", end)])

    # === THE LINE === #

    def _drive_line(self):
        """Who waits for a place here, in the order of arrival; nobody where no place can
        be taken, or no offer could be answered in time.

        In the night a place is kept for the line until the morning. Where the cut-off comes
        first it is for who comes: an offer that runs from one sleeper to the next would cost
        each their rank, and the shop the place.
        """
        self.ensure_one()
        lines = self.env["drive.waiting"].sudo()
        if self.cutoff - self.point_id._drive_next_offer() < LAST_OFFER:
            return lines
        with suppress(DriveRefused):
            self._drive_check_open()
            lines = lines.search([("state", "=", "waiting"), *self._drive_line_domain()])
        return lines

    def _drive_left(self):
        """The places and the order lines that are left, below zero when a capacity was
        lowered; lines without a limit are infinite."""
        places, lines = self.env["drive.booking"]._read_live(self.ids).get(self.id, (0, 0))
        return self.capacity - places, self.line_capacity - lines if self.line_capacity else math.inf

    def _drive_is_spoken_for(self, person):
        """Whether nothing is left for this person: no place, no room for so many lines as
        their basket has, or only for people who wait in line before them."""
        basket = self.env["sale.order"].sudo()._drive_basket(person)
        wanted = len(basket._drive_product_lines())
        places, lines = self._drive_left()
        for waiting in self._drive_line() if places > 0 else ():
            if places <= 0 or waiting.household_id == person._drive_household():
                break
            if waiting._may_take(self, lines):
                places -= 1
                lines -= waiting._line_count()
        return places <= 0 or lines < wanted

    def _drive_turn(self, person):
        """The place that is offered here to a person's household, if any.

        :raise DriveRefused: without one, when others wait in line before this person for
            what is left
        """
        waiting = self.env["drive.waiting"].sudo()
        if not waiting.search_count([("state", "in", OPEN_STATES), *self._drive_line_domain()], limit=1):
            return waiting
        offer = waiting._offer_to(person, self)
        if not offer and self._drive_is_spoken_for(person):
            self._drive_refuse_full()
        return offer

    def _drive_has_place(self, person):
        """Whether a person keeps a place in one of these slots, or their household has an
        order to collect there."""
        orders = self.env["sale.order"].sudo()
        if orders._drive_basket(person)._drive_live_hold().slot_id & self:
            return True
        household = person._drive_household()
        confirmed = orders.search([("drive_household_id", "=", household.id), ("drive_slot_id", "in", self.ids)])
        return any(order._drive_is_open() for order in confirmed)

    def _drive_serve_line(self):
        """End the offers here that can no longer be taken, then offer what is free.

        To be run under ``lock_first`` on the slot.
        """
        self.ensure_one()
        for waiting in self._drive_offers():
            if not waiting._stands():
                waiting._withdraw()
        self._drive_offer_places()

    def _drive_offers(self):
        return (
            self.env["drive.waiting"]
            .sudo()
            .search([("state", "=", "offered"), ("booking_id.slot_id", "in", self.ids)])
        )

    def _drive_offer_places(self):
        """Offer what is free to the next in line, as far as it goes; by day."""
        if self.point_id._drive_is_quiet():
            return
        for waiting in self._drive_line():
            places, lines = self._drive_left()
            if places <= 0:
                break
            if waiting._may_take(self, lines):
                waiting._offer(self)

    def _drive_call_line(self):
        """Have the job look at once, where people wait for one of these slots."""
        days = {slot._drive_day() for slot in self}
        waiting = self.env["drive.waiting"].sudo()
        found = days and waiting.search_count(
            [("state", "=", "waiting"), ("point_id", "in", self.point_id.ids), ("day", "in", list(days))], limit=1
        )
        if found:
            self.env.ref("cafoutch_drive.cron_offer_places").sudo()._trigger()

    def action_view_waiting(self):
        """Open who waits for this slot, or for any slot of its day."""
        check_chosen(self, "read", one=True)
        action = self.env["ir.actions.act_window"]._for_xml_id("cafoutch_drive.drive_waiting_action")
        return {**action, "domain": self._drive_line_domain()}

    def _drive_line_domain(self):
        """Who waits, or waited, for this slot or for any slot of its day."""
        return [
            ("point_id", "=", self.point_id.id),
            ("day", "=", self._drive_day()),
            ("slot_id", "in", (False, self.id)),
        ]

    # === SLOTS CHANGE === #

    def write(self, vals):
        """Override: a closed slot is waited for no longer; one that opens again, or takes
        more, is offered at once."""
        result = super().write(vals)
        if vals.get("closed"):
            self._drive_end_line()
        if {"closed", "capacity", "line_capacity"} & vals.keys():
            self._drive_call_line()
        return result

    def _drive_end_line(self):
        """End the offers of these slots, and the waiting for them; people who wait for any
        slot of the day wait on for the others."""
        offered = self._drive_offers()
        offered.booking_id._release()
        offered.state = "waiting"
        lines = self.env["drive.waiting"].sudo()
        lines.search([("state", "=", "waiting"), ("slot_id", "in", self.ids)])._end()

    def _drive_has_history(self):
        """Override: who waits for a slot is told when it leaves the plan."""
        return super()._drive_has_history() or bool(self._drive_waited_for())

    def _drive_waited_for(self):
        return (
            self.env["drive.waiting"]
            .sudo()
            .search([("slot_id", "in", self.ids), ("state", "in", OPEN_STATES)], limit=1)
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waited_for(self):
        if self._drive_waited_for():
            raise UserError(self.env._("A slot that people wait for cannot be deleted: close it instead."))
