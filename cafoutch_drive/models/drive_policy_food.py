from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools.chosen import check_chosen


class FoodRules(NamedTuple):
    """What a coop decided about its food, ready to be asked often."""

    blocks_incomplete: bool
    """Whether food whose particulars are missing is not sold."""
    weight_share: float
    """By how much a weight may differ from what was ordered before somebody asks."""


class DrivePolicy(models.Model):
    """The coop's rules about food: what must be said of it, and how well it is weighed."""

    _inherit = "drive.policy"

    food_rule = fields.Selection(
        [
            ("warn", "Sell it, and list what is missing"),
            ("block", "Do not sell it"),
        ],
        string="Food Without Its Particulars",
        default="warn",
        required=True,
        tracking=True,
        help="The law asks that members can read ingredients, allergens and the rest of the label before they order.",
    )
    weight_tolerance = fields.Integer(
        default=10,
        tracking=True,
        help="Percent: a weight that differs more from what was ordered makes the preparer look again.",
    )
    food_count = fields.Integer(compute="_compute_food_count")
    food_complete_count = fields.Integer(compute="_compute_food_count")

    _weight_tolerance_range = models.Constraint(
        "CHECK (weight_tolerance BETWEEN 0 AND 100)",
        "The tolerance of weights is between 0 and 100 %.",
    )

    @api.model
    @ormcache("company_id")
    def _food_rules(self, company_id):
        """Return the rules of a company, without a query most of the time.

        :param int company_id: a company without rules of its own gets the defaults
        :rtype: FoodRules
        """
        policy = self.sudo().search([("company_id", "=", company_id)])
        if not policy:
            policy = self.sudo().new({"company_id": company_id})
        return FoodRules(policy.food_rule == "block", policy.weight_tolerance / 100)

    # === PROGRESS === #

    def _compute_food_count(self):
        products = self.env["product.template"].sudo()
        for policy in self:
            domain = policy._food_domain()
            policy.food_count = products.search_count(domain)
            policy.food_complete_count = products.search_count(domain & Domain("drive_complete", "=", True))

    def _food_domain(self):
        """The drive's products of which particulars are asked."""
        return (
            Domain("drive_ok", "=", True)
            & Domain("sale_ok", "=", True)
            & Domain("company_id", "in", (False, self.company_id.id))
            & (Domain("drive_food", "=", False) | Domain("drive_food", "!=", "none"))
        )

    def action_missing_particulars(self):
        """List the products of which something is missing."""
        check_chosen(self, "read", one=True)
        action = self.env["ir.actions.actions"]._for_xml_id("cafoutch_drive.product_template_action_particulars")
        return {**action, "domain": list(self._food_domain())}

    # === EDITING === #

    def write(self, vals):
        result = super().write(vals)
        if "food_rule" in vals:
            # Other products are on the shelves now.
            self.env["product.template"].sudo()._drive_note_new()
            self.env["drive.catalogue.change"].sudo()._record()
        return result
