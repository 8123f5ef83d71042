"""Shared tablets: who is at work says so, by card or PIN, and the work carries the name.

All by real requests, because the server's session knows who it is.
"""

import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.http_routing.tests.common import MockRequest

from ..models.res_users_operator import SESSION_KEY
from .access_common import ADDON, AccessCommon
from .common import PatientHttpCase
from .till_common import TillCommon

OPERATOR = "odoo.addons.cafoutch_drive.models.res_users_operator"
PIN = "4711"


class OperatorCommon(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tablet = cls._create_user("tablet", f"{ADDON}.group_volunteer")
        cls.tablet.drive_is_shared = True
        cls.people["tablet"] = cls.tablet
        cls.volunteer = cls.people["volunteer"]
        cls.volunteer.name = "Claire Fontaine"
        cls.volunteer.drive_pin = PIN
        cls.volunteer.partner_id._drive_give_cards()

    def setUp(self):
        super().setUp()
        self._sign_in("tablet")

    def _call(self, model, method, *args, **kwargs):
        outcome, answer = self._rpc(model, method, *args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(outcome, "ok", answer)
        return answer

    def _operator(self, method, *args, **kwargs):
        return self._call("res.users", f"drive_operator_{method}", *args, **kwargs)

    def _enter(self, **values):
        return self._operator("enter", "preparation", **values)

    def _prepare(self, kind, **args):
        """Do one thing to the order, as the next of this tablet."""
        batch = self._call("drive.preparation", "basket", self.order.id)["batch"]
        no = self.env["drive.preparation.tick"].search_count([("device", "=", "tablet")]) + 1
        op = {"uuid": f"tablet-{no}", "no": no, "kind": kind, "args": args}
        return self._call("drive.preparation", "apply", batch, "tablet", [op])

    def _begin(self):
        return self._prepare("begin", order=self.order.id, sure=True)

    def _board(self):
        return self._call("drive.preparation", "board")


@tagged("post_install", "-at_install")
class TestOperators(OperatorCommon):
    # === WHO MAY BE CHOSEN === #

    def test_state(self):
        state = self._operator("state", "preparation")
        self.assertTrue(state["shared"])
        self.assertEqual(state["person"], "")
        listed = {row["id"]: row for row in state["people"]}
        self.assertEqual(listed[self.volunteer.id], {"id": self.volunteer.id, "name": "Claire F.", "pin": True})
        self.assertFalse(listed[self.people["manager"].id]["pin"])
        for role in ("cashier", "tablet", "member", "other"):
            self.assertNotIn(self.people[role].id, listed, role)

    def test_left_people_are_not_listed(self):
        self.volunteer.active = False
        self.assertNotIn(self.volunteer.id, {row["id"] for row in self._operator("state", "preparation")["people"]})
        self.assertIn("refused", self._enter(user_id=self.volunteer.id, pin=PIN))

    def test_own_account(self):
        self._sign_in("volunteer")
        state = self._operator("state", "preparation")
        self.assertEqual(state, {"shared": False, "person": "Claire F.", "people": []})
        outcome, _answer = self._rpc("res.users", "drive_operator_enter", "preparation", self.volunteer.id, PIN)
        self.assertEqual(outcome, "refused")
        self.assertTrue(self._begin()["done"])
        self.assertEqual(self.order.drive_begun_by_id, self.volunteer.partner_id)

    def test_screens(self):
        for screen in ("till", "", None, 3, [], {"a": 1}, "__class__"):
            outcome, _answer = self._rpc("res.users", "drive_operator_state", screen)
            self.assertEqual(outcome, "denied", screen)

    # === SAYING WHO === #

    def test_refused_until_known(self):
        """Every action, and none does anything."""
        line, crate = self.order.order_line, self.env["drive.crate"]
        place = self.env["drive.place"].create({"name": "A1", "point_id": self.point.id})
        self.order._drive_start_preparation()
        crate = self.order._drive_add_crate("ambient")
        for kind, args in (
            ("begin", {"order": self.order.id, "sure": True}),
            ("take", {"line": line.id, "qty": 1}),
            ("short", {"line": line.id, "qty": 0, "reason": "missing"}),
            ("undo", {"line": line.id}),
            ("crate", {"order": self.order.id, "storage_class": "ambient"}),
            ("place", {"crate": crate.id, "place": place.id}),
            ("remove", {"crate": crate.id}),
            ("finish", {"order": self.order.id}),
            ("reopen", {"order": self.order.id}),
        ):
            answer = self._prepare(kind, **args)
            self.assertTrue(answer["who"], kind)
            self.assertIn("who you are", answer["stopped"], kind)
            self.assertFalse(answer["done"])
        self.assertFalse(line.drive_picked)
        self.assertEqual(self.order.drive_crate_ids, crate)
        self.assertFalse(crate.place_id)
        # Looking is allowed.
        self.assertIn("windows", self._board())
        batch = self._call("drive.preparation", "basket", self.order.id)["batch"]
        self.assertIn("stops", self._call("drive.preparation", "open", batch))

    def test_pin(self):
        self.assertEqual(self._enter(user_id=self.volunteer.id, pin=PIN), {"person": "Claire F."})
        self.assertEqual(self._operator("state", "preparation")["person"], "Claire F.")

    def test_card(self):
        card = self.volunteer.partner_id.barcode
        self.assertEqual(self._enter(card=card), {"person": "Claire F."})

    def test_work_carries_the_name(self):
        place = self.env["drive.place"].create({"name": "A1", "point_id": self.point.id})
        person = self.volunteer.partner_id
        self._enter(user_id=self.volunteer.id, pin=PIN)
        self._begin()
        line = self.order.order_line
        self._prepare("take", line=line.id, qty=line.product_uom_qty)
        self.assertEqual(line.drive_prepared_by_id, person)
        self._prepare("undo", line=line.id)
        self.assertFalse(line.drive_prepared_by_id)
        self._prepare("short", line=line.id, qty=0, reason="missing")
        self._prepare("undo", line=line.id)
        self._prepare("take", line=line.id, qty=line.product_uom_qty)
        self._prepare("crate", order=self.order.id, storage_class="ambient")
        crate = self.order.drive_crate_ids
        self._prepare("place", crate=crate.id, place=place.id)
        # Somebody else finishes.
        other = new_test_user(self.env, login="other_volunteer", groups=f"{ADDON}.group_volunteer", name="Ousmane D")
        other.drive_pin = "0815"
        self._enter(user_id=other.id, pin="0815")
        self.assertTrue(self._prepare("finish", order=self.order.id)["done"])
        order = self.order
        self.assertEqual(order.drive_begun_by_id, person)
        self.assertEqual(line.drive_prepared_by_id, person)
        self.assertEqual(crate.placed_by_id, person)
        self.assertEqual(order.drive_finished_by_id, other.partner_id)

    def test_change_person(self):
        self._enter(user_id=self.volunteer.id, pin=PIN)
        self._operator("leave")
        self.assertEqual(self._operator("state", "preparation")["person"], "")
        self.assertTrue(self._begin()["who"])

    def test_away(self):
        """After a time without an action nobody is there; looking is no action."""
        self._enter(user_id=self.volunteer.id, pin=PIN)
        with patch(f"{OPERATOR}.AWAY_MINUTES", 0):
            self.assertEqual(self._operator("state", "preparation")["person"], "")
            self.assertTrue(self._begin()["who"])
        self.assertNotIn("who", self._begin())

    def test_action_keeps_awake(self):
        now = fields.Datetime.now().timestamp()
        times = f"{OPERATOR}.time.time"
        with patch(times, return_value=now):
            self._enter(user_id=self.volunteer.id, pin=PIN)
        with patch(times, return_value=now + 29 * 60):
            self._board()
            self._begin()
        with patch(times, return_value=now + 58 * 60):
            self.assertEqual(self._operator("state", "preparation")["person"], "Claire F.")
        with patch(times, return_value=now + 60 * 60):
            self.assertEqual(self._operator("state", "preparation")["person"], "")

    def test_another_account(self):
        """A session knows a person for the account that is signed in, and no other; a
        call by password, which has no session, knows nobody."""
        second = self._create_user("tablet2", f"{ADDON}.group_volunteer")
        second.drive_is_shared = True
        person = self.volunteer.partner_id
        with MockRequest(self.env) as request:
            request.session.uid = self.tablet.id
            kept = {"account": self.tablet.id, "user": self.volunteer.id, "at": int(time.time())}
            request.session[SESSION_KEY] = kept
            self.assertEqual(self.tablet._drive_operator("preparation"), person)
            self.assertFalse(second._drive_operator("preparation"))
            # Nor does who signs in with another shared account take over the person.
            request.session.uid = second.id
            self.assertFalse(second._drive_operator("preparation"))
        self._enter(user_id=self.volunteer.id, pin=PIN)
        batch = self._call("drive.preparation", "basket", self.order.id)["batch"]
        call = ["drive.preparation", "apply", [batch, "tablet", []]]
        params = {
            "service": "object",
            "method": "execute_kw",
            "args": [self.env.cr.dbname, self.tablet.id, self.tablet.login, *call],
        }
        self.assertTrue(self.url_open("/jsonrpc", json={"params": params}).json()["result"]["who"])

    def test_signing_in_again(self):
        """Whoever signs in, in the same browser, has not said who they are."""
        self._create_user("tablet2", f"{ADDON}.group_volunteer").drive_is_shared = True
        for login in ("access_tablet2", "access_tablet"):
            self._enter(user_id=self.volunteer.id, pin=PIN)
            answer = self.url_open(
                "/web/session/authenticate",
                json={"params": {"db": self.env.cr.dbname, "login": login, "password": login}},
            ).json()
            self.assertEqual(answer["result"]["username"], login)
            self.assertEqual(self._operator("state", "preparation")["person"], "", login)
            self.assertTrue(self._begin()["who"], login)

    def test_no_longer_in_the_group(self):
        self._enter(user_id=self.volunteer.id, pin=PIN)
        self.volunteer.group_ids = self.env.ref(f"{ADDON}.group_cashier")
        self.assertTrue(self._begin()["who"])

    def test_wrong_people(self):
        for role in ("cashier", "member", "other", "tablet"):
            self.people[role].drive_pin = PIN
            self.people[role].partner_id._drive_give_cards()
            for values in (
                {"user_id": self.people[role].id, "pin": PIN},
                {"card": self.people[role].partner_id.barcode},
            ):
                self.assertIn("does not work on this screen", self._enter(**values)["refused"], role)
        for user_id in (0, -1, 2**40, True, "1", None, 1.5, [self.volunteer.id]):
            self.assertIn("refused", self._enter(user_id=user_id, pin=PIN), user_id)
        self.assertEqual(self._operator("state", "preparation")["person"], "")

    # === GUESSING === #

    def _tries(self, kind):
        """How many tries are counted."""
        return sum(self.env["drive.sign.in"].search([("kind", "=", kind)]).mapped("failures"))

    def _later(self, seconds):
        """So many seconds pass, for the counts."""
        self.env.cr.execute(SQL("UPDATE drive_sign_in SET last_at = last_at - %s * interval '1 second'", seconds))

    def test_wrong_pins(self):
        for pin in (None, 4711, True, "", "471", "47110", "4711 ", "４７１１", ["4711"], "4" * 5000, "47\0011"):
            self.env["drive.sign.in"].search([]).unlink()
            self.assertIn("refused", self._enter(user_id=self.volunteer.id, pin=pin), pin)
            self.assertEqual(self._tries("pin"), 1)

    def test_no_pin(self):
        manager = self.people["manager"]
        self.assertIn("no PIN yet", self._enter(user_id=manager.id, pin="")["refused"])
        self.assertIn("no PIN yet", self._enter(user_id=manager.id, pin="0000")["refused"])

    def test_slowed(self):
        """Five wrong tries, and the right PIN has to wait too; each more doubles it."""
        for _try in range(5):
            self.assertIn("not right", self._enter(user_id=self.volunteer.id, pin="0000")["refused"])
        self.assertIn("wait 1 min", self._enter(user_id=self.volunteer.id, pin=PIN)["refused"])
        # From another tablet as well.
        self._sign_in("tablet")
        self.assertIn("wait", self._enter(user_id=self.volunteer.id, pin=PIN)["refused"])
        self._later(61)
        self.assertIn("not right", self._enter(user_id=self.volunteer.id, pin="0000")["refused"])
        self.assertIn("wait 2 min", self._enter(user_id=self.volunteer.id, pin=PIN)["refused"])
        # The card still works, and so do the others.
        self.assertIn("person", self._enter(card=self.volunteer.partner_id.barcode))
        self._later(121)
        self.assertIn("person", self._enter(user_id=self.volunteer.id, pin=PIN))
        self.assertEqual(self._tries("pin"), 0)

    def test_longest_wait(self):
        self._enter(user_id=self.volunteer.id, pin="0000")
        self.env["drive.sign.in"].search([("kind", "=", "pin")]).failures = 10**6
        self.assertIn("wait 60 min", self._enter(user_id=self.volunteer.id, pin="0000")["refused"])

    def test_another_pin_begins_anew(self):
        for _try in range(5):
            self._enter(user_id=self.volunteer.id, pin="0000")
        self.volunteer.with_user(self.people["manager"]).drive_pin = "2468"
        self.assertIn("person", self._enter(user_id=self.volunteer.id, pin="2468"))

    def test_card_guesses(self):
        """A right card of one's own between the guesses hides none of them."""
        card = self.volunteer.partner_id.barcode
        for number in range(20):
            self.assertIn("nobody", self._enter(card=f"04200000000{number:02}")["refused"])
            if number < 19:
                self.assertIn("person", self._enter(card=card))
        self.assertIn("wait", self._enter(card=card)["refused"])
        # The PIN still works.
        self.assertIn("person", self._enter(user_id=self.volunteer.id, pin=PIN))
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertIn("person", self._enter(card=card))

    def test_who_may_do_more_types_a_pin(self):
        """The number of a card can be read over a shoulder: it makes nobody a manager."""
        manager = self.people["manager"]
        manager.partner_id._drive_give_cards()
        card = manager.partner_id.barcode
        self.assertIn("type your PIN", self._enter(card=card)["refused"])
        self.assertEqual(self._operator("state", "preparation")["person"], "")
        manager.drive_pin = "2468"
        self.assertIn("person", self._enter(user_id=manager.id, pin="2468"))
        # On a tablet where a manager is signed in, it gives nothing more.
        self.tablet.group_ids = self.env.ref(f"{ADDON}.group_manager")
        self.assertIn("person", self._enter(card=card))

    def test_replaced_card(self):
        card = self.volunteer.partner_id.barcode
        self.volunteer.partner_id.with_user(self.people["manager"]).action_drive_new_card()
        self.assertIn("refused", self._enter(card=card))

    # === THE PIN ITSELF === #

    def test_pin_is_hashed(self):
        kept = self.volunteer.sudo().drive_pin_hash
        self.assertNotIn(PIN, kept)
        self.assertEqual(self.volunteer.drive_pin, "")
        self.env.invalidate_all()
        for user in (self.volunteer, self.people["manager"], self.env.ref("base.user_admin")):
            [row] = self.volunteer.with_user(user).read(["drive_pin"])
            self.assertEqual(row["drive_pin"], "")
            with self.assertRaises(AccessError):
                self.volunteer.with_user(user).read(["drive_pin_hash"])
            with self.assertRaises(AccessError):
                self.volunteer.with_user(user).search([("drive_pin_hash", "!=", False)])

    def test_bad_pins(self):
        for pin in ("123", "123456789", "12a4", " 1234", "１２３４", "1234\n"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.volunteer.drive_pin = pin
        self.volunteer.drive_pin = False
        self.assertFalse(self.volunteer.sudo().drive_pin_hash)

    def test_who_sets_it(self):
        own = self.volunteer.with_user(self.volunteer)
        own.drive_pin = "1234"
        before = self.volunteer.sudo().drive_pin_hash
        self.volunteer.with_user(self.people["manager"]).drive_pin = "5678"
        self.assertNotEqual(self.volunteer.sudo().drive_pin_hash, before)
        for role in ("cashier", "tablet"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.volunteer.with_user(self.people[role]).drive_pin = "9999"
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.tablet.with_user(self.tablet).drive_is_shared = False
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.volunteer.with_user(self.people["manager"]).write({"drive_pin": "1234", "login": "mine"})
        self.tablet.with_user(self.people["manager"]).drive_is_shared = False
        self.assertFalse(self.tablet.drive_is_shared)

    def test_the_window_of_a_manager(self):
        manager = self.people["manager"]
        action = self.volunteer.with_user(manager).action_drive_team()
        window = self.env[action["res_model"]].with_user(manager).browse(action["res_id"])
        window.pin = "5678"
        window.action_save()
        self.assertIsNone(self.volunteer._drive_try_pin("5678"))
        self.assertFalse(window.pin)
        window.write({"is_shared": True, "pin": "5678"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            window.action_save()
        window.write({"is_shared": True, "pin": False})
        window.action_save()
        self.assertTrue(self.volunteer.drive_is_shared)

    def test_portal_is_not_shared(self):
        with self.assertRaises(ValidationError):
            self.people["member"].drive_is_shared = True


@tagged("post_install", "-at_install")
class TestOperatorsTill(PatientHttpCase, TillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = new_test_user(cls.env, login="till_person", groups=f"{ADDON}.group_cashier", name="Hugo Blanc")
        cls.person.drive_pin = PIN
        cls.cashier.drive_is_shared = True
        cls.order = cls._create_prepared({cls.beer: 2})

    _rpc = AccessCommon._rpc

    def setUp(self):
        super().setUp()
        self.authenticate("till_cashier", "till_cashier")

    def _till(self, method, *args):
        outcome, answer = self._rpc("sale.order", f"drive_till_{method}", self.till.id, *args)
        self.env.invalidate_all()
        self.assertEqual(outcome, "ok", answer)
        return answer

    def _enter(self):
        outcome, answer = self._rpc("res.users", "drive_operator_enter", "till", self.person.id, PIN)
        self.env.invalidate_all()
        self.assertEqual((outcome, answer), ("ok", {"person": "Hugo B."}))

    def test_opening(self):
        answer = self._till("open", self.order.id)
        self.assertTrue(answer["who"])
        self.assertNotIn("lines", answer)
        self.assertTrue(self._till("may_pay", self.order.id)["who"])
        self.assertFalse(self.order.drive_opened_at)
        self._enter()
        self.assertEqual(len(self._till("open", self.order.id)["lines"]), 1)
        self.assertEqual(self.order.drive_opened_by_id, self.person.partner_id)
        for crate in self.order.drive_crate_ids:
            self._till("crate", self.order.id, crate.id, "here")
        self.assertEqual(self._till("may_pay", self.order.id), {})

    def test_reason_carries_the_name(self):
        self.member.coop_state = "suspended"
        self._enter()
        self.assertIn("ask", self._till("open", self.order.id))
        self.assertIn("lines", self._till("open", self.order.id, None, "They pay on Friday"))
        self.assertEqual(self.order.message_ids[0].author_id, self.person.partner_id)

    def test_hand_over(self):
        self._enter()
        rows = self._till("open", self.order.id)["lines"]
        ticket = self._ticket(self._ticket_lines(rows), self.order)
        outcome, answer = self._rpc("pos.order", "sync_from_ui", [ticket])
        self.assertEqual(outcome, "ok", answer)
        self.env.invalidate_all()
        self.assertEqual(self.order.drive_state, "done")
        self.assertEqual(self.order.drive_handed_over_by_id, self.person.partner_id)

    def test_hand_over_after_a_while(self):
        """Whoever opened it is who hands it over: the money of the ticket stays."""
        self._enter()
        rows = self._till("open", self.order.id)["lines"]
        self._rpc("res.users", "drive_operator_leave")
        self.assertTrue(self._till("may_pay", self.order.id)["who"])
        ticket = self._sync(self._ticket(self._ticket_lines(rows), self.order))
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_handed_over_by_id, self.person.partner_id)

    def test_never_opened(self):
        line = self.order.order_line
        lines = [self._line_vals(self.beer, 2, row={"sale_line_id": line.id})]
        with self.assertRaisesRegex(UserError, "asks who hands it over"), self.env.cr.savepoint():
            self._sync(self._ticket(lines, self.order))
        self.assertEqual(self.order.drive_state, "ready")

    def test_own_account(self):
        self.cashier.drive_is_shared = False
        ticket = self._pay(self.order)
        self.assertHandedOver(self.order, ticket)
        self.assertEqual(self.order.drive_opened_by_id, self.cashier.partner_id)
        self.assertEqual(self.order.drive_handed_over_by_id, self.cashier.partner_id)
