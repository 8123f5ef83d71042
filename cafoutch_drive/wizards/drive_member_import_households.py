from odoo import models
from odoo.exceptions import ValidationError

from ..tools.csv_table import plain


class DriveMemberImport(models.TransientModel):
    """Who of a file belongs to whose household, and which of that cannot be."""

    _inherit = "drive.member.import"

    def _place_in_households(self, items, report):
        """Replace what each row calls its household by the main member's number.

        A household may be told by a number or by a name, and its main member may come
        later in the file. What cannot be is put on the report.

        :return: the items that can be imported
        """
        told = {item.values["household"] for item in items if "household" in item.values}
        if not told:
            return items
        numbers = {item.values["coop_number"] for item in items}
        known = self._find_members(told | numbers)
        names = self._main_members_by_name(items, told - numbers - set(known))
        taken = {item.line: item for item in items}

        def keep(check, *args):
            """Keep those of the rows with a household that pass a check."""
            for item in [item for item in taken.values() if "household" in item.values]:
                try:
                    check(item, *args)
                except ValidationError as error:
                    del taken[item.line]
                    report.rejected.append((item.line, str(error)))
            return {item.values["coop_number"]: item for item in taken.values() if "household" in item.values}

        placed = keep(self._find_household, numbers | set(known), names)
        placed = keep(self._check_household_of_own, placed, known)
        keep(self._check_main_member, placed, known)
        return list(taken.values())

    def _main_members_by_name(self, items, wanted):
        """``{name as compared: numbers of the main members called so}``."""
        if not wanted:
            return {}
        names = {}
        in_file = {item.values["coop_number"]: item.values for item in items}
        for member in self.env["res.partner"].search_fetch([("coop_number", "!=", False)], ["name", "coop_number"]):
            # A name that the file changes is found by its new form.
            values = in_file.get(member.coop_number, {})
            if "household" not in values and not member.drive_is_attached:
                names.setdefault(plain(values.get("name") or member.name or ""), set()).add(member.coop_number)
        for number, values in in_file.items():
            if "household" not in values and "name" in values:
                names.setdefault(plain(values["name"]), set()).add(number)
        return names

    def _find_household(self, item, numbers, names):
        told = item.values["household"]
        if told in numbers:
            return
        found = names.get(plain(told), set())
        if not found:
            self._refuse(
                self.env._(
                    "the household “%s”: no member, and no line that can be taken, has this number or name.", told[:60]
                )
            )
        if len(found) > 1:
            self._refuse(
                self.env._("the household “%s”: several members have this name, please give the number.", told[:60])
            )
        item.values["household"] = next(iter(found))

    def _check_household_of_own(self, item, placed, known):
        """Refuse what cannot be attached to anybody, or to that person.

        :param dict placed: the rows that name a household, by number
        :param dict known: the people who are members already, by number
        """
        number, main = item.values["coop_number"], item.values["household"]
        if number == main:
            self._refuse(self.env._("the household of a member cannot be that member: leave it empty."))
        if self._comes_back(number, placed):
            self._refuse(
                self.env._("the households go round in a circle: %s would be the main member of itself.", number)
            )
        member = known.get(number)
        if member and not member.drive_is_attached and len(member._drive_household_people()) > 1:
            self._refuse(
                self.env._("%s has people attached and so cannot be attached to another member.", member.name)
            )

    def _check_main_member(self, item, placed, known):
        """Refuse an attached person as the main member of another."""
        main = item.values["household"]
        above, member = placed.get(main), known.get(main)
        if not above and not (member and member.drive_is_attached):
            return
        upper = above.values["household"] if above else member.commercial_partner_id.coop_number
        self._refuse(
            self.env._(
                "the household %(household)s is no main member, it is attached to %(main)s.",
                household=main,
                main=upper or member.commercial_partner_id.name,
            )
        )

    def _comes_back(self, number, placed):
        """Whether going up from somebody leads back to them."""
        seen, main = set(), placed[number].values["household"]
        while main in placed and main not in seen:
            if main == number:
                return True
            seen.add(main)
            main = placed[main].values["household"]
        return main == number

    # === ONE E-MAIL, TWO PEOPLE === #

    def _note_shared_emails(self, items, report):
        """People of a household often share an e-mail; only one can sign in with it."""
        first = {}
        for item in items:
            email = item.values.get("email")
            if email in first:
                told = self.env._("line %s", first[email].line)
                report.notes.append((item.line, self._shared_email(email, told)))
            elif email:
                first[email] = item
        numbers = {item.values["coop_number"] for item in items}
        partners = self.env["res.partner"].search([("email_normalized", "in", list(first))])
        for partner in partners:
            if partner.coop_number not in numbers:
                line = first[partner.email_normalized].line
                report.notes.append((line, self._shared_email(partner.email_normalized, partner.name)))

    def _shared_email(self, email, whose):
        return self.env._(
            "%(email)s is the e-mail of %(whose)s too: only one of them can sign in with it.",
            email=email,
            whose=whose,
        )
