from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.chosen import check_chosen


class DriveTeamMember(models.TransientModel):
    """What a manager sets on the account of somebody who works in the drive: Odoo keeps
    the accounts themselves for administrators."""

    _name = "drive.team.member"
    _description = "Account of a person of the team"

    user_id = fields.Many2one("res.users", string="Account", required=True, readonly=True, ondelete="cascade")
    is_shared = fields.Boolean(
        string="Shared Account",
        help="Signed in on a tablet that several people use: each says who they are before they prepare or hand over.",
    )
    pin = fields.Char(string="New PIN", help="4 to 8 digits. Nobody can read it afterwards.")

    def action_save(self):
        """Write what was chosen on the account; an empty PIN leaves the one there is."""
        check_chosen(self, "write", one=True)
        if self.is_shared and self.pin:
            raise UserError(self.env._("A shared account has no PIN: the people who use it have one each."))
        values = {"drive_is_shared": self.is_shared}
        if self.pin:
            values["drive_pin"] = self.pin
        # Typed once, kept nowhere else.
        self.pin = False
        self.user_id.write(values)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_drive_team(self):
        """Open what a manager of the drive sets on this account.

        :raise AccessError: to everybody else
        """
        self.env["drive.team.member"].check_access("create")
        check_chosen(self, "read", one=True)
        member = self.env["drive.team.member"].create({"user_id": self.id, "is_shared": self.drive_is_shared})
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": member._name,
            "res_id": member.id,
            "views": [(False, "form")],
            "target": "new",
        }
