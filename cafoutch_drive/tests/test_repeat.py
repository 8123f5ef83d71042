"""Several products put into a basket at once, and an order made again."""

from datetime import timedelta

from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestBringUp(ShopCommon):
    """What is put into a basket of `bread` and `apples`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.soap = cls._create_product("Savon", 2.0, stock=3)
        cls.lemons = cls._create_product("Citrons", 4.0, stock=0.5, uom_id=cls.kilo.id, drive_piece_weight=0.12)
        cls.apples.drive_qty_step = 0.1

    def _bring_up(self, wanted):
        orders = self.env["sale.order"].with_context(lang="en_US")
        return orders._drive_basket(self.member, create=True)._drive_bring_up(wanted)["message"]

    def test_what_is_there_stays(self):
        self._create_basket({self.bread: 3, self.soap: 1})
        message = self._bring_up({self.bread: 1, self.soap: 2, self.apples: 1.5})
        self.assertEqual(self.basket_of(), {self.bread: 3, self.soap: 2, self.apples: 1.5})
        self.assertEqual(message, "2 products were put into your basket.")

    def test_twice_is_once(self):
        wanted = {self.bread: 2, self.apples: 1}
        self.assertIn("2 products were put", self._bring_up(wanted))
        self.assertEqual(self._bring_up(wanted), "All of it is already in your basket.")
        self.assertEqual(self.basket_of(), wanted)

    def test_in_what_it_is_sold(self):
        """Weighed quantities become steps, or pieces; at least one."""
        for wanted, held in ((0.537, 0.5), (0.56, 0.6), (0.01, 0.1), (1.0, 1.0)):
            self.env["sale.order"]._drive_basket(self.member).unlink()
            self._bring_up({self.apples: wanted})
            self.assertEqual(self.basket_of(), {self.apples: held}, wanted)
        self._bring_up({self.lemons: 0.31})
        self.assertEqual(self.basket_of()[self.lemons], 0.36)

    def test_what_is_missing_is_named(self):
        """Gone, none left, and less than one takes: the rest is put in."""
        gone = self._create_product("Chaussettes", 5.0, stock=9, drive_ok=False)
        archived = self._create_product("Bonnet", 5.0, stock=9)
        archived.active = False
        none = self._create_product("Fraises", 5.0)
        message = self._bring_up(
            {gone: 1, archived: 1, none: 1, self.soap: 5, self.lemons: 1.2, self.bread: 1},
        )
        self.assertEqual(self.basket_of(), {self.soap: 3, self.lemons: 0.48, self.bread: 1})
        for sentence in (
            "3 products were put into your basket.",
            "No longer on the drive: Chaussettes, Bonnet.",
            "None left: Fraises.",
            "Savon (3",
            "Citrons (0",
        ):
            self.assertIn(sentence, message)

    def test_nothing_can_be_had(self):
        none = self._create_product("Fraises", 5.0)
        self.assertEqual(self._bring_up({none: 2}), "Nothing more could be put into your basket. None left: Fraises.")
        self.assertEqual(self.basket_of(), {})

    def test_less_is_left_than_the_basket_holds(self):
        """Somebody was quicker: what the basket holds is not lowered behind one's back."""
        self._create_basket({self.soap: 3})
        self._set_stock(self.soap, -2)
        self.assertIn("Not enough left", self._bring_up({self.soap: 3}))
        self.assertEqual(self.basket_of(), {self.soap: 3})

    def test_reserved_for_others_is_not_left(self):
        self._create_confirmed({self.soap: 2}, member=self.other)
        self.assertIn("Savon (1", self._bring_up({self.soap: 2}))
        self.assertEqual(self.basket_of(), {self.soap: 1})

    def test_many_in_few_queries(self):
        """As many for three times the products but for what each new line costs."""
        products = self.env["product.product"]
        for number in range(60):
            products |= self._create_product(f"Article {number}", 1.0, stock=9)
        basket = self.env["sale.order"]._drive_basket(self.member, create=True)
        basket._drive_bring_up({self.bread: 1})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        basket._drive_bring_up(dict.fromkeys(products, 1.0))
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 60 * 5)


