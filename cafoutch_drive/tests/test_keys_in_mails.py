"""Mails that hold a key, to a password or to an answer in somebody's place: who else reads them."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.models.mail_mail import MailMail

from .access_common import ADDON, AccessCommon

TEAM = ("volunteer", "cashier", "manager")
INVITATION = f"{ADDON}.mail_template_invitation"
KEY = "token="


@tagged("post_install", "-at_install")
class TestKeysInMails(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.new = cls._create_member("Nadia Haddad", email="nadia@example.org")
        cls.admin = cls.env.ref("base.partner_admin")

    def _read(self, text):
        """Each message with this text that whoever is signed in reads, by any door."""
        found = []
        mails = self.env["mail.mail"].search([("body_html", "ilike", text)])
        self.assertTrue(mails, "there is one to read")
        for records in (mails, mails.mail_message_id):
            field = "body_html" if records._name == "mail.mail" else "body"
            for method, args in (("search_read", [[(field, "ilike", text)]]), ("read", [records.ids])):
                outcome, answer = self._rpc(records._name, method, *args, [field])
                found += answer if outcome == "ok" else []
        return found

    def assertNobodyReads(self, text):
        self.env.flush_all()
        for role in (*TEAM, "other"):
            self._sign_in(role)
            self.assertEqual(self._read(text), [], role)

    # === WHAT WAITS, OR COULD NOT BE SENT === #

    def test_an_invitation(self):
        self._sign_in("manager")
        self.assertEqual(self._rpc("res.partner", "action_drive_invite", self.new.ids)[0], "ok")
        self.assertNobodyReads(KEY)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_an_invitation_by_the_portal(self):
        """Odoo's own window, whose mail a broken mail server keeps."""
        self._sign_in("manager")
        context = {"active_ids": self.new.ids}
        wizard = self._rpc("portal.wizard", "create", {"partner_ids": [(6, 0, self.new.ids)]}, context=context)[1]
        [row] = self.env["portal.wizard"].browse(wizard).user_ids
        self.assertEqual(self._rpc("portal.wizard.user", "action_grant_access", row.ids)[0], "ok")
        self.assertTrue(self.new.user_ids)
        self.assertNobodyReads(KEY)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_new_password(self):
        self._sign_in("manager")
        sent = []

        def send(mails, *args, **kwargs):
            sent.extend((mail.create_uid, KEY in mail.body_html) for mail in mails)

        with patch.object(MailMail, "send", send):
            self.assertEqual(self._rpc("res.users", "action_reset_password", self.people["member"].ids)[0], "ok")
        # Whose mail it is reads it: nobody's, and the key is in it.
        self.assertEqual(sent, [(self.env.ref("base.user_root"), True)])
        self._sign_in("volunteer")
        self.assertEqual(self._rpc("res.users", "action_reset_password", self.people["other"].ids)[0], "denied")

    def test_a_proposal(self):
        later = self._create_slot(hours=60)
        expires = fields.Datetime.now() + timedelta(hours=5)
        manager = self.people["manager"]
        self.env["drive.proposal"].with_user(manager).sudo()._propose(self.order, later, expires, "Closed")
        self.assertNobodyReads("/drive/proposal/")

    # === MADE ON PURPOSE === #

    def _victims(self):
        return (self.new, self.people["other"].partner_id, self.people["manager"].partner_id, self.admin)

    def _templates(self):
        """Those that hold a key to a password, and a record of each person that they are about."""
        self.new.user_ids or new_test_user(self.env, login="nadia", groups="base.group_portal", partner_id=self.new.id)
        xmlids = (INVITATION, "auth_signup.set_password_email", "auth_signup.portal_set_password_email")
        for template in map(self.env.ref, xmlids):
            for partner in self._victims():
                yield template, partner if template.model == "res.partner" else partner.user_ids[:1]

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_preview(self):
        for template, record in list(self._templates()):
            for role in TEAM:
                if record == self.people[role] or record == self.people[role].partner_id:
                    continue
                self._sign_in(role)
                values = {"mail_template_id": template.id, "resource_ref": f"{record._name},{record.id}"}
                outcome, preview = self._rpc("mail.template.preview", "create", values)
                if outcome != "ok":
                    continue
                body = self._rpc("mail.template.preview", "read", [preview], ["body_html"])[1]
                self.assertNotIn(KEY, str(body), f"{role} {template.name} {record.display_name}")

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_compose(self):
        template = self.env.ref(INVITATION)
        for record in self._victims():
            for role in TEAM:
                if record == self.people[role].partner_id:
                    continue
                self._sign_in(role)
                values = {"template_id": template.id, "model": record._name, "res_ids": str(record.ids)}
                for mode in ("comment", "mass_mail"):
                    with self.subTest(role=role, record=record.display_name, mode=mode):
                        outcome, composer = self._rpc(
                            "mail.compose.message", "create", {**values, "composition_mode": mode}
                        )
                        if outcome == "ok":
                            body = self._rpc("mail.compose.message", "read", [composer], ["body"])[1]
                            self.assertNotIn(KEY, str(body))

    @mute_logger("odoo.addons.mail.models.mail_render_mixin", "odoo.addons.mail.models.mail_mail")
    def test_sent_to_oneself(self):
        for template, record in list(self._templates()):
            for role in TEAM:
                if record == self.people[role] or record == self.people[role].partner_id:
                    continue
                self._sign_in(role)
                with self.subTest(role=role, template=template.name, record=record.display_name):
                    self._rpc(
                        "mail.template",
                        "send_mail",
                        template.id,
                        record.id,
                        email_values={"email_to": "me@example.org", "recipient_ids": []},
                    )
                    mails = self.env["mail.mail"].search([("email_to", "=", "me@example.org")])
                    self.assertFalse(mails.filtered(lambda mail: KEY in mail.body_html))
