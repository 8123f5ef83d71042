"""Checks on a database what must always be true of a drive.

    script/check [--db NAME]

Prints the rows that break a rule, and nothing when there are none. What is worth
looking at and is no fault (goods at risk, a lowered capacity) is printed as a notice.
Reads only; the shop may be open meanwhile.

Ends with 0 when no rule is broken, 1 when one is, or when nothing could be checked.
"""

import argparse
import contextlib
import runpy
import sys

import psycopg2

import installed
import postgres
from common import ADDON, ROOT, Failure, main

DEFAULT_DATABASE = "demo"


def parse():
    parser = argparse.ArgumentParser(
        prog="script/check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--db", default=DEFAULT_DATABASE, help="the database (default: %(default)s)")
    return parser.parse_args()


def report(invariant, columns, rows) -> None:
    kind = "notice" if invariant.is_notice else "broken"
    print(f"{kind}: {invariant.number}. {invariant.title}")
    for row in rows:
        print("    " + ", ".join(f"{c}: {v}" for c, v in zip(columns, row, strict=True)))


def check(database: str) -> int:
    rules = runpy.run_path(str(ROOT / ADDON / "tools" / "invariants.py"))
    try:
        connection = psycopg2.connect(dbname=database)
    except psycopg2.OperationalError as error:
        raise Failure(f"The database {database} cannot be opened: {error}") from error
    with contextlib.closing(connection), connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        try:
            found = rules["offending"](cursor)
        except psycopg2.errors.UndefinedTable as error:
            raise Failure(f"The database {database} has no drive: {error}") from error
    for finding in found:
        report(*finding)
    return int(any(not invariant.is_notice for invariant, _columns, _rows in found))


def _main() -> int:
    options = parse()
    installed.name_server()
    postgres.start()
    return check(options.db)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main(_main)
