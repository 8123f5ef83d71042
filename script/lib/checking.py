"""Checks on a database what must always be true of a drive.

    script/check [--db NAME]

Prints the rows that break a rule, and nothing when there are none. What is worth
looking at and is no fault (goods at risk, a lowered capacity) is printed as a notice.
Reads only; the shop may be open meanwhile.

Ends with 0 when no rule is broken, 1 when one is, or when nothing could be checked.
"""

import runpy
import sys

import psycopg2

import facts
import installed
import postgres
from common import ADDON, ROOT, Failure, database_named, main


def report(invariant, columns, rows) -> None:
    kind = "notice" if invariant.is_notice else "broken"
    print(f"{kind}: {invariant.number}. {invariant.title}")
    for row in rows:
        print("    " + ", ".join(f"{c}: {v}" for c, v in zip(columns, row, strict=True)))


def check(database: str) -> int:
    rules = runpy.run_path(str(ROOT / ADDON / "tools" / "invariants.py"))
    with facts.connected(database, readonly=True) as connection, connection.cursor() as cursor:
        facts.versions(cursor, database)
        try:
            found = rules["offending"](cursor)
        except (psycopg2.errors.UndefinedColumn, psycopg2.errors.UndefinedTable) as error:
            raise Failure(f"the database {database} is of another version of the addon: upgrade it first.") from error
    for finding in found:
        report(*finding)
    return int(any(not invariant.is_notice for invariant, _columns, _rows in found))


def _main() -> int:
    name = database_named("script/check", __doc__)
    installed.name_server()
    with postgres.running():
        return check(name)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main(_main)
