"""A shop is saved in one file and restored from it: the same to the cent, and silent until it is told."""

import contextlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

import archive
import backing_up
import database
import facts
import installed
import postgres
import quieting
from common import STATE
from saving import (
    PASSPHRASE,
    assert_refused,
    command,
    facts_of,
    files,
    named,
    newest,
    rows,
    run,
    state_of_all,
    succeed,
)

# Of what a shop does by itself.
MAIL_SERVERS = """
    INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption, smtp_authentication, active)
    VALUES ('of the coop', 'smtp.example.org', 25, 'none', 'login', true),
           ('of before', 'old.example.org', 25, 'none', 'login', false)"""
LOUD = ("ir_cron", "ir_mail_server", "ir_config_parameter", "mail_template", "ir_ui_view", "payment_provider")


@pytest.fixture(scope="module")
def shop(new_database):
    name = new_database("demo")
    postgres.psql(MAIL_SERVERS, name)
    postgres.psql("UPDATE ir_cron SET active = false WHERE id = (SELECT min(id) FROM ir_cron)", name)
    return name


@contextlib.contextmanager
def attachment(shop):
    """A file of the shop: its name, in the database and on the disk."""
    name = "ab/ab0000000000000000000000000000000000cdef"
    path = installed.filestore(shop) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a picture")
    postgres.psql(
        f"INSERT INTO ir_attachment (name, type, store_fname, file_size) VALUES ('picture', 'binary', '{name}', 9)",
        shop,
    )
    try:
        yield name, path
    finally:
        path.unlink(missing_ok=True)
        postgres.psql(f"DELETE FROM ir_attachment WHERE store_fname = '{name}'", shop)


def older(shop) -> list[str]:
    return [f"{shop}-2026010{day}-100000Z.tar" for day in (1, 2, 3)]


def others(shop) -> list[str]:
    return [f"{shop}2-20260101-100000Z.tar", "photo.tar"]


@pytest.fixture(scope="module")
def first_backup(shop, tmp_path_factory):
    """Beside others, of which one older one is kept, and of a shop in which a file is missing: what was
    said, and the file."""
    folder = tmp_path_factory.mktemp("kept")
    for name in (*older(shop), *others(shop), f".{shop}-20260104-100000Z.tar{archive.UNFINISHED}"):
        (folder / name).touch()
    with attachment(shop) as (_name, path):
        path.unlink()
        output = succeed("backup", "--db", shop, "--to", folder, "--keep", "2")
    return output, newest(shop, folder)


