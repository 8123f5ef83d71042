from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.chosen import check_chosen
from ..tools.client_id import read_id

LONGEST_SEARCH = 100
FOUND_AT_MOST = 20


class ResPartner(models.Model):
    """For whom staff may take an order: by phone, or at the counter."""

    _inherit = "res.partner"

    @api.model
    def _drive_takes_orders(self):
        """Whether who is signed in may order for members.

        Managers and cashiers: they answer at the counter and on the phone, and their
        work already shows them members and orders. Volunteers know members by a first
        name and an initial only, and stay with that.
        """
        return self.env.user.has_group("cafoutch_drive.group_cashier")

    @api.model
    def _drive_served_domain(self):
        """The people for whom one can order: members, and who lives with them."""
        return (
            Domain("is_company", "=", False)
            & Domain("type", "=", "contact")
            & (Domain("coop_state", "!=", False) | Domain("commercial_partner_id.coop_state", "!=", False))
            & Domain("company_id", "in", [False, *self.env.companies.ids])
        )

    @api.model
    def _drive_find_served(self, member_id):
        """Return a member for whom who is signed in may order, with the shop's rights;
        empty when there is none such.

        :param member_id: id, as a page or a session has it: anything may be in it
        """
        people = self.sudo()
        if not self._drive_takes_orders():
            return people.browse()
        domain = self._drive_served_domain() & Domain("id", "=", read_id(member_id, from_text=True))
        return people.search(domain, limit=1)

    @api.model
    def _drive_search_served(self, words):
        """What the page shows of the members that these words find.

        :param words: part of a name, of an e-mail or of a phone number, or a whole
            member number, as a page sends it
        """
        text = " ".join(words.replace("\0", "").split())[:LONGEST_SEARCH] if isinstance(words, str) else ""
        if not text or not self._drive_takes_orders():
            return []
        named = Domain.OR(
            [
                Domain("complete_name", "ilike", text),
                Domain("email", "ilike", text),
                Domain("phone", "ilike", text),
                Domain("coop_number", "=", text),
            ]
        )
        people = self.sudo().search(self._drive_served_domain() & named, limit=FOUND_AT_MOST)
        return [person._drive_page_served() for person in people]

    def _drive_page_served(self):
        """What tells one member from another, for who is about to order for them."""
        self.ensure_one()
        household = self._drive_household()
        return {
            "id": self.id,
            "name": self.name,
            "short_name": self._drive_short_name(),
            "number": self.coop_number or "",
            "household": household.name if household != self else "",
        }

    def _drive_page_before_serving(self):
        """The same, with what to know before taking an order."""
        refusal = self._drive_page_refusal()
        return {
            **self._drive_page_served(),
            "refusal": refusal.message if refusal else "",
            "orders": self._drive_page_open_orders()["text"],
            "has_email": bool(self.email),
        }

    def action_drive_order_for(self):
        """Open the page where an order for this member begins.

        :raise AccessError: to who may not take orders
        """
        if not self._drive_takes_orders():
            raise AccessError(self.env._("Orders for members are taken by managers and cashiers."))
        check_chosen(self, "read", one=True)
        return {"type": "ir.actions.act_url", "url": f"/drive/for/{self.id}", "target": "self"}
