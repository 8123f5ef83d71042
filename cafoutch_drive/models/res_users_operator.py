import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import request

from ..tools.client_id import read_id

# The screens on which several people share an account, and who may work there.
SCREENS = {
    "preparation": "cafoutch_drive.group_volunteer",
    "till": "cafoutch_drive.group_cashier",
}
# Who may do more than prepare and hand over.
TRUSTED = ("cafoutch_drive.group_manager", "base.group_erp_manager")
# After so many minutes without an action nobody is at the tablet any more.
AWAY_MINUTES = 30
# The session is written at most so often, in seconds, to note that somebody is there.
NOTE_EVERY = 60
# Where the session keeps it: {"account": id of the one that is signed in, "user": id,
# "at": Unix time of the last action}.
SESSION_KEY = "drive_operator"


class ResUsers(models.Model):
    """Who is at work: an account says whose it is, unless several people share it.

    On a shared tablet a person says who they are, by card or PIN; the server keeps
    that in its session. It gives no right that the account has not: it is the name
    under which the work is noted.
    """

    _inherit = "res.users"

    drive_is_shared = fields.Boolean(
        string="Shared Account",
        help="Signed in on a tablet that several people use: each says who they are before they prepare or hand over.",
    )

    @api.constrains("drive_is_shared", "group_ids")
    def _check_drive_is_shared(self):
        for user in self:
            if user.drive_is_shared and user.share:
                raise ValidationError(
                    self.env._("%s: only an internal account can be shared on a tablet.", user.name),
                )

    def _update_last_login(self):
        """Override of `base`: who signs in, also over another account, has not said yet who is there."""
        if request:
            request.session.pop(SESSION_KEY, None)
        return super()._update_last_login()

    # === WHO IS IT? === #

    def _drive_operator(self, screen):
        """The person who is at work with this account; nobody when it is shared and no
        one has said who they are, or not for a while.

        :param str screen: key of ``SCREENS``
        :rtype: res.partner
        """
        self.ensure_one()
        user = self.sudo()
        if not user.drive_is_shared:
            return user.partner_id
        person = user._drive_session_person(screen)
        if person:
            self._drive_note_action()
        return person.partner_id

    def _drive_session_person(self, screen):
        """The user whom this session knows, if they may work on this screen."""
        nobody = self.browse()
        kept = request.session.get(SESSION_KEY) if request and request.session.uid == self.id else None
        if not kept or kept.get("account") != self.id or not 0 <= time.time() - kept["at"] < AWAY_MINUTES * 60:
            return nobody
        return self.browse(kept["user"]) & self._drive_people(screen)

    def _drive_note_action(self):
        kept = request.session[SESSION_KEY]
        if time.time() - kept["at"] >= NOTE_EVERY:
            request.session[SESSION_KEY] = {**kept, "at": int(time.time())}

    def _drive_people(self, screen):
        """Who may work on this screen of this shared account, by name."""
        group = self.env.ref(SCREENS[screen])
        people = self.sudo().search(
            [
                ("all_group_ids", "in", group.ids),
                ("drive_is_shared", "=", False),
                ("share", "=", False),
                ("company_ids", "in", self.company_id.ids),
            ]
        )
        return people.sorted("name")

    @api.model
    def _drive_who_answer(self):
        """The answer of a screen whose action needs to know who it is."""
        return {"refused": self.env._("First say who you are: then your work carries your name."), "who": True}

    # === CALLED BY THE SCREENS === #

    @api.model
    def drive_operator_state(self, screen):
        """Say whether this account is shared, and who is at work.

        :return: ``{"shared": bool, "person": first name and initial or "", "people":
            [{"id", "name", "pin": whether they have one}]}``, nobody being listed when
            it is not shared
        """
        user = self._drive_check_screen(screen)
        if not user.drive_is_shared:
            return {"shared": False, "person": user.partner_id._drive_short_name(), "people": []}
        person = user._drive_session_person(screen)
        people = user._drive_people(screen)
        return {
            "shared": True,
            "person": person.partner_id._drive_short_name() if person else "",
            "people": [
                {"id": person.id, "name": person.partner_id._drive_short_name(), "pin": bool(person.drive_pin_hash)}
                for person in people
            ],
        }

    @api.model
    def drive_operator_enter(self, screen, user_id=None, pin=None, card=None):
        """Say who is at work: by their member card, or by their PIN.

        :param int user_id: who it is, with ``pin``
        :param str card: what a scanner read, in place of both
        :return: ``{"person": first name and initial}`` or ``{"refused": sentence}``
        """
        account = self._drive_check_screen(screen)
        if not account.drive_is_shared:
            raise UserError(self.env._("This account is yours alone: your work carries your name already."))
        if card is not None:
            person, refused = account._drive_person_of_card(screen, card)
        else:
            person = account.browse(read_id(user_id)) & account._drive_people(screen)
            refused = person._drive_try_pin(pin) if person else self._drive_wrong_person_text()
        if refused:
            return {"refused": refused}
        request.session[SESSION_KEY] = {"account": account.id, "user": person.id, "at": int(time.time())}
        return {"person": person.partner_id._drive_short_name()}

    @api.model
    def drive_operator_leave(self):
        """Nobody is at work any more."""
        if not any(self.env.user.has_group(group) for group in SCREENS.values()):
            raise AccessError(self.env._("This is for people who work in the drive."))
        if request:
            request.session.pop(SESSION_KEY, None)
        return {}

    def _drive_check_screen(self, screen):
        """Return the account, which must be one for this screen."""
        user = self.env.user.sudo()
        group = SCREENS.get(screen) if isinstance(screen, str) else None
        if not group or not user.has_group(group):
            raise AccessError(self.env._("This account does not work on this screen."))
        return user

    def _drive_person_of_card(self, screen, card):
        """Return the person and ``None``, or nobody and why not."""
        counts = self.env["drive.sign.in"].sudo()
        wait = counts._begin_card(self)
        if wait:
            return self.browse(), self._drive_wait_text(wait)
        partner = self.env["res.partner"].with_company(self.company_id)._drive_find_card(card)
        if not partner:
            return self.browse(), self.env._("This card is nobody’s, or was replaced by another one.")
        counts._end_card(self)
        person = (self._drive_people(screen) & partner.user_ids)[:1]
        if not person:
            return person, self._drive_wrong_person_text()
        if person._drive_needs_pin(self):
            return person, self.env._(
                "%s may do more than this account: please choose your name and type your PIN.",
                person.partner_id._drive_short_name(),
            )
        return person, None

    def _drive_needs_pin(self, account):
        """Whether a card is not enough to be this person: they are trusted with more than
        the account that is signed in."""
        self.ensure_one()
        return any(self.has_group(group) and not account.has_group(group) for group in TRUSTED)

    def _drive_wrong_person_text(self):
        return self.env._("This person does not work on this screen. A manager can change that.")
