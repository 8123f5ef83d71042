"""A restored shop says nothing to anybody until it is released: what it would do by itself is off.

Mails, scheduled actions, payment providers and the like each have a plain switch; what was on is written
down in a table beside Odoo's, and turned on again from there. Odoo's own `neutralize`, for drills, has no way back.
"""

from common import Failure
from facts import one

TABLE = "cafoutch_drive_held"
# Table, column and its type; which rows are on, and what turns them off.
SWITCHES = (
    ("ir_cron", "active", "boolean", "active", "false"),
    ("ir_mail_server", "active", "boolean", "active", "false"),
    ("fetchmail_server", "active", "boolean", "active", "false"),
    ("payment_provider", "state", "varchar", "state = 'enabled'", "'disabled'"),
    ("ir_act_server", "webhook_url", "varchar", "state = 'webhook' AND webhook_url IS NOT NULL", "'held'"),
    # Without its key nothing is pushed to anybody's phone, and without another name a new one would be made.
    ("ir_config_parameter", "key", "varchar", "key = 'mail.web_push_vapid_private_key'", "key || '.held'"),
    ("ir_ui_view", "active", "boolean", "key = 'web.neutralize_banner' AND NOT active", "true"),
)
# Without any of its own Odoo would take the mail server that its configuration names.
NOWHERE = "held until script/restore --release"


def hold(cursor) -> None:
    """Turn off what a shop does by itself, and write down what was on."""
    cursor.execute(
        f"CREATE TABLE {TABLE} (tbl text NOT NULL, id integer NOT NULL, was text NOT NULL,"
        " since timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'))"
    )
    for table, column, _type, on, off in SWITCHES:
        cursor.execute(f"INSERT INTO {TABLE} (tbl, id, was) SELECT %s, id, {column} FROM {table} WHERE {on}", (table,))
        cursor.execute(f"UPDATE {table} SET {column} = {off} WHERE {on}")
    cursor.execute(
        "INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption, smtp_authentication, active)"
        " VALUES (%s, 'invalid', 1025, 'none', 'login', true)",
        (NOWHERE,),
    )


def release(cursor, name: str) -> None:
    """Turn on again what was on, as it was; mails that could not leave meanwhile wait for the next round."""
    if one(cursor, "SELECT to_regclass(%s)", TABLE) is None:
        if one(cursor, "SELECT value FROM ir_config_parameter WHERE key = 'database.is_neutralized'"):
            raise Failure(f"{name} was restored for a drill, or neutralized: that has no way back. Restore it again.")
        raise Failure(f"{name} is not a restored shop, or it was released already: nothing is turned off.")
    for table, column, kind, _on, _off in SWITCHES:
        cursor.execute(
            f"UPDATE {table} t SET {column} = held.was::{kind} FROM {TABLE} held"
            " WHERE held.tbl = %s AND held.id = t.id",
            (table,),
        )
    cursor.execute("DELETE FROM ir_mail_server WHERE name = %s AND smtp_host = 'invalid'", (NOWHERE,))
    cursor.execute(
        f"UPDATE mail_mail SET state = 'outgoing' WHERE state = 'exception'"
        f" AND write_date >= (SELECT min(since) FROM {TABLE})"
    )
    cursor.execute(f"DROP TABLE {TABLE}")
