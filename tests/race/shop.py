"""A shop of the races' own: a point, members, products and slots, on one server after the other."""

import contextlib
import itertools
import re
import uuid
from datetime import datetime, timedelta

import postgres
from clients import PASSWORD, Member, Queue, Rpc, at_once, each, home

LANGUAGE = "fr_FR"
# A server with threads takes everybody in at once, each with a connection to the database:
# the client lets in as many at a time as the proxy does before four workers.
THREADS_AT_ONCE = 8


class Shop:
    """A database and what is in it; `open` says which server it is reached by.

    Members sign in once: their sessions stay when another server opens the same shop.
    """

    def __init__(self, database, crowd=20):
        self.database = database
        self.crowd = []
        self._crowd_size = crowd
        self._minutes = itertools.count()

    def open(self, server, queue=True):
        """Reach the shop by a server that runs.

        :param queue: whether threads are protected by a queue, as workers are by the proxy
        """
        self.server, self.url, self.log = server, server.url, server.log
        # Whom to trust: a server without TLS asks nobody.
        self.verify = str(server.authority) if server.authority else True
        protected = queue and not server.workers
        self.queue = Queue(THREADS_AT_ONCE) if protected else contextlib.nullcontext()
        if not self.crowd:
            self.rpc = Rpc(self)
            self.point_id, self.shelf_id = self._create_point()
            self.crowd = self._create_members(self._crowd_size)
            # Signing in costs most of a second of processor time: once for all races.
            each(self.crowd, Member.sign_in)
        return self

    @property
    def members(self):
        """Twenty of them."""
        return self.crowd[:20]

    def _create_point(self):
        """A point without hours of its own, and the location that its goods are taken from."""
        rpc = self.rpc
        calendar = rpc.call("resource.calendar", "create", {"name": "Race", "tz": "Europe/Paris"})
        # Baskets begin at the first point of the company: this one.
        others = rpc.call("drive.point", "search", [])
        rpc.call("drive.point", "write", others, {"active": False})
        point_id = rpc.call(
            "drive.point",
            "create",
            # Offers at any hour: a race runs whenever somebody starts it.
            {
                "name": "Race",
                "calendar_id": calendar,
                "max_open_orders": 1000,
                "offer_from_hour": 0,
                "offer_to_hour": 24,
            },
        )
        [point] = rpc.call("drive.point", "read", [point_id], ["warehouse_id"])
        [warehouse] = rpc.call("stock.warehouse", "read", [point["warehouse_id"][0]], ["lot_stock_id"])
        return point_id, warehouse["lot_stock_id"][0]

    def _create_members(self, count):
        """Portal users; the pages speak French to them."""
        portal = self.rpc.call(
            "ir.model.data", "search_read", [("module", "=", "base"), ("name", "=", "group_portal")], ["res_id"]
        )[0]["res_id"]
        logins = [f"race-{number}" for number in range(count)]
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
        return [
            Member(self, login, partner, home(number))
            for number, (login, partner) in enumerate(zip(logins, partners, strict=True))
        ]

    def create_slot(self, capacity, hours=48, **values):
        """A slot of its own, so many hours from now."""
        start = datetime.utcnow() + timedelta(hours=hours, minutes=next(self._minutes))
        # Those of the opening hours begin with a minute.
        start = start.replace(second=30)
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

    def create_product(self, stock):
        return self.create_products(1, stock)[0]

    def create_products(self, count, stock):
        """So many articles at one euro, each with so many pieces on the shelf."""
        values = {"type": "consu", "is_storable": True, "list_price": 1.0, "taxes_id": [(6, 0, [])], "drive_ok": True}
        names = [{"name": f"Race {uuid.uuid4().hex[:6]}"} for _product in range(count)]
        products = self.rpc.call("product.product", "create", [values | name for name in names])
        quant = {"location_id": self.shelf_id, "inventory_quantity": stock}
        quants = self.rpc.call("stock.quant", "create", [quant | {"product_id": product} for product in products])
        self.rpc.call("stock.quant", "action_apply_inventory", quants)
        return products

    def reserved(self, product):
        """How much of a product is promised, all orders together."""
        moves = self.rpc.call(
            "stock.move",
            "search_read",
            [("product_id", "=", product), ("state", "in", ("assigned", "partially_available"))],
            ["quantity"],
        )
        return sum(move["quantity"] for move in moves)

    def release(self, members):
        """The members give the places back that they hold, as their pages do."""
        at_once(members, lambda member: member.call("slots/release"))

    def empty_baskets(self):
        """No member has a basket, nor a held place."""
        self._act_on_orders("basket", "unlink")

    def cancel_orders(self, *domain):
        """No member has an order to collect, or none of those."""
        self._act_on_orders("confirmed", "action_cancel", *domain)

    def _act_on_orders(self, state, action, *domain):
        theirs = ("partner_id", "in", [member.partner_id for member in self.crowd])
        orders = self.rpc.call("sale.order", "search", [("drive_state", "=", state), theirs, *domain])
        if orders:
            self.rpc.call("sale.order", action, orders)

    def ready_to_confirm(self, members, products, slot=None, capacity=None):
        """Each member holds a place in one slot and has the products in a basket.

        :return: the total that they see
        """
        slot = slot or self.create_slot(capacity or len(members))

        def prepare(member):
            held = member.call("slots/hold", slot_id=slot)
            assert held.result.get("held"), held.body
            for product in products:
                filled = member.fill(product)
            return filled.result["basket_total"]

        [total] = set(each(members, prepare))
        return total


def refused(answers, taken, sentence):
    """Whether those who did not get anything all got a sentence, in French."""
    return all(re.search(sentence, answer.result["message"]) for answer in answers if answer not in taken)
