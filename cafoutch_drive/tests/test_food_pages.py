from odoo.tests import tagged

from .shop_common import ShopCommon
from .test_food import LABEL


@tagged("post_install", "-at_install")
class TestFoodPages(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["drive.policy"]._for(cls.company).food_rule = "warn"
        cls.milk = cls.env.ref("cafoutch_drive.allergen_milk")
        cls.cake = cls._create_product(
            "Cake",
            3.0,
            stock=9,
            **{
                **LABEL,
                "drive_ingredients": "Farine, beurre <script>alert(1)</script>",
                "drive_no_allergen": False,
                "drive_allergen_ids": cls.milk.ids,
            },
        )
        cls.page = f"/drive/product/{cls.cake.id}"

    def test_facts_of_a_label(self):
        self.cake.drive_trace_ids = self.env.ref("cafoutch_drive.allergen_nuts")
        html = self.get(self.page)
        self.assertSays(html, "Ingredients", "Contains: milk", "May contain traces of: nuts")
        self.assertSays(html, "500 g", "Au sec", "Rizerie, 13200 Arles")
        self.assertIn("<strong>beurre</strong>", html)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", html)
        self.assertNotIn("<script>alert", html)

    def test_an_answer_that_is_none_and_no_answer(self):
        self.cake.write({"drive_ingredients": "Riz", "drive_allergen_ids": False, "drive_no_allergen": True})
        self.assertSays(self.get(self.page), "None of the 14")
        self.cake.drive_no_allergen = False
        self.assertSays(self.get(self.page), "Not known yet")
        self.cake.drive_food = "none"
        self.assertNotIn("Allergens<", self.get(self.page))

    def test_who_avoids_it_is_warned(self):
        for page in ("/drive", self.page):
            self.assertNotIn("label--time", self.get(page))
        self.post("/drive/me/allergens", page="/drive/me/allergens", allergen=self.milk.id)
        self.assertSays(self.get(self.page), "It contains what you avoid: milk")
        self.assertSays(self.get("/drive"), "Contains: milk", "Allergens not known")
        self.cake.write({"drive_ingredients": "Riz", "drive_allergen_ids": False, "drive_trace_ids": self.milk.ids})
        self.assertSays(self.get(self.page), "It may contain traces of what you avoid: milk")
        self.assertSays(self.get("/drive"), "Traces of: milk")
        self.cake.drive_trace_ids = False
        self.assertSays(self.get(self.page), "We do not know yet which allergens it contains")
        # The same kept cards, for somebody who avoids nothing.
        self.sign_in("ali_login")
        for page in ("/drive", self.page):
            html = self.get(page)
            self.assertNotIn("Traces of", html)
            self.assertNotIn("Allergens not known", html)

    def test_a_list_without_an_allergen(self):
        self.bread.write({"drive_food": "loose", "drive_no_allergen": True})
        address = f"/drive?without={self.milk.id}"
        html = self.get(address)
        self.assertSays(html, "Miche", "Without Milk")
        shown = html.split("<main")[1]
        self.assertNotIn("Cake", shown.split('class="cards"')[1])
        # Of the apples nobody has said anything.
        self.assertSays(html, "1 product")
        self.cake.write({"drive_ingredients": "Riz", "drive_allergen_ids": False, "drive_trace_ids": self.milk.ids})
        self.assertSays(self.get(address), "1 product")
        self.cake.write({"drive_no_allergen": True, "drive_trace_ids": False})
        self.assertSays(self.get(address), "2 products")
        for nonsense in ("x", "999999999", "<b>", "", "1'"):
            self.get(f"/drive?without={nonsense}")

    def test_who_avoids_it_is_warned_wherever_they_take_it_again(self):
        lists = self.env["drive.list"]
        lists._drive_favourites(self.member, create=True)._drive_set(self.cake, 1)
        weekly = lists._drive_keep(self.member, "Weekly", {self.cake: 1})
        order = self._create_confirmed({self.bread: 1})
        search = {"do": "find", "q": "cake", "page": f"/drive/orders/{order.id}/change"}
        pages = ("/drive/favourites", f"/drive/lists/{weekly.id}")
        for page in pages:
            self.assertNotIn("Contains: milk", self.get(page))
        self.assertNotIn("Contains: milk", self.post(f"/drive/orders/{order.id}/change", 200, **search).text)
        self.member._drive_avoid([str(self.milk.id)])
        for page in pages:
            self.assertSays(self.get(page), "Contains: milk")
        self.assertSays(self.post(f"/drive/orders/{order.id}/change", 200, **search).text, "Contains: milk")

    def test_what_a_member_avoids_is_hidden_in_one_tap(self):
        self.bread.write({"drive_food": "loose", "drive_no_allergen": True})
        self.assertNotIn("Hide what I avoid", self.get("/drive"))
        self.post("/drive/me/allergens", page="/drive/me/allergens", allergen=self.milk.id)
        html = self.get("/drive?left=1")
        self.assertSays(html, "Hide what I avoid")
        self.assertIn(f'href="/drive?without={self.milk.id}&amp;left=1"', html)
        self.assertNotIn("Hide what I avoid", self.get(f"/drive?without={self.milk.id}"))

    def test_the_form_keeps_what_is_ticked(self):
        html = self.get("/drive/me/allergens")
        self.assertEqual(html.count('type="checkbox"'), 14)
        self.assertNotIn(" checked=", html)
        self.post("/drive/me/allergens", page="/drive/me/allergens", allergen=[self.milk.id, "x", "<b>"])
        self.env.invalidate_all()
        self.assertEqual(self.member._drive_avoidances().allergen_id, self.milk)
        self.assertEqual(self.get("/drive/me/allergens").count(" checked="), 1)
        self.assertSays(self.get("/drive/me"), "Allergens that I avoid")
        self.post("/drive/me/allergens", page="/drive/me/allergens")
        self.env.invalidate_all()
        self.assertFalse(self.member._drive_avoidances().allergen_id)

    def test_a_basket_that_holds_what_is_no_longer_sold(self):
        self.post("/drive/basket/set", product_id=self.cake.id, qty=2)
        self.env["drive.policy"]._for(self.company).food_rule = "block"
        self.cake.drive_operator = False
        self.get(self.page, status=404)
        html = self.get("/drive")
        self.assertSays(html, "No longer on the drive: Cake.")
        self.assertNotIn("Cake", html.split("<h1")[1].split("panel")[0])
        html = self.get("/drive/basket")
        self.assertSays(html, "Cake", "No longer sold on the drive")
        self.post("/drive/basket/set", product_id=self.cake.id, to=0)
        self.assertFalse(self.basket_of())

    def test_those_who_avoid_nothing_cost_no_query(self):
        values = self.env["drive.catalogue"].sudo()
        self.assertFalse(self.member.drive_avoids)
        with self.assertQueryCount(0):
            values._avoided_ids(self.member)
