from odoo import models
from odoo.tools.misc import format_date

from .res_partner import MEMBER_PAGE, NEXT_STATE

# What each page reads of who asks for it, and of the main member of their household. Read
# by name: of a contact, Odoo would read more than a hundred columns for the first of them.
READ_BY_EACH_PAGE = (
    "commercial_partner_id",
    "parent_id",
    "type",
    "company_id",
    "coop_state",
    "coop_state_until",
    "coop_state_next",
    "drive_exception_until",
    "drive_avoids",
)


class ResPartner(models.Model):
    """What the members' pages show of a person and of their household."""

    _inherit = "res.partner"

    def _drive_page_me(self):
        """What a person reads about their own membership, in words.

        It is shown to people who may not order too: to them first of all.

        :return: dict of ``name``, ``number``, ``standing``, ``people``, ``orders``,
            ``recalled`` and ``contact``
        """
        self.ensure_one()
        orders = self._drive_page_open_orders()
        return {
            "name": self.name,
            "number": self.coop_number or self._drive_household().coop_number or "",
            "standing": self._drive_page_standing(orders["count"]),
            "people": self._drive_page_people(),
            "orders": orders,
            "recalled": not self.drive_no_recall,
            "contact": self._drive_page_contact(),
        }

    def _drive_page_standing(self, count=None):
        """What the membership is, until when, what comes then, and what it allows.

        :param int count: of the household's orders to collect, where it is known
        :return: dict of ``state`` (``""`` for who is not a member), ``state_text``,
            ``may_order``, ``sentence``, ``way_out`` (an address or ``None``),
            ``notice``, ``until`` and ``exception``, texts that may be empty
        """
        state = self._coop_state_today()
        refusal = self._drive_page_refusal(count)
        texts = dict(self._fields["coop_state"]._description_selection(self.env))
        return {
            "state": state or "",
            "state_text": texts.get(state) or self.env._("No membership"),
            "may_order": not refusal,
            "sentence": refusal.message if refusal else self.env._("You can order."),
            # The page that the sentence is on is no way out of it.
            "way_out": refusal.url if refusal and refusal.url not in (MEMBER_PAGE, "/my") else None,
            # Nothing is forbidden yet: the office would like to talk.
            "notice": self._drive_state_message(state) if state == "alert" and not refusal else "",
            "until": self._drive_until_text(state, texts),
            "exception": self._drive_exception_text(),
        }

    def _drive_page_refusal(self, count=None):
        """Why a new order would be refused already now, or ``None``: of this person, or
        because the household has enough to collect where a basket begins.

        :param int count: of the household's orders to collect, where it is known
        :rtype: DriveRefusal | None
        """
        point = self.env["drive.point"]._default_for(self._drive_company())
        return self._drive_refusal() or self._drive_limit_refusal(point, count)

    def _drive_until_text(self, state, texts):
        household = self._drive_household()
        if not household.coop_state_until or household.coop_state != state:
            return ""
        return self.env._(
            "Until %(date)s included. Then: %(state)s.",
            date=self._drive_date_text(household.coop_state_until),
            state=texts.get(household.coop_state_next or NEXT_STATE),
        )

    def _drive_exception_text(self):
        if not self._drive_has_exception():
            return ""
        return self.env._(
            "By exception, your household may order until %(date)s included.",
            date=self._drive_date_text(self._drive_household().drive_exception_until),
        )

    def _drive_date_text(self, date):
        return format_date(self.env, date, date_format="d MMMM y")

    def _drive_page_people(self):
        """The household, its main member first: ``name``, ``is_main``, ``is_me``."""
        main = self._drive_household()
        return [
            {"name": person.name, "is_main": person == main, "is_me": person == self}
            for person in self._drive_household_people()
        ]

    def _drive_page_open_orders(self):
        """The household's orders to collect, out of those it may have at a time."""
        point = self.env["drive.point"]._default_for(self._drive_company())
        count = self._drive_count_open_orders()
        limit = point.max_open_orders
        return {
            "count": count,
            "limit": limit,
            "text": self.env._("%(count)s of %(limit)s at a time", count=count, limit=limit),
        }

    def _drive_page_contact(self):
        """Whom to write to or to call, ready for links; texts that may be empty."""
        contact = self._drive_contact()
        phone = contact["phone"]
        return {
            "email": contact["email"],
            "phone": phone,
            "phone_link": "".join(sign for sign in phone if sign in "+0123456789"),
        }


class ResUsers(models.Model):
    _inherit = "res.users"

    def _drive_person(self):
        """The person of an account, with the rights of the shop."""
        account = self.sudo()
        account.fetch(["partner_id", "company_id"])
        person = account.partner_id
        person.fetch(READ_BY_EACH_PAGE)
        person.commercial_partner_id.fetch(READ_BY_EACH_PAGE)
        return person
