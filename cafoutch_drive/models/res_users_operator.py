from odoo import models


class ResUsers(models.Model):
    """Who is at work: an account says whose it is, unless several share it."""

    _inherit = "res.users"

    def _drive_operator(self, screen):
        """The person who is at work with this account.

        :param str screen: "preparation" or "till"
        :rtype: res.partner
        """
        self.ensure_one()
        return self.sudo().partner_id
