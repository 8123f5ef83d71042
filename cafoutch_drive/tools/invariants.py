"""What must be true of any database of the drive, at any moment.

Plain SQL, without Odoo: ``script/check`` runs it on a database that nobody has
loaded, and the tests on what they have just done. Each query selects the rows
that offend; the column ``what`` says why in words.
"""

from typing import NamedTuple


class Invariant(NamedTuple):
    """One rule.

    :ivar number: as in the design
    :ivar title: the rule in a few words
    :ivar query: selects what breaks it
    :ivar is_notice: what it selects is worth looking at, and no fault
    """

    number: int
    title: str
    query: str
    is_notice: bool = False


# Booked, or held or offered and not expired; see drive.booking._sql_live().
_LIVE = """(b.state = 'booked' OR (b.state IN ('held', 'offered')
            AND b.expires_at > clock_timestamp() AT TIME ZONE 'UTC'))"""

# Goods that are reserved now, product by product: on hand, reserved, and when
# the last of it was reserved. What a preparer weighed beyond the order is in the
# crate, whatever the stock says: it is no promise.
_RESERVED = """
    SELECT q.product_id,
           sum(q.quantity) AS on_hand,
           sum(q.reserved_quantity) - COALESCE((
               SELECT sum(GREATEST(m.quantity - l.drive_ordered_qty, 0))
                 FROM stock_move m
                 JOIN sale_order_line l ON l.id = m.sale_line_id
                 JOIN sale_order o ON o.id = l.order_id
                WHERE m.product_id = q.product_id AND o.is_drive AND m.picked
                  AND m.state NOT IN ('done', 'cancel')
           ), 0) AS reserved,
           (SELECT max(ml.create_date) FROM stock_move_line ml
             WHERE ml.product_id = q.product_id
               AND ml.state NOT IN ('done', 'cancel')) AS reserved_at
      FROM stock_quant q
      JOIN stock_location lo ON lo.id = q.location_id AND lo.usage = 'internal'
     WHERE q.product_id IN (
               SELECT l.product_id FROM sale_order_line l
                 JOIN sale_order o ON o.id = l.order_id
                WHERE o.drive_state IN ('confirmed', 'preparing', 'ready'))
     GROUP BY q.product_id
"""

# The same, with what was on hand when the last of it was reserved: what has left
# the shelves since then is added, what has come is taken off.
_RESERVED_THEN = f"""
    SELECT r.product_id, r.on_hand, r.reserved,
           r.on_hand + COALESCE((
               SELECT sum(CASE WHEN origin.usage = 'internal'
                               THEN ml.quantity_product_uom
                               ELSE -ml.quantity_product_uom END)
                 FROM stock_move_line ml
                 JOIN stock_location origin ON origin.id = ml.location_id
                 JOIN stock_location target ON target.id = ml.location_dest_id
                WHERE ml.product_id = r.product_id AND ml.state = 'done'
                  AND ml.date > r.reserved_at
                  AND (origin.usage = 'internal') <> (target.usage = 'internal')
           ), 0) AS on_hand_then
      FROM ({_RESERVED}) r
"""

# A ticket that counts: paid, and not a refund.
_TICKET = "t.state IN ('paid', 'done') AND NOT COALESCE(t.is_refund, false)"

# A manager has looked at it, or the drive lets cashiers change prices.
_LOOKED_AT = """EXISTS (SELECT 1 FROM drive_repair r
                         WHERE r.ticket_id = t.id AND r.kind = 'amount' AND r.done_at IS NOT NULL)"""

