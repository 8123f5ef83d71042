"""Makes a shop old: orders of the past, by SQL, for what must not grow with them."""

import postgres

# Every order has its own.
OWN = ("id", "name", "access_token", "drive_pickup_code", "drive_confirm_key")
# One place of one past slot for each; all are copies of one order that has ended.
INSERT = """
WITH model AS (
    SELECT o.id, b.place_no, b.line_count, b.company_id, s.point_id
      FROM sale_order o
      JOIN drive_booking b ON b.order_id = o.id
      JOIN drive_slot s ON s.id = b.slot_id
     WHERE o.drive_state = 'done' ORDER BY o.id LIMIT 1
), orders AS (
    INSERT INTO sale_order (name, {columns})
    SELECT 'PAST' || number, {columns}
      FROM sale_order, generate_series({first}, {last}) AS number WHERE id = (SELECT id FROM model)
    RETURNING id, partner_id, name
), slots AS (
    INSERT INTO drive_slot (point_id, company_id, start, stop, window_start, capacity, capacity_peak, line_capacity)
    SELECT point_id, company_id, moment, moment + interval '10 minutes', moment, 1, 1, 0
      FROM model, generate_series({first}, {last}) AS number,
           LATERAL (SELECT now() AT TIME ZONE 'UTC' - interval '2 days' - number * interval '15 minutes' AS moment)
    RETURNING id
)
INSERT INTO drive_booking (slot_id, company_id, place_no, order_id, partner_id, state, line_count)
SELECT slots.id, model.company_id, 1, orders.id, orders.partner_id, 'used', model.line_count
  FROM model,
       (SELECT id, row_number() OVER () AS number FROM slots) AS slots
  JOIN (SELECT id, partner_id, row_number() OVER () AS number FROM orders) AS orders USING (number)
"""


def add(database: str, first: int, last: int) -> None:
    """Add the past orders of these numbers, as a year or twenty would have left them."""
    names = ", ".join(f"'{name}'" for name in OWN)
    columns = postgres.psql(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        f" WHERE table_schema = 'public' AND table_name = 'sale_order' AND column_name NOT IN ({names})",
        database,
    ).strip()
    postgres.psql(INSERT.format(columns=columns, first=first, last=last), database)
    # As PostgreSQL does by itself after so many.
    postgres.psql("VACUUM ANALYZE sale_order, drive_slot, drive_booking", database)
