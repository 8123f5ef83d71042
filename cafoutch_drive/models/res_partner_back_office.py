from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """What the manager's pages about members need beside the rules."""

    _inherit = "res.partner"

    drive_portal_state = fields.Selection(
        [
            ("none", "Not invited"),
            ("invited", "Invited"),
            ("active", "Signed in before"),
        ],
        string="Account",
        compute="_compute_drive_portal_state",
        compute_sudo=True,
        groups="cafoutch_drive.group_manager",
        help="Whether this person has an account to order with.",
    )

    @api.depends("user_ids.login_date", "user_ids.active")
    def _compute_drive_portal_state(self):
        for partner in self:
            users = partner.user_ids.filtered("active")
            if not users:
                partner.drive_portal_state = "none"
            elif any(user.login_date for user in users):
                partner.drive_portal_state = "active"
            else:
                partner.drive_portal_state = "invited"

    def action_drive_invite(self):
        """Open Odoo's invitation to the portal for these people.

        :raise UserError: when none of them has an e-mail address
        """
        without = self.filtered(lambda partner: not partner.email)
        invited = self - without
        if not invited:
            raise UserError(
                self.env._(
                    "To be invited, a member needs an e-mail address. Missing for: %s",
                    ", ".join(without.mapped("name")),
                )
            )
        wizard = self.env["portal.wizard"].with_context(default_partner_ids=invited.ids, active_ids=invited.ids)
        return wizard.action_open_wizard()
