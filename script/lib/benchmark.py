"""Measures what the shop's pages and changes cost at the server.

    script/bench [--rounds N] [--json FILE]

A demonstration shop is made for it and dropped afterwards. Each thing is asked one after
the other by one member whose basket holds 30 lines; times are Odoo's own (from the
request's arrival to its answer, as its log says), beside an empty route of the same
server: on another machine compare the ratios, not the milliseconds.
"""

import argparse
import json
import os
import re
import statistics
import sys
import time
import uuid
from pathlib import Path

import requests

import database
import past_orders
import postgres
from common import Failure, main, say
from serving import Server

# Of the demonstration data.
LOGIN = PASSWORD = "membre"  # noqa: S105
BASKET_LINES = 30
CONFIRM_LINES = 40
CONFIRMATIONS = 5
WARM_UPS = 3
LIST_PAGE = "list page (/drive)"
# What the design allows a list page now, in milliseconds.
LIST_BUDGET = 15
# Past orders of a young and of an old shop; the slots page costs the same in both, but for noise.
FEW, MANY = 1_000, 100_000
OLD_BUDGET = 1.5
# Odoo's log of a request: "GET /drive HTTP/1.1" 200 - queries, seconds in SQL, the rest.
LOGGED = re.compile(r'"(?:GET|POST) (\S+) HTTP/1\.\d" (\d+) - (\d+) ([\d.]+) ([\d.]+)')


class Figure:
    """What one thing costs: all its requests, milliseconds and queries."""

    def __init__(self, name, requests_logged):
        self.name = name
        self.queries = statistics.median(row[0] for row in requests_logged)
        self.sql = statistics.median(row[1] for row in requests_logged)
        self.python = statistics.median(row[2] for row in requests_logged)
        self.total = statistics.median(row[1] + row[2] for row in requests_logged)

    def line(self, empty):
        return (
            f"{self.name:<38} {self.total:7.1f} ms"
            f" ({self.sql:.1f} SQL, {self.python:.1f} Python) {self.queries:5.0f} queries"
            f" {self.total / empty.total:7.1f} x an empty route"
        )


