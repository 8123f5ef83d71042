import re

from odoo import Command
from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestComparisonPlaces(ShopCommon):
    """The price of a unit and its comparison price are said in the same words everywhere."""

    def _places(self, product):
        """What each place says of a product that a member orders: ``{place: text}``."""
        self.post("/drive/basket/set", product_id=product.id, qty=1)
        basket = self.env["sale.order"]._drive_basket(self.member)
        basket._drive_hold(self.slot)
        paths = [f"/drive/search?q={product.name}", f"/drive/product/{product.id}", "/drive/basket", "/drive/checkout"]
        places = {path: self.get(path) for path in paths}
        basket._drive_confirm(f"test-key-{basket.id}", basket.amount_total)
        order = f"/drive/orders/{basket.id}"
        places |= {path: self.get(path) for path in (order, f"{order}/change")}
        # What the till loads and its receipt says, see the tour of the till.
        line = self.env["sale.order.line"].with_context(lang="en_US").browse(basket.order_line.ids)
        [loaded] = line.read(line._load_pos_data_fields(self.env["pos.config"]))
        places["receipt"] = loaded["drive_price_text"]
        template = self.env.ref("cafoutch_drive.mail_template_confirmed")
        template.lang = "en_US"
        places["mail"] = template._render_field("body_html", basket.ids, compute_lang=True)[basket.id]
        return {place: re.sub(r"<[^>]+>|\s", " ", str(html).split("<main")[-1]) for place, html in places.items()}

    def assertEverywhere(self, product, price, *compared):
        """Each place says this price, and these comparison prices only."""
        for place, text in self._places(product).items():
            self.assertIn(price, text, place)
            said = re.findall(r"([\d.]+)\s*€?/\s*(kg|L|piece)\b", text)
            self.assertEqual({"/".join(words) for words in said}, set(compared), place)

    def _packet(self, price, quantity, unit="kg", **values):
        values |= {"drive_net_quantity": quantity, "drive_net_unit": unit}
        return self._create_product(f"Packet {quantity:g}", price, stock=9, **values)

    def test_a_packet(self):
        self.assertEverywhere(self._packet(1.85, 0.5), "1.85", "3.70/kg")

    def test_exactly_one_kilo(self):
        self.assertEverywhere(self._packet(3.2, 1.0), "3.20", "3.20/kg")

    def test_by_the_kilo(self):
        # 0.1 kg costs 0.30, which would make 3.00 a kilo.
        self.apples.list_price = 2.99
        self.assertEverywhere(self.apples, "2.99", "2.99/kg")

    def test_a_tiny_amount(self):
        self.assertEverywhere(self._packet(0.03, 10.0, "l"), "0.03", "0.0030/L")
        self.assertEverywhere(self._packet(0.01, 5000.0, "l"), "0.01", "0.0000020/L")

    def test_by_the_piece(self):
        self.assertEverywhere(self._packet(2.4, 6, "piece"), "2.40", "0.40/piece")
        self.assertEverywhere(self.bread, "4.80")

    def test_taxes_and_pricelists(self):
        tax = self.env["account.tax"].create(
            {"name": "5.5 %", "amount": 5.5, "price_include_override": "tax_excluded"}
        )
        product = self._packet(1.0, 0.5, taxes_id=[Command.set(tax.ids)])
        self.assertEverywhere(product, "1.06", "2.12/kg")
        rule = {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"}
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        self.member.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Solidarity", "item_ids": [Command.create(rule)]}
        )
        self.assertEverywhere(product, "0.95", "1.90/kg")
