"""What must be the same in a copy of a shop: its orders, its money, its stock.

Each fact is one statement that gives one text, on any version of the addon that landed.
"""

import contextlib

import psycopg2

from common import ADDON, Failure

# Baskets may be priced anew and left; what is confirmed stays.
_ORDER = "o.is_drive AND o.drive_state != 'basket'"
# Counts to read, and sums over each row, so that two wrongs do not make a right.
FACTS = {
    "orders": f"""
        SELECT string_agg(line, ', ' ORDER BY line) FROM (
            SELECT o.drive_state || ': ' || count(*) || ' of ' || sum(o.amount_total) AS line
              FROM sale_order o WHERE {_ORDER} GROUP BY o.drive_state) states""",
    "each order": f"""
        SELECT md5(string_agg(concat_ws(' ', o.id, o.name, o.drive_state, o.partner_id, o.drive_slot_id,
                                        o.amount_total, o.drive_pickup_code), ',' ORDER BY o.id))
          FROM sale_order o WHERE {_ORDER}""",
    "each line of an order": f"""
        SELECT md5(string_agg(concat_ws(' ', l.id, l.order_id, l.product_id, l.product_uom_qty, l.price_total),
                              ',' ORDER BY l.id))
          FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id WHERE {_ORDER}""",
    "places in slots": """
        SELECT md5(string_agg(concat_ws(' ', b.slot_id, b.place_no, b.order_id, b.state), ',' ORDER BY b.id))
          FROM drive_booking b WHERE b.state IN ('booked', 'used')""",
    "tickets": """
        SELECT count(*) || ' of ' || COALESCE(sum(amount_total), 0) || ', paid ' || COALESCE(sum(amount_paid), 0)
          FROM pos_order""",
    "accounts": """
        SELECT count(*) || ' lines, ' || COALESCE(sum(debit), 0) || ' debit, ' || COALESCE(sum(credit), 0) || ' credit'
          FROM account_move_line""",
    "stock": """
        SELECT string_agg(concat_ws(' ', product, location, lot, quantity, reserved), ', '
                          ORDER BY product, location, lot)
          FROM (SELECT product_id AS product, location_id AS location, lot_id AS lot,
                       sum(quantity) AS quantity, sum(reserved_quantity) AS reserved
                  FROM stock_quant GROUP BY 1, 2, 3
                HAVING sum(quantity) != 0 OR sum(reserved_quantity) != 0) quants""",
    "moves of stock": """
        SELECT string_agg(line, ', ' ORDER BY line) FROM (
            SELECT state || ': ' || count(*) || ' of ' || COALESCE(sum(quantity), 0) AS line
              FROM stock_move GROUP BY state) states""",
    "members": "SELECT count(*)::text FROM res_partner WHERE coop_number IS NOT NULL",
}
VERSIONS = "SELECT name, latest_version FROM ir_module_module WHERE name IN ('base', %s) AND state != 'uninstalled'"


@contextlib.contextmanager
def connected(database: str, readonly: bool = False):
    """A connection to a database; with `readonly` all that is read is of one moment."""
    try:
        connection = psycopg2.connect(dbname=database)
    except psycopg2.OperationalError as error:
        raise Failure(f"the database {database} cannot be opened: {' '.join(str(error).split())}") from error
    with contextlib.closing(connection):
        if readonly:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        try:
            yield connection
        except psycopg2.Error as error:
            raise Failure(f"PostgreSQL did not do it in {database}: {' '.join(str(error).split())}") from error


def one(cursor, statement: str, *values):
    """The one value that a statement gives."""
    cursor.execute(statement, values or None)
    row = cursor.fetchone()
    return row and row[0]


def read(cursor) -> dict[str, str]:
    return {name: one(cursor, statement) or "none" for name, statement in FACTS.items()}


def versions(cursor, database: str) -> tuple[str, str]:
    """The version of Odoo's own part of a database ("19.0.1.3"), and that of the addon."""
    try:
        cursor.execute(VERSIONS, (ADDON,))
    except psycopg2.errors.UndefinedTable as error:
        raise Failure(f"{database} is no database of Odoo.") from error
    found = dict(cursor.fetchall())
    if ADDON not in found:
        raise Failure(f"the database {database} has no drive.")
    return found["base"], found[ADDON]


def shop(cursor) -> str:
    """The identity of a shop, which a copy that Odoo makes has not."""
    return one(cursor, "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'") or "unknown"


def differences(before: dict, after: dict) -> list[str]:
    """Sentences on what is no longer the same; long texts are left out."""
    found = []
    for name, was in before.items():
        if after.get(name) != was:
            told = f": {was} before, {after.get(name)} after" if len(was) < 300 and " " in was else ""
            found.append(f"{name}{told}")
    return found
