"""Measures the members' shop beside Odoo's own, with the same articles on the same machine.

    script/bench [--articles N]... [--quick] [--real-products FILE] [--json FILE] [--keep]

For each number of articles (200, 2,000 and 20,000 unless named) a shop with this addon
and one with website_sale and website_sale_collect are made, and asked in turn: by one
member, when the times are Odoo's own, as its log says; by eight members at once, through
the proxy and two workers, when the times are what each of them waits; and by a phone, as
Lighthouse plays it. A row tells how ours compares with Odoo's own shop ("of stock") and
with a route that knows who asks and does nothing ("of floor"). On another machine, or
beside other work, compare these ratios, not the milliseconds. Then a volunteer opens a large
batch in the demonstration shop, and does one thing after the other in it; prepared orders are
paid there at the till, in turn with the same orders as pos_sale alone settles them, and a cashier
lists the baskets of a busy day. The last part of the table says of each budget what was measured, and
whether it is met.

Most of the time goes into making the shops: some minutes for the first two, and more for
20,000 articles; --keep saves it the next time. With the shops there, --quick measures in one or
two minutes, all of it in half an hour.

Ends with 0 when every budget is met, 3 when one is not, 1 when nothing could be measured.
"""

import argparse
import contextlib
import itertools
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import benchmark_baskets
import benchmark_lighthouse
import benchmark_preparation
import benchmark_shops
import benchmark_till
import database
import past_orders
import postgres
from benchmark_clients import Drive, OdooShop
from benchmark_measure import Alone, Crowd
from benchmark_shops import MEMBERS, OURS, STOCK
from benchmark_table import Budget, lines, page_row, row
from common import LOGS, ROOT, Failure, main, say
from serving import Server

ARTICLES = (200, 2_000, 20_000)
WORKERS = 2
NOT_MET = 3
LONG_LISTS = Path(__file__).parent / "bench_addons" / "drive_long_list"
FLOOR = "a signed-in route that does nothing"
# Past orders of a young and of an old shop; the slots page costs the same in both, but for noise.
FEW, MANY = 1_000, 100_000
# Milliseconds where the floor takes one: they are judged as so many times the floor.
LIST_BUDGET, CHANGE_BUDGET, SEARCH_BUDGET = (Budget("of_floor", most, "x of floor") for most in (6, 5, 30))
CONFIRM_BUDGET = Budget("of_stock", 1, "x of stock")
OLD_BUDGET = Budget("of_stock", 1.5, "x of young")
PAGE_BUDGETS = (Budget("kb", 100, "kB"), Budget("lcp_ms", 1500, "ms"), Budget("cls", 0.02))


@dataclass(frozen=True)
class Plan:
    """How much is asked."""

    rounds: int = 40
    bursts: int = 3
    burst_rounds: int = 10
    confirmations: int = 6
    settlements: int = 10
    lines: int = 30
    confirmed_lines: int = 40
    prepared: tuple = (40, 30)
    """Orders of a batch, and lines of each."""
    handed: int = 300
    """Baskets of a day at the till."""
    whole: bool = True
    """Also what takes long: an old shop, and Lighthouse."""


QUICK = Plan(
    rounds=4,
    bursts=1,
    burst_rounds=1,
    confirmations=1,
    settlements=1,
    lines=8,
    prepared=(2, 10),
    handed=5,
    whole=False,
)


