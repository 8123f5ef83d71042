"""What the drive keeps about a person: the page, and the file that they take with them."""

import json

from odoo.tests import tagged

from .shop_common import ShopCommon

REASON = "Chèque refusé trois fois"
MESSAGE = "Passez nous voir, on trouvera une solution"


@tagged("post_install", "-at_install")
class TestPrivacy(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.write(
            {
                "email": "camille@example.com",
                "phone": "0491001122",
                "street": "3 rue du Panier",
                "city": "Marseille",
                "coop_number": "4242",
                "coop_state_reason": REASON,
                "coop_state_message": MESSAGE,
                "comment": "Une note interne",
                "drive_exception_reason": "Raison secrète",
            }
        )
        cls.partner = cls._create_member("Dominique Durand", "dominique_login", state=False, parent_id=cls.member.id)
        cls.partner.write({"email": "dominique@example.com", "phone": "0491003344", "lang": "en_US"})
        cls.order = cls._create_confirmed({cls.bread: 2})
        cls.order.drive_note = "Allergie aux noix"
        cls.partner_order = cls._create_confirmed({cls.apples: 1.5}, member=cls.partner)
        cls.partner_order.drive_note = "La note de Dominique"
        cls.other_order = cls._create_confirmed({cls.bread: 1}, slot=cls._create_slot(hours=70), member=cls.other)
        cls.other.write({"email": "ali@example.com", "phone": "0491005566"})
        cls.order.message_post(body="Merci pour le pain", author_id=cls.member.id, message_type="comment")
        cls.order.message_post(body="Un mot entre nous", author_id=cls.other.id, message_type="comment")

    def _export(self):
        response = self.url_open("/drive/me/data/export")
        self.assertEqual(response.status_code, 200)
        return response, response.json()

    def test_the_page_says_what_why_and_how_long(self):
        html = self.get("/drive/me/data")
        self.assertSays(
            html,
            "What we keep about you",
            "Orders since",
            "Notes kept: 1",
            "People: 2",
            "30 days after the order has ended",
            "10 years after the end of the business year",
            "Download my data",
        )
        self.assertSays(self.get("/drive/me"), "What we keep about you")

    def test_the_page_follows_the_rules_of_the_coop(self):
        self.env["drive.policy"]._for(self.company).write({"note_days": 12, "forget_years": 6})
        self.assertSays(self.get("/drive/me/data"), "12 days after", "6 years after")

    def test_the_file(self):
        _response, data = self._export()
        self.assertEqual(data["Contact"]["Phone"], "0491001122")
        self.assertEqual(data["Membership"]["Member number"], "4242")
        self.assertEqual(data["Household"], ["Camille Durand", "Dominique Durand"])
        self.assertEqual(data["Account"]["Login"], "camille_login")
        [order] = data["Orders"]
        self.assertEqual(order["Number"], self.order.name)
        self.assertEqual(order["Your note"], "Allergie aux noix")
        self.assertEqual(order["Total"], 9.6)
        self.assertEqual([line["Quantity"] for line in order["Products"]], [2.0])
        self.assertEqual([slot["Order"] for slot in data["Pickup slots"]], [self.order.name])
        self.assertEqual([message["Text"] for message in data["Messages that you wrote"]], ["Merci pour le pain"])

    def test_what_a_cashier_wrote_about_them_is_in_it(self):
        """It is about the person, and nobody else's: not even the rest of the household's."""
        self.assertNotIn("What the till noted", self.get("/drive/me/data"))
        self.order.drive_handover_reason = "Vu avec le bureau <b>"
        _response, data = self._export()
        self.assertEqual(data["Orders"][0]["What the till noted at the hand-over"], "Vu avec le bureau <b>")
        html = self.get("/drive/me/data")
        self.assertSays(html, "What the till noted at a hand-over: 1", "30 days after the order has ended")
        self.sign_in("dominique_login")
        self.assertNotIn("Vu avec", self.url_open("/drive/me/data/export").text)
        self.assertNotIn("What the till noted", self.get("/drive/me/data"))

    def test_the_file_is_whole_and_in_the_reader_s_words(self):
        """What a person has to do with is in it, for whoever asks."""
        self.sign_in("dominique_login")
        _response, data = self._export()
        self.assertEqual([order["Number"] for order in data["Orders"]], [self.partner_order.name])
        self.assertEqual(data["Orders"][0]["Your note"], "La note de Dominique")
        # The membership is the household's, the number its main member's.
        self.assertEqual(data["Membership"]["Membership"], "Up to date")

    def test_nothing_about_others(self):
        secrets = {
            "camille_login": ("dominique@", "0491003344", "note de Dominique", "Ali", "ali@", "0491005566"),
            # The address is the household's: Odoo gives it to each of its people.
            "dominique_login": ("camille@", "0491001122", "noix", "pain", "Ali", "ali@"),
            "ali_login": ("Camille", "Dominique", "Durand", "noix", "note de", "4242"),
        }
        for login, others in secrets.items():
            self.sign_in(login)
            for path in ("/drive/me/data", "/drive/me/data/export"):
                text = self.url_open(path).text
                for secret in (*others, REASON, "note interne", "Raison secrète", "Un mot entre nous"):
                    if secret == "Un mot entre nous" and login == "ali_login":
                        continue
                    with self.subTest(login=login, path=path, secret=secret):
                        self.assertNotIn(secret, text)

    def test_orders_taken_by_the_team_are_the_member_s(self):
        """Who takes an order for a member gets their own file all the same."""
        self.sign_in("ali_login")
        self.assertEqual(len(self._export()[1]["Orders"]), 1)

    def test_it_is_kept_by_no_browser(self):
        for path in ("/drive/me/data", "/drive/me/data/export"):
            response = self.url_open(path)
            with self.subTest(path=path):
                self.assertEqual(response.headers["Cache-Control"], "private, no-store")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_it_is_text_that_people_can_read(self):
        self.member.name = 'Zoé "Été" <b>'
        response, data = self._export()
        self.assertIn("Zoé", response.content.decode())
        self.assertIn("\n  ", response.content.decode())
        self.assertEqual(data["Household"][0], 'Zoé "Été" <b>')

    def test_reading_changes_nothing(self):
        self.env.flush_all()
        before = json.dumps(self.order.read(["write_date", "state"]) + self.member.read(["write_date"]), default=str)
        self._export()
        self.get("/drive/me/data")
        self.env.invalidate_all()
        after = json.dumps(self.order.read(["write_date", "state"]) + self.member.read(["write_date"]), default=str)
        self.assertEqual(before, after)

    def test_who_left_may_still_ask(self):
        for state in ("left", "suspended", False):
            self.member.coop_state = state
            with self.subTest(state=state):
                self.get("/drive/me/data")
                self.assertEqual(len(self._export()[1]["Orders"]), 1)

    def test_nobody_else_may(self):
        self.authenticate(None, None)
        for path in ("/drive/me/data", "/drive/me/data/export"):
            self.assertIn("/web/login", self.url_open(path).url)

    def test_lists_and_favourites(self):
        """One's own, not those that somebody of the household shares."""
        lists = self.env["drive.list"]
        lists._drive_keep(self.member, "Apéro", {self.bread: 2, self.apples: 0.5}).is_shared = True
        lists._drive_favourites(self.member, create=True)._drive_set(self.apples, 1)
        lists._drive_keep(self.partner, "De Dominique", {self.bread: 1}).is_shared = True
        self.member.drive_no_recall = True
        _response, data = self._export()
        self.assertEqual(set(data["Lists"]), {"Apéro"})
        self.assertEqual(
            data["Lists"]["Apéro"]["Products"],
            [{"Product": "Miche", "Quantity": 2.0}, {"Product": "Pommes", "Quantity": 0.5}],
        )
        self.assertEqual(data["Favourites"], ["Pommes"])
        self.assertIs(data["Account"]["Mails about a basket that waits"], False)
        self.assertSays(self.get("/drive/me/data"), "Lists: 1; favourites: 1")
