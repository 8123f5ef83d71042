from odoo.tests import tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestBasket(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.basket = cls._create_basket({cls.bread: 2})

    def test_a_person_has_one_basket(self):
        again = self.env["sale.order"]._drive_basket(self.member, create=True)
        self.assertEqual(again, self.basket)
        other = self._create_member("Ali Ben")
        self.assertNotEqual(self.env["sale.order"]._drive_basket(other, create=True), self.basket)

    def test_a_basket_reserves_nothing(self):
        self.assertStock(self.bread, 10, 0)

    def test_whole_pieces_and_kilos_in_steps(self):
        answer = self.basket._drive_set_quantity(self.apples.id, 1.5)
        self.assertEqual(answer["qty"], 1.5)
        self.assertAlmostEqual(answer["line_total"], 4.5)
        self.assertAlmostEqual(answer["basket_total"], 14.1)
        self.assertEqual(answer["basket_count"], 2)

    def test_a_decimal_comma_is_understood(self):
        answer = self.basket._drive_set_quantity(str(self.apples.id), "0,3")
        self.assertAlmostEqual(answer["qty"], 0.3)

    def test_setting_again_replaces(self):
        self.basket._drive_set_quantity(self.bread.id, 3)
        self.assertEqual(self.basket.order_line.product_uom_qty, 3)

    def test_zero_takes_out(self):
        answer = self.basket._drive_set_quantity(self.bread.id, 0)
        self.assertFalse(self.basket.order_line)
        self.assertEqual(answer["basket_count"], 0)
        self.assertIn("Miche", answer["message"])

    def test_zero_of_what_is_not_in_the_basket(self):
        answer = self.basket._drive_set_quantity(self.apples.id, 0)
        self.assertIn("Pommes", answer["message"])
        self.assertEqual(self.basket.order_line.product_uom_qty, 2)

    def test_bad_quantities(self):
        for quantity in (
            -1,
            "abc",
            "",
            None,
            True,
            [],
            {},
            float("nan"),
            float("inf"),
            "nan",
            "1e400",
            10**400,
        ):
            with self.subTest(quantity=quantity):
                self.assertRefused(
                    "bad_quantity",
                    self.basket._drive_set_quantity,
                    self.bread.id,
                    quantity,
                )
        self.assertRefused("short", self.basket._drive_set_quantity, self.bread.id, 1e9)
        for product, quantity in ((self.bread, 0.5), (self.apples, 0.0004)):
            self.assertRefused("bad_step", self.basket._drive_set_quantity, product.id, quantity)
        self.assertEqual(self.basket.order_line.product_uom_qty, 2)

    def test_bad_products(self):
        hidden = self._create_product("Caché", 1, stock=5, drive_ok=False)
        archived = self._create_product("Archivé", 1, stock=5, active=False)
        for product_id in (
            hidden.id,
            archived.id,
            0,
            -3,
            2**31,
            10**30,
            "x",
            "9" * 40,
            None,
            True,
            1.5,
            [self.bread.id],
        ):
            with self.subTest(product_id=product_id):
                self.assertRefused("not_sold", self.basket._drive_set_quantity, product_id, 1)

    def test_bad_unit(self):
        self.assertRefused("bad_unit", self.basket._drive_set_quantity, self.bread.id, 1, unit="ton")
        self.assertRefused("bad_unit", self.basket._drive_set_quantity, self.bread.id, 1, unit="piece")

    def test_pieces_of_what_is_sold_by_weight(self):
        self.apples.drive_piece_weight = 0.15
        answer = self.basket._drive_set_quantity(self.apples.id, 4, unit="piece")
        self.assertEqual((answer["qty"], answer["unit"]), (4, "piece"))
        line = self.basket.order_line.filtered(lambda x: x.product_id == self.apples)
        self.assertAlmostEqual(line.product_uom_qty, 0.6)

    def test_not_more_than_what_is_left(self):
        self.assertRefused("short", self.basket._drive_set_quantity, self.bread.id, 11)
        self._create_confirmed({self.bread: 8}, member=self._create_member("Ali"))
        self.assertRefused("short", self.basket._drive_set_quantity, self.bread.id, 3)
        self.assertEqual(self.basket.order_line.product_uom_qty, 2)

    def test_goods_without_stock_have_no_limit(self):
        bag = self._create_product("Sac", 0.5, is_storable=False)
        answer = self.basket._drive_set_quantity(bag.id, 500)
        self.assertEqual(answer["qty"], 500)

    def test_an_older_change_changes_nothing(self):
        self.basket._drive_set_quantity(self.bread.id, 5, seq=20, page="a")
        answer = self.basket._drive_set_quantity(self.bread.id, 1, seq=19, page="a")
        self.assertEqual(answer["qty"], 5)
        answer = self.basket._drive_set_quantity(self.bread.id, 0, seq=21, page="a")
        self.assertEqual(answer["qty"], 0)
        answer = self.basket._drive_set_quantity(self.bread.id, 4, seq=20, page="a")
        self.assertEqual(answer["qty"], 0)

    def test_pages_count_in_milliseconds(self):
        self.basket._drive_set_quantity(self.bread.id, 5, seq=1795851738769, page="a")
        answer = self.basket._drive_set_quantity(self.bread.id, 1, seq=1795851738768, page="a")
        self.assertEqual(answer["qty"], 5)
        answer = self.basket._drive_set_quantity(self.bread.id, 1, seq=1795851738770, page="a")
        self.assertEqual(answer["qty"], 1)

    def test_each_page_and_product_counts_for_itself(self):
        self.basket._drive_set_quantity(self.bread.id, 5, seq=20, page="a")
        answer = self.basket._drive_set_quantity(self.bread.id, 3, seq=1, page="b")
        self.assertEqual(answer["qty"], 3)
        answer = self.basket._drive_set_quantity(self.apples.id, 1, seq=5, page="a")
        self.assertEqual(answer["qty"], 1)

    def test_no_basket_for_those_who_may_not_order(self):
        other = self._create_member("Zoé", state="suspended")
        self.assertRefused("suspended", self.env["sale.order"]._drive_basket, other, create=True)
        self.assertFalse(self.env["sale.order"]._drive_basket(other))
