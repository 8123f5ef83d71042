"""Reordering rules are told of what leaves, as in Odoo, and nothing is searched for the others."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestOrderpoint(DriveCommon):
    def _rule(self, product, **values):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "product_min_qty": 5,
                "product_max_qty": 12,
                "trigger": "manual",
                **values,
            }
        )

    def _sell(self, **quantities):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.member.id,
                "order_line": [
                    Command.create({"product_id": getattr(self, name).id, "product_uom_qty": quantity})
                    for name, quantity in quantities.items()
                ],
            }
        )
        order.action_confirm()
        return order

    def test_what_is_to_be_ordered_follows(self):
        rule = self._rule(self.bread)
        self.assertEqual(rule.qty_to_order, 0)
        self._sell(bread=8, apples=1)
        self.assertEqual(rule.qty_to_order, 10)

    def test_a_rule_that_is_made_or_changed_in_between(self):
        moves = self._sell(bread=1, apples=1).picking_ids.move_ids
        self.assertFalse(moves._drive_with_orderpoint())
        rule = self._rule(self.apples)
        self.assertEqual(moves._drive_with_orderpoint().product_id, self.apples)
        rule.product_id = self.bread
        self.assertEqual(moves._drive_with_orderpoint().product_id, self.bread)
        self._sell(bread=7)
        self.assertEqual(rule.qty_to_order, 10)

    def test_automatic_rules_are_run(self):
        rule = self._rule(self.bread, trigger="auto")
        ran = []

        def procure(rules, *args, **kwargs):
            ran.append(rules)

        with patch.object(type(rule), "_procure_orderpoint_confirm", procure):
            self._sell(bread=8, apples=1)
        self.assertEqual(ran, [rule])

    def test_forty_products_cost_no_more_searches_than_one(self):
        counts = []
        for number in (1, 12):
            products = [self._create_product(f"Product {number} {one}", 1.0, stock=5) for one in range(number)]
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.member.id,
                    "order_line": [Command.create({"product_id": product.id}) for product in products],
                }
            )
            self.env.flush_all()
            self.env.cr.precommit.data.clear()
            with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
                order.action_confirm()
                self.env.flush_all()
            counts.append(sum("stock_warehouse_orderpoint" in line for line in logs.output))
        self.assertEqual(counts[0], counts[1])
        self.assertGreater(counts[0], 0)
