"""Says whether all is well with a shop: what the manager's page "Is all well?" says.

    script/health [--db NAME]

Prints a line for each thing that is looked at, the worst first: scheduled jobs, disk,
backup, clock, e-mails, slots of the coming weeks, orders, payments, goods and figures.
Reads only; the shop may be open meanwhile.

Ends with 0 when there is no problem (something may be to be looked at), 1 when there is
one, or when nothing could be looked at.
"""

import installed
import postgres
from common import database_named, main, say
from odoo_environment import environment


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
    name = database_named("script/health", __doc__)
    installed.name_server()
    with postgres.running():
        return look(name)


if __name__ == "__main__":
    main(_main)
