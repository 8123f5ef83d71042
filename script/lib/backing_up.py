"""Saves a shop, its database and its files, in one file, while people order.

    script/backup --db NAME [--to FOLDER] [--encrypt PASSPHRASE-FILE] [--keep N]

The file is NAME-DATE-TIMEZ.tar, or .tar.gpg when it is encrypted: with what the first line of
PASSPHRASE-FILE says, which is asked for to restore it, by anyone and for ever. Keep that elsewhere too.
Each file is read back before it gets its name: one that has it is whole. --keep N then removes
the older ones of this shop, all but the N newest.

script/restore puts it into a new database. Where ODOO_RC names the configuration of an Odoo that is
installed, it is that one's shop; libpq's variables (PGHOST, PGUSER, PGPASSFILE …) name its PostgreSQL.

Ends with 0 when the file is there, 1 when it is not, with a sentence, and nothing is left.
"""

import argparse
import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import archive
import encryption
import facts
import installed
import postgres
from archive import DATABASE, FILES, Progress
from common import STATE, Failure, main, say

FOLDER = STATE / "backups"
# Odoo's cleaning goes by once a day: twice is bad luck, three times is something else.
TRIES = 3
# Indexes are not saved, and what is saved is compressed.
SHARE_OF_DATABASE = 0.5
LAST_BACKUP = "cafoutch_drive.last_backup"


class Collected(Exception):
    """A file that the database needs was cleaned away before it was saved."""


class Snapshot:
    """What a database holds at one moment, and which files it needs.

    A database and a folder of files have no moment in common, and need none: Odoo names a file
    by the sum of what it holds, writes it before the row that names it is committed, and never
    changes it. So all files that the moment needs exist then, and those that come later are of no
    interest: the database first, then the files. Only one thing takes files away: Odoo's
    daily cleaning removes those that no row names any more, maybe since a moment ago. To
    forbid it (a lock on the table of attachments) would let every member wait who orders meanwhile;
    instead a file that is gone is noticed, and all is saved again, of a later moment.
    """

    def __init__(self, connection, name: str):
        self.name = name
        with connection.cursor() as cursor:
            self.id = facts.one(cursor, "SELECT pg_export_snapshot()")
            self.odoo, self.addon = facts.versions(cursor, name)
            self.facts = facts.read(cursor)
            self.database_bytes = facts.one(cursor, "SELECT pg_database_size(current_database())")
            self.unaccent = facts.one(cursor, "SELECT provolatile FROM pg_proc WHERE proname = 'unaccent' LIMIT 1")
            cursor.execute("SELECT extname FROM pg_extension WHERE extname != 'plpgsql' ORDER BY 1")
            self.extensions = [row[0] for row in cursor.fetchall()]
            cursor.execute(
                "SELECT store_fname, max(file_size) FROM ir_attachment WHERE store_fname IS NOT NULL"
                " GROUP BY store_fname ORDER BY store_fname"
            )
            files = cursor.fetchall()
        self.files = [name for name, _size in files]
        self.file_bytes = sum(size or 0 for _name, size in files)
        self.postgresql = connection.server_version

    def manifest(self, missing: list[str]) -> dict:
        return {
            "made": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S} UTC",
            "database": self.name,
            "odoo": self.odoo,
            "addon": self.addon,
            "postgresql": self.postgresql,
            "extensions": self.extensions,
            "unaccent": self.unaccent,
            "database_bytes": self.database_bytes,
            "file_bytes": self.file_bytes,
            "files": len(self.files),
            # Of the shop itself, before this backup.
            "missing": missing,
            "facts": self.facts,
        }


