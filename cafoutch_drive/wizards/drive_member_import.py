from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, email_normalize

from ..models.res_partner import MEMBERSHIP_FIELDS, NEXT_STATE, STATES
from .drive_import import ImportReport


class DriveMemberImport(models.TransientModel):
    """Members from a file: found by their number, made where there is none.

    It makes no accounts and sends no mail: inviting is another step.
    """

    _name = "drive.member.import"
    _inherit = "drive.import"
    _description = "Import members to the drive"

    default_state = fields.Selection(
        STATES,
        string="State of new members without one",
        default="candidate",
        required=True,
    )

    @api.onchange("file", "default_state")
    def _onchange_asked(self):
        """Override: members without a state depend on that one."""
        return super()._onchange_asked()

    def action_members(self):
        """Open the members of the drive."""
        return self.env["ir.actions.actions"]._for_xml_id("cafoutch_drive.res_partner_action_drive")

    def _title(self):
        return self.env._("Import members")

    def _told(self, state, counts):
        if state == "preview":
            return self.env._(
                "%(created)s members would be created, %(updated)s updated; "
                "%(unchanged)s stay as they are; %(rejected)s lines would be left out.",
                **counts,
            )
        return self.env._(
            "%(created)s members created, %(updated)s updated; %(unchanged)s "
            "were up to date; %(rejected)s lines left out.",
            **counts,
        )

    # === THE RUN === #

    def _key(self, values):
        return values["coop_number"]

    def _read_again(self, earlier, line, values, report):
        """Two people cannot have one number: which of them has it, nobody can guess."""
        self._refuse(
            self.env._(
                "the number %(number)s is that of line %(line)s already.",
                number=values["coop_number"],
                line=earlier.line,
            )
        )

    def _read_items(self, rows, report):
        """Main members first: an attached person may stand before theirs in the file."""
        items = self._place_in_households(super()._read_items(rows, report), report)
        self._note_shared_emails(items, report)
        return sorted(items, key=lambda item: ("household" in item.values, item.line))

    def _import_items(self, items):
        report = ImportReport()
        numbers = {item.values["coop_number"] for item in items}
        numbers |= {item.values["household"] for item in items if "household" in item.values}
        members = self._find_members(numbers)
        variants = self._find_variants(numbers - set(members))
        for attached in (False, True):
            self._import_storey(
                [item for item in items if ("household" in item.values) == attached], members, variants, report
            )
        return report

    def _import_storey(self, items, members, variants, report):
        """Import the main members, or the people attached to them.

        :param dict members: people by number; those that are made join it
        """
        new, joined = [], {}
        for item in items:
            number = item.values["coop_number"]
            member = members.get(number, self.env["res.partner"])
            try:
                self._check_number(number, member, variants)
                wanted = self._wanted_values(item, member, members, report)
                self._check_household_limit(member, wanted, joined)
            except ValidationError as error:
                report.rejected.append((item.line, self._reason(error)))
                continue
            if not member:
                new.append((item, wanted))
            else:
                self._update_member(item, member, wanted, report)
        created = self._create_members(new, report)
        members.update({member.coop_number: member for member in created})

    def _find_members(self, numbers):
        """``{number: partner}``, archived ones too: their number is taken."""
        partners = self.env["res.partner"].with_context(active_test=False)
        return {
            partner.coop_number: partner.with_context(active_test=True)
            for partner in partners.search([("coop_number", "in", list(numbers))])
        }

    def _find_variants(self, numbers):
        """``{number without zeros before it: number}`` of members like these."""
        digits = [number.lstrip("0") for number in numbers if number.isdigit()]
        if not digits:
            return {}
        query = SQL(
            "SELECT coop_number FROM res_partner WHERE coop_number ~ '^[0-9]+$' AND ltrim(coop_number, '0') = ANY(%s)",
            digits,
        )
        return {number.lstrip("0"): number for (number,) in self.env.execute_query(query)}

    def _check_number(self, number, member, variants):
        if member.company_id and member.company_id not in self.env.companies:
            self._refuse(self.env._("the number %s is taken in another company.", number))
        variant = not member and number.isdigit() and variants.get(number.lstrip("0"))
        if variant:
            self._refuse(
                self.env._(
                    "there is no member %(number)s, but there is %(variant)s: spreadsheets drop the zeros "
                    "before a number. Format that column as text.",
                    number=number,
                    variant=variant,
                )
            )

    # === WHAT A ROW WANTS === #

    def _wanted_values(self, item, member, members, report):
        """The values that a person shall have, of those that the row says.

        :param member: the person with this number, if there is one
        :param dict members: people by number, the main members among them
        :raise ValidationError: when the row cannot be used
        """
        values = {name: value for name, value in item.values.items() if name != "household"}
        if not member and "name" not in values:
            self._refuse(self.env._("the name is missing."))
        household = member._drive_household() if member else member
        if "household" in item.values:
            household = members.get(item.values["household"])
            if not household:
                sentence = self.env._("the line of its main member, %s, was left out.", item.values["household"])
                self._refuse(sentence)
            values["parent_id"] = household.id
        if household and household != member:
            self._drop_membership(item, values, household, report)
        elif not member:
            values.setdefault("coop_state", self.default_state)
        if member:
            self._guard_account(item, values, member, report)
        return values

    def _drop_membership(self, item, values, household, report):
        """The membership of an attached person is the main member's."""
        dropped = [name for name in MEMBERSHIP_FIELDS if name in values]
        other = [name for name in dropped if not self._is_same(household, name, values.pop(name))]
        if other:
            sentence = self.env._(
                "the membership is that of %(member)s. Not taken from this line: %(fields)s.",
                member=household.name,
                fields=", ".join(self._labels()[name] for name in other),
            )
            report.notes.append((item.line, sentence))

    def _guard_account(self, item, values, member, report):
        """Whoever can change the e-mail of an account can take it over."""
        email = values.get("email")
        if not email or self._is_same(member, "email", email):
            return
        users = member.user_ids
        if any(user._is_internal() and user != self.env.user for user in users) and not (
            self.env["res.users"].sudo(False).has_access("write")
        ):
            del values["email"]
            sentence = self.env._("%s works with Odoo: an administrator changes the e-mail.", member.name)
            report.notes.append((item.line, sentence))
        elif users and users[0].login != email:
            sentence = self.env._(
                "%(name)s signs in with %(login)s as before.", name=member.name, login=users[0].login
            )
            report.notes.append((item.line, sentence))

    def _check_household_limit(self, member, wanted, joined):
        """Refuse the one person too many, before the whole part is refused for them.

        :param dict joined: how many people of this part join each main member so far
        """
        if "parent_id" not in wanted or member.parent_id.id == wanted["parent_id"]:
            return
        main = self.env["res.partner"].browse(wanted["parent_id"])
        limit = main._drive_rules().household_limit
        count = len(main._drive_household_people()) + joined.get(main, 0) + 1
        if limit and count > limit:
            self._refuse(
                self.env._(
                    "the household of %(member)s would have %(count)s people; the rules of the drive allow %(limit)s.",
                    member=main.name,
                    count=count,
                    limit=limit,
                )
            )
        joined[main] = joined.get(main, 0) + 1

    # === WRITING === #

    def _create_members(self, new, report):
        quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
        created = self.env["res.partner"].with_context(**quiet).create([dict(wanted) for _item, wanted in new])
        for item, wanted in new:
            report.created += 1
            report.changes.append((item.line, self._told_new(wanted)))
        return created.with_context(**dict.fromkeys(quiet, False))

    def _update_member(self, item, member, wanted, report):
        if not member.active:
            report.notes.append((item.line, self.env._("%s is archived.", member.name)))
        changed = {name: value for name, value in wanted.items() if not self._is_same(member, name, value)}
        if "coop_state" in changed:
            self._clear_dates(member, wanted, changed)
        if not changed:
            report.unchanged += 1
            return
        report.updated += 1
        report.changes.append((item.line, self._told_changes(member, changed)))
        member.write(changed)

    def _clear_dates(self, member, wanted, changed):
        """The dates and the sentence were those of the earlier state."""
        for name, empty in (
            ("coop_state_until", False),
            ("coop_state_next", NEXT_STATE),
            ("coop_state_message", False),
        ):
            if name not in wanted and not self._is_same(member, name, empty):
                changed[name] = empty

    def _is_same(self, member, name, value):
        if name == "coop_state":
            # Today's: a date that has passed counts, whether or not a job has seen it.
            return member._coop_state_today() == value
        if name == "email":
            return email_normalize(member.email or "") == value
        if name == "parent_id":
            return member.parent_id.id == value
        return (member[name] or False) == (value or False)
