from odoo import models

from odoo.addons.cafoutch_drive.tools.refusal import DriveRefusal


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _drive_refusal(self):
        """Override of `cafoutch_drive`: we must be able to call whoever orders."""
        refusal = super()._drive_refusal()
        if refusal or self.phone or self._drive_has_exception():
            return refusal
        return DriveRefusal("phone", self.env._("We have no phone number of yours. Please add one."), "/my/account")
