from odoo import models

from odoo.addons.cafoutch_drive.tools.refusal import DriveRefusal


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _drive_fee_paid(self):
        """An invoice that is sent is no fee that is paid: OCA's `membership` calls
        its state "invoiced" a member's, the drive does not."""
        return self._drive_household().sudo().membership_state in ("paid", "free")

    def _coop_state_today(self):
        """Override of `cafoutch_drive`: who pays the fee is a member; what people
        have decided about a member stands."""
        return super()._coop_state_today() or (self._drive_fee_paid() and "up_to_date")

    def _drive_refusal(self):
        """Override of `cafoutch_drive`: the fee comes first; an exception covers it."""
        refusal = super()._drive_refusal()
        if refusal or self._drive_fee_paid() or self._drive_has_exception():
            return refusal
        return DriveRefusal("fee", self.env._("Your membership fee is not paid yet."), "/my/invoices")
