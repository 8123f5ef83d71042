"""Brings a shop to the version of this checkout, or leaves it exactly as it is.

    script/upgrade --db NAME [--repository R] [--password-file F] [--recipients F]
    script/upgrade --db NAME --rehearse

Stop Odoo first, and start it afterwards; nothing may be ordered meanwhile. The shop is saved as script/backup
does it, what was saved is restored into a copy, the addon is upgraded in the copy, and orders, money and stock are
compared with what they were and checked by script/check. Only a copy that passes all of this takes the name of the
old database, at once. Whatever fails or is killed on the way leaves the old database untouched.

--rehearse does all of it but the last step, of a shop that may be open meanwhile: run it from a
checkout of the new version while the old one works.

Ends with 0 when the shop has the new version (or would), 1 when it has the old one, with a sentence.
"""

import argparse
import os
import re
from pathlib import Path

import backing_up
import checking
import database
import facts
import installed
import odoo_command
import postgres
import repository
import restoring
import switching
from common import ADDON, LOGS, Failure, main, run, say
from disk import room_in
from serving import WITH_PARENT

COPY = "--upgrading"
# How Odoo logs what went wrong, and how Python ends a traceback.
LOGGED_ERROR = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) \S+ (.*)", re.M)
EXCEPTION = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Violation|Undefined\w+|Failure|DiskFull)\b.*", re.M)


def log_file(name: str) -> Path:
    """Of Odoo while it upgrades; beside its files where this checkout is not ours to write in."""
    return (backing_up.home() if installed.is_external() else LOGS) / f"upgrade-{name}.log"


def upgrade_addon(name: str, log: Path) -> None:
    """Upgrade the addon in a database.

    :raise Failure: when Odoo ends with an error, or logs one and goes on
    """
    begun = log.stat().st_size if log.exists() else 0
    # Another version of Odoo brings all modules (script/update-odoo).
    modules = "base" if os.environ.get("DRIVE_ODOO") else ADDON
    arguments = ("-d", name, "-u", modules, "--stop-after-init", "--no-http", "--max-cron-threads", 0)
    try:
        run(
            [*WITH_PARENT, *odoo_command.command(*arguments)],
            log,
            "upgrade",
            "Odoo ended with an error",
            shown=0,
            env=odoo_command.environment(),
        )
    except Failure as failure:
        raise Failure(f"{_reason(log, begun) or failure} (the whole output: {log})") from failure
    if reason := _reason(log, begun):
        raise Failure(f"Odoo logged an error: {reason} (the whole output: {log})")


def _reason(log: Path, begun: int) -> str:
    """What went wrong in what was logged since: the last exception, else the last error."""
    with open(log, encoding="utf-8", errors="replace") as file:
        file.seek(begun)
        text = file.read()
    errors = LOGGED_ERROR.findall(text)
    exceptions = EXCEPTION.findall(text) if errors else []
    return (exceptions or errors or [""])[-1]


def compare(before: dict, name: str) -> None:
    with facts.connected(name, readonly=True) as connection, connection.cursor() as cursor:
        wrong = facts.differences(before, facts.read(cursor))
    if wrong:
        raise Failure(f"the upgraded shop is not the same: {'; '.join(wrong)}.")
    if checking.check(name):
        raise Failure("a rule of script/check is broken in the upgraded shop.")


def make_copy(name: str, folder: Path, manifest: dict) -> str:
    """An upgraded copy of what was put together for a backup, that passed all comparisons.

    :return: its name
    """
    copy, log = name + COPY, log_file(name)
    say("Restoring it into a copy …")
    restoring.check_space(manifest, 0)
    restoring.fill(copy, folder, manifest)
    with database.whole_or_none(copy):
        say("Upgrading the copy …")
        with room_in(log.parent):
            upgrade_addon(copy, log)
        say("Comparing orders, money and stock, and checking the rules …")
        compare(manifest["facts"], copy)
        if not installed.is_external():
            database.mark_up_to_date(copy)
    return copy


def old_version(name: str) -> str:
    """The addon's version in a database that this checkout can upgrade."""
    ours = database.manifest()["version"]
    with facts.connected(name) as connection, connection.cursor() as cursor:
        odoo, addon = facts.versions(cursor, name)
    if odoo.split(".")[:2] != ours.split(".")[:2]:
        raise Failure(
            f"{name} is of Odoo {'.'.join(odoo.split('.')[:2])}, and this is {'.'.join(ours.split('.')[:2])}."
        )
    if restoring.number(addon) > restoring.number(ours):
        raise Failure(f"{name} has version {addon} of the addon, and this checkout is older: {ours}.")
    return addon


def upgrade(name: str, place: repository.Repository, recipients: Path | None) -> None:
    switching.refuse_if_served(name)
    before = old_version(name)
    backing_up.check_place(name, place, recipients)
    try:
        with switching.Guard(name) as guard:
            say(f"Saving {name}, version {before} …")
            with backing_up.put_together(name) as (folder, manifest):
                saved = backing_up.send(folder, manifest, place, recipients)
                say(f"  {saved} in {place.address}")
                copy = make_copy(name, folder, manifest)
            with database.whole_or_none(copy):
                switching.put_in_place(copy, name, guard)
    except Failure as failure:
        raise Failure(
            f"{failure}\nNothing has changed: {name} has version {before}, all its orders and files. Start Odoo with "
            "that version of the addon."
        ) from failure
    say(
        f"{name} has version {database.manifest()['version']} now: start Odoo. What was before is {saved} in "
        f"{place.address}."
    )


def rehearse(name: str) -> None:
    before = old_version(name)
    say(f"Putting {name}, version {before}, together for the rehearsal …")
    with backing_up.put_together(name) as (folder, manifest):
        database.drop(make_copy(name, folder, manifest))
    say(f"The upgrade from {before} to {database.manifest()['version']} would succeed. {name} is as it was.")


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/upgrade", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    backing_up.add_options(parser)
    parser.add_argument("--rehearse", action="store_true", help="only on a copy, while the shop is open")
    options = parser.parse_args()
    backing_up.end_in_order()
    recipients = options.recipients and Path(options.recipients)
    installed.name_server()
    restoring.check_name(options.db)
    installed.check_owner()
    with postgres.running(), switching.only_one(options.db):
        if not database.exists(options.db):
            raise Failure(f"there is no database {options.db}.")
        if options.rehearse:
            rehearse(options.db)
        else:
            upgrade(options.db, repository.named(options), recipients)
    return 0


if __name__ == "__main__":
    main(_main)
