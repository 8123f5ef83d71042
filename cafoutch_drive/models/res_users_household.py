from odoo import models
from odoo.fields import Domain

from .res_users_contacts import EVERYBODY


class ResUsers(models.Model):
    """What a person of a household reads on the portal of the others'. Odoo takes a household
    for a company, whose people read all of each other's, what came before them included."""

    _inherit = "res.users"

    def _drive_portal_orders_domain(self, path=""):
        """For the rules about orders and what hangs on them: of drive orders, this person's,
        and those of the household that placed them, also after somebody has moved.

        :param str path: how they lead to the order
        """
        if not self.share:
            return EVERYBODY
        return list(Domain(f"{path}is_drive", "=", False) | self._drive_own_orders(path))

    def _drive_own_orders(self, path=""):
        household = self.partner_id._drive_household()
        return Domain(f"{path}partner_id", "=", self.partner_id.id) | Domain(
            f"{path}drive_household_id", "=", household.id
        )

    def _drive_portal_invoices_domain(self, path=""):
        """For the rules about invoices and their lines: this person's, those of the
        household's drive orders, and those that the shop did not make.

        :param str path: how they lead to the invoice
        """
        if not self.share:
            return EVERYBODY
        lines, tickets = f"{path}line_ids.sale_line_ids", f"{path}pos_order_ids"
        orders = self._drive_own_orders()
        return list(
            Domain(f"{path}partner_id", "=", self.partner_id.id)
            | Domain(lines, "any", [("order_id", "any", orders)])
            | Domain(f"{tickets}.lines", "any", [("sale_order_origin_id", "any", orders)])
            | (Domain(tickets, "=", False) & ~Domain(lines, "any", [("order_id.is_drive", "=", True)]))
        )
