"""Who had a mail address learns that somebody else has changed it: links to a new password go there."""

from odoo.tests import tagged

from .access_common import AccessCommon


@tagged("post_install", "-at_install")
class TestAddressTold(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.people["member"]
        cls.user.email = "before@example.org"
        cls.user.lang = "en_US"
        cls.env["res.users.log"].with_user(cls.user).sudo().create({})
        cls.known = cls.env["mail.mail"].search([])

    def _told(self):
        self.env.invalidate_all()
        return (self.env["mail.mail"].search([]) - self.known).mapped("email_to")

    def test_by_a_manager(self):
        """On the contact, as managers change it; the mail names both."""
        self._sign_in("manager")
        self.assertEqual(self._rpc("res.partner", "write", self.member.ids, {"email": "after@example.org"})[0], "ok")
        self.assertEqual(self._told(), ["before@example.org"])
        [mail] = self.env["mail.mail"].search([]) - self.known
        self.assertIn("from before@example.org to after@example.org", mail.body_html)

    def test_an_account_that_was_never_used(self):
        """Who mends an address that was written wrongly tells no stranger the right one."""
        self.user.sudo().log_ids.unlink()
        self.member.with_user(self.people["manager"]).email = "after@example.org"
        self.assertEqual(self._told(), [])

    def test_taken_away_first(self):
        self._sign_in("manager")
        for email in (False, "after@example.org"):
            self._rpc("res.partner", "write", self.member.ids, {"email": email})
        self.assertEqual(self._told(), ["before@example.org"])

    def test_once_by_an_administrator(self):
        self.user.with_user(self.env.ref("base.user_admin")).email = "after@example.org"
        self.assertEqual(self._told(), ["before@example.org"])

    def test_what_is_no_change(self):
        for values in ({"email": "BEFORE@example.org"}, {"phone": "0612345678"}):
            self.member.with_user(self.people["manager"]).write(values)
        self.assertEqual(self._told(), [])

    def test_somebody_without_an_account(self):
        partner = self._create_member("Somebody", email="some@example.org")
        partner.with_user(self.people["manager"]).email = "else@example.org"
        self.assertEqual(self._told(), [])

    def test_who_is_forgotten_is_left_alone(self):
        partner = self.people["other"].partner_id
        partner.write({"coop_state": "left", "email": "before@example.org"})
        self.env["drive.forget"].create({"partner_id": partner.id}).action_forget()
        self.assertFalse(partner.email)
        self.assertNotIn("before@example.org", self._told())
