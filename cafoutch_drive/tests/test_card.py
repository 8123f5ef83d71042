"""The member card: its number, its page, its sheet, and whom it belongs to."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools.barcode import get_barcode_check_digit

from ..tools.card_code import card_svg, read_card_number
from .common import DriveCommon, PatientHttpCase

NEW_NUMBER = "odoo.addons.cafoutch_drive.models.res_partner_card.new_card_number"


@tagged("post_install", "-at_install")
class TestCard(DriveCommon):
    def test_number(self):
        other = self._create_member("Alix Morel")
        people = self.member | other
        people._drive_give_cards()
        for partner in people:
            self.assertRegex(partner.barcode, r"^042\d{10}$")
            self.assertEqual(int(partner.barcode[-1]), get_barcode_check_digit(partner.barcode))
        self.assertNotEqual(self.member.barcode, other.barcode)
        # Given once.
        before = people.mapped("barcode")
        people._drive_give_cards()
        self.assertEqual(people.mapped("barcode"), before)

    def test_the_till_takes_it_for_a_customer(self):
        """Odoo's default nomenclature reads the number as it is printed."""
        self.member._drive_give_cards()
        nomenclature = self.env.ref("barcodes.default_barcode_nomenclature")
        parsed = nomenclature.parse_barcode(self.member.barcode)
        self.assertEqual((parsed["type"], parsed["code"]), ("client", self.member.barcode))

    def test_collision(self):
        """A number that somebody has, even somebody archived, is not given again."""
        taken, free = "0420000000003", "0420000000010"
        gone = self._create_member("Gone")
        gone.barcode = taken
        gone.active = False
        with patch(NEW_NUMBER, side_effect=[taken, taken, free]):
            self.member._drive_give_cards()
        self.assertEqual(self.member.barcode, free)
        other = self._create_member("Alix Morel")
        with patch(NEW_NUMBER, return_value=taken), self.assertRaises(UserError):
            other._drive_give_cards()
        with self.assertRaises(ValidationError):
            other.barcode = free

    def test_a_card_that_exists_is_kept(self):
        self.member.barcode = "A-1234"
        self.member._drive_give_cards()
        self.assertEqual(self.member.barcode, "A-1234")
        self.assertEqual(self.member._drive_card()["digits"], "A-1234")
        self.assertEqual(self.env["res.partner"]._drive_find_card("A-1234"), self.member)

    def test_find(self):
        self.member._drive_give_cards()
        find = self.env["res.partner"]._drive_find_card
        number = self.member.barcode
        self.assertEqual(find(f" {number}\n"), self.member)
        # Some scanners leave out the first zero.
        self.assertEqual(find(number[1:]), self.member)
        for code in (None, True, 42, 1e300, [number], {}, "", " ", "0420000000000", "x" * 5000, "a\0b", "é", "%"):
            self.assertFalse(find(code), code)

    def test_upc_zero_only_for_cards(self):
        self.assertEqual(read_card_number("012345678905"), "012345678905")
        self.assertEqual(read_card_number("420000000003"), "0420000000003")

    def test_new_card(self):
        manager = new_test_user(self.env, login="card_manager", groups="cafoutch_drive.group_manager")
        self.member._drive_give_cards()
        old = self.member.barcode
        self.member.with_user(manager).action_drive_new_card()
        find = self.env["res.partner"]._drive_find_card
        self.assertFalse(find(old))
        self.assertEqual(find(self.member.barcode), self.member)
        self.assertIn("member card", self.member.message_ids[0].body)

    def test_new_card_is_for_managers(self):
        """Also against Odoo's own right to write contacts."""
        clerk = new_test_user(self.env, login="card_clerk", groups="base.group_user,base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.member.with_user(clerk).action_drive_new_card()
        with self.assertRaises(AccessError):
            self.member.with_user(clerk).action_drive_print_cards()

    def test_number_is_a_secret(self):
        """Where volunteers and cashiers read contacts, they read no card."""
        self.member._drive_give_cards()
        self.env["drive.policy"]._for(self.env.company).narrow_contacts = False
        for group in ("volunteer", "cashier"):
            user = new_test_user(self.env, login=f"card_{group}", groups=f"cafoutch_drive.group_{group}")
            member = self.member.with_user(user)
            with self.subTest(group):
                self.assertTrue(member.read(["name"]))
                with self.assertRaises(AccessError):
                    member.read(["barcode"])
                with self.assertRaises(AccessError):
                    member.search([("barcode", "=", self.member.barcode)])

    def test_number_is_no_tills(self):
        """A till asks whose card it is: it loads no number, and finds nobody by typing a part of one."""
        self.member._drive_give_cards()
        number = self.member.barcode
        self.env["drive.policy"]._for(self.env.company).narrow_contacts = False
        till = self.env["pos.config"].create({"name": "Till of cards"})
        cashier = new_test_user(self.env, login="card_cashier", groups="cafoutch_drive.group_cashier")
        people = self.env["res.partner"].with_user(cashier)
        self.assertEqual(people.drive_till_partner(till.id, number), self.member.id)
        self.assertFalse(people.drive_till_partner(till.id, number[:-2]))
        for domain in ([], ["|", ("name", "ilike", self.member.name), ("barcode", "ilike", "042%")]):
            [found] = [
                row for row in people.get_new_partner(till.id, domain, 0)["res.partner"] if row["id"] == self.member.id
            ]
            self.assertNotIn("barcode", found)
        self.assertFalse(people.get_new_partner(till.id, [("barcode", "ilike", "042%")], 0)["res.partner"])
        volunteer = new_test_user(self.env, login="card_volunteer", groups="cafoutch_drive.group_volunteer")
        with self.assertRaises(AccessError):
            people.with_user(volunteer).drive_till_partner(till.id, number)

    def test_a_stranger_stays_unknown(self):
        """Whom the cashier does not read becomes no customer."""
        self.member._drive_give_cards()
        cashier = new_test_user(self.env, login="card_cashier", groups="cafoutch_drive.group_cashier")
        till = self.env["pos.config"].create({"name": "Till of cards"})
        people = self.env["res.partner"].with_user(cashier)
        self.assertFalse(people.drive_till_partner(till.id, self.member.barcode))

    def test_print(self):
        manager = new_test_user(self.env, login="card_manager", groups="cafoutch_drive.group_manager")
        stranger = self.env["res.partner"].create({"name": "Not a member"})
        action = (self.member | stranger).with_user(manager).action_drive_print_cards()
        self.assertTrue(action["url"].endswith(f"/{self.member.id}"))
        self.assertTrue(self.member.barcode)
        self.assertFalse(stranger.barcode)
        with self.assertRaises(UserError):
            stranger.with_user(manager).action_drive_print_cards()
        with (
            patch("odoo.addons.cafoutch_drive.models.res_partner_card.PRINT_LIMIT", 0),
            self.assertRaises(UserError),
        ):
            self.member.with_user(manager).action_drive_print_cards()

    def test_bars(self):
        """What a scanner sees: Code 128 in widths of 1 to 4, white on both sides."""
        svg = card_svg("0420000000003", "label <b>")
        self.assertIn("label &lt;b&gt;", svg)
        # Begin, 13 digits (six pairs, one more and its change of code), check, end.
        self.assertIn('viewBox="0 0 143 48"', svg)
        self.assertIn('d="M10 0h2v48h-2z', svg)


@tagged("post_install", "-at_install")
class TestCardPage(PatientHttpCase, DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_member("Noé Durand", login="card_member")
        cls.person.coop_number = "1842"

    def _page(self, login):
        self.authenticate(login, login)
        return self.url_open("/drive/card")

    def test_page(self):
        answer = self._page("card_member")
        self.assertEqual(answer.status_code, 200)
        number = self.person.barcode
        self.assertTrue(number)
        for text in ("Noé Durand", "1842", number, self.env.company.name, "<svg"):
            self.assertIn(text, answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "private, no-store")
        self.assertIn(number, self._page("card_member").text)

    def test_household(self):
        """Each has their own card; the number is the household's where one has none."""
        child = self._create_member("Lou Durand", login="card_child", state=False, parent_id=self.person.id)
        answer = self._page("card_child")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Lou Durand", answer.text)
        self.assertIn("1842", answer.text)
        self.assertNotEqual(child.barcode, self.person.barcode)

    def test_suspended(self):
        """They may not order, and their basket may wait: the card stays."""
        self.person.coop_state = "suspended"
        self.assertEqual(self._page("card_member").status_code, 200)

    def test_not_a_member(self):
        for state in (False, "left"):
            self.person.coop_state = state
            answer = self._page("card_member")
            self.assertEqual(answer.status_code, 403, state)
            self.assertNotIn("<svg xmlns", answer.text)
        self.assertFalse(self.person.barcode)

    def test_volunteer(self):
        user = new_test_user(self.env, login="card_volunteer", groups="cafoutch_drive.group_volunteer")
        user.partner_id.coop_state = "up_to_date"
        answer = self._page("card_volunteer")
        self.assertEqual(answer.status_code, 200)
        self.assertIn(user.partner_id.barcode, answer.text)

    def test_sheet(self):
        new_test_user(self.env, login="card_manager", groups="cafoutch_drive.group_manager", name="Manager")
        self.authenticate("card_manager", "card_manager")
        stranger = self.env["res.partner"].create({"name": "Not a member", "barcode": "0420000000003"})
        (self.member | self.person)._drive_give_cards()
        without = self._create_member("Without a card")
        self.member.name = "Camille <b>Durand</b>"
        ids = f"{self.member.id},{self.person.id},{stranger.id},{without.id},999999999"
        answer = self.url_open(f"/report/html/cafoutch_drive.report_member_cards/{ids}")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.text.count('class="card"'), 2)
        self.assertIn("Camille &lt;b&gt;Durand&lt;/b&gt;", answer.text)
        self.assertIn(self.person.barcode, answer.text)
        answer = self.url_open("/report/html/cafoutch_drive.report_member_cards")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn('class="card"', answer.text)
