"""What the team reads of contacts, where the coop narrows it."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .access_common import rows
from .access_tables import NARROWED
from .till_common import TillCommon

TEAM = ("volunteer", "cashier", "manager")


@tagged("post_install", "-at_install")
class TestAccessContacts(TillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = {
            role: new_test_user(cls.env, login=f"narrow_{role}", groups=f"cafoutch_drive.group_{role}")
            for role in TEAM
        }
        cls.collecting = cls._create_member("Collects", "collects_login", email="collects@example.org")
        cls.order = cls._create_prepared({cls.bread: 1}, member=cls.collecting)
        cls.buyer = cls._create_member("Buys", email="buys@example.org")
        cls.idle = cls._create_member("Idle", email="idle@example.org")
        cls.idle._drive_give_cards()
        cls.supplier = cls.env["res.partner"].create({"name": "Moulin", "is_company": True})
        cls.env["pos.order"].create(
            {
                "session_id": cls.till_session.id,
                "partner_id": cls.buyer.id,
                **dict.fromkeys(("amount_tax", "amount_total", "amount_paid", "amount_return"), 0),
            }
        )
        cls.policy = cls.env["drive.policy"]._for(cls.company)

    def _record(self, name, user):
        """The record of a row of the table, for who reads it."""
        model, what = name.split()
        partner = {
            "own": user.partner_id,
            "colleague": self.env.ref("base.user_admin").partner_id,
            "company": self.company.partner_id,
            "member_to_collect": self.collecting,
            "member_on_an_open_ticket": self.buyer,
            "member_without_an_order": self.idle,
            "supplier": self.supplier,
        }[what]
        return partner if model == "res.partner" else partner.user_ids

    def _reads(self, record, user):
        found = record.with_user(user).search([("id", "=", record.id)])
        try:
            record.with_user(user).read(["name", "email"])
        except AccessError:
            self.assertFalse(found, "what cannot be read is not found either")
            return "-"
        self.assertEqual(found, record)
        return "r"

    def _table(self):
        return {
            name: {role: self._reads(self._record(name, user), user) for role, user in self.team.items()}
            for name in rows(NARROWED, TEAM)
        }

    def test_who_reads_whom(self):
        """Without anybody having set anything."""
        expected = rows(NARROWED, TEAM)
        for name, row in self._table().items():
            with self.subTest(name):
                self.assertEqual(row, expected[name])

    def test_without_it_all_is_as_odoo_has_it(self):
        self.policy.narrow_contacts = False
        for name, row in self._table().items():
            with self.subTest(name):
                self.assertEqual(set(row.values()), {"r"})

    def test_it_says_what_it_costs(self):
        helps = self.policy._fields["narrow_contacts"].help
        self.assertIn("It costs: at the till nobody else is found as a customer", helps)

    def test_who_has_another_task_is_not_narrowed(self):
        cashier = self.team["cashier"]
        self.assertEqual(self._reads(self.idle, cashier), "-")
        cashier.group_ids = [Command.link(self.env.ref("sales_team.group_sale_salesman").id)]
        self.assertEqual(self._reads(self.idle, cashier), "r")

    def test_another_coop_decides_for_itself(self):
        other = self.env["drive.policy"]._for(self.env["res.company"].create({"name": "Other"}))
        self.policy.narrow_contacts = False
        self.assertTrue(other.narrow_contacts)
        self.assertEqual(self._reads(self.idle, self.team["volunteer"]), "r")

    def test_a_coop_without_rules_narrows(self):
        self.policy.unlink()
        self.assertEqual(self._reads(self.idle, self.team["volunteer"]), "-")

    def test_what_a_narrowed_account_still_does(self):
        """Names colleagues, keeps its own address."""
        volunteer, manager = self.team["volunteer"], self.team["manager"]
        people = self.env["res.partner"].with_user(volunteer)
        named = str(people.get_mention_suggestions("narrow"))
        self.assertIn(str(manager.partner_id.id), named)
        self.assertNotIn("Idle", str(people.get_mention_suggestions("Idle")))
        volunteer.with_user(volunteer).write({"email": "new@example.org"})
        self.assertEqual(volunteer.partner_id.with_user(volunteer).email, "new@example.org")

    def test_the_till_works_as_before(self):
        """The basket, the card of who has none, and the data of the till."""
        orders = self.env["sale.order"].with_user(self.cashier)
        self.assertEqual([row["name"] for row in self._load(self.order)], [self.bread.display_name])
        self.assertIn("Idle", orders.drive_till_card(self.till.id, self.idle.barcode)["notice"])
        data = self.till_session.with_user(self.cashier).load_data([])
        partners = {row["id"] for row in data["res.partner"]}
        self.assertIn(self.cashier.partner_id.id, partners)
        self.assertNotIn(self.idle.id, partners)
        self.assertIn(self.buyer.id, partners, "who is on a ticket of the till")

    def test_the_preparers_screen_works_as_before(self):
        volunteer = self.team["volunteer"]
        order = self._create_confirmed({self.bread: 1}, member=self.idle)
        screen = self.env["drive.preparation"].with_user(volunteer)
        screen.board()
        batch = screen.basket(order.id)["batch"]
        begin = {"uuid": "begin", "no": 1, "kind": "begin", "args": {"sure": True}}
        self.assertEqual(screen.apply(batch, "phone", [begin])["done"], ["begin"])
        self.assertIn("Idle", str(screen.open(batch)))
        self.assertEqual(self._reads(order.partner_id, volunteer), "-")

    def test_orders_by_phone_work_as_before(self):
        people = self.env["res.partner"].with_user(self.cashier)
        self.assertTrue(people._drive_search_served("Idle"))
