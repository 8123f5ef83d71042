import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.locking import lock_first
from ..tools.refusal import DriveRefused
from .sale_order_batch import TO_PREPARE

_logger = logging.getLogger(__name__)
_MINUTE = timedelta(minutes=1)


class DrivePoint(models.Model):
    _name = "drive.point"
    _description = "Drive point"
    _order = "id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        default=lambda self: self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1),
        help="What is on the shelves of this warehouse can be ordered.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Opening Hours",
        required=True,
        check_company=True,
        help="Its working hours are the opening windows; its time off, the closures. Empty on a new point: "
        "it gets hours of its own, from the lines below.",
    )
    tz = fields.Selection(related="calendar_id.tz", string="Time Zone")
    slot_minutes = fields.Integer(
        string="Slot Length (minutes)",
        default=15,
        help="Each line of the opening hours is cut into slots of this length, from its beginning. "
        "What is left at the end and is shorter is not offered.",
    )
    slot_capacity = fields.Integer(
        string="Orders a Slot",
        default=1,
        help="So many baskets can be collected in one slot. 0: none, as when the team is away.",
    )
    slot_line_capacity = fields.Integer(
        string="Order Lines a Slot",
        default=0,
        help="So many articles, over all the baskets of a slot, can be prepared for it. 0: no limit.",
    )
    horizon_days = fields.Integer(
        string="Days Ahead",
        default=10,
        help="Members can take a slot that starts within so many days.",
    )
    cutoff_minutes = fields.Integer(
        string="Cut-off (minutes)",
        default=180,
        help="An order may be changed until so long before the opening window of its slot begins.",
    )
    hold_minutes = fields.Integer(
        string="Hold (minutes)",
        default=120,
        help="So long is a place kept for a member who fills a basket.",
    )
    grace_minutes = fields.Integer(
        string="Grace (minutes)",
        default=60,
        help="A member who is later than this has not collected the order.",
    )
    max_open_orders = fields.Integer(
        string="Open Orders a Household",
        default=2,
        help="Orders confirmed and not collected yet, for a whole household.",
    )
    cashiers_set_prices = fields.Boolean(
        string="Cashiers Change Prices",
        help="At the till, prices and discounts of a basket can be changed. Without it a basket costs what was "
        "agreed: the till offers nothing else, and a ticket that says otherwise is shown to a manager.",
    )
    batch_size = fields.Integer(
        string="Baskets a Batch",
        default=6,
        required=True,
        help="So many orders at most are prepared together: those whose pickups follow each other.",
    )
    slot_ids = fields.One2many("drive.slot", "point_id", string="Slots")
    place_ids = fields.One2many("drive.place", "point_id", string="Places")

    # Upper bounds as well: dates too far away cannot even be reckoned with.
    _positive_slot = models.Constraint(
        "CHECK (slot_minutes > 0 AND slot_minutes <= 1440)",
        "A slot lasts at least one minute, and at most a day.",
    )
    _capacities = models.Constraint(
        "CHECK (slot_capacity BETWEEN 0 AND 10000 AND slot_line_capacity BETWEEN 0 AND 1000000)",
        "A capacity cannot be negative, nor above 10,000 orders.",
    )
    _durations = models.Constraint(
        "CHECK (horizon_days > 0 AND cutoff_minutes >= 0 AND hold_minutes > 0"
        " AND grace_minutes >= 0 AND max_open_orders > 0)",
        "Days ahead, hold and open orders must be above zero; cut-off and grace cannot be negative.",
    )
    _longest_durations = models.Constraint(
        "CHECK (horizon_days <= 1098 AND cutoff_minutes <= 43200"
        " AND hold_minutes <= 43200 AND grace_minutes <= 43200)",
        "Slots are made for at most three years; cut-off, hold and grace last at most 30 days (43,200 minutes).",
    )

    _batch_size = models.Constraint(
        "CHECK (batch_size BETWEEN 1 AND 50)",
        "A batch has at least one basket, and at most 50.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # The coop's clock is that of its first point.
        self.env.registry.clear_cache()
        points = super().create([self._with_calendar(vals) for vals in vals_list])
        points._generate_slots()
        return points

    @api.model
    def _with_calendar(self, vals):
        """Give a new point opening hours of its own, unless some are named: the lines
        typed in its form, and none of those that Odoo proposes for an office."""
        if vals.get("calendar_id"):
            return vals
        vals = dict(vals)
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        calendar = self.env["resource.calendar"].create(
            {
                "name": vals.get("name"),
                "company_id": company.id,
                "tz": company.resource_calendar_id.tz or self.env.user.tz or "UTC",
                "attendance_ids": [Command.clear(), *vals.pop("attendance_ids", [])],
                "global_leave_ids": vals.pop("closure_ids", []),
            }
        )
        return {**vals, "calendar_id": calendar.id}

    def write(self, vals):
        if {"active", "calendar_id", "company_id"} & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _default_for(self, company):
        """Return the point at which a new basket of this company begins."""
        return self.search([("company_id", "=", company.id)], limit=1)

    # === CLOCK === #

    def _drive_zone(self):
        """The clock of this point; that of the world where there is no point."""
        return pytz.timezone(self.tz or "UTC")

    def _drive_date(self, moment):
        """The date of a naive UTC datetime at this point."""
        return pytz.utc.localize(moment).astimezone(self._drive_zone()).date()

    def _drive_today(self):
        """Today's date at this point."""
        return self._drive_date(fields.Datetime.now())

    def _drive_is_today(self, moment):
        """Whether a naive UTC datetime falls on today's date at this point."""
        return self._drive_date(moment) == self._drive_today()

    def _drive_day_bounds(self, day=None):
        """When a date begins and ends at this point.

        A day lasts 23 or 25 hours when the clocks change.

        :param datetime.date day: today at this point, without
        :return: two naive UTC datetimes; the second is the beginning of the next day
        """
        day = day or self._drive_today()
        return self._drive_utc(day), self._drive_utc(day + timedelta(days=1))

    def _drive_utc(self, day, clock=time.min):
        """When the point's clock shows a time, as a naive UTC datetime.

        Of a time shown twice, the first; for one that is left out, the moment at
        which the clock jumps over it.
        """
        zone = self._drive_zone()
        wall = datetime.combine(day, clock)
        # The two readings are the same but in the hour of a change.
        early, late = sorted(zone.localize(wall, is_dst=dst).astimezone(pytz.utc) for dst in (True, False))
        if early.astimezone(zone).replace(tzinfo=None) < wall:
            early = _jump(zone, early, late)
        return early.replace(tzinfo=None)

    # === BATCHES === #

    @api.model
    def _cron_form_batches(self):
        """Gather the orders of each opening window whose cut-off has passed."""
        points = self.search([("active", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(points))
        for point in points:
            try:
                lock_first(self.env, [("batches", point.id)], point._form_batches)
            except (DriveRefused, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                _logger.info("The batches of drive point %s are being formed by somebody else", point.id)
            self.env["ir.cron"]._commit_progress(processed=1)

    def _form_batches(self):
        """Put the orders whose cut-off has passed into batches, see
        :meth:`~sale_order._drive_join_batch`; orders that are in one stay there.

        The job does it, and so does each board that is opened: what it shows is right
        also when the job did not run.
        """
        orders = self.env["sale.order"].search(
            [
                ("drive_point_id", "in", self.ids),
                ("drive_state", "in", TO_PREPARE),
                ("drive_batch_id", "=", False),
            ]
        )
        now = fields.Datetime.now()
        due = orders.filtered(lambda order: order.drive_cutoff <= now)
        # Orders first, then their point: as who begins one of them does at this moment,
        # which then joins without us.
        due._drive_lock_free()._drive_join_batch()

    def _drive_lock_batches(self):
        """Be the only one who decides which order is in which batch of this point.

        The row is written, so that of two who decide at once the later one sees that
        it changed, and Odoo runs it again on what the first one has done.
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE drive_point SET batch_size = batch_size WHERE id = %s", self.id),
            log_exceptions=False,
        )


def _jump(zone, early, late):
    """When the clocks went forward between two UTC datetimes, to the minute."""
    minutes = range(int((late - early) / _MINUTE) + 1)
    before = early.astimezone(zone).utcoffset()
    moments = (early + minute * _MINUTE for minute in minutes)
    return next(moment for moment in moments if moment.astimezone(zone).utcoffset() != before)
