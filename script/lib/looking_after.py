"""Says whether all is well with a shop: what the manager's page "Is all well?" says.

    script/health [--db NAME]

Prints a line for each thing that is looked at, the worst first: scheduled jobs, disk,
backup, clock, e-mails, slots of the coming weeks, orders, payments, goods and figures.
Reads only; the shop may be open meanwhile.

Ends with 0 when there is no problem (something may be to be looked at), 1 when there is
one, or when nothing could be looked at.
"""

import argparse

import installed
import postgres
from common import main, say
from odoo_environment import environment

DEFAULT_DATABASE = "demo"


def parse():
    parser = argparse.ArgumentParser(
        prog="script/health",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--db", default=DEFAULT_DATABASE, help="the database (default: %(default)s)")
    return parser.parse_args()


def look(database: str) -> int:
    with environment(database) as env:
        companies = env["res.company"].sudo().search([("active", "=", True)])
        health = env["drive.health"].with_context(allowed_company_ids=companies.ids)
        rows = health._rows()
        env.cr.rollback()
    for row in rows:
        say(f"{row['level']:8} {row['title']}: {row['text']}")
    return int(any(row["level"] == "problem" for row in rows))


def _main() -> int:
    options = parse()
    installed.name_server()
    with postgres.running():
        return look(options.db)


if __name__ == "__main__":
    main(_main)
