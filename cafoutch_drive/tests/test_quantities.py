from odoo.tests import tagged

from ..tools.typed_quantity import Typed, read_quantity
from .common import DriveCommon
from .preparation_common import PreparationCommon
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestTypedQuantities(DriveCommon):
    """What people write in the field of a quantity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls._set_stock(cls.apples, 500)
        cls.pears = cls._create_product("Poires", 3.0, stock=500, uom_id=cls.kilo.id, drive_piece_weight=0.15)
        litre = cls.env.ref("uom.product_uom_litre")
        cls.oil = cls._create_product("Huile", 11.0, stock=500, uom_id=litre.id, drive_qty_step=0.25)
        cls.basket = cls._create_basket({}).with_env(cls.env)

    def _set(self, product, text, unit="uom"):
        self.basket._drive_set_quantity(product.id, text, unit)
        return round(self.basket.order_line.filtered(lambda line: line.product_id == product).product_uom_qty, 3)

    def test_read(self):
        for text, typed in (
            ("3", (3, None)),
            ("0,2 kg", (0.2, "kg")),
            (" 200g ", (0.2, "kg")),
            ("200 grammes", (0.2, "kg")),
            ("1 200 g.", (1.2, "kg")),
            ("4 pièces", (4, "piece")),
            ("4 PIECE", (4, "piece")),
            ("75 cl", (0.75, "l")),
            ("1,5 L", (1.5, "l")),
            (2, (2, None)),
            (0.5, (0.5, None)),
        ):
            with self.subTest(text=text):
                self.assertEqual(read_quantity(text), Typed(*typed))
        for text in (
            "",
            "kg",
            "2 pommes",
            "1,2,3 kg",
            "g 200",
            "two",
            None,
            True,
            [],
            {},
            "1" * 50 + " g",
            "nan",
            "1e999",
        ):
            with self.subTest(text=text):
                self.assertIsNone(read_quantity(text))

    def test_a_unit_that_is_said_counts(self):
        for text, kilos in (("200 g", 0.2), ("200g", 0.2), ("0,2 kg", 0.2), ("0.3", 0.3), ("2", 2), ("40 kg", 40)):
            with self.subTest(text=text):
                self.assertEqual(self._set(self.apples, text), kilos)
        for text, litres in (("75 cl", 0.75), ("500 ml", 0.5), ("1 L", 1), ("2", 2)):
            with self.subTest(text=text):
                self.assertEqual(self._set(self.oil, text), litres)
        self.assertEqual(self._set(self.bread, "4 pièces"), 4)

    def test_pieces_of_what_is_weighed(self):
        for text, kilos in (
            ("4", 0.6),
            ("4 pièces", 0.6),
            ("600 g", 0.6),
            ("0,5 kg", 0.45),
            ("20 g", 0.15),
            ("0 g", 0),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._set(self.pears, text, "piece"), kilos)
        self.assertEqual(self._set(self.pears, "4 pièces", "uom"), 0.6)
        self.assertEqual(self._set(self.pears, "200 g", "uom"), 0.2)

    def test_another_unit_than_it_is_sold_in(self):
        for product, text in (
            (self.bread, "200 g"),
            (self.apples, "20 cl"),
            (self.apples, "4 pièces"),
            (self.oil, "1 kg"),
        ):
            with self.subTest(text=text):
                self.assertRefused("bad_unit", self._set, product, text)

    def test_200_is_never_200_kilos(self):
        self.assertRefused("which_unit", self._set, self.apples, "200")
        self.assertRefused("which_unit", self._set, self.apples, "10,1")
        self.assertEqual(self._set(self.apples, "10"), 10)
        self.assertEqual(self._set(self.apples, "200 kg"), 200)
        self.apples.drive_qty_step = 0.5
        self.assertEqual(self._set(self.apples, "25"), 25)
        self.assertRefused("which_unit", self._set, self.apples, "25.5")
        self.assertRefused("which_unit", self._set, self.oil, "50")
        self.assertRefused("which_unit", self._set, self.pears, "51", "piece")
        self.assertEqual(self._set(self.pears, "50", "piece"), 7.5)
        self.pears.drive_piece_weight = 2
        self.assertRefused("which_unit", self._set, self.pears, "13", "piece")
        self._set_stock(self.bread, 500)
        self.assertEqual(self._set(self.bread, "200"), 200, "loaves are counted")

    def test_what_is_in_the_basket_already_is_not_asked_again(self):
        self._set(self.apples, "30 kg")
        self.assertEqual(self._set(self.apples, "30"), 30)
        self.assertRefused("which_unit", self._set, self.apples, "31")
        self._set(self.pears, "60 pièces", "piece")
        self.assertEqual(self._set(self.pears, "60", "piece"), 9)

    def test_grams_are_grams(self):
        gram = self.env.ref("uom.product_uom_gram")
        tea = self._create_product("Thé", 0.05, stock=90000, uom_id=gram.id, drive_qty_step=50)
        self.assertEqual(self._set(tea, "200"), 200)
        self.assertEqual(self._set(tea, "0,2 kg"), 200)
        self.assertRefused("which_unit", self._set, tea, "6000")

    def test_the_question_says_what_to_write(self):
        with self.assertRaisesRegex(Exception, r"200.kg\? For 200 g, write 0\.2\. .*“200.kg”"):
            self._set(self.apples, "200")
        with self.assertRaisesRegex(Exception, r"200 pieces\? For 200 g, write 1\. .*“200 pieces”"):
            self._set(self.pears, "200", "piece")

    def test_a_button_and_a_program_know_their_unit(self):
        self.assertEqual(self._set(self.apples, 30.0), 30)


@tagged("post_install", "-at_install")
class TestCeiling(PreparationCommon):
    """The most that a member pays for what is weighed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})

    def setUp(self):
        super().setUp()
        self.basket = self._create_held({self.bread: 1, self.apples: 1}, member=self._create_member("Other"))
        self.line = self.basket.order_line.filtered(lambda line: line.product_id == self.apples)

    def test_set_and_taken_away(self):
        self.assertIn("3.20", self.basket.with_env(self.env)._drive_set_ceiling(self.apples.id, "3,20 €"))
        self.assertEqual(self.line.drive_ceiling, 3.2)
        for nothing in ("", "0", None):
            self.basket._drive_set_ceiling(self.apples.id, "4")
            self.basket._drive_set_ceiling(self.apples.id, nothing)
            self.assertFalse(self.line.drive_ceiling)

    def test_what_cannot_be(self):
        for amount in ("2.99", "-1", "abc", "1e9", "nan", "<b>"):
            with self.subTest(amount=amount):
                self.assertRefused("bad_ceiling", self.basket._drive_set_ceiling, self.apples.id, amount)
        self.assertRefused("not_sold", self.basket._drive_set_ceiling, self.bread.id, "10")
        self.assertRefused("not_sold", self.basket._drive_set_ceiling, "x", "10")
        self.assertRefused("not_sold", self.order._drive_set_ceiling, self.apples.id, "10")
        self.assertFalse(self.line.drive_ceiling)

    def test_ordering_more_lifts_it_and_says_so(self):
        self.basket._drive_set_ceiling(self.apples.id, "3.5")
        self.assertFalse(self.basket._drive_set_quantity(self.apples.id, 1.1)["message"])
        self.assertTrue(self.line.drive_ceiling)
        self.assertIn("Pommes", self.basket._drive_set_quantity(self.apples.id, 1.2)["message"])
        self.assertFalse(self.line.drive_ceiling)

    def test_a_confirmed_order_that_asks_for_more_lifts_it(self):
        self.apples_line.drive_ceiling = 3.2
        self.apples_line._drive_change_quantity(1.0)
        self.assertTrue(self.apples_line.drive_ceiling)
        self.apples_line._drive_change_quantity(1.5)
        self.assertFalse(self.apples_line.drive_ceiling)

    def test_the_scales_do_not_go_above_it(self):
        self.start()
        self.apples_line.drive_ceiling = 3.2
        self.assertEqual(self.apples_line._drive_expected_range(), (0.9, 1.066))
        self.assertIn("1.066", self.refuses("take", line=self.apples_line.id, qty=1.067))
        self.assertIn("1.066", self.refuses("take", line=self.apples_line.id, qty=1.5, sure=True))
        self.does("take", line=self.apples_line.id, qty=1.066)
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.066)

    def test_the_member_never_pays_more(self):
        self.apples_line.drive_ceiling = 3.2
        self.prepare(bread=2, apples=1.066)
        self.assertLessEqual(self.apples_line.price_total, 3.2)
        self.assertEqual(self.order.drive_state, "ready")