class Bench:
    """The rows of all that was measured so far."""

    def __init__(self, plan: Plan, real_products: Path | None):
        self.plan, self.real_products = plan, real_products
        self.rows, self.pages = [], []
        self.made = []
        """The shops that were not there before, as templates."""

    @property
    def met(self):
        return all(one["met"] for one in [*self.rows, *self.pages])

    def run(self, articles: int) -> None:
        """Measure the two shops with so many articles."""
        existing = database.names()
        templates = benchmark_shops.shops(articles, self.real_products)
        self.made += [name for name in templates.values() if name not in existing]
        names = {kind: f"bench_{kind}_{os.getpid()}" for kind in templates}
        try:
            for kind, name in names.items():
                database.clone(templates[kind], name)
            with self._serving(names, workers=0) as shops, _long_lists(names[OURS]) as long:
                self._one_member(articles, *shops, long)
            with self._serving(names, workers=WORKERS) as shops:
                self._many_members(articles, *shops)
                if self.plan.whole:
                    self._phone(articles, *shops)
        finally:
            for name in names.values():
                database.drop(name)

    def prepare(self) -> None:
        """Measure the preparers' screen."""
        orders, each = self.plan.prepared
        say(f"a batch of {orders} orders with {each} lines each …")
        self.rows += benchmark_preparation.measure(orders, each, self.plan.rounds, f"bench_batch_{os.getpid()}")

    def settle(self) -> None:
        """Measure the till."""
        say(f"orders of {self.plan.confirmed_lines} lines at the till …")
        self.rows += benchmark_till.measure(
            self.plan.confirmed_lines, self.plan.settlements, f"bench_till_{os.getpid()}"
        )

    def hand_over(self) -> None:
        """Measure the till's list."""
        baskets = self.plan.handed
        say(f"{baskets} baskets of a day at the till …")
        self.rows += benchmark_baskets.measure(baskets, self.plan.rounds, f"bench_baskets_{os.getpid()}")

    @contextlib.contextmanager
    def _serving(self, names, workers):
        with contextlib.ExitStack() as stack:
            servers = {kind: Server(name, workers=workers, cron_threads=0) for kind, name in names.items()}
            for server in servers.values():
                stack.enter_context(server)
            yield Drive(servers[OURS]), OdooShop(servers[STOCK])

    # One member

    def _one_member(self, articles, drive, stock, long):
        say(f"{articles:,} articles: one member asks …")
        plan = self.plan
        long.open(1)
        for shop in (drive, stock):
            shop.open(1)
            if len(shop.articles) < plan.confirmed_lines:
                raise Failure(f"{shop.server.database} has too few articles with stock.")
            shop.fill(shop.clients[0], plan.lines)
        alone = Alone()
        tasks = _tasks(drive, stock, ["slots", "hold"]) | {("long_list", OURS): (long, long.list_page)}
        alone.measure(tasks, plan.rounds)
        confirm = {
            ("confirm", shop.kind): (shop, lambda *given, shop=shop: shop.confirm(*given, plan.confirmed_lines))
            for shop in (drive, stock)
        }
        changed = {("changed", OURS): (drive, drive.list_page_after_change)}
        alone.measure_inside(changed, plan.confirmations)
        alone.measure_inside(confirm, plan.confirmations)
        self._add_rows(articles, 1, alone)
        if plan.whole and articles == min(ARTICLES):
            self._grow_old(articles, drive)

    def _grow_old(self, articles, drive):
        """The slots page with few and with many past orders, in one database."""
        alone = Alone()
        for first, last in ((1, FEW), (FEW + 1, MANY)):
            begun = time.monotonic()
            past_orders.add(drive.server.database, first, last)
            say(f"    {last:,} past orders ({time.monotonic() - begun:.0f} s)")
            alone.measure({(last, OURS): (drive, drive.slots)}, self.plan.rounds)
        young, old = (alone.figures[count, OURS].summary() for count in (FEW, MANY))
        what = f"slots, {MANY:,} past orders beside {FEW:,}"
        place = {"articles": articles, "connections": 1, "what": what}
        self.rows.append(row(place, old, young, None, OLD_BUDGET))

    # Eight

    def _many_members(self, articles, drive, stock):
        say(f"{articles:,} articles: {MEMBERS} members at once …")
        for shop in (drive, stock):
            shop.open(MEMBERS)
            shop.at_once(lambda client, shop=shop: shop.fill(client, self.plan.lines))
        crowd = Crowd()
        crowd.measure(_tasks(drive, stock, []), self.plan.bursts, self.plan.burst_rounds)
        self._add_rows(articles, MEMBERS, crowd)

    def _add_rows(self, articles, connections, measured):
        costs = {key: figure.summary() for key, figure in measured.figures.items()}
        floor = costs["floor", OURS]["ms"]
        for thing, (what, budget) in self._things(connections).items():
            if (thing, OURS) in costs:
                ours, other = costs[thing, OURS], costs.get((thing, STOCK))
                place = {"articles": articles, "connections": connections, "what": what}
                self.rows.append(row(place, ours, other, floor, budget))

    def _things(self, connections):
        """What there is to measure, as the table calls it, with its budget."""
        plan = self.plan
        # The budgets are those of one member.
        alone = connections == 1
        return {
            "floor": (FLOOR, None),
            "list_page": (f"list: 48 articles, 20 of stock; {plan.lines} lines", alone and LIST_BUDGET),
            "long_list": ("list of 200 articles", None),
            "changed": ("list, first after an article changed", None),
            "search": ("search", alone and SEARCH_BUDGET),
            "product": ("an article", None),
            "change": ("change a quantity in the basket", alone and CHANGE_BUDGET),
            "basket": ("basket", None),
            "checkout": ("check-out", None),
            "slots": ("slots", None),
            "hold": ("hold a slot", None),
            "confirm": (f"confirm {plan.confirmed_lines} lines, reserved", CONFIRM_BUDGET),
        }

    # A phone

    def _phone(self, articles, drive, stock):
        say(f"{articles:,} articles: a phone looks …")
        for what, path, other_path in (
            ("list", "/drive", "/shop"),
            ("an article", drive.product_path(0), stock.product_path(0)),
            ("basket", "/drive/basket", "/shop/cart"),
        ):
            seen = [
                benchmark_lighthouse.look(f"{shop.server.url}{there}", shop.clients[0].http.cookies["session_id"])
                for shop, there in ((drive, path), (stock, other_path))
            ]
            say(f"    {what}")
            self.pages.append(page_row(articles, what, *seen, PAGE_BUDGETS))


