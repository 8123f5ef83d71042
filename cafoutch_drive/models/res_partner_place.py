from odoo import api, models

from .res_partner import MEMBERSHIP_FIELDS

ADDRESSES = ("invoice", "delivery")


class ResPartner(models.Model):
    """Addresses of members: places, not people. They have no membership, and what a member
    makes on the portal is one; only the members' office makes people."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: Odoo's portal makes an "other" contact for goods and invoice,
        which is how its back office makes people of a household."""
        if self.env.user._is_portal():
            vals_list = [
                {**vals, "type": "delivery"} if vals.get("parent_id") and vals.get("type") not in ADDRESSES else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: a household's membership is not that of its addresses."""
        kept = {name: value for name, value in vals.items() if name not in MEMBERSHIP_FIELDS}
        addresses = self.browse() if len(kept) == len(vals) else self.filtered(lambda one: one._drive_is_address())
        if not addresses:
            return super().write(vals)
        super(ResPartner, addresses).write(kept)
        return super(ResPartner, self - addresses).write(vals)

    def _drive_is_address(self):
        """Whether this is a place of somebody, where goods or invoices go."""
        return bool(self.parent_id) and self.type in ADDRESSES

    def _can_be_edited_by_current_customer(self, **kwargs):
        """Override of `portal`: members change their own contact and addresses, not the
        other people of their household."""
        allowed = super()._can_be_edited_by_current_customer(**kwargs)
        if not allowed or self == self._get_current_partner(**kwargs) or self._drive_is_address():
            return allowed
        return not self._drive_household().coop_state
