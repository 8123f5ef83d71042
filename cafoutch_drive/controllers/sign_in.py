from odoo.http import request, route

from odoo.addons.auth_signup.controllers.main import AuthSignupHome


class DriveSignIn(AuthSignupHome):
    """Odoo's pages to sign in and to choose a password: they do not tell whether there
    is an account, and a link that no longer works leads on."""

    def _login_redirect(self, uid, redirect=None):
        """Override of `portal`: a member who asked for no page arrives at the shop.

        Who has a portal account for something else, a supplier, arrives where Odoo says.
        What was asked for is in the request: `website` puts a page of its own in its place.
        """
        if not request.params.get("redirect"):
            user = request.env["res.users"].sudo().browse(uid)
            if not user._is_internal() and user.partner_id._coop_state_today():
                redirect = "/drive"
        return super()._login_redirect(uid, redirect=redirect)

    def get_auth_signup_qcontext(self):
        """Override of `auth_signup`: an address in the link fills in the form; Odoo
        leads on to another page where it has an account."""
        values = super().get_auth_signup_qcontext()
        address = values.pop("signup_email", None)
        if address:
            values.setdefault("login", address)
        if values.get("invalid_token"):
            # Many come back by the link of their invitation.
            values["error"] = request.env._(
                "This link has been used already, or is too old. If you have chosen a password, sign in with it."
            )
        return values

    @route()
    def web_auth_reset_password(self, *args, **kw):
        """Override of `auth_signup`: one sentence for everybody who asks."""
        response = super().web_auth_reset_password(*args, **kw)
        values = getattr(response, "qcontext", {})
        if values.get("message") and not values.get("token"):
            values["message"] = request.env._(
                "If there is an account for this address, a mail with a link to a new password is on its way. "
                "It may take some minutes; please look in your junk mail too."
            )
        return response