@contextlib.contextmanager
def _long_lists(name):
    """The drive with 200 articles on a page, by a server of its own."""
    changed = {"ODOO_ADDONS_PATH": f"{ROOT},{LONG_LISTS.parent}"}
    changed["ODOO_SERVER_WIDE_MODULES"] = f"base,rpc,web,{LONG_LISTS.name}"
    server = Server(name, cron_threads=0, log=LOGS / f"server-{name}-long.log")
    with mock.patch.dict(os.environ, changed):
        server.start()
    try:
        yield Drive(server)
    finally:
        server.stop()


def _tasks(drive, stock, ours_alone):
    """What is asked of both shops, in turn, and of ours alone."""
    both = ["floor", "list_page", "search", "product", "change", "basket", "checkout"]
    tasks = {
        (thing, shop.kind): (shop, getattr(shop, thing)) for thing, shop in itertools.product(both, (drive, stock))
    }
    return tasks | {(thing, OURS): (drive, getattr(drive, thing)) for thing in ours_alone}


def parse():
    parser = argparse.ArgumentParser(
        prog="script/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--articles", type=int, action="append", metavar="N", help="so many articles; can be given more than once"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"{min(ARTICLES)} articles, few rounds, no phone: whether all works; some five minutes, two with "
        "shops that an earlier run kept",
    )
    parser.add_argument("--preparation", action="store_true", help="only what preparers do")
    parser.add_argument("--till", action="store_true", help="only what a till does")
    parser.add_argument(
        "--real-products", type=Path, metavar="FILE", help="a CSV of real products to fill the shops with"
    )
    parser.add_argument("--rounds", type=int, default=Plan.rounds, help="requests a figure (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures too")
    parser.add_argument("--keep", action="store_true", help="keep the shops that are made: the next run begins sooner")
    return parser.parse_args()


def _main() -> int:
    options, begun = parse(), time.monotonic()
    if options.real_products and not options.real_products.is_file():
        raise Failure(f"{options.real_products} is not a file.")
    bench = Bench(QUICK if options.quick else Plan(rounds=options.rounds), options.real_products)
    sizes = options.articles or (ARTICLES[:1] if options.quick else ARTICLES)
    with postgres.running():
        try:
            for articles in [] if options.preparation or options.till else sizes:
                bench.run(articles)
            if not options.till:
                bench.prepare()
            if not options.preparation:
                bench.settle()
                bench.hand_over()
        finally:
            if not options.keep:
                for name in bench.made:
                    database.drop(name)
    for line in lines(bench.rows, bench.pages):
        say(line)
    say(f"\nMade and measured in {(time.monotonic() - begun) / 60:.0f} minutes.")
    if options.json:
        figures = {"met": bench.met, "rows": bench.rows, "pages": bench.pages}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if bench.met else NOT_MET


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main(_main)
