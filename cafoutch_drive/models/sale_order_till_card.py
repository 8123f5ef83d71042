from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .sale_order import OPEN_STATES

# More baskets than any household has at once.
LIST_LIMIT = 50


class SaleOrder(models.Model):
    """What a member card opens at the till."""

    _inherit = "sale.order"

    @api.model
    def drive_till_card(self, config_id, code):
        """Say whose member card was scanned, and which baskets wait for it here.

        :param int config_id: the till (``pos.config``)
        :param str code: what the scanner read
        :return: ``{}`` when it is nobody's card, else ``{"partner_id", "member": name,
            "orders": rows of the household's ready baskets, "notice": why there is
            none, or ""}``
        """
        if not self.env.user.has_group("cafoutch_drive.group_cashier"):
            raise AccessError(self.env._("Baskets are handed over by the drive's cashiers."))
        config = self._drive_till_config(config_id)
        partner = self.env["res.partner"]._drive_find_card_at(config, code)
        if not partner:
            return {}
        orders = self.search(self._drive_card_domain(partner), limit=LIST_LIMIT).sudo()._drive_till_sorted()
        open_here = orders.filtered(lambda order: not order._drive_till_refusal(config))
        return {
            "partner_id": partner.id,
            "member": partner.name or "",
            "orders": open_here._drive_till_rows(),
            "notice": "" if open_here else orders._drive_no_basket_text(partner, config),
        }

    @api.model
    def _drive_card_domain(self, partner):
        """The orders that a member card opens: those of the household, and what this
        person ordered before they moved into it."""
        household = Domain("drive_household_id", "=", partner._drive_household().id)
        own = Domain("partner_id", "=", partner.id)
        return Domain("is_drive", "=", True) & Domain("drive_state", "in", OPEN_STATES) & (household | own)

    def _drive_no_basket_text(self, partner, config):
        """Why none of these orders of a household can be opened at this till."""
        if len(self) == 1:
            return self._drive_till_refusal(config)
        if self:
            return self.env._("None of the baskets of %s can be handed over here yet.", partner.name)
        return self.env._("No basket waits for %s.", partner.name)
