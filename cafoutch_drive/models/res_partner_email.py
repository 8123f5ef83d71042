import time
from contextvars import ContextVar

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize

# Odoo's own: after the password was asked for, it is not asked for again so soon.
CONFIRMED_SECONDS = 10 * 60
SESSION_KEY = "identity-check-last"
# Whether Odoo tells the earlier address itself.
_told = ContextVar("cafoutch_drive.told", default=False)


class ResPartner(models.Model):
    """The e-mail address of somebody with an account: a link to a new password goes there."""

    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`: one's own address is changed after one's password, and the
        earlier one of an account is told, whoever changes it."""
        if "email" not in vals:
            return super().write(vals)
        earlier = self._drive_emails_before(vals["email"])
        self._drive_check_email_change(earlier)
        result = super().write(vals)
        if not _told.get():
            for user, email in earlier.items():
                user._drive_tell_email_changed(email)
        return result

    def _drive_emails_before(self, email):
        """``{user: address}`` of the accounts that this changes the address of."""
        users = self.sudo().user_ids.filtered(lambda user: user.email_normalized)
        return {user: user.email for user in users if user.email_normalized != email_normalize(email or "")}

    def _drive_check_email_change(self, earlier):
        """Refuse what somebody at another's open session, or a member for somebody else,
        does with an address. Programs give the password with each call."""
        me = self.env.user
        if not request or not earlier or self.env.uid == self.env.ref("base.user_root").id:
            return
        others = [user for user in earlier if user != me]
        if others and me._is_portal():
            raise UserError(self.env._("Each person changes their own e-mail address, or the members’ office does."))
        if len(others) < len(earlier) and not me._drive_is_confirmed():
            raise UserError(
                self.env._(
                    "A link to a new password is sent to this e-mail address. To change it, first confirm your "
                    "password: in your preferences, under Security, press “Change password” and type the one you "
                    "have. Then you have ten minutes."
                )
            )


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Override of `base`: `mail` tells the earlier address of an account that is changed."""
        token = _told.set(True) if vals.get("email") else None
        try:
            return super().write(vals)
        finally:
            if token:
                _told.reset(token)

    def _drive_is_confirmed(self):
        """Whether who is signed in has typed the password a moment ago."""
        return bool(request) and request.session.get(SESSION_KEY, 0) > time.time() - CONFIRMED_SECONDS

    def _drive_confirm(self, password):
        """Ask for the password before something that matters; it counts as a try to sign in.

        :raise AccessDenied: when it is wrong, or there were too many tries
        """
        credential = {"login": self.env.user.login, "password": password, "type": "password"}
        self.env.user._check_credentials(credential, {"interactive": True})
        request.session[SESSION_KEY] = time.time()

    def _drive_tell_email_changed(self, email):
        """Tell the earlier address of an account that was used before."""
        if not self.login_date:
            return
        user = self.with_context(lang=self.lang)
        user._notify_security_setting_update(
            user.env._("Your e-mail address was changed"),
            user.env._(
                "The e-mail address of your account was changed from %(old)s to %(new)s. If it was not you, nor "
                "asked for by you, tell the shop today.",
                old=email,
                new=user.email or user.env._("none"),
            ),
            mail_values={"email_to": email},
            suggest_password_reset=False,
        )
