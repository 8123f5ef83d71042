from odoo import SUPERUSER_ID, models


class PortalWizardUser(models.TransientModel):
    """Odoo's own window to open accounts: its mail holds a key, see ``mail.template``."""

    _inherit = "portal.wizard.user"

    def _send_email(self):
        """Override of `portal`: who opens an account does not read the link to its password."""
        return super(PortalWizardUser, self.with_user(SUPERUSER_ID))._send_email()
