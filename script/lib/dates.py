"""Moments at which something is more likely to go wrong, and moments drawn at random."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import clock
from common import Failure

MONDAY, SUNDAY = 0, 6
# Between them: for the days of a week that no awkward date has.
HOURS = (0, 3, 6, 9, 13, 18, 22)


def _next(now: datetime, month: int, day: int, clock_time: time) -> datetime:
    """The next day of that name in the calendar."""
    for year in range(now.year, now.year + 9):
        try:
            moment = datetime.combine(date(year, month, day), clock_time)
        except ValueError:
            continue
        if moment > now:
            return moment
    raise AssertionError(f"no {day}/{month}")


def _last_sunday(now: datetime, month: int, clock_time: time) -> datetime:
    moments = (
        datetime.combine(date(year, month, 31 - (date(year, month, 31).weekday() - SUNDAY) % 7), clock_time)
        for year in (now.year, now.year + 1)
    )
    return next(moment for moment in moments if moment > now)


def _monday_of(day: datetime, clock_time: time) -> datetime:
    return datetime.combine(day.date() - timedelta(days=day.weekday() - MONDAY), clock_time)


def awkward(now: datetime) -> list[tuple[datetime, str]]:
    """The next awkward moments on Marseille's clocks, and why they are; each day of the week is among them.

    :param now: on the same clocks, without a zone
    """
    holiday = _next(now + timedelta(days=7), 11, 11, time(9))
    found = [
        (_next(now, 2, 28, time(23, 50)), "into the last night of a month with an accent"),
        (_next(now, 2, 29, time(12)), "29 February"),
        (_last_sunday(now, 3, time(1, 50)), "ten minutes before clocks go forward"),
        (_next(now, 8, 14, time(23, 55)), "five minutes before a midnight of August, and a public holiday"),
        (_last_sunday(now, 10, time(1, 50)), "ten minutes before clocks go back"),
        (_monday_of(holiday, time(9)), "a week with a public holiday"),
        (_next(now, 12, 31, time(23, 40)), "the last evening of a year"),
    ]
    days = {moment.weekday() for moment, _why in found}
    for ahead, hour in enumerate(HOURS, 14):
        moment = datetime.combine(now.date() + timedelta(days=ahead), time(hour, 5))
        if moment.weekday() not in days:
            found.append((moment, f"a {moment:%A}"))
    return sorted(found)


def drawn(now: datetime, count: int, seed: int) -> Iterator[tuple[datetime, str]]:
    """So many moments of the years to come."""
    chance = random.Random(seed)  # noqa: S311 (not a secret)
    while count:
        moment = now.replace(second=0, microsecond=0) + timedelta(minutes=chance.randrange(1, 4 * 365 * 24 * 60))
        try:
            clock.read(f"{moment:%Y-%m-%d %H:%M}")
        except Failure:
            continue
        count -= 1
        yield moment, "drawn"