@tagged("post_install", "-at_install")
class TestQuantityPages(ShopCommon):
    def test_a_typed_unit_without_javascript(self):
        self.post("/drive/basket/set", product_id=self.apples.id, qty="200 g")
        self.assertEqual(self.basket_of(), {self.apples: 0.2})
        html = self.post("/drive/basket/set", 422, product_id=self.apples.id, qty="200").text
        self.assertSays(html, "200 kg? For 200 g, write 0.2.")
        self.assertEqual(self.basket_of(), {self.apples: 0.2})
        self.post("/drive/basket/set", product_id=self.apples.id, to="0.3", qty="200")
        self.assertEqual(self.basket_of(), {self.apples: 0.3})

    def test_a_typed_number_from_a_page(self):
        answer = self.call("basket/set", product_id=self.apples.id, qty="200")
        self.assertEqual((answer["code"], answer["qty"]), ("which_unit", 0))
        self.assertEqual(self.call("basket/set", product_id=self.apples.id, qty="0,2 kg")["qty"], 0.2)

    def test_no_field_takes_200_for_200_kilos(self):
        """Whatever page it is typed on."""
        self._set_stock(self.apples, 500)
        self.apples.pos_categ_ids = self.shelf
        weekly = self.env["drive.list"]._drive_keep(self.member, "Weekly", {self.apples: 1})
        order = self._create_confirmed({self.apples: 1})
        basket = {"product_id": self.apples.id, "unit": "uom"}
        in_order = {f"was-{self.apples.id}": "1", f"shown-{self.apples.id}": "1"}
        for address, field, values in (
            ("/drive/basket/set", "qty", basket),
            (f"/drive/lists/{weekly.id}/set", "qty", basket),
            (f"/drive/orders/{order.id}/change", f"qty-{self.apples.id}", in_order),
        ):
            for typed in ("200", "25.1", "10.1"):
                with self.subTest(address=address, typed=typed):
                    html = self.post(address, 422, **values, **{field: typed}).text
                    self.assertSays(html, f"{typed} kg? For {typed} g, write 0.")
        self.assertFalse(self.basket_of())
        self.assertEqual(weekly._drive_quantities(), {self.apples: 1})
        answer = self.call(
            "orders/change",
            order=order.id,
            lines=[{"product_id": self.apples.id, "qty": "200"}],
            total_seen=600,
            idempotency_key="key-of-200",
        )
        self.assertEqual(answer["code"], "which_unit")

    def test_what_a_list_holds_is_not_asked_again(self):
        weekly = self.env["drive.list"]._drive_keep(self.member, "Weekly", {self.apples: 30})
        address = f"/drive/lists/{weekly.id}/set"
        self.post(address, product_id=self.apples.id, qty="30")
        self.post(address, 422, product_id=self.apples.id, qty="31")
        self.post(address, product_id=self.apples.id, qty="31 kg")
        self.env.invalidate_all()
        self.assertEqual(weekly._drive_quantities(), {self.apples: 31})

    def test_a_ceiling_is_shown_wherever_the_line_is(self):
        self.post("/drive/basket/set", product_id=self.apples.id, qty="1")
        html = self.get("/drive/basket")
        self.assertSays(html, "No limit on its price", "Pay at most")
        html = self.post("/drive/basket/ceiling", 422, product_id=self.apples.id, amount="1").text
        self.assertSays(html, "already costs about")
        self.post("/drive/basket/ceiling", product_id=self.apples.id, amount="3,50")
        for page in ("/drive/basket", "/drive/checkout"):
            self.assertSays(self.get(page), "3.50")
        basket = self.env["sale.order"]._drive_basket(self.member)
        basket._drive_hold(self.slot)
        basket._drive_confirm("test-key-ceiling", basket.amount_total)
        self.assertSays(self.get(f"/drive/orders/{basket.id}"), "3.50")

    def test_estimates_are_marked_on_each_page(self):
        self.post("/drive/basket/set", product_id=self.apples.id, qty="1")
        for page in ("/drive", f"/drive/product/{self.apples.id}", "/drive/basket", "/drive/checkout"):
            self.assertIn("≈", self.get(page).split("<main")[1], page)
        basket = self.env["sale.order"]._drive_basket(self.member)
        basket._drive_hold(self.slot)
        basket._drive_confirm("test-key-estimate", basket.amount_total)
        for page in ("/drive/orders", f"/drive/orders/{basket.id}"):
            self.assertIn("≈", self.get(page).split("<main")[1], page)
