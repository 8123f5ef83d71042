from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..tools.figures import UNTIL
from ..tools.refusal import DriveRefused
from .drive_booking import TAKEN_STATES


class DriveSlot(models.Model):
    _name = "drive.slot"
    _description = "Drive slot"
    _order = "start, point_id"

    point_id = fields.Many2one("drive.point", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="point_id.company_id", store=True)
    start = fields.Datetime(required=True)
    stop = fields.Datetime(required=True)
    window_start = fields.Datetime(
        string="Window Opens",
        required=True,
        help="When the opening window of this slot begins; the cut-off counts from it.",
    )
    capacity = fields.Integer(string="Orders", default=1)
    line_capacity = fields.Integer(string="Order Lines", help="0: no limit.")
    capacity_peak = fields.Integer(
        readonly=True,
        help="The highest capacity it ever had: more bookings than that are a fault, "
        "fewer stay from before the capacity was lowered.",
    )
    line_capacity_peak = fields.Integer(readonly=True, help="0: it had no limit.")
    closed = fields.Boolean(help="Takes no new order.")
    unplanned = fields.Boolean(
        string="Left the Plan",
        readonly=True,
        copy=False,
        help="Closed because the opening hours have changed; opened again if they change back.",
    )
    booking_ids = fields.One2many("drive.booking", "slot_id", string="Bookings")
    cutoff = fields.Datetime(string="Cut-off", compute="_compute_cutoff")
    opens_at = fields.Datetime(
        compute="_compute_opens_at",
        help="From this moment on members can take a place, as far as one is left.",
    )
    places_left = fields.Integer(compute="_compute_places_left", search="_search_places_left")
    booked_lines = fields.Integer(compute="_compute_places_left")
    state = fields.Selection(
        [
            ("upcoming", "Upcoming"),
            ("open", "Open"),
            ("full", "Full"),
            ("closed", "Closed"),
            ("past", "Past"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    _point_start_uniq = models.UniqueIndex("(point_id, start)", "This point already has a slot at that time.")
    _order_of_times = models.Constraint(
        "CHECK (window_start <= start AND start < stop)",
        "A slot ends after it begins, and begins within its opening window.",
    )
    _capacities = models.Constraint(
        "CHECK (capacity >= 0 AND line_capacity >= 0)",
        "A capacity cannot be negative.",
    )

    @api.depends("window_start", "point_id.cutoff_minutes")
    def _compute_cutoff(self):
        for slot in self:
            slot.cutoff = slot.window_start and slot.window_start - timedelta(minutes=slot.point_id.cutoff_minutes)

    @api.depends("start", "point_id.horizon_days", "point_id.release_weekday", "point_id.release_hour", "point_id.tz")
    def _compute_opens_at(self):
        for slot in self:
            point = slot.point_id
            horizon = slot.start and slot.start - timedelta(days=point.horizon_days)
            release = horizon and point._drive_release(slot.start)
            slot.opens_at = max(horizon, release) if release else horizon

    @api.depends("capacity", "booking_ids.state", "booking_ids.expires_at")
    def _compute_places_left(self):
        live = self.env["drive.booking"]._read_live(self.ids)
        for slot in self:
            places, lines = live.get(slot.id, (0, 0))
            slot.places_left = max(slot.capacity - places, 0)
            slot.booked_lines = lines

    def _search_places_left(self, operator, value):
        if operator not in ("=", "!=", "<", "<=", ">", ">=", "in", "not in"):
            return NotImplemented
        self.env["drive.booking"].flush_model()
        self.flush_model()
        left = SQL(
            """GREATEST(s.capacity - (
                   SELECT count(*) FROM drive_booking b
                    WHERE b.slot_id = s.id AND %s), 0)""",
            self.env["drive.booking"]._sql_live(),
        )
        compared = tuple(value) if operator in ("in", "not in") else value
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT s.id FROM drive_slot s WHERE %s %s %s)",
                left,
                # One of the operators above.
                SQL(operator),  # pylint: disable=sql-injection
                compared,
            ),
        )

    @api.depends("places_left", "closed", "start", "cutoff", "opens_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for slot in self:
            if slot.start <= now:
                slot.state = "past"
            elif slot.closed or slot.cutoff <= now:
                slot.state = "closed"
            elif slot.opens_at > now:
                slot.state = "upcoming"
            elif slot.places_left <= 0:
                slot.state = "full"
            else:
                slot.state = "open"

    def _search_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        # The rule is written once, in the compute: past slots are left out by
        # the index, the others are few (a horizon of days).
        now = fields.Datetime.now()
        coming = self.search([("start", ">", now)])
        domain = Domain("id", "in", coming.filtered(lambda s: s.state in value).ids)
        if "past" in value:
            domain |= Domain("start", "<=", now)
        return domain if operator == "in" else ~domain

    @api.depends("start", "stop", "point_id.calendar_id.tz")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = slot._drive_label() if slot.start else False

    def _drive_has_history(self):
        """Whether something hangs on this slot, so that it is closed, not deleted, when
        it leaves the plan. For other models that refer to slots to extend."""
        self.ensure_one()
        return bool(self.booking_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if self.booking_ids.filtered(lambda b: b.state != "released"):
            raise UserError(self.env._("A slot with bookings cannot be deleted: close it instead."))

    @api.model_create_multi
    def create(self, vals_list):
        slots = super().create(vals_list)
        for slot in slots:
            slot.capacity_peak = slot.capacity
            slot.line_capacity_peak = slot.line_capacity
        return slots

    def write(self, vals):
        result = super().write(vals)
        if "capacity" in vals:
            for slot in self.filtered(lambda s: s.capacity > s.capacity_peak):
                slot.capacity_peak = slot.capacity
        if "line_capacity" in vals:
            for slot in self:
                peak = slot.line_capacity_peak
                unlimited = not slot.line_capacity or not peak
                slot.line_capacity_peak = 0 if unlimited else max(peak, slot.line_capacity)
        return result

    # === TEXT === #

    def _drive_label(self):
        """Day and times for people, in the reader's language and the point's
        time zone, such as "vendredi 27 novembre, 18:30‑18:45"."""
        if not self:
            # Odoo tries a mail template on any sales order when it saves it.
            return ""
        self.ensure_one()
        return self._text_of(self.start, self.stop, self.point_id.tz)

    @api.model
    def _text_of(self, start, stop, tz):
        """Day and times of a slot that need not be read for it."""
        return f"{self._day_text(start, tz)}, {self._times_text(start, stop, tz)}"

    def _drive_day_label(self):
        """The day, such as "vendredi 27 novembre"."""
        return self._day_text(self.start, self.point_id.tz)

    def _drive_time_label(self):
        """The times, such as "18:30‑18:45"."""
        return self._times_text(self.start, self.stop, self.point_id.tz)

    @api.model
    def _day_text(self, start, tz):
        return format_datetime(self.env, start, tz=tz, dt_format="EEEE d MMMM")

    @api.model
    def _times_text(self, start, stop, tz):
        return UNTIL.join(format_datetime(self.env, moment, tz=tz, dt_format="HH:mm") for moment in (start, stop))

    def _drive_opens_label(self):
        """When it can be taken, such as "dimanche 22 novembre, 20:00"."""
        return format_datetime(self.env, self.opens_at, tz=self.point_id.tz, dt_format="EEEE d MMMM, HH:mm")

    def _drive_window_label(self):
        """The opening window, such as "vendredi 27 novembre, 18:30"."""
        return format_datetime(
            self.env,
            self.window_start,
            tz=self.point_id.tz,
            dt_format="EEEE d MMMM, HH:mm",
        )

    # === TAKING A PLACE === #

    def _drive_check_open(self):
        """Refuse unless members may take a place in this slot now.

        How full it is is judged later, under the lock.
        """
        self.ensure_one()
        if not self.exists():
            # The hours changed while the page was open.
            raise DriveRefused(
                "no_such_slot",
                self.env._("This slot does not exist any more. Please choose another one."),
                "/drive/slots",
            )
        now = fields.Datetime.now()
        if self.start <= now:
            raise DriveRefused(
                "slot_past",
                self.env._("This slot is over. Please choose another one."),
                "/drive/slots",
            )
        if self.closed or not self.point_id.active:
            raise DriveRefused(
                "slot_closed",
                self.env._("This slot is closed. Please choose another one."),
                "/drive/slots",
            )
        if self.cutoff <= now:
            raise DriveRefused(
                "slot_cutoff",
                self.env._("Orders for this slot are closed: the shop is preparing them. Please choose a later one."),
                "/drive/slots",
            )
        if self.opens_at > now:
            raise DriveRefused(
                "slot_upcoming",
                self.env._("This slot can be taken from %s on. Please come back then.", self._drive_opens_label()),
                "/drive/slots",
            )

    def _drive_free_place(self, line_count):
        """Return the number of a free place in this slot.

        :param line_count: order lines that the new booking brings
        :raise DriveRefused: ``slot_full`` when no place, or no room for so many
            lines, is left
        """
        live = self._drive_live_bookings()
        if len(live) >= self.capacity:
            self._drive_refuse_full()
        self._drive_check_lines(live, line_count)
        taken = set(live.mapped("place_no"))
        return next(place for place in range(1, self.capacity + 1) if place not in taken)

    def _drive_live_bookings(self):
        """Return the live bookings, such that a decision on them holds.

        Under ``lock_first`` on the slot this is exact. Elsewhere (the back
        office) the slot's row is written as well, so that of two transactions
        which did not wait for each other one fails and is run again.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("UPDATE drive_slot SET capacity = capacity WHERE id = %s", self.id),
            log_exceptions=False,
        )
        self.env["drive.booking"]._release_expired(self)
        return self.booking_ids.filtered(lambda b: b.state in TAKEN_STATES)

    def _drive_check_lines(self, others, line_count):
        """Refuse more order lines than the slot can prepare.

        :param others: live bookings that stay beside the new lines
        """
        if not self._drive_lines_fit(others, line_count):
            self._drive_refuse_full()

    def _drive_lines_fit(self, others, line_count):
        lines = sum(others.mapped("line_count")) + line_count
        return not self.line_capacity or lines <= self.line_capacity

    def _drive_refuse_full(self):
        raise DriveRefused(
            "slot_full",
            self.env._(
                "No place is left on %(slot)s. Please choose another slot.",
                slot=self._drive_label(),
            ),
            "/drive/slots",
        )
