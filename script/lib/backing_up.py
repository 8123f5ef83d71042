"""Saves a shop, its database and its files, in a restic repository, while people order.

    script/backup --db NAME [--repository R] [--password-file F] [--recipients F] [--keep [D,W,M]]
    script/backup --db NAME --repository R --init

R is what restic takes: a folder, sftp:, rest:, s3: …; it holds one shop's backups, and --init makes it, once.
Only what has changed is sent, then all is checked, and a seventh of it read back, another each day.

--recipients names a file of public keys (age1… or ssh-ed25519 …, one a line): who has one of their secret
keys reads what is saved, and nobody else does, this machine included. Without it, who has the repository and its
password reads everything.

--keep removes the older ones: what is left is the last of each of D days, W weeks and M months.

script/restore puts a backup into a new database; README.txt in each says how to do it without. Where ODOO_RC
names the configuration of an Odoo that is installed, it is that one's shop; libpq's variables (PGHOST, PGUSER,
PGPASSFILE …) name its PostgreSQL.

Ends with 0 when the backup is there, 1 when something is wrong, with a sentence.
"""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import encryption
import facts
import installed
import postgres
import repository
from common import Failure, main, say
from disk import room_in
from repository import Repository
from switching import link_or_copy

DUMP, FILES, MANIFEST, README = "database.dump", "filestore", "manifest.json", "README.txt"
# Which public keys the encrypted copies are for.
KEYS = "recipients.txt"
# Odoo's cleaning goes by once a day: twice is bad luck, three times is something else.
TRIES = 3
# Indexes are not saved.
SHARE_OF_DATABASE = 0.5
LAST_BACKUP = "cafoutch_drive.last_backup"
# Days, weeks and months.
KEEP = (14, 8, 6)


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
            self.shop = facts.shop(cursor)
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
            "shop": self.shop,
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


