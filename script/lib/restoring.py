"""Puts a file of script/backup into a new database, and its files beside it.

    script/restore FILE --db NEW [--passphrase-file F]
    script/restore FILE --db NAME --replace NAME
    script/restore --release --db NEW

The file is read to its end and checked before anything is made; NEW has its name only when
all is there and right. A database that exists is replaced only when its name is said twice, and while
nothing uses it.

What was restored says nothing to anybody: no mail goes out, no scheduled action runs, payment providers are
cut off, a banner says so. --release turns on again what was on, and only that: for a shop that takes
the place of the one that was lost. For a look, or the monthly drill, leave it as it is, and drop it.

Ends with 0 when it is done, 1 when it is not, with a sentence; then nothing has changed.
"""

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import archive
import database
import encryption
import facts
import installed
import postgres
import quieting
import switching
from archive import DATABASE, FILES, PIECE
from backing_up import end_in_order
from common import Failure, main, say
from database import UNFINISHED, quoted

# As Odoo wants it; the longest that PostgreSQL takes is 63 bytes, with what is added while it is made.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,50}")
# Thousands of statements: nothing of them is worth waiting for a disk before the last, the database's name.
FASTER = "-c synchronous_commit=off -c maintenance_work_mem=128MB"
# What PostgreSQL keeps of it by default, at most (max_wal_size).
LOG_OF_CHANGES = 2**30
FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]+")


def check_name(name: str) -> None:
    if not NAME.fullmatch(name) or name.endswith((UNFINISHED, switching.REPLACED)):
        raise Failure(f"{name!r} is no name for a database: letters, digits, and . _ - between them, 51 at most.")


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def check_versions(what: str, odoo: str, addon: str) -> None:
    """Whether this checkout can open what was made by these versions of Odoo and of the addon."""
    ours = database.manifest()["version"]
    series, other = (".".join(version.split(".")[:2]) for version in (ours, odoo))
    if series != other:
        raise Failure(f"{what} is of Odoo {other}, and this is Odoo {series}.")
    if number(addon) > number(ours):
        raise Failure(f"{what} has version {addon} of the addon, and this is {ours}: take the newer version first.")


def check_server(manifest: dict) -> None:
    """Whether this PostgreSQL can take what another has saved."""
    saved, server = manifest["postgresql"] // 10000, int(postgres.psql("SHOW server_version_num")) // 10000
    if saved > server:
        raise Failure(f"this backup is of PostgreSQL {saved}, and this server is {server}: it takes no newer ones.")


def check_space(manifest: dict) -> None:
    """Whether the disks of Odoo's files and of PostgreSQL have room: one that is full stops PostgreSQL
    for all its databases."""
    files = installed.data_folder()
    files.mkdir(parents=True, exist_ok=True)
    needed = {files: manifest["file_bytes"]}
    # A server on another machine, or of another user, is nothing we could look at.
    if databases := postgres.data_folder():
        size = manifest["database_bytes"]
        # It writes all of it twice, and forgets the first time when that has become a gigabyte.
        aim = files if databases.stat().st_dev == files.stat().st_dev else databases
        needed[aim] = needed.get(aim, 0) + size + min(size, LOG_OF_CHANGES)
    for folder, count in needed.items():
        free = shutil.disk_usage(folder).free
        if free < count:
            raise Failure(f"{folder} has {free / 1e6:.0f} MB free, and {count / 1e6:.0f} are needed: make room.")