INVARIANTS = [
    Invariant(
        1,
        "a slot never holds more than its capacity",
        f"""
        SELECT s.id AS slot, s.start, count(*) || ' live bookings, capacity '
               || s.capacity AS what
          FROM drive_slot s JOIN drive_booking b ON b.slot_id = s.id AND {_LIVE}
         GROUP BY s.id
        HAVING count(*) > GREATEST(s.capacity, s.capacity_peak)
        """,
    ),
    Invariant(
        1,
        "a place is given once",
        f"""
        SELECT b.slot_id AS slot, b.place_no AS place, count(*) || ' live bookings of '
               'one place' AS what
          FROM drive_booking b WHERE {_LIVE}
         GROUP BY b.slot_id, b.place_no HAVING count(*) > 1
        """,
    ),
    Invariant(
        1,
        "the confirmed lines of a slot are within its line capacity",
        """
        SELECT s.id AS slot, s.start, sum(b.line_count) || ' lines, capacity '
               || s.line_capacity AS what
          FROM drive_slot s
          JOIN drive_booking b ON b.slot_id = s.id AND b.state = 'booked'
         WHERE s.line_capacity > 0 AND s.line_capacity_peak > 0
         GROUP BY s.id
        HAVING sum(b.line_count) > GREATEST(s.line_capacity, s.line_capacity_peak)
        """,
    ),
    Invariant(
        1,
        "capacity lowered under what was booked",
        f"""
        SELECT s.id AS slot, s.start, count(*) || ' live bookings, capacity now '
               || s.capacity AS what
          FROM drive_slot s JOIN drive_booking b ON b.slot_id = s.id AND {_LIVE}
         GROUP BY s.id
        HAVING count(*) > s.capacity AND count(*) <= s.capacity_peak
        """,
        is_notice=True,
    ),
    Invariant(
        1,
        "an offered place is offered to one who waits for it",
        f"""
        SELECT b.slot_id AS slot, b.place_no AS place, count(w.id)
               || ' people to whom it is offered' AS what
          FROM drive_booking b
          LEFT JOIN drive_waiting w ON w.booking_id = b.id AND w.state = 'offered'
                AND w.partner_id = b.partner_id
         WHERE b.state = 'offered' AND {_LIVE}
         GROUP BY b.id HAVING count(w.id) <> 1
        """,
    ),
    Invariant(
        1,
        "whom a place is offered has that place until the offer ends",
        """
        SELECT w.id AS waiting, COALESCE('place ' || b.state, 'no place') AS what
          FROM drive_waiting w LEFT JOIN drive_booking b ON b.id = w.booking_id
         WHERE w.state = 'offered' AND b.state IS DISTINCT FROM 'offered'
           AND NOT COALESCE(b.state = 'released'
                            AND b.expires_at <= clock_timestamp() AT TIME ZONE 'UTC', false)
        """,
    ),
    Invariant(
        1,
        "a household has one offer at a time",
        """
        SELECT w.household_id AS household, count(*) || ' open offers' AS what
          FROM drive_waiting w WHERE w.state = 'offered'
         GROUP BY w.household_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        2,
        "an order has the booking that goes with its state",
        f"""
        SELECT o.id AS "order", o.name, o.drive_state AS state,
               count(b.id) FILTER (WHERE b.state = 'booked') || ' booked, '
               || count(b.id) FILTER (WHERE b.state = 'used') || ' used, '
               || count(b.id) FILTER (WHERE {_LIVE} AND b.state = 'held')
               || ' held' AS what
          FROM sale_order o LEFT JOIN drive_booking b ON b.order_id = o.id
         WHERE o.is_drive
         GROUP BY o.id
        HAVING count(b.id) FILTER (WHERE b.state = 'booked') <>
                   (o.drive_state IN ('confirmed', 'preparing', 'ready'))::int
            OR count(b.id) FILTER (WHERE b.state = 'used') <>
                   (o.drive_state = 'done')::int
            OR count(b.id) FILTER (WHERE {_LIVE} AND b.state = 'held') >
                   (o.drive_state = 'basket')::int
        """,
    ),
    Invariant(
        2,
        "only drive orders have bookings",
        """
        SELECT b.id AS booking, b.state, 'of an order that is none of the drive'
               AS what
          FROM drive_booking b JOIN sale_order o ON o.id = b.order_id
         WHERE b.state <> 'released' AND o.is_drive IS NOT TRUE
        """,
    ),
    Invariant(
        3,
        "nothing was reserved beyond what was on hand",
        f"""
        SELECT r.product_id AS product, r.reserved || ' reserved, '
               || r.on_hand_then || ' on hand then' AS what
          FROM ({_RESERVED_THEN}) r
         WHERE r.reserved > r.on_hand_then + 0.0005
        """,
    ),
    Invariant(
        3,
        "at risk: reserved goods that have left the shelf since",
        f"""
        SELECT r.product_id AS product, r.reserved || ' reserved, '
               || r.on_hand || ' on hand now' AS what
          FROM ({_RESERVED_THEN}) r
         WHERE r.reserved > r.on_hand + 0.0005
           AND r.reserved <= r.on_hand_then + 0.0005
        """,
        is_notice=True,
    ),
    # Odoo takes the reservation away from an order whose goods leave otherwise.
    Invariant(
        3,
        "at risk: promised goods that are no longer reserved",
        """
        SELECT o.id AS "order", o.name, m.product_id AS product,
               m.product_uom_qty || ' promised, ' || m.quantity || ' reserved' AS what
          FROM sale_order o
          JOIN sale_order_line l ON l.order_id = o.id
          JOIN stock_move m ON m.sale_line_id = l.id
                           AND m.state NOT IN ('done', 'cancel')
          JOIN product_product v ON v.id = m.product_id
          JOIN product_template d ON d.id = v.product_tmpl_id AND d.is_storable
         WHERE o.drive_state IN ('confirmed', 'preparing') AND NOT m.picked
           AND m.quantity < m.product_uom_qty - 0.0005
        """,
        is_notice=True,
    ),
    Invariant(
        4,
        "an order is paid by one ticket",
        f"""
        SELECT o.id AS "order", o.name, count(DISTINCT t.id) || ' paid tickets'
               AS what
          FROM sale_order o
          JOIN pos_order_line p ON p.sale_order_origin_id = o.id
          JOIN pos_order t ON t.id = p.order_id AND {_TICKET}
         WHERE o.is_drive AND p.refunded_orderline_id IS NULL
         GROUP BY o.id HAVING count(DISTINCT t.id) > 1
        """,
    ),
    Invariant(
        4,
        "an order that was handed over is paid",
        f"""
        SELECT o.id AS "order", o.name, 'no paid ticket, total ' || o.amount_total
               AS what
          FROM sale_order o
         WHERE o.drive_state = 'done' AND o.amount_total > 0 AND NOT EXISTS (
               SELECT 1 FROM pos_order_line p
                 JOIN pos_order t ON t.id = p.order_id AND {_TICKET}
                WHERE p.sale_order_origin_id = o.id)
        """,
    ),
    Invariant(
        4,
        "what was paid is what was prepared, less what was refused",
        f"""
        SELECT o.id AS "order", o.name, l.id AS line, 'paid '
               || round(COALESCE(sum(p.price_subtotal_incl), 0), 2) || ', handed over '
               || round(l.price_total, 2) AS what
          FROM sale_order o
          JOIN sale_order_line l ON l.order_id = o.id AND l.product_id IS NOT NULL
          LEFT JOIN (pos_order_line p JOIN pos_order t
                       ON t.id = p.order_id AND {_TICKET})
                 ON p.sale_order_line_id = l.id AND p.refunded_orderline_id IS NULL
         WHERE o.drive_state = 'done' AND NOT COALESCE({_LOOKED_AT}, false)
         GROUP BY o.id, l.id
        HAVING abs(COALESCE(sum(p.price_subtotal_incl), 0) - l.price_total)
               > 0.011 * GREATEST(count(p.id), 1)
        """,
    ),
    Invariant(
        4,
        "the total of a ticket with a basket is that of its lines",
        f"""
        SELECT t.id AS ticket, t.pos_reference, 'lines '
               || round(sum(p.price_subtotal_incl), 2) || ', total ' || round(t.amount_total, 2)
               AS what
          FROM pos_order t JOIN pos_order_line p ON p.order_id = t.id
         WHERE {_TICKET} AND NOT {_LOOKED_AT}
           AND EXISTS (SELECT 1 FROM sale_order o WHERE o.drive_ticket_id = t.id)
         GROUP BY t.id
        HAVING abs(sum(p.price_subtotal_incl) - t.amount_total) > 0.011 * count(p.id)
        """,
    ),
    # Cash is rounded to the coins that there are.
    Invariant(
        4,
        "the payments of a ticket with a basket make its total",
        f"""
        SELECT t.id AS ticket, t.pos_reference, 'payments ' || round(paid.amount, 2) || ', total '
               || round(t.amount_total, 2) AS what
          FROM pos_order t
          JOIN pos_session s ON s.id = t.session_id
          JOIN pos_config c ON c.id = s.config_id
          LEFT JOIN account_cash_rounding coins ON coins.id = c.rounding_method AND c.cash_rounding
          JOIN LATERAL (
               SELECT COALESCE(sum(p.amount), 0) AS amount FROM pos_payment p
                WHERE p.pos_order_id = t.id) paid ON true
         WHERE {_TICKET} AND NOT {_LOOKED_AT}
           AND EXISTS (SELECT 1 FROM sale_order o WHERE o.drive_ticket_id = t.id)
           AND abs(paid.amount - t.amount_total) > 0.011 + COALESCE(coins.rounding, 0)
        """,
    ),
    Invariant(
        4,
        "a ticket that says something else than its basket has been looked at",
        """
        SELECT r.id AS repair, t.pos_reference AS ticket, o.name AS "order", round(r.expected, 2)
               || ' expected, ' || round(r.amount, 2) || ' paid: ' || COALESCE(r.reason, '') AS what
          FROM drive_repair r
          LEFT JOIN pos_order t ON t.id = r.ticket_id
          LEFT JOIN sale_order o ON o.id = r.order_id
         WHERE r.kind = 'amount' AND r.done_at IS NULL
        """,
    ),
    Invariant(
        5,
        "at risk: paid at the till, still to put right",
        """
        SELECT r.id AS repair, COALESCE(t.pos_reference, s.name) AS ticket, o.name AS "order", r.kind
               || ', ' || r.amount || ': ' || COALESCE(r.reason, '') AS what
          FROM drive_repair r
          LEFT JOIN pos_order t ON t.id = r.ticket_id
          LEFT JOIN pos_session s ON s.id = r.session_id
          LEFT JOIN sale_order o ON o.id = r.order_id
         WHERE r.done_at IS NULL AND r.kind <> 'amount'
        """,
        is_notice=True,
    ),
    Invariant(
        5,
        "at risk: goods that leave in more than one step are in no crate: choose “Deliver (1 step)”",
        """
        SELECT p.id AS point, p.name ->> 'en_US' AS name, w.name AS warehouse, w.delivery_steps AS what
          FROM drive_point p
          JOIN stock_warehouse w ON w.id = p.warehouse_id
         WHERE p.active AND w.delivery_steps <> 'ship_only'
        """,
        is_notice=True,
    ),
    Invariant(
        5,
        "what was paid has left the stock",
        f"""
        SELECT o.id AS "order", o.name, l.id AS line, 'paid '
               || COALESCE(paid.quantity, 0) || ', left the stock '
               || COALESCE(gone.quantity, 0) AS what
          FROM sale_order o
          JOIN sale_order_line l ON l.order_id = o.id AND l.product_id IS NOT NULL
          JOIN product_product v ON v.id = l.product_id
          JOIN product_template d ON d.id = v.product_tmpl_id AND d.type = 'consu'
          LEFT JOIN LATERAL (
               SELECT sum(p.qty) AS quantity FROM pos_order_line p
                 JOIN pos_order t ON t.id = p.order_id AND {_TICKET}
                WHERE p.sale_order_line_id = l.id
                  AND p.refunded_orderline_id IS NULL) paid ON true
          LEFT JOIN LATERAL (
               SELECT sum(ml.quantity_product_uom) AS quantity
                 FROM stock_move m
                 JOIN stock_move_line ml ON ml.move_id = m.id AND ml.state = 'done'
                 JOIN stock_location lo ON lo.id = m.location_dest_id
                WHERE m.sale_line_id = l.id AND lo.usage = 'customer') gone ON true
         WHERE o.drive_state = 'done'
           AND abs(COALESCE(paid.quantity, 0) - COALESCE(gone.quantity, 0)) > 0.0005
           -- A kit leaves as its components.
           AND NOT EXISTS (SELECT 1 FROM stock_move m
                            WHERE m.sale_line_id = l.id AND m.product_id <> l.product_id)
        """,
    ),
    Invariant(
        5,
        "goods leave the stock once",
        f"""
        SELECT t.id AS ticket, t.name, sold.product_id AS product, 'sold '
               || sold.quantity || ', left the stock ' || gone.quantity AS what
          FROM pos_order t
          JOIN LATERAL (
               -- What comes back, such as an empty bottle, takes nothing off what leaves.
               SELECT p.product_id, sum(GREATEST(p.qty, 0)) AS quantity FROM pos_order_line p
                WHERE p.order_id = t.id GROUP BY p.product_id) sold ON true
          JOIN LATERAL (
               SELECT COALESCE(sum(ml.quantity_product_uom), 0) AS quantity
                 FROM stock_move_line ml
                 JOIN stock_picking k ON k.id = ml.picking_id
                 JOIN stock_location lo ON lo.id = ml.location_dest_id
                WHERE k.pos_order_id = t.id AND ml.state = 'done'
                  AND ml.product_id = sold.product_id
                  AND lo.usage = 'customer') gone ON true
         WHERE {_TICKET} AND gone.quantity > sold.quantity + 0.0005
           AND EXISTS (SELECT 1 FROM pos_order_line p
                         JOIN sale_order o ON o.id = p.sale_order_origin_id
                        WHERE p.order_id = t.id AND o.is_drive)
        """,
    ),
    Invariant(
        5,
        "goods that are given back come back once",
        """
        SELECT s.id AS session, s.name, back.product_id AS product, 'given back '
               || returned.quantity || ', came back ' || back.quantity AS what
          FROM pos_session s
          JOIN pos_config c ON c.id = s.config_id AND c.drive_point_id IS NOT NULL
          JOIN LATERAL (
               -- By the till: what the back office returns is its own.
               SELECT ml.product_id, sum(ml.quantity_product_uom) AS quantity
                 FROM stock_move_line ml
                 JOIN stock_move m ON m.id = ml.move_id AND m.origin_returned_move_id IS NULL
                 JOIN stock_picking k ON k.id = ml.picking_id
                 JOIN stock_location lo ON lo.id = ml.location_id
                WHERE k.pos_session_id = s.id AND ml.state = 'done' AND lo.usage = 'customer'
                GROUP BY ml.product_id) back ON true
          JOIN LATERAL (
               SELECT -sum(p.qty) AS quantity FROM pos_order_line p
                 JOIN pos_order t ON t.id = p.order_id AND t.state IN ('paid', 'done')
                WHERE t.session_id = s.id AND p.product_id = back.product_id
                  AND p.qty < 0) returned ON true
         WHERE back.quantity > returned.quantity + 0.0005
        """,
    ),
    Invariant(
        5,
        "no crate of an order that was handed over stands anywhere",
        """
        SELECT c.id AS crate, c.name, o.name AS "order", 'still at a place' AS what
          FROM drive_crate c JOIN sale_order o ON o.id = c.order_id
         WHERE o.drive_state = 'done' AND c.place_id IS NOT NULL
        """,
    ),
    Invariant(
        6,
        "members were told what changed in their basket",
        """
        SELECT o.id AS "order", o.name, o.drive_state AS state,
               count(*) || ' lines changed, the member was not told' AS what
          FROM sale_order o
          JOIN sale_order_line l ON l.order_id = o.id AND l.product_id IS NOT NULL
         WHERE o.drive_state IN ('ready', 'done') AND o.drive_told_at IS NULL
           AND (l.drive_shortage_reason IS NOT NULL
                OR l.drive_substitute_of_id IS NOT NULL
                OR COALESCE(l.drive_prepared_qty, 0)
                   <> COALESCE(l.drive_ordered_qty, 0))
         GROUP BY o.id
        """,
    ),
    Invariant(
        7,
        "a person has one basket",
        """
        SELECT o.partner_id AS person, count(*) || ' baskets' AS what
          FROM sale_order o WHERE o.is_drive AND o.drive_state = 'basket'
         GROUP BY o.partner_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        7,
        "a basket reserves nothing",
        """
        SELECT o.id AS "order", o.name, count(*) || ' moves' AS what
          FROM sale_order o
          JOIN sale_order_line l ON l.order_id = o.id
          JOIN stock_move m ON m.sale_line_id = l.id AND m.state <> 'cancel'
         WHERE o.is_drive AND o.drive_state = 'basket'
         GROUP BY o.id
        """,
    ),
    Invariant(
        8,
        "a confirmed order carries the verdict that allowed it",
        """
        SELECT o.id AS "order", o.name, o.drive_state AS state,
               COALESCE('verdict "' || o.drive_eligibility || '"', 'no verdict')
               AS what
          FROM sale_order o
         WHERE o.is_drive
           AND o.drive_state IN ('confirmed', 'preparing', 'ready', 'done', 'no_show')
           AND COALESCE(o.drive_eligibility, '') !~ '^[a-z_]+: (state|exception)$'
        """,
    ),
]


# Goods that were promised and have left the shelf since, a product a row.
AT_RISK = [invariant for invariant in INVARIANTS if invariant.number == 3 and invariant.is_notice]


def offending(cursor, invariants=None):
    """Run rules.

    :param cursor: a DB-API cursor on the database
    :param invariants: which ones; all without
    :return: a list of ``(invariant, column names, rows)``, of those with rows
    """
    found = []
    for invariant in INVARIANTS if invariants is None else invariants:
        cursor.execute(invariant.query)
        rows = cursor.fetchall()
        if rows:
            found.append((invariant, [c.name for c in cursor.description], rows))
    return found
