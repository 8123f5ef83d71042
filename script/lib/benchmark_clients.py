"""Who asks the measured shops: members who really sign in, and what each thing is in either shop."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import requests

import postgres
from benchmark_shops import PASSWORD, SOLD, login
from common import Failure

# Articles whose own pages are read.
SOME = 10
# Articles with stock to spare and the step they are sold by.
ARTICLES = """
SELECT p.id, t.id, {step}, COALESCE(t.name->>'fr_FR', t.name->>'en_US')
  FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
  JOIN stock_quant q ON q.product_id = p.id
  JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'
 WHERE p.active AND t.active AND {sold}
 GROUP BY p.id, t.id HAVING sum(q.quantity - q.reserved_quantity) > 9
 ORDER BY p.id LIMIT 60
"""
# Words that people type: of names all over the shop.
WORDS = """
SELECT DISTINCT word
  FROM (SELECT COALESCE(name->>'fr_FR', name->>'en_US') AS name, id FROM product_template t
         WHERE {sold} ORDER BY md5(id::text) LIMIT 2000) AS names,
       LATERAL regexp_split_to_table(lower(name), '[^[:alpha:]]+') AS word
 WHERE length(word) > 3 ORDER BY word LIMIT 400
"""


class Client:
    """One signed-in connection to a shop."""

    def __init__(self, server, name, password):
        self.url, self.http = server.url, requests.Session()
        self.turns = itertools.count()
        answer = self.call("/web/session/authenticate", db=server.database, login=name, password=password)
        if not answer.get("uid"):
            raise Failure(f"{name} cannot sign in at {server.database}.")

    def call(self, path, **parameters):
        answer = self.http.post(f"{self.url}{path}", json={"params": parameters}, timeout=300)
        answer.raise_for_status()
        body = answer.json()
        if "error" in body:
            raise Failure(f"{path} failed: {body['error']['data']['message']}")
        return body.get("result")

    def get(self, path):
        answer = self.http.get(f"{self.url}{path}", timeout=300)
        answer.raise_for_status()
        return answer


class Shop:
    """What is asked of either shop; a method for each thing, called with a client and a number."""

    kind = ""
    step = "1"

    def __init__(self, server):
        self.server = server
        fill = {"sold": SOLD[self.kind], "step": self.step}
        rows = postgres.psql(ARTICLES.format(**fill), server.database).splitlines()
        parts = [row.split("|", 3) for row in rows]
        self.articles = [(int(product), int(template), float(step)) for product, template, step, _name in parts]
        self.words = postgres.psql(WORDS.format(**fill), server.database).splitlines()
        self.clients = []

    def open(self, members):
        """Sign so many members in."""
        self.clients = [Client(self.server, login(number), PASSWORD) for number in range(members)]

    def at_once(self, action):
        """``action(client)`` for all."""
        with ThreadPoolExecutor(len(self.clients)) as pool:
            list(pool.map(action, self.clients))

    def floor(self, client, number):
        """A route of Odoo's own that knows who asks, and does nothing."""
        client.call("/web/session/check")

    def word(self, number):
        return self.words[number % len(self.words)]

    def article(self, number):
        return self.articles[number % len(self.articles)]


