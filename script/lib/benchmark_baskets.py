"""What a till asks: the baskets of a busy day."""

import database
import postgres
import shop_days
from benchmark_clients import Client
from benchmark_measure import Alone
from benchmark_preparation import FLOOR_ROUTE
from benchmark_shops import OURS
from benchmark_table import Budget, row
from serving import Server

# As of the members' pages: 300 ms where the floor is one.
LIST_BUDGET = Budget("of_floor", 300, "x of floor")


class Till:
    """A cashier at the list of baskets."""

    def __init__(self, server, config):
        self.server, self.config = server, config
        self.clients = [Client(server, "caissier", "caissier")]

    def floor(self, client, _number):
        client.call(FLOOR_ROUTE)

    def orders(self, client, _number):
        return client.call(
            "/web/dataset/call_kw/sale.order/drive_till_orders",
            model="sale.order",
            method="drive_till_orders",
            args=[self.config],
            kwargs={},
        )


def measure(baskets: int, rounds: int, name: str) -> list[dict]:
    """The row of so many baskets of the day, on a database that is called so."""
    database.create(name, "demo")
    try:
        shop_days.fill_till_day(name, baskets)
        articles = int(postgres.psql("SELECT count(*) FROM product_template WHERE drive_ok", name))
        config = int(postgres.psql("SELECT min(id) FROM pos_config WHERE drive_point_id IS NOT NULL", name))
        with Server(name, cron_threads=0) as server:
            till, alone = Till(server, config), Alone()
            found = len(till.orders(till.clients[0], 0))
            assert found >= baskets, found
            alone.measure({(thing, OURS): (till, getattr(till, thing)) for thing in ("floor", "orders")}, rounds)
    finally:
        database.drop(name)
    costs = {thing: figure.summary() for (thing, _kind), figure in alone.figures.items()}
    place = {"articles": articles, "connections": 1, "what": f"the till's list of {baskets} baskets"}
    return [row(place, costs["orders"], None, costs["floor"]["ms"], LIST_BUDGET)]
