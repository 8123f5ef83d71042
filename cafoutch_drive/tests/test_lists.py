"""Lists and favourites: whose they are, and what is done with them."""

import re

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.drive_list import MOST_LISTS, MOST_PRODUCTS
from .common import DriveCommon
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestLists(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lists = cls.env["drive.list"]
        cls.partner = cls._create_member("Dominique Durand", parent_id=cls.member.id, state=False)
        cls.other = cls._create_member("Ali Ben")

    def _keep(self, name, quantities, member=None):
        return self.lists._drive_keep(member or self.member, name, quantities)

    def test_keep_twice_is_once(self):
        one = self._keep("Apéro", {self.bread: 2, self.apples: 1.5})
        self.assertEqual(one._drive_quantities(), {self.bread: 2, self.apples: 1.5})
        again = self._keep(" APERO ", {self.bread: 1, self.apples: 2})
        self.assertEqual(again, one)
        self.assertEqual(one._drive_quantities(), {self.bread: 2, self.apples: 2})
        self.assertEqual(one.name, "Apéro")
        self.assertEqual(self._keep("Apéro", {}, self.other)._drive_quantities(), {})

    def test_names(self):
        for name in (None, 3, "", "   ", "\0", "x" * 41, ["Apéro"]):
            self.assertRefused("bad_name", self._keep, name, {})
        # Shown as text, whatever it is.
        for name in ("x" * 40, "<b>Apéro</b>", "'; DROP TABLE drive_list; --", "\N{BABY} bébé"):
            self.assertEqual(self._keep(name, {}).name, name)
        one = self._keep("Semaine", {})
        self.assertRefused("same_name", one._drive_rename, "\N{BABY}  BEBE", False)
        one._drive_rename("SEMAINE", True)
        self.assertEqual((one.name, one.is_shared), ("SEMAINE", True))

    def test_not_endless(self):
        for number in range(MOST_LISTS):
            self._keep(f"Liste {number}", {})
        self.assertRefused("too_many", self._keep, "Une de trop", {})
        one = self._keep("Liste 0", {self.bread: 1})
        products = self.env["product.product"].create(
            [{"name": f"Article {number}"} for number in range(MOST_PRODUCTS - 1)]
        )
        self.env["drive.list.line"].create([{"list_id": one.id, "product_id": product.id} for product in products])
        one.invalidate_recordset()
        self.assertRefused("too_many", one._drive_set, self.apples, 1)
        one._drive_set(self.bread, 3)
        one._drive_set(products[0], 0)
        one._drive_set(self.apples, 1)

    def test_whose(self):
        mine = self._keep("À moi", {self.bread: 1})
        shared = self._keep("À nous", {self.bread: 1})
        shared.is_shared = True
        theirs = self._keep("À elle", {self.bread: 1}, self.partner)
        strange = self._keep("Ailleurs", {self.bread: 1}, self.other)
        strange.is_shared = True
        for person, lists in (
            (self.member, [shared, mine]),
            (self.partner, [theirs, shared]),
            (self.other, [strange]),
        ):
            self.assertEqual(set(self.lists._drive_of(person)), set(lists), person.name)
            for one in (mine, shared, theirs, strange):
                found = self.lists._drive_find(person, one.id)
                self.assertEqual(found, one if one in lists else self.lists, (person.name, one.name))
                changed = self.lists._drive_find(person, one.id, to_change=True)
                self.assertEqual(changed, one if one.partner_id == person else self.lists)
        # Who moves out sees no more of it.
        self.partner.parent_id = False
        self.assertEqual(self.lists._drive_of(self.partner), theirs)

    def test_favourites_are_nobody_else_s(self):
        favourites = self.lists._drive_favourites(self.member, create=True)
        favourites._drive_set(self.bread, 1)
        favourites.is_shared = True
        self.assertEqual(self.lists._drive_favourites(self.member, create=True), favourites)
        self.assertFalse(self.lists._drive_favourites(self.partner))
        self.assertFalse(self.lists._drive_of(self.member))
        self.assertFalse(self.lists._drive_find(self.partner, favourites.id))

    @mute_logger("odoo.sql_db")
    def test_the_last_fences(self):
        one = self._keep("Semaine", {self.bread: 1})
        self.lists._drive_favourites(self.member, create=True)
        for model, values in (
            ("drive.list", {"name": "x", "partner_id": self.member.id, "is_favourites": True}),
            ("drive.list", {"name": "SEMAINE", "partner_id": self.member.id}),
            ("drive.list.line", {"list_id": one.id, "product_id": self.bread.id}),
            ("drive.list.line", {"list_id": one.id, "product_id": self.apples.id, "quantity": 0}),
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env[model].create(values)

    def test_a_product_that_is_deleted(self):
        one = self._keep("Semaine", {self._create_product("Passage", 1.0): 1, self.bread: 1})
        one.line_ids.product_id.filtered(lambda product: product != self.bread).unlink()
        self.env.invalidate_all()
        self.assertEqual(one._drive_quantities(), {self.bread: 1})


@tagged("post_install", "-at_install")
class TestListPages(ShopCommon):
    def _list(self, name="Apéro", quantities=None, member=None, **values):
        one = self.env["drive.list"]._drive_keep(member or self.member, name, quantities or {})
        one.write(values)
        return one

    def _lists_of(self, member=None):
        self.env.invalidate_all()
        lists = self.env["drive.list"]._drive_of(member or self.member)
        return {one.name: {line.product_id: line.quantity for line in one.line_ids} for one in lists}

    # === MAKING ONE === #

    def test_from_the_basket(self):
        self._create_basket({self.bread: 2, self.apples: 1})
        self.assertSays(self.get("/drive/lists"), "No list yet", "With what is in my basket (2 products)")
        answer = self.post("/drive/lists/keep", name="Semaine", source="basket")
        self.assertIn("/drive/lists/", answer.headers["Location"])
        self.post("/drive/lists/keep", name="Semaine", source="basket")
        self.assertEqual(self._lists_of(), {"Semaine": {self.bread: 2, self.apples: 1}})
        self.assertSays(self.get(answer.headers["Location"]), "In your list “Semaine”: 2 products.")
        # The basket is as it was.
        self.assertEqual(self.basket_of(), {self.bread: 2, self.apples: 1})

    def test_from_an_order(self):
        order = self._create_confirmed({self.bread: 2})
        strange = self._create_confirmed({self.bread: 1}, member=self.other)
        self.post("/drive/lists/keep", name="Semaine", source="order", order_id=order.id)
        self.assertEqual(self._lists_of(), {"Semaine": {self.bread: 2}})
        for order_id in (strange.id, "abc", "", 99999999):
            self.post("/drive/lists/keep", 409, name="Autre", source="order", order_id=order_id)
        self.assertEqual(self._lists_of(), {"Semaine": {self.bread: 2}})

    def test_from_a_product(self):
        self.apples.drive_qty_step = 0.1
        self.assertSays(self.get(f"/drive/product/{self.apples.id}"), "Keep in a list")
        self.post("/drive/lists/keep", name="Semaine", source="product", product_id=self.apples.id)
        self._create_basket({self.bread: 3})
        self.post("/drive/lists/keep", name="semaine", source="product", product_id=self.bread.id)
        self.assertEqual(self._lists_of(), {"Semaine": {self.apples: 0.5, self.bread: 3}})
        self.assertIn('<option value="Semaine"', self.get(f"/drive/product/{self.apples.id}"))
        unsold = self._create_product("Caviar", 99.0, drive_ok=False)
        for product_id in (unsold.id, "abc", "9" * 30, "-1"):
            self.post("/drive/lists/keep", 422, name="Autre", source="product", product_id=product_id)
        self.assertEqual(set(self._lists_of()), {"Semaine"})

    def test_empty_and_garbage(self):
        self.post("/drive/lists/keep", name="Vide")
        self.post("/drive/lists/keep", name="Panier vide", source="basket")
        self.post("/drive/lists/keep", name="Garbage", source="\N{PILE OF POO}")
        self.assertEqual(self._lists_of(), {"Vide": {}, "Panier vide": {}, "Garbage": {}})
        for name in ("", " ", "x" * 10000):
            answer = self.post("/drive/lists/keep", 422, name=name)
            self.assertIn('role="alert"', answer.text)
        self.post("/drive/lists/keep", name="<script>alert(1)</script>")
        html = self.get("/drive/lists")
        self.assertNotIn("<script>alert", html)
        self.assertIn("&lt;script&gt;alert", html)

    # === USING ONE === #

    def test_into_the_basket(self):
        gone = self._create_product("Chaussettes", 5.0, stock=9)
        one = self._list(quantities={self.bread: 2, self.apples: 1, gone: 1})
        gone.drive_ok = False
        self.assertSays(self.get("/drive/lists"), "Apéro", "3 products", "Put all into my basket")
        self._create_basket({self.bread: 1})
        for _click in range(2):
            self.post(f"/drive/lists/{one.id}/add", everything="1")
            self.assertEqual(self.basket_of(), {self.bread: 2, self.apples: 1})
        self.assertSays(self.get("/drive/basket"), "No longer on the drive: Chaussettes.")
        self.assertSays(self.get(f"/drive/lists/{one.id}"), "No longer on the drive Chaussettes")

    def test_only_what_is_ticked(self):
        one = self._list(quantities={self.bread: 2, self.apples: 1})
        self.post(f"/drive/lists/{one.id}/add", product=[self.apples.id, "abc"])
        self.assertEqual(self.basket_of(), {self.apples: 1})

    # === CHANGING ONE === #

    def test_quantities(self):
        one = self._list(quantities={self.bread: 2})
        address = f"/drive/lists/{one.id}/set"
        self.post(address, product_id=self.bread.id, qty="5")
        self.post(address, product_id=self.apples.id, qty="0,5")
        self.assertEqual(self._lists_of(), {"Apéro": {self.bread: 5, self.apples: 0.5}})
        for status, quantity in ((422, "abc"), (422, "-1"), (422, "1.5"), (422, "NaN"), (422, "")):
            self.post(address, status, product_id=self.bread.id, qty=quantity)
        self.assertEqual(self._lists_of(), {"Apéro": {self.bread: 5, self.apples: 0.5}})
        self.bread.drive_ok = False
        self.post(address, product_id=self.bread.id, qty="5", to="0")
        self.post(address, product_id=self.apples.id, qty="0")
        self.assertEqual(self._lists_of(), {"Apéro": {}})

    def test_rename_share_delete(self):
        one = self._list()
        self._list("Semaine")
        self.post(f"/drive/lists/{one.id}/rename", name="Fête", shared="1")
        self.env.invalidate_all()
        self.assertEqual((one.name, one.is_shared), ("Fête", True))
        self.post(f"/drive/lists/{one.id}/rename", 409, name="semaine")
        self.post(f"/drive/lists/{one.id}/rename", 422, name="")
        self.post(f"/drive/lists/{one.id}/rename", name="Fête")
        self.env.invalidate_all()
        self.assertFalse(one.is_shared)
        self.post(f"/drive/lists/{one.id}/delete")
        self.post(f"/drive/lists/{one.id}/delete", 404)
        self.assertEqual(set(self._lists_of()), {"Semaine"})

    def test_lists_of_others(self):
        """Not there, whatever is asked; one that the household shares can be used only."""
        one = self._list("Privée", {self.bread: 1}, self.other)
        asked = (
            ("add", {"everything": "1"}),
            ("set", {"product_id": self.bread.id, "to": "0"}),
            ("rename", {"name": "x"}),
            ("delete", {}),
        )
        self.other.parent_id = self.member
        self.get(f"/drive/lists/{one.id}", 404)
        for action, values in asked:
            self.post(f"/drive/lists/{one.id}/{action}", 404, **values)
        one.is_shared = True
        html = self.get(f"/drive/lists/{one.id}")
        self.assertSays(html, "Privée", "shared by Ali Ben")
        self.assertNotIn("/delete", html)
        self.assertNotIn("/set", html.split("<main")[1].replace("/basket/set", ""))
        for action, values in asked[1:]:
            self.post(f"/drive/lists/{one.id}/{action}", 404, **values)
        self.assertEqual(self.basket_of(), {})
        self.post(f"/drive/lists/{one.id}/add", everything="1")
        self.assertEqual(self.basket_of(), {self.bread: 1})
        self.assertEqual(self._lists_of(self.other), {"Privée": {self.bread: 1}})

    # === FAVOURITES === #

    def _liked(self):
        self.env.invalidate_all()
        return self.env["drive.list"]._drive_favourites(self.member).line_ids.product_id

    def test_a_heart(self):
        page = f"/drive/product/{self.bread.id}"
        self.assertIn('aria-pressed="false"', self.get(page))
        for _click in range(2):
            answer = self.post("/drive/favourites/set", product_id=self.bread.id, on="1", next=page)
            self.assertTrue(answer.headers["Location"].endswith(page))
            self.assertEqual(self._liked(), self.bread)
        self.assertIn('aria-pressed="true"', self.get(page))
        self.assertSays(self.get("/drive/favourites"), "Miche")
        self.bread.drive_ok = False
        self.assertSays(self.get("/drive/favourites"), "No longer on the drive Miche")
        for _click in range(2):
            self.post("/drive/favourites/set", product_id=self.bread.id, on="0", next="https://example.org/")
            self.assertFalse(self._liked())
        self.assertSays(self.get("/drive/favourites"), "Nothing yet")

    def test_a_heart_in_a_list(self):
        page = "/drive?sort=name"
        for on, off in (("1", "0"), ("0", "1")):
            html = self.get(page)
            [button] = re.findall(rf'<button[^>]*value="{self.bread.id}:{on}"[^>]*>', html)
            self.assertIn('form="like"', button)
            self.assertIn(f'aria-pressed="{"true" if on == "0" else "false"}"', button)
            self.assertIn('aria-label="Favourite: Miche"', button)
            answer = self.post("/drive/favourites/set", like=f"{self.bread.id}:{on}", next=page)
            self.assertTrue(answer.headers["Location"].endswith(f"{page}#p{self.bread.id}"))
            self.assertEqual(self._liked(), self.bread if on == "1" else self.bread.browse())
            self.assertIn(f'value="{self.bread.id}:{off}"', self.get(page))
        # Somebody else's heart is theirs.
        self.post("/drive/favourites/set", like=f"{self.bread.id}:1")
        self.sign_in("ali_login")
        self.assertIn(f'value="{self.bread.id}:1"', self.get(page))
        for nonsense in ("x", ":", ":1", "9" * 30 + ":1", "\0:1"):
            self.post("/drive/favourites/set", 422 if nonsense.endswith(":1") else 303, like=nonsense)

    def test_a_heart_by_json(self):
        self.assertTrue(self.call("favourites/set", product_id=self.bread.id, on=True)["on"])
        self.assertEqual(self._liked(), self.bread)
        for product_id in (None, "abc", -1, 2**40, {"id": 1}, [1]):
            self.assertEqual(self.call("favourites/set", product_id=product_id, on=True)["code"], "not_sold")
            self.assertFalse(self.call("favourites/set", product_id=product_id, on="yes")["on"])
        self.assertEqual(self._liked(), self.bread)
        self.assertFalse(self.call("favourites/set", product_id=self.bread.id, on=False)["on"])
        self.assertFalse(self._liked())
        self.authenticate(None, None)
        self.assertEqual(self.call("favourites/set", product_id=self.bread.id, on=True)["code"], "signed_out")
