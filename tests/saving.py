"""Shops that are saved, restored and upgraded, by the commands that an IT volunteer runs."""

import contextlib
import os
import resource
import signal
import subprocess

import database
import facts
import installed
import postgres
from common import PYTHON, ROOT
from repository import Repository

# What the commands start; and what they do before, to see whether all is set up, takes longer than to refuse.
PROGRAMS = {"backup": "backing_up", "restore": "restoring", "upgrade": "upgrading", "check": "checking"}


def command(name, *arguments):
    return [str(part) for part in (ROOT / "script" / name, *arguments)]


def run(name, *arguments, largest_file=None, **environment):
    """Run the program of a command of script/.

    :param largest_file: bytes; a file cannot become larger, as on a disk that is full
    """

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    line = (PYTHON, ROOT / "script" / "lib" / f"{PROGRAMS[name]}.py", *arguments)
    done = subprocess.run(
        [str(part) for part in line],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DRIVE_COMMAND": f"script/{name}", **environment},
        preexec_fn=limit if largest_file else None,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def succeed(name, *arguments, **options):
    done = run(name, *arguments, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def state_of_all():
    """The databases and the folders of files that there are; other tests' are not looked at."""
    folders = [path.name for path in installed.filestore("x").parent.iterdir()]
    names = [name for name in (*database.names(), *folders) if name.startswith(f"saved_{os.getpid()}")]
    return sorted(names)


def assert_refused(done, *words):
    """It ended with one sentence that says what it should."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def snapshots(repository) -> list[dict]:
    return Repository(str(repository)).snapshots()


def facts_of(name) -> dict:
    with facts.connected(name, readonly=True) as connection, connection.cursor() as cursor:
        return facts.read(cursor)


def rows(name, table) -> str:
    return postgres.psql(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id", name)


def files(name) -> set[str]:
    """The files that a database needs, and those of them that are there."""
    needed = postgres.psql("SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL", name)
    return {path for path in needed.split() if (installed.filestore(name) / path).is_file()}


@contextlib.contextmanager
def named(*endings):
    """Names for databases that a test makes; they and what belongs to them are dropped."""
    names = [f"saved_{os.getpid()}_{ending}" for ending in endings]
    try:
        yield names
    finally:
        for name in {*names, *(left for left in database.names() if left.startswith(tuple(names)))}:
            database.drop(name)
