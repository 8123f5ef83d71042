"""What people do with a shop in production, from the machine itself, by its public address.

    shopping.py open | order | list

Says the name of each order.
"""

import contextlib
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "script" / "lib"), str(ROOT / "tests" / "race")]

from clients import PASSWORD, Insisting, Member, Rpc, home  # noqa: E402
from shop import Shop  # noqa: E402

FOLDER = Path("/etc/cafoutch-drive")
LOGIN = "membre"
ARTICLE = "Pommes du Ventoux"


class Production(Shop):
    def __init__(self):
        super().__init__("shop")
        self.url, self.verify, self.queue = (
            "https://127.0.0.1",
            str(FOLDER / "authority.crt"),
            contextlib.nullcontext(),
        )
        self.rpc = Rpc(self, password=(FOLDER / "secrets" / "admin_password").read_text(encoding="utf-8").strip())

    def open_for_business(self):
        """A point, an article and a member."""
        _point, self.shelf_id = self._create_point()
        [article] = self.create_products(1, 100)
        self.rpc.call("product.product", "write", [article], {"name": ARTICLE})
        group = self.rpc.call("ir.model.data", "check_object_reference", "base", "group_portal")[1]
        values = {"name": LOGIN, "coop_state": "up_to_date"}
        partner = self.rpc.call("res.partner", "create", values)
        user = {"login": LOGIN, "partner_id": partner, "password": PASSWORD, "group_ids": [(6, 0, [group])]}
        self.rpc.call("res.users", "create", user)

    def order(self):
        """What the member orders on the web."""
        [self.point_id] = self.rpc.call("drive.point", "search", [])
        [article] = self.rpc.call("product.product", "search", [("name", "=", ARTICLE)])
        slot = self.create_slot(1, hours=random.randint(24, 200))
        member = Member(self, LOGIN, None, home(1))
        member.sign_in()
        name = Insisting(member).order([slot], article)
        assert name, "it was not ordered"
        return name

    def orders(self):
        found = self.rpc.call("sale.order", "search_read", [("drive_state", "=", "confirmed")], ["name"])
        return [order["name"] for order in found]


def main():
    shop = Production()
    match sys.argv[1:]:
        case ["open"]:
            shop.open_for_business()
            print(shop.order())
        case ["order"]:
            print(shop.order())
        case ["list"]:
            print("\n".join(shop.orders()))
        case _:
            sys.exit("shopping.py open | order | list")


if __name__ == "__main__":
    main()