class Drive(Shop):
    """The members' shop of this addon."""

    kind = "drive"
    step = "t.drive_qty_step"

    def fill(self, client, lines):
        for product, _template, step in self.articles[:lines]:
            client.call("/drive/api/basket/set", product_id=product, qty=step)

    def list_page(self, client, number):
        client.get("/drive")

    def list_page_after_change(self, client, number, measured):
        """The list page after somebody changed an article: what was remembered of it is made again."""
        _product, template, _step = self.article(number)
        postgres.psql(
            f"INSERT INTO drive_catalogue_change (create_date, template_ids) VALUES (now(), '[{template}]')",
            self.server.database,
        )
        with measured:
            self.list_page(client, number)

    def search(self, client, number):
        client.get(f"/drive/search?q={self.word(number)}")

    def product(self, client, number):
        client.get(self.product_path(number))

    def product_path(self, number):
        return f"/drive/product/{self.article(number % SOME)[0]}"

    def change(self, client, number):
        product, _template, step = self.articles[0]
        client.call("/drive/api/basket/set", product_id=product, qty=step * (1 + next(client.turns) % 2))

    def basket(self, client, number):
        client.get("/drive/basket")

    def checkout(self, client, number):
        client.get("/drive/checkout")

    def slots(self, client, number):
        client.get("/drive/slots")

    @cached_property
    def open_slots(self):
        """Two slots of which nobody has a place yet."""
        return postgres.psql(
            "SELECT id FROM drive_slot WHERE closed IS NOT TRUE AND capacity > 0"
            " AND start > now() AT TIME ZONE 'UTC' + interval '1 day'"
            " AND start < now() AT TIME ZONE 'UTC' + interval '8 days'"
            " AND NOT EXISTS (SELECT FROM drive_booking b WHERE b.slot_id = drive_slot.id AND b.state <> 'released')"
            " ORDER BY start DESC LIMIT 2",
            self.server.database,
        ).split()

    def hold(self, client, number):
        client.call("/drive/api/slots/hold", slot_id=int(self.open_slots[number % 2]))

    def confirm(self, client, number, measured, lines):
        """Fill a basket, confirm it, and give all back; only the confirmation is ``measured``."""
        self.fill(client, lines)
        self.hold(client, number)
        product, _template, step = self.articles[0]
        total = client.call("/drive/api/basket/set", product_id=product, qty=step)["basket_total"]
        with measured:
            answer = client.call("/drive/api/checkout/confirm", idempotency_key=uuid.uuid4().hex, total_seen=total)
        if not answer.get("order"):
            raise Failure(f"the confirmation was refused: {answer.get('message')}")
        client.call("/drive/api/orders/cancel", order=answer["order"], idempotency_key=uuid.uuid4().hex)


class OdooShop(Shop):
    """Odoo's own: website_sale with click and collect."""

    kind = "shop"

    def fill(self, client, lines):
        for number in range(lines):
            self._add(client, number)

    def _add(self, client, number):
        product, template, _step = self.article(number)
        client.call("/shop/cart/add", product_template_id=template, product_id=product, quantity=1)

    def list_page(self, client, number):
        client.get("/shop")

    def search(self, client, number):
        client.get(f"/shop?search={self.word(number)}")

    def product(self, client, number):
        client.get(self.product_path(number))

    def product_path(self, number):
        return self._paths[number % SOME]

    @cached_property
    def _paths(self):
        """Of some articles; another name than their own leads there."""
        found = [self.clients[0].get(f"/shop/article-{self.article(number)[1]}").url for number in range(SOME)]
        return [address.removeprefix(self.server.url) for address in found]

    def change(self, client, number):
        self._add(client, 0)

    def basket(self, client, number):
        client.get("/shop/cart")

    def checkout(self, client, number):
        client.get("/shop/checkout")

    def confirm(self, client, number, measured, lines):
        """Confirm an order of a member as a salesperson's button does; the shop's own way
        there (payment, mail) costs more than that."""
        admin = self._office
        [partner] = _rpc(admin, "res.partner", "search", [("email", "=", f"{login(0)}@example.org")], limit=1)
        values = [(0, 0, {"product_id": product, "product_uom_qty": 1}) for product, *_rest in self.articles[:lines]]
        order = _rpc(admin, "sale.order", "create", {"partner_id": partner, "order_line": values})
        with measured:
            _rpc(admin, "sale.order", "action_confirm", [order])
        _rpc(admin, "sale.order", "action_cancel", [order])

    @cached_property
    def _office(self):
        return Client(self.server, "admin", "admin")


def _rpc(client, model, method, *arguments, **options):
    path = f"/web/dataset/call_kw/{model}/{method}"
    return client.call(path, model=model, method=method, args=arguments, kwargs=options)
