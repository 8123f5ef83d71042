from odoo import models

from .res_partner import MEMBERSHIP_FIELDS

# What a manager decides about any member, whatever account that member has.
MANAGED_FIELDS = frozenset(("coop_number", "coop_state_since", *MEMBERSHIP_FIELDS))


class ResPartner(models.Model):
    """Volunteers, cashiers and managers are members like everybody."""

    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`, which lets nobody but an administrator change the
        contact of a colleague: the membership of one is the drive managers' work.
        """
        membership = {name: value for name, value in vals.items() if name in MANAGED_FIELDS}
        team = self._drive_team() if membership else self.browse()
        if not team:
            return super().write(vals)
        team.check_access("write")
        result = super(ResPartner, team.sudo()).write(membership)
        others = {name: value for name, value in vals.items() if name not in membership}
        if others:
            result = super(ResPartner, team).write(others) and result
        return super(ResPartner, self - team).write(vals) and result if self - team else result

    def _drive_team(self):
        """Those of these people who work with an account of their own, where who asks
        is a manager of the drive and not an administrator."""
        user = self.env.user
        if self.env.su or not user.has_group("cafoutch_drive.group_manager"):
            return self.browse()
        return self.filtered(lambda partner: any(u._is_internal() and u != user for u in partner.sudo().user_ids))
