"""The waiting list over HTTP: the slots' page, its forms and JSON, and the link of the mail."""

import re
from datetime import time, timedelta

from odoo.tests import new_test_user, tagged

from .shop_common import ShopCommon
from .waiting_common import WaitingCommon


@tagged("post_install", "-at_install")
class TestWaitingPages(WaitingCommon, ShopCommon):
    def setUp(self):
        super().setUp()
        (self.second | self.third).unlink()

    def _offer(self, person=None):
        """The place of the slot, offered to a person."""
        waiting = self._join(person or self.member, self.slot)
        self._free()
        self.assertStates("offered", waiting)
        return waiting

    def _held(self, person=None):
        self.env.invalidate_all()
        return self.env["sale.order"]._drive_basket(person or self.member)._drive_live_hold()

    def _label(self, slot):
        return slot.with_context(lang="en_US")._drive_label()

    def _slot_tile(self, html, slot):
        """What the page shows of a slot, as text."""
        clock = slot._drive_time_label().partition("‑")[0]
        for tile in re.findall(r"<li>\s*(<(form|p)\b.*?</\2>)\s*</li>", html, re.S):
            text = " ".join(re.sub(r"<[^>]+>", " ", tile[0]).split())
            if clock in text:
                return text
        return ""

    # === THE SLOTS' PAGE === #

    def test_from_full_to_the_basket(self):
        html = self.get("/drive/slots")
        self.assertIn("full · tell me when a place comes free", self._slot_tile(html, self.slot))
        self.assertSays(html, "Tell me when any slot of this day comes free")
        answer = self.post("/drive/waiting/join", slot_id=self.slot.id)
        self.assertEqual(answer.headers["Location"].rpartition("/drive")[2], "/slots")
        html = self.get("/drive/slots")
        self.assertSays(html, "You are in line.", "you are next in line", "Leave the line")
        self.assertIn("you are in line", self._slot_tile(html, self.slot))
        self._free()
        html = self.get("/drive/slots")
        self.assertSays(html, "A place has come free:", self._label(self.slot), "Take it", "No thanks")
        self.assertIn("offered to you", self._slot_tile(html, self.slot))
        self.assertSays(self.get("/drive/basket"), "A place has come free:")
        waiting = self.env["drive.waiting"].search([("partner_id", "=", self.member.id)])
        self.post(f"/drive/waiting/{waiting.id}/take")
        self.assertEqual(self._held().slot_id, self.slot)
        self.assertSays(self.get("/drive/slots"), "Kept for you:")

    def test_any_slot_of_a_day(self):
        self.post("/drive/waiting/join", day=self.day.isoformat())
        html = self.get("/drive/slots")
        self.assertSays(html, "any slot", "you are next in line")
        self.assertNotIn("any slot of this day", html)
        self._free()
        self.assertSays(self.get("/drive/slots"), "A place has come free:")

    def test_a_free_place_that_somebody_waits_for_is_shown_as_full(self):
        self._join(self.people[0], self.slot)
        self.order._action_cancel()
        self.assertIn("full", self._slot_tile(self.get("/drive/slots"), self.slot))
        html = self.post("/drive/slots/hold", 409, slot_id=self.slot.id).text
        self.assertSays(html, "No place is left", "Tell me when a place comes free there")
        self.slot.capacity = 2
        self.assertIn("2 places left", self._slot_tile(self.get("/drive/slots"), self.slot))

    def test_no_more_room_for_so_many_lines(self):
        """The slot has a place, and not for this basket."""
        self.slot.write({"capacity": 2, "line_capacity": 2})
        self._create_basket({self.bread: 1, self.apples: 1}, self.member)
        html = self.post("/drive/slots/hold", 409, slot_id=self.slot.id).text
        self.assertIn(f'name="slot_id" value="{self.slot.id}"', html)
        self.post("/drive/waiting/join", slot_id=self.slot.id)
        waiting = self.env["drive.waiting"].search([("partner_id", "=", self.member.id)])
        self.assertStates("waiting", waiting)

    def test_a_swap_is_said_before(self):
        self._offer()
        other = self._slot_at(time(14))
        self._create_held({}, other, self.member)
        self.assertSays(self.get("/drive/slots"), f"your slot on {self._label(other)} is given back")

    def test_forms_that_make_no_sense(self):
        for values, status in (
            ({"slot_id": "x"}, 422),
            ({"slot_id": "9" * 30}, 422),
            ({"day": "tomorrow"}, 422),
            ({}, 422),
            ({"slot_id": self._slot_at(time(14)).id}, 409),
        ):
            with self.subTest(values):
                self.post("/drive/waiting/join", status, **values)
        self.assertFalse(self.env["drive.waiting"].search([("partner_id", "=", self.member.id)]))

    def test_who_has_enough_orders_learns_that_their_turn_is_passed(self):
        self._join(self.member, self.slot)
        html = self.get("/drive/slots")
        self.assertSays(html, "When a place comes free, we write to you")
        self.assertNotIn("you keep your rank", html)
        self.point.max_open_orders = 1
        order = self._create_confirmed({self.bread: 1}, self._slot_at(time(14)), self.member)
        html = self.get("/drive/waiting/panel")
        self.assertSays(html, "already has 1 orders to collect", "Until then you keep your rank")
        self.assertNotIn("When a place comes free, we write to you", html)
        order._action_cancel()
        self.assertNotIn("you keep your rank", self.get("/drive/waiting/panel"))

    def test_who_has_enough_orders_is_not_asked_to_wait(self):
        self.point.max_open_orders = 1
        order = self._create_confirmed({self.bread: 1}, self._slot_at(time(14)), self.member)
        html = self.get("/drive/slots")
        self.assertSays(html, "already has 1 orders to collect")
        self.assertEqual(self._slot_tile(html, self.slot).partition(" ")[2], "full")
        self.assertNotIn("/drive/waiting/join", html)
        self.assertNotIn("Tell me when", html)
        for values in ({"slot_id": self.slot.id}, {"day": self.day.isoformat()}):
            html = self.post("/drive/waiting/join", 409, **values).text
            self.assertSays(html, "already has 1 orders to collect", "See my orders")
        html = self.post("/drive/slots/hold", 409, slot_id=self.slot.id).text
        self.assertNotIn("/drive/waiting/join", html)
        self.assertFalse(self.env["drive.waiting"].search([("partner_id", "=", self.member.id)]))
        order._action_cancel()
        html = self.get("/drive/slots")
        self.assertIn("tell me when a place comes free", self._slot_tile(html, self.slot))
        self.assertNotIn("orders to collect", html)

    def test_when_we_write_is_said(self):
        self._join(self.member, self.slot)
        self.assertNotIn("We write between", self.get("/drive/slots"))
        self.point.write({"offer_from_hour": 8.5, "offer_to_hour": 21})
        self.assertSays(self.get("/drive/slots"), "We write between 08:30 and 21:00")

    def test_what_waits_is_the_households(self):
        theirs = self._join(self.people[0], self.slot)
        for path in ("take", "leave"):
            self.post(f"/drive/waiting/{theirs.id}/{path}", 404)
            self.post(f"/drive/waiting/999999/{path}", 404)
            self.assertEqual(self.call(f"waiting/{path}", waiting=theirs.id)["code"], "no_such_waiting")
        for nonsense in (None, "", "x", -1, 10**30, True, [theirs.id], {"id": theirs.id}):
            self.assertEqual(self.call("waiting/take", waiting=nonsense)["code"], "no_such_waiting")
        self.assertStates("waiting", theirs)
        self.assertNotIn("You are in line", self.get("/drive/waiting/panel"))
        relative = self.people[1]
        relative.parent_id = self.people[0]
        new_test_user(self.env, "relative_login", groups="base.group_portal", partner_id=relative.id)
        self.sign_in("relative_login")
        self.assertSays(self.get("/drive/waiting/panel"), "You are in line", self.people[0].name)
        self._free()
        self.post(f"/drive/waiting/{theirs.id}/take")
        self.assertEqual(self._held(relative).slot_id, self.slot)

    # === JSON === #

    def test_the_pages_own_calls(self):
        answer = self.call("waiting/join", slot_id=self.slot.id)
        self.assertEqual(answer["position"], 1)
        self.assertEqual(self.call("waiting/join", slot_id=self.slot.id)["waiting"], answer["waiting"])
        early = self.call("waiting/take", waiting=answer["waiting"])
        self.assertEqual((early["held"], early["code"]), (False, "offer_over"))
        self._free()
        for _n in range(2):
            taken = self.call("waiting/take", waiting=answer["waiting"])
            self.assertTrue(taken["held"])
            self.assertTrue(taken["expires_at"].endswith("Z"))
        self.assertEqual(self._held().slot_id, self.slot)
        self.assertIsNone(self.call("waiting/join", day="x")["waiting"])

    def test_leaving_twice(self):
        waiting = self._offer()
        for _n in range(2):
            answer = self.call("waiting/leave", waiting=waiting.id)
            self.assertNotIn("code", answer)
            self.assertStates("passed", waiting)
        self.assertEqual(self.call("waiting/take", waiting=waiting.id)["code"], "offer_over")
        self.assertFalse(self._held())

    def test_holding_the_slot_is_accepting(self):
        waiting = self._offer()
        self.assertTrue(self.call("slots/hold", slot_id=self.slot.id)["held"])
        self.assertStates("taken", waiting)
        self.assertEqual(self._held(), waiting.booking_id)

    def test_who_may_not_order_any_more_may_still_leave(self):
        waiting = self._offer()
        self.member.coop_state = "suspended"
        self.post(f"/drive/waiting/{waiting.id}/leave")
        self.assertStates("passed", waiting)

    # === THE LINK OF THE MAIL === #

    def _link(self, waiting):
        """The page behind the link, for nobody who is signed in."""
        self.authenticate(None, None)
        return f"/drive/offer/{waiting._token()}"

    def _answer(self, path, status=303, **values):
        response = self.url_open(path, data=values, allow_redirects=False, method="POST")
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.env.invalidate_all()
        return response

    def test_reading_the_link_changes_nothing(self):
        waiting = self._offer()
        path = self._link(waiting)
        self.assertSays(self.get(path), "A place has come free:", "Take it", "No thanks")
        self.assertStates("offered", waiting)
        self.assertEqual(self.url_open(path).headers["Referrer-Policy"], "no-referrer")

    def test_taking_by_the_link_twice_is_once(self):
        waiting = self._offer()
        path = self._link(waiting)
        for _n in range(2):
            self._answer(path, answer="take")
            self.assertEqual(self._held(), waiting.booking_id)
        self.assertSays(self.get(path), "is kept for you until")

    def test_declining_by_the_link(self):
        waiting, after = self._join(self.member, self.slot), self._join(self.people[0], self.slot)
        self._free()
        path = self._link(waiting)
        for _n in range(2):
            self._answer(path, answer="pass")
            self.assertStates("passed waiting", waiting, after)
        self.assertSays(self.get(path), "goes to the next in line")
        self.assertSays(self._answer(path, 409, answer="take").text, "This offer is over")

    def test_the_link_after_its_time(self):
        waiting = self._offer()
        self._end(waiting)
        path = self._link(waiting)
        self.assertSays(self.get(path), "This offer is over")
        self.assertSays(self._answer(path, 409, answer="take").text, "the place has gone to the next in line")
        self.assertFalse(self._held())

    def test_the_link_of_a_slot_that_closed(self):
        waiting = self._offer()
        self.slot.closed = True
        path = self._link(waiting)
        self.assertSays(self.get(path), "You no longer wait for")
        self._answer(path, 409, answer="take")
        self.assertFalse(self._held())

    def test_the_link_works_for_whoever_is_signed_in(self):
        waiting = self._offer(self.people[0])
        self._answer(f"/drive/offer/{waiting._token()}", answer="take")
        self.assertEqual(self._held(self.people[0]), waiting.booking_id)
        self.assertFalse(self._held())

    def test_links_that_are_not_ours(self):
        waiting, other = self._offer(), self._join(self.people[0], self.slot)
        token = waiting._token()
        forged = [
            token[:-1] + ("0" if token[-1] != "0" else "1"),
            f"{other.id}-{token.partition('-')[2]}",
            f"{waiting.id}-",
            f"{waiting.id}",
            "-",
            "9" * 40 + "-x",
            "é-è",
            "1%00-2",
        ]
        for link in forged:
            with self.subTest(link):
                self.assertSays(self.get(f"/drive/offer/{link}", 404), "This link is not complete")
                self._answer(f"/drive/offer/{link}", 404, answer="take")
        self.assertStates("offered waiting", waiting, other)
        self._answer(self._link(waiting), answer="nonsense")
        self.assertStates("offered waiting", waiting, other)

    # === THE MANAGERS' SIDE, AND PRIVACY === #

    def test_the_manager_sees_and_removes(self):
        manager = new_test_user(self.env, "waiting_manager", groups="cafoutch_drive.group_manager")
        first, second = self._join(self.people[0], self.slot), self._join(self.people[1])
        other = self._slot_at(time(10), day=self.day + timedelta(days=1))
        slots = (self.slot | other).with_user(manager)
        self.assertEqual(slots.mapped("waiting_count"), [2, 0])
        action = slots[0].action_view_waiting()
        found = self.env["drive.waiting"].with_user(manager).search(action["domain"])
        self.assertEqual(found, first | second)
        self._free()
        found[0].action_drive_remove()
        self.slot._drive_serve_line()
        self.assertStates("passed offered", first, second)

    def test_what_is_kept_is_said_and_erased(self):
        waiting = self._offer()
        person = self.member.with_user(self.env.ref("base.user_admin")).sudo()
        self.assertIn(self.slot._drive_label(), str(person._drive_export()["Waiting list"]))
        [told] = [row for row in person._drive_page_data()["kept"] if row["title"] == "Your places in line"]
        self.assertIn("1", told["what"])
        place = waiting.booking_id
        self.member.coop_state = "left"
        manager = new_test_user(self.env, "waiting_manager", groups="cafoutch_drive.group_manager")
        with self.assertRaisesRegex(Exception, "kept for"):
            self.member.with_user(manager)._drive_forget()
        waiting._leave()
        self.member.with_user(manager)._drive_forget()
        self.assertFalse(waiting.exists() or place.exists())
