"""A run of tests lives at another time, with all its programs."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

import clock
import dates
import postgres
from common import PYTHON, ROOT, Failure

TESTING = ROOT / "script" / "lib" / "testing.py"


def today() -> datetime:
    """The real one, whenever this run lives."""
    return clock.now() - timedelta(seconds=clock.offset())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tomorrow", "is no moment"),
        ("2030-2-1 10:00", "is no moment"),
        ("٢٠٣٠-01-01 10:00", "is no moment"),
        ("2030-01-01", "is no moment"),
        ("2030-13-01 10:00", "is not in the calendar"),
        ("2030-01-01 24:00", "is not in the calendar"),
        ("2029-02-29 10:00", "is not in the calendar"),
        ("2029-03-25 02:30", "is skipped in Marseille"),
        ("2029-10-28 02:30", "comes twice in Marseille"),
        ("2020-01-01 10:00", "is over"),
        ("2099-01-01 10:00", "more than five years ahead"),
    ],
)
def test_a_moment_that_is_none_is_refused(text, sentence):
    done = subprocess.run([PYTHON, TESTING, "--at", text], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert f'"{text}"' in done.stderr
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_awkward_dates_are_there_on_any_day():
    """Each can be lived, and each day of the week is among them."""
    for day in (
        datetime(2026, 12, 2),
        datetime(2028, 2, 28, 23, 55),
        datetime(2028, 2, 29, 13),
        datetime(2027, 10, 31),
    ):
        found = [moment for moment, _why in dates.awkward(day)]
        assert {moment.weekday() for moment in found} == set(range(7))
        assert min(found) > day
        assert {2, 8, 12} <= {moment.month for moment in found}
        assert any((moment.month, moment.day) == (2, 29) for moment in found)
    for moment, _why in [*dates.awkward(today()), *dates.drawn(today(), 20, 1)]:
        clock.read(f"{moment:%Y-%m-%d %H:%M}")
    assert list(dates.drawn(day, 5, 7)) == list(dates.drawn(day, 5, 7))


@pytest.fixture
def elsewhen(monkeypatch):
    """A function that says how far the moment in seconds since 1970 is from one some years ahead, for programs that
    are started from here."""
    moment = clock.read(f"{today().year + 2}-07-14 23:58")
    for name, value in clock.environment(moment).items():
        monkeypatch.setenv(name, value)
    began = time.monotonic()
    return lambda told: abs(float(told) - moment.timestamp() - (time.monotonic() - began))


def answer(*line, **kwargs):
    return subprocess.run(line, capture_output=True, text=True, check=True, **kwargs).stdout


def test_programs_live_at_that_moment(elsewhen):
    assert elsewhen(answer("date", "+%s")) < 20
    assert elsewhen(answer(sys.executable, "-c", "import time; print(time.time())")) < 20
    assert elsewhen(answer("node", "-p", "Date.now() / 1000")) < 20


def test_waits_are_as_long_as_ever(elsewhen):
    code = "import threading; threading.Event().wait(0.3)"
    began = time.monotonic()
    answer(sys.executable, "-c", code)
    assert 0.3 <= time.monotonic() - began < 20


def test_a_browser_lives_at_that_moment(elsewhen, launch):
    page = launch(env=os.environ).new_page()
    assert elsewhen(page.evaluate("Date.now() / 1000")) < 20


def test_postgresql_lives_at_that_moment(elsewhen):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        data, run = Path(folder, "data"), Path(folder, "run")
        postgres.make_cluster(data)
        postgres.own(run)
        server = postgres.begin(data, Path(folder, "log"), run, 5432)
        try:
            there = {"PGHOST": str(run), "PGPORT": "5432", "PGUSER": "postgres"}
            told = postgres.psql("SELECT extract(epoch FROM now())", **there)
            assert elsewhen(told) < 20
            # Locks, deadlocks and statements end in time.
            with pytest.raises(Failure, match="statement timeout"):
                postgres.psql("SET statement_timeout = 300; SELECT pg_sleep(20)", **there)
        finally:
            postgres.kill(server)


def test_one_clock_for_all(page, server, sql):
    """What this run has started agrees on the time, whatever it is."""
    with urllib.request.urlopen(f"{server}/web/health") as told:
        odoo = parsedate_to_datetime(told.headers["Date"]).timestamp()
    [(database,)] = sql("SELECT extract(epoch FROM now())")
    for moment in (odoo, database, page.evaluate("Date.now() / 1000")):
        assert abs(float(moment) - time.time()) < 60