@pytest.fixture(scope="module")
def saved(first_backup):
    return first_backup[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def secret(folder):
    path = folder / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def waiting(process) -> bool:
    """Whether a process still runs, a moment later."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.1)
    return process.returncode is None


@pytest.fixture(scope="module")
def encrypted(shop, folder, secret):
    """A backup, while every program on the machine looks for its passphrase; beside one that was made
    when the clock was wrong, and is newer for ever."""
    (folder / f"{shop}-20991231-235959Z.tar").touch()
    line = command("backup", "--db", shop, "--to", folder, "--encrypt", secret, "--keep", 1)
    with subprocess.Popen(line) as saving:
        seen = set()
        while waiting(saving):
            for process in Path("/proc").glob("[0-9]*"):
                for what in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        text = (process / what).read_bytes()
                        seen.add(b"--passphrase-fd" in text)
                        assert PASSPHRASE.encode() not in text
    assert saving.returncode == 0
    assert True in seen, "the programs were not looked at"
    return newest(shop, folder)


@pytest.fixture
def new_name():
    with named("new") as [name]:
        yield name


@pytest.fixture
def unchanged():
    """Neither a database nor a folder of files is made, however a test ends."""
    before = state_of_all()
    yield
    assert state_of_all() == before


def loud_tables(name):
    there = postgres.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name).split()
    return {table: rows(name, table) for table in LOUD if table in there}


def test_a_restored_shop_is_the_same_and_says_nothing_until_it_is_told(shop, encrypted, secret, new_name):
    """Into the place of another database, whose name is said twice."""
    postgres.psql(f'CREATE DATABASE "{new_name}"')
    postgres.psql("CREATE TABLE mine (id integer)", new_name)
    restore = ("restore", encrypted, "--passphrase-file", secret, "--db", new_name)
    assert_refused(run(*restore), "exists", f"--replace {new_name}")
    assert_refused(run(*restore, "--replace", shop), "twice")
    with facts.connected(new_name):
        assert_refused(run(*restore, "--replace", new_name), "stop Odoo first")
    assert postgres.psql("SELECT to_regclass('mine')", new_name) == "mine"
    # Beside what was left by one that was killed.
    postgres.psql(f'CREATE DATABASE "{new_name}{database.UNFINISHED}"')
    output = succeed(*restore, "--replace", new_name)
    assert "confirmed: " in output
    assert state_of_all() == [new_name, new_name]
    assert facts_of(new_name) == facts_of(shop)
    assert files(new_name) == files(shop) != set()
    assert succeed("check", "--db", new_name) == ""

    assert postgres.psql("SELECT count(*) FROM ir_cron WHERE active", new_name) == "0"
    assert postgres.psql("SELECT DISTINCT smtp_host FROM ir_mail_server WHERE active", new_name) == "invalid"
    banner = "SELECT active FROM ir_ui_view WHERE key = 'web.neutralize_banner'"
    assert postgres.psql(banner, new_name) == "t"

    # Written when a backup was complete.
    for name in (shop, new_name):
        postgres.psql(f"DELETE FROM ir_config_parameter WHERE key = '{backing_up.LAST_BACKUP}'", name)
    before = loud_tables(shop)
    assert loud_tables(new_name) != before
    assert "works by itself again" in succeed("restore", "--release", "--db", new_name)
    assert loud_tables(new_name) == before
    assert_refused(run("restore", "--release", "--db", new_name), "released already")


def test_what_a_shop_does_by_itself_is_known():
    """The tables that a statement changes are those that are put back."""
    assert quieting.touched(
        [
            "-- UPDATE nothing\nUPDATE a SET x = 1;\nINSERT INTO b(x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2",
            'DELETE FROM c;TRUNCATE d; truncate table e;\nupdate "F"\n set x = 1',
        ]
    ) == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.usefixtures("unchanged")
def test_an_encrypted_backup_without_its_passphrase(encrypted, folder, secret, new_name):
    assert encrypted.name.endswith(".tar.gpg")
    assert encrypted.stat().st_mode & 0o077 == 0
    wrong = folder / "wrong"
    wrong.write_text("trois cagettes", encoding="utf-8")
    empty = folder / "empty"
    empty.write_text("\n", encoding="utf-8")
    cut = folder / "cut.gpg"
    cut.write_bytes(encrypted.read_bytes()[:-100])
    restore = ("--db", new_name, "--passphrase-file")
    assert_refused(run("restore", encrypted, "--db", new_name), "--passphrase-file")
    assert_refused(run("restore", encrypted, *restore, wrong), "not the passphrase")
    assert_refused(run("restore", encrypted, *restore, empty), "empty")
    assert_refused(run("restore", encrypted, *restore, folder / "none"), "cannot be read")
    assert_refused(run("restore", cut, *restore, secret), "cut or damaged")


# What a restore refuses


def broken(saved, folder, how) -> Path:
    path = folder / how
    content = bytearray(saved.read_bytes())
    half = len(content) // 2
    if how == "cut":
        del content[half:]
    elif how == "last byte":
        del content[-1:]
    elif how == "changed":
        content[half] ^= 1
    elif how == "empty":
        content.clear()
    elif how == "zip":
        content[:4] = b"PK\x03\x04"
        content[257:262] = b"\0" * 5
    path.write_bytes(content)
    return path


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("cut", "cut or damaged"),
        ("last byte", "cut or damaged"),
        ("changed", "cut or damaged"),
        ("empty", "empty"),
        ("zip", "no backup"),
    ],
)
def test_a_file_that_is_not_whole(saved, folder, new_name, how, words):
    assert_refused(run("restore", broken(saved, folder, how), "--db", new_name), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"addon": "19.0.99.0.0"}, "19.0.99.0.0"),
        ({"odoo": "18.0.1.3"}, "Odoo 18.0"),
        ({"postgresql": 990001}, "PostgreSQL 99"),
        ({"file_bytes": 10**15}, "make room"),
    ],
)
def test_a_backup_of_something_else(saved, folder, new_name, changed, words):
    other = folder / "other.tar"
    with archive.writing(other, None) as writer:
        writer.finish(manifest_of(saved) | changed)
    try:
        assert_refused(run("restore", other, "--db", new_name), words)
    finally:
        other.unlink()


def manifest_of(path) -> dict:
    manifest = archive.check(path, None)
    del manifest["parts"], manifest["format"]
    return json.loads(json.dumps(manifest))


@pytest.mark.usefixtures("unchanged")
def test_names_that_cannot_be(saved, new_name):
    for name in ("../shop", "x" * 60, "", "a b"):
        assert_refused(run("restore", saved, "--db", name), "no name for a database")
    assert_refused(run("restore", saved.with_name("none"), "--db", new_name), "there is no file")


def test_a_database_of_another_version_is_not_checked(shop):
    column = "drive_eligibility"
    postgres.psql(f"ALTER TABLE sale_order RENAME {column} TO of_later", shop)
    try:
        assert_refused(run("check", "--db", shop), "another version of the addon")
    finally:
        postgres.psql(f"ALTER TABLE sale_order RENAME of_later TO {column}", shop)
    assert_refused(run("check", "--db", "postgres"), "no database of Odoo")
    assert_refused(run("check", "--db", "no_such_shop"), "cannot be opened")


# A disk that is full


@pytest.mark.usefixtures("unchanged")
def test_a_disk_that_becomes_full_while_it_restores(saved, folder, new_name):
    """In the middle of a file, when the database, an empty one, is there."""
    small = folder / "small.tar"
    dump = [postgres.program("pg_dump"), "--format=custom", "postgres"]
    with archive.writing(small, None) as writer:
        writer.add(f"{archive.DATABASE}000001", subprocess.run(dump, check=True, capture_output=True).stdout)
        writer.add(f"{archive.FILES}ab/ab12", b"x" * 2**20)
        writer.finish(manifest_of(saved))
    done = run("restore", small, "--db", new_name, largest_file=2**19)
    assert_refused(done, "is full", "make room and try again", "File too large")
    assert_refused(run("restore", small, "--db", new_name), "PostgreSQL")


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_disk_that_becomes_full_while_it_saves(shop, saved, secret, tmp_path, encrypted):
    options = ("--encrypt", secret) if encrypted else ()
    largest = saved.stat().st_size // 2
    done = run("backup", "--db", shop, "--to", tmp_path, *options, largest_file=largest)
    assert_refused(done, "is full", "make room and try again", "File too large")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_seen_before(shop, saved, tmp_path, monkeypatch):
    with facts.connected(shop, readonly=True) as connection:
        snapshot = backing_up.Snapshot(connection, shop)
    snapshot.file_bytes = 10**15
    with pytest.raises(backing_up.Failure, match="MB free"):
        backing_up.check_space(tmp_path, snapshot)


# Saving


def test_older_ones_go_when_the_new_one_is_there(saved, shop):
    left = [older(shop)[-1], *others(shop), saved.name]
    assert sorted(path.name for path in saved.parent.iterdir()) == sorted(left)
    noted = postgres.psql(f"SELECT value FROM ir_config_parameter WHERE key = '{backing_up.LAST_BACKUP}'", shop)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", noted)


def test_older_ones_stay_when_nothing_is_saved(tmp_path):
    for name in (*older("no_such_shop"), *others("no_such_shop")):
        (tmp_path / name).touch()
    assert_refused(run("backup", "--db", "no_such_shop", "--to", tmp_path, "--keep", "1"), "cannot be opened")
    assert len(list(tmp_path.iterdir())) == 5


def test_where_nothing_can_be_saved(shop, tmp_path):
    assert_refused(run("backup", "--db", shop, "--to", tmp_path / "none"), "mount its disk")
    assert_refused(run("backup", "--db", "postgres", "--to", tmp_path), "no database of Odoo")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_cleaned_away_meanwhile_is_noticed(shop, tmp_path):
    """Somebody deletes a picture, and Odoo its file, after the database was read and before the file is."""
    with (
        attachment(shop) as (name, path),
        facts.connected(shop, readonly=True) as connection,
        archive.writing(tmp_path / "shop.tar", None) as writer,
    ):
        snapshot = backing_up.Snapshot(connection, shop)
        assert name in snapshot.files
        postgres.psql(f"DELETE FROM ir_attachment WHERE store_fname = '{name}'", shop)
        path.unlink()
        with pytest.raises(backing_up.Collected):
            backing_up.save_files(writer, snapshot)
        writer.finish(snapshot.manifest([]))


def test_a_file_that_was_missing_before_hinders_nobody(first_backup):
    output, path = first_backup
    [missing] = archive.check(path, None)["missing"]
    assert f"1 files were missing in the shop already, {missing}" in output


def test_an_odoo_that_is_installed(shop, tmp_path):
    """Its configuration says where its files and its database server are; this checkout's own are not used.
    A shop that cannot be told of its backup, because its disk is full, is saved all the same."""
    server = postgres.environment()
    configuration = tmp_path / "odoo.conf"
    configuration.write_text(
        f"[options]\ndata_dir = {STATE / 'data'}\ndb_host = {server['PGHOST']}\ndb_port = {server['PGPORT']}\n"
        f"db_user = {server['PGUSER']}\ndb_password = False\n",
        encoding="utf-8",
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    path = f"{postgres.bin_folder()}:{os.environ['PATH']}"
    own |= {"ODOO_RC": str(configuration), "PYTHON": str(STATE / "venv" / "bin" / "python"), "PATH": path}

    def there(*arguments):
        return subprocess.run(command(*arguments), env=own, capture_output=True, text=True, check=False)

    assert_refused(there("backup", "--db", shop), "--to")
    postgres.psql(f'ALTER DATABASE "{shop}" SET default_transaction_read_only = on')
    try:
        done = there("backup", "--db", shop, "--to", tmp_path)
    finally:
        postgres.psql(f'ALTER DATABASE "{shop}" RESET default_transaction_read_only')
    assert done.returncode == 0, done.stderr
    assert "could not be noted" in done.stdout
    assert archive.check(newest(shop, tmp_path), None)["files"] == len(files(shop))
    done = there("check", "--db", shop)
    assert (done.returncode, done.stdout) == (0, "")
    configuration.write_text("[options]\ndb_host = /nowhere\n", encoding="utf-8")
    assert_refused(there("backup", "--db", shop, "--to", tmp_path), "PostgreSQL")
