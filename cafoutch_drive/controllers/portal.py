from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class DrivePortal(CustomerPortal):
    def _prepare_portal_layout_values(self):
        """Override of `portal`: whether the drive has a card at home."""
        partner = request.env.user.sudo().partner_id
        return {
            **super()._prepare_portal_layout_values(),
            "drive_member": bool(partner._coop_state_today()),
        }
