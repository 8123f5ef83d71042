from odoo.tests import tagged

from .common import DriveCommon
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestWithdrawal(DriveCommon):
    """Which goods may be sent back: said by the shelf, or by the product itself."""

    def test_a_shelf_s_name_tells(self):
        shelves = self.env["pos.category"]
        for name, kind in (
            ("Épicerie", "days"),
            ("Fruits et légumes", "perishable"),
            ("Pain", "perishable"),
            ("Droguerie et hygiène", "sealed"),
            ("Bazar", "days"),
            ("Zzz", False),
        ):
            self.assertEqual(shelves.create({"name": name}).drive_withdrawal, kind, name)

    def test_a_shelf_in_another_follows_it_and_people_decide(self):
        shelf = self.env["pos.category"].create({"name": "Droguerie et hygiène"})
        inner = self.env["pos.category"].create({"name": "Zzz", "parent_id": shelf.id})
        self.assertEqual(inner.drive_withdrawal, "sealed")
        inner.drive_withdrawal = "days"
        inner.name = "Pain"
        self.assertEqual(inner.drive_withdrawal, "days")

    def test_the_product_then_its_storage_then_its_shelf(self):
        product = self.bread.product_tmpl_id
        self.assertEqual(product._drive_withdrawal_kind(), "days")
        product.pos_categ_ids = self.env["pos.category"].create({"name": "Droguerie et hygiène"})
        self.assertEqual(product._drive_withdrawal_kind(), "sealed")
        product.drive_storage_class = "frozen"
        self.assertEqual(product._drive_withdrawal_kind(), "perishable")
        product.drive_withdrawal = "days"
        self.assertEqual(product._drive_withdrawal_kind(), "days")

    def test_an_order_by_kind(self):
        self.apples.drive_withdrawal = "perishable"
        order = self._create_basket({self.bread: 1, self.apples: 1})
        self.assertEqual(
            order._drive_page_withdrawal(),
            [{"kind": "days", "names": "Miche"}, {"kind": "perishable", "names": "Pommes"}],
        )


@tagged("post_install", "-at_install")
class TestTerms(ShopCommon):
    """What the law of distance sales asks to say where one orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "name": "Coop & Test",
                "street": "1 rue du Four",
                "city": "Marseille",
                "phone": "+33 4 91 00 00 00",
                "email": "coop@example.org",
                "company_registry": "123 456 789",
            }
        )
        cls.policy = cls.env["drive.policy"]._for(cls.company)
        cls.apples.drive_withdrawal = "perishable"

    def test_the_checkout_says_all_of_it(self):
        order = self._create_held({self.bread: 2, self.apples: 1})
        html = self.get("/drive/checkout")
        self.assertSays(
            html,
            "Coop & Test",
            "1 rue du Four",
            "+33 4 91 00 00 00",
            "coop@example.org",
            "Registered under 123 456 789",
            "Test point",
            order.drive_point_id._drive_address(),
            f"until {order.with_context(lang='en_US')._drive_cutoff_text()}",
            "all taxes included",
            "Order with obligation to pay",
            "you pay at pickup, by card, cheque or cash",
            "to send back, without a reason: Miche",
            "it spoils or goes out of date quickly: Pommes",
        )
        for address in (f"/drive/product/{self.bread.id}", "/drive/terms"):
            self.assertIn(f'href="{address}"', html)
        # What leads to a correction takes along what was typed.
        for address in (f"/drive/basket#p{self.bread.id}", "/drive/basket", "/drive/slots"):
            self.assertIn(f'name="to" value="{address}"', html)

    def test_what_is_not_written_is_not_shown(self):
        self.company.write({"phone": False, "company_registry": False, "vat": False})
        self._create_held({self.bread: 2})
        html = self.get("/drive/checkout")
        for text in ("tel:", "Registered under", "VAT number", "spoils"):
            self.assertNotIn(text, html)

    def test_the_coop_s_own_means_of_payment(self):
        self.policy.payment_means = "by card only"
        self._create_held({self.bread: 2})
        self.assertSays(self.get("/drive/checkout"), "you pay at pickup, by card only")

    def test_what_a_member_avoids_is_marked(self):
        milk = self.env.ref("cafoutch_drive.allergen_milk")
        self.bread.write({"drive_food": "loose", "drive_allergen_ids": milk.ids})
        self.member._drive_avoid([str(milk.id)])
        self._create_held({self.bread: 2})
        self.assertIn("recap__label", self.get("/drive/checkout"))

    def test_the_usual_terms(self):
        html = self.get("/drive/terms")
        self.assertSays(html, "1 rue du Four", "by card, cheque or cash", "Form to withdraw", "L221-28")
        self.assertNotIn("mediator", html)

    def test_the_coop_s_own_terms(self):
        self.policy.write({"terms": "<p>Our <b>own</b> words</p>", "mediator": "Médiation & Cie\n<b>Paris</b>"})
        html = self.get("/drive/terms")
        self.assertIn("<p>Our <b>own</b> words</p>", html)
        self.assertIn("Médiation &amp; Cie\n&lt;b&gt;Paris&lt;/b&gt;", html)
        self.assertSays(html, "Right of withdrawal")
        self.assertNotIn("hidden defects", html)

    def test_who_may_not_order_may_read_them(self):
        self.member.coop_state = "suspended"
        self.get("/drive/terms")

    def test_an_empty_basket_sells_nothing(self):
        self.assertSays(self.get("/drive/checkout"), "Your basket is empty.")

    # === THE CONFIRMATION === #

    def test_the_confirmation_page_says_it_again(self):
        order = self._create_confirmed({self.bread: 2, self.apples: 1})
        self.assertSays(
            self.get(order.access_url),
            "1 rue du Four",
            order.drive_point_id._drive_address(),
            "to send back, without a reason: Miche",
            "it spoils or goes out of date quickly: Pommes",
        )

    def test_what_could_not_be_had_is_not_sent_back(self):
        order = self._create_confirmed({self.bread: 2, self.apples: 1})
        order.order_line.filtered(lambda line: line.product_id == self.bread).product_uom_qty = 0
        self.assertEqual([group["kind"] for group in order._drive_page_withdrawal()], ["perishable"])
