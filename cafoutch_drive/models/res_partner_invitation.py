from datetime import timedelta
from typing import NamedTuple

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, split_every

from odoo.addons.auth_signup.models.res_partner import SignupError

from ..tools.chosen import check_chosen

# So many invitations leave while the manager waits; more are left to the job.
INVITED_AT_ONCE = 20
# Between two mails to the same person: a second click is an accident.
AGAIN_AFTER = timedelta(hours=1)
# Problems of one person. A conflict with another transaction is not: it is tried again.
PERSON_ERRORS = (UserError, SignupError, psycopg2.IntegrityError, psycopg2.DataError)


class Invited(NamedTuple):
    """What became of a list of people to invite; partners, each in one part."""

    sent: models.Model
    waiting: models.Model
    """Many: their invitations leave with the job that begins at once."""
    already: models.Model
    """Invited within the last hour, or waiting: nothing is sent to them again."""
    signed_in: models.Model
    """They have an account already and have used it: nothing is sent to them."""
    refused: dict
    """``{partner: sentence}`` of those who cannot be invited."""


class ResPartner(models.Model):
    """Inviting people to the drive: an account, and a mail with the link to it.

    An invitation is claimed first (``drive_invited_at``, under a lock of the person's
    row), then sent: so a double click, two managers or a job that starts again make one
    account and one mail.
    """

    _inherit = "res.partner"

    drive_portal_state = fields.Selection(
        [
            ("none", "Not invited"),
            ("waiting", "Invitation on its way"),
            ("failed", "Invitation failed"),
            ("invited", "Invited"),
            ("active", "Signed in before"),
        ],
        string="Account",
        compute="_compute_drive_portal_state",
        search="_search_drive_portal_state",
        compute_sudo=True,
        groups="cafoutch_drive.group_manager",
        help="Whether this person has an account to order with.",
    )
    drive_invited_at = fields.Datetime(
        string="Invited On",
        readonly=True,
        copy=False,
        groups="cafoutch_drive.group_manager",
        help="When the last invitation to the drive was sent.",
    )
    drive_invitation_pending = fields.Boolean(readonly=True, copy=False, groups="cafoutch_drive.group_manager")

    drive_invitation_error = fields.Char(
        string="Why the Invitation Failed",
        readonly=True,
        copy=False,
        groups="cafoutch_drive.group_manager",
        help="What the mail server, or Odoo, said of the last invitation. Send it again once this is mended.",
    )

    @api.depends("user_ids.login_date", "user_ids.active", "drive_invitation_pending", "drive_invitation_error")
    def _compute_drive_portal_state(self):
        for partner in self:
            users = partner.user_ids.filtered("active")
            if any(user.login_date for user in users):
                partner.drive_portal_state = "active"
            elif partner.drive_invitation_pending:
                partner.drive_portal_state = "waiting"
            elif partner.drive_invitation_error:
                partner.drive_portal_state = "failed"
            else:
                partner.drive_portal_state = "invited" if users else "none"

    def _search_drive_portal_state(self, operator, value):
        self._check_field_access(self._fields["drive_portal_state"], "read")
        if operator != "in":
            return NotImplemented
        users = self.env["res.users"].sudo()
        active = Domain("user_ids", "in", users._search([("log_ids", "!=", False)]))
        waiting = Domain("drive_invitation_pending", "=", True) & ~active
        failed = Domain("drive_invitation_error", "!=", False) & ~active & ~waiting
        account = Domain("user_ids", "in", users._search([]))
        domains = {
            "active": active,
            "waiting": waiting,
            "failed": failed,
            "invited": account & ~active & ~waiting & ~failed,
            "none": ~account & ~waiting & ~failed,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # === ASKING === #

    def action_drive_invite(self):
        """Invite these people to the drive, again where they never signed in.

        :return: the window that says who is invited, and who is not, and why
        :raise AccessError: when somebody else than a manager asks
        """
        if not self.env.user.has_group("cafoutch_drive.group_manager"):
            raise AccessError(self.env._("Members are invited by the managers of the drive."))
        check_chosen(self, "write")
        return self.env["drive.invitation"]._show(self.sudo()._drive_invite())

    def _drive_invite(self):
        """Invite those who can be; each of the others is told with a reason.

        :rtype: Invited
        """
        signed_in = self.filtered(lambda partner: partner.drive_portal_state == "active")
        refused = (self - signed_in)._drive_invitation_obstacles()
        able = self - signed_in - self.browse().concat(*refused)
        already = able.filtered(lambda partner: partner._drive_invited_already())
        invited = able - already
        claimed = invited.try_lock_for_update(allow_referencing=True)
        for partner in invited - claimed:
            refused[partner] = self.env._("is being changed at this moment: please try again")
        claimed.write(
            {
                "drive_invitation_pending": True,
                "drive_invited_at": fields.Datetime.now(),
                "drive_invitation_error": False,
            }
        )
        # A conflict with another manager shows here, before anything is made.
        claimed.flush_recordset(["drive_invitation_pending", "drive_invited_at"])
        if len(claimed) > INVITED_AT_ONCE:
            self.env.ref("cafoutch_drive.cron_send_invitations").sudo()._trigger()
            return Invited(self.browse(), claimed, already, signed_in, refused)
        failed = claimed._drive_send_invitations()
        return Invited(
            claimed - self.browse().concat(*failed), self.browse(), already, signed_in, {**refused, **failed}
        )

    def _drive_invitation_obstacles(self):
        """``{partner: sentence}`` of those who cannot have an account."""
        emails = {email for partner in self if (email := email_normalize(partner.email or ""))}
        users = self.env["res.users"].with_context(active_test=False)
        owners = {user.login.lower(): user for user in users.search([("login", "in", list(emails))])}
        archived = users.search([("partner_id", "in", self.ids), ("active", "=", False)]).partner_id
        first, found = {}, {}
        for partner in self:
            sentence = partner._drive_invitation_obstacle(partner in archived, owners, first)
            if sentence:
                found[partner] = sentence
        return found

    def _drive_invitation_obstacle(self, archived, owners, first):
        """Why this person cannot have an account of the portal, or ``None``.

        :param bool archived: whether they have an account that is archived
        :param dict owners: accounts by login
        :param dict first: the first person of this list with each e-mail; is filled
        """
        state = self._coop_state_today()
        email = email_normalize(self.email or "")
        owner = owners.get(email)
        sentence = None
        if not state:
            sentence = self.env._("is not a member of the coop")
        elif state == "left":
            sentence = self.env._("has left the coop")
        elif any(user._is_internal() for user in self.user_ids):
            sentence = self.env._("works with Odoo: an administrator gives out that account")
        elif archived and not self.user_ids:
            sentence = self.env._("has an account that is archived: an administrator can open it again")
        elif not self.email:
            sentence = self.env._("has no e-mail")
        elif not email:
            sentence = self.env._("has no valid e-mail: %s", self.email)
        elif owner and owner.partner_id != self:
            sentence = self.env._("has the e-mail of the account of %s", owner.name)
        elif first.setdefault(email, self) != self:
            sentence = self.env._("has the same e-mail as %s", first[email].name)
        return sentence

    def _drive_invited_already(self):
        """Whether an invitation is on its way, or was sent a moment ago and did not fail."""
        just_now = fields.Datetime.now() - AGAIN_AFTER
        lately = self.drive_invited_at and self.drive_invited_at > just_now
        return self.drive_invitation_pending or (lately and not self.drive_invitation_error)

    # === SENDING === #

    def _drive_send_invitations(self):
        """Give these people an account and queue their mails.

        :return: ``{partner: sentence}`` of those for whom it was not possible
        """
        failed = self._drive_invitation_obstacles()
        for partner in self - self.browse().concat(*failed):
            try:
                with self.env.cr.savepoint():
                    partner._drive_open_account()
            except PERSON_ERRORS as error:
                failed[partner] = " ".join(str(error).split())
        without = self.browse().concat(*failed)
        sent = self - without
        if sent:
            sent._drive_queue_invitations()
        sent.write({"drive_invitation_pending": False, "drive_invited_at": fields.Datetime.now()})
        without.write({"drive_invitation_pending": False, "drive_invited_at": False})
        for partner, sentence in failed.items():
            partner.drive_invitation_error = sentence
        return failed

    def _drive_queue_invitations(self):
        """Queue a mail for each of these people, in the place of one that failed: its link
        works no more."""
        self.env["mail.mail"].search([("drive_invited_id", "in", self.ids), ("state", "=", "exception")]).unlink()
        template = self.env.ref("cafoutch_drive.mail_template_invitation").sudo()
        # Without the document: it stays out of the contact's history.
        mails = template.send_mail_batch(self.ids, email_values={"model": False, "res_id": False})
        for mail in mails:
            mail.drive_invited_id = mail.recipient_ids[:1]
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _drive_open_account(self):
        """Make what Odoo's portal wizard makes: a user of the portal, ready to sign up."""
        self.ensure_one()
        user = self.user_ids[:1]
        email = email_normalize(self.email)
        if not user:
            company = self.company_id or self.env.company
            wizard = self.env["portal.wizard"].with_company(company).create({"partner_ids": [Command.set(self.ids)]})
            user = wizard.user_ids._create_user()
        elif user.login != email:
            # Nobody has signed in with the earlier address, nor will.
            user.login = email
        if not user._is_portal():
            portal, public = self.env.ref("base.group_portal"), self.env.ref("base.group_public")
            user.write({"group_ids": [Command.link(portal.id), Command.unlink(public.id)]})
        self.signup_prepare()

    def _drive_invitation_url(self):
        """A link to choose a password with, made anew: it is valid from now on.

        Only in a mail that the server sends; who looks at the template, or writes a mail
        from it, finds the page to sign in: no key to somebody else's account.
        """
        self.ensure_one()
        if not self.env.su:
            return f"{self.get_base_url()}/web/login"
        return self._get_signup_url_for_action(url="/drive")[self.id]

    def _get_signup_url(self):
        """Override of `auth_signup`: the same, for Odoo's own mails. Administrators, who
        may set any password, read it."""
        if not self._drive_may_know_keys():
            return f"{self.get_base_url()}/web/login"
        return super()._get_signup_url()

    def signup_get_auth_param(self):
        """Override of `auth_signup`, which tells everybody's login, or a key to make their account, to whoever has
        an account of the back office: to administrators, and in the mails that the server sends."""
        people = self if self._drive_may_know_keys() else self.browse()
        return super(ResPartner, people).signup_get_auth_param()

    def _drive_may_know_keys(self):
        return self.env.su or self.env.user.has_group("base.group_erp_manager")

    def _drive_invitation_days(self):
        """How many days the link of an invitation is valid."""
        hours = self.env["ir.config_parameter"].sudo().get_param("auth_signup.signup.validity.hours", 144)
        return max(int(hours) // 24, 1)

    @api.model
    def _cron_send_invitations(self):
        """Send the invitations that were too many to wait for, part by part."""
        waiting = self.search([("drive_invitation_pending", "=", True)], order="id")
        remaining = len(waiting)
        for ids in split_every(INVITED_AT_ONCE, waiting.ids):
            part = self.browse(ids).try_lock_for_update(allow_referencing=True)
            # Since the last commit somebody may have been sent theirs by another way.
            failed = part.filtered("drive_invitation_pending")._drive_send_invitations()
            for partner, sentence in failed.items():
                partner._message_log(body=self.env._("Not invited to the drive: %s", sentence))
            remaining -= len(ids)
            if not self.env["ir.cron"]._commit_progress(len(ids), remaining=remaining):
                break
