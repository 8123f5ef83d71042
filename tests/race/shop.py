"""A shop under load: members who really sign in, over HTTP, and act at once."""

import statistics
import threading
import time
import uuid
from datetime import datetime, timedelta

import requests

import postgres

PASSWORD = "a password for the race"
LANGUAGE = "fr_FR"


class Rpc:
    """The administrator, by JSON-RPC."""

    def __init__(self, url, database, login="admin", password="admin"):
        self.url, self.database, self.password = url, database, password
        self.user_id = self._send("common", "login", database, login, password)

    def _send(self, service, method, *arguments):
        body = {
            "jsonrpc": "2.0",
            "params": {"service": service, "method": method, "args": arguments},
        }
        answer = requests.post(f"{self.url}/jsonrpc", json=body, timeout=120).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer.get("result")

    def call(self, model, method, *arguments, **options):
        return self._send(
            "object",
            "execute_kw",
            self.database,
            self.user_id,
            self.password,
            model,
            method,
            arguments,
            options,
        )


class Answer:
    """What a member got: HTTP status, JSON body, and how long it took (seconds)."""

    def __init__(self, response, seconds):
        self.status = response.status_code
        self.seconds = seconds
        self.body = response.json() if response.ok else {}

    @property
    def result(self):
        return self.body.get("result") or {}

    @property
    def is_clean(self):
        """Neither a failure of the server nor an error in the answer."""
        return self.status == 200 and "error" not in self.body


class Member:
    """A member with a session of their own."""

    def __init__(self, shop, login, partner_id):
        self.shop, self.login, self.partner_id = shop, login, partner_id
        self.http = requests.Session()

    def sign_in(self):
        body = {
            "jsonrpc": "2.0",
            "params": {
                "db": self.shop.database,
                "login": self.login,
                "password": PASSWORD,
            },
        }
        url = f"{self.shop.url}/web/session/authenticate"
        answer = self.http.post(url, json=body, timeout=120).json()
        assert answer.get("result", {}).get("uid"), answer

    def call(self, route, **parameters):
        """Call one of the pages' own JSON routes."""
        body = {"jsonrpc": "2.0", "params": parameters}
        url = f"{self.shop.url}/drive/api/{route}"
        started = time.monotonic()
        response = self.http.post(url, json=body, timeout=120)
        return Answer(response, time.monotonic() - started)

    def get(self, path):
        started = time.monotonic()
        response = self.http.get(f"{self.shop.url}{path}", timeout=120)
        return response, time.monotonic() - started

    def fill(self, product_id, quantity=1):
        return self.call("basket/set", product_id=product_id, qty=quantity)

    def confirm(self, total, key=None):
        return self.call(
            "checkout/confirm",
            idempotency_key=key or uuid.uuid4().hex,
            total_seen=total,
        )


class Shop:
    """A point, members and products of their own, on a running server."""

    def __init__(self, server, member_count=20):
        self.url, self.database, self.log = server.url, server.database, server.log
        self.rpc = Rpc(self.url, self.database)
        self.point_id = self._create_point()
        self.members = self._create_members(member_count)
        # Signing in costs most of a second of processor time: once for all rounds.
        at_once(self.members, Member.sign_in)

    def _create_point(self):
        rpc = self.rpc
        calendar = rpc.call("resource.calendar", "create", {"name": "Race", "tz": "Europe/Paris"})
        # Baskets begin at the first point of the company: this one.
        others = rpc.call("drive.point", "search", [])
        rpc.call("drive.point", "write", others, {"active": False})
        return rpc.call(
            "drive.point",
            "create",
            {"name": "Race", "calendar_id": calendar, "max_open_orders": 1000},
        )

    def _create_members(self, count):
        """Portal users; the pages speak French to them."""
        portal = self.rpc.call(
            "ir.model.data", "search_read", [("module", "=", "base"), ("name", "=", "group_portal")], ["res_id"]
        )[0]["res_id"]
        run = uuid.uuid4().hex[:8]
        logins = [f"race-{run}-{number}" for number in range(count)]
        partners = self.rpc.call(
            "res.partner",
            "create",
            [{"name": login, "coop_state": "up_to_date", "lang": LANGUAGE} for login in logins],
        )
        users = self.rpc.call(
            "res.users",
            "create",
            [
                {"login": login, "partner_id": partner, "group_ids": [(6, 0, [portal])]}
                for login, partner in zip(logins, partners, strict=True)
            ],
        )
        # Hashing a password costs most of a second: one hash serves them all.
        self.rpc.call("res.users", "write", users[:1], {"password": PASSWORD})
        postgres.psql(
            f"UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = {users[0]})"
            f" WHERE id IN ({', '.join(map(str, users))})",
            self.database,
        )
        return [Member(self, login, partner) for login, partner in zip(logins, partners, strict=True)]

    def create_slot(self, capacity, hours=48, **values):
        """A slot of its own, so many hours from now."""
        taken = self.rpc.call("drive.slot", "search_count", [])
        start = datetime.utcnow() + timedelta(hours=hours, minutes=taken)
        text = start.strftime("%Y-%m-%d %H:%M:%S")
        stop = (start + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S")
        return self.rpc.call(
            "drive.slot",
            "create",
            {
                "point_id": self.point_id,
                "start": text,
                "stop": stop,
                "window_start": text,
                "capacity": capacity,
                **values,
            },
        )

    def create_product(self, stock, price=1.0):
        product = self.rpc.call(
            "product.product",
            "create",
            {
                "name": f"Race {uuid.uuid4().hex[:6]}",
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "taxes_id": [(6, 0, [])],
                "drive_ok": True,
            },
        )
        [point] = self.rpc.call("drive.point", "read", [self.point_id], ["warehouse_id"])
        [warehouse] = self.rpc.call("stock.warehouse", "read", [point["warehouse_id"][0]], ["lot_stock_id"])
        quant = self.rpc.call(
            "stock.quant",
            "create",
            {
                "product_id": product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity": stock,
            },
        )
        self.rpc.call("stock.quant", "action_apply_inventory", [quant])
        return product

    def clear(self):
        """Give back all places and baskets of the members, between two rounds."""
        for state, action in (("basket", "unlink"), ("confirmed", "action_cancel")):
            orders = self.rpc.call(
                "sale.order",
                "search",
                [
                    ("drive_state", "=", state),
                    ("partner_id", "in", [m.partner_id for m in self.members]),
                ],
            )
            if orders:
                self.rpc.call("sale.order", action, orders)


def at_once(actors, action):
    """Run ``action(actor)`` for all at the same moment.

    :return: the results, in the order of ``actors``
    """
    barrier = threading.Barrier(len(actors))
    results = [None] * len(actors)
    failures = []

    def act(index, actor):
        barrier.wait()
        try:
            results[index] = action(actor)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=act, args=(index, actor)) for index, actor in enumerate(actors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def times(answers):
    """How long they took: half, 95 of 100, and the slowest, in milliseconds."""
    seconds = sorted(answer.seconds for answer in answers)
    p95 = seconds[max(0, round(len(seconds) * 0.95) - 1)]
    return f"p50 {statistics.median(seconds) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, max {seconds[-1] * 1000:.0f} ms"
