from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date, format_datetime

# The states of an order that a day is told by, in the order of its life.
DAY_STATES = ("confirmed", "preparing", "ready", "done", "no_show", "cancelled")
OPEN_STATES = ("confirmed", "preparing", "ready")
# No day of a shop is beyond them, and clocks cannot be turned back or on from the last that there are.
YEARS = range(2000, 2200)


class DrivePoint(models.Model):
    """The manager's day: slots, orders by state, and what needs a look."""

    _inherit = "drive.point"

    @api.model
    @api.readonly
    def drive_day(self, day=None, point_id=None):
        """Return one day of one drive point, for the manager's page.

        :param str day: ISO date, in the point's time zone; anything else is today
        :param int point_id: one of the points the user may read; else the first
        :return: plain data: ``points``, ``point_id``, ``day``, ``title``,
            ``is_today``, ``previous`` and ``next`` (dates that have slots),
            ``next_title``, ``has_slots`` (whether any was ever made),
            ``states``, ``attention`` and ``windows`` with their slots and orders
        :raise AccessError: to anyone but a manager
        """
        if not self.env.user.has_group("cafoutch_drive.group_manager"):
            raise AccessError(self.env._("Only managers see the whole day."))
        points = self.search([("company_id", "in", self.env.companies.ids)])
        point = points.filtered(lambda p: p.id == point_id) or points[:1]
        data = {
            "points": [{"id": p.id, "name": p.name} for p in points],
            "point_id": point.id,
            "has_slots": bool(self.env["drive.slot"].search_count([], limit=1)),
        }
        if point:
            data |= point._drive_day_data(point._drive_day_date(day))
        return data

    def _drive_day_date(self, day):
        """The wanted date, or today on the point's clock."""
        try:
            found = fields.Date.to_date(day)
        except (LookupError, TypeError, ValueError):
            found = None
        return found if found and found.year in YEARS else self._drive_today()

    def _drive_day_data(self, day):
        self.ensure_one()
        begin, end = self._drive_day_bounds(day)
        mine = [("point_id", "=", self.id)]
        slots = self.env["drive.slot"].search([*mine, ("start", ">=", begin), ("start", "<", end)])
        orders = self.env["sale.order"].search(
            [("drive_slot_id", "in", slots.ids), ("drive_state", "in", DAY_STATES)],
            order="drive_pickup_code, id",
        )
        before = self.env["drive.slot"].search([*mine, ("start", "<", begin)], order="start desc", limit=1)
        after = self.env["drive.slot"].search([*mine, ("start", ">=", end)], order="start", limit=1)
        return {
            "day": fields.Date.to_string(day),
            "title": format_date(self.env, day, date_format="EEEE d MMMM"),
            "is_today": day == self._drive_today(),
            "previous": self._drive_local_date(before.start),
            "next": self._drive_local_date(after.start),
            "next_title": after._drive_day_label() if after else False,
            "states": self._drive_day_states(orders),
            "attention": self._drive_day_attention(slots, orders),
            "windows": [self._drive_day_window(window, orders) for window in slots.grouped("window_start").values()],
        }

    def _drive_local_date(self, moment):
        return fields.Date.to_string(self._drive_date(moment)) if moment else False

    def _drive_day_states(self, orders):
        labels = dict(self.env["sale.order"]._fields["drive_state"]._description_selection(self.env))
        by_state = orders.grouped("drive_state")
        return [
            {
                "state": state,
                "label": labels[state],
                "order_ids": by_state[state].ids if state in by_state else [],
            }
            for state in DAY_STATES
            if state in by_state or state in ("confirmed", "preparing", "ready", "done")
        ]

    def _drive_day_attention(self, slots, orders):
        """What a manager should look at: a sentence and the orders it is about, what there is
        to say of each (``details``), or that it is about the shop (``is_setup``)."""
        awaited = orders.filtered(lambda order: order.drive_state in OPEN_STATES)
        short = orders.filtered(
            lambda order: (
                order.drive_state in ("preparing", "ready")
                and any(order.order_line.mapped("drive_shortage_reason"))
                and not order.drive_told_at
            )
        )
        found = [
            (awaited._drive_unready(), self.env._("Not ready although the slot has begun")),
            (awaited.filtered("drive_is_overdue"), self.env._("Not collected, the waiting time is over")),
            (short, self.env._("With a shortage the member does not know of yet")),
            (awaited.filtered("drive_message"), self.env._("With a message to the shop")),
        ]
        return [{"text": text, "order_ids": records.ids} for records, text in found if records]

    def _drive_day_window(self, slots, orders):
        first, last = slots[0], slots[-1]
        cutoff = first.cutoff
        # A cancelled order has left its place to someone else.
        here = orders.filtered(lambda order: order.drive_slot_id in slots and order.drive_state != "cancelled")
        by_slot = here.grouped("drive_slot_id")
        kept = here.filtered(lambda order: order.drive_state != "no_show")
        nothing = self.env["sale.order"]
        return {
            "id": first.id,
            "title": f"{self._drive_clock(first.start)} – {self._drive_clock(last.stop)}",
            "cutoff": self._drive_clock(cutoff)
            if self._drive_local_date(cutoff) == self._drive_local_date(first.start)
            else format_datetime(self.env, cutoff, tz=self.tz, dt_format="EEEE d MMMM, HH:mm"),
            "cutoff_passed": cutoff <= fields.Datetime.now(),
            "orders": len(kept),
            "capacity": sum(
                len(by_slot.get(slot, nothing) & kept) if slot.closed else slot.capacity for slot in slots
            ),
            **self._drive_day_work(slots, kept),
            "slots": [self._drive_day_slot(slot, by_slot.get(slot, nothing)) for slot in slots],
        }

    def _drive_day_work(self, slots, orders):
        """How much there is to prepare in an opening window: ``lines`` of at most
        ``line_capacity`` (0: no limit), ``kilos`` and ``cold_crates``."""
        lines = orders._drive_product_lines()
        limits = slots.filtered(lambda slot: not slot.closed).mapped("line_capacity")
        return {
            "lines": len(lines.filtered("product_uom_qty")),
            "line_capacity": sum(limits) if all(limits) else 0,
            "kilos": round(sum(line._drive_kilos() for line in lines), 1),
            "cold_crates": sum(order._drive_cold_crates() for order in orders),
        }

    def _drive_day_slot(self, slot, orders):
        return {
            "id": slot.id,
            "time": self._drive_clock(slot.start),
            "capacity": slot.capacity,
            "places_left": slot.places_left,
            "held": len(slot.booking_ids.filtered(lambda b: b.state != "booked" and b._is_live())),
            "closed": slot.closed,
            "past": slot.stop <= fields.Datetime.now(),
            "orders": [
                {
                    "id": order.id,
                    "code": order.drive_pickup_code or order.name,
                    "name": order.partner_id.name,
                    "state": order.drive_state,
                    "lines": len(order.order_line),
                    "late_text": order._drive_late_text(),
                    "collector_text": order._drive_collector_text(),
                    "message": order.drive_message or "",
                }
                for order in orders
            ],
        }

    def _drive_clock(self, moment):
        return format_datetime(self.env, moment, tz=self.tz, dt_format="HH:mm")
