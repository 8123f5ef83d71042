"""A shop is saved with restic and restored: the same to the cent, silent until it is told, and by restic alone too."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

import backing_up
import database
import encryption
import facts
import holding
import installed
import postgres
import repository
from common import STATE, Failure
from repository import Repository, program
from saving import (
    assert_refused,
    command,
    facts_of,
    files,
    named,
    rows,
    run,
    snapshots,
    state_of_all,
    succeed,
)

# Of what a shop does by itself.
MAIL_SERVERS = """
    INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption, smtp_authentication, active)
    VALUES ('of the coop', 'smtp.example.org', 25, 'none', 'login', true),
           ('of before', 'old.example.org', 25, 'none', 'login', false)"""
LOUD = ("ir_cron", "ir_mail_server", "ir_config_parameter", "mail_template", "ir_ui_view", "payment_provider")
PASSWORD = "deux cagettes sous la pluie"


@pytest.fixture(scope="module")
def shop(new_database):
    name = new_database("demo")
    postgres.psql(MAIL_SERVERS, name)
    postgres.psql("UPDATE ir_cron SET active = false WHERE id = (SELECT min(id) FROM ir_cron)", name)
    postgres.psql(
        "UPDATE payment_provider SET state = 'enabled' WHERE id = (SELECT min(id) FROM payment_provider)", name
    )
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


def make_key(path) -> str:
    """A secret key in a file; its public one."""
    subprocess.run([Path(program("age")).with_name("age-keygen"), "-o", path], check=True, capture_output=True)
    return re.search(r"age1\w+", path.read_text(encoding="utf-8"))[0]


@pytest.fixture(scope="module", autouse=True)
def keygen():
    """Beside age, and of the same package."""
    own = Path(program("age")).with_name("age-keygen")
    if not own.exists():
        wrapper = Path(program("age")).read_text(encoding="utf-8")
        own.write_text(wrapper.replace('/usr/bin/age"', '/usr/bin/age-keygen"'), encoding="utf-8")
        own.chmod(0o755)


@pytest.fixture(scope="module")
def first_backup(shop, folder):
    """Two backups, the first of a shop in which a file is missing: what was said then, and their repository."""
    place = folder / "plain"
    with attachment(shop) as (_name, path):
        path.unlink()
        output = succeed("backup", "--db", shop, "--repository", place, "--init")
    succeed("backup", "--db", shop, "--repository", place)
    return output, place


@pytest.fixture(scope="module")
def saved(first_backup):
    return first_backup[1]


@pytest.fixture(scope="module")
def keys(folder):
    """The secret keys of two people, and the file of their public ones."""
    secret = [folder / "ada", folder / "bob"]
    public = folder / "recipients"
    public.write_text("\n".join(map(make_key, secret)), encoding="utf-8")
    return secret, public


@pytest.fixture(scope="module")
def encrypted(shop, folder, keys):
    """A repository of backups that are encrypted to two public keys."""
    place = folder / "encrypted"
    succeed("backup", "--db", shop, "--repository", place, "--recipients", keys[1], "--init")
    return place


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
    assert not list(backing_up.home().glob("*--restoring"))


def loud_tables(name):
    return {table: rows(name, table) for table in LOUD}


def test_a_restored_shop_is_the_same_and_says_nothing_until_it_is_told(shop, encrypted, keys, new_name):
    """Into the place of another database, whose name is said twice."""
    postgres.psql(f'CREATE DATABASE "{new_name}"')
    postgres.psql("CREATE TABLE mine (id integer)", new_name)
    restore = ("restore", "latest", "--repository", encrypted, "--identity", keys[0][1], "--db", new_name)
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

    assert postgres.psql("SELECT count(*) FROM ir_cron WHERE active", new_name) == "0"
    assert postgres.psql("SELECT DISTINCT smtp_host FROM ir_mail_server WHERE active", new_name) == "invalid"
    assert postgres.psql("SELECT count(*) FROM payment_provider WHERE state = 'enabled'", new_name) == "0"
    banner = "SELECT active FROM ir_ui_view WHERE key = 'web.neutralize_banner'"
    assert postgres.psql(banner, new_name) == "t"
    failed = "INSERT INTO mail_mail (mail_message_id, state, write_date) SELECT id, 'exception', {} FROM mail_message"
    # One before, and one meanwhile.
    for moment in ("now() - interval '1 year'", "now() + interval '1 minute'"):
        postgres.psql(f"{failed.format(moment)} LIMIT 1", new_name)

    # Written when a backup was complete.
    for name in (shop, new_name):
        postgres.psql(f"DELETE FROM ir_config_parameter WHERE key = '{backing_up.LAST_BACKUP}'", name)
    before = loud_tables(shop)
    assert loud_tables(new_name) != before
    assert "works by itself again" in succeed("restore", "--release", "--db", new_name)
    assert loud_tables(new_name) == before
    mails = "SELECT string_agg(state, ' ' ORDER BY id) FROM (SELECT * FROM mail_mail ORDER BY id DESC LIMIT 2) last"
    assert postgres.psql(mails, new_name) == "exception outgoing"
    assert_refused(run("restore", "--release", "--db", new_name), "released already")


def test_what_is_on_the_server_opens_no_backup(encrypted, keys, new_name, folder, unchanged):
    """All that stands there: the repository, and the public keys."""
    everything = folder / "everything"
    Repository(str(encrypted)).restore("latest", everything)
    clear = {path.name for path in everything.rglob("*") if path.is_file() and path.suffix != encryption.ENDING}
    assert clear == {backing_up.README, backing_up.KEYS}
    for path in everything.rglob(f"*{encryption.ENDING}"):
        assert path.read_bytes().startswith(b"age-encryption.org/v1")
    restore = ("restore", "latest", "--repository", encrypted, "--db", new_name)
    assert_refused(run(*restore), "encrypted", "--identity")
    make_key(folder / "eve")
    assert_refused(run(*restore, "--identity", folder / "eve"), "opens no backup")
    assert_refused(run(*restore, "--identity", folder / "none"), "cannot be read")
    (folder / "empty").touch()
    assert_refused(run(*restore, "--identity", folder / "empty"), "empty")
    assert_refused(run(*restore, "--identity", keys[1]), "age did not do it")


def test_what_has_not_changed_is_encrypted_once(shop, encrypted, keys):
    """A file that is encrypted again would be another, and be kept again; what is gone goes."""
    kept = installed.encrypted_copies(shop) / backing_up.FILES
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("*") if path.is_file()}
    (kept / "ab").mkdir(exist_ok=True)
    (kept / "ab" / "ab12.age").touch()
    succeed("backup", "--db", shop, "--repository", encrypted, "--recipients", keys[1])
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("*") if path.is_file()} == before != {}
    first, second = snapshots(encrypted)[-2:]
    assert second["summary"]["data_added"] < first["summary"]["data_added"] / 2


def old_form(folder, source):
    """As a backup before was unpacked: the dump in pieces."""
    shutil.copytree(source, folder)
    dump = (folder / backing_up.DUMP).read_bytes()
    (folder / "database").mkdir()
    for number, start in enumerate(range(0, len(dump), 2**20)):
        (folder / "database" / f"{number:06}").write_bytes(dump[start : start + 2**20])
    (folder / backing_up.DUMP).unlink()
    manifest = json.loads((folder / backing_up.MANIFEST).read_text(encoding="utf-8"))
    del manifest["shop"]
    (folder / backing_up.MANIFEST).write_text(json.dumps(manifest | {"format": 1, "parts": {}}), encoding="utf-8")


@pytest.fixture(scope="module")
def unpacked(saved, folder):
    """A backup that restic alone has put into a folder."""
    target = folder / "unpacked"
    line = [program("restic"), "--insecure-no-password", "--repo", saved, "restore", "latest", "--target", target]
    subprocess.run(line, check=True, capture_output=True)
    return target


def test_with_restic_and_postgresql_alone(shop, unpacked, new_name):
    """The lines of the file in it that says how."""
    said = (unpacked / backing_up.README).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in said.splitlines() if line.strip().startswith(("createdb", "psql", "pg_restore"))]
    assert len(lines) == 3
    administrator = {**os.environ, **postgres.environment(), "PGUSER": "postgres"}
    administrator["PATH"] = f"{postgres.bin_folder()}:{os.environ['PATH']}"
    for line in lines:
        done = line.replace("NOUVELLE", f"{new_name}").replace("ODOO", "odoo").replace("DOSSIER", str(unpacked))
        subprocess.run(["sh", "-c", done], check=True, env=administrator, capture_output=True)
    assert facts_of(new_name) == facts_of(shop)
    there = unpacked / backing_up.FILES
    assert {path.relative_to(there).as_posix() for path in there.glob("*/*")} == files(shop)


def test_a_drill_from_a_folder_of_before_is_neutralized_for_good(shop, unpacked, folder, new_name):
    old_form(folder / "old", unpacked)
    assert "neutralized, for good" in succeed("restore", f"{folder}/old", "--db", new_name, "--drill")
    assert facts_of(new_name) == facts_of(shop)
    assert succeed("check", "--db", new_name) == ""
    for statement, expected in (
        ("SELECT value FROM ir_config_parameter WHERE key = 'database.is_neutralized'", "true"),
        ("SELECT count(*) FROM payment_provider WHERE state = 'enabled'", "0"),
        ("SELECT DISTINCT smtp_host FROM ir_mail_server WHERE active", "invalid"),
        ("SELECT count(*) FROM mail_mail WHERE state = 'outgoing'", "0"),
    ):
        assert postgres.psql(statement, new_name) == expected
    # A link that the shop has signed opens nothing there, and none of the drill's opens anything in the shop.
    secret = "SELECT value FROM ir_config_parameter WHERE key = 'database.secret'"
    assert postgres.psql(secret, new_name) != postgres.psql(secret, shop)
    assert_refused(run("restore", "--release", "--db", new_name), "drill", "no way back")
    # It is the same shop still, and would be another's by its mistaken place.
    postgres.psql("UPDATE ir_config_parameter SET value = 'another' WHERE key = 'database.uuid'", new_name)
    refused = run("restore", f"{unpacked}/", "--db", new_name, "--replace", new_name)
    assert_refused(refused, "another shop", "under another name")
    assert state_of_all() == [new_name, new_name]


# What a restore refuses


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"addon": "19.0.99.0.0"}, "19.0.99.0.0"),
        ({"odoo": "18.0.1.3"}, "Odoo 18.0"),
        ({"postgresql": 990001}, "PostgreSQL 99"),
        ({"file_bytes": 10**15}, "make room"),
        (None, "no backup of a shop"),
    ],
)
def test_a_backup_of_something_else(unpacked, tmp_path, new_name, changed, words):
    manifest = json.loads((unpacked / backing_up.MANIFEST).read_text(encoding="utf-8"))
    text = json.dumps(manifest | changed) if changed else "[]"
    (tmp_path / backing_up.MANIFEST).write_text(text, encoding="utf-8")
    assert_refused(run("restore", f"{tmp_path}/", "--db", new_name), words)


@pytest.mark.usefixtures("unchanged")
def test_a_part_that_is_none_of_ours(unpacked, tmp_path, new_name):
    for name in (backing_up.MANIFEST, backing_up.DUMP):
        shutil.copy(unpacked / name, tmp_path)
    (tmp_path / backing_up.FILES / "ab").mkdir(parents=True)
    (tmp_path / backing_up.FILES / "ab" / "ab12").symlink_to("/etc/passwd")
    assert_refused(run("restore", f"{tmp_path}/", "--db", new_name), "none of ours: ab/ab12")


@pytest.mark.usefixtures("unchanged")
def test_what_is_not_there(saved, tmp_path, new_name):
    for name in ("../shop", "x" * 60, "", "a b"):
        if name:
            assert_refused(run("restore", "latest", "--repository", saved, "--db", name), "no name for a database")
    assert_refused(run("restore", "abcdef12", "--repository", saved, "--db", new_name), "no backup abcdef12", "--list")
    assert_refused(run("restore", f"{tmp_path}/none", "--db", new_name), "there is no folder")
    assert_refused(run("restore", f"{tmp_path}/", "--db", new_name), backing_up.MANIFEST)
    assert len(succeed("restore", "--list", "--repository", saved).splitlines()) == len(snapshots(saved)) == 2


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
def test_a_disk_that_becomes_full_while_it_restores(saved, new_name):
    done = run("restore", "latest", "--repository", saved, "--db", new_name, largest_file=2**17)
    assert_refused(done, "is full", "make room and try again", "file too large")


def test_a_disk_that_becomes_full_while_it_saves(shop, tmp_path):
    """A small disk of its own, which anybody may make for the programs that they start."""
    line = command("backup", "--db", shop, "--repository", tmp_path / "disk" / "place", "--init")
    (tmp_path / "disk").mkdir()
    who = ("--user", "--map-root-user") if os.geteuid() else ()
    mount = f'mount -t tmpfs -o size=2m none {tmp_path}/disk && exec "$@"'
    done = subprocess.run(
        ["unshare", *who, "--mount", "sh", "-c", mount, "-", *line],
        capture_output=True,
        text=True,
        check=False,
    )
    assert_refused(done, "the disk is full: make room and try again", "no space left on device")
    assert not (backing_up.home() / shop).exists()


def test_a_disk_without_room_is_seen_before(shop, tmp_path):
    with facts.connected(shop, readonly=True) as connection:
        snapshot = backing_up.Snapshot(connection, shop)
    snapshot.file_bytes = 10**15
    with pytest.raises(Failure, match="MB free"):
        backing_up.check_space(tmp_path, snapshot, encrypted=True)


# Where nothing can be saved


@pytest.fixture
def unsaved(shop, saved):
    """Nothing is saved, and nothing left of a try."""
    before = snapshots(saved)
    yield
    assert snapshots(saved) == before
    assert not (backing_up.home() / shop).exists()


@pytest.mark.usefixtures("unsaved")
def test_a_repository_that_is_not_there(shop, tmp_path):
    backup = ("backup", "--db", shop, "--repository")
    assert_refused(run(*backup, tmp_path / "none"), "mount its disk", "--init")
    assert_refused(run(*backup, tmp_path / "none" / "none", "--init"), "mount its disk")
    assert_refused(run(*backup, f"sftp:nobody@127.0.0.1:{tmp_path}/none"), "restic did not do it")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(repository, "PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = Repository(f"rest:http://127.0.0.1:{server.getsockname()[1]}/shop")
        with pytest.raises(Failure, match="has not answered"):
            place.snapshots()


@pytest.mark.usefixtures("unsaved")
def test_a_repository_of_another_shop(saved, new_database):
    other = new_database("empty")
    assert_refused(run("backup", "--db", other, "--repository", saved), "of another shop")


@pytest.mark.usefixtures("unsaved")
def test_a_password(shop, saved, tmp_path, new_name):
    """Without it nothing is saved, read or named."""
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    (tmp_path / "wrong").write_text("trois cagettes", encoding="utf-8")
    place = Repository(str(tmp_path / "place"), tmp_path / "password")
    place.initialize()
    for options in ((), ("--password-file", tmp_path / "wrong")):
        backup = run("backup", "--db", shop, "--repository", tmp_path / "place", *options)
        restore = run("restore", "latest", "--repository", tmp_path / "place", "--db", new_name, *options)
        for done in (backup, restore):
            assert_refused(done, "the password is not that of", "--password-file")
    none = run("backup", "--db", shop, "--repository", saved, "--password-file", tmp_path / "none")
    assert_refused(none, "cannot be read")
    assert place.snapshots() == []


@pytest.mark.usefixtures("unsaved")
def test_keys_that_are_none(shop, saved, tmp_path):
    (tmp_path / "keys").write_text("not a key", encoding="utf-8")
    for name, words in (("keys", "age did not do it"), ("none", "cannot be read")):
        assert_refused(run("backup", "--db", shop, "--repository", saved, "--recipients", tmp_path / name), words)


@contextlib.contextmanager
def locked(place):
    """Another restic keeps the repository to itself, or a server that was lost has left its lock."""
    reading, writing = os.pipe()
    options = ("--insecure-no-password", "--no-cache", "--quiet", "--repo", place)
    with subprocess.Popen([program("restic"), *options, "backup", "--stdin"], stdin=reading) as other:
        os.close(reading)
        try:
            while not list((place / "locks").iterdir()):
                assert other.poll() is None
            yield
        finally:
            other.send_signal(signal.SIGINT)
            os.close(writing)


@pytest.mark.usefixtures("unsaved")
def test_a_repository_that_is_locked(saved):
    """By one that only saves, too: nothing may be removed meanwhile."""
    with locked(saved), pytest.raises(Failure, match="locked by another restic"):
        Repository(str(saved)).check()


@pytest.mark.usefixtures("unsaved")
def test_two_at_once(shop, saved):
    with backing_up._alone(shop):
        assert not (backing_up.home() / shop).exists()
        assert_refused(run("backup", "--db", shop, "--repository", saved), "another backup", "wait for its end")


def test_one_that_is_killed_leaves_nothing_half(shop, tmp_path):
    """Neither what it has put together, nor a backup of a part; the next one is as if it had not been."""
    place = tmp_path / "place"
    line = command("backup", "--db", shop, "--repository", place, "--init")
    killed = subprocess.Popen(line, start_new_session=True)
    while not list((place / "locks").glob("*")) if (place / "locks").exists() else True:
        assert killed.poll() is None, "it ended before it could be killed"
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert snapshots(place) == []
    succeed("backup", "--db", shop, "--repository", place)
    assert len(snapshots(place)) == 1
    assert not (backing_up.home() / shop).exists()


# Saving


def test_older_ones_go_by_a_rule(shop, tmp_path):
    """And only when the new one is there."""
    place = Repository(str(tmp_path / "place"))
    place.initialize()
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "file").touch()
    uuid = postgres.psql("SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'", shop)
    for _time in range(2):
        place.back_up(tmp_path / "some", uuid, encrypted=False)
    assert_refused(run("backup", "--db", "no_such_shop", "--repository", place.address, "--keep"), "cannot be opened")
    assert len(place.snapshots()) == 2
    output = succeed("backup", "--db", shop, "--repository", place.address, "--keep", "1,1,1")
    [left] = place.snapshots()
    assert left["short_id"] in output
    noted = postgres.psql(f"SELECT value FROM ir_config_parameter WHERE key = '{backing_up.LAST_BACKUP}'", shop)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", noted)


def test_a_repository_that_is_damaged_is_noticed(saved, tmp_path):
    shutil.copytree(saved, tmp_path / "place")
    largest = max((tmp_path / "place" / "data").glob("*/*"), key=lambda path: path.stat().st_size)
    largest.chmod(0o600)
    largest.unlink()
    with pytest.raises(Failure, match="restic did not do it"):
        Repository(str(tmp_path / "place")).check()


def test_what_is_no_shop(saved):
    assert_refused(run("backup", "--db", "postgres", "--repository", saved), "no database of Odoo")


def test_a_file_that_is_cleaned_away_meanwhile_is_noticed(shop, tmp_path):
    """Somebody deletes a picture, and Odoo its file, after the database was read and before the file is."""
    with attachment(shop) as (name, path), facts.connected(shop, readonly=True) as connection:
        snapshot = backing_up.Snapshot(connection, shop)
        assert name in snapshot.files
        postgres.psql(f"DELETE FROM ir_attachment WHERE store_fname = '{name}'", shop)
        path.unlink()
        with pytest.raises(backing_up.Collected):
            backing_up.save_files(snapshot, tmp_path)


def test_a_file_that_was_missing_before_hinders_nobody(first_backup):
    output, place = first_backup
    manifest = json.loads(Repository(str(place)).read(snapshots(place)[0]["id"], backing_up.MANIFEST))
    [missing] = manifest["missing"]
    assert f"1 files were missing in the shop already, {missing}" in output


def test_an_odoo_that_is_installed(shop, saved, tmp_path):
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

    def there(*arguments, **more):
        return subprocess.run(command(*arguments), env=own | more, capture_output=True, text=True, check=False)

    assert_refused(there("backup", "--db", shop), "--repository")
    postgres.psql(f'ALTER DATABASE "{shop}" SET default_transaction_read_only = on')
    try:
        done = there(
            "backup",
            "--db",
            shop,
            RESTIC_REPOSITORY=str(tmp_path / "place"),
        )
        assert_refused(done, "--init")
        done = there("backup", "--db", shop, "--init", RESTIC_REPOSITORY=str(tmp_path / "place"))
    finally:
        postgres.psql(f'ALTER DATABASE "{shop}" RESET default_transaction_read_only')
    assert done.returncode == 0, done.stderr
    assert "could not be noted" in done.stdout
    manifest = json.loads(Repository(str(tmp_path / "place")).read("latest", backing_up.MANIFEST))
    assert manifest["files"] == len(files(shop))
    done = there("check", "--db", shop)
    assert (done.returncode, done.stdout) == (0, "")
    configuration.write_text("[options]\ndb_host = /nowhere\n", encoding="utf-8")
    assert_refused(there("backup", "--db", shop, "--repository", saved), "PostgreSQL refused")


def test_what_is_held_has_plain_switches(shop):
    """Each is a column of Odoo's: a version that renames one is noticed here, not on the day of a disaster."""
    for table, column, kind, _on, _off in holding.SWITCHES:
        found = postgres.psql(f"SELECT pg_typeof({column}) FROM {table} LIMIT 1", shop)
        assert found in ("", kind, {"varchar": "character varying"}.get(kind), "jsonb"), table
