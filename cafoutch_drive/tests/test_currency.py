"""A pricelist in another currency: the drive sells in that of its company, which is the till's."""

import re
from datetime import timedelta

from odoo import Command, fields
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestCurrency(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls.company.currency_id
        cls.foreign = cls.env["res.currency"].create(
            {
                "name": "ZZD",
                "symbol": "Z$",
                "position": "after",
                "rounding": 0.01,
                # Two of them are one of ours.
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0, "company_id": cls.company.id})],
            }
        )
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.bread.write({"drive_net_quantity": 0.5, "drive_net_unit": "kg"})
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Abroad",
                "currency_id": cls.foreign.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": cls.bread.id,
                            "compute_price": "fixed",
                            "fixed_price": 6.0,
                        }
                    )
                ],
            }
        )

    def assertOurs(self, *paths):
        """Each page says three euros of the bread, six a kilo, and nothing in the other currency."""
        for path in paths:
            html = self.get(path)
            self.assertNotIn(self.foreign.symbol, html, path)
            self.assertSays(re.sub(r"\s", " ", html), "3.00", "6.00")

    def test_everywhere_in_the_company_s_currency(self):
        self.member.property_product_pricelist = self.pricelist
        product = f"/drive/product/{self.bread.id}"
        self.assertOurs("/drive", "/drive/search?q=miche&sort=price", "/drive?sort=compared", product)
        answer = self.call("basket/set", product_id=self.bread.id, qty=1, seq=1)
        self.assertEqual((answer["line_total"], answer["basket_total"]), (3.0, 3.0))
        self.assertEqual(self.call("basket/set", product_id=self.bread.id, qty=2, seq=2)["basket_total"], 6.0)
        self.assertEqual(self.call("basket/set", product_id=self.bread.id, qty=1, seq=3)["basket_total"], 3.0)
        basket = self.env["sale.order"]._drive_basket(self.member)
        self.assertEqual((basket.currency_id, basket.pricelist_id), (self.ours, self.pricelist))
        basket._drive_hold(self.slot)
        self.assertOurs("/drive", "/drive/basket", "/drive/checkout")
        self.call("checkout/confirm", idempotency_key="0123456789", total_seen=3.0)
        self.env.invalidate_all()
        self.assertEqual(basket.drive_state, "confirmed")
        self.assertOurs(f"/drive/orders/{basket.id}", f"/drive/orders/{basket.id}/change")
        self.assertEqual(basket.amount_total, 3.0)

    def test_a_pricelist_whose_currency_changes(self):
        """What is in a basket stays in its currency, and the pages beside it too."""
        mine = self.env["product.pricelist"].create({"name": "Mine"})
        self.member.property_product_pricelist = mine
        self._create_basket({self.bread: 1})
        mine.currency_id = self.foreign
        for path in ("/drive", "/drive/basket", "/drive/checkout"):
            html = self.get(path)
            self.assertNotIn(self.foreign.symbol, html, path)
            self.assertSays(html, "4.80")

    def test_a_rate_that_begins_later_is_not_missed(self):
        self.member.property_product_pricelist = self.pricelist
        catalogue = self.env["drive.catalogue"]
        self.env["res.currency.rate"].create(
            {
                "name": fields.Date.today() + timedelta(days=1),
                "rate": 3.0,
                "currency_id": self.foreign.id,
                "company_id": self.company.id,
            }
        )
        tomorrow = fields.Datetime.to_datetime(fields.Date.today() + timedelta(days=1))
        self.assertLessEqual(catalogue._contents(self.pricelist).until, tomorrow)

    def test_a_basket_of_before_the_rule(self):
        basket = self._create_basket({self.bread: 1})
        basket.pricelist_id = self.pricelist
        basket.currency_id = self.foreign
        self._migrate()
        self.assertEqual((basket.currency_id, basket.amount_total), (self.ours, 3.0))

    def _migrate(self):
        path = file_path("cafoutch_drive/migrations/19.0.2.0.0/post-migration.py")
        self.env.flush_all()
        load_script(path, "post_currency").migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()
