"""The page on which a member changes the articles of a confirmed order."""

import re
from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from .shop_common import ShopCommon
from .test_change import ChangeCommon

KEY = "change-key-1"


@tagged("post_install", "-at_install")
class TestChangeDraft(ChangeCommon):
    """What the page says beforehand is what then happens."""

    def test_the_draft_comes_to_what_is_written(self):
        included = self.env["account.tax"].create(
            {"name": "5.5", "amount": 5.5, "price_include_override": "tax_included", "company_id": self.company.id}
        )
        excluded = self.env["account.tax"].create(
            {"name": "20", "amount": 20, "price_include_override": "tax_excluded", "company_id": self.company.id}
        )
        cheese = self._create_product("Fromage", 10.55, stock=9, taxes_id=[Command.set(included.ids)])
        soap = self._create_product("Savon", 1.99, stock=9, taxes_id=[Command.set(excluded.ids)])
        self.bread.taxes_id = excluded
        self.apples.taxes_id = included
        for rounding in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = rounding
            for number, change in enumerate(
                (
                    {},
                    {self.bread: 3},
                    {self.bread: 1, self.apples: 0.35},
                    {self.apples: 0, soap: 3, cheese: 1},
                    {self.pears: 0.45, soap: 7, cheese: 3, self.bread: 0},
                    {self.milk: 0, self.apples: 1.85},
                )
            ):
                with self.subTest(rounding=rounding, number=number):
                    self.order = self._create_confirmed(
                        {self.bread: 2, self.apples: 1.5}, member=self._create_member("Dina")
                    )
                    before = self._state()
                    self.bread.list_price = 5 + number
                    draft = self.order._drive_draft(change)
                    total, lines = draft.amount_total, sorted(draft.order_line.mapped("price_total"))
                    self.assertEqual(self._state(), before)
                    self.order._drive_change_lines(change, total)
                    self.assertEqual(sorted(self.order.order_line.mapped("price_total")), lines)
                    self.bread.list_price = 4.8
                    self.order._drive_cancel()


