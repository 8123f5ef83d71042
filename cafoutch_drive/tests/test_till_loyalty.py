"""A till with a loyalty programme: with `pos_loyalty`, which the addon does not need.
``tests/test_kits.py`` installs it and runs these."""

from odoo import Command
from odoo.tests import tagged

from .test_till_tour import TillTourCommon


# A tag of its own: only those who have installed `pos_loyalty` ask for it.
@tagged("post_install", "-at_install", "-standard", "drive_pos_loyalty")
class TestTillLoyalty(TillTourCommon):
    def setUp(self):
        super().setUp()
        self.env["loyalty.program"].search([]).active = False
        self.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "program_type": "promotion",
                "trigger": "auto",
                "pos_ok": True,
                "pos_config_ids": [Command.set(self.till.ids)],
                "rule_ids": [Command.create({"reward_point_mode": "order", "minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "percent",
                            "discount": 10,
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    )
                ],
            }
        )

    def test_reward(self):
        """A reward is a line of its own; the basket costs what it costs, and leaves whole."""
        ticket = self._run_tour("drive_till_loyalty")
        self.assertHandedOver(self.order, ticket)
        rewards = ticket.lines.filtered("is_reward_line")
        self.assertTrue(rewards)
        self.assertAlmostEqual(self.order.amount_total, 11.66, 2)
        # Of 14.16, with crisps that were bought on the spot.
        self.assertAlmostEqual(sum(rewards.mapped("price_subtotal_incl")), -1.42, 2)
        self.assertAlmostEqual(ticket.amount_total, 12.74, 2)
        self.assertStock(self.cheese, 98.87, 0)
        self.assertStock(self.carrots, 99.13, 0)
        self.assertStock(self.chips, 97, 0)
        self._close_session()
        self.assertChainHolds()
