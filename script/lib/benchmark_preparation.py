"""What preparers ask: a large batch opened, and one thing done in it."""

import itertools
import uuid

import database
import postgres
import shop_days
from benchmark_clients import Client
from benchmark_measure import Alone
from benchmark_shops import OURS
from benchmark_table import Budget, row
from serving import Server

OPEN_BUDGET, TICK_BUDGET = Budget("ms", 1000, "ms"), Budget("ms", 60, "ms")
FLOOR_ROUTE = "/web/session/check"


class Preparation:
    """A volunteer at one batch of the demonstration shop."""

    def __init__(self, server, lines):
        self.server = server
        self.clients = [Client(server, "benevole", "benevole")]
        self.numbers = itertools.count(1)
        rows = [found for window in self.call("board")["windows"] for found in window["batches"]]
        self.batch = next(found["id"] for found in rows if found["total"] == lines)
        self.do("begin", {})
        stops = self.call("open", self.batch)["stops"]
        self.cells = (cell for stop in stops for cell in stop["cells"])

    def call(self, method, *values):
        return self.clients[0].call(
            f"/web/dataset/call_kw/drive.preparation/{method}",
            model="drive.preparation",
            method=method,
            args=values,
            kwargs={},
        )

    def do(self, kind, args):
        op = {"uuid": str(uuid.uuid4()), "no": next(self.numbers), "kind": kind, "args": args}
        answer = self.call("apply", self.batch, "bench", [op])
        assert answer["done"] == [op["uuid"]], answer

    def floor(self, client, _number):
        client.call(FLOOR_ROUTE)

    def open(self, _client, _number):
        self.call("open", self.batch)

    def tick(self, _client, _number):
        cell = next(self.cells)
        self.do("take", {"line": cell["line"], "qty": cell["wanted"]})


def measure(baskets: int, lines: int, rounds: int, name: str) -> list[dict]:
    """The rows of a batch of so many baskets with so many lines each, on a database that is called so."""
    database.create(name, "demo")
    try:
        shop_days.fill_window(name, baskets, lines)
        articles = int(postgres.psql("SELECT count(*) FROM product_template WHERE drive_ok", name))
        with Server(name, cron_threads=0) as server:
            shop, alone = Preparation(server, baskets * lines), Alone()
            tasks = {(thing, OURS): (shop, getattr(shop, thing)) for thing in ("floor", "open", "tick")}
            alone.measure(tasks, rounds)
    finally:
        database.drop(name)
    costs = {thing: figure.summary() for (thing, _kind), figure in alone.figures.items()}
    things = {
        "open": (f"open a batch of {baskets} orders, {lines} lines each", OPEN_BUDGET),
        "tick": ("one thing done in it", TICK_BUDGET),
    }
    return [
        row({"articles": articles, "connections": 1, "what": what}, costs[thing], None, costs["floor"]["ms"], budget)
        for thing, (what, budget) in things.items()
    ]
