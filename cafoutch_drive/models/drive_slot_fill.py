from odoo import api, fields, models
from odoo.tools import SQL

# What is counted of a slot's bookings: those of orders, also after the hand-over, so that
# yesterday's slots are as full as they were. A held place is no order yet.
_BOOKED = SQL("FROM drive_booking taken WHERE taken.state IN ('booked', 'used') AND taken.slot_id")


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
