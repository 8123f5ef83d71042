from datetime import timedelta

from odoo import api, fields, models

from ..tools.milliseconds import milliseconds
from .sale_order_work import COLD

# So long before the alarm those who prepare are warned: time to reach a fridge.
WARN_MINUTES = 5
# What a screen says of how long ago something was done is believed so far, in seconds.
LONGEST_AGO = 24 * 3600


class DrivePoint(models.Model):
    _inherit = "drive.point"

    cold_minutes = fields.Integer(
        string="Out of the Cold at Most (minutes)",
        default=25,
        # A supermarket with six baskets a preparer, in the Statesman Examiner.
        help="So long after the first of a basket's chilled or frozen goods was taken, they stand at their place; "
        "else preparers hear an alarm, and the manager's day lists them. Supermarkets that prepare several baskets "
        "at once work with 25 to 30 minutes, where the law says one hour. 0: no alarm.",
    )

    _cold_minutes_range = models.Constraint(
        "CHECK (cold_minutes BETWEEN 0 AND 240)",
        "Goods are out of the cold for at most four hours (240 minutes); 0 switches the alarm off.",
    )

    def _drive_cold_rule(self):
        """What a screen counts by: ``{warn, limit}``, minutes after which it warns and after
        which it is too long; False where there is no alarm."""
        limit = self.cold_minutes
        return {"warn": max(limit - WARN_MINUTES, limit / 2), "limit": limit} if limit else False

    def _drive_day_attention(self, slots, orders):
        """Override: what was, or is, out of the cold for too long, with how long, so that a
        manager decides whether it is kept; for whatever day it is prepared."""
        found = super()._drive_day_attention(slots, orders)
        at_work = self.env["sale.order"].search(
            [("drive_point_id", "=", self.id), ("drive_state", "in", ("preparing", "ready"))]
        )
        details = {order: order._drive_cold_too_long() for order in at_work}
        late = at_work.filtered(details.get)
        if late:
            found.append(
                {
                    "text": self.env._("Out of the cold for too long: keep it, or count it as lost?"),
                    "order_ids": late.ids,
                    "details": [f"{order.drive_pickup_code} · {', '.join(details[order])}" for order in late],
                }
            )
        return found


class DrivePreparation(models.AbstractModel):
    _inherit = "drive.preparation"

    @api.model
    def _done_at(self):
        """When what is being noted was done: now, or as long ago as the screen says that
        could not send it before (``drive_ago`` of the context, in seconds)."""
        ago = self.env.context.get("drive_ago")
        known = isinstance(ago, int) and 0 < ago <= LONGEST_AGO
        return fields.Datetime.now() - timedelta(seconds=ago if known else 0)


class SaleOrder(models.Model):
    """How long chilled and frozen goods are out of the cold.

    One clock runs for a basket's chilled goods and one for its frozen ones: from the moment
    when the first of them was taken (``drive_picked_at`` of its lines) until the last crate
    of that class that was put away before the basket was ready stands at its place. A crate
    that is moved to another place was in the cold before, and how long that takes is not
    counted. Goods for which there is no crate of their class are out until the basket is
    ready, when nobody knows any more. What is taken to correct a basket that was ready has
    a clock of its own until its crate stands somewhere, and is not logged.

    Nothing is stored but the moments themselves, so that the time is known afterwards.
    """

    _inherit = "sale.order"

    drive_cold_text = fields.Text(string="Out of the Cold", compute="_compute_drive_cold_text")

    def _drive_out_of_cold(self):
        """``{storage class: since when}`` of what is out now."""
        self.ensure_one()
        if self.drive_state != "preparing":
            return {}
        ready, found = self.drive_ready_at, {}
        for storage, moments in self._drive_cold_moments().items():
            crates = self._drive_crates_of(storage)
            since = [moment for moment in moments if not ready or moment > ready]
            if since and not (crates and all(crates.mapped("placed_at"))):
                found[storage] = min(since)
        return found

    def _drive_cold_log(self):
        """``{storage class: minutes}`` that goods were out before the basket was ready for
        the first time; of those that are not put away yet, nothing."""
        self.ensure_one()
        ready, found = self.drive_ready_at, {}
        for storage, moments in self._drive_cold_moments().items():
            crates = self._drive_crates_of(storage)
            placed = [
                crate.placed_at for crate in crates if crate.placed_at and (not ready or crate.placed_at <= ready)
            ]
            since = [moment for moment in moments if not ready or moment <= ready]
            is_over = ready or (crates and all(crates.mapped("placed_at")))
            if since and is_over:
                found[storage] = max((max(placed, default=ready) - min(since)).total_seconds() / 60, 0)
        return found

    def _drive_cold_moments(self):
        """``{storage class: when its goods were taken}``, in the order of the classes."""
        lines = self.order_line.filtered("drive_picked_at").grouped(lambda line: line.product_id.drive_storage_class)
        return {storage: lines[storage].mapped("drive_picked_at") for storage in COLD if storage in lines}

    def _drive_crates_of(self, storage):
        return self.drive_crate_ids.filtered(lambda crate: crate.storage_class == storage)

    # === SHOWN === #

    def _drive_cold_since(self):
        """For a badge: ``{since, warn, limit}`` of what is out longest of these baskets,
        False when nothing is or where there is no alarm."""
        points = self.drive_point_id.filtered("cold_minutes")
        since = [
            moment
            for order in self
            if order.drive_point_id in points
            for moment in order._drive_out_of_cold().values()
        ]
        return {"since": milliseconds(min(since)), **points[0]._drive_cold_rule()} if since else False

    def _drive_cold_too_long(self):
        """Sentences about what was, or is, out of the cold for too long."""
        limit = self.drive_point_id.cold_minutes
        if not limit:
            return []
        now = fields.Datetime.now()
        still = {storage: (now - since).total_seconds() / 60 for storage, since in self._drive_out_of_cold().items()}
        found = [
            self._drive_cold_sentence(storage, minutes)
            for storage, minutes in self._drive_cold_log().items()
            if minutes > limit
        ]
        return found + [
            self.env._("%s, and not put away yet", self._drive_cold_sentence(storage, minutes))
            for storage, minutes in still.items()
            if minutes > limit
        ]

    def _drive_cold_sentence(self, storage, minutes):
        classes = dict(self.env["drive.crate"]._fields["storage_class"]._description_selection(self.env))
        return self.env._(
            "%(storage)s: %(minutes)s min out of the cold", storage=classes[storage], minutes=int(minutes)
        )

    @api.depends_context("lang")
    @api.depends("order_line.drive_picked_at", "drive_crate_ids.placed_at", "drive_ready_at")
    def _compute_drive_cold_text(self):
        for order in self:
            order.drive_cold_text = "\n".join(
                order._drive_cold_sentence(storage, minutes) for storage, minutes in order._drive_cold_log().items()
            )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_picked_at = fields.Datetime(
        string="Out of the Cold Since",
        copy=False,
        readonly=True,
        help="When chilled or frozen goods were taken from their shelf; empty for others.",
    )

    def _drive_picked_moment(self, qty):
        """What ``drive_picked_at`` is when so much is noted."""
        if not qty or self.product_id.drive_storage_class not in COLD:
            return False
        return self.env["drive.preparation"]._done_at()
