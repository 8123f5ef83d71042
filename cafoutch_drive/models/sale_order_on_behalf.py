from odoo import SUPERUSER_ID, fields, models


class SaleOrder(models.Model):
    """Orders that the team took for a member."""

    _inherit = "sale.order"

    drive_taken_by_id = fields.Many2one(
        "res.users",
        string="Taken By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Who of the team confirmed this order for the member.",
    )

    def _drive_taker(self):
        """Who confirms this order for somebody else; empty for people who order for
        their own household, and for what Odoo does by itself."""
        user = self.env.user
        person = user.sudo().partner_id
        if user.id == SUPERUSER_ID or person._drive_household() == self.partner_id._drive_household():
            return user.browse()
        return user

    def _drive_prepare_confirmation(self):
        """Override of `cafoutch_drive`: whichever door it is confirmed by, the order
        says who of the team took it."""
        return {**super()._drive_prepare_confirmation(), "drive_taken_by_id": self._drive_taker().id}