class Restoring:
    """Takes the parts of a backup in their order: first the database, then the files."""

    def __init__(self, name: str):
        self.name = name
        self.folder = installed.filestore(name)
        self._messages = tempfile.TemporaryFile("w+")  # noqa: SIM115 (close closes it)
        self._process = None

    def take(self, part: str, stream) -> None:
        if part.startswith(DATABASE):
            self._take_database(stream)
            return
        self.end_database()
        path = part.removeprefix(FILES)
        if not part.startswith(FILES) or not FILE_NAME.fullmatch(path):
            raise Failure(f"the backup has a part that is none of ours: {part}.")
        aim = self.folder / path
        aim.parent.mkdir(parents=True, exist_ok=True)
        with open(aim, "wb") as file:
            shutil.copyfileobj(stream, file, PIECE)

    def _take_database(self, stream) -> None:
        if not self._process:
            self._process = subprocess.Popen(
                [
                    *(postgres.program("pg_restore"), "--exit-on-error", "--no-owner", "--no-acl"),
                    f"--dbname={self.name}",
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._messages,
                env={**os.environ, "LC_ALL": "C", "PGOPTIONS": FASTER},
            )
        try:
            shutil.copyfileobj(stream, self._process.stdin, PIECE)
        except BrokenPipeError:
            self.end_database()

    def end_database(self) -> None:
        if not self._process:
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        code, self._process = self._process.wait(), None
        if code:
            self._messages.seek(0)
            said = [line for line in self._messages.read().splitlines() if "error:" in line]
            raise Failure(f"PostgreSQL did not take the database: {said[0] if said else f'status {code}'}")

    def close(self) -> None:
        if self._process:
            self._process.kill()
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()
        self._messages.close()


def create_empty(name: str, manifest: dict) -> None:
    """An empty database as Odoo makes one; its indexes need what a dump does not say of unaccent."""
    template = postgres.template()
    postgres.psql(f"CREATE DATABASE {quoted(name)} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE {template}")
    for extension in manifest["extensions"]:
        try:
            postgres.psql(f"CREATE EXTENSION IF NOT EXISTS {quoted(extension)}", name)
        except Failure as failure:
            raise Failure(
                f"the shop uses PostgreSQL's extension {extension}, which Odoo's role may not make here ({failure}): "
                f"ask whoever looks after that server to make it, once, in the database {template}."
            ) from failure
    if manifest["unaccent"] == "i":
        postgres.psql("ALTER FUNCTION unaccent(text) IMMUTABLE", name)
    postgres.psql("GRANT CREATE ON SCHEMA public TO PUBLIC", name)


def fill(name: str, path: Path, words: bytes | None, manifest: dict) -> None:
    """Make a database and its files of a backup that was checked; without it when it fails."""
    database.drop(name)
    with database.whole_or_none(name), contextlib.closing(Restoring(name)) as restoring:
        with archive.room_in(installed.data_folder()):
            create_empty(name, manifest)
            restoring.folder.mkdir(parents=True)
            if archive.read(path, words, restoring.take) != manifest:
                raise Failure(f"{path} was changed while it was read: nothing of it was used.")
            restoring.end_database()
        say("  comparing orders, money and stock with what was saved …")
        with facts.connected(name) as connection, connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            connection.commit()
            wrong = facts.differences(manifest["facts"], facts.read(cursor))
        if wrong:
            raise Failure(f"the restored shop is not the one that was saved: {'; '.join(wrong)}")
        os.sync()


def restore(path: Path, name: str, words: bytes | None, replace: bool) -> dict:
    check_name(name)
    installed.check_owner()
    with switching.only_one(name):
        if database.exists(name):
            if not replace:
                raise Failure(
                    f"the database {name} exists: name another, or replace it by saying its name twice: "
                    f"--db {name} --replace {name}."
                )
            switching.refuse_if_served(name)
        say("  reading it all …")
        manifest = archive.check(path, words)
        check_versions("this backup", manifest["odoo"], manifest["addon"])
        check_server(manifest)
        check_space(manifest)
        say(
            f"  {manifest['database']}, saved {manifest['made']}, version {manifest['addon']}: "
            f"{manifest['facts']['orders']}"
        )
        fresh = name + UNFINISHED
        say("  restoring it …")
        fill(fresh, path, words, manifest)
        with database.whole_or_none(fresh):
            with facts.connected(fresh) as connection, connection, connection.cursor() as cursor:
                quieting.quieten(cursor)
            switching.put_in_place(fresh, name)
    return manifest


def release(name: str) -> None:
    with facts.connected(name) as connection, connection, connection.cursor() as cursor:
        facts.versions(cursor, name)
        quieting.release(cursor, name)
        jobs = facts.one(cursor, "SELECT count(*) FROM ir_cron WHERE active")
        mails = facts.one(cursor, "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'")
    say(f"{name} works by itself again: {jobs} scheduled actions; {mails} mails wait to be sent. Restart its Odoo.")


def parse():
    parser = argparse.ArgumentParser(
        prog="script/restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="what script/backup made")
    parser.add_argument("--db", required=True, metavar="NEW", help="the database to make")
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="the first line of F opens FILE")
    parser.add_argument("--replace", metavar="NAME", help="drop the database NEW for it: say its name again")
    parser.add_argument("--release", action="store_true", help="mails and scheduled actions of NEW as they were")
    options = parser.parse_args()
    if bool(options.file) == options.release:
        parser.error("name a FILE, or --release what was restored before")
    if options.release and (options.replace or options.passphrase_file):
        parser.error("--release needs --db alone")
    return options


def _main() -> int:
    options = parse()
    end_in_order()
    if options.replace not in (None, options.db):
        raise Failure(f"--db says {options.db} and --replace {options.replace}: to replace it, say its name twice.")
    words = encryption.passphrase(options.passphrase_file) if options.passphrase_file else None
    installed.name_server()
    with postgres.running():
        if options.release:
            release(options.db)
            return 0
        say(f"Restoring {options.file} …")
        manifest = restore(options.file, options.db, words, bool(options.replace))
        if manifest["missing"]:
            say(f"  {len(manifest['missing'])} files were missing when it was saved")
    say(
        f"The database {options.db} is ready. No mail goes out and no scheduled action runs until "
        f"script/restore --release --db {options.db}"
    )
    return 0


if __name__ == "__main__":
    main(_main)
