"""Table of baskets at the till: money to the cent, stock to the gram, order and books.

Each row is run where Odoo moves the till's own sales at once, and where it does so when
the session closes; and again with `pos_sale` alone, of which ``alone`` says where it
differs: when Odoo mends one of those, a test here says so. All rows run with the French
rules for tills (`l10n_fr_pos_cert`), paid by a cashier who has no right on sales.
"""

from odoo import Command
from odoo.tests import tagged

from .scenario_common import Scenario, ScenarioCommon

SCENARIOS = {
    "pieces and weights": Scenario(
        ordered={"cheese": 1.0, "carrots": 1.0, "beer": 2},
        found={"cheese": 1.13, "carrots": 0.8},
        expected={
            "total": [12.62],
            "tax": [0.34],
            "paid": {"cheque": 12.62},
            "left": {"cheese": 1.13, "carrots": 0.8, "beer": 2},
            "booked": (12.28, 0.34),
        },
        # Charges, and takes out of stock, what was ordered.
        alone={
            "total": [12.86],
            "tax": [0.34],
            "paid": {"cheque": 12.86},
            "left": {"cheese": 1.0, "carrots": 1.0, "beer": 2},
            "booked": (12.52, 0.34),
        },
    ),
    "two lots of one line": Scenario(
        ordered={"comte": 1.1},
        found={"comte": 1.25},
        expected={
            "total": [25.0],
            "tax": [1.3],
            "paid": {"cheque": 25.0},
            "left": {"H1": 0.7, "H2": 0.55},
            "booked": (23.7, 1.3),
        },
        # Cut into single kilos, one lot each: more than there was, of both.
        alone={
            "total": [31.0],
            "tax": [1.61],
            "paid": {"cheque": 31.0},
            "left": {"H1": 1.0, "H2": 0.55},
            "booked": (29.39, 1.61),
            "status": "to invoice",
        },
    ),
    "by the dozen": Scenario(
        ordered={"beer": 2},
        unit="uom.product_uom_dozen",
        found={"beer": 1},
        expected={
            "total": [37.2],
            "tax": [0.0],
            "paid": {"cheque": 37.2},
            "left": {"beer": 12},
            "booked": (37.2, 0.0),
        },
        alone={"total": [74.4], "paid": {"cheque": 74.4}, "left": {"beer": 24}, "booked": (74.4, 0.0)},
    ),
    "tax included and on top": Scenario(
        ordered={"wine": 3, "cheese": 0.5},
        found={"cheese": 0.48},
        expected={
            "total": [37.56],
            "tax": [6.07],
            "paid": {"cheque": 37.56},
            "left": {"wine": 3, "cheese": 0.48},
            "booked": (31.49, 6.07),
        },
        alone={
            "total": [37.63],
            "tax": [6.08],
            "paid": {"cheque": 37.63},
            "left": {"wine": 3, "cheese": 0.5},
            "booked": (31.55, 6.08),
        },
    ),
    "a discount": Scenario(
        ordered={"beer": 3},
        discount=10,
        expected={
            "total": [8.37],
            "tax": [0.0],
            "paid": {"cheque": 8.37},
            "left": {"beer": 3},
            "booked": (8.37, 0.0),
        },
    ),
    "a pricelist with a threshold": Scenario(
        given="_give_pricelist",
        ordered={"cheese": 1.0},
        found={"cheese": 0.87},
        expected={
            "total": [2.61],
            "tax": [0.14],
            "paid": {"cheque": 2.61},
            "left": {"cheese": 0.87},
            "booked": (2.47, 0.14),
        },
        alone={
            "total": [3.0],
            "tax": [0.16],
            "paid": {"cheque": 3.0},
            "left": {"cheese": 1.0},
            "booked": (2.84, 0.16),
        },
    ),
    "a fiscal position": Scenario(
        given="_give_fiscal_position",
        ordered={"cheese": 1.0},
        found={"cheese": 0.9},
        expected={
            "total": [2.9],
            "tax": [0.06],
            "paid": {"cheque": 2.9},
            "left": {"cheese": 0.9},
            "booked": (2.84, 0.06),
        },
        alone={
            "total": [3.22],
            "tax": [0.07],
            "paid": {"cheque": 3.22},
            "left": {"cheese": 1.0},
            "booked": (3.15, 0.07),
        },
    ),
    "articles bought on the spot": Scenario(
        ordered={"beer": 2},
        extras={"chips": 4, "beer": 3},
        expected={
            "total": [25.5],
            "tax": [0.0],
            "paid": {"cheque": 25.5},
            "left": {"beer": 5, "chips": 4},
            "booked": (25.5, 0.0),
        },
    ),
    "refused and reduced": Scenario(
        ordered={"cheese": 2.0, "beer": 3, "chips": 1},
        found={"cheese": 2.1},
        typed={"beer": 2, "chips": 0},
        expected={
            "total": [13.19],
            "tax": [0.36],
            "paid": {"cheque": 13.19},
            "left": {"cheese": 2.1, "beer": 2},
            "booked": (12.83, 0.36),
        },
        # What the member did not take stays promised to them for ever.
        alone={
            "total": [12.86],
            "tax": [0.34],
            "paid": {"cheque": 12.86},
            "left": {"cheese": 2.0, "beer": 2},
            "booked": (12.52, 0.34),
            "reserved": 4.1,
            "undone": 1,
            "status": "to invoice",
            "unpaid": 5.6,
        },
        alone_at_closing={"reserved": 3.1},
    ),
    "two means of payment": Scenario(
        ordered={"beer": 4},
        paid={"cash": 10.0, "cheque": None},
        expected={
            "total": [12.4],
            "tax": [0.0],
            "paid": {"cash": 10.0, "cheque": 2.4},
            "left": {"beer": 4},
            "booked": (12.4, 0.0),
        },
    ),
    "an invoice": Scenario(
        ordered={"wine": 1, "cheese": 1.0},
        found={"cheese": 1.2},
        invoiced=True,
        expected={
            "total": [15.99],
            "tax": [2.21],
            "paid": {"cheque": 15.99},
            "left": {"wine": 1, "cheese": 1.2},
            "booked": (13.78, 2.21),
        },
        alone={
            "total": [15.32],
            "tax": [2.17],
            "paid": {"cheque": 15.32},
            "left": {"wine": 1, "cheese": 1.0},
            "booked": (13.15, 2.17),
        },
    ),
    "a part brought back": Scenario(
        ordered={"cheese": 1.0, "beer": 2},
        found={"cheese": 0.9},
        refunded={"cheese": 0.4, "beer": 1},
        expected={
            "total": [9.2, -4.43],
            "tax": [0.16, -0.07],
            "paid": {"cheque": 4.77},
            "left": {"cheese": 0.5, "beer": 1},
            "booked": (4.68, 0.09),
        },
        alone={
            "total": [9.53, -4.43],
            "tax": [0.17, -0.07],
            "paid": {"cheque": 5.1},
            "left": {"cheese": 0.6, "beer": 1},
            "booked": (5.0, 0.1),
        },
    ),
    "all lots brought back": Scenario(
        ordered={"comte": 1.1},
        found={"comte": 1.25},
        refunded={"comte": 1.25},
        expected={
            "total": [25.0, -25.0],
            "tax": [1.3, -1.3],
            "paid": {"cheque": 0.0},
            "left": {},
            "booked": (0.0, 0.0),
        },
        alone={
            "total": [31.0, -25.0],
            "tax": [1.61, -1.3],
            "paid": {"cheque": 6.0},
            "left": {"H2": 0.55},
            "booked": (5.69, 0.31),
            "status": "to invoice",
        },
    ),
    "less than a kilo of a lot brought back": Scenario(
        ordered={"comte": 1.1},
        found={"comte": 1.25},
        refunded={"comte": 0.3},
        expected={
            "total": [25.0, -6.0],
            "tax": [1.3, -0.31],
            "paid": {"cheque": 19.0},
            "left": {"H1": 0.4, "H2": 0.55},
            "booked": (18.01, 0.99),
        },
        # The money goes back, the goods do not: no lot is named for less than one piece.
        alone={
            "total": [31.0, -6.0],
            "tax": [1.61, -0.31],
            "paid": {"cheque": 25.0},
            "left": {"H1": 1.0, "H2": 0.55},
            "booked": (23.7, 1.3),
            "undone": 1,
            "status": "to invoice",
        },
    ),
    "a part paid online": Scenario(
        ordered={"cheese": 1.0, "beer": 2},
        found={"cheese": 1.13},
        prepaid=5.0,
        expected={
            "total": [4.96],
            "tax": [0.2],
            "paid": {"cheque": 4.96},
            "left": {"cheese": 1.13, "beer": 2},
            "booked": (4.76, 0.2),
        },
        alone={
            "total": [4.53],
            "tax": [0.17],
            "paid": {"cheque": 4.53},
            "left": {"cheese": 1.0, "beer": 2},
            "booked": (4.36, 0.17),
        },
    ),
}


@tagged("post_install", "-at_install")
class TestTillScenarios(ScenarioCommon):
    def _give_pricelist(self):
        item = {
            "applied_on": "0_product_variant",
            "product_id": self.cheese.id,
            "min_quantity": 1.0,
            "compute_price": "fixed",
            "fixed_price": 3.0,
        }
        self.member.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "By the kilo", "item_ids": [Command.create(item)]}
        )

    def _give_fiscal_position(self):
        position = self.env["account.fiscal.position"].create({"name": "Corsica"})
        self.tax.copy(
            {
                "name": "2.1 % included",
                "amount": 2.1,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.member.property_account_position_id = position

    def test_drive(self):
        self._run(SCENARIOS, self.assertScenario)

    def test_pos_sale_alone(self):
        self._run(SCENARIOS, self.assertAlone)


@tagged("post_install", "-at_install")
class TestTillScenariosAtClosing(TestTillScenarios):
    allow_inherited_tests_method = True
    stock_moves = "closing"
