from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.card_code import card_svg, new_card_number, read_card_number
from ..tools.chosen import check_chosen

# So that the address of a page of cards stays one that every proxy takes.
PRINT_LIMIT = 300
# Tries to find a number that nobody has; one is nearly always enough.
TRIES = 20


class ResPartner(models.Model):
    """The card of a member: a number that tills and preparers scan.

    It is Odoo's own barcode of a contact. Each person of a household has one, and
    any of them opens the household's orders. Members get theirs when it is first
    shown or printed.
    """

    _inherit = "res.partner"

    # Whoever has the number can say to be this person. It is for who gives the cards: Odoo's
    # customers get theirs from who runs the tills.
    barcode = fields.Char(groups="point_of_sale.group_pos_manager,cafoutch_drive.group_manager")

    # === GIVING === #

    def _drive_give_cards(self):
        """Give each of these people who has no card one; others keep theirs."""
        without = self.sudo().filtered(lambda partner: not partner.barcode)
        for partner, number in zip(without, self._drive_new_card_numbers(len(without)), strict=True):
            partner.barcode = number

    @api.model
    def _drive_new_card_numbers(self, count):
        """Card numbers that nobody has, archived people included.

        :raise UserError: when too few were found, which does not happen by chance
        """
        people = self.env["res.partner"].sudo().with_context(active_test=False)
        numbers = set()
        for _try in range(TRIES):
            fresh = {new_card_number() for _number in range(count - len(numbers))} - numbers
            numbers |= fresh - set(people.search([("barcode", "in", list(fresh))]).mapped("barcode"))
            if len(numbers) == count:
                return list(numbers)
        raise UserError(self.env._("No card number is left. Please ask who looks after this Odoo."))

    @api.model
    def _drive_find_card(self, code):
        """Whose card this is; nobody's when it was replaced.

        :param code: anything that a scanner may send
        :rtype: res.partner
        """
        number = read_card_number(code)
        people = self.env["res.partner"].sudo()
        return people.search([("barcode", "=", number)], limit=1) if number else people

    # === AT THE TILL === #

    @api.model
    def drive_till_partner(self, config_id, code):
        """Say who becomes the customer of a ticket when a card is scanned.

        :param int config_id: the till (``pos.config``)
        :param str code: what the scanner read
        :return: the contact's id, or ``False`` for nobody's card and for somebody whom this
            user does not read
        """
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only who works at a till reads cards there."))
        config = self.env["sale.order"]._drive_till_config(config_id)
        return self._drive_find_card_at(config, code).sudo(False)._filtered_access("read").id

    @api.model
    def _drive_find_card_at(self, config, code):
        """Whose card is scanned at a till: each company has its own numbers.

        :param config: the till (``pos.config``), or none
        :param code: what the scanner read
        :rtype: res.partner
        """
        return self.with_company(config.company_id or self.env.company)._drive_find_card(code)

    @api.model
    def _load_pos_data_fields(self, config):
        """A till does not know the numbers of cards: it asks, see :meth:`drive_till_partner`."""
        return [name for name in super()._load_pos_data_fields(config) if name != "barcode"]

    @api.model
    def get_new_partner(self, config_id, domain, offset):
        """A till looks for what is typed in the numbers of cards too, which nobody reads there."""
        domain = Domain(domain).map_conditions(
            lambda condition: Domain.FALSE if condition.field_expr == "barcode" else condition
        )
        return super().get_new_partner(config_id, [] if domain.is_true() else list(domain), offset)

    # === SHOWING === #

    def _drive_card_refusal(self):
        """Say why this person has no card, or ``None`` for a member; also for one
        who may not order for now, whose orders wait all the same.

        :rtype: DriveRefusal | None
        """
        self.ensure_one()
        return self._drive_refusal() if self._coop_state_today() in (False, "left") else None

    def _drive_card(self):
        """What a card shows: ``name``, ``number`` of the member or "", ``digits``,
        ``bars``; of somebody who has one."""
        self.ensure_one()
        partner = self.sudo()
        number = partner.coop_number or partner._drive_household().coop_number or ""
        code = partner.barcode.encode("ascii", "ignore").decode()
        return {
            "name": partner.name or "",
            "number": number,
            "digits": code,
            "bars": card_svg(code, self.env._("Bars of the card number %s", code)),
        }

    # === BUTTONS === #

    def _drive_check_card_manager(self):
        if not self.env.user.has_group("cafoutch_drive.group_manager"):
            raise AccessError(self.env._("Member cards are given by the drive's managers."))

    def action_drive_new_card(self):
        """Give these people another card; the lost one stops working at once."""
        self._drive_check_card_manager()
        check_chosen(self, "write")
        # Odoo lets only who manages accounts write the contact of one.
        for partner in self.sudo():
            [partner.barcode] = self._drive_new_card_numbers(1)
            partner.message_post(body=self.env._("A new member card was made. The earlier one no longer works."))

    def action_drive_print_cards(self):
        """Open the cards of these members as a page to print."""
        self._drive_check_card_manager()
        check_chosen(self, "read")
        members = self.filtered(lambda partner: not partner._drive_card_refusal())
        if not members:
            raise UserError(self.env._("Only members have a card. Choose at least one member."))
        if len(members) > PRINT_LIMIT:
            raise UserError(
                self.env._(
                    "%(count)s cards are too many for one page. Choose %(limit)s members at most.",
                    count=len(members),
                    limit=PRINT_LIMIT,
                )
            )
        members._drive_give_cards()
        ids = ",".join(str(partner_id) for partner_id in members.ids)
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/cafoutch_drive.report_member_cards/{ids}",
            "target": "new",
        }
