"""PostgreSQL has no room left: a sentence, and nothing is left of what was begun."""

import contextlib
import json
import os
import select
import subprocess
import tempfile
from pathlib import Path

import pytest

import backing_up
import database
import postgres
from common import PYTHON, ROOT
from saving import assert_refused, named, run, state_of_all

PORT = 5499
# It writes all changes to files of this size first; a new, empty database takes less.
LOG_FILE = 16 * 2**20
TABLE_MB = 24
# Odoo's own version does not matter to what is tried here.
MANIFEST = {
    "made": "a moment ago",
    "odoo": "19.0.1.3",
    "postgresql": 180000,
    "extensions": [],
    "unaccent": None,
    "file_bytes": 0,
    "files": 0,
    "missing": [],
    "facts": {"orders": "none"},
}


class SmallServer:
    """A PostgreSQL of its own, to be started again and again."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {"PGHOST": str(folder), "PGPORT": str(PORT), "PGUSER": "postgres"}

    @contextlib.contextmanager
    def running(self, largest_file=None, *settings):
        """:param largest_file: bytes; none of its files can become larger, as on a disk that is full"""
        within = ("prlimit", f"--fsize={largest_file}") if largest_file else ()
        files = (self.folder / "data", self.folder / "server.log", self.folder)
        process = postgres.begin(*files, PORT, "-c", "fsync=off", *settings, within=within)
        try:
            yield
        finally:
            postgres.kill(process)

    def psql(self, statement):
        return postgres.psql(statement, **self.environment)

    def databases(self):
        return self.psql("SELECT datname FROM pg_database WHERE NOT datistemplate").split()


@pytest.fixture(scope="module")
def server(postgresql):
    # Where the server's user may go.
    with tempfile.TemporaryDirectory(prefix="drive-small-") as folder:
        postgres.own(Path(folder))
        postgres.make_cluster(Path(folder, "data"))
        yield SmallServer(Path(folder))


@pytest.fixture(scope="module")
def saved(postgresql, tmp_path_factory):
    """A backup that has one large table, unpacked."""
    with named("large") as [name]:
        postgres.psql(f'CREATE DATABASE "{name}"')
        postgres.psql(
            "CREATE TABLE large (words text STORAGE EXTERNAL); INSERT INTO large"
            f" SELECT repeat(md5(n::text), 30) FROM generate_series(1, {TABLE_MB * 1000}) n",
            name,
        )
        dump = subprocess.run(
            [postgres.program("pg_dump"), "--format=custom", "--no-owner", name], check=True, capture_output=True
        )
    return write(tmp_path_factory.mktemp("large"), dump.stdout, TABLE_MB * 10**6)


def write(folder, dump, size) -> Path:
    """What restic has put into a folder."""
    (folder / backing_up.FILES).mkdir()
    (folder / backing_up.DUMP).write_bytes(dump)
    ours = {"database": "large", "addon": database.manifest()["version"], "database_bytes": size}
    (folder / backing_up.MANIFEST).write_text(json.dumps(MANIFEST | ours), encoding="utf-8")
    return folder


@pytest.fixture
def restored(server, saved):
    """A function that restores it there."""
    with named("new") as [name]:
        yield lambda path=saved: run("restore", f"{path}/", "--db", name, **server.environment)


def test_a_table_that_has_no_room(server, restored):
    with server.running(LOG_FILE):
        assert_refused(restored(), "the disk is full: make room and try again", "File too large")
        assert server.databases() == ["postgres"]
    assert state_of_all() == []


def test_a_server_that_falls_over_for_want_of_room(server, restored):
    """It cannot write down what it changes, and does not rise until there is room. What was begun goes
    when the command is run again."""
    with server.running():
        server.psql("SELECT pg_switch_wal()")
    with server.running(LOG_FILE - 1, "-c", "restart_after_crash=off"):
        assert_refused(restored(), "PostgreSQL did not take the database", "could not drop", "run again")
    with server.running(LOG_FILE):
        assert len(server.databases()) == 2
        assert_refused(restored(), "the disk is full")
        assert server.databases() == ["postgres"]
    assert state_of_all() == []


def test_a_disk_without_room_is_seen_before(server, restored, tmp_path):
    with server.running():
        path = write(tmp_path, b"", 10**15)
        assert_refused(restored(path), "MB free", "make room")
        assert server.databases() == ["postgres"]
    assert state_of_all() == []


def test_such_a_server_ends_with_the_run_that_began_it(server):
    """Also when that is killed, and can end nothing."""
    begin = "import postgres, sys, pathlib; data, log, run = map(pathlib.Path, sys.argv[1:4])"
    code = f"{begin}; print(postgres.begin(data, log, run, {PORT}).pid, flush=True); input()"
    line = [PYTHON, "-c", code, server.folder / "data", server.folder / "server.log", server.folder]
    with subprocess.Popen(line, cwd=ROOT / "script" / "lib", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        begun = int(run.stdout.readline())
        watch = os.pidfd_open(begun)
        run.kill()
    # Readable when the process has ended.
    assert select.select([watch], [], [], 60)[0]
    os.close(watch)
