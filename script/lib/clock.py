"""Another time for a run of tests: what is started lives as if it were then, and time runs on from there.

By Debian's libfaketime, which the loader puts before the C library. HAProxy, programs that do not use that
(those written in Go: pebble, restic, docker-compose) and the times of files stay at the real time.
"""

import os
import re
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import postgres
from common import Failure, cache_folder
from debian import Apt, unpack

ZONE = ZoneInfo("Europe/Paris")
# Longer than until the next 29 February.
MOST_DAYS = 5 * 365
VARIABLE = "FAKETIME"
# The offset never changes while a program runs.
SETTINGS = {
    # Waits and timeouts stay what they are; the last one makes Chromium wait for ever.
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    # A program that is killed would leave its shared memory behind.
    "FAKETIME_DISABLE_SHM": "1",
    "FAKETIME_CACHE_DURATION": "1000000",
    # Some calls would tell another time of a file than others.
    "NO_FAKE_STAT": "1",
}
# For HAProxy, which would wait for ever at another time and does nothing that depends on the date; and for what
# fetches something, since certificates are of today.
REAL_TIME = {"LD_PRELOAD": ""}


def library() -> Path:
    """Where PostgreSQL's user may read it too."""
    return postgres.HOME.resolve() / "libfaketime.so.1"


def install(log: Path) -> None:
    """Fetch the library, unless it is there."""
    if library().exists():
        return
    folder = cache_folder() / "faketime"
    apt = Apt(cache_folder() / "apt" / "faketime", "", log)
    unpack(apt.download(["libfaketime"]), folder)
    [found] = folder.glob("usr/lib/*/faketime/libfaketime.so.1")
    # Whole, or not there.
    library().with_suffix(".new").write_bytes(without_epoll_wait(found.read_bytes()))
    library().with_suffix(".new").rename(library())
    apt.forget()


def without_epoll_wait(content: bytes) -> bytes:
    """The library under whose name for it nobody finds its `epoll_wait`, so that the C library's is called.

    While a program waits in the library's own, a handler of signals is told the real time: PostgreSQL, whose
    timeouts are such, would wait for a lock for ever. The first place of a name is the table of what a library has.
    """
    return content.replace(b"\0epoll_wait\0", b"\0epoll_none\0", 1)


def offset() -> float:
    """By how many seconds this program's clock is ahead."""
    return float(os.environ.get(VARIABLE, "0"))


def now() -> datetime:
    """What Marseille's clocks say, without a zone."""
    return datetime.now(ZONE).replace(tzinfo=None)


def read(text: str) -> datetime:
    """The moment that a person names, on Marseille's clocks.

    :raise Failure: when there is none, or two, or the tests cannot live then
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", text, re.ASCII):
        raise Failure(f'"{text}" is no moment: write it as "2027-02-28 23:40", on Marseille\'s clocks.')
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f'"{text}" is not in the calendar.') from None
    moments = [naive.replace(tzinfo=ZONE, fold=fold) for fold in (0, 1)]
    # Python gives a skipped hour the offset of either side, and neither leads back to it.
    if moments[0].astimezone(timezone.utc).astimezone(ZONE).replace(tzinfo=None) != naive:
        raise Failure(f'"{text}" is skipped in Marseille: clocks go forward then.')
    if moments[0].utcoffset() != moments[1].utcoffset():
        raise Failure(f'"{text}" comes twice in Marseille: clocks go back then. Name another hour.')
    moment = moments[0]
    today = datetime.fromtimestamp(time.time() - offset(), ZONE)
    if moment < today:
        raise Failure(f'"{text}" is over: what the tests use, certificates and packages, is of today.')
    if moment > today + timedelta(days=MOST_DAYS):
        raise Failure(f'"{text}" is more than five years ahead: the tests are not made to live then.')
    return moment


def environment(moment: datetime) -> dict:
    """A program's environment in which it is now that moment."""
    ahead = moment.timestamp() - (time.time() - offset())
    return SETTINGS | {VARIABLE: f"{ahead:+.3f}", "LD_PRELOAD": str(library())}


def carried() -> dict:
    """What a program that gets no other environment needs to live at this program's time."""
    return {name: os.environ[name] for name in (*SETTINGS, VARIABLE, "LD_PRELOAD") if name in os.environ}
