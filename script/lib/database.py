"""Databases: made in French without Odoo's demo data, kept as templates, cloned in seconds.

    database.py create NAME [--empty | --without-addon] [--replace]
    database.py drop NAME [--name NAME] [--live]
    database.py list

Three templates build on one another, and are made again when what they hold changes:
the modules the addon needs; the addon; its demo data. A database appears under its name
when it is whole: a creation that fails leaves nothing behind.
"""

import argparse
import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from datetime import date
from pathlib import Path

import postgres
from common import ADDON, LOGS, PYTHON, ROOT, STATE, TEST_LOGS, Failure, locked, main, run, say
from installed import encrypted_copies, filestore

# Not needed by the addon, but by a French shop: chart of accounts and VAT.
COUNTRY_MODULE = "l10n_fr_account"
PREFIX = "cafoutch_template"
# The same of the tests: their files are in one folder with those of the shops.
TESTS_PREFIX = "cafoutch_tests_template"
UNFINISHED = "--unfinished"
LIB = Path(__file__).parent
# In production, the database that the shop lives on (deploy/debian/drive says so).
LIVE = os.environ.get("DRIVE_LIVE")
KINDS = ("dependencies", "empty", "demo")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def names() -> list[str]:
    return postgres.psql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname").splitlines()


def exists(name: str) -> bool:
    return name in names()


def drop_in_postgresql(name: str) -> None:
    """Drop a database, whoever is connected with it.

    Not with FORCE: it fails for a role without superuser while PostgreSQL vacuums the
    database by itself. DROP alone ends that, and these are the other sessions.
    """
    postgres.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = {literal(name)} AND usename = current_user"
    )
    postgres.psql(f"DROP DATABASE IF EXISTS {quoted(name)}")


def drop(name: str) -> None:
    drop_in_postgresql(name)
    for folder in (filestore(name), encrypted_copies(name)):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def whole_or_none(name: str):
    """A database, and its files, that are there after the block only if it ends well.

    :raise Failure: what the block raised; with what to do, when nothing can be dropped
    """
    try:
        yield
    except BaseException as reason:
        if _is_dropped(name):
            raise
        said = f"{str(reason).rstrip('.')}. " if isinstance(reason, Failure) else ""
        raise Failure(
            f"{said}PostgreSQL could not drop {name}: it is down, or its disk is full, as its log says. The same "
            "command drops it when it is run again."
        ) from reason


def _is_dropped(name: str) -> bool:
    # A server without room may fall over once more by that, and rise again.
    for _attempt in range(2):
        if postgres.recovers():
            with contextlib.suppress(Failure):
                drop(name)
                return True
    return False


def rename(name: str, new_name: str) -> None:
    """Give a database and its files another name."""
    shutil.rmtree(filestore(new_name), ignore_errors=True)
    if filestore(name).is_dir():
        filestore(name).rename(filestore(new_name))
    postgres.psql(f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(new_name)}")


def clone(source: str, name: str) -> None:
    """A copy with an identity of its own."""
    unfinished = name + UNFINISHED
    drop(unfinished)
    postgres.psql(f"CREATE DATABASE {quoted(unfinished)} TEMPLATE {quoted(source)} STRATEGY FILE_COPY")
    postgres.psql(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
        " WHERE key IN ('database.uuid', 'database.secret')",
        unfinished,
    )
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(unfinished))
    rename(unfinished, name)


def _odoo(action: str, name: str, *modules: str) -> None:
    what = {
        "dependencies": "Odoo's modules in French",
        "install": "the addon",
        "demo": "demo data",
    }[action]
    say(f"  {what} …")
    run(
        [PYTHON, LIB / "odoo_database.py", action, name, *modules],
        LOGS / "database.log",
        what,
        f"installing {what} in a new database failed",
        env={**os.environ, **postgres.environment()},
    )


