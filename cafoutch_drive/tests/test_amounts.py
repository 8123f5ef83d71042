"""What a basket comes to is what Odoo says, however little of it was worked out again."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.sale_order_amounts import AMOUNTS
from ..models.sale_order_tap import FOLLOWS
from .common import DriveCommon

TOTALS = ("amount_untaxed", "amount_tax", "amount_total", "amount_unpaid")
QUANTITIES = (1, 2, 7, 1)


@tagged("post_install", "-at_install")
class TestAmounts(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_calculation_rounding_method = "round_per_line"
        cls.taxes = cls.env["account.tax"].create(
            [
                {"name": f"{amount} {kind}", "amount": amount, "price_include_override": f"tax_{kind}"}
                for amount in (5.5, 10.0, 20.0)
                for kind in ("included", "excluded")
            ]
        )
        cls.products = cls.env["product.product"]
        # Three of one tax: rounded line by line they come to something else than as a whole.
        for number, price in (
            (0, 0.01),
            (1, 1.2),
            (1, 1.38),
            (1, 1.57),
            (2, 1.005),
            (3, 2.45),
            (4, 3.333),
            (5, 17.99),
        ):
            cls.products |= cls._create_product(
                f"Taxed {price}",
                price,
                type="service",
                is_storable=False,
                taxes_id=[Command.set(cls.taxes[number].ids)],
            )
        cls.products |= cls.apples
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Members"})
        cls.member.property_product_pricelist = cls.pricelist

    def _fill(self, member, quantities):
        """A basket whose quantities were changed one after the other."""
        basket = self.env["sale.order"]._drive_basket(member, create=True)
        for quantity in quantities:
            for product in self.products:
                basket._drive_set_quantity(product.id, quantity)
                self.env.flush_all()
                self.env.invalidate_all()
        return basket

    def _plain(self, member, quantity):
        """The same as an order of Odoo's, that was never changed."""
        return self.env["sale.order"].create(
            {
                "partner_id": member.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product in self.products
                ],
            }
        )

    def assertSame(self, basket, order):
        for name in TOTALS:
            self.assertEqual(basket[name], order[name], name)
        for line, other in zip(basket.order_line, order.order_line, strict=True):
            for name in ("product_id", "product_uom_qty", "qty_to_invoice", "invoice_status", *AMOUNTS):
                self.assertEqual(line[name], other[name], (line.name, name))

    def test_what_odoo_says(self):
        """The second member's lines were worked out for the first."""
        other = self._create_member("Noé Durand")
        other.property_product_pricelist = self.pricelist
        for number in range(1, len(QUANTITIES) + 1):
            for member in (self.member, other):
                basket = self._fill(member, QUANTITIES[:number])
                self.assertSame(basket, self._plain(member, QUANTITIES[number - 1]))
                basket.unlink()

    def test_taxes_rounded_on_the_whole(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        basket = self._fill(self.member, QUANTITIES)
        self.assertNotEqual(basket.amount_total, sum(basket.order_line.mapped("price_total")))
        self.assertSame(basket, self._plain(self.member, QUANTITIES[-1]))

    def test_a_price_by_quantity(self):
        product = self.products[5]
        self.pricelist.item_ids = [
            Command.create(
                {
                    "applied_on": "0_product_variant",
                    "product_id": product.id,
                    "min_quantity": 3,
                    "compute_price": "fixed",
                    "fixed_price": 2.0,
                }
            )
        ]
        for quantities in ((1, 3), (3, 1), (1, 3, 1), (3, 1, 3)):
            basket = self._fill(self.member, quantities)
            self.assertSame(basket, self._plain(self.member, quantities[-1]))

    def test_what_changes_is_worked_out_again(self):
        product = self.products[1]
        for change in (
            lambda: product.write({"list_price": 1.35}),
            lambda: self.taxes[1].write({"amount": 18.0}),
            lambda: self.pricelist.item_ids.create(
                {"pricelist_id": self.pricelist.id, "percent_price": 10, "compute_price": "percentage"}
            ),
            lambda: product.write({"list_price": 1.25}),
        ):
            self._fill(self.member, (1, 2, 1))
            change()
            self.assertSame(self._fill(self.member, (2,)), self._plain(self.member, 2))

    def test_prices_are_those_of_today(self):
        """Not those of the day on which the basket was begun."""
        product = self.products[5]
        basket = self._fill(self.member, (1,))
        basket.date_order = fields.Datetime.now() - timedelta(days=7)
        self.pricelist.item_ids.create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "0_product_variant",
                "product_id": product.id,
                "compute_price": "fixed",
                "fixed_price": 1.0,
                "date_end": fields.Datetime.now() - timedelta(days=1),
            }
        )
        self.assertSame(self._fill(self.member, (2,)), self._plain(self.member, 2))
        basket._recompute_prices()
        self.assertEqual(basket.order_line[5].price_unit, 2.45)

    def test_other_taxes_of_a_product(self):
        """A basket has those of today, as the pages around it; another basket too."""
        product = self.products[0]
        self._fill(self.member, (1, 2, 1))
        product.taxes_id = self.taxes[4]
        self.assertSame(self._fill(self.member, (2,)), self._plain(self.member, 2))
        other = self._create_member("Noé Durand")
        other.property_product_pricelist = self.pricelist
        self.assertSame(self._fill(other, (1, 2)), self._plain(other, 2))

    def test_a_price_of_its_own_is_nobody_elses(self):
        basket = self._fill(self.member, (1,))
        line = basket.order_line[0]
        line.price_unit = 9.0
        basket._drive_set_quantity(line.product_id.id, 5)
        self.assertEqual(line.price_total, 45.0)
        other = self._create_member("Noé Durand")
        other.property_product_pricelist = self.pricelist
        self.assertSame(self._fill(other, (1, 5)), self._plain(other, 5))

    def test_few_queries(self):
        product = self.products[5]
        for quantity in (1, 2, 1):
            basket = self._fill(self.member, (quantity,))
        told = {"seq": 1, "page": "list", "price_seen": basket.order_line[5].drive_price_seen}
        # Who taps has read a page.
        self.env["drive.catalogue"]._page_values(self.member)
        self.env.flush_all()
        self.env.invalidate_all()
        # The basket, the article (two), its line and the facts; then all is written at once.
        with self.assertQueryCount(6):
            basket = self.env["sale.order"]._drive_basket(self.member, create=True)
            basket._drive_set_quantity(product.id, 2, **told)
            self.env.flush_all()

    # === WHAT IS KNOWN IS WRITTEN PAST ODOO === #

    def _rows(self, basket):
        """All that is stored of a basket and its lines, but when it was written."""
        self.env.flush_all()
        rows = []
        for table, key in (("sale_order", "id"), ("sale_order_line", "order_id")):
            self.env.cr.execute(
                SQL(
                    "SELECT to_jsonb(t) FROM %s t WHERE %s = %s ORDER BY id",
                    *map(SQL.identifier, (table, key)),
                    basket.id,
                )
            )
            rows += [row for (row,) in self.env.cr.fetchall()]
        moments = ("write_date", "drive_touched_at")
        return [{name: value for name, value in row.items() if name not in moments} for row in rows]

    def test_it_stores_what_odoo_would(self):
        """In every column."""
        written = []
        model = self.registry["sale.order"]
        known = model._drive_write_known

        def seen(order, line, *args):
            written.append(line.product_id)
            return known(order, line, *args)

        self.patch(model, "_drive_write_known", seen)
        for quantity in (2, 7, 1):
            self._fill(self.member, (1, quantity, 3))
            written.clear()
            basket = self._fill(self.member, (quantity,))
            self.assertEqual(written, list(self.products))
            rows = self._rows(basket)
            self.registry.clear_cache("templates")
            written.clear()
            self._fill(self.member, (5,))
            self._fill(self.member, (quantity,))
            self.assertEqual(written, [])
            self.assertEqual(self._rows(basket), rows)

    def test_the_answer_is_what_is_stored(self):
        for quantity in (1, 2, 1, 2):
            self._fill(self.member, (quantity,))
        basket = self.env["sale.order"]._drive_basket(self.member)
        answer = basket._drive_set_quantity(self.apples.id, 1)
        line = basket.order_line.filtered(lambda line: line.product_id == self.apples)
        self.assertEqual(
            answer,
            {
                "qty": 1,
                "unit": "uom",
                "line_total": line.price_total,
                "basket_total": basket.amount_total,
                "basket_count": len(self.products),
                "message": "",
            },
        )

    def test_where_more_is_stored_odoo_writes(self):
        """An addon that keeps a margin or a weight of each line is not passed by."""
        self._fill(self.member, (1, 2, 1))
        self.assertTrue(self.env["sale.order"]._drive_amounts_are_all())
        self.registry.clear_cache()
        with patch.dict(FOLLOWS, {"sale.order": FOLLOWS["sale.order"] - {"amount_unpaid"}}):
            self.assertFalse(self.env["sale.order"]._drive_amounts_are_all())
            self.patch(self.registry["sale.order"], "_drive_write_known", None)
            self.assertSame(self._fill(self.member, (2,)), self._plain(self.member, 2))
        self.registry.clear_cache()

    def test_a_tap_is_no_history(self):
        basket = self._fill(self.member, (1,)).with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = len(basket.message_ids)
        basket._drive_set_quantity(self.products[0].id, 4)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(len(basket.message_ids), messages)
