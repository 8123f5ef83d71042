"""A restored shop says nothing to anybody until it is told: what it would do by itself is off.

The statements are those of `odoo neutralize`, each module's own (mails go to a server that does not
exist, scheduled actions stop, payment providers and terminals are cut off, a banner says so), and
one more: no scheduled action stays. Odoo's way has no way back; here each row that they change is
kept, in a table beside Odoo's, and `release` puts those rows back as they were.
"""

import re

import installed
from common import Failure
from database import quoted
from facts import one

TABLE = "cafoutch_drive_restored"
# Odoo leaves the one that cleans up: it would also forget what members have not come for in time.
NO_SCHEDULED_ACTION = "UPDATE ir_cron SET active = false"
TOUCHED = re.compile(r"\b(?:UPDATE|INSERT\s+INTO|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?!SET\b)\"?(\w+)", re.I)
COMMENT = re.compile(r"--[^\n]*")


def statements(cursor) -> list[str]:
    """What Odoo's modules in this database do to keep quiet."""
    try:
        from odoo.tools import config
    except ImportError as error:
        raise Failure("Odoo cannot be imported by this Python: name its Python in PYTHON.") from error
    config.parse_config(["-c", str(installed.configuration())])
    from odoo.modules.neutralize import get_installed_modules, get_neutralization_queries

    queries = get_neutralization_queries(get_installed_modules(cursor))
    return [*queries, NO_SCHEDULED_ACTION]


def touched(queries: list[str]) -> list[str]:
    """The tables that statements change."""
    found = {name.lower() for query in queries for name in TOUCHED.findall(COMMENT.sub("", query))}
    return sorted(found)


def quieten(cursor) -> None:
    """Turn off what a shop does by itself, and keep what that changes."""
    queries = statements(cursor)
    cursor.execute(f"CREATE TABLE {TABLE} (tbl text NOT NULL, id integer NOT NULL, change text NOT NULL, row jsonb)")
    tables = touched(queries)
    for table in tables:
        cursor.execute(
            f"CREATE TEMP TABLE {quoted(table + '_before')} ON COMMIT DROP AS"
            f" SELECT t.id, to_jsonb(t) AS row FROM {quoted(table)} t"
        )
    for query in queries:
        cursor.execute(query)
    for table in tables:
        cursor.execute(
            f"""INSERT INTO {TABLE}
                SELECT %(table)s, COALESCE(b.id, a.id),
                       CASE WHEN b.id IS NULL THEN 'added' WHEN a.id IS NULL THEN 'removed' ELSE 'changed' END,
                       CASE WHEN a.id IS NULL THEN b.row ELSE (
                           SELECT jsonb_object_agg(key, value) FROM jsonb_each(b.row)
                            WHERE value IS DISTINCT FROM to_jsonb(a) -> key) END
                  FROM {quoted(table + "_before")} b FULL JOIN {quoted(table)} a ON a.id = b.id
                 WHERE to_jsonb(a) IS DISTINCT FROM b.row""",
            {"table": table},
        )


def release(cursor, name: str) -> None:
    """Put back all that was turned off, as it was."""
    if not is_quiet(cursor):
        raise Failure(f"{name} is not a restored shop, or it was released already: nothing is turned off.")
    cursor.execute(f"SELECT tbl, id, change, row::text, ARRAY(SELECT jsonb_object_keys(row)) FROM {TABLE}")
    for table, number, change, row, columns in cursor.fetchall():
        target = quoted(table)
        if change == "added":
            cursor.execute(f"DELETE FROM {target} WHERE id = %s", (number,))
        elif change == "removed":
            cursor.execute(
                f"INSERT INTO {target} SELECT * FROM jsonb_populate_record(NULL::{target}, %s::jsonb)"
                " ON CONFLICT DO NOTHING",
                (row,),
            )
        else:
            names = ", ".join(quoted(column) for column in columns)
            cursor.execute(
                f"UPDATE {target} SET ({names}) ="
                f" (SELECT {names} FROM jsonb_populate_record(NULL::{target}, %s::jsonb)) WHERE id = %s",
                (row, number),
            )
    cursor.execute(f"DROP TABLE {TABLE}")


def is_quiet(cursor) -> bool:
    return one(cursor, "SELECT to_regclass(%s)", TABLE) is not None
