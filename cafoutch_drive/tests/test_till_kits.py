"""Kits at the till: with `mrp`, which the addon does not need. ``tests/test_kits.py`` installs it
and runs these; without it they are not looked for."""

from odoo import Command
from odoo.tests import tagged

from ..tools.invariants import offending
from .scenario_common import Scenario, ScenarioCommon

# Two loaves, a packet of crisps and 250 g of cheese each.
KITS = {
    "kits": Scenario(
        ordered={"kit": 3, "beer": 1},
        expected={
            "total": [33.1],
            "tax": [0.0],
            "paid": {"cheque": 33.1},
            "left": {"bread": 6, "chips": 3, "cheese": 0.75, "beer": 1},
            "booked": (33.1, 0.0),
        },
    ),
    "fewer kits than were ordered": Scenario(
        ordered={"kit": 3},
        found={"kit": 2},
        expected={
            "total": [20.0],
            "tax": [0.0],
            "paid": {"cheque": 20.0},
            "left": {"bread": 4, "chips": 2, "cheese": 0.5},
            "booked": (20.0, 0.0),
        },
        alone={
            "total": [30.0],
            "paid": {"cheque": 30.0},
            "left": {"bread": 6, "chips": 3, "cheese": 0.75},
            "booked": (30.0, 0.0),
        },
    ),
    "a kit refused": Scenario(
        ordered={"kit": 3, "beer": 1},
        typed={"kit": 2},
        expected={
            "total": [23.1],
            "tax": [0.0],
            "paid": {"cheque": 23.1},
            "left": {"bread": 4, "chips": 2, "cheese": 0.5, "beer": 1},
            "booked": (23.1, 0.0),
        },
        alone={"reserved": 3.25, "undone": 1, "status": "to invoice", "unpaid": 10.0},
        alone_at_closing={"reserved": 0.0},
    ),
    "a kit brought back": Scenario(
        ordered={"kit": 2},
        refunded={"kit": 1},
        expected={
            "total": [20.0, -10.0],
            "tax": [0.0, 0.0],
            "paid": {"cheque": 10.0},
            "left": {"bread": 2, "chips": 1, "cheese": 0.25},
            "booked": (10.0, 0.0),
        },
    ),
}


@tagged("post_install", "-at_install", "-standard", "drive_mrp")
class TestTillKits(ScenarioCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls._create_product("Panier apéro", 10.0, is_storable=False)
        components = {cls.bread: 2, cls.chips: 1, cls.cheese: 0.25}
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create(
                        {"product_id": product.id, "product_qty": quantity, "product_uom_id": product.uom_id.id}
                    )
                    for product, quantity in components.items()
                ],
            }
        )

    def test_drive(self):
        self._run(KITS, self.assertScenario)

    def test_pos_sale_alone(self):
        self._run(KITS, self.assertAlone)

    def test_demand_follows(self):
        """None was found, then all were: the components follow, and the check has nothing to say."""
        order = self._create_confirmed({self.kit: 2})
        self.assertEqual(self._demand(order), {"Miche": 4, "Chips": 2, "Tomme": 0.5})
        self._prepare(order, {self.kit: 0})
        self.assertEqual(set(self._demand(order).values()), {0})
        order._drive_reopen_preparation()
        order.order_line._drive_unpick()
        self.assertEqual(self._demand(order), {"Miche": 4, "Chips": 2, "Tomme": 0.5})
        self._prepare(order, {})
        ticket = self._pay(order)
        self.assertHandedOver(order, ticket)
        self.env.flush_all()
        self.assertEqual([invariant.title for invariant, _columns, _rows in offending(self.env.cr)], [])

    def _demand(self, order):
        return {move.product_id.name: round(move.product_uom_qty, 3) for move in order._drive_open_moves()}


@tagged("post_install", "-at_install", "-standard", "drive_mrp")
class TestTillKitsAtClosing(TestTillKits):
    allow_inherited_tests_method = True
    stock_moves = "closing"