class Bench:
    """A member of a shop with demonstration data, and the server's log."""

    def __init__(self, server, rounds):
        self.server, self.rounds = server, rounds
        self.http = requests.Session()
        self.figures = []

    def sign_in(self):
        body = {
            "params": {
                "db": self.server.database,
                "login": LOGIN,
                "password": PASSWORD,
            }
        }
        answer = self._post("/web/session/authenticate", body)
        if not answer.get("result", {}).get("uid"):
            raise Failure(f"{LOGIN} cannot sign in: {answer}")

    def _post(self, path, body):
        answer = self.http.post(f"{self.server.url}{path}", json=body, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def api(self, route, **parameters):
        answer = self._post(f"/drive/api/{route}", {"params": parameters})
        if "error" in answer:
            raise Failure(f"{route} failed: {answer['error']}")
        return answer["result"]

    def get(self, path):
        answer = self.http.get(f"{self.server.url}{path}", timeout=120)
        answer.raise_for_status()
        return answer

    def fill(self, product_ids):
        for product_id, step in product_ids:
            self.api("basket/set", product_id=product_id, qty=step)

    def measure(self, name, ask, rounds=None, path=None):
        """Ask again and again; the first answers only warm the caches.

        :param path: count only the requests to this address
        """
        rounds = rounds or self.rounds
        for number in range(WARM_UPS):
            ask(number)
        begun = self.server.log.stat().st_size
        for number in range(rounds):
            ask(number)
        figure = Figure(name, self._logged(begun, path))
        self.figures.append(figure)
        return figure

    def _logged(self, begun, path):
        with open(self.server.log, encoding="utf-8", errors="replace") as log:
            log.seek(begun)
            return [
                (int(queries), float(sql) * 1000, float(rest) * 1000)
                for asked, _status, queries, sql, rest in LOGGED.findall(log.read())
                if path in (None, asked)
            ]


def _products(name):
    """Products with stock to spare, and the step they are sold by."""
    rows = postgres.psql(
        "SELECT p.id, t.drive_qty_step FROM product_product p"
        " JOIN product_template t ON t.id = p.product_tmpl_id"
        " JOIN stock_quant q ON q.product_id = p.id"
        " JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'"
        " WHERE t.drive_ok AND t.active"
        " GROUP BY p.id, t.drive_qty_step HAVING sum(q.quantity - q.reserved_quantity) > 9"
        " ORDER BY p.id",
        name,
    )
    return [(int(product), float(step)) for product, step in (row.split("|") for row in rows.splitlines())]


def bench(server, rounds):
    shop = Bench(server, rounds)
    shop.sign_in()
    products = _products(server.database)
    if len(products) < CONFIRM_LINES:
        raise Failure("the demonstration shop has too few products with stock.")
    shop.fill(products[:BASKET_LINES])
    shop.measure("empty route (/web/health)", lambda n: shop.get("/web/health"))
    shop.measure(LIST_PAGE, lambda n: shop.get("/drive"))
    shop.measure("basket page", lambda n: shop.get("/drive/basket"))
    shop.measure("slots page", lambda n: shop.get("/drive/slots"))
    product, step = products[0]
    shop.measure(
        "change a quantity",
        lambda n: shop.api("basket/set", product_id=product, qty=step * (1 + n % 2)),
    )
    slots = postgres.psql(
        "SELECT id FROM drive_slot WHERE closed IS NOT TRUE AND capacity > 0"
        " AND start > now() AT TIME ZONE 'UTC' + interval '1 day'"
        " AND start < now() AT TIME ZONE 'UTC' + interval '8 days'"
        " AND NOT EXISTS (SELECT 1 FROM drive_booking b WHERE b.slot_id = drive_slot.id"
        "                 AND b.state <> 'released') ORDER BY start DESC LIMIT 2",
        server.database,
    ).split()
    shop.measure(
        "hold a slot",
        lambda n: shop.api("slots/hold", slot_id=int(slots[n % 2])),
    )
    shop.measure(
        f"confirm {CONFIRM_LINES} lines, reserved",
        lambda n: _confirm(shop, products[:CONFIRM_LINES], int(slots[n % 2])),
        rounds=CONFIRMATIONS,
        path="/drive/api/checkout/confirm",
    )
    # Last: the others are those of a young shop.
    grow_old(shop)
    return shop.figures


def grow_old(shop):
    """The slots page with few and with many past orders, in one database."""
    for first, last in ((1, FEW), (FEW + 1, MANY)):
        begun = time.monotonic()
        past_orders.add(shop.server.database, first, last)
        say(f"{last:,} past orders ({time.monotonic() - begun:.0f} s) …")
        shop.measure(slots_page(last), lambda n: shop.get("/drive/slots"))


def slots_page(past):
    return f"slots page, {past:,} past orders"


def _confirm(shop, products, slot):
    """Fill a basket, confirm it, and give everything back."""
    shop.fill(products)
    shop.api("slots/hold", slot_id=slot)
    product, step = products[0]
    total = shop.api("basket/set", product_id=product, qty=step)["basket_total"]
    answer = shop.api("checkout/confirm", idempotency_key=uuid.uuid4().hex, total_seen=total)
    if not answer.get("order"):
        raise Failure(f"the confirmation was refused: {answer.get('message')}")
    shop.api("orders/cancel", order=answer["order"], idempotency_key=uuid.uuid4().hex)


def parse():
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=60, help="requests a figure (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures too")
    return parser.parse_args()


def _main() -> int:
    options = parse()
    with postgres.running():
        name = f"bench_{os.getpid()}"
        say("Making a demonstration shop …")
        database.create(name, "demo")
        server = Server(name, cron_threads=0)
        try:
            server.start()
            figures = bench(server, options.rounds)
        finally:
            server.stop()
            database.drop(name)
    empty = figures[0]
    for figure in figures:
        say(figure.line(empty))
    if options.json:
        options.json.write_text(
            json.dumps({f.name: vars(f) for f in figures}, indent=2) + "\n",
            encoding="utf-8",
        )
    costs = {figure.name: figure.total for figure in figures}
    older = costs[slots_page(MANY)] / costs[slots_page(FEW)]
    say(f"The slots page costs {older:.2f} times as much with {MANY:,} past orders as with {FEW:,}.")
    dear = False
    if costs[LIST_PAGE] > LIST_BUDGET:
        say(f"The list page costs more than its budget of {LIST_BUDGET} ms.")
        dear = True
    if older > OLD_BUDGET:
        say(f"That is more than its budget of {OLD_BUDGET} times.")
        dear = True
    return int(dear)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main(_main)
