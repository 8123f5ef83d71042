from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import ormcache

# The memberships that may order where a coop has not said otherwise.
STATES_THAT_ORDER = ("up_to_date", "alert", "exempted")


class Rules(NamedTuple):
    """What a coop decided about its members, ready to be asked often."""

    states_that_order: frozenset[str]
    sentences: dict[str, str]
    """What a member in a state reads, where the coop wrote a sentence of its own."""
    household_limit: int
    no_show_limit: int
    no_show_months: int


class DrivePolicy(models.Model):
    """The rules of a coop about its members: numbers and sentences, no code.

    Rules that need code plug into ``res.partner._drive_refusal``.
    """

    _name = "drive.policy"
    _description = "Rules of the drive about members"
    _inherit = ["mail.thread"]
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    state_ids = fields.One2many(
        "drive.policy.state",
        "policy_id",
        string="Memberships",
        default=lambda self: self._default_states(),
    )
    contact_email = fields.Char(
        string="E-mail of the Members' Office",
        help="Members who may not order are sent there. Empty: the company's.",
    )
    contact_phone = fields.Char(
        string="Phone of the Members' Office",
        help="Members who may not order can call there. Empty: the company's.",
    )
    household_limit = fields.Integer(
        string="People in a Household",
        default=4,
        tracking=True,
        help="The main member and the people attached to them. 0: no limit.",
    )
    no_show_limit = fields.Integer(
        string="Orders Not Collected",
        default=3,
        tracking=True,
        help="So many put a household on alert. 0: never.",
    )
    no_show_months = fields.Integer(
        string="Months Counted",
        default=6,
        tracking=True,
        help="Orders not collected longer ago are forgotten.",
    )
    note_days = fields.Integer(
        string="Days Notes Are Kept",
        default=30,
        tracking=True,
        help="Notes to the preparers are erased so long after the order has ended: they may tell of health.",
    )
    forget_years = fields.Integer(
        string="Years Accounting Is Kept",
        default=10,
        tracking=True,
        help="The law asks to keep invoices so long (in France: ten years, Code de commerce, art. L123-22).",
    )

    _company_uniq = models.UniqueIndex("(company_id)", "This company already has its rules.")
    _not_negative = models.Constraint(
        "CHECK (household_limit >= 0 AND no_show_limit >= 0 AND no_show_months > 0"
        " AND note_days > 0 AND forget_years > 0)",
        "Limits cannot be negative; months, days and years must be above zero.",
    )

    @api.model
    def _default_states(self):
        states = self.env["res.partner"]._fields["coop_state"].selection
        return [
            fields.Command.create({"state": state, "may_order": state in STATES_THAT_ORDER}) for state, _ in states
        ]

    # === FINDING === #

    @api.model
    def _for(self, company):
        """Return the rules of a company, made with their defaults where missing.

        :rtype: drive.policy
        """
        policies = self.sudo()
        return policies.search([("company_id", "=", company.id)]) or policies.create({"company_id": company.id})

    @api.model
    def _create_missing(self):
        """Give each company its rules."""
        for company in self.env["res.company"].sudo().search([("active", "in", (True, False))]):
            self._for(company)

    @api.model
    @ormcache("company_id", "self.env.lang")
    def _rules(self, company_id):
        """Return the rules of a company, without a query most of the time.

        :param int company_id: a company without rules of its own gets the defaults
        :rtype: Rules
        """
        policy = self.sudo().search([("company_id", "=", company_id)])
        if not policy:
            policy = self.sudo().new({"company_id": company_id})
        return Rules(
            frozenset(policy.state_ids.filtered("may_order").mapped("state")),
            {row.state: row.message for row in policy.state_ids if row.message},
            policy.household_limit,
            policy.no_show_limit,
            policy.no_show_months,
        )

    # === EDITING === #

    @api.model
    def action_open(self):
        """Open the rules of the company one works in."""
        self.check_access("write")
        return {
            **self.env["ir.actions.actions"]._for_xml_id("cafoutch_drive.drive_policy_action"),
            "res_id": self._for(self.env.company).id,
        }

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


class DrivePolicyState(models.Model):
    _name = "drive.policy.state"
    _description = "What a membership may do"
    _order = "id"

    policy_id = fields.Many2one("drive.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    state = fields.Selection(
        # In the reader's language: what a function returns is not translated.
        selection=lambda self: self.env["res.partner"]._fields["coop_state"]._description_selection(self.env),
        string="Membership",
        required=True,
        readonly=True,
    )
    may_order = fields.Boolean()
    message = fields.Text(
        string="What the Member Reads",
        translate=True,
        help="Said to members in this state who may not order. Empty: the usual sentence.",
    )

    _state_uniq = models.UniqueIndex("(policy_id, state)", "Each membership has one line.")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
