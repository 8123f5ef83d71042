from odoo import models
from odoo.tools import email_normalize

from ..tools.memo import INSIDE


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`: links to a new password go to the mail address, so who had it before is told
        when somebody else changes it, on the contact too."""
        changes = "email" in vals and self.env.context.get("drive_address_told") is not INSIDE
        before = [(user, user.email) for user in self._drive_others_accounts()] if changes else []
        result = super().write(vals)
        for user, email in before:
            if email_normalize(email) and email_normalize(email) != email_normalize(user.email):
                user._drive_tell_old_address(email)
        return result

    def _drive_others_accounts(self):
        """The accounts of these people, but that of whoever asks: what people change themselves asks for
        their password."""
        return self.sudo().user_ids.filtered("active") - self.env.user


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Override of `mail`, which tells of a change on the account itself."""
        told = self.with_context(drive_address_told=INSIDE) if vals.get("email") else self
        return super(ResUsers, told).write(vals)

    def _drive_tell_old_address(self, email):
        """Write to the address that this account had."""
        user = self.with_context(lang=self.lang)
        user._notify_security_setting_update(
            user.env._("Your mail address has been changed"),
            user.env._(
                "The shop's team has changed the mail address of your account: it was %(old)s, and is now %(new)s. "
                "If you did not ask for this, please tell the shop.",
                old=email,
                new=user.email or user.env._("no address"),
            ),
            mail_values={"email_to": email},
            suggest_password_reset=False,
        )
