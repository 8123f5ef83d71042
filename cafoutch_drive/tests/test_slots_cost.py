import json
import logging
import os
from datetime import timedelta
from time import perf_counter

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common import DriveCommon

_logger = logging.getLogger(__name__)

# DRIVE_PAST_ORDERS=100000 takes half a minute.
PAST_ORDERS = int(os.environ.get("DRIVE_PAST_ORDERS", "20000"))


@tagged("post_install", "-at_install")
class TestSlotsCost(DriveCommon):
    """What two weeks of slots cost does not grow with the orders of the past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point.write({"horizon_days": 14, "slot_capacity": 3})
        cls.point._generate_slots()
        cls.order = cls._create_confirmed({cls.bread: 1})
        cls.past = cls._create_slot(hours=-24 * 30, capacity=3)

    def _add_past(self, first, last):
        """Past orders by these numbers, each with the place that it used."""
        self.env.flush_all()
        own = {"id", "name", "access_token", "drive_pickup_code", "drive_confirm_key"}
        fields_of = self.env["sale.order"]._fields.items()
        columns = [name for name, field in fields_of if field.store and field.column_type and name not in own]
        copied = SQL(", ").join(SQL.identifier(name) for name in columns)
        self.env.cr.execute(
            SQL(
                """WITH copies AS (
                    INSERT INTO sale_order (name, %(copied)s)
                    SELECT 'PAST' || number, %(copied)s
                      FROM sale_order, generate_series(%(first)s, %(last)s) AS number
                     WHERE id = %(order)s
                 RETURNING id, partner_id
                ), slots AS (
                    INSERT INTO drive_slot (point_id, company_id, start, stop, window_start, capacity)
                    SELECT point_id, company_id, moment, moment + interval '1 minute', moment, 3
                      FROM drive_slot, generate_series(%(first)s, %(last)s) AS number,
                           LATERAL (SELECT start - number * interval '1 hour' AS moment) AS earlier
                     WHERE id = %(past)s
                 RETURNING id
                )
                INSERT INTO drive_booking (slot_id, company_id, place_no, order_id, partner_id, state, line_count)
                SELECT slots.id, %(company)s, 1, copies.id, copies.partner_id, 'used', 10
                  FROM (SELECT id, row_number() OVER () AS number FROM slots) AS slots
                  JOIN (SELECT id, partner_id, row_number() OVER () AS number FROM copies) AS copies USING (number)""",
                copied=copied,
                first=first,
                last=last,
                order=self.order.id,
                past=self.past.id,
                company=self.company.id,
            )
        )
        self.env.cr.execute("ANALYZE drive_booking, drive_slot, sale_order")
        self.env.invalidate_all()

    def _measure(self):
        """Queries, rows of bookings and slots read, and milliseconds, of the page's slots."""
        basket = {"booking_id": False, "order_id": 0}
        slots = self.env["drive.slot"]
        times = []
        for _round in range(5):
            self.env.invalidate_all()
            before, begun = self.env.cr.sql_log_count, perf_counter()
            days = slots._page_days(basket)
            times.append(perf_counter() - begun)
            queries = self.env.cr.sql_log_count - before
        self.assertGreaterEqual(len(days), 4)
        return queries, self._rows_read(), round(1000 * min(times), 1)

    def _rows_read(self):
        """Rows that the database touches for the page's two questions."""
        now = fields.Datetime.now()
        search = self.env["drive.slot"]._search(
            [
                ("point_id", "=", self.point.id),
                ("start", ">", now),
                ("start", "<=", now + timedelta(days=14)),
            ]
        )
        ids = tuple(slot_id for (slot_id,) in self.env.execute_query(search.select()))
        live = SQL(
            "SELECT b.slot_id, count(*) FROM drive_booking b WHERE b.slot_id IN %s AND %s GROUP BY b.slot_id",
            ids,
            self.env["drive.booking"]._sql_live(),
        )
        return sum(self._touched(query) for query in (search.select(), live))

    def _touched(self, query):
        [[plan]] = self.env.execute_query(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
        [plan] = json.loads(plan) if isinstance(plan, str) else plan

        def rows(node):
            mine = 0
            if "Relation Name" in node:
                thrown_away = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                mine = (node["Actual Rows"] + thrown_away) * node["Actual Loops"]
            return mine + sum(rows(child) for child in node.get("Plans", []))

        return rows(plan["Plan"])

    def test_the_past_is_not_read(self):
        self._add_past(1, 1_000)
        few = self._measure()
        self._add_past(1_001, PAST_ORDERS)
        many = self._measure()
        _logger.info("Two weeks of slots (queries, rows, ms): 1000 past orders %s, %s %s", few, PAST_ORDERS, many)
        self.assertEqual(many[0], few[0])
        self.assertLessEqual(many[1], 250)
        self.assertLessEqual(many[0], 12, "all slots are read together, not opening by opening")
