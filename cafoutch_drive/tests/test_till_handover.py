"""At the till: whose card it is, and what is asked when the member may not order."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools.refusal import DriveRefusal
from .till_common import TillCommon

REASON = "The office has been told by phone"


class HandoverCommon(TillCommon):
    def _call(self, method, *args, user=None):
        orders = self.env["sale.order"].with_user(user or self.cashier)
        answer = getattr(orders, method)(self.till.id, *args)
        self.env.flush_all()
        self.env.invalidate_all()
        return answer

    def _open(self, order, reason=None):
        return self._call("drive_till_open", order.id, None, reason)

    def _forced_ticket(self, order, **values):
        """A ticket made without asking the server for the order."""
        lines = [
            self._line_vals(line.product_id, line.product_uom_qty, row={"sale_line_id": line.id})
            for line in order.order_line
        ]
        return self._ticket(lines, order, **values)


@tagged("post_install", "-at_install")
class TestTillHandover(HandoverCommon):
    def setUp(self):
        super().setUp()
        self.order = self._create_prepared({self.beer: 2})
        self.order.drive_crate_ids._drive_set_till_state("here")

    def _suspend(self, state="suspended"):
        self.member.coop_state = state
        self.member.coop_state_reason = "A secret of the managers"
        self.env.flush_all()

    # === OPENING === #

    def test_good_standing(self):
        """Nothing is asked, a reason is of no interest."""
        answer = self._open(self.order, REASON)
        self.assertEqual(len(answer["lines"]), 1)
        self.assertFalse(self.order.drive_handover_reason)
        self.assertTrue(self.order.drive_opened_at)
        self.assertEqual(self._call("drive_till_may_pay", self.order.id), {})

    def test_asked(self):
        self._suspend()
        answer = self._open(self.order)
        self.assertNotIn("lines", answer)
        self.assertNotIn("order", answer)
        self.assertEqual(answer["code"], "suspended")
        self.assertIn("cannot order", answer["ask"])
        self.assertIn("Camille Durand", answer["member"])
        self.assertFalse(answer["again"])
        self.assertNotIn("secret", str(answer))
        self.assertFalse(self.order.drive_opened_at)

    def test_reasons_that_are_none(self):
        self._suspend()
        bad = ("", " ", "  ab ", "\n\t a\0 \r", "x" * 201, "x" * 100000, True, 3, 1e300, float("nan"), ["abc"], {})
        for reason in bad:
            with self.subTest(reason=str(reason)[:20]):
                answer = self._open(self.order, reason)
                self.assertNotIn("lines", answer)
                self.assertIn("3 to 200", answer["again"])
                self.assertFalse(self.order.drive_handover_reason)
                self.assertFalse(self.order.drive_opened_at)

    def test_reason(self):
        self._suspend()
        answer = self._open(self.order, f"  {REASON}\n<b>now</b>  ")
        self.assertEqual(len(answer["lines"]), 1)
        self.assertEqual(self.order.drive_handover_reason, f"{REASON} <b>now</b>")
        self.assertEqual(self.order.drive_handover_code, "suspended")
        note = self.order.message_ids[0]
        self.assertEqual(note.author_id, self.cashier.partner_id)
        self.assertTrue(note.subtype_id.internal)
        for text in (REASON, "&lt;b&gt;now", "for the moment"):
            self.assertIn(text, note.body)
        # Asked once.
        self.assertIn("lines", self._open(self.order))
        ticket = self._sync(self._ticket(self._ticket_lines(answer["lines"]), self.order))
        self.assertHandedOver(self.order, ticket)
        self.assertFalse(self.order.activity_ids)

    def test_shortest_and_longest_reason(self):
        self._suspend()
        self.assertIn("lines", self._open(self.order, "abc"))
        self.order.drive_handover_reason = False
        self.assertIn("lines", self._open(self.order, f" {'x' * 200} "))

    def test_another_refusal_is_asked_about_again(self):
        self._suspend()
        self._open(self.order, REASON)
        self._suspend("left")
        self.assertEqual(self._open(self.order)["code"], "left")
        self._open(self.order, "They said good-bye")
        self.assertEqual(self.order.drive_handover_code, "left")

    def test_household(self):
        """Judged by the household of who ordered, whoever collects."""
        child = self.env["res.partner"].create({"name": "Lou Durand", "parent_id": self.member.id})
        order = self._create_prepared({self.beer: 1}, member=child, slot=self._create_slot(hours=30))
        self._suspend()
        self.assertEqual(self._open(order)["code"], "suspended")

    def test_rule_of_another_addon(self):
        """Also one that knows nothing of states."""
        unpaid = DriveRefusal("share", "Your share is not paid.")
        with patch.object(type(self.env["res.partner"]), "_drive_refusal", lambda partner: unpaid):
            self.assertEqual(self._open(self.order)["code"], "share")

    def test_not_ready_comes_first(self):
        """No reason is asked for a basket that cannot be handed over anyway."""
        order = self._create_confirmed({self.beer: 1}, slot=self._create_slot(hours=30))
        self._suspend()
        self.assertIn("not prepared yet", self._open(order)["refusal"])
        self.assertIn("not prepared yet", self._call("drive_till_may_pay", order.id)["refusal"])

    # === PAYMENT === #

    def test_never_opened(self):
        """Lines that another way put on a ticket."""
        self._suspend()
        count = self.env["pos.order"].search_count([])
        with self.assertRaisesRegex(UserError, "Open the basket on the Drive screen"), self.env.cr.savepoint():
            self._sync(self._forced_ticket(self.order))
        self.assertEqual(self.env["pos.order"].search_count([]), count)
        self.assertEqual(self.order.drive_state, "ready")

    def test_opened_by_an_earlier_session(self):
        self._open(self.order)
        self.order.drive_opened_at = self.till_session.start_at - timedelta(days=1)
        self._suspend()
        with self.assertRaisesRegex(UserError, "Drive screen"), self.env.cr.savepoint():
            self._sync(self._forced_ticket(self.order))

    def test_before_payment(self):
        """The till asks once more when somebody touches “Payment”."""
        self._open(self.order)
        self._suspend()
        answer = self._call("drive_till_may_pay", self.order.id)
        self.assertEqual(answer["code"], "suspended")
        self.assertNotIn("lines", answer)
        self.assertIn("3 to 200", self._call("drive_till_may_pay", self.order.id, "x")["again"])
        self.assertEqual(self._call("drive_till_may_pay", self.order.id, REASON), {})
        self.assertEqual(self.order.drive_handover_reason, REASON)

    def test_offline_till(self):
        """Opened while all was well, paid without network, the member suspended
        meanwhile: the money stays, and a manager is told."""
        manager = new_test_user(self.env, login="till_manager", groups="cafoutch_drive.group_manager")
        self.env.ref("cafoutch_drive.group_manager").user_ids = manager
        ticket_vals = self._ticket(self._ticket_lines(self._load(self.order)), self.order)
        self._suspend()
        ticket = self._sync(ticket_vals)
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.activity_ids.user_id, manager)
        self.assertIn("suspended", self.order.activity_ids.note)

    # === RIGHTS === #

    def test_who_reads_the_reason(self):
        self._suspend()
        self._open(self.order, REASON)
        self.assertEqual(self.order.with_user(self.cashier).drive_handover_reason, REASON)
        salesperson = new_test_user(
            self.env, login="till_sales", groups="base.group_user,sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaises(AccessError):
            self.order.with_user(salesperson).read(["drive_handover_reason"])

    def test_who_may_call(self):
        strangers = [
            new_test_user(self.env, login="till_volunteer", groups="cafoutch_drive.group_volunteer"),
            new_test_user(self.env, login="till_other", groups="base.group_user,point_of_sale.group_pos_user"),
        ]
        self.member._drive_give_cards()
        calls = {
            "drive_till_open": (self.order.id,),
            "drive_till_may_pay": (self.order.id, REASON),
            "drive_till_card": ("0420000000003",),
        }
        for user in strangers:
            for method, args in calls.items():
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    self._call(method, *args, user=user)


@tagged("post_install", "-at_install")
class TestTillCard(HandoverCommon):
    def setUp(self):
        super().setUp()
        self.child = self.env["res.partner"].create({"name": "Lou Durand", "parent_id": self.member.id})
        (self.member | self.child)._drive_give_cards()

    def _scan(self, code):
        return self._call("drive_till_card", code)

    def test_no_card(self):
        for code in (None, True, 7, [], "", "x", "0420000000003", "a\0b", "x" * 10000):
            self.assertEqual(self._scan(code), {})

    def test_no_basket(self):
        answer = self._scan(self.member.barcode)
        self.assertEqual(answer["orders"], [])
        self.assertEqual(answer["partner_id"], self.member.id)
        self.assertIn("No basket waits for Camille Durand", answer["notice"])

    def test_one(self):
        """Any card of the household opens it."""
        order = self._create_prepared({self.beer: 2})
        self._create_prepared({self.beer: 1}, member=self._create_member("Other"))
        for person in self.member | self.child:
            answer = self._scan(person.barcode)
            self.assertEqual([row["id"] for row in answer["orders"]], order.ids)
            self.assertEqual(answer["partner_id"], person.id)
            self.assertEqual(answer["notice"], "")

    def test_several(self):
        orders = self._create_prepared({self.beer: 2})
        orders |= self._create_prepared({self.beer: 1}, member=self.child, slot=self._create_slot(hours=30))
        self._create_confirmed({self.beer: 1}, slot=self._create_slot(hours=34))
        answer = self._scan(self.child.barcode)
        self.assertEqual({row["id"] for row in answer["orders"]}, set(orders.ids))

    def test_not_ready(self):
        self._create_confirmed({self.beer: 1})
        answer = self._scan(self.member.barcode)
        self.assertEqual(answer["orders"], [])
        self.assertIn("not prepared yet", answer["notice"])

    def test_other_point(self):
        self._create_prepared({self.beer: 2})
        self.till.drive_point_id = self.point.copy({"name": "Elsewhere"})
        answer = self._scan(self.member.barcode)
        self.assertEqual(answer["orders"], [])
        self.assertIn("Test point", answer["notice"])

    def test_moved_out(self):
        """Who moved to another household collects what they had ordered."""
        order = self._create_prepared({self.beer: 2}, member=self.child)
        self.child.parent_id = False
        answer = self._scan(self.child.barcode)
        self.assertEqual([row["id"] for row in answer["orders"]], order.ids)

    def test_paid(self):
        order = self._create_prepared({self.beer: 2})
        self._pay(order)
        self.assertEqual(self._scan(self.member.barcode)["orders"], [])

    def test_replaced_card(self):
        old = self.member.barcode
        self._create_prepared({self.beer: 2})
        manager = new_test_user(self.env, login="till_manager", groups="cafoutch_drive.group_manager")
        self.member.with_user(manager).action_drive_new_card()
        self.assertEqual(self._scan(old), {})
        self.assertEqual(len(self._scan(self.member.barcode)["orders"]), 1)

    def test_preparers(self):
        volunteer = new_test_user(self.env, login="till_volunteer", groups="cafoutch_drive.group_volunteer")
        screen = self.env["drive.preparation"].with_user(volunteer)
        order = self._create_confirmed({self.beer: 1})
        for code in (f"DRV{order.drive_pickup_code}", order.drive_pickup_code.lower(), self.child.barcode):
            self.assertEqual(screen.find(code), {"order": order.id, "batch": order.drive_batch_id.id}, code)
        self.assertTrue(order.drive_batch_id)
        other = self._create_confirmed({self.beer: 1}, slot=self._create_slot(hours=30))
        self.assertEqual(set(screen.find(self.member.barcode)["only"]), {order.id, other.id})
        for code in (None, 3, [], "", "DRVZZZZZZ", "0420000000003", "a\0b", "AB\0CDE", "\ud83dBCDEF"):
            self.assertIn("No basket", screen.find(code)["refused"])
        basket = self._create_basket({self.beer: 1})
        basket.drive_pickup_code = "BSK234"
        self.assertIn("refused", screen.find("BSK234"))
        with self.assertRaises(AccessError):
            screen.with_user(self.cashier).find(order.drive_pickup_code)

    def test_opened_time(self):
        order = self._create_prepared({self.beer: 2})
        self._call("drive_till_open", order.id)
        self.assertLess(fields.Datetime.now() - order.drive_opened_at, timedelta(minutes=1))
