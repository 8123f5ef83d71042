from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.drive_point_day import YEARS
from ..tools.chosen import check_chosen


class DriveClosure(models.TransientModel):
    """Closes slots, a day or a period of a point, and asks what becomes of its orders.

    The slots are closed first. Whoever leaves the page then finds the orders again on
    the manager's day: nothing is lost in silence.
    """

    _name = "drive.closure"
    _description = "Close slots"

    step = fields.Selection([("what", "What"), ("orders", "Orders")], default="what", required=True, readonly=True)
    kind = fields.Selection(
        [("slots", "These slots"), ("days", "A day or a period")],
        default="days",
        required=True,
    )
    slot_ids = fields.Many2many("drive.slot", string="Slots")
    point_id = fields.Many2one("drive.point", default=lambda self: self.env["drive.point"].search([], limit=1))
    date_from = fields.Date(string="From", default=lambda self: self.env.company._drive_today())
    date_to = fields.Date(string="To", compute="_compute_date_to", store=True, readonly=False)
    reason = fields.Char(help="Members read it in the mail.")
    order_count = fields.Integer(string="Orders", compute="_compute_counts")
    hold_count = fields.Integer(string="Places Kept for Baskets", compute="_compute_counts")
    shared_with = fields.Char(string="Same Opening Hours", compute="_compute_shared_with")
    line_ids = fields.One2many("drive.closure.line", "closure_id", string="Orders of Closed Slots")
    choice = fields.Selection(
        [
            ("propose", "Propose other slots to the members"),
            ("move", "Move all"),
            ("cancel", "Cancel all"),
        ],
        string="For All",
    )
    target_id = fields.Many2one(
        "drive.slot",
        string="To This Slot",
        domain="[('point_id', '=', point_id), ('start', '>', 'now'), ('closed', '=', False), ('places_left', '>', 0)]",
    )
    whole_window = fields.Boolean(
        string="And Those Beside It", default=True, help="The other slots of its half-day too, as places allow."
    )
    answer_until = fields.Datetime(compute="_compute_answer_until", store=True, readonly=False)

    @api.model
    def default_get(self, fields_list):
        """Override: slots that were selected, or those named by the manager's day."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "drive.slot" and self.env.context.get("active_ids"):
            slots = self.env["drive.slot"].browse(self.env.context["active_ids"]).exists()
            values |= {"kind": "slots", "slot_ids": [Command.set(slots.ids)], "point_id": slots[:1].point_id.id}
        return values

    @api.depends("date_from")
    def _compute_date_to(self):
        for closure in self:
            closure.date_to = max(filter(None, (closure.date_to, closure.date_from)), default=False)

    @api.depends("kind", "slot_ids", "point_id", "date_from", "date_to")
    def _compute_counts(self):
        for closure in self:
            slots = closure._concerned()
            closure.order_count = len(slots._drive_orders_here())
            closure.hold_count = len(slots._drive_live_holds())

    @api.depends("kind", "point_id")
    def _compute_shared_with(self):
        for closure in self:
            others = closure.point_id.search(
                [("calendar_id", "=", closure.point_id.calendar_id.id), ("id", "!=", closure.point_id.id)]
            )
            closure.shared_with = closure.kind == "days" and ", ".join(others.mapped("name"))

    @api.depends("slot_ids")
    def _compute_answer_until(self):
        """Two days, and before the preparation would have begun where that is far enough."""
        now = fields.Datetime.now()
        for closure in self:
            first = closure.slot_ids.sorted("start")[:1]
            until = now + timedelta(days=2)
            if first:
                enough = first.cutoff > now + timedelta(hours=2)
                until = min(until, max(first.cutoff if enough else first.start, now + timedelta(minutes=30)))
            closure.answer_until = until.replace(second=0, microsecond=0)

    def _bounds(self):
        """First and last moment (UTC) of the days, on the point's clock; ``None`` for days that are none."""
        if not (self.point_id and self.date_from and self.date_to) or self.date_to < self.date_from:
            return None
        if not {self.date_from.year, self.date_to.year} <= {*YEARS}:
            return None
        begin, _end = self.point_id._drive_day_bounds(self.date_from)
        _begin, end = self.point_id._drive_day_bounds(self.date_to)
        return begin, end

    def _concerned(self):
        """The coming slots that are, or will be, closed."""
        now = fields.Datetime.now()
        slots = self.env["drive.slot"]
        if self.kind == "slots":
            return slots.browse(self.slot_ids.ids).filtered(lambda slot: slot.stop > now)
        bounds = self._bounds()
        if not bounds:
            return slots
        begin, end = bounds
        return slots.search(
            [
                ("point_id.calendar_id", "=", self.point_id.calendar_id.id),
                ("start", "<", end),
                ("stop", ">", max(begin, now)),
            ]
        )

    def action_close(self):
        """Close, then show the orders that are concerned.

        :raise UserError: when there is nothing to close
        """
        check_chosen(self, "write", one=True)
        slots = self._concerned()
        if self.kind == "days":
            self._close_days()
        elif not slots:
            raise UserError(self.env._("These slots are over: there is nothing to close."))
        slots.filtered(lambda slot: not slot.closed).write({"closed": True})
        self.write({"step": "orders", "slot_ids": [Command.set(slots.ids)]})
        return self._show_orders()

    def _close_days(self):
        """Write the closure in the calendar, so that no slot is made there again."""
        bounds = self._bounds()
        if not bounds:
            raise UserError(
                self.env._(
                    "Please choose a point, and days that are not centuries away, the last not before the first."
                )
            )
        begin, end = bounds
        if end <= fields.Datetime.now():
            raise UserError(self.env._("These days are over: there is nothing to close."))
        self.env["resource.calendar.leaves"].create(
            {
                "name": self.reason or self.env._("Closed"),
                "calendar_id": self.point_id.calendar_id.id,
                "date_from": begin,
                "date_to": end - timedelta(seconds=1),
            }
        )

    def _show_orders(self):
        """List the orders that still are in the closed slots, and show them."""
        orders = self.slot_ids._drive_orders_here()
        known = self.line_ids.order_id
        self.line_ids = [Command.create({"order_id": order.id}) for order in orders - known]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of closed slots"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Do what was chosen for each order, else what was chosen for all.

        What cannot be done is said beside its order, which keeps its place.

        :raise UserError: when nothing is chosen for any order that is left
        """
        check_chosen(self, "write", one=True)
        left = self.line_ids.filtered(lambda line: not line.done)
        if left and not (self.choice or any(left.mapped("choice"))):
            self._ask_for_a_choice(len(left))
        offered = {}
        for line in left:
            choice = line.choice or self.choice
            if choice:
                line._apply(choice, offered)
            else:
                line.result = self.env._("Nothing was chosen: it keeps its place")
        return self._show_orders()

    def _ask_for_a_choice(self, count):
        if count == 1:
            raise UserError(
                self.env._(
                    "Please choose what becomes of the order that is left: propose another slot, move it, "
                    "or cancel it."
                )
            )
        raise UserError(
            self.env._(
                "Please choose what becomes of these %s orders: propose other slots, move or cancel them, "
                "all together or each on its line.",
                count,
            )
        )

    def _targets(self):
        """The slots into which orders are moved, the chosen one first."""
        target = self.target_id
        if not target or not self.whole_window:
            return target
        window = [("point_id", "=", target.point_id.id), ("window_start", "=", target.window_start)]
        beside = target.search(window, order="start") - target
        return (
            target
            + beside.filtered(lambda slot: slot.start > target.start)
            + beside.filtered(lambda slot: slot.start < target.start)
        )
