from odoo import api, fields, models
from odoo.fields import Domain

from .sale_order import OPEN_STATES

TEAM = ("cafoutch_drive.group_volunteer", "cafoutch_drive.group_cashier")
# Who has one of these works with contacts: invoices, sales, members or all of Odoo.
CONTACT_WORK = (
    "base.group_erp_manager",
    "base.group_partner_manager",
    "sales_team.group_sale_salesman",
    "account.group_account_readonly",
    "account.group_account_invoice",
)
EVERYBODY = [(1, "=", 1)]


class DrivePolicy(models.Model):
    _inherit = "drive.policy"

    narrow_contacts = fields.Boolean(
        string="Few Contacts for the Team",
        default=True,
        tracking=True,
        help="Odoo lets every account of the team read all contacts. With this, volunteers read only their "
        "colleagues' and the coop's own; cashiers also those of members with an order to collect, or on a "
        "ticket of an open till. It costs: at the till nobody else is found as a customer, not even by their "
        "card, and a contact noted for other work is hidden. Baskets and orders by phone work as before. "
        "Accounts that also work with sales, invoices or contacts read all.",
    )

    @api.model
    def _narrows_contacts(self, company_id):
        """Whether a company narrows what its team reads; one that never said does."""
        policy = self.sudo().search([("company_id", "=", company_id)])
        return policy.narrow_contacts or not policy


class ResUsers(models.Model):
    """What accounts of the team may read of people, where their coop narrows it."""

    _inherit = "res.users"

    def _drive_sees_few_contacts(self):
        """Whether this account may only read what the screens of its work need."""
        self.ensure_one()
        if not any(self.has_group(group) for group in TEAM) or any(self.has_group(group) for group in CONTACT_WORK):
            return False
        return self.env["drive.policy"]._narrows_contacts(self.company_id.id)

    def _drive_contacts_domain(self):
        """For the rule about contacts: those that this account may read. A hook for other
        addons whose screens need more."""
        if not self._drive_sees_few_contacts():
            return EVERYBODY
        robot = self.env.ref("base.partner_root")
        seen = (
            Domain("id", "in", (self.partner_id | robot).ids)
            | Domain("user_ids.share", "=", False)
            | Domain("ref_company_ids", "!=", False)
        )
        if self.has_group("cafoutch_drive.group_cashier"):
            to_collect = [("is_drive", "=", True), ("drive_state", "in", OPEN_STATES)]
            open_till = [("session_id.state", "!=", "closed")]
            seen |= Domain("sale_order_ids", "any", to_collect) | Domain("pos_order_ids", "any", open_till)
        return list(seen)

    def _drive_accounts_domain(self):
        """For the rule about accounts, which carry a name and an e-mail as contacts do."""
        return [("share", "=", False)] if self._drive_sees_few_contacts() else EVERYBODY
