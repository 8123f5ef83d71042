"""What is changed anywhere is in the very next page of everybody, from every process.

Several people change products at once while members read; after each change its author
reads the page, on new connections, so that any of the processes may answer.
"""

import re
import subprocess
import threading
import uuid
from html import unescape

import pytest
import requests

from common import ROOT
from support import Rpc

WORKERS = 2
WRITERS = 3
READERS = 2
STEPS = 3
READS = 3
PASSWORD = "a password for the race"


class Shop:
    """A shop on several processes, one member of its own, and who may change everything."""

    def __init__(self, server):
        self.url, self.database, self.log = server.url, server.database, server.log
        self.rpc = Rpc(self.url, self.database, "admin")
        self.pricelist = self._open_pricelist()
        self.cookies = self._member()

    def ref(self, xmlid):
        module, name = xmlid.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        return self.rpc("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]

    def _open_pricelist(self):
        feature = self.ref("product.group_product_pricelist")
        self.rpc("res.groups", "write", self.ref("base.group_user"), {"implied_ids": [(4, feature)]})
        return self.rpc("product.pricelist", "create", {"name": "Never stale"})

    def _member(self):
        login = f"stale-{uuid.uuid4().hex[:8]}"
        values = {"name": login, "coop_state": "up_to_date", "lang": "fr_FR"}
        partner = self.rpc("res.partner", "create", {**values, "property_product_pricelist": self.pricelist})
        self.rpc(
            "res.users",
            "create",
            {
                "login": login,
                "password": PASSWORD,
                "partner_id": partner,
                "group_ids": [(6, 0, [self.ref("base.group_portal")])],
            },
        )
        session = requests.Session()
        body = {"params": {"db": self.database, "login": login, "password": PASSWORD}}
        answer = session.post(f"{self.url}/web/session/authenticate", json=body, timeout=120).json()
        assert answer.get("result", {}).get("uid"), answer
        return session.cookies.get_dict()

    def page(self, path):
        answer = requests.get(f"{self.url}{path}", cookies=self.cookies, timeout=120, allow_redirects=False)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


class Author:
    """Changes one product of their own, in every way there is."""

    def __init__(self, shop, number):
        self.shop, self.rpc = shop, shop.rpc
        self.barcode = f"29990000000{number:02d}"
        self.tax = self.rpc(
            "account.tax", "create", {"name": f"T{number}", "amount": 0, "price_include_override": "tax_excluded"}
        )
        self.shelf = self.rpc("pos.category", "create", {"name": f"Rayon {number}"})
        self.product = self.rpc(
            "product.product",
            "create",
            {
                "name": f"Article {number}",
                "barcode": self.barcode,
                "type": "consu",
                "is_storable": True,
                "list_price": 100,
                "taxes_id": [(6, 0, [self.tax])],
                "drive_ok": True,
                # The demonstration shop sells no food of which nothing is said.
                "drive_food": "none",
            },
        )
        self.template = self.rpc("product.product", "read", [self.product], ["product_tmpl_id"])[0]["product_tmpl_id"][
            0
        ]
        self.rule = self.rpc(
            "product.pricelist.item",
            "create",
            {
                "pricelist_id": shop.pricelist,
                "applied_on": "1_product",
                "product_tmpl_id": self.template,
                "compute_price": "formula",
                "base": "list_price",
                "price_surcharge": 0,
            },
        )
        warehouse = self.rpc("stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1)[0]
        self.quant = self.rpc(
            "stock.quant",
            "create",
            {
                "product_id": self.product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity_auto_apply": 50,
            },
            context={"inventory_mode": True},
        )

    # Each changes one thing, and returns what the page shows of it from then on. Nothing else
    # is changed between two steps: what the last reads left behind must not be believed.

    def change_price(self, step):
        self.rpc("product.template", "write", [self.template], {"list_price": 200 + step})
        return "price", f"{200 + step},00"

    def change_rule(self, step):
        if step == 0:
            self.rpc("product.template", "write", [self.template], {"list_price": 300})
        self.rpc("product.pricelist.item", "write", [self.rule], {"price_surcharge": 1 + step})
        return "price", f"{301 + step},00"

    def change_tax(self, step):
        if step == 0:
            self.rpc("product.template", "write", [self.template], {"list_price": 400})
            self.rpc("product.pricelist.item", "write", [self.rule], {"price_surcharge": 0})
        self.rpc("account.tax", "write", [self.tax], {"amount": 1 + step})
        return "price", f"{404 + 4 * step},00"

    def change_name(self, step):
        name = f"Nom {step} de {self.barcode}"
        self.rpc("product.template", "write", [self.template], {"name": name})
        return "name", name

    def change_stock(self, step):
        values = {"inventory_quantity_auto_apply": 5 - step}
        self.rpc("stock.quant", "write", [self.quant], values, context={"inventory_mode": True})
        return "left", str(5 - step)

    def change_shelf(self, step):
        shelves = [self.shelf] if step % 2 == 0 else []
        self.rpc("product.template", "write", [self.template], {"pos_categ_ids": [(6, 0, shelves)]})
        return "shelf", bool(shelves)

    def change_sign(self, step):
        """The name of the shelf itself."""
        if step == 0:
            self.rpc("product.template", "write", [self.template], {"pos_categ_ids": [(6, 0, [self.shelf])]})
        name = f"Rayon {step} de {self.barcode}"
        self.rpc("pos.category", "write", [self.shelf], {"name": name})
        return "sign", name

    def change_publication(self, step):
        self.rpc("product.template", "write", [self.template], {"drive_ok": step % 2 == 1})
        return "published", step % 2 == 1

    def read(self, what):
        """What a page shows now, to a member."""
        if what == "shelf":
            return self.is_on_its_shelf()
        if what == "sign":
            heading = re.search(r"<h1>\s*([^<]*?)\s*</h1>", self.shop.page(f"/drive/shelf/{self.shelf}"))
            return unescape(heading.group(1))
        html = self.shop.page(f"/drive/search?q={self.barcode}")
        card = html.partition(f'<li id="p{self.product}"')[2].partition("</li>\n")[0]
        if what == "published":
            return bool(card)
        text = " ".join(unescape(re.sub(r"<[^>]+>", " ", card)).split())
        if what == "name":
            return unescape(re.search(r'href="/drive/product/\d+">([^<]*)</a>\s*</h2>', card).group(1))
        found = re.search({"price": r"(\d+,\d\d) €", "left": r"Plus que (\d+)"}[what], text)
        return found and found.group(1)

    def is_on_its_shelf(self):
        answer = requests.get(
            f"{self.shop.url}/drive/shelf/{self.shelf}", cookies=self.shop.cookies, timeout=120, allow_redirects=False
        )
        # An empty shelf is none.
        return answer.status_code == 200 and f'<li id="p{self.product}"' in answer.text


KINDS = ("price", "rule", "tax", "name", "stock", "shelf", "sign", "publication")
# What the mutant's catalogue does not hear of.
FORGOTTEN = ("rule", "tax", "sign")


def stale(shop, kinds=KINDS):
    """Change and read, several at once; what was not seen at once: ``(kind, step, shown)``."""
    authors = [Author(shop, number) for number in range(WRITERS)]
    found, failures = [], []
    over = threading.Event()

    def write(author):
        for kind in kinds:
            for step in range(STEPS):
                what, expected = getattr(author, f"change_{kind}")(step)
                shown = [author.read(what) for _read in range(READS)]
                found.extend((kind, step, value) for value in shown if value != expected)

    def keep_reading(_number):
        while not over.is_set():
            shop.page("/drive")

    def start(work, argument):
        def run():
            try:
                work(argument)
            except Exception as failure:
                failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    readers = [start(keep_reading, number) for number in range(READERS)]
    for writer in [start(write, author) for author in authors]:
        writer.join()
    over.set()
    for reader in readers:
        reader.join()
    if failures:
        raise failures[0]
    return found


@pytest.fixture(scope="module")
def shop(new_server):
    return Shop(new_server("demo", workers=WORKERS))


def test_a_change_is_in_the_very_next_page(shop):
    assert stale(shop) == []
    # Not one process for all: each of them remembers for itself.
    log = shop.log.read_text(encoding="utf-8", errors="replace")
    assert len(set(re.findall(r"^\S+ \S+ (\d+) INFO .*GET /drive HTTP", log, re.MULTILINE))) == WORKERS


def test_an_import_is_in_the_very_next_page(shop, tmp_path):
    author = Author(shop, 50)
    for step in range(2):
        # Not on the drive, on no shelf; and each process knows it.
        author.rpc("product.template", "write", [author.template], {"drive_ok": False, "pos_categ_ids": [(5,)]})
        assert not any(author.read("published") for _read in range(2 * READS))
        file = tmp_path / "prices.csv"
        row = f"{author.barcode},Importé {step},{500 + step},Rayon 50,{4 - step}"
        file.write_text(f"barcode,name,price,shelf,stock\n{row}\n", encoding="utf-8")
        command = [ROOT / "script" / "import", "products", file, "--db", shop.database]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        expected = {
            "published": True,
            "price": f"{500 + step},00",
            "name": f"Importé {step}",
            "shelf": True,
            "left": str(4 - step),
        }
        for what, value in expected.items():
            assert {author.read(what) for _read in range(2 * READS)} == {value}, what


@pytest.mark.full
def test_a_catalogue_that_misses_a_source_is_caught(mutant_database, new_server):
    """Each of those that it misses, and nothing of what it hears of."""
    shop = Shop(new_server(name=mutant_database("drive_mutant_catalogue", "demo"), workers=WORKERS))
    assert {kind for kind, _step, _shown in stale(shop, ("price", "name", *FORGOTTEN))} == set(FORGOTTEN)
