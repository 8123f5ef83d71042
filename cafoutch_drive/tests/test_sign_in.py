"""Signing in: guessing is slowed down, and nobody learns whether an account exists."""

import re
from html import unescape
from unittest.mock import patch
from urllib.parse import urlsplit

from lxml import etree
from passlib.context import CryptContext

from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, config, mute_logger

from odoo.addons.mail.models.mail_mail import MailMail

from .common import PatientHttpCase

HOME, CAFE = "192.0.2.1", "198.51.100.7"
LOGIN, PASSWORD = "camille@example.com", "a right password"
WRONG = "Wrong login/password"
WAIT = "Too many tries for now."


@tagged("post_install", "-at_install")
class TestSignIn(PatientHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(config, "options", {**config.options, "proxy_mode": True})
        cls.env["ir.config_parameter"].set_param("base.login_cooldown_after", "4")
        cls.env["ir.config_parameter"].set_param("base.login_cooldown_duration", "60")
        cls.env["ir.config_parameter"].set_param("auth_signup.reset_password", "True")
        cls.env["res.lang"]._activate_lang("en_US")
        cls.user = cls._create_user(LOGIN)

    @classmethod
    def _create_user(cls, login):
        return new_test_user(
            cls.env, login=login, password=PASSWORD, groups="base.group_portal", email=login, lang="en_US"
        )

    # === TOOLS === #

    def _post(self, path, address, **values):
        self.authenticate(None, None)
        headers = {
            "Accept-Language": "en-US",
            "X-Forwarded-For": address,
            "X-Forwarded-Host": "shop.example.com",
        }
        values["csrf_token"] = Request.csrf_token(self)
        return self.url_open(path, data=values, headers=headers, allow_redirects=False)

    def _try(self, password=PASSWORD, login=LOGIN, address=HOME):
        """Sign in by the page.

        :return: what it says, or "in"
        """
        answer = self._post("/web/login", address, login=login, password=password, type="password")
        if answer.status_code == 303:
            return "in"
        self.assertEqual(answer.status_code, 200)
        return self._sentence(answer.text)

    def _sentence(self, html):
        alert = re.search(r'<p class="alert[^>]*>(.*?)</p>', html, re.DOTALL)
        return unescape(" ".join(alert.group(1).split())) if alert else ""

    def _fail(self, times, **values):
        for _time in range(times):
            self.assertEqual(self._try("a wrong password", **values), WRONG)

    def _later(self, seconds):
        """So many seconds pass, for the counts."""
        self.env.cr.execute(SQL("UPDATE drive_sign_in SET last_at = last_at - %s * interval '1 second'", seconds))

    def assertWaits(self, *args, **values):
        said = self._try(*args, **values)
        self.assertTrue(said.startswith(WAIT), said)
        return int(re.search(r"wait (\d+) min", said).group(1))

    # === GUESSING === #

    def test_an_account_from_one_address(self):
        self._fail(4)
        # The right password is not even looked at.
        self.assertEqual(self.assertWaits(), 1)
        self.assertWaits("a wrong password")
        # Elsewhere, the member signs in.
        self.assertEqual(self._try(address=CAFE), "in")
        # From here, others do.
        self._create_user("ali@example.com")
        self.assertEqual(self._try(login="ali@example.com"), "in")

    def test_the_wait_grows_and_ends(self):
        self._fail(4)
        self._later(59)
        self.assertWaits()
        self._later(2)
        self._fail(1)
        self._later(61)
        self.assertEqual(self.assertWaits(), 1)
        self._later(60)
        self._fail(1)
        self.assertEqual(self.assertWaits(), 4)
        for _day in range(20):
            self._later(15 * 60)
            self._fail(1)
        self.assertEqual(self.assertWaits(), 15)
        self._later(15 * 60)
        self.assertEqual(self._try(), "in")
        self._fail(4)

    def test_trying_while_one_waits_changes_nothing(self):
        self._fail(4)
        for _time in range(10):
            self.assertWaits("a wrong password")
        self._later(61)
        self.assertEqual(self._try(), "in")

    def test_a_right_password_ends_the_count_of_the_account(self):
        self._fail(3)
        self.assertEqual(self._try(), "in")
        self._fail(4)
        self.assertWaits()

    def test_one_account_from_many_addresses(self):
        self.assertEqual(self._try(address=CAFE), "in")
        for number in range(12):
            self._fail(1, address=f"203.0.113.{number}")
        self.assertWaits(address="203.0.113.77")
        # The member is known where they signed in before.
        self.assertEqual(self._try(address=CAFE), "in")

    def test_many_accounts_from_one_address(self):
        self._create_user("ali@example.com")
        self.assertEqual(self._try(), "in")
        for number in range(20):
            self._fail(1, login=f"guess{number}@example.com")
        self.assertWaits(login="ali@example.com")
        self.assertWaits("a wrong password", login="guess99@example.com")
        # At home, whose connection a member may share with who guesses.
        self.assertEqual(self._try(), "in")
        self.assertEqual(self._try(login="ali@example.com", address=CAFE), "in")

    def test_a_success_of_ones_own_hides_no_guesses(self):
        """Signing in to one's own account does not free the address."""
        self._create_user("guesser@example.com")
        for number in range(20):
            self._fail(1, login=f"guess{number}@example.com")
            if number < 19:
                self.assertEqual(self._try(login="guesser@example.com"), "in")
        self.assertWaits("a wrong password", login="guess99@example.com")

    def test_behind_a_proxy_that_does_not_say_who_calls(self):
        """One count an account: the address is everybody's."""
        with patch.dict(config.options, {"proxy_mode": False}):
            for number in range(30):
                self._fail(1, login=f"guess{number}@example.com")
            self.assertEqual(self._try(), "in")
            self._fail(4)
            self.assertWaits()
            for _time in range(3):
                self._later(60)
                self._fail(1)
            # It does not grow: who guesses could keep the member out.
            self.assertEqual(self.assertWaits(), 1)

    def _try_in_browser(self, device, password=PASSWORD, address=HOME):
        """Sign in with the cookies of a browser that was here before."""
        self.authenticate(None, None)
        values = {"login": LOGIN, "password": password, "csrf_token": Request.csrf_token(self), "type": "password"}
        headers = {
            "Accept-Language": "en-US",
            "X-Forwarded-For": address,
            "X-Forwarded-Host": "shop.example.com",
        }
        self.opener.cookies["drive_device"] = device
        answer = self.url_open("/web/login", data=values, headers=headers, allow_redirects=False)
        return "in" if answer.status_code == 303 else self._sentence(answer.text)

    def _device(self, address):
        """Sign in; return what the browser keeps."""
        answer = self._post("/web/login", address, login=LOGIN, password=PASSWORD, type="password")
        [cookie] = [one for one in answer.raw.headers.getlist("Set-Cookie") if one.startswith("drive_device=")]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Lax", cookie)
        return cookie.partition(";")[0].partition("=")[2]

    def test_a_browser_that_signed_in_before(self):
        """Guesses from everywhere keep nobody out of the browser that they use."""
        device = self._device(CAFE)
        for number in range(12):
            self._fail(1, address=f"203.0.113.{number}")
        self.assertWaits(address="203.0.113.99")
        self.assertEqual(self._try_in_browser(device, address="203.0.113.99"), "in")
        # It is known to this account alone, and has a count of its own.
        self._create_user("ali@example.com")
        for number in range(4):
            self.assertEqual(self._try_in_browser(device, f"guess {number}", address="203.0.113.77"), WRONG)
        self.assertTrue(self._try_in_browser(device, address="203.0.113.78").startswith(WAIT))
        # Numbers that nobody was given help nobody.
        for number in range(12):
            self._fail(1, address=f"198.18.0.{number}")
        for made_up in ("0" * 32, "x", "", device.upper()):
            self.assertTrue(self._try_in_browser(made_up, address="198.18.0.99").startswith(WAIT), made_up)

    def test_a_browser_where_no_address_is_told(self):
        device = self._device(HOME)
        with patch.dict(config.options, {"proxy_mode": False}):
            self._fail(4)
            self.assertWaits()
            self.assertEqual(self._try_in_browser(device), "in")

    # === THE PASSWORD, ASKED INSIDE A SESSION === #

    def _in_session(self, path, **values):
        values["csrf_token"] = Request.csrf_token(self)
        headers = {"Accept-Language": "en-US", "X-Forwarded-For": HOME, "X-Forwarded-Host": "shop.example.com"}
        return self.url_open(path, data=values, headers=headers, allow_redirects=False)

    def _rpc(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.url_open(f"/web/dataset/call_kw/{model}/{method}", json={"params": params}).json()

    def test_each_question_for_the_password_is_counted(self):
        new = "an other good sentence"
        doors = {
            "security": lambda old: self._in_session("/my/security", old=old, new1=new, new2=new).text,
            "deactivate": lambda old: self._in_session("/my/deactivate_account", validation=LOGIN, password=old).text,
            "address": lambda old: (
                self._in_session(
                    "/my/address/submit",
                    partner_id=self.user.partner_id.id,
                    name="Camille",
                    email="new@example.com",
                    drive_password=old,
                ).text
            ),
        }
        for name, ask in doors.items():
            with self.subTest(name):
                self.env["drive.sign.in"].search([]).unlink()
                self.authenticate(LOGIN, PASSWORD)
                for number in range(4):
                    ask(f"guess {number}")
                # The right one is not even looked at.
                ask(PASSWORD)
                self.env.invalidate_all()
                self.assertTrue(self.user.active)
                self.assertEqual(self.user.email, LOGIN)
                # Nor by the page to sign in: it is one count.
                self.assertWaits()
                self.env["drive.sign.in"].search([]).unlink()
                self.assertEqual(self._try(), "in", "the password is the same")

    def test_the_team_confirms_its_password(self):
        cashier = new_test_user(
            self.env, login="cashier", password=PASSWORD, groups="cafoutch_drive.group_cashier", email="c@example.com"
        )
        cashier.lang = "en_US"
        self.authenticate("cashier", PASSWORD)
        window = self._rpc("res.users", "preference_change_password", cashier.ids)["result"]["res_id"]
        check = "res.users.identitycheck"
        said = self._rpc(check, "run_check", [window], context={"password": "a guess"})["error"]["data"]["message"]
        self.assertIn("Incorrect Password", said)
        change = lambda: self._rpc("res.users", "write", cashier.ids, {"email": "evil@example.com"})  # noqa: E731
        self.assertIn("first confirm", change()["error"]["data"]["message"])
        self.assertEqual(cashier.email, "c@example.com")
        self._rpc(check, "run_check", [window], context={"password": PASSWORD})
        self.assertTrue(change()["result"])
        # After too many, the window does not say that this one was wrong.
        self._fail(4, login="cashier", address="127.0.0.1")
        self.authenticate("cashier", PASSWORD)
        said = self._rpc(check, "run_check", [window], context={"password": PASSWORD})["error"]["data"]["message"]
        self.assertIn("Too many tries", said)

    def test_another_address_asks_for_the_password(self):
        partner = self.user.partner_id
        self.env["res.users.log"].with_user(self.user).sudo().create({})
        values = {
            "partner_id": partner.id,
            "name": partner.name,
            "phone": "0612345678",
            "street": "1 rue de la Paix",
            "zip": "13001",
            "city": "Marseille",
            "country_id": self.env.ref("base.fr").id,
        }
        self.authenticate(LOGIN, PASSWORD)
        for more in ({}, {"drive_password": ""}, {"drive_password": "wrong"}, {"verify_address_values": ""}):
            answer = self._in_session("/my/address/submit", **values, email="new@example.com", **more)
            self.assertIn("drive_password", answer.json()["invalid_fields"], more)
        # By a program, too.
        said = self._rpc("res.users", "write", self.user.ids, {"email": "new@example.com"})
        self.assertIn("first confirm", said["error"]["data"]["message"])
        self.env.invalidate_all()
        self.assertEqual(partner.email, LOGIN)
        # All else is changed without.
        self.assertIn("redirectUrl", self._in_session("/my/address/submit", **values, email=LOGIN).json())
        self.assertEqual(partner.city, "Marseille")
        with patch.object(MailMail, "send", lambda *args, **kwargs: None):
            answer = self._in_session("/my/address/submit", **values, email="new@example.com", drive_password=PASSWORD)
        self.assertIn("redirectUrl", answer.json())
        self.env.invalidate_all()
        self.assertEqual(partner.email, "new@example.com")
        [mail] = self.env["mail.mail"].search([("email_to", "=", LOGIN)])
        self.assertIn("new@example.com", mail.body_html)

    def test_the_links_of_the_address_form(self):
        self.authenticate(LOGIN, PASSWORD)
        for address in ("javascript:alert(1)", "https://example.org", "//example.org", "/\\example.org"):
            self.assertNotIn(address, self.url_open(f"/my/account?redirect={address}").text)
        self.assertIn('href="/my/orders"', self.url_open("/my/account?redirect=/my/orders").text)

    def test_an_address_is_no_person(self):
        """What a member makes on the portal orders nothing, and nobody invites it."""
        partner = self.user.partner_id
        partner.coop_state = "up_to_date"
        person = self.env["res.partner"].create({"name": "Of the office", "type": "other", "parent_id": partner.id})
        self.authenticate(LOGIN, PASSWORD)
        values = {
            "name": "A friend",
            "email": "friend@example.com",
            "phone": "0612345678",
            "street": "1 rue de la Paix",
            "zip": "13001",
            "city": "Marseille",
            "country_id": self.env.ref("base.fr").id,
        }
        for number, kind in enumerate(
            (
                {"use_delivery_as_billing": "true"},
                {"address_type": "billing"},
                {"address_type": "delivery"},
                {"address_type": "x", "verify_address_values": ""},
            )
        ):
            name = f"A friend {number}"
            answer = self._in_session("/my/address/submit", **{**values, "name": name}, **kind)
            self.assertIn("redirectUrl", answer.json(), kind)
            made = self.env["res.partner"].search([("name", "=", name)])
            self.assertIn(made.type, ("delivery", "invoice"), kind)
            self.assertFalse(made.coop_state, kind)
            self.assertFalse(made.drive_can_order, kind)
            self.assertIn("not a member", made.action_drive_invite() and made._drive_invitation_obstacles()[made])
            self.assertNotIn(made, partner._drive_household_people())
        # Nor does a member rename, or write to, another person of the household.
        with mute_logger("odoo.http"):
            answer = self._in_session("/my/address/submit", partner_id=person.id, **values)
        self.assertEqual(answer.status_code, 403)
        self.assertEqual((person.name, person.coop_state), ("Of the office", "up_to_date"))

    def test_an_address_cannot_be_made_up(self):
        self._fail(4)
        self.assertTrue(self._try(address=f"203.0.113.9, {HOME}").startswith(WAIT))

    def test_one_line_of_ipv6_is_one_address(self):
        for number in range(4):
            self._fail(1, address=f"2001:db8:1:2::{number}")
        self.assertWaits(address="2001:db8:1:2:ffff::1")
        self.assertEqual(self._try(address="2001:db8:1:3::1"), "in")

    def test_writing_the_login_otherwise_is_no_new_account(self):
        self._fail(2)
        self._fail(2, login=LOGIN.upper())
        self.assertWaits()

    def test_an_administrator_may_turn_it_off(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", "0")
        self._fail(6)
        self.assertEqual(self._try(), "in")
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", "not a number")
        self._fail(10)
        self.assertWaits()

    def test_a_new_password_opens_the_door(self):
        """The link from the mailbox helps who has to wait where they never were."""
        for number in range(12):
            self._fail(1, address=f"203.0.113.{number}")
        self.assertWaits(address=CAFE)
        self.user.partner_id.signup_prepare("reset")
        token = self.user.partner_id._generate_signup_token()
        values = {"token": token, "password": "another password", "confirm_password": "another password"}
        answer = self._post("/web/reset_password", CAFE, **values)
        self.assertIn("Your password has been reset", answer.text)
        self.assertEqual(self._try("another password", address=CAFE), "in")

    def test_a_new_password_is_not_a_short_one(self):
        self.user.partner_id.signup_prepare("reset")
        token = self.user.partner_id._generate_signup_token()
        values = {"token": token, "password": "seven77", "confirm_password": "seven77"}
        answer = self._post("/web/reset_password", CAFE, **values)
        self.assertIn("at least 8 characters", answer.text)
        self.assertEqual(self._try("seven77", address=CAFE), WRONG)
        with self.assertRaisesRegex(UserError, "at least 8"):
            self.env["res.users"].with_user(self.user).change_password(PASSWORD, "seven77")

    # === WHERE ONE ARRIVES === #

    def _arrive(self, user=None, **values):
        login = (user or self.user).login
        answer = self._post("/web/login", HOME, login=login, password=PASSWORD, type="password", **values)
        self.assertEqual(answer.status_code, 303)
        return urlsplit(answer.headers["Location"]).path

    def test_members_arrive_at_the_shop(self):
        self.user.partner_id.coop_state = "up_to_date"
        self.assertEqual(self._arrive(), "/drive")
        # Also who may not order now: there they read why.
        self.user.partner_id.coop_state = "suspended"
        self.assertEqual(self._arrive(redirect=""), "/drive")
        self.assertEqual(self._arrive(redirect="/my/orders"), "/my/orders")
        self.assertEqual(self._arrive(redirect="/my"), "/my")

    def test_others_arrive_where_odoo_says(self):
        """Suppliers have accounts too; the team arrives at its work."""
        self.assertEqual(self._arrive(), "/my")
        cashier = new_test_user(self.env, login="cashier", password=PASSWORD, groups="cafoutch_drive.group_cashier")
        cashier.partner_id.coop_state = "up_to_date"
        self.assertEqual(self._arrive(cashier), "/odoo")

    # === THE LINKS OF MAILS === #

    def _page(self, path):
        self.authenticate(None, None)
        return etree.HTML(self.url_open(path, headers={"Accept-Language": "en-US"}).text)

    def _invited_page(self):
        self.user.partner_id.signup_prepare()
        return self._page(f"/web/signup?token={self.user.partner_id._generate_signup_token()}")

    def test_who_is_invited_only_chooses_a_password(self):
        page = self._invited_page()
        self.assertEqual("".join(page.xpath("//h1//text()")).strip(), "Choose a password")
        self.assertFalse(page.xpath("//input[@name='name']"))
        self.assertEqual(page.xpath("//input[@name='login']/@value"), [LOGIN])
        self.assertTrue(page.xpath("//input[@name='login']/@readonly"))
        self.assertEqual(len(page.xpath("//form//button[@type='submit']")), 1)

    def test_a_link_that_no_longer_works_leads_on(self):
        """Such as that of an invitation, opened once more to come back to the drive."""
        for path in ("/web/signup", "/web/reset_password"):
            with self.subTest(path):
                page = self._page(f"{path}?token=used")
                self.assertIn("used already", "".join(page.xpath("//*[@role='alert']//text()")))
                self.assertFalse(page.xpath("//form[.//input[@name='token']]"), "it could only fail")
                ways = page.xpath("//a/@href")
                self.assertIn("/web/login?redirect=/drive", ways)
                self.assertIn("/web/reset_password", ways)

    # === NOTHING IS TOLD === #

    def test_accounts_are_by_invitation(self):
        """Odoo's own page to make one tells who has an account."""
        self.assertEqual(self.env["res.users"]._get_signup_invitation_scope(), "b2b")
        self.assertEqual(self.url_open("/web/signup").status_code, 404)

    def test_unknown_accounts_answer_the_same(self):
        invited = self._create_user("invited@example.com")
        self.env.cr.execute("UPDATE res_users SET password = NULL WHERE id = %s", [invited.id])
        archived = self._create_user("archived@example.com")
        archived.active = False
        for login in (LOGIN, "nobody@example.com", "invited@example.com", "archived@example.com"):
            with self.subTest(login=login):
                work = []

                def spy(name, kept=work):
                    real = getattr(CryptContext, name)
                    return patch.object(
                        CryptContext, name, lambda context, *args: kept.append(name) or real(context, *args)
                    )

                with spy("hash"), spy("verify_and_update"):
                    self._fail(1, login=login)
                # The invited account has an empty password: it takes no time to compare.
                self.assertEqual(len(work), 2 if login.startswith("invited") else 1)
                self._fail(3, login=login)
                self.assertEqual(self.assertWaits("a wrong password", login=login), 1)

    def test_what_is_no_login(self):
        for login in ("", "\0", "x" * 5000, "' OR 1=1 --", "é" * 300):
            for password in ("x", "x" * 5000, "\0"):
                with self.subTest(login=login[:20], password=password[:5]):
                    self.assertIn(self._try(password, login=login, address=CAFE).split(".")[0], (WRONG, WAIT[:-1]))
        database = self.env.cr.dbname
        for login in (None, 12, ["a"], {"a": 1}, True, "a", "\ud83d"):
            for password in (None, 12, ["a"], {"a": 1}, "x", "\ud83d"):
                answer = self.url_open(
                    "/web/session/authenticate",
                    json={"params": {"db": database, "login": login, "password": password}},
                ).json()
                with self.subTest(login=login, password=password):
                    self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessDenied")

    def test_counts_name_nobody(self):
        self._fail(1)
        self.assertEqual(self._try(), "in")
        self._post("/web/reset_password", HOME, login=LOGIN)
        self.env.cr.execute("SELECT array_agg(to_jsonb(s)::text) FROM drive_sign_in s")
        [rows] = self.env.cr.fetchone()
        self.assertTrue(rows)
        for secret in (LOGIN, "camille", HOME, "192.0"):
            self.assertNotIn(secret, str(rows))

    def test_counts_are_forgotten(self):
        self.assertEqual(self._try(address=CAFE), "in")
        self._fail(4)
        counts = self.env["drive.sign.in"]
        self._later(23 * 3600)
        counts._gc_forgotten()
        self.assertEqual(counts.search_count([("kind", "=", "pair")]), 1)
        self._later(2 * 3600)
        counts._gc_forgotten()
        self.assertEqual(set(counts.search([]).mapped("kind")), {"known"})
        self._later(90 * 86400)
        counts._gc_forgotten()
        self.assertFalse(counts.search([]))

    # === A NEW PASSWORD === #

    def _ask(self, login=LOGIN, address=HOME):
        """Ask for a new password.

        :return: what the page says, and how many mails were sent
        """
        mails = self.env["mail.mail"].sudo()
        before = self._sent()
        answer = self._post("/web/reset_password", address, login=login)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._sent(), before, "nothing is sent while the page waits")
        sent = []
        with patch.object(type(mails), "send", lambda mail, *args, **kwargs: sent.extend(mail)):
            self.env["drive.password.reset"]._cron_send()
        return self._sentence(answer.text), len(sent)

    def _sent(self):
        """Mails with a link to choose a password; others tell of an address that has changed."""
        return self.env["mail.mail"].sudo().search_count([("body_html", "like", "token=")])

    def test_reset_says_the_same_to_everybody(self):
        twins = self._create_user("twin1@example.com") | self._create_user("twin2@example.com")
        twins.partner_id.email = "twins@example.com"
        without = self._create_user("without@example.com")
        without.partner_id.email = False
        [(sentence, count)] = {self._ask()}
        self.assertIn("If there is an account", sentence)
        self.assertEqual(count, 1)
        with self.assertLogs("odoo.addons.cafoutch_drive.models.res_users_sign_in", "WARNING"):
            self.assertEqual(self._ask("without@example.com"), (sentence, 0))
        for login in ("nobody@example.com", "twins@example.com", "x\0y", "x" * 5000):
            with self.subTest(login=login[:30]):
                self.assertEqual(self._ask(login), (sentence, 0))

    def test_mailboxes_are_not_flooded(self):
        said = [self._ask(address=f"203.0.113.{number}") for number in range(5)]
        self.assertEqual([count for _sentence, count in said], [1, 1, 1, 0, 0])
        self.assertEqual(len({sentence for sentence, _count in said}), 1)
        # Neither by writing the address otherwise, which may be the login or the e-mail.
        self.user.partner_id.email = "other-name@example.com"
        self.assertEqual(self._ask("other-name@example.com")[1], 0)
        self._later(3601)
        self.assertEqual(self._ask()[1], 1)

    def test_an_address_does_not_flood_many_mailboxes(self):
        for number in range(20):
            self._ask(f"nobody{number}@example.com")
        self.assertEqual(self._ask()[1], 0)
        self.assertEqual(self._ask(address=CAFE)[1], 1)

    def test_a_link_does_not_tell_who_has_an_account(self):
        self.env["res.users.log"].with_user(self.user).sudo().create({})
        self.authenticate(None, None)
        for login in (LOGIN, "nobody@example.com"):
            answer = self.url_open(f"/web/reset_password?signup_email={login}")
            with self.subTest(login=login):
                self.assertIn("/web/reset_password", answer.url)
                self.assertIn(f'value="{login}"', answer.text)

    # === THE PAGES === #

    def test_password_managers(self):
        self.authenticate(None, None)
        self.user.partner_id.signup_prepare("reset")
        token = self.user.partner_id._generate_signup_token()
        for path, fields in (
            ("/web/login", {"login": "username", "password": "current-password"}),
            ("/web/reset_password", {"login": "username"}),
            (
                f"/web/reset_password?token={token}",
                {"password": "new-password", "confirm_password": "new-password"},
            ),
        ):
            html = self.url_open(path).text
            self.assertNotIn("onpaste", html)
            self.assertNotIn('autocomplete="off"', html)
            for name, expected in fields.items():
                with self.subTest(path=path, name=name):
                    [field] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', html)
                    self.assertIn(f'autocomplete="{expected}"', field)
        self.assertIn(f'value="{LOGIN}"', html, "the password manager keeps both")
