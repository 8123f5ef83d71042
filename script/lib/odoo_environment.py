"""Odoo's models inside a command of ours, on a shop's database."""

import contextlib
import logging
import os

import installed
import postgres
from common import Failure


@contextlib.contextmanager
def environment(database: str):
    """An Odoo environment of the administrator in a database that has the addon; the
    database server is running."""
    if database not in postgres.psql("SELECT datname FROM pg_database").splitlines():
        raise Failure(f"there is no database {database}: see script/database list.")
    os.environ.update(postgres.environment())
    # Only now: Odoo reads libpq's variables when it is imported.
    import psycopg2

    from odoo import SUPERUSER_ID, api, sql_db
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", str(installed.configuration()), "-d", database], setup_logging=True)
    logging.getLogger().setLevel(logging.ERROR)
    try:
        registry = Registry(database)
        if "drive.point" not in registry:
            raise Failure(f"the database {database} does not have the addon.")
        with registry.cursor() as cr:
            user = api.Environment(cr, SUPERUSER_ID, {}).ref("base.user_admin")
            yield api.Environment(cr, user.id, {"lang": user.lang, "tz": user.tz})
    except (psycopg2.errors.UndefinedColumn, psycopg2.errors.UndefinedTable) as error:
        raise Failure(f"the database {database} is of another version of the addon: upgrade it first.") from error
    finally:
        sql_db.close_all()
