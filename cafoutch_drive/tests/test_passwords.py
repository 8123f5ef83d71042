"""Choosing a password: by whichever door, not one that is guessed at once."""

from odoo.exceptions import AccessDenied, UserError
from odoo.http import Request
from odoo.tests import new_test_user, tagged

from ..models.res_users_password import SHORTEST_PASSWORD
from ..tools.passwords import COMMON, is_guessed_first
from .common import PatientHttpCase

LOGIN, PASSWORD = "camille.roux@example.com", "a right password"
GUESSED = "one of those that are tried first"
# The most frequent ones of those who leak; words that everybody knows, with a figure and a sign.
GUESSED_FIRST = ("password1", "AZERTYUIOP", "Motdepasse", "Roux2026!", "Épicerie13", "camille.roux", "Bread Coop 7")
FREE = ("vélo rouge sous la pluie", "camille aime les endives", "xK8%vq2m", "11 22 33 44 55 abc")


@tagged("post_install", "-at_install")
class TestPasswords(PatientHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.name = "Bread"
        cls.env["res.lang"]._activate_lang("en_US")
        cls.user = new_test_user(
            cls.env,
            name="Camille Roux",
            login=LOGIN,
            password=PASSWORD,
            groups="base.group_portal",
            email=LOGIN,
            lang="en_US",
        )

    def assertIsPassword(self, password):
        self.env.flush_all()
        try:
            self.user.with_user(self.user)._check_credentials(
                {"login": LOGIN, "password": password, "type": "password"}, {"interactive": False}
            )
        except AccessDenied:
            self.fail(f"{password} is not the password")

    def test_there_are_enough(self):
        """Three thousand of a length that is allowed are asked for (OWASP ASVS 5.0, 6.2.4)."""
        guessed = [word for word in COMMON if len(word) >= SHORTEST_PASSWORD and is_guessed_first(word)]
        self.assertGreater(len(guessed), 3000)

    def test_what_is_no_password(self):
        users = self.env["res.users"].with_user(self.user)
        for password in (None, False, 12345678, ["a right one"], "", "seven77"):
            with self.subTest(password), self.assertRaisesRegex(UserError, "at least 8"):
                users.change_password(PASSWORD, password)

    def test_on_my_account(self):
        users = self.env["res.users"].with_user(self.user)
        for password in GUESSED_FIRST:
            with self.subTest(password), self.assertRaisesRegex(UserError, GUESSED):
                users.change_password(PASSWORD, password)
        self.assertIsPassword(PASSWORD)
        old = PASSWORD
        for password in FREE:
            with self.subTest(password):
                users.change_password(old, password)
                self.assertIsPassword(password)
            old = password

    def test_with_a_link(self):
        self.user.partner_id.signup_prepare("reset")
        token = self.user.partner_id._generate_signup_token()
        self.authenticate(None, None)

        def choose(password):
            values = {"login": LOGIN, "token": token, "password": password, "confirm_password": password}
            values["csrf_token"] = Request.csrf_token(self)
            return self.url_open("/web/reset_password", data=values, headers={"Accept-Language": "en-US"}).text

        self.assertIn(GUESSED, choose("password1"))
        self.assertIn(GUESSED, choose("Camille.Roux13"))
        self.assertIn("Your password has been reset", choose(FREE[0]))
        self.assertIsPassword(FREE[0])

    def test_in_the_preferences_of_the_team(self):
        """There the old password may have been asked for some minutes ago."""
        manager = new_test_user(self.env, login="passwords_manager", groups="cafoutch_drive.group_manager")
        wizards = self.env["change.password.own"].with_user(manager)
        for password, sentence in (("seven77", "at least 8"), ("password1", GUESSED)):
            wizard = wizards.create({"new_password": password, "confirm_password": password})
            with self.subTest(password), self.assertRaisesRegex(UserError, sentence):
                wizard.change_password()
