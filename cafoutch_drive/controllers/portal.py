import json
import re

from odoo.exceptions import AccessDenied
from odoo.http import request, route
from odoo.tools import email_normalize

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.client_id import read_id

# An address of this site, as a link of a page may have it.
ON_THIS_SITE = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


class DrivePortal(CustomerPortal):
    def _prepare_portal_layout_values(self):
        """Override of `portal`: whether the drive has a card at home."""
        partner = request.env.user.sudo().partner_id
        return {
            **super()._prepare_portal_layout_values(),
            "drive_member": bool(partner._coop_state_today()),
        }

    def _prepare_address_form_values(self, *args, callback="", **kwargs):
        """Override of `portal`: the links of the form lead to pages of this site."""
        callback = callback if isinstance(callback, str) and ON_THIS_SITE.fullmatch(callback) else ""
        return super()._prepare_address_form_values(*args, callback=callback, **kwargs)

    @route()
    def portal_address_submit(self, partner_id=None, drive_password="", **form_data):
        """Override of `portal`: another e-mail of one's own, to which a link to a new
        password can be sent, asks for the password."""
        refused = self._drive_refuse_email(partner_id, drive_password, form_data)
        if refused:
            return json.dumps({"invalid_fields": ["email", "drive_password"], "messages": [refused]})
        return super().portal_address_submit(partner_id=partner_id, **form_data)

    def _drive_refuse_email(self, partner_id, password, form_data):
        """Why this change needs a password, or ``None``."""
        user = request.env.user
        email = form_data.get("email")
        if email is None or read_id(partner_id, from_text=True) != user.partner_id.id:
            return None
        if email_normalize(email) == user.email_normalized or user._drive_is_confirmed():
            return None
        if not password:
            return request.env._("A link to a new password is sent to your e-mail: to change it, type your password.")
        try:
            user._drive_confirm(password)
        except AccessDenied as denied:
            if denied.args == AccessDenied().args:
                return request.env._("This password is not right.")
            return denied.args[0]
        return None