@tagged("post_install", "-at_install")
class TestAgain(ShopCommon):
    """An order again, over HTTP."""

    def test_again(self):
        order = self._create_confirmed({self.bread: 2, self.apples: 1})
        self._create_basket({self.bread: 3})
        self.assertSays(self.get(f"/drive/orders/{order.id}"), "Order this again")
        answer = self.post(f"/drive/orders/{order.id}/again")
        self.assertTrue(answer.headers["Location"].endswith("/drive/basket"))
        self.assertEqual(self.basket_of(), {self.bread: 3, self.apples: 1})
        self.assertSays(self.get("/drive/basket"), "1 product was put into your basket.")
        # A second click changes nothing more.
        self.post(f"/drive/orders/{order.id}/again")
        self.assertEqual(self.basket_of(), {self.bread: 3, self.apples: 1})

    def test_what_was_ordered(self):
        """Not what was found, and not what replaced it."""
        order = self._create_confirmed({self.bread: 2, self.apples: 1})
        bread, apples = order.order_line
        order.drive_state = "preparing"
        bread.product_uom_qty = 1
        apples.drive_substitute_of_id = bread
        order.drive_state = "done"
        self.post(f"/drive/orders/{order.id}/again")
        self.assertEqual(self.basket_of(), {self.bread: 2})

    def test_of_the_household_only(self):
        order = self._create_confirmed({self.bread: 1}, member=self.other)
        basket = self._create_basket({self.bread: 1}, self.other)
        for order_id in (order.id, basket.id, 99999999):
            self.post(f"/drive/orders/{order_id}/again", status=404)
        self.assertEqual(self.basket_of(), {})
        self.other.parent_id = self.member
        order.drive_household_id = self.member
        self.post(f"/drive/orders/{order.id}/again")
        self.assertEqual(self.basket_of(), {self.bread: 1})

    def test_who_may_not_order(self):
        order = self._create_confirmed({self.bread: 1})
        self.member.coop_state = "suspended"
        self.post(f"/drive/orders/{order.id}/again", status=403)
        self.post("/drive/usual/add", status=403, product=self.bread.id)
        self.assertEqual(self.basket_of(), {})


@tagged("post_install", "-at_install")
class TestUsualPage(ShopCommon):
    def test_empty(self):
        self.assertSays(self.get("/drive/usual"), "Nothing yet")

    def test_the_page(self):
        self.apples.drive_qty_step = 0.1
        earlier = self._create_confirmed({self.bread: 2, self.apples: 0.5})
        earlier.date_order -= timedelta(days=7)
        sold_no_more = self._create_product("Chaussettes", 5.0, stock=9)
        self._create_confirmed({sold_no_more: 1, self.bread: 2}, self._create_slot(hours=70))
        sold_no_more.drive_ok = False
        html = self.get("/drive/usual")
        self.assertSays(html, "Miche", "usually × 2", "about 0.5 kg")
        self.assertLess(html.index("Miche"), html.index("Pommes"))
        self.assertNotIn("Chaussettes", html)
        self.assertEqual(html.count('name="product" form="add"'), 2)

    def test_add_what_is_ticked(self):
        self._create_confirmed({self.bread: 2, self.apples: 1})
        self._create_basket({self.apples: 3})
        self.post("/drive/usual/add", product=[self.bread.id])
        self.assertEqual(self.basket_of(), {self.bread: 2, self.apples: 3})
        self.post("/drive/usual/add", product=[self.bread.id, self.apples.id])
        self.assertEqual(self.basket_of(), {self.bread: 2, self.apples: 3})

    def test_garbage(self):
        """What is not usual cannot be slipped in, nor can what is no product."""
        self._create_confirmed({self.bread: 1})
        for product in ([], ["abc"], ["-1"], ["9" * 40], [self.apples.id], ["\N{PILE OF POO}"]):
            self.post("/drive/usual/add", product=product)
            self.assertEqual(self.basket_of(), {})
        self.assertSays(self.get("/drive/basket"), "Nothing was ticked")

    def test_sold_out_is_not_ticked(self):
        self._create_confirmed({self.bread: 2})
        self._set_stock(self.bread, -8)
        html = self.get("/drive/usual")
        self.assertIn("disabled", html.split('name="product" form="add"')[1][:200])
        self.assertSays(html, "Sold out")

    def test_the_queries_do_not_grow(self):
        """As many for 3 products as for 40."""
        counts = []
        for number in (3, 37):
            products = self.env["product.product"]
            for one in range(number):
                products |= self._create_product(f"Article {number} {one}", 1.0, stock=9)
            self._create_confirmed(dict.fromkeys(products, 1.0), self._create_slot(hours=60 + number))
            self.get("/drive/usual")
            before = self.env.cr.sql_log_count
            self.get("/drive/usual")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
