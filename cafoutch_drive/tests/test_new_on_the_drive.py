from datetime import datetime

from odoo.tests import tagged

from .shop_common import ShopCommon

LONG_AGO, BEFORE = datetime(2020, 1, 1), datetime(2024, 1, 1)


@tagged("post_install", "-at_install")
class TestNewOnTheDrive(ShopCommon):
    """What is new is what members have not seen before, whenever the till came to know it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jam = cls._create_product("Confiture", 3.0, stock=9)
        (cls.bread + cls.apples + cls.jam).product_tmpl_id.drive_since = BEFORE

    def _known_since(self, product, moment):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_template SET create_date = %s WHERE id = %s", [moment, product.product_tmpl_id.id]
        )

    def test_newest_on_the_drive_come_first(self):
        """An article of the till that comes to the drive is new there, one that the drive
        has had for long is not, though a file made it again."""
        old = self._create_product("Vieille confiture", 3.0, drive_ok=False)
        self._known_since(old, LONG_AGO)
        self.assertFalse(old.drive_since)
        old.drive_ok = True
        self.assertTrue(old.drive_since > BEFORE)
        html = self.get("/drive?sort=new")
        self.assertLess(html.index("Vieille confiture"), html.index(self.bread.name))
        self.apples.product_tmpl_id.drive_since = LONG_AGO
        self._known_since(self.apples, datetime(2026, 1, 1))
        html = self.get("/drive?sort=new")
        self.assertLess(html.index(self.bread.name), html.index(self.apples.name))

    def test_what_comes_back_is_not_new(self):
        for name in ("drive_ok", "sale_ok", "active"):
            self.bread.product_tmpl_id[name] = False
            self.env.flush_all()
            self.bread.product_tmpl_id[name] = True
            self.assertEqual(self.bread.drive_since, BEFORE, name)

    def test_a_copy_is_new(self):
        self.assertGreater(self.bread.product_tmpl_id.copy().drive_since, BEFORE)

    def test_not_before_its_particulars_are_complete(self):
        """Food that the shop may not show is not on the drive yet."""
        policy = self.env["drive.policy"]._for(self.env.company)
        policy.food_rule = "block"
        tea, rice = (self._create_product(name, 3.0, drive_food="prepacked") for name in ("Thé", "Riz"))
        self.assertFalse(tea.drive_since)
        tea.drive_food = "none"
        self.assertTrue(tea.drive_since)
        self.assertFalse(rice.drive_since)
        policy.food_rule = "warn"
        self.assertTrue(rice.drive_since, "the shop shows it from now on")
