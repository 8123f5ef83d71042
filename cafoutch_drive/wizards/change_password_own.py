from odoo import models


class ChangePasswordOwn(models.TransientModel):
    """A password that is not guessed at once, in the preferences of the team too."""

    _inherit = "change.password.own"

    def change_password(self):
        """Override of `base`: judged before who is there is asked for their old one."""
        self.env.user._drive_check_password(self.new_password)
        return super().change_password()