def save_database(snapshot: Snapshot, folder: Path, compressed: bool) -> None:
    """:param compressed: for what is encrypted then; restic compresses by itself, and knows again what is not"""
    done = subprocess.run(
        [
            *(postgres.program("pg_dump"), "--format=custom", "--no-owner", "--no-acl"),
            *([] if compressed else ["--compress=0"]),
            *(f"--snapshot={snapshot.id}", f"--file={folder / DUMP}", f"--dbname={snapshot.name}"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
        raise Failure(f"the database could not be saved: {said[-1]}")


def save_files(snapshot: Snapshot, folder: Path) -> list[str]:
    """Save the files that the database needs: a link to each, where the disk knows links.

    :return: those that are missing in the shop itself
    :raise Collected: when one was cleaned away since the snapshot
    """
    source = installed.filestore(snapshot.name)
    (folder / FILES).mkdir()
    missing = []
    for name in snapshot.files:
        try:
            link_or_copy(source / name, folder / FILES / name)
        except FileNotFoundError:
            missing.append(name)
    if missing and _needed_now(snapshot.name, missing) != set(missing):
        raise Collected
    if any((source / name).exists() for name in missing):
        raise Collected
    return missing


def _needed_now(database: str, names: list[str]) -> set[str]:
    with facts.connected(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname = ANY(%s)", (names,))
        return {row[0] for row in cursor.fetchall()}


def check_space(folder: Path, snapshot: Snapshot, encrypted: bool) -> None:
    needed = snapshot.database_bytes * SHARE_OF_DATABASE
    if encrypted:
        needed = 2 * needed + snapshot.file_bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Failure(
            f"{folder} has {free / 1e6:.0f} MB free, and this backup may need {needed / 1e6:.0f} while it is made: "
            "make room."
        )


def home() -> Path:
    """The folder that backups are put together in, which is there."""
    folder = installed.backup_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _alone(name: str):
    """One backup of a shop at a time."""
    with open(home() / f"{name}--lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another backup of {name} is going on: wait for its end.") from None
        yield


@contextlib.contextmanager
def emptied(folder: Path):
    """A folder that is empty, even if a killed run has left something in it, and gone after the block."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def put_together(name: str, encrypted: bool = False):
    """What a backup of a shop has, in a folder: as it will be in the repository, but for its encryption.

    :return: the folder, and the manifest in it
    """
    with _alone(name), room_in(home()), emptied(home() / name) as folder:
        for attempt in range(1, TRIES + 1):
            try:
                manifest = _attempt(name, folder, encrypted)
                break
            except Collected:
                shutil.rmtree(folder / FILES)
                if attempt == TRIES:
                    raise Failure(
                        "files of the shop are cleaned away while they are saved: try again later."
                    ) from None
                say("  Odoo has cleaned away a file meanwhile: once more, of this moment")
        if missing := manifest["missing"]:
            say(f"  {len(missing)} files were missing in the shop already, {missing[0]} first")
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        (folder / README).write_text(_read_me(manifest, encrypted), encoding="utf-8")
        yield folder, manifest


def _attempt(name: str, folder: Path, encrypted: bool) -> dict:
    with facts.connected(name, readonly=True) as connection:
        snapshot = Snapshot(connection, name)
        check_space(folder, snapshot, encrypted)
        say(f"  the database, {snapshot.database_bytes / 1e6:.0f} MB on the disk …")
        save_database(snapshot, folder, encrypted)
        # What was deleted may be cleaned up again.
        connection.rollback()
        say(f"  {len(snapshot.files)} files, {snapshot.file_bytes / 1e6:.0f} MB …")
        return snapshot.manifest(save_files(snapshot, folder))


def _read_me(manifest: dict, encrypted: bool) -> str:
    ending = encryption.ENDING if encrypted else ""
    opening = f"""
      find DOSSIER -name '*{ending}' -exec sh -c \\
        'age --decrypt --identity CLE --output "${{1%{ending}}}" "$1" && rm "$1"' - '{{}}' \\;"""
    return f"""Une sauvegarde du magasin {manifest["database"]}, du {manifest["made"]}.

  {DUMP}{ending}   la base (pg_dump, format custom, de PostgreSQL {manifest["postgresql"] // 10000})
  {FILES}/   les fichiers d'Odoo, sous leurs propres noms
  {MANIFEST}{ending}   les versions ; et commandes, argent et stock, tels qu'on doit les retrouver

Avec restic et PostgreSQL seuls, en administrateur de PostgreSQL, pour le role ODOO (--insecure-no-password si le depot
n'a pas de mot de passe) :

      restic --repo DEPOT restore latest --target DOSSIER{opening if encrypted else ""}
      createdb --owner ODOO --template template0 --encoding UTF8 --lc-collate C NOUVELLE
      psql NOUVELLE -c 'SET ROLE ODOO' -c 'CREATE EXTENSION unaccent' \\
        -c 'RESET ROLE' -c 'ALTER FUNCTION unaccent(text) IMMUTABLE'
      pg_restore --no-owner --no-acl --role ODOO --exit-on-error --dbname NOUVELLE DOSSIER/{DUMP}
      cp -r DOSSIER/{FILES} DATA_DIR/filestore/NOUVELLE

DATA_DIR est celui d'odoo.conf. Pour un essai, et avant qu'Odoo ne demarre : odoo neutralize -d NOUVELLE.
"""


def sealed(folder: Path, name: str, recipients: Path) -> Path:
    """The same, encrypted. The files stay there from one day to the next: one that is encrypted again is another, and
    would be sent again."""
    target = installed.encrypted_copies(name)
    keys = recipients.read_bytes()
    if not (target / KEYS).exists() or (target / KEYS).read_bytes() != keys:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o700)
        (target / KEYS).write_bytes(keys)
    shutil.copyfile(folder / README, target / README)
    needed = {target / KEYS, target / README}
    for path in [path for path in folder.rglob("*") if path.is_file() and path.name != README]:
        name = path.relative_to(folder)
        aim = target / f"{name}{encryption.ENDING}"
        needed.add(aim)
        if name.parts[0] == FILES and aim.exists():
            continue
        aim.parent.mkdir(parents=True, exist_ok=True)
        part = aim.with_name(f"{aim.name}.part")
        encryption.encrypt(path, part, recipients)
        part.rename(aim)
    for path in [path for path in target.rglob("*") if path.is_file() and path not in needed]:
        path.unlink()
    return target


def send(folder: Path, manifest: dict, place: Repository, recipients: Path | None) -> str:
    """Put into a repository what was put together.

    :return: the number of the backup, which was checked
    """
    if recipients:
        say("  encrypting …")
        folder = sealed(folder, manifest["database"], recipients)
    say(f"  to {place.address} …")
    saved = place.back_up(folder, manifest["shop"], bool(recipients))
    say("  checking all that is there …")
    try:
        place.check()
    except Failure as failure:
        raise Failure(f"{saved} was saved, and the repository is not right: {failure}") from failure
    return saved


def check_place(name: str, place: Repository, recipients: Path | None) -> None:
    """Before anything is done: whether it can be saved there."""
    with facts.connected(name) as connection, connection.cursor() as cursor:
        facts.versions(cursor, name)
        shop = facts.shop(cursor)
    if recipients:
        encryption.check_recipients(recipients)
    place.refuse_other_shop(shop)


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


def add_options(parser) -> None:
    parser.add_argument("--db", required=True, metavar="NAME", help="the database")
    repository.add_options(parser)
    parser.add_argument(
        "--recipients",
        type=Path,
        metavar="F",
        default=os.environ.get("DRIVE_BACKUP_RECIPIENTS"),
        help="encrypt to the public keys in F (default: DRIVE_BACKUP_RECIPIENTS, or not)",
    )


def rule(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(","))
    if len(numbers) != len(KEEP) or min(numbers) < 1:
        raise ValueError
    return numbers


def end_in_order() -> None:
    """The same end for Ctrl-C, a service manager and a closed terminal: nothing is left."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    default = ",".join(map(str, KEEP))
    parser.add_argument(
        "--keep",
        nargs="?",
        type=rule,
        const=KEEP,
        metavar="D,W,M",
        help=f"remove the others but of so many days, weeks and months ({default})",
    )
    parser.add_argument("--init", action="store_true", help="make the repository, once")
    options = parser.parse_args()
    end_in_order()
    recipients = options.recipients and Path(options.recipients)
    installed.name_server()
    with postgres.running():
        say(f"Saving {options.db} …")
        place = repository.named(options, make=options.init)
        check_place(options.db, place, recipients)
        with put_together(options.db, bool(recipients)) as (folder, manifest):
            saved = send(folder, manifest, place, recipients)
        try:
            _note(options.db)
        except Failure as failure:
            say(f"  it could not be noted in the shop: {failure}")
        if options.keep:
            say("  removing what need not be kept …")
            try:
                place.keep(*options.keep)
            except Failure as failure:
                raise Failure(f"{saved} was saved, and older ones could not be removed: {failure}") from failure
    say(f"{options.db} is saved: {saved} in {place.address}")
    return 0


if __name__ == "__main__":
    main(_main)
