from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestRulesCount(ShopCommon):
    """A rule of another addon may be slow: it is asked once a page, and never while
    products are listed."""

    def setUp(self):
        super().setUp()
        self.asked = []
        model = self.registry["res.partner"]
        rule = model._drive_refusal

        def counted(partner):
            self.asked.append(partner.id)
            return rule(partner)

        self.patch(model, "_drive_refusal", counted)

    def _count(self, work):
        self.asked.clear()
        work()
        return len(self.asked)

    def _add_products(self, number):
        for n in range(number):
            self._create_product(f"Bread {n}", 2.0, stock=5, pos_categ_ids=[self.shelf.id])

    def test_pages_ask_once_however_long_they_are(self):
        pages = ("/drive", f"/drive/shelf/{self.shelf.id}", "/drive/search?q=bread", "/drive/basket")
        self._create_basket({self.bread: 1})
        short = {page: self._count(lambda page=page: self.get(page)) for page in pages}
        self.assertEqual(set(short.values()), {1}, short)
        self._add_products(60)
        self.assertIn("Bread 5", self.get("/drive"))
        self.assertEqual({page: self._count(lambda page=page: self.get(page)) for page in pages}, short)

    def test_listing_asks_nothing(self):
        self._add_products(60)
        self._create_basket({self.bread: 1})
        catalogue = self.env["drive.catalogue"]

        def listing():
            values = catalogue._page_values(self.member)
            for shelf, query in ((None, None), (self.shelf.id, None), (None, "bread")):
                found = catalogue._product_list(values, 1, shelf, query)
                self.assertGreater(len(found["cards"]), 40)
                catalogue._cards_html(values["contents"], found["cards"], "token", "/drive")
            catalogue._product_card(values, self.bread.id)
            catalogue._basket_cards(values)

        self.assertEqual(self._count(listing), 0)

    def test_a_quantity_asks_no_more_in_a_long_basket(self):
        set_one = [lambda qty=qty: self.call("basket/set", product_id=self.bread.id, qty=qty) for qty in (1, 2)]
        set_one[0]()
        short = self._count(set_one[1])
        self._add_products(5)
        for product in self.env["product.product"].search([("name", "=like", "Bread %")]):
            self.call("basket/set", product_id=product.id, qty=1)
        self.assertEqual(self._count(set_one[0]), short)
