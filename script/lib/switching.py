"""One database takes the place of another, at once: whatever happens, a whole one has the name.

The files come first. Odoo names each by the sum of what it holds and never changes it, so those of
both databases can lie in one folder; what only the old one needed is left to Odoo's daily cleaning.
Then both databases are renamed in one transaction of PostgreSQL.
"""

import contextlib
import os
import shutil
from pathlib import Path

import database
import facts
import installed
import postgres
from common import Failure
from database import literal, quoted

REPLACED = "--replaced"
# Odoo's list of files to look at when it cleans up: empty ones, by their names.
CHECKLIST = "checklist"


@contextlib.contextmanager
def only_one(name: str):
    """One command at a time makes a database of this name; when it dies, so does the lock."""
    with facts.connected("postgres") as connection, connection.cursor() as cursor:
        if not facts.one(cursor, "SELECT pg_try_advisory_lock(hashtext('cafoutch_drive'), hashtext(%s))", name):
            raise Failure(f"another restore or upgrade of {name} is going on: wait for its end.")
        tidy_up(name)
        yield


def tidy_up(name: str) -> None:
    """What a run that was killed may have left: a closed door, and the database that was replaced."""
    if database.exists(name):
        postgres.psql(f"ALTER DATABASE {quoted(name)} ALLOW_CONNECTIONS true")
        database.drop_in_postgresql(name + REPLACED)


def clients(name: str) -> int:
    """How many programs are connected to a database."""
    return int(
        postgres.psql(f"SELECT count(*) FROM pg_stat_activity WHERE datname = {literal(name)} AND usename IS NOT NULL")
    )


def refuse_if_served(name: str) -> None:
    if clients(name):
        raise Failure(
            f"a program still uses the database {name} ({clients(name)} connections): stop Odoo first, "
            "so that nothing is ordered meanwhile."
        )


class Guard:
    """As long as it is there, nobody changes a row of a database; when this process dies, it is gone."""

    def __init__(self, name: str):
        self._stack = contextlib.ExitStack()
        self.connection = self._stack.enter_context(facts.connected(name))
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            tables = ", ".join(quoted(row[0]) for row in cursor.fetchall())
            cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        self.pid = self.connection.info.backend_pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()


def put_in_place(fresh: str, name: str, guard: Guard | None = None) -> None:
    """Give a finished database the name of another, which is dropped, or a new one.

    :param guard: of the old one; it goes when nobody else can come in any more
    """
    share_files(installed.filestore(fresh), installed.filestore(name))
    if database.exists(name):
        _swap(fresh, name, guard)
    else:
        postgres.psql(f"ALTER DATABASE {quoted(fresh)} RENAME TO {quoted(name)}")
    database.drop_in_postgresql(name + REPLACED)
    shutil.rmtree(installed.filestore(fresh), ignore_errors=True)


def _swap(fresh: str, name: str, guard: Guard | None) -> None:
    # Who is connected has written nothing, and waits for the guard: first the door, then they, then it.
    spared = guard.pid if guard else 0
    postgres.psql(f"ALTER DATABASE {quoted(name)} ALLOW_CONNECTIONS false")
    try:
        postgres.psql(
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            f" WHERE datname = {literal(name)} AND pid != {spared}"
        )
        if guard:
            guard.__exit__()
        postgres.psql(
            f"BEGIN; ALTER DATABASE {quoted(name)} RENAME TO {quoted(name + REPLACED)};"
            f" ALTER DATABASE {quoted(fresh)} RENAME TO {quoted(name)}; COMMIT"
        )
    finally:
        postgres.psql(f"ALTER DATABASE {quoted(name)} ALLOW_CONNECTIONS true")


def share_files(source: Path, target: Path) -> None:
    """Let the files of one database be there for another too, without a copy where links work.

    What only the other had is written down to be looked at by Odoo's cleaning.
    """
    target.mkdir(parents=True, exist_ok=True)
    for path in [path for path in target.rglob("*") if path.is_file()]:
        name = path.relative_to(target)
        if name.parts[0] != CHECKLIST and not (source / name).exists():
            mark = target / CHECKLIST / name
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
    for path in [path for path in source.rglob("*") if path.is_file()]:
        aim = target / path.relative_to(source)
        if not aim.exists():
            link_or_copy(path, aim)


def link_or_copy(path: Path, aim: Path) -> None:
    """One more name for a file that nobody changes, or a copy where links do not work."""
    aim.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, aim)
    except FileNotFoundError:
        raise
    except OSError:
        # A copy has its name when it is whole.
        part = aim.with_name(f".{aim.name}.part")
        shutil.copyfile(path, part)
        part.rename(aim)
