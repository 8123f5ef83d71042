import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.res_partner_invitation import INVITED_AT_ONCE
from .common import DriveCommon, PatientHttpCase


class InvitationCommon(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, login="inviting", groups="cafoutch_drive.group_manager")
        cls.member.email = "Camille@Example.org"

    def _invite(self, members=None, user=None):
        """Invite; return what the manager reads."""
        members = (members or self.member).with_user(user or self.manager)
        action = members.action_drive_invite()
        return self.env["drive.invitation"].browse(action["res_id"]).summary

    def _mails(self, member=None):
        member = member or self.member
        return self.env["mail.mail"].search([("recipient_ids", "in", member.ids)])

    def _link(self, member=None):
        """The link of the last mail."""
        body = self._mails(member).sorted("id")[-1].body_html
        return re.search(r'href="([^"]+/web/signup[^"]+)"', body)[1].replace("&amp;", "&")

    def _token(self, member=None):
        return parse_qs(urlsplit(self._link(member)).query)["token"][0]

    def _sign_in(self, member):
        self.env["res.users.log"].with_user(member.user_ids).sudo().create({})
        member.user_ids.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestInvitation(InvitationCommon):
    def test_account_and_mail(self):
        self.member.lang = "en_US"
        self.assertIn("Invited: 1.", self._invite())
        user = self.member.user_ids
        self.assertEqual((user.login, user.name), ("camille@example.org", "Camille Durand"))
        self.assertTrue(user._is_portal() and not user._is_internal())
        self.assertEqual(self.member.coop_state, "up_to_date", "the account changed nothing about the member")
        self.assertEqual(self.member.drive_portal_state, "invited")
        self.assertTrue(self.member.drive_invited_at)
        mail = self._mails()
        self.assertEqual(mail.state, "outgoing", "queued, not sent while the manager waits")
        self.assertEqual(mail.recipient_ids, self.member)
        self.assertIn("Hello Camille Durand", mail.body_html)
        self.assertIn("6 days", mail.body_html)
        self.assertIn("redirect=%2Fdrive", self._link())

    def test_nobody_is_told_how_another_signs_in(self):
        """Odoo's parameters of a link, called from the back office: neither a login nor a key to make an account."""
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        new = self._create_member("New")
        user = new_test_user(self.env, login="key_owner", groups="base.group_portal")
        people = new | user.partner_id
        self.assertFalse(any(people.with_user(self.manager).signup_get_auth_param().values()))
        told = people.sudo().signup_get_auth_param()
        self.assertEqual([list(told[person.id]) for person in people], [["auth_signup_token"], ["auth_login"]])

    def test_those_who_cannot_be_invited_are_named(self):
        """They are listed with a reason; the others are invited."""
        taken = new_test_user(self.env, login="taken@example.org", groups="base.group_portal", name="Owner")
        archived = self._create_member("Archived", login="archived@example.org")
        archived.user_ids.active = False
        people = {
            "has no e-mail": self._create_member("Without"),
            "has no valid e-mail: nobody": self._create_member("Bad", email="nobody"),
            "has the e-mail of the account of Owner": self._create_member("Taken", email="TAKEN@example.org"),
            "has the same e-mail as Camille Durand": self._create_member("Twin", email="camille@example.org"),
            "has left the coop": self._create_member("Gone", state="left", email="gone@example.org"),
            "is not a member of the coop": self._create_member("Stranger", state=False, email="x@example.org"),
            "has an account that is archived": archived,
            "works with Odoo": new_test_user(self.env, login="colleague", groups="base.group_user").partner_id,
        }
        people["works with Odoo"].write({"name": "Colleague", "coop_state": "up_to_date", "email": "c@example.org"})
        users = self.env["res.users"].with_context(active_test=False)
        before = users.search_count([])
        everybody = self.member.concat(*people.values())
        told = self._invite(everybody)
        self.assertIn("Invited: 1.", told)
        self.assertIn("Not invited: 8.", told)
        for reason, person in people.items():
            self.assertIn(f"{person.name} {reason}", told)
            self.assertFalse(self._mails(person))
            self.assertFalse(person.drive_invited_at)
        self.assertEqual(users.search_count([]), before + 1)
        self.assertEqual(taken.partner_id.drive_portal_state, "invited")

    def test_what_goes_wrong_for_one_stops_nobody_else(self):
        """An account that Odoo refuses: the person is named, the others are invited."""
        other = self._create_member("Refused", email="refused@example.org")
        create = type(self.env["portal.wizard.user"])._create_user
        sentence = "Another addon\nwants it otherwise."

        def refuse(wizard):
            user = create(wizard)
            if wizard.partner_id == other:
                user.partner_id.name = "Half done"
                raise AccessError(sentence)
            return user

        self.patch(type(self.env["portal.wizard.user"]), "_create_user", refuse)
        told = self._invite(other | self.member)
        self.assertIn("Refused Another addon wants it otherwise.", told)
        self.assertEqual((other.name, len(other.user_ids)), ("Refused", 0), "nothing of it is left")
        self.assertEqual(other.drive_portal_state, "failed")
        self.assertEqual(other.drive_invitation_error, "Another addon wants it otherwise.")
        self.assertFalse(other.drive_invited_at)
        self.assertEqual(len(self._mails()), 1)

    def test_names_are_only_text(self):
        told = self._invite(self._create_member("<b>Bold</b>"))
        self.assertIn("&lt;b&gt;Bold", told)

    # === AGAIN === #

    def test_second_click_sends_nothing(self):
        self._invite()
        self.assertIn("Invited a moment ago, nothing is sent to them again: 1.", self._invite())
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual(len(self.member.user_ids), 1)

    def test_later_it_is_sent_again_with_a_link_that_works(self):
        self._invite()
        first = self._token()
        partners = self.env["res.partner"]
        self.assertEqual(partners._get_partner_from_token(first), self.member)
        with freeze_time(fields.Datetime.now() + timedelta(days=7)):
            self.assertFalse(partners._get_partner_from_token(first), "the first link has run out")
            self.assertIn("Invited: 1.", self._invite())
            self.assertEqual(partners._get_partner_from_token(self._token()), self.member)
        self.assertEqual(len(self._mails()), 2)
        self.assertEqual(len(self.member.user_ids), 1)

    def test_who_signed_in_is_sent_nothing(self):
        self._invite()
        self._sign_in(self.member)
        self.member.drive_invited_at = False
        self.assertIn("Signed in before, nothing is sent to them: 1.", self._invite())
        self.assertEqual(len(self._mails()), 1)

    def test_another_address_before_the_first_sign_in(self):
        self._invite()
        self.member.write({"email": "new@example.org", "drive_invited_at": False})
        self._invite()
        self.assertEqual(self.member.user_ids.login, "new@example.org")
        self.assertEqual(len(self.member.user_ids), 1)

    # === MANY === #

    def test_many_leave_with_the_job(self):
        members = self.env["res.partner"].create(
            [
                {"name": f"Many {n}", "email": f"many{n}@example.org", "coop_state": "up_to_date"}
                for n in range(INVITED_AT_ONCE + 2)
            ]
        )
        told = self._invite(members)
        self.assertIn(f"Invited: {len(members)}. Their e-mails leave within the next minutes.", told)
        self.assertFalse(members.user_ids)
        self.assertEqual(set(members.mapped("drive_portal_state")), {"waiting"})
        self.assertIn(f"nothing is sent to them again: {len(members)}", self._invite(members))
        # One of them cannot be invited any more when their turn comes.
        new_test_user(self.env, login="many0@example.org", groups="base.group_portal")
        with self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_send_invitations").method_direct_trigger()
        self.assertEqual(len(members.user_ids), len(members) - 1)
        self.assertEqual(len(self._mails(members)), len(members) - 1)
        self.assertEqual(members[0].drive_portal_state, "failed")
        self.assertIn("has the e-mail of the account", members[0].drive_invitation_error)
        self.assertIn("Not invited to the drive", members[0].message_ids[0].body)
        with self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_send_invitations").method_direct_trigger()
        self.assertEqual(len(self._mails(members)), len(members) - 1)

    def test_job_sends_nothing_to_who_was_sent_it_meanwhile(self):
        members = self.env["res.partner"].create(
            [
                {"name": f"Many {n}", "email": f"many{n}@example.org", "coop_state": "up_to_date"}
                for n in range(INVITED_AT_ONCE + 2)
            ]
        )
        self._invite(members)
        send = type(members)._drive_send_invitations

        def meanwhile(partners):
            partners.browse(members[-1].id).drive_invitation_pending = False
            return send(partners)

        self.patch(type(members), "_drive_send_invitations", meanwhile)
        with self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_send_invitations").method_direct_trigger()
        self.assertEqual(self._mails(members).recipient_ids.sorted("id"), members[:-1])

    # === MAILS THAT FAIL === #

    def _send(self, *members):
        """The mails of these leave, over a mail server that is not there."""
        self.patch(type(self.env["ir.mail_server"]), "_disable_send", lambda server: False)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create({"name": "None", "smtp_host": "127.0.0.1", "smtp_port": 9})
        for member in members:
            with mute_logger("odoo.addons.mail.models.mail_mail"):
                self._mails(member).send()

    def test_a_mail_that_does_not_leave_is_listed_with_the_reason(self):
        other = self._create_member("Other", email="other@example.org")
        self._invite(self.member | other)
        self._send(self.member)
        self.assertEqual(self.member.drive_portal_state, "failed")
        self.assertIn("Connection refused", self.member.drive_invitation_error)
        self.assertEqual((other.drive_portal_state, other.drive_invitation_error), ("invited", False))
        failed = self.env["res.partner"].with_user(self.manager).search([("drive_portal_state", "=", "failed")])
        self.assertEqual(failed, self.member)

    def test_an_address_that_nobody_can_write_to(self):
        """Odoo deletes such a mail: the reason stays."""
        self._invite()
        failure = {"failure_reason": "No valid recipient", "failure_type": "mail_email_invalid"}
        self._mails()._postprocess_sent_message([], [], **failure)
        self.assertFalse(self._mails())
        self.assertEqual(self.member.drive_portal_state, "failed")
        self.assertEqual(self.member.drive_invitation_error, "No valid recipient")

    def test_those_that_failed_are_sent_again_together_and_at_once(self):
        other = self._create_member("Other", email="other@example.org")
        everybody = self.member | other
        self._invite(everybody)
        self._send(self.member, other)
        early = self._mails(everybody)
        failed = self.env["res.partner"].with_user(self.manager).search([("drive_portal_state", "=", "failed")])
        self.assertEqual(failed, everybody)
        self.assertIn("Invited: 2.", self._invite(failed))
        self.assertFalse(early.exists(), "their links work no more")
        self.assertEqual(len(self._mails(everybody)), 2)
        self.assertEqual(everybody.mapped("drive_portal_state"), ["invited", "invited"])
        self.assertEqual(everybody.mapped("drive_invitation_error"), [False, False])
        self.assertIn("nothing is sent to them again: 2", self._invite(everybody))

    def test_a_mail_that_leaves_after_all(self):
        self._invite()
        self._send(self.member)
        self.assertEqual(self.member.drive_portal_state, "failed")
        self._mails().with_context(mail_notify_force_send=False)._postprocess_sent_message(self.member.ids, [])
        self.assertEqual((self.member.drive_portal_state, self.member.drive_invitation_error), ("invited", False))

    # === LISTS === #

    def test_lists(self):
        invited, active, waiting, failed = (
            self._create_member(name, email=f"{name}@example.org")
            for name in ("invited", "active", "waiting", "failed")
        )
        failed.drive_invitation_error = "no such address"
        self._invite(invited | active)
        self._sign_in(active)
        waiting.drive_invitation_pending = True
        archived = self._create_member("archived", login="archived@example.org")
        archived.user_ids.active = False
        everybody = self.member | invited | active | waiting | failed | archived
        for states, expected in (
            (["none"], self.member | archived),
            (["waiting"], waiting),
            (["failed"], failed),
            (["invited"], invited),
            (["active"], active),
            (["invited", "waiting"], invited | waiting),
        ):
            with self.subTest(states=states):
                for partners in (self.env["res.partner"], self.env["res.partner"].with_user(self.manager)):
                    domain = [("id", "in", everybody.ids), ("drive_portal_state", "in", states)]
                    self.assertEqual(partners.search(domain), expected)
                    domain[1] = ("drive_portal_state", "not in", states)
                    self.assertEqual(partners.search(domain), everybody - expected)
                self.assertEqual(
                    everybody.filtered(lambda partner, states=states: partner.drive_portal_state in states), expected
                )

    # === WHO MAY === #

    def test_managers_only(self):
        for groups in (
            "cafoutch_drive.group_volunteer",
            "cafoutch_drive.group_cashier",
            "base.group_partner_manager",
            "base.group_portal",
        ):
            user = new_test_user(self.env, login=f"invite {groups}", groups=groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self._invite(user=user)
        self.assertFalse(self.member.user_ids)

    def test_link_is_for_the_member_alone(self):
        """Whoever reads the link before the mail has left can take the account."""
        self._invite()
        message = self._mails().mail_message_id
        for groups in ("cafoutch_drive.group_volunteer", "cafoutch_drive.group_manager"):
            user = new_test_user(self.env, login=f"read {groups}", groups=groups)
            with self.subTest(groups=groups):
                messages = self.env["mail.message"].with_user(user)
                self.assertFalse(messages.search([("id", "=", message.id)]))
                with self.assertRaises(AccessError):
                    messages.browse(message.id).read(["body"])
        self.assertNotIn("token=", "".join(self.member.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestInvitationLink(InvitationCommon, PatientHttpCase):
    def test_member_chooses_a_password_and_is_in(self):
        self._invite()
        link = self._link()
        page = self.url_open(link)
        self.assertEqual(page.status_code, 200)
        self.assertIn("camille@example.org", page.text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        password = "Un-mot-de-passe-42"
        answer = self.url_open(
            link,
            data={
                "csrf_token": token,
                "login": "camille@example.org",
                "name": "Camille Durand",
                "password": password,
                "confirm_password": password,
                "token": self._token(),
                "redirect": "/drive",
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.url.endswith("/drive"), answer.url)
        self.env.invalidate_all()
        self.assertEqual(self.member.drive_portal_state, "active")


@tagged("post_install", "-at_install")
class TestTwoManagers(TransactionCase):
    """Two who invite one person at once, in transactions of their own."""

    def setUp(self):
        super().setUp()
        self.keeper = self.env(cr=self.enterContext(self.registry.cursor()))
        self.partner = self.keeper["res.partner"].create(
            {"name": "At the same moment", "email": "same.moment@example.org", "coop_state": "up_to_date"}
        )
        self.keeper.cr.commit()
        self.addCleanup(self._forget)

    def _forget(self):
        self.keeper.cr.rollback()
        self._mails(self.keeper).unlink()
        self._users(self.keeper).unlink()
        self.partner.unlink()
        self.keeper.cr.commit()

    def _users(self, env):
        return env["res.users"].with_context(active_test=False).search([("partner_id", "=", self.partner.id)])

    def _mails(self, env):
        return env["mail.mail"].search([("recipient_ids", "in", self.partner.ids)])

    def _invite(self, cr):
        """Invite, as the button does; return the outcome."""
        # Who waits for the other here would wait forever.
        cr.execute("SET LOCAL lock_timeout = '3s'")
        return self.env(cr=cr)["res.partner"].browse(self.partner.id)._drive_invite()

    def test_one_account_and_one_mail(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1")  # its snapshot is from before
            self.assertEqual(len(self._invite(first).sent), 1)
            # While the first one works, the second is told so and waits for nothing.
            outcome = self._invite(second)
            self.assertFalse(outcome.sent)
            self.assertIn("at this moment", next(iter(outcome.refused.values())))
            first.commit()
            # From a snapshot without that work it fails, and Odoo runs it again.
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self._invite(second)
            second.rollback()
            outcome = self._invite(second)
            self.assertFalse(outcome.sent)
            self.assertEqual(len(outcome.already), 1)
            second.commit()
        self.keeper.cr.rollback()
        self.assertEqual(len(self._users(self.keeper)), 1)
        self.assertEqual(len(self._mails(self.keeper)), 1)
