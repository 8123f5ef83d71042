from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestHousehold(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["drive.policy"]._for(cls.company)
        cls.partner = cls._create_attached("Noé Durand")
        cls.other = cls._create_member("Karim Benali")

    @classmethod
    def _create_attached(cls, name, main=None):
        user = new_test_user(cls.env, login=f"login {name}", groups="base.group_portal", name=name)
        user.partner_id.parent_id = main or cls.member
        return user.partner_id

    # === ONE MEMBERSHIP === #

    def test_people_of_a_household_have_its_membership(self):
        for state in ("suspended", "up_to_date"):
            self.member.coop_state = state
            with self.subTest(state=state):
                self.assertEqual(self.partner._coop_state_today(), state)
                self.assertEqual(self.partner.coop_state, state)
        self.assertEqual(self.partner._drive_household(), self.member)
        self.assertEqual(self.member._drive_household_people(), self.member | self.partner)

    def test_an_exception_is_for_the_household(self):
        self.member.write({"coop_state": "suspended", "drive_exception_until": self.company._drive_today()})
        self.assertIsNone(self.partner._drive_refusal())

    def test_what_an_attached_person_had_before_does_not_count(self):
        newcomer = self._create_member("Newcomer", state="suspended", drive_exception_until="2999-01-01")
        self.member.coop_state = "on_leave"
        newcomer.parent_id = self.member
        self.assertEqual(newcomer._drive_refusal().code, "on_leave")

    def test_a_contact_of_a_supplier_is_a_member_alone(self):
        supplier = self.env["res.partner"].create({"name": "Boulangerie", "is_company": True})
        baker = self._create_member("Baker", parent_id=supplier.id)
        self.assertEqual(baker._drive_household(), baker)
        self.assertIsNone(baker._drive_refusal())

    # === ITS SHAPE === #

    def test_a_limit_on_the_number_of_people(self):
        self.rules.household_limit = 3
        self._create_attached("Third")
        with self.assertRaisesRegex(ValidationError, "allow 3"):
            self.env["res.partner"].create({"name": "Fourth", "parent_id": self.member.id})
        address = {"name": "Cellar", "type": "delivery", "parent_id": self.member.id}
        self.assertTrue(self.env["res.partner"].create(address))
        with self.assertRaisesRegex(ValidationError, "allow 3"):
            # What Odoo's own contact form makes of people attached to a person.
            self.env["res.partner"].create({"name": "Fourth", "type": "other", "parent_id": self.member.id})
        self.rules.household_limit = 0
        self.assertTrue(self.env["res.partner"].create({"name": "Fourth", "parent_id": self.member.id}))

    def test_a_household_that_is_too_large_already_stays(self):
        self._create_attached("Third")
        self.rules.household_limit = 2
        self.member.phone = "+33 4 91 00 00 00"
        self.assertEqual(len(self.member._drive_household_people()), 3)

    def test_no_child_of_a_child(self):
        with self.assertRaisesRegex(ValidationError, "attached to another member"):
            self.env["res.partner"].create({"name": "Grandchild", "parent_id": self.partner.id})
        with self.assertRaisesRegex(ValidationError, "attached to another member"):
            self.member.parent_id = self.other

    def test_no_loop(self):
        with self.assertRaises(UserError):
            self.member.parent_id = self.partner
        with self.assertRaises(UserError):
            self.other.parent_id = self.other

    def test_two_add_the_last_person_at_the_same_moment(self):
        self.assertClaimed(lambda member: member._check_drive_household_limit())

    # === ITS ORDERS === #

    def test_both_read_the_orders_of_both(self):
        orders = self._create_confirmed({self.bread: 1}) | self._create_confirmed({self.bread: 1}, member=self.partner)
        for person in (self.member, self.partner):
            self.assertEqual(self.env["sale.order"]._drive_orders_of(person), orders)
        self.assertFalse(self.env["sale.order"]._drive_orders_of(self.other))

    def test_open_orders_are_counted_together(self):
        self.point.max_open_orders = 2
        slot = self._create_slot(hours=40, capacity=9)
        self._create_confirmed({self.bread: 1}, slot)
        late = self._create_held({self.bread: 1}, slot)
        self._create_confirmed({self.bread: 1}, slot, self.partner)
        self.assertRefused("max_open_orders", late._drive_confirm, "0123456789abcdef", late.amount_total)
        self.assertRefused("max_open_orders", late.action_confirm)
        self.assertEqual(late.drive_state, "basket")

    def test_two_confirm_at_the_same_moment_by_other_doors(self):
        self.assertClaimed(lambda member: member._drive_claim_household())

    def assertClaimed(self, work):
        """Who comes second, from a snapshot without the first one's work, fails and
        is run again by Odoo; it does not go on with old numbers."""
        with self.registry.cursor() as cr:
            partner = self.env(cr=cr)["res.partner"].create(
                {
                    "name": "At the same moment",
                    "coop_state": "up_to_date",
                    "child_ids": [Command.create({"name": "Two"})],
                }
            )
            cr.commit()  # pylint: disable=invalid-commit
            try:
                with self.registry.cursor() as first, self.registry.cursor() as second:
                    second.execute("SELECT 1")
                    work(self.env(cr=first)["res.partner"].browse(partner.id))
                    first.commit()  # pylint: disable=invalid-commit
                    with self.assertRaises(SerializationFailure):
                        work(self.env(cr=second)["res.partner"].browse(partner.id))
            finally:
                partner.child_ids.unlink()
                partner.unlink()
                cr.commit()  # pylint: disable=invalid-commit

    # === MOVING === #

    def test_who_moves_out_keeps_orders_and_the_household_too(self):
        mine = self._create_confirmed({self.bread: 1}, member=self.partner)
        theirs = self._create_confirmed({self.bread: 1})
        self.partner.parent_id = False
        orders = self.env["sale.order"]
        self.assertEqual(orders._drive_orders_of(self.partner), mine)
        self.assertEqual(orders._drive_orders_of(self.member), mine | theirs)
        self.partner.parent_id = self.other
        self.assertEqual(orders._drive_orders_of(self.partner), mine)
        self.assertFalse(orders._drive_orders_of(self.other), "the new household is not concerned")

    def test_odoos_own_page_shows_the_new_household_nothing(self):
        mine = self._create_confirmed({self.bread: 1}, member=self.partner)
        user = new_test_user(self.env, login="new_household", groups="base.group_portal", name="Neighbour")
        user.partner_id.parent_id = self.other
        self.partner.parent_id = self.other
        orders = self.env["sale.order"].search([("id", "=", mine.id)])
        self.assertEqual(orders.with_user(self.partner.user_ids)._filtered_access("read"), mine)
        self.assertFalse(orders.with_user(user)._filtered_access("read"))

    def test_who_moves_out_is_a_member_again_when_the_office_says_so(self):
        self.partner.parent_id = False
        self.assertEqual(self.partner._drive_refusal().code, "candidate")
        self.partner.coop_state = "up_to_date"
        self.assertIsNone(self.partner._drive_refusal())

    def test_moving_under_somebody_who_is_no_member(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.partner.parent_id = stranger
        self.assertEqual(self.partner._drive_refusal().code, "candidate")

    def test_the_office_may_say_what_becomes_of_who_moves_out(self):
        self.partner.write({"parent_id": False, "coop_state": "up_to_date"})
        self.assertIsNone(self.partner._drive_refusal())

    # === NUMBERS === #

    def test_a_number_is_used_once(self):
        self.member.coop_number = "0042"
        with (
            self.assertRaisesRegex(UniqueViolation, "_coop_number_uniq"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.other.coop_number = "0042"
            self.env.flush_all()
