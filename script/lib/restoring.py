"""Puts a backup into a new database, and its files beside it.

    script/restore SNAPSHOT --db NEW [--drill] [--repository R] [--password-file F] [--identity F]
    script/restore SNAPSHOT --db NAME --replace NAME
    script/restore FOLDER --db NEW
    script/restore --release --db NEW
    script/restore --list

SNAPSHOT is a number that --list names, or "latest". FOLDER has a / in its name, and holds what restic, or tar of
the backups before 19.0.2.1.0, has unpacked there. --identity names a secret key for what was encrypted to public
ones; "-" reads it from stdin, so that it is never on this disk.

NEW has its name only when all is there and right: orders, money and stock are those that were saved. A database that
exists is replaced only when its name is said twice, while nothing uses it, and by a backup of the same shop.

What was restored says nothing to anybody: no mail goes out, no scheduled action runs, nobody pays online,
a banner says so. --release turns on again what was on, and only that: for a shop that takes the place of
the one that was lost. For a look, or the monthly drill, say --drill: Odoo's own neutralize, which nothing undoes.

Ends with 0 when it is done, 1 when it is not, with a sentence; then nothing has changed.
"""

import argparse
import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import backing_up
import database
import encryption
import facts
import holding
import installed
import postgres
import repository
import switching
from backing_up import DUMP, FILES, MANIFEST, emptied, end_in_order
from common import Failure, main, say
from database import UNFINISHED, quoted
from disk import room_in

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


def check_space(manifest: dict, copies: int = 1) -> None:
    """Whether the disks of Odoo's files and of PostgreSQL have room: one that is full stops PostgreSQL
    for all its databases.

    :param copies: how often what was saved is there while it is restored, beside the database and its files
    """
    files = installed.data_folder()
    files.mkdir(parents=True, exist_ok=True)
    size = manifest["database_bytes"]
    needed = {files: copies * (manifest["file_bytes"] + size * backing_up.SHARE_OF_DATABASE)}
    # A server on another machine, or of another user, is nothing we could look at.
    if databases := postgres.data_folder():
        # It writes all of it twice, and forgets the first time when that has become a gigabyte.
        aim = files if databases.stat().st_dev == files.stat().st_dev else databases
        needed[aim] = needed.get(aim, 0) + size + min(size, LOG_OF_CHANGES)
    for folder, count in needed.items():
        free = shutil.disk_usage(folder).free
        if free < count:
            raise Failure(f"{folder} has {free / 1e6:.0f} MB free, and {count / 1e6:.0f} are needed: make room.")


def read_manifest(text: bytes, what: str) -> dict:
    """What a backup says of itself, of the versions that this can take."""
    try:
        manifest = json.loads(text)
        check_versions("this backup", manifest["odoo"], manifest["addon"])
        check_server(manifest)
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(f"{what} is no backup of a shop.") from error
    return manifest


class Source(NamedTuple):
    """A backup.

    :param name: the number of a snapshot, or a folder with a / in its name
    :param place: a function that gives the repository of a snapshot
    :param identity: a secret key for what is encrypted
    """

    name: str
    place: Callable[[], repository.Repository]
    identity: bytes | None


@contextlib.contextmanager
def unpacked(backup: Source, name: str):
    """A backup in a folder, in clear, while the block lasts.

    :param name: of the database that it becomes
    :return: the folder, and the manifest
    """
    source, place, identity = backup
    with emptied(backing_up.home() / f"{name}--restoring") as temporary, room_in(temporary):
        if "/" in source:
            folder = Path(source)
            if not folder.is_dir():
                raise Failure(f"there is no folder {folder}.")
            encrypted = (folder / f"{MANIFEST}{encryption.ENDING}").exists()
            if not encrypted and not (folder / MANIFEST).exists():
                raise Failure(f"{folder} is no backup of a shop: it has no {MANIFEST}.")
            read = (folder / (MANIFEST + encrypted * encryption.ENDING)).read_bytes
        else:
            found = place().find(source)
            folder = temporary / "saved"
            encrypted = repository.ENCRYPTED in found["tags"]

            def read():
                return place().read(found["id"], MANIFEST + encrypted * encryption.ENDING)

        if encrypted and not identity:
            raise Failure("this backup is encrypted: name a file with one of its secret keys with --identity.")
        text = read()
        manifest = read_manifest(encryption.decrypted(text, identity) if encrypted else text, source)
        check_space(manifest, 1 + encrypted)
        if "/" not in source:
            say(f"  fetching {found['short_id']} …")
            place().restore(found["id"], folder)
        if encrypted:
            say("  decrypting …")
            folder = _in_clear(folder, temporary / "clear", identity)
        check_files(folder / FILES)
        if (folder / "database").is_dir():
            folder = _in_one_piece(folder, temporary / "whole")
        yield folder, manifest


def _in_clear(folder: Path, target: Path, identity: bytes) -> Path:
    for path in folder.rglob(f"*{encryption.ENDING}"):
        aim = target / path.relative_to(folder).with_suffix("")
        aim.parent.mkdir(parents=True, exist_ok=True)
        encryption.decrypt(path, aim, identity)
    return target


def _in_one_piece(folder: Path, target: Path) -> Path:
    """A backup as it was kept before, its database in pieces."""
    switching.share_files(folder / FILES, target / FILES)
    with open(target / DUMP, "wb") as file:
        for piece in sorted((folder / "database").iterdir()):
            file.write(piece.read_bytes())
    return target


