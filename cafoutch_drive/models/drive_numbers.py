from odoo import fields, models
from odoo.tools import SQL

from .sale_order_work import COLD

# Of each share and mean: what is added up, and by what it is divided.
RATIOS = {
    "lines_per_hour": ("timed_lines", "hours"),
    "first_time_rate": ("whole_lines", "lines"),
    "shortage_rate": ("short_lines", "lines"),
    "on_time_rate": ("on_time", "orders"),
    "cold_time": ("cold_minutes", "cold_crates"),
    "cold_late_rate": ("cold_late", "cold_goods"),
}
# Shares are told in percent.
PERCENT = ("first_time_rate", "shortage_rate", "on_time_rate", "cold_late_rate")


class DriveNumbers(models.Model):
    """How preparing goes, for the coop: a row for each basket that was ready once.

    There is nobody in it, neither who prepared nor who ordered. Shares and means of several
    baskets are those of all their lines, hours or crates together, not means of means.
    """

    _name = "drive.numbers"
    _description = "Numbers of the preparation"
    _auto = False
    _order = "window_start desc, id"
    _rec_name = "window_start"
    # What has to be in the database before it is asked.
    _depends = {
        "sale.order": [
            "is_drive",
            "drive_begun_at",
            "drive_ready_at",
            "drive_prepared_batch_id",
            "drive_slot_id",
            "drive_point_id",
            "company_id",
        ],
        "sale.order.line": [
            "order_id",
            "product_id",
            "product_uom_qty",
            "display_type",
            "drive_ordered_qty",
            "drive_picked",
            "drive_picked_at",
            "drive_shortage_reason",
            "drive_substitute_of_id",
        ],
        "drive.crate": ["order_id", "storage_class", "packed_at", "placed_at"],
        "drive.slot": ["start", "window_start"],
        "drive.point": ["cold_minutes"],
        "product.template": ["type", "drive_storage_class"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    point_id = fields.Many2one("drive.point", string="Pickup Point", readonly=True)
    batch_id = fields.Many2one("stock.picking.batch", readonly=True)
    window_start = fields.Datetime(
        string="Half-Day",
        readonly=True,
        help="When the opening window begins in which the basket was to be collected.",
    )

    # === WHAT IS ADDED UP === #

    orders = fields.Integer(string="Baskets", readonly=True, help="Baskets that were ready, whatever came after.")
    lines = fields.Integer(
        readonly=True,
        help="Lines that members ordered and that are taken from the shelves; substitutes are not counted.",
    )
    whole_lines = fields.Integer(
        readonly=True,
        help="Lines that went into the crate as they were ordered: without a shortage, and without a substitute.",
    )
    short_lines = fields.Integer(readonly=True, help="Lines of which all or a part was missing.")
    timed_lines = fields.Integer(readonly=True, help="Lines of baskets whose preparation was begun on the screen.")
    hours = fields.Float(
        readonly=True,
        help="Hours of a batch, from the beginning of its first basket until its last one was ready for the first "
        "time, however many people were at it; each basket has its part by its lines.",
    )
    on_time = fields.Integer(
        string="Ready on Time", readonly=True, help="Baskets that were ready before their slot began."
    )
    cold_crates = fields.Integer(readonly=True, help="Chilled and frozen crates that were put at a place.")
    cold_minutes = fields.Float(
        readonly=True, help="Minutes from the packing to the placing of chilled and frozen crates, all together."
    )
    cold_goods = fields.Integer(
        string="Chilled and Frozen Goods",
        readonly=True,
        help="Baskets with chilled goods and baskets with frozen ones, of which the time out of the cold is known.",
    )
    cold_late = fields.Integer(
        string="Out of the Cold Too Long",
        readonly=True,
        help="Of these, those that were out of the cold for more than the pickup point allows now: from the first "
        "article taken until the last crate of its class stood at its place. None where there is no alarm.",
    )

    # === SHARES AND MEANS === #

    lines_per_hour = fields.Float(
        string="Lines an Hour",
        readonly=True,
        aggregator="avg",
        help="Lines by hours: how many lines a batch gets done in an hour, by all who are at it.",
    )
    first_time_rate = fields.Float(
        string="First-Time Pick Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Whole lines by lines: the share that was picked at once, without a shortage or a substitute.",
    )
    shortage_rate = fields.Float(
        string="Shortage Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Short lines by lines: the share of which all or a part was missing.",
    )
    on_time_rate = fields.Float(
        string="Ready on Time (%)",
        readonly=True,
        aggregator="avg",
        help="Baskets ready on time by baskets: the share that was ready for the first time before its slot began.",
    )
    cold_time = fields.Float(
        string="Cold Time (min)",
        readonly=True,
        aggregator="avg",
        help="Minutes from the packing of a chilled or frozen crate until it stands at a place, the mean of these.",
    )
    cold_late_rate = fields.Float(
        string="Too Long Out of the Cold (%)",
        readonly=True,
        aggregator="avg",
        help="Out of the cold too long by chilled and frozen goods: a basket with both counts twice, once for each.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH lines AS (
                SELECT l.order_id,
                       count(*) AS lines,
                       count(*) FILTER (WHERE l.drive_picked AND l.drive_shortage_reason IS NULL AND NOT EXISTS (
                           SELECT FROM sale_order_line s WHERE s.drive_substitute_of_id = l.id
                       )) AS whole_lines,
                       count(*) FILTER (WHERE l.drive_shortage_reason IS NOT NULL) AS short_lines
                  FROM sale_order_line l
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id AND t.type = 'consu'
                 WHERE l.display_type IS NULL AND l.drive_substitute_of_id IS NULL
                   AND COALESCE(NULLIF(l.drive_ordered_qty, 0), l.product_uom_qty) > 0
                 GROUP BY l.order_id
            ), cold AS (
                SELECT c.order_id,
                       count(*) AS cold_crates,
                       sum(GREATEST(extract(epoch FROM c.placed_at - c.packed_at), 0)) / 60 AS cold_minutes
                  FROM drive_crate c
                 WHERE c.storage_class IN %(cold)s AND c.placed_at IS NOT NULL AND c.packed_at IS NOT NULL
                 GROUP BY c.order_id
            ), goods AS (
                SELECT l.order_id, t.drive_storage_class AS storage_class, min(l.drive_picked_at) AS since
                  FROM sale_order_line l
                  JOIN sale_order o ON o.id = l.order_id AND l.drive_picked_at <= o.drive_ready_at
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id AND t.drive_storage_class IN %(cold)s
                 GROUP BY l.order_id, t.drive_storage_class
            ), out AS (
                SELECT g.order_id,
                       count(*) AS cold_goods,
                       count(*) FILTER (
                           WHERE d.cold_minutes > 0
                             AND COALESCE(placed.at, o.drive_ready_at) - g.since > d.cold_minutes * interval '1 minute'
                       ) AS cold_late
                  FROM goods g
                  JOIN sale_order o ON o.id = g.order_id
                  JOIN drive_point d ON d.id = o.drive_point_id
            CROSS JOIN LATERAL (
                           SELECT max(c.placed_at) AS at
                             FROM drive_crate c
                            WHERE c.order_id = g.order_id AND c.storage_class = g.storage_class
                              AND c.placed_at <= o.drive_ready_at
                       ) placed
                 GROUP BY g.order_id
            ), prepared AS (
                SELECT o.id, o.company_id, o.drive_point_id AS point_id, o.drive_prepared_batch_id AS batch_id,
                       s.window_start,
                       1 AS orders,
                       (o.drive_ready_at < s.start)::int AS on_time,
                       COALESCE(n.lines, 0) AS lines,
                       COALESCE(n.whole_lines, 0) AS whole_lines,
                       COALESCE(n.short_lines, 0) AS short_lines,
                       CASE WHEN o.drive_begun_at IS NULL THEN 0 ELSE COALESCE(n.lines, 0) END AS timed_lines,
                       COALESCE(c.cold_crates, 0) AS cold_crates,
                       COALESCE(c.cold_minutes, 0) AS cold_minutes,
                       COALESCE(u.cold_goods, 0) AS cold_goods,
                       COALESCE(u.cold_late, 0) AS cold_late,
                       extract(epoch FROM max(o.drive_ready_at) OVER batch - min(o.drive_begun_at) OVER batch)
                           / 3600 AS batch_hours,
                       sum(CASE WHEN o.drive_begun_at IS NULL THEN 0 ELSE n.lines END) OVER batch AS batch_lines
                  FROM sale_order o
                  JOIN drive_slot s ON s.id = o.drive_slot_id
             LEFT JOIN lines n ON n.order_id = o.id
             LEFT JOIN cold c ON c.order_id = o.id
             LEFT JOIN out u ON u.order_id = o.id
                 WHERE o.is_drive AND o.drive_ready_at IS NOT NULL
                WINDOW batch AS (PARTITION BY COALESCE(o.drive_prepared_batch_id, -o.id))
            ), timed AS (
                SELECT p.*, COALESCE(p.batch_hours * p.timed_lines / NULLIF(p.batch_lines, 0), 0) AS hours
                  FROM prepared p
            )
            SELECT id, company_id, point_id, batch_id, window_start, orders, on_time, lines, whole_lines, short_lines,
                   timed_lines, cold_crates, cold_minutes, cold_goods, cold_late, hours,
                   timed_lines / NULLIF(hours, 0) AS lines_per_hour,
                   100.0 * whole_lines / NULLIF(lines, 0) AS first_time_rate,
                   100.0 * short_lines / NULLIF(lines, 0) AS shortage_rate,
                   100.0 * on_time / orders AS on_time_rate,
                   cold_minutes / NULLIF(cold_crates, 0) AS cold_time,
                   100.0 * cold_late / NULLIF(cold_goods, 0) AS cold_late_rate
              FROM timed
            """,
            cold=COLD,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Override of the ORM: a share of several rows is that of all they have together."""
        name, _colon, how = aggregate_spec.partition(":")
        if name not in RATIOS or how != "avg":
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (self._field_to_sql(self._table, column, query) for column in RATIOS[name])
        return SQL(
            "%(factor)s * SUM(%(part)s) / NULLIF(SUM(%(whole)s), 0)",
            factor=100.0 if name in PERCENT else 1.0,
            part=part,
            whole=whole,
        )
