from datetime import timedelta

from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestMe(ShopCommon):
    """What members read about their own membership."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["drive.policy"]._for(cls.company)
        cls.policy.write({"contact_email": "bureau@example.org", "contact_phone": "+33 4 91 00 00 00"})
        cls.today = cls.company._drive_today()

    def test_a_member_who_may_order(self):
        self.member.write({"coop_number": "0042", "coop_state_until": self.today, "coop_state_next": "on_leave"})
        html = self.get("/drive/me")
        self.assertSays(html, "Camille Durand", "member no. 0042", "Up to date", "You can order.", "Then: On leave.")
        self.assertSays(html, "0 of 5 at a time", "Camille Durand you main member")
        self.assertIn('href="mailto:bureau@example.org"', html)
        self.assertIn('href="tel:+33491000000"', html)
        self.assertIn('href="/web/session/logout', html)
        self.assertIn('href="/my/account"', html)

    def test_the_day_after_it_says_what_it_has_become(self):
        self.member.write({"coop_state_until": self.today - timedelta(days=1), "coop_state_next": "on_leave"})
        html = self.get("/drive/me")
        self.assertSays(html, "On leave", "You are on leave.")
        self.assertNotIn("Then:", html)

    def test_people_who_may_not_order_read_why(self):
        self.member.write({"coop_state": "suspended", "coop_state_reason": "A secret"})
        for page in ("/drive", "/drive/basket", "/drive/slots"):
            html = self.get(page, status=403)
            self.assertSays(html, "You cannot order for the moment.", "Call +33 4 91 00 00 00")
            self.assertIn('class="button" href="/drive/me"', html)
        html = self.get("/drive/me")
        self.assertSays(html, "Suspended", "You cannot order for the moment.", "Write to bureau@example.org")
        self.assertNotIn("secret", html)
        self.assertNotIn("You can order", html)

    def test_every_state_has_its_sentence(self):
        for state, text in self.env["res.partner"]._fields["coop_state"]._description_selection(self.env):
            self.member.coop_state = state
            with self.subTest(state=state):
                self.assertSays(self.get("/drive/me"), text)
        self.member.coop_state = False
        self.assertSays(self.get("/drive/me"), "No membership", "not linked to a member yet")

    def test_an_alert_that_still_orders_is_gentle(self):
        self.member.write({"coop_state": "alert", "coop_state_message": "Let us have a coffee together."})
        html = self.get("/drive/me")
        self.assertSays(html, "On alert", "You can order.", "Let us have a coffee together.")

    def test_a_full_household_is_told_before_it_fills_a_basket(self):
        self.point.max_open_orders = 1
        self._create_confirmed({self.bread: 1})
        html = self.get("/drive/me")
        self.assertSays(html, "already has 1 orders to collect")
        self.assertNotIn("You can order.", html)

    def test_the_usual_sentence_of_an_alert_does_not_forbid(self):
        self.member.coop_state = "alert"
        self.assertSays(self.get("/drive/me"), "You can order.", "Your membership is on alert.")

    def test_an_exception_says_until_when(self):
        self.member.write({"coop_state": "suspended", "drive_exception_until": self.today})
        self.assertSays(self.get("/drive/me"), "You can order.", "By exception, your household may order until")

    def test_the_household(self):
        person = self._create_member("Noé Durand", "noe_login", parent_id=self.member.id)
        # On the account: it is remembered there in which language to answer.
        person.user_ids.lang = "en_US"
        self._create_confirmed({self.bread: 1})
        self.sign_in("noe_login")
        html = self.get("/drive/me")
        self.assertSays(html, "Camille Durand main member", "Noé Durand you", "1 of 5 at a time")

    def test_no_office_no_empty_link(self):
        self.policy.write({"contact_email": False, "contact_phone": False})
        self.company.write({"email": False, "phone": False})
        html = self.get("/drive/me")
        self.assertNotIn("mailto:", html)
        self.assertNotIn("tel:", html)

    def test_each_page_leads_there(self):
        for page in ("/drive", "/drive/slots", "/drive/orders", "/drive/me"):
            self.assertIn('href="/drive/me"', self.get(page))

    def test_visitors_sign_in(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/drive/me", allow_redirects=False).headers["Location"])
