"""Times of requests, as the server's log and the client see them."""

import contextlib
import re
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from common import say

WARM_UPS = 3
# Odoo's log of a request: "GET /drive HTTP/1.1" 200 - queries, seconds in SQL, the rest.
LOGGED = re.compile(r'"(?:GET|POST) \S+ HTTP/1\.\d" \d+ - (\d+) ([\d.]+) ([\d.]+)')
# Seconds between two signs of life.
NEWS = 15


@dataclass
class Figure:
    """What one thing costs in one shop: all its requests, in milliseconds."""

    queries: list[int] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)

    def summary(self) -> dict:
        """What is usual; ``ms`` is the server's own time, where it is known, else the client's."""
        if not self.queries:
            return {"ms": _usual(self.client), "client_ms": _usual(self.client), "p95_ms": round(_p95(self.client), 2)}
        whole = [sql + python for sql, python in zip(self.sql, self.python, strict=True)]
        return {
            "ms": _usual(whole),
            "sql_ms": _usual(self.sql),
            "python_ms": _usual(self.python),
            "queries": statistics.median_low(self.queries),
            "client_ms": _usual(self.client),
        }


def _usual(values):
    """The mean of the middle half: neither a busy moment counts, nor that the log has whole
    milliseconds, of which a median would be one."""
    aside = len(values) // 4
    return round(statistics.mean(sorted(values)[aside : len(values) - aside]), 2)


def _p95(values):
    return sorted(values)[int(len(values) * 0.95)]


class Alone:
    """One member asks, one thing after the other, in both shops in turn.

    Each request's cost is what the log of its server grew by meanwhile: a page that leads
    to another costs both.
    """

    def __init__(self):
        self.figures = {}

    def measure(self, tasks, rounds: int):
        """Ask for all things, round after round, so that a busy moment falls on each alike.

        :param tasks: ``{key: (shop, ask)}``; ``ask(client, number)``
        """
        for number in range(WARM_UPS):
            for shop, ask in tasks.values():
                ask(shop.clients[0], number)
        shown = time.monotonic()
        for number in range(WARM_UPS, WARM_UPS + rounds):
            for key, (shop, ask) in tasks.items():
                with self.request(key, shop):
                    ask(shop.clients[0], number)
            if time.monotonic() - shown > NEWS:
                shown = time.monotonic()
                say(f"    round {number - WARM_UPS + 1} of {rounds}")

    def measure_inside(self, tasks, rounds: int):
        """The same for what needs something done before and after: ``ask(client, number,
        measured)`` makes the request that counts within ``measured``."""
        for number in range(rounds + 1):
            for key, (shop, ask) in tasks.items():
                # The first is not counted.
                ask(shop.clients[0], number, self.request(key, shop) if number else contextlib.nullcontext())

    def request(self, key, shop) -> "Request":
        return Request(self.figures.setdefault(key, Figure()), shop.server.log)


class Request:
    """Inside it one request is made, which is added to a figure."""

    def __init__(self, figure, log):
        self.figure, self.log = figure, log

    def __enter__(self):
        self.begun = self.log.stat().st_size
        self.started = time.monotonic()

    def __exit__(self, failed, *_):
        if failed:
            return
        self.figure.client.append((time.monotonic() - self.started) * 1000)
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(self.begun)
            rows = LOGGED.findall(log.read())
        self.figure.queries.append(sum(int(queries) for queries, _sql, _rest in rows))
        self.figure.sql.append(sum(float(sql) for _queries, sql, _rest in rows) * 1000)
        self.figure.python.append(sum(float(rest) for _queries, _sql, rest in rows) * 1000)


class Crowd:
    """All members of a shop ask at once, each one thing after the other."""

    def __init__(self):
        self.figures = {}

    def measure(self, tasks, bursts: int, rounds: int):
        """
        :param tasks: as for one member
        :param bursts: how often each thing has its turn
        :param rounds: how often each member asks for it then
        """
        for shop, ask in tasks.values():
            # Every worker has its own memory to warm.
            self._burst(shop.clients, ask, min(rounds, WARM_UPS), Figure(), 0)
        for burst in range(bursts):
            say(f"    burst {burst + 1} of {bursts}")
            for key, (shop, ask) in tasks.items():
                self._burst(shop.clients, ask, rounds, self.figures.setdefault(key, Figure()), burst * rounds)

    def _burst(self, clients, ask, rounds, figure, first):
        barrier = threading.Barrier(len(clients))

        def act(place, client):
            barrier.wait()
            for number in range(first, first + rounds):
                started = time.monotonic()
                # Nobody asks for the same at the same moment.
                ask(client, number * len(clients) + place)
                figure.client.append((time.monotonic() - started) * 1000)

        with ThreadPoolExecutor(len(clients)) as pool:
            list(pool.map(act, range(len(clients)), clients))
