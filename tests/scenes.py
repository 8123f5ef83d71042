"""Every page that a member can see, in every state, is a scene; they are in `scenes_*.py`.

Each scene brings about its own state, so that scenes can be shown
alone and in any order; what one changes in the shop for others, it puts back (`Shop.later`).
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from support import Rpc, open_slot

# Whoever is not signed in.
VISITOR = None
# A member who has done nothing yet.
NEWCOMER = "nouvelle"
WEEK = {"Oranges de Sicile": 1.5, "Miche de campagne 800 g": 2, "Tomme de brebis fermière": 0.3, "Spaghetti": 2}

SCENES = {}


@dataclass(frozen=True)
class Scene:
    name: str
    # The route, as the shop's routing map has it.
    rule: str
    login: str | None
    # Brings the state about; returns the address, or nothing when the page is there already.
    arrange: Callable


def scene(rule, login="membre"):
    """Makes a scene of a function, which has its name and takes a `Visit`."""

    def keep(function):
        name = function.__name__.replace("_", "-")
        SCENES[name] = Scene(name, rule, login, function)
        return function

    return keep


def plain(name, address, login="membre", rule=None):
    """A scene for which nothing has to be done."""
    SCENES[name] = Scene(name, rule or address.partition("?")[0], login, lambda visit: address)


NEWCOMER_COMES = """
users = env["res.users"].with_context(no_reset_password=True)
if not users.search([("login", "=", login)]):
    person = env["res.partner"].create({"name": "Inès Roux", "lang": "fr_FR", "coop_state": "up_to_date"})
    groups = [(6, 0, env.ref("base.group_portal").ids)]
    users.create({"login": login, "password": login, "partner_id": person.id, "group_ids": groups})
"""


class Shop:
    """The shop behind the pages, as its administrator sees it."""

    def __init__(self, server):
        self.url = server.url
        self.rpc = Rpc(server.url, server.database, "admin")
        self._undo = []
        self._kept = {}
        [model] = self.rpc("ir.model", "search", [("model", "=", "res.partner")])
        self._action = {"name": "Scenes", "model_id": model, "state": "code"}
        self.run(NEWCOMER_COMES, login=NEWCOMER)

    def run(self, code, **values):
        """Run Odoo code in the shop; return what it leaves in `result`."""
        setting = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        code = f"env = env(su=True)\nresult = None\n{setting}{code}\naction = {{'result': result}}"
        action = self.rpc("ir.actions.server", "create", {**self._action, "code": code})
        try:
            return self.rpc("ir.actions.server", "run", [action])["result"]
        finally:
            self.rpc("ir.actions.server", "unlink", [action])

    def later(self, code, **values):
        """Odoo code that puts things back when the scene is over."""
        self._undo.append((code, values))

    def put_back(self):
        while self._undo:
            code, values = self._undo.pop()
            self.run(code, **values)

    def once(self, name, make):
        """What all scenes share, made when the first one needs it."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def product(self, name):
        [product] = self.rpc("product.product", "search", [("name", "=", name), ("drive_ok", "=", True)])
        return product

    def order(self, login, state):
        """The id of the demonstration's last order of a person in a state."""
        domain = [("partner_id.user_ids.login", "=", login), ("is_drive", "=", True), ("drive_state", "=", state)]
        [order] = self.rpc("sale.order", "search", domain, order="id desc", limit=1)
        return order


class Visit:
    """A person in front of a page of the shop."""

    def __init__(self, shop, page):
        self.shop, self.page = shop, page

    def call(self, path, allowed=(), **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.page.request.post(f"/drive/api/{path}", data=body).json()
        assert "error" not in answer, answer
        assert answer["result"].get("code") in (None, *allowed), answer
        return answer["result"]

    def get(self, address):
        return self.page.request.get(address).text()

    def post(self, address, **values):
        [token] = re.findall(r'name="csrf_token" value="([^"]+)"', self.get("/drive/me"))[:1]
        answer = self.page.request.post(address, form={"csrf_token": token, **values})
        assert answer.ok, f"{address}: {answer.status}"

    def products_in(self, address):
        return dict.fromkeys(re.findall(r'name="product_id" value="(\d+)"', self.get(address)))

    def basket(self, quantities, hold=False):
        """The basket has these products and no others; a slot is held for it, or none."""
        for product in self.products_in("/drive/basket"):
            self.call("basket/set", product_id=int(product), qty=0)
        self.call("slots/release", allowed=("no_slot",))
        for name, quantity in quantities.items():
            answer = self.call("basket/set", product_id=self.shop.product(name), qty=quantity)
        if hold:
            assert self.call("slots/hold", slot_id=open_slot(self.get("/drive/slots")))["held"]
        return answer["basket_total"] if quantities else 0

    def order(self):
        """The id of an order that this person has confirmed and may still change."""

        def make():
            total = self.basket(WEEK, hold=True)
            answer = self.call("checkout/confirm", idempotency_key=uuid.uuid4().hex, total_seen=total)
            return int(answer["url"].rpartition("/")[2])

        return self.shop.once("order", make)

    def list(self):
        """The id of a list of this person."""

        def make():
            self.basket(WEEK)
            self.post("/drive/lists/keep", name="Semaine", source="basket")
            return re.search(r"/drive/lists/(\d+)\"", self.get("/drive/lists"))[1]

        return self.shop.once("list", make)