def save_database(writer: archive.Writer, snapshot: Snapshot) -> None:
    progress = Progress("the database, compressed")
    with tempfile.TemporaryFile("w+") as messages:
        with subprocess.Popen(
            [
                *(postgres.program("pg_dump"), "--format=custom", "--no-owner", "--no-acl"),
                *(f"--snapshot={snapshot.id}", f"--dbname={snapshot.name}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=messages,
        ) as dump:
            try:
                writer.add_stream(DATABASE, dump.stdout, progress)
            except BaseException:
                dump.kill()
                raise
        progress.end()
        messages.seek(0)
        if dump.returncode:
            said = messages.read().strip().splitlines() or [f"it ended with status {dump.returncode}"]
            raise Failure(f"the database could not be saved: {said[-1]}")


def save_files(writer: archive.Writer, snapshot: Snapshot) -> list[str]:
    """Save the files that the database needs.

    :return: those that are missing in the shop itself
    :raise Collected: when one was cleaned away since the snapshot
    """
    folder = installed.filestore(snapshot.name)
    progress = Progress("files", snapshot.file_bytes)
    missing = []
    for name in snapshot.files:
        try:
            writer.add_file(f"{FILES}{name}", folder / name, progress)
        except FileNotFoundError:
            missing.append(name)
    progress.end()
    if missing and _needed_now(snapshot.name, missing) != set(missing):
        raise Collected
    if any((folder / name).exists() for name in missing):
        raise Collected
    return missing


def _needed_now(database: str, names: list[str]) -> set[str]:
    with facts.connected(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname = ANY(%s)", (names,))
        return {row[0] for row in cursor.fetchall()}


def check_space(folder: Path, snapshot: Snapshot) -> None:
    needed = snapshot.database_bytes * SHARE_OF_DATABASE + snapshot.file_bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Failure(
            f"{folder} has {free / 1e6:.0f} MB free, and this backup may need {needed / 1e6:.0f}: make room, "
            "or name another folder with --to."
        )


@contextlib.contextmanager
def alone_in(folder: Path):
    """One backup at a time writes to a folder, and removes what killed ones have left there."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another backup is writing to {folder}: wait for its end.") from None
        for left in folder.glob(f".*.tar*{archive.UNFINISHED}"):
            left.unlink()
        yield
    finally:
        os.close(handle)


def back_up(name: str, folder: Path, words: bytes | None = None, keep: int = 0) -> Path:
    """Save a shop.

    :param words: the passphrase
    :param keep: how many files of this shop are left, 0 for all
    :return: the file
    """
    with archive.room_in(folder), alone_in(folder):
        for attempt in range(1, TRIES + 1):
            try:
                path, missing = _attempt(name, folder, words)
                break
            except Collected:
                if attempt == TRIES:
                    raise Failure(
                        "files of the shop are cleaned away while they are saved: try again later."
                    ) from None
                say("  Odoo has cleaned away a file meanwhile: once more, of this moment")
        if missing:
            say(f"  {len(missing)} files were missing in the shop already, {missing[0]} first")
        for old in saved(name, folder)[keep:] if keep else []:
            if old != path:
                say(f"  {old.name} goes: only {keep} are kept")
                old.unlink()
    return path


def _attempt(name: str, folder: Path, words: bytes | None) -> tuple[Path, list[str]]:
    with facts.connected(name, readonly=True) as connection:
        snapshot = Snapshot(connection, name)
        check_space(folder, snapshot)
        ending = ".tar.gpg" if words else ".tar"
        path = folder / f"{name}-{datetime.now(timezone.utc):%Y%m%d-%H%M%SZ}{ending}"
        with archive.writing(path, words) as writer:
            say(f"  the database, {snapshot.database_bytes / 1e6:.0f} MB on the disk …")
            save_database(writer, snapshot)
            # What was deleted may be cleaned up again.
            connection.rollback()
            say(f"  {len(snapshot.files)} files, {snapshot.file_bytes / 1e6:.0f} MB …")
            missing = save_files(writer, snapshot)
            writer.finish(snapshot.manifest(missing))
    return path, missing


def saved(name: str, folder: Path) -> list[Path]:
    """The backups of one shop in a folder, the newest first."""
    pattern = re.compile(rf"{re.escape(name)}-\d{{8}}-\d{{6}}Z\.tar(\.gpg)?")
    found = [path for path in folder.iterdir() if pattern.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.name.partition(".tar")[0], reverse=True)


def _note(name: str) -> None:
    """Let the shop know when it was last saved."""
    now = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}"
    with facts.connected(name) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ir_config_parameter (key, value, create_date, write_date)"
            " VALUES (%s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, write_date = EXCLUDED.write_date",
            (LAST_BACKUP, now),
        )


def folder_named(named: Path | None) -> Path:
    """The folder to save in; one that somebody names must be there: its disk may not be mounted."""
    if named is None:
        if installed.is_external():
            raise Failure("say where to with --to FOLDER.")
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FOLDER
    if not named.is_dir():
        raise Failure(f"there is no folder {named}: make it, or mount its disk.")
    return named.resolve()


def add_options(parser) -> None:
    parser.add_argument("--db", required=True, metavar="NAME", help="the database")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help=f"default: {FOLDER}")
    parser.add_argument(
        "--encrypt", type=Path, metavar="PASSPHRASE-FILE", help="encrypt with what its first line says (GnuPG, AES256)"
    )


def whole_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def end_in_order() -> None:
    """The same end for Ctrl-C, a service manager and a closed terminal: nothing is left."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    parser.add_argument(
        "--keep", type=whole_number, default=0, metavar="N", help="remove older backups of this shop but N"
    )
    options = parser.parse_args()
    end_in_order()
    words = encryption.passphrase(options.encrypt) if options.encrypt else None
    folder = folder_named(options.to)
    installed.name_server()
    with postgres.running():
        say(f"Saving {options.db} …")
        path = back_up(options.db, folder, words, options.keep)
        try:
            _note(options.db)
        except Failure as failure:
            say(f"  it could not be noted in the shop: {failure}")
    say(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    main(_main)
