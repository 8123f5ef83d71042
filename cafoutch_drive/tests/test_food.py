from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.allergen_words import AllergenWords
from .common import DriveCommon

LABEL = {
    "drive_food": "prepacked",
    "drive_ingredients": "Riz",
    "drive_no_allergen": True,
    "drive_net_quantity": 0.5,
    "drive_net_unit": "kg",
    "drive_keeping": "Au sec",
    "drive_operator": "Rizerie, 13200 Arles",
}


class FoodCommon(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.policy = cls.env["drive.policy"]._for(cls.company)
        cls.policy.food_rule = "warn"
        cls.milk, cls.gluten, cls.nuts, cls.sesame = (
            cls.env.ref(f"cafoutch_drive.allergen_{name}") for name in ("milk", "gluten", "nuts", "sesame")
        )
        cls.rice = cls._create_product("Rice", 2.0, stock=10, **LABEL).with_env(cls.env)

    def _missing(self, **values):
        """What is missing of a product whose label is complete but for these values."""
        product = self._create_product("Sample", 2.0, **{**LABEL, **values}).product_tmpl_id
        missing = set(product._drive_missing_particulars())
        self.assertEqual(product.drive_complete, not missing)
        self.assertEqual(bool(product.drive_missing_text), bool(missing))
        return missing


@tagged("post_install", "-at_install")
class TestFood(FoodCommon):
    # === WHAT IS MISSING === #

    def test_a_label_that_is_complete(self):
        self.assertEqual(self._missing(), set())

    def test_each_particular_of_prepacked_food(self):
        for field, code in (
            ("drive_ingredients", "ingredients"),
            ("drive_no_allergen", "allergens"),
            ("drive_net_quantity", "net"),
            ("drive_net_unit", "net"),
            ("drive_keeping", "keeping"),
            ("drive_operator", "operator"),
        ):
            with self.subTest(field=field):
                self.assertEqual(self._missing(**{field: False}), {code})
        self.assertEqual(self._missing(drive_ingredients=" \n "), {"ingredients"})

    def test_origin_where_the_law_asks_for_it(self):
        self.assertEqual(self._missing(drive_origin_needed=True), {"origin"})
        self.assertEqual(self._missing(drive_origin_needed=True, drive_origin="Camargue"), set())
        produce = self.env["pos.category"].create({"name": "Fruits et légumes"})
        self.assertTrue(produce.drive_fresh)
        loose = {"drive_food": "loose", "pos_categ_ids": produce.ids}
        self.assertEqual(self._missing(**loose), {"origin"})

    def test_loose_food_needs_its_allergens_answered(self):
        bare = dict.fromkeys(("drive_ingredients", "drive_net_quantity", "drive_keeping", "drive_operator"), False)
        bare["drive_food"] = "loose"
        self.assertEqual(self._missing(**bare), set())
        self.assertEqual(self._missing(**bare, drive_no_allergen=False), {"allergens"})
        answered = {"drive_no_allergen": False, "drive_allergen_ids": self.milk.ids}
        self.assertEqual(self._missing(**bare, **answered), set())

    def test_what_is_not_food_needs_nothing(self):
        self.assertEqual(self._missing(**dict.fromkeys(LABEL, False), pos_categ_ids=[]), {"food"})
        self.assertEqual(self._missing(**{**dict.fromkeys(LABEL, False), "drive_food": "none"}), set())

    def test_a_price_by_the_piece_says_why(self):
        eggs = {"drive_net_quantity": 6, "drive_net_unit": "piece"}
        self.assertEqual(self._missing(**eggs), {"comparison"})
        self.assertEqual(self._missing(**eggs, drive_comparison_exempt="number"), set())
        weighed = {"uom_id": self.kilo.id, "drive_net_quantity": 0, "drive_net_unit": False}
        self.assertEqual(self._missing(**weighed), set(), "the kilo is its unit")

    def test_another_addon_may_ask_for_more(self):
        template = type(self.env["product.template"])
        own = template._drive_missing_particulars
        self.patch(template, "_drive_missing_particulars", lambda product: {**own(product), "degree": "alcohol"})
        self.assertEqual(self._missing(), {"degree"})

    def test_it_follows_each_change(self):
        template = self.rice.product_tmpl_id
        template.drive_operator = False
        self.assertFalse(template.drive_complete)
        template.drive_operator = "Rizerie"
        self.assertTrue(template.drive_complete)
        shelf = self.env["pos.category"].create({"name": "Somewhere", "drive_food": "prepacked"})
        template.pos_categ_ids = shelf
        shelf.drive_fresh = True
        self.assertFalse(template.drive_complete)

    # === WHAT IT IS === #

    def test_the_shelf_says_what_it_is(self):
        shelves = self.env["pos.category"]
        for name, kind in (
            ("Épicerie", "prepacked"),
            ("Vrac", "loose"),
            ("Bazar", "none"),
            ("Conserves de poisson", "prepacked"),
            ("Zzz", False),
        ):
            with self.subTest(name=name):
                shelf = shelves.create({"name": name})
                self.assertEqual(shelf.drive_food, kind)
                self.assertEqual(self._create_product("On it", 1.0, pos_categ_ids=shelf.ids).drive_food, kind)
        under = shelves.create({"name": "Zzz", "parent_id": shelves.create({"name": "Bazar"}).id})
        self.assertEqual(under.drive_food, "none")

    def test_what_a_grocery_weighs_is_loose(self):
        grocery = self.env["pos.category"].create({"name": "Frais"})
        self.assertEqual(self._create_product("Packet", 1.0, pos_categ_ids=grocery.ids).drive_food, "prepacked")
        cheese = self._create_product("Comté", 18.0, pos_categ_ids=grocery.ids, uom_id=self.kilo.id)
        self.assertEqual(cheese.drive_food, "loose")

    def test_what_people_chose_stays(self):
        shelf = self.env["pos.category"].create({"name": "Épicerie"})
        sundries = self.env["pos.category"].create({"name": "Bazar"})
        product = self._create_product("Candle", 1.0, pos_categ_ids=shelf.ids, drive_food="none")
        self.assertEqual(product.drive_food, "none")
        product.pos_categ_ids = sundries
        product.drive_food = "loose"
        product.pos_categ_ids = shelf
        self.assertEqual(product.drive_food, "loose")
        self.env.flush_all()
        shelf.name = "Bazar"
        self.assertEqual(shelf.drive_food, "prepacked")

    def test_none_and_some_is_a_contradiction(self):
        with self.assertRaises(ValidationError):
            self.rice.drive_allergen_ids = self.milk

    # === THE RULE === #

    def test_the_rule_keeps_it_out_of_the_shop(self):
        self.rice.drive_operator = False
        self.assertTrue(self.rice._drive_is_sold(), "a shop that warns sells it")
        self.assertIn(self.rice, self._listed())
        self.policy.food_rule = "block"
        self.assertFalse(self.rice._drive_is_sold())
        self.assertNotIn(self.rice, self._listed())
        basket = self._create_basket({})
        self.assertRefused("not_sold", basket._drive_set_quantity, self.rice.id, 1)
        self.rice.drive_operator = "Rizerie, 13200 Arles"
        self.assertIn(self.rice, self._listed())
        basket._drive_set_quantity(self.rice.id, 1)

    def _listed(self):
        return self.env["product.product"].search(self.env["drive.catalogue"]._domain())

    def test_what_is_in_a_basket_already_is_said_and_can_be_taken_out(self):
        self.policy.food_rule = "block"
        basket = self._create_held({self.rice: 2})
        self.rice.drive_operator = False
        self.assertRefused("gone", basket._drive_confirm, "test-key-rice", basket.amount_total)
        self.assertRefused("not_sold", basket._drive_set_quantity, self.rice.id, 1)
        basket._drive_set_quantity(self.rice.id, 0)
        self.assertFalse(basket.order_line)
        self.assertRefused("not_sold", basket._drive_set_quantity, self.rice.id, 0)

    def test_the_rule_of_one_company(self):
        other = self.env["res.company"].create({"name": "Another coop"})
        self.env["drive.policy"]._for(other).food_rule = "block"
        self.rice.drive_operator = False
        self.assertTrue(self.rice._drive_is_sold())
        self.assertFalse(self.rice.with_company(other)._drive_is_sold())

    def test_what_changes_is_seen_by_the_next_page(self):
        changes = self.env["drive.catalogue.change"]
        for change in (
            lambda: self.policy.write({"food_rule": "block"}),
            lambda: self.milk.write({"words": "kéfir"}),
            lambda: self.milk.write({"name": "Dairy"}),
            lambda: self.rice.write({"drive_trace_ids": self.milk.ids}),
        ):
            before = changes._version()
            change()
            self.assertNotEqual(changes._version(), before)

    def test_progress(self):
        count, complete = self.policy.food_count, self.policy.food_complete_count
        self._create_product("Flour", 2.0, **{**LABEL, "drive_operator": False})
        self._create_product("Soap", 2.0, drive_food="none")
        self._create_product("Salt", 2.0, **LABEL)
        self.policy.invalidate_recordset()
        self.assertEqual(self.policy.food_count, count + 2)
        self.assertEqual(self.policy.food_complete_count, complete + 1)
        listed = self.env["product.template"].search(self.policy.action_missing_particulars()["domain"])
        self.assertEqual(len(listed), self.policy.food_count)

    def test_tolerances_that_cannot_be(self):
        for value in (-1, 101):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.policy.weight_tolerance = value
                self.policy.flush_recordset()


@tagged("post_install", "-at_install")
class TestAllergenWords(FoodCommon):
    def test_fourteen(self):
        self.assertEqual(self.env["drive.allergen"].search_count([]), 14)
        self.assertFalse(self.env["drive.allergen"].search([("words", "=", False)]))

    def _named(self, text):
        return set(self.env["drive.allergen"]._named_in(text).mapped("code"))

    def test_what_ingredients_name(self):
        for text, codes in (
            ("Farine de BLÉ, beurre", {"gluten", "milk"}),
            ("jaunes d’œufs, oeufs", {"eggs"}),
            ("Noix (15 %), amandes", {"nuts"}),
            ("filets d'anchois", {"fish"}),
            ("sulfites", {"sulphur-dioxide-and-sulphites"}),
            ("purée de sesame", {"sesame-seeds"}),
            ("malt d’orge", {"gluten"}),
            ("riz, sel, barbe à papa", set()),
            ("", set()),
            (None, set()),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._named(text), codes)

    def test_what_only_sounds_like_it(self):
        for text in (
            "lait de coco",
            "beurre de cacao",
            "noix de muscade",
            "noix de coco râpée",
            "farine de blé noir",
            "semoule de maïs",
            "sans gluten",
            "laitue, amandier, oeuvre",
        ):
            with self.subTest(text=text):
                self.assertEqual(self._named(text), set())
        self.assertEqual(self._named("lait de coco, lait"), {"milk"})

    def test_they_are_shown_in_bold(self):
        marked = self.env["drive.allergen"]._marked
        self.assertEqual(marked("Farine de Blé, œufs"), "Farine de <strong>Blé</strong>, <strong>œufs</strong>")
        self.assertEqual(marked("_Panais_, sel"), "<strong>Panais</strong>, sel")
        self.assertEqual(marked("<b>lait</b> & sel"), "&lt;b&gt;<strong>lait</strong>&lt;/b&gt; &amp; sel")
        self.assertEqual(marked("_<i>x</i>_"), "<strong>&lt;i&gt;x&lt;/i&gt;</strong>")
        self.assertEqual(marked(False), "")

    def test_without_any_word(self):
        self.assertEqual(AllergenWords({}).find("lait"), set())
        self.assertEqual(AllergenWords({}).marked("lait"), "lait")

    def test_a_word_that_a_manager_adds_counts_at_once(self):
        self.assertEqual(self._named("kéfir"), set())
        self.milk.words += ", kéfir"
        self.assertEqual(self._named("Kefirs"), {"milk"})

    def test_what_is_named_and_not_ticked_is_said(self):
        product = self.rice.product_tmpl_id
        self.assertFalse(product.drive_doubt_text)
        product.drive_ingredients = "Riz, beurre"
        self.assertIn("milk", product.drive_doubt_text)
        self.assertEqual(product._drive_contains(), self.milk)
        product.write({"drive_no_allergen": False, "drive_allergen_ids": self.milk.ids})
        self.assertFalse(product.drive_doubt_text)


@tagged("post_install", "-at_install")
class TestAvoided(FoodCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member._drive_avoid([str(cls.nuts.id), str(cls.milk.id)])

    def test_what_a_member_avoids(self):
        self.assertFalse(self.member._drive_avoided(self.rice))
        self.rice.write({"drive_no_allergen": False, "drive_allergen_ids": (self.milk | self.gluten).ids})
        self.assertEqual(self.member._drive_avoided(self.rice), self.milk)
        self.rice.write({"drive_allergen_ids": self.gluten.ids, "drive_trace_ids": self.nuts.ids})
        self.assertEqual(self.member._drive_avoided(self.rice), self.nuts)
        self.rice.write({"drive_trace_ids": False, "drive_ingredients": "Riz, crème"})
        self.assertEqual(self.member._drive_avoided(self.rice.product_tmpl_id), self.milk)

    def test_no_substitute_with_it(self):
        self.assertTrue(self.member._drive_may_replace(self.rice))
        self.rice.drive_trace_ids = self.nuts
        self.assertFalse(self.member._drive_may_replace(self.rice))
        self.rice.drive_trace_ids = self.sesame
        self.assertTrue(self.member._drive_may_replace(self.rice))

    def test_whoever_prepares_is_refused_it(self):
        order = self._create_confirmed({self.bread: 1})
        values = {"order_id": order.id, "product_id": self.rice.id, "drive_substitute_of_id": order.order_line.id}
        self.rice.drive_trace_ids = self.nuts
        with self.assertRaisesRegex(ValidationError, "cannot replace .* any more"):
            self.env["sale.order.line"].create(values)
        self.rice.drive_trace_ids = self.sesame
        self.assertTrue(self.env["sale.order.line"].create(values))

    def test_nor_for_others_of_the_household(self):
        """Who orders avoids nothing, and a child of theirs nuts."""
        parent = self._create_member("Dominique Durand")
        child = self.env["res.partner"].create({"name": "Lou Durand", "parent_id": parent.id})
        child._drive_avoid([str(self.nuts.id)])
        order = self._create_confirmed({self.bread: 1}, member=parent)
        values = {"order_id": order.id, "product_id": self.rice.id, "drive_substitute_of_id": order.order_line.id}
        self.rice.drive_trace_ids = self.nuts
        with self.assertRaisesRegex(ValidationError, "cannot replace .* any more") as caught:
            self.env["sale.order.line"].create(values)
        self.assertNotIn("Lou", str(caught.exception))
        child._drive_avoid([])
        self.assertTrue(self.env["sale.order.line"].create(values))

    def test_no_substitute_of_which_nobody_knows(self):
        self.rice.drive_no_allergen = False
        self.assertFalse(self.member._drive_may_replace(self.rice))
        self.assertTrue(self._create_member("Somebody")._drive_may_replace(self.rice))
        self.rice.drive_food = "none"
        self.assertTrue(self.member._drive_may_replace(self.rice))

    def test_a_preparer_may_ask_and_reads_no_more(self):
        volunteer = self._create_volunteer()
        member = self.member.with_user(volunteer)
        self.rice.drive_trace_ids = self.nuts
        self.assertFalse(member._drive_may_replace(self.rice.with_user(volunteer)))
        self.assertNotIn("drive_avoids", member.fields_get())

    def _create_volunteer(self):
        return self.env["res.users"].create(
            {
                "name": "Volunteer",
                "login": "food_volunteer",
                "group_ids": self.env.ref("cafoutch_drive.group_volunteer").ids,
            }
        )

    def test_what_is_no_allergen_is_left_out(self):
        self.member._drive_avoid(["x", "999999999", "-1", "9" * 30, "", str(self.milk.id)])
        self.assertEqual(self.member._drive_avoidances().allergen_id, self.milk)
        self.assertTrue(self.member._drive_avoidances().since)
        self.member._drive_avoid([])
        self.assertFalse(self.member.drive_avoids)
        self.assertFalse(self.member._drive_avoidances().since)

    def test_it_is_exported_and_forgotten(self):
        self.assertIn("Milk", str(self.member._drive_export()))
        self.assertIn("milk", str(self.member._drive_page_data()))
        self.member.coop_state = "left"
        manager = self.env.ref("base.user_admin")
        manager.group_ids |= self.env.ref("cafoutch_drive.group_manager")
        self.member.with_user(manager)._drive_forget()
        self.assertFalse(self.member._drive_avoidances().allergen_id)
        self.assertFalse(self.member.drive_avoids)
        self.assertFalse(self.member._drive_avoidances().since)

    def test_what_the_reader_avoids(self):
        catalogue = self.env["drive.catalogue"].sudo()
        self.assertFalse(catalogue._avoided_ids(self.member), "somebody else reads the page")
        user = self.env["res.users"].create({"name": "x", "login": "food_login", "partner_id": self.member.id})
        reader = catalogue.with_user(user).sudo()
        self.assertEqual(reader._avoided_ids(self.member), frozenset((self.nuts | self.milk).ids))
        self.assertFalse(reader._avoided_ids(self._create_member("Another")))
