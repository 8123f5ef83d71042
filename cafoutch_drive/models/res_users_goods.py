from odoo import models
from odoo.fields import Domain

from .res_users_contacts import EVERYBODY

# Who has one of these works with the goods or the orders of all: for them Odoo's rights hold.
GOODS_WORK = ("stock.group_stock_user", "sales_team.group_sale_salesman")


class ResUsers(models.Model):
    """Whose goods an account may read and change: what it may not read from an order it may
    not read from its transfers and moves either. Odoo gives everybody who works in it all
    rights on the lines of moves, and tills all rights on transfers and moves."""

    _inherit = "res.users"

    def _drive_transfers_domain(self, changed=False):
        """For the rules about transfers: those that this account may read.

        :param bool changed: those that it may change
        """
        return list(~self._drive_hidden_transfers(changed))

    def _drive_moves_domain(self, changed=False):
        """For the rules about moves and their lines."""
        hidden = self._drive_hidden_transfers(changed)
        if hidden.is_false():
            return EVERYBODY
        # Preparers work with their screen alone; a move without a transfer is none of theirs.
        return list(~hidden if hidden.is_true() else Domain("picking_id", "not any", hidden))

    def _drive_hidden_transfers(self, changed):
        """A domain. A hook for other addons whose people need more."""
        # What the portal shows of transfers is a rule of Odoo's.
        if self.share or any(self.has_group(group) for group in GOODS_WORK):
            return Domain.FALSE
        of_orders = Domain("sale_id", "!=", False)
        if self.has_group("cafoutch_drive.group_cashier"):
            # They read the drive's orders; Odoo's till adjusts what stands on a ticket with their rights.
            theirs = ("pos_order_line_ids", "!=", False) if changed else ("is_drive", "=", True)
            return of_orders & Domain("sale_id", "not any", [theirs])
        if self.has_group("cafoutch_drive.group_volunteer"):
            return Domain.TRUE
        if self.has_group("point_of_sale.group_pos_user"):
            return of_orders & Domain("sale_id.is_drive", "=", True)
        return of_orders | Domain("pos_session_id", "!=", False)
