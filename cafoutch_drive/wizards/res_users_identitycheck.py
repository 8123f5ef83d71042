from odoo import models
from odoo.exceptions import AccessDenied, UserError


class ResUsersIdentitycheck(models.TransientModel):
    """The window that asks for the password before something that matters."""

    _inherit = "res.users.identitycheck"

    def _check_identity(self):
        """Override of `base`: after too many tries it says so, and not that this one was wrong."""
        try:
            return super()._check_identity()
        except UserError as error:
            denied = error.__context__
            if isinstance(denied, AccessDenied) and denied.args != AccessDenied().args:
                raise UserError(denied.args[0]) from None
            raise
