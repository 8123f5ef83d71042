from odoo import api, fields, models
from odoo.tools import SQL

# What is counted of a slot's bookings: those of orders, also after the hand-over, so that
# yesterday's slots are as full as they were. A held place is no order yet.
_BOOKED = SQL("FROM drive_booking taken WHERE taken.state IN ('booked', 'used') AND taken.slot_id")

# Odoo's numbers of colours, and the share from which little is left.
GREY, RED, ORANGE, GREEN = 0, 1, 2, 10
NEARLY = 0.75


class DriveSlot(models.Model):
    """How full slots are: for pivots, graphs and lists, computed by the database when they
    are asked for, so that no number has to be kept up to date."""

    _inherit = "drive.slot"

    booked_orders = fields.Integer(
        string="Orders Booked",
        compute="_compute_fill",
        aggregator="sum",
        help="Confirmed orders, handed over or not. Places that are only held are not counted.",
    )
    ordered_lines = fields.Integer(
        string="Lines Ordered",
        compute="_compute_fill",
        aggregator="sum",
        help="The lines of these orders.",
    )
    fill = fields.Float(
        string="Fill (%)",
        compute="_compute_fill",
        aggregator="avg",
        help="Orders in a hundred places. Of several slots: their orders in their places, not the mean of each. "
        "A closed slot has the places that are taken.",
    )

    fill_label = fields.Char(
        string="Filling",
        compute="_compute_fill_label",
        help="Orders of how many, their lines, and the places kept for baskets at this moment.",
    )
    fill_color = fields.Integer(compute="_compute_fill_color")

    @api.depends("capacity", "closed", "booking_ids.state", "booking_ids.line_count")
    def _compute_fill(self):
        self.env["drive.booking"].flush_model()
        rows = self.env.execute_query(
            SQL("SELECT taken.slot_id, count(*), sum(taken.line_count) %s = ANY(%s) GROUP BY 1", _BOOKED, self.ids)
        )
        booked = {slot_id: (orders, lines) for slot_id, orders, lines in rows}
        for slot in self:
            slot.booked_orders, slot.ordered_lines = booked.get(slot.id, (0, 0))
            places = slot.booked_orders if slot.closed else slot.capacity
            slot.fill = 100 * slot.booked_orders / places if places else 0

    @api.depends("capacity", "line_capacity", "closed", "booking_ids.state", "booking_ids.line_count")
    @api.depends_context("lang")
    def _compute_fill_label(self):
        held = self._drive_held_counts()
        for slot in self:
            text = f"{slot.booked_orders}/{slot.capacity}"
            if slot.ordered_lines:
                lines = f"{slot.ordered_lines}/{slot.line_capacity}" if slot.line_capacity else slot.ordered_lines
                text = self.env._("%(fill)s · %(lines)s lines", fill=text, lines=lines)
            if slot.id in held:
                text = self.env._("%(fill)s · %(count)s kept", fill=text, count=held[slot.id])
            slot.fill_label = text

    def _drive_held_counts(self):
        """Places kept for baskets at this moment: ``{slot_id: places}``, without zeros."""
        booking = self.env["drive.booking"]
        booking.flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT b.slot_id, count(*) FROM drive_booking b"
                    " WHERE b.slot_id = ANY(%s) AND b.state <> 'booked' AND %s GROUP BY 1",
                    self.ids,
                    booking._sql_live(),
                )
            )
        )

    @api.depends("state", "booked_orders", "capacity", "ordered_lines", "line_capacity")
    def _compute_fill_color(self):
        for slot in self:
            share = slot.fill / 100
            if slot.line_capacity:
                share = max(share, slot.ordered_lines / slot.line_capacity)
            if slot.state in ("closed", "past"):
                slot.fill_color = GREY
            elif slot.state == "full" or share >= 1:
                slot.fill_color = RED
            else:
                slot.fill_color = ORANGE if share >= NEARLY else GREEN

    def _read_group_select(self, aggregate_spec, query):
        """Override of the ORM: measures that are no columns."""
        orders = SQL("(SELECT count(*) %s = %s)", _BOOKED, SQL.identifier(self._table, "id"))
        lines = SQL("(SELECT COALESCE(sum(taken.line_count), 0) %s = %s)", _BOOKED, SQL.identifier(self._table, "id"))
        measures = {
            "booked_orders:sum": SQL("COALESCE(SUM(%s), 0)::int", orders),
            "ordered_lines:sum": SQL("COALESCE(SUM(%s), 0)::int", lines),
            "fill:avg": SQL(
                "COALESCE(100.0 * SUM(%(orders)s)"
                " / NULLIF(SUM(CASE WHEN %(closed)s THEN %(orders)s ELSE %(capacity)s END), 0), 0)::float",
                orders=orders,
                closed=self._field_to_sql(self._table, "closed", query),
                capacity=self._field_to_sql(self._table, "capacity", query),
            ),
        }
        if aggregate_spec in measures:
            self.env["drive.booking"].flush_model()
            return measures[aggregate_spec]
        return super()._read_group_select(aggregate_spec, query)