def manifest() -> dict:
    path = ROOT / ADDON / "__manifest__.py"
    if not path.exists():
        raise Failure(f"there is no addon at {path.parent}.")
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def _hash(kind: str) -> str:
    odoo = (STATE / "odoo").resolve()
    facts = [str(ROOT), str(odoo), str(odoo.stat().st_mtime), (LIB / "odoo_database.py").read_text(encoding="utf-8")]
    facts.append(repr(sorted(manifest()["depends"])))
    if kind != "dependencies":
        addon = ROOT / ADDON
        for path in sorted(addon.rglob("*")):
            parts = path.relative_to(addon).parts
            # Neither tests nor what the browser loads goes into a database.
            if (
                path.is_file()
                and parts[0] != "tests"
                and parts[:2] != ("static", "src")
                and "__pycache__" not in parts
            ):
                facts.append(f"{parts} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:10]


def is_outdated(name: str) -> bool:
    """Whether the addon's code has changed since this database was made or updated here."""
    noted = postgres.psql(
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = {literal(name)}"
    )
    # A database from elsewhere has no note, and is left to its owner.
    return noted.startswith(ADDON) and noted != f"{ADDON} {_hash('demo')}"


def mark_up_to_date(name: str) -> None:
    note = literal(f"{ADDON} {_hash('demo')}")
    postgres.psql(f"COMMENT ON DATABASE {quoted(name)} IS {note}")


def template(kind: str) -> str:
    """The name of a database of this kind that is up to date; made if there is none."""
    prefix = f"{TESTS_PREFIX if postgres.is_for_tests() else PREFIX}_{kind}_"
    name = prefix + _hash(kind)
    if kind == "demo":
        # Its orders are those of the day on which it is made.
        name += f"_{date.today():%Y%m%d}"
    with locked(STATE / f"template-{kind}.lock", f"it makes the template '{kind}'"):
        if exists(name):
            return name
        unfinished = name + UNFINISHED
        drop(unfinished)
        with whole_or_none(unfinished):
            if kind == "dependencies":
                # What is missing is said now, in a sentence.
                postgres.template()
                _odoo("dependencies", unfinished, *manifest()["depends"], COUNTRY_MODULE)
            else:
                clone(template(KINDS[KINDS.index(kind) - 1]), unfinished)
                _odoo({"empty": "install", "demo": "demo"}[kind], unfinished, ADDON)
        rename(unfinished, name)
        for old in names():
            if old.startswith(prefix) and old != name and filestore(old).is_dir():
                drop(old)
    return name


def create(name: str, kind: str = "demo", replace: bool = False) -> None:
    if exists(name):
        if not replace:
            raise Failure(f"the database {name} exists: drop it first, or say --replace.")
        drop(name)
    clone(template(kind), name)
    if kind != "dependencies":
        mark_up_to_date(name)


def check_drop(name: str, again: str | None, live: bool) -> None:
    """In production: whether somebody means it, who is told what would be lost."""
    if not exists(name):
        raise Failure(f"there is no database {name}: {', '.join(names())}.")
    if name == LIVE and not live:
        raise Failure(f"the shop lives on the database {name}: nothing was dropped. If you mean it, say --live too.")
    noted = ""
    with contextlib.suppress(Failure):  # it may be none of Odoo
        noted = postgres.psql(
            "SELECT value FROM ir_config_parameter WHERE key = 'cafoutch_drive.last_backup'",
            name,
        )
    say(f"{name}: {f'it knows of a backup of {noted} UTC' if noted else 'it knows of no backup'}.")
    if again is None and sys.stdin.isatty():
        again = input("It cannot be had back without one. Its name, to drop it: ").strip()
    if again is None:
        raise Failure(f"say its name twice to drop it: drop {name} --name {name}.")
    if again != name:
        raise Failure(f"{again!r} is not {name}: nothing was dropped.")


@contextlib.contextmanager
def for_tests(alone: bool = False):
    """The tests' own PostgreSQL answers inside the block, for this program and all that it starts.

    The first of several runs at once clears away what a killed one left; the last one stops the server.

    :param alone: no other run meanwhile, as those live at another time
    """
    if postgres.is_for_tests():
        with postgres.running():
            yield
        return
    os.environ[postgres.CLUSTER] = "tests"
    with open(STATE / "tests.lock", "a", encoding="utf-8") as handle:
        if _lock(handle, fcntl.LOCK_EX):
            _clear_away()
        elif alone or not _lock(handle, fcntl.LOCK_SH):
            say("Waiting for another run of tests in this checkout, whose clock is another …")
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(handle, fcntl.LOCK_SH)
        try:
            postgres.start()
            yield
        finally:
            if alone or _lock(handle, fcntl.LOCK_EX):
                postgres.stop()
            del os.environ[postgres.CLUSTER]


def _lock(handle, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear_away() -> None:
    """Remove what a run that was killed has left: nobody uses it."""
    shutil.rmtree(TEST_LOGS, ignore_errors=True)
    TEST_LOGS.mkdir(parents=True)
    if postgres.is_external():
        return
    postgres.stop()
    postgres.start()
    for name in names():
        if name != "postgres" and not name.startswith(TESTS_PREFIX):
            drop(name)


def parse():
    parser = argparse.ArgumentParser(prog="script/database", description=__doc__.split("\n\n", maxsplit=1)[0])
    actions = parser.add_subparsers(dest="action", required=True)
    creation = actions.add_parser("create", help="make a database, with the demo data unless told otherwise")
    creation.add_argument("name")
    what = creation.add_mutually_exclusive_group()
    what.add_argument("--empty", dest="kind", action="store_const", const="empty", help="the addon, no demo data")
    what.add_argument(
        "--without-addon",
        dest="kind",
        action="store_const",
        const="dependencies",
        help="only the modules that the addon needs",
    )
    creation.add_argument("--replace", action="store_true", help="drop the database of that name first")
    creation.set_defaults(kind="demo")
    dropping = actions.add_parser("drop", help="remove a database and its files; in production, asks for its name")
    dropping.add_argument("name")
    dropping.add_argument("--name", dest="again", metavar="NAME", help="say its name again, instead of being asked")
    dropping.add_argument("--live", action="store_true", help="also the one that the shop lives on")
    actions.add_parser("list", help="name the databases")
    return parser.parse_args()


def _main() -> int:
    options = parse()
    with postgres.running():
        if options.action == "create":
            create(options.name, options.kind, options.replace)
            say(f"The database {options.name} is ready.")
        elif options.action == "drop":
            if LIVE:
                check_drop(options.name, options.again, options.live)
            drop(options.name)
        else:
            say("\n".join(names()))
    return 0


if __name__ == "__main__":
    main(_main)