@tagged("post_install", "-at_install")
class TestChangePages(ShopCommon):
    @classmethod
    def _own_products(cls):
        return [*super()._own_products(), cls.milk.product_tmpl_id.id, cls.pears.product_tmpl_id.id]

    @classmethod
    def setUpClass(cls):
        cls.milk = cls.pears = None
        super().setUpClass()

    @classmethod
    def _create_slot(cls, *args, **kwargs):
        if not cls.milk:
            cls.milk = cls._create_product("Lait", 1.2, stock=6)
            cls.pears = cls._create_product(
                "Poires", 4.0, stock=5, uom_id=cls.kilo.id, drive_piece_weight=0.15, drive_qty_step=0.05
            )
        return super()._create_slot(*args, **kwargs)

    def setUp(self):
        super().setUp()
        self.milk.pos_categ_ids = self.shelf
        self.order = self._create_confirmed({self.bread: 2, self.apples: 1.5})
        self.path = f"/drive/orders/{self.order.id}/change"

    def _fields(self, html):
        """What the form would send, as a browser reads it."""
        form = html[html.index("data-change") : html.index("</form>", html.index("data-change"))]
        found = {}
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = (re.search(rf'{attribute}="([^"]*)"', tag) for attribute in (" name", " value"))
            found[name[1]] = value[1] if value else ""
        return {name: value for name, value in found.items() if name != "csrf_token"}

    def _send(self, html, status=200, **pressed):
        """Send the form of a page, with what was pressed or typed: ``qty_7`` is the
        field of product 7."""
        typed = {re.sub(r"^qty_", "qty-", name): value for name, value in pressed.items()}
        return self.post(self.path, status, page=self.path, **{**self._fields(html), **typed})

    def _holds(self):
        self.env.invalidate_all()
        return {line.product_id: line.product_uom_qty for line in self.order.order_line}

    def test_the_page_shows_the_order_and_how_to_leave_it(self):
        self.assertIn(f'href="{self.path}"', self.get(f"/drive/orders/{self.order.id}"))
        html = self.get(self.path)
        slot = self.slot.with_context(lang="en_US")._drive_label()
        self.assertSays(
            html, "Change the articles", self.order.name, slot, "Miche", "Pommes", "14.10", "Change nothing"
        )
        self.assertNotIn("Lait", html)
        self.assertEqual(self._fields(html)[f"qty-{self.bread.id}"], "2")

    def test_nothing_is_written_before_it_is_confirmed(self):
        html = self._send(self.get(self.path), to=f"{self.bread.id}:3").text
        self.assertSays(html, "Before: 2", "Before the changes", "18.90")
        html = self._send(html, do="show", **{f"qty_{self.apples.id}": "0,5"}).text
        self.assertSays(html, "15.90")
        html = self._send(html, to=f"{self.apples.id}:0").text
        self.assertSays(html, "Taken out", "14.40")
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5})
        answer = self._send(html, 303, do="confirm")
        self.assertTrue(answer.headers["Location"].endswith(f"/drive/orders/{self.order.id}"))
        self.assertEqual(self._holds(), {self.bread: 3})
        self.assertSays(self.get(f"/drive/orders/{self.order.id}"), "is as you wish", "14.40")

    def test_articles_are_found_and_added(self):
        html = self._send(self.get(self.path), do="find", q="lait").text
        self.assertSays(html, "Lait")
        html = self._send(html, to=f"{self.milk.id}:2").text
        self.assertSays(html, "Added", "16.50")
        html = self._send(html, do="find", q="poires").text
        html = self._send(html, to=f"{self.pears.id}:4").text
        self.assertSays(html, "about 0.6", "18.90")
        self.assertSays(self._send(html, do="find", q="zzz").text, "Nothing else was found")
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5, self.milk: 2, self.pears: 0.6})

    def test_a_shelf_is_looked_through(self):
        html = self._send(self.get(self.path), do="find", shelf=self.shelf.id).text
        self.assertSays(html, "Lait")
        self.assertNotIn("Poires", html)
        self.assertNotIn("Poires", self._send(html, do="find", q="poires", shelf=self.shelf.id).text)

    def test_a_quantity_typed_just_before_confirming_is_shown_first(self):
        html = self._send(self.get(self.path), 409, do="confirm", **{f"qty_{self.bread.id}": "4"}).text
        self.assertSays(html, "would now come to", "23.70")
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5})
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 4, self.apples: 1.5})

    def test_refusals_are_sentences_and_what_was_asked_stays_on_the_page(self):
        html = self._send(self.get(self.path), 409, to=f"{self.bread.id}:11").text
        self.assertSays(html, "not enough left of: Miche (10")
        self.assertEqual(self._fields(html)[f"qty-{self.bread.id}"], "11")
        self._send(html, 409, do="confirm")
        html = self.get(self.path)
        for typed in ("many", "-1", "nan", "1e400", "1.5"):
            html = self._send(html, 422, do="show", **{f"qty_{self.bread.id}": typed}).text
        html = self._send(html, 409, do="show", **{f"qty_{self.bread.id}": "0", f"qty_{self.apples.id}": "0"}).text
        self.assertSays(html, "please cancel it")
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5})

    def _beside(self, html, product):
        """The field of a product as it is sent again, and what stands beside it."""
        line = html[html.index(f'id="p{product.id}"') :]
        line = line[: line.index("</li>")]
        [field] = re.findall(rf'<input[^>]*name="qty-{product.id}"[^>]*>', line)
        told = re.search(r'aria-describedby="([^"]+)"', field)
        if not told:
            self.assertNotIn("aria-invalid", field)
            return self._fields(html)[f"qty-{product.id}"], ""
        self.assertIn('aria-invalid="true"', field)
        text = re.search(rf'id="{told[1]}"[^>]*>(.*?)</p>', line, re.S)[1]
        return self._fields(html)[f"qty-{product.id}"], " ".join(text.split())

    def test_a_wrong_number_stays_in_its_field_with_what_is_wrong(self):
        """And all the rest that was typed with it, also what is looked for."""
        html = self._send(self.get(self.path), do="find", q="lait").text
        typed = {f"qty_{self.bread.id}": "1.5", f"qty_{self.apples.id}": "lots", f"qty_{self.milk.id}": "2 kg"}
        for pressed in ("show", "confirm"):
            html = self._send(html, 422, do=pressed, **typed).text
            self.assertEqual(self._beside(html, self.bread)[0], "1.5")
            self.assertIn("sold by", self._beside(html, self.bread)[1])
            quantity, told = self._beside(html, self.apples)
            self.assertEqual(quantity, "lots")
            self.assertIn("not understood", told)
            quantity, told = self._beside(html, self.milk)
            self.assertEqual(quantity, "2 kg")
            self.assertIn("not sold that way", told)
            self.assertEqual(self._fields(html)["q"], "lait")
            typed = {}
        # One mended, another search: the others are still there.
        html = self._send(html, 422, do="find", q="poires", **{f"qty_{self.bread.id}": "3"}).text
        self.assertEqual(self._beside(html, self.bread), ("3", ""))
        self.assertEqual(self._beside(html, self.apples)[0], "lots")
        self.assertEqual(self._beside(html, self.milk)[0], "2 kg")
        self.assertSays(html, "Poires", "18.90")
        html = self._send(html, 422, do="show", **{f"qty_{self.milk.id}": "0", f"qty_{self.apples.id}": ""}).text
        self.assertEqual(self._beside(html, self.apples)[0], "")
        html = self._send(html, do="show", **{f"qty_{self.apples.id}": "1,5"}).text
        self.assertNotIn("aria-invalid", html)
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 3, self.apples: 1.5})

    def test_what_is_short_is_said_beside_it(self):
        html = self._send(self.get(self.path), 409, do="show", **{f"qty_{self.bread.id}": "11"}).text
        self.assertEqual(self._beside(html, self.bread), ("11", "10 at most"))
        self.assertEqual(self._beside(html, self.apples), ("1.5", ""))
        html = self._send(html, do="show", **{f"qty_{self.bread.id}": "10"}).text
        self.assertNotIn("aria-invalid", html)

    def test_what_the_shop_has_not_is_in_no_total(self):
        html = self._send(self.get(self.path), 409, do="show", **{f"qty_{self.bread.id}": "9999"}).text
        self.assertEqual(self._beside(html, self.bread), ("9999", "10 at most"))
        self.assertEqual(self._fields(html)["total_seen"], "14.1")
        # Nor beside a field that makes no sense, and with another that does.
        typed = {f"qty_{self.apples.id}": "many"}
        html = self._send(html, 422, do="show", **typed).text
        self.assertEqual(self._fields(html)["total_seen"], "14.1")
        html = self._send(html, 409, do="show", **{f"qty_{self.apples.id}": "0.5"}).text
        self.assertEqual(self._fields(html)["total_seen"], "11.1")
        self._send(html, 409, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5})

    def test_a_wrong_number_of_what_is_not_in_the_order_can_be_mended(self):
        html = self._send(self.get(self.path), do="find", q="lait").text
        html = self._send(html, 409, do="show", **{f"qty_{self.milk.id}": "7"}).text
        self.assertEqual(self._beside(html, self.milk), ("7", "6 at most"))
        self.assertRegex(html, rf'id="p{self.milk.id}"\s+class="line is-in"')
        html = self._send(html, do="show", **{f"qty_{self.milk.id}": "6"}).text
        self.assertSays(html, "21.30")

    def test_buttons_are_never_asked_for_a_unit(self):
        """Nor is what they have put into a field; what is typed is."""
        self._set_stock(self.apples, 500)
        html = self._send(self.get(self.path), do="show", **{f"qty_{self.apples.id}": "25 kg"}).text
        html = self._send(html, to=f"{self.apples.id}:26").text
        html = self._send(html, to=f"{self.bread.id}:3").text
        self.assertEqual(self._beside(html, self.apples), ("26", ""))
        html = self._send(html, 422, do="show", **{f"qty_{self.apples.id}": "27"}).text
        self.assertIn("If you do mean so much", self._beside(html, self.apples)[1])
        # It is asked for as long as it stands there.
        html = self._send(html, 422, do="show").text
        html = self._send(html, do="show", **{f"qty_{self.apples.id}": "27 kg"}).text
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 3, self.apples: 27})

    def test_what_is_typed_is_shown_as_text(self):
        typed = '"><script>alert(1)</script>'
        html = self._send(self.get(self.path), 422, do="show", **{f"qty_{self.bread.id}": typed}).text
        self.assertNotIn("<script>alert", html)
        self.assertIn("&lt;script&gt;alert", html)
        self._send(self.get(self.path), 422, do="show", **{f"qty_{self.bread.id}": "9" * 10_000})

    def test_nonsense_in_the_form(self):
        self.post(self.path, 200, page=self.path, q="\1", shelf="x", to="::")
        self.post(self.path, 422, page=self.path, **{"qty-x": "1", "qty-": "2", f"qty-{2**40}": "1"})
        self.post(self.path, 422, page=self.path, do="confirm", total_seen="x")
        self.post(self.path, 409, page=self.path, do="confirm", total_seen="x", idempotency_key=KEY)
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5})

    def test_two_tabs(self):
        first, second = self.get(self.path), self.get(self.path)
        first = self._send(first, to=f"{self.bread.id}:3").text
        second = self._send(second, to=f"{self.apples.id}:3").text
        self._send(first, 303, do="confirm")
        html = self._send(second, 409, do="confirm").text
        self.assertSays(html, "would now come to", "23.40")
        self.assertEqual(self._fields(html)[f"was-{self.bread.id}"], "3")
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 3, self.apples: 3})

    def test_a_press_that_is_sent_twice(self):
        html = self._send(self.get(self.path), to=f"{self.bread.id}:3").text
        self._send(html, 303, do="confirm")
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 3, self.apples: 1.5})

    def test_what_was_confirmed_keeps_its_price_and_the_page_says_it(self):
        self.bread.list_price = 6
        html = self.get(self.path)
        self.assertSays(html, "4.80", "keeps its price", "14.10")
        self.assertSays(self._send(html, to=f"{self.bread.id}:3").text, "18.90")

    def test_the_basket_of_the_member_is_left_alone(self):
        self._create_basket({self.milk: 3})
        html = self._send(self.get(self.path), to=f"{self.bread.id}:3").text
        self._send(html, 303, do="confirm")
        self.assertEqual(self.basket_of(), {self.milk: 3})

    def test_too_late(self):
        html = self._send(self.get(self.path), to=f"{self.bread.id}:3").text
        self.slot.window_start -= timedelta(hours=24)
        values = self._fields(html)
        shown = self.post(self.path, 409, page="/drive/slots", do="confirm", **values).text
        self.assertSays(shown, "too late to change the articles", "A word to the shop")
        self.post(self.path, 303, page="/drive/slots", do="show", **values)
        self.get(self.path, 303)
        self.assertNotIn(self.path, self.get(f"/drive/orders/{self.order.id}"))
        self.assertEqual(self._holds(), {self.bread: 2, self.apples: 1.5})

    def test_the_household_may_and_others_find_nothing(self):
        self._create_member("Sam Durand", "sam_login", state=False, parent_id=self.member.id).lang = "en_US"
        self.sign_in("sam_login")
        html = self._send(self.get(self.path), to=f"{self.bread.id}:3").text
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 3, self.apples: 1.5})
        self.sign_in("ali_login")
        self.get(self.path, 404)
        self.post(self.path, 404, page="/drive/slots", do="confirm")
        answer = self.call("orders/change", order=self.order.id, lines=[], total_seen=18.9, idempotency_key=KEY)
        self.assertEqual((answer["code"], answer["order"]), ("no_such_order", None))

    def test_staff_change_it_for_a_member_on_the_phone(self):
        cashier = new_test_user(self.env, login="phone_login", groups="cafoutch_drive.group_cashier")
        cashier.lang = "en_US"
        self.sign_in("phone_login")
        self.get(self.path, 404)
        self.post(f"/drive/for/{self.member.id}/begin", page="/drive/for")
        html = self._send(self.get(self.path), to=f"{self.bread.id}:3").text
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 3, self.apples: 1.5})
        self.post("/drive/for/end", page="/drive/for")
        self.post(self.path, 404, page="/drive/for", do="confirm")

    def test_who_may_not_order_takes_out_only(self):
        self.member.coop_state = "suspended"
        html = self._send(self.get(self.path), 409, to=f"{self.bread.id}:3").text
        self.assertSays(html, "You cannot order for the moment")
        html = self._send(html, to=f"{self.bread.id}:1").text
        self._send(html, 303, do="confirm")
        self.assertEqual(self._holds(), {self.bread: 1, self.apples: 1.5})

    def test_json(self):
        line = {"product_id": self.milk.id, "qty": 2}
        answer = self.call("orders/change", order=self.order.name, lines=[line], total_seen=16.5, idempotency_key=KEY)
        self.assertEqual(answer["order"], self.order.name)
        self.assertEqual(answer["url"], f"/drive/orders/{self.order.id}")
        holds = {self.bread: 2, self.apples: 1.5, self.milk: 2}
        self.assertEqual(self._holds(), holds)
        for lines, total, key, code in (
            (None, 16.5, KEY + "b", "bad_lines"),
            ({}, 16.5, KEY + "b", "bad_lines"),
            ([line], 16.5, None, "bad_key"),
            ([{"product_id": self.milk.id, "qty": 3}], None, KEY + "b", "total"),
            ([{"product_id": self.milk.id, "qty": 30}], 49.5, KEY + "b", "short"),
            ([{"product_id": self.milk.id, "qty": "NaN"}], 16.5, KEY + "b", "bad_quantity"),
        ):
            answer = self.call(
                "orders/change", order=self.order.id, lines=lines, total_seen=total, idempotency_key=key
            )
            self.assertEqual((answer["code"], answer["order"]), (code, None))
        self.order._drive_cancel()
        answer = self.call("orders/change", order=self.order.id, lines=[], total_seen=16.5, idempotency_key=KEY + "b")
        self.assertEqual(answer["code"], "not_confirmed")