def restore_database(name: str, dump: Path) -> None:
    done = subprocess.run(
        [
            *(postgres.program("pg_restore"), "--exit-on-error", "--no-owner", "--no-acl"),
            *(f"--dbname={name}", dump),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, "LC_ALL": "C", "PGOPTIONS": FASTER},
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error:" in line]
        raise Failure(f"PostgreSQL did not take the database: {said[0] if said else f'status {done.returncode}'}")


def check_files(folder: Path) -> None:
    """Only what Odoo may have written is put among its files."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or FILE_NAME.fullmatch(name)):
            raise Failure(f"the backup has a part that is none of ours: {name}.")


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


def fill(name: str, folder: Path, manifest: dict) -> None:
    """Make a database and its files of what was saved; without it when it fails."""
    database.drop(name)
    with database.whole_or_none(name):
        with room_in(installed.data_folder()):
            create_empty(name, manifest)
            switching.share_files(folder / FILES, installed.filestore(name))
            restore_database(name, folder / DUMP)
        say("  comparing orders, money and stock with what was saved …")
        with facts.connected(name) as connection, connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            connection.commit()
            wrong = facts.differences(manifest["facts"], facts.read(cursor))
        if wrong:
            raise Failure(f"the restored shop is not the one that was saved: {'; '.join(wrong)}")
        os.sync()


def neutralize(cursor) -> None:
    """What `odoo neutralize` does."""
    try:
        from odoo.tools import config
    except ImportError as error:
        raise Failure("Odoo cannot be imported by this Python: name its Python in PYTHON.") from error
    config.parse_config(["-c", str(installed.configuration())])
    from odoo.modules.neutralize import neutralize_database

    neutralize_database(cursor)


def refuse_another_shop(name: str, manifest: dict) -> None:
    """A shop takes its own place only; what is no shop has nothing to lose."""
    there = None
    with contextlib.suppress(Failure), facts.connected(name) as connection, connection.cursor() as cursor:
        facts.versions(cursor, name)
        there = facts.shop(cursor)
    if there and there != manifest.get("shop", there):
        raise Failure(
            f"the backup is of another shop ({manifest['database']}) than {name}: restore it under another name."
        )


def restore(backup: Source, name: str, replace: bool, drill: bool) -> dict:
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
        with unpacked(backup, name) as (folder, manifest):
            if database.exists(name):
                refuse_another_shop(name, manifest)
            say(
                f"  {manifest['database']}, saved {manifest['made']}, version {manifest['addon']}: "
                f"{manifest['facts']['orders']}"
            )
            fresh = name + UNFINISHED
            say("  restoring it …")
            fill(fresh, folder, manifest)
            with database.whole_or_none(fresh):
                with facts.connected(fresh) as connection, connection, connection.cursor() as cursor:
                    (neutralize if drill else holding.hold)(cursor)
                switching.put_in_place(fresh, name)
    return manifest


def release(name: str) -> None:
    with facts.connected(name) as connection, connection, connection.cursor() as cursor:
        facts.versions(cursor, name)
        holding.release(cursor, name)
        jobs = facts.one(cursor, "SELECT count(*) FROM ir_cron WHERE active")
        mails = facts.one(cursor, "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'")
    say(f"{name} works by itself again: {jobs} scheduled actions; {mails} mails wait to be sent. Restart its Odoo.")


def parse():
    parser = argparse.ArgumentParser(
        prog="script/restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", metavar="SNAPSHOT", nargs="?", help="what script/backup made, or FOLDER/")
    parser.add_argument("--db", metavar="NEW", help="the database to make")
    repository.add_options(parser)
    parser.add_argument("--identity", type=Path, metavar="F", help="a secret key to what is encrypted; - is stdin")
    parser.add_argument("--drill", action="store_true", help="neutralize it for good: for a look, or an exercise")
    parser.add_argument("--replace", metavar="NAME", help="drop the database NEW for it: say its name again")
    parser.add_argument("--release", action="store_true", help="mails and scheduled actions of NEW as they were")
    parser.add_argument("--list", action="store_true", help="the backups in the repository, the oldest first")
    options = parser.parse_args()
    if [bool(options.source), options.release, options.list].count(True) != 1:
        parser.error("name a SNAPSHOT (latest), or --release what was restored before, or --list")
    if bool(options.db) == options.list:
        parser.error("say which database with --db" if not options.db else "--list needs no --db")
    if options.release and (options.replace or options.identity or options.drill):
        parser.error("--release needs --db alone")
    return options


def _main() -> int:
    options = parse()
    end_in_order()
    if options.list:
        for one in repository.named(options).snapshots():
            encrypted = ", encrypted" if repository.ENCRYPTED in one["tags"] else ""
            say(f"{one['short_id']}  {one['time'][:19].replace('T', ' ')} UTC{encrypted}")
        return 0
    if options.replace not in (None, options.db):
        raise Failure(f"--db says {options.db} and --replace {options.replace}: to replace it, say its name twice.")
    identity = encryption.read_identity(options.identity) if options.identity else None
    installed.name_server()
    with postgres.running():
        if options.release:
            release(options.db)
            return 0
        say(f"Restoring {options.source} …")
        backup = Source(options.source, functools.cache(lambda: repository.named(options)), identity)
        manifest = restore(backup, options.db, bool(options.replace), options.drill)
        if manifest["missing"]:
            say(f"  {len(manifest['missing'])} files were missing when it was saved")
    if options.drill:
        say(f"The database {options.db} is ready for a look: neutralized, for good.")
        return 0
    say(
        f"The database {options.db} is ready. No mail goes out and no scheduled action runs until "
        f"script/restore --release --db {options.db}"
    )
    return 0


if __name__ == "__main__":
    main(_main)
