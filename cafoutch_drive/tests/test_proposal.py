"""The signed page of a proposal: no account, no change by reading, no second use."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestProposal(ShopCommon):
    def setUp(self):
        super().setUp()
        self.later = self._create_slot(hours=50, capacity=1)
        self.other_slot = self._create_slot(hours=51, capacity=1)
        self.order = self._create_confirmed({self.bread: 1})
        self.slot.closed = True
        self.proposal = self.env["drive.proposal"]._propose(
            self.order, self.later, fields.Datetime.now() + timedelta(hours=5), "Inventory"
        )
        self.page = f"/drive/proposal/{self.proposal._token()}"
        self.authenticate(None, None)

    def _answer(self, status=303, address=None, **values):
        response = self.url_open(address or self.page, data=values, allow_redirects=False, method="POST")
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.env.invalidate_all()
        return response

    def assertNow(self, slot, state, order_state="confirmed"):
        self.env.invalidate_all()
        self.assertEqual((self.order.drive_slot_id, self.order.drive_state), (slot, order_state))
        self.assertEqual(self.proposal.state, state)

    def test_reading_changes_nothing(self):
        html = self.get(self.page)
        self.assertSays(html, "We propose", "Inventory", "Take this slot", "Choose another slot", "Cancel this order")
        self.assertIn(f'name="slot_id" value="{self.other_slot.id}"', html)
        self.assertNow(self.slot, "waiting")
        # Nobody is signed in: there are no orders to go to.
        for address in ("/drive/orders", "/drive/me", "/drive/slots"):
            self.assertNotIn(f'href="{address}"', html)
        self.assertSays(html, "Sign in")
        self.assertEqual(self.url_open(self.page).headers["Referrer-Policy"], "no-referrer")

    def test_accepting_twice_is_once(self):
        for _n in range(2):
            self._answer(slot_id=self.later.id)
            self.assertNow(self.later, "accepted")
        bookings = self.env["drive.booking"].search([("order_id", "=", self.order.id), ("state", "=", "booked")])
        self.assertEqual(bookings.slot_id, self.later)
        self.assertSays(self.get(self.page), "is expected on")

    def test_another_slot(self):
        self._answer(slot_id=self.other_slot.id)
        self.assertNow(self.other_slot, "chosen")
        html = self._answer(409, answer="cancel").text
        self.assertSays(html, "answered already")
        self.assertNow(self.other_slot, "chosen")

    def test_cancelling(self):
        for _n in range(2):
            self._answer(answer="cancel")
            self.assertNow(self.slot, "cancelled", "cancelled")
        self._answer(409, slot_id=self.later.id)
        self.assertNow(self.slot, "cancelled", "cancelled")

    def test_after_its_time(self):
        self.proposal.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.page = f"/drive/proposal/{self.proposal._token()}"
        self.assertSays(self.get(self.page), "time to answer is over")
        self.assertSays(self._answer(409, slot_id=self.later.id).text, "is kept")
        self.assertNow(self.slot, "expired")

    def test_taken_by_somebody_else(self):
        self._create_confirmed({self.bread: 1}, self.later, self.other)
        html = self.get(self.page)
        self.assertNotIn("Take this slot", html)
        self.assertSays(self._answer(409, slot_id=self.later.id).text, "No place is left", "Choose another slot")
        self.assertNow(self.slot, "waiting")

    def test_a_free_place_that_others_wait_for_is_only_taken_where_it_is_proposed(self):
        for slot, status, now in ((self.other_slot, 409, self.slot), (self.later, 303, self.later)):
            before = self._create_confirmed({self.bread: 1}, slot, self._create_member("Before"))
            self.env["drive.waiting"]._join_slot(self._create_member("Waiter"), slot)
            before._action_cancel()
            self._answer(status, slot_id=slot.id)
            self.env.invalidate_all()
            self.assertEqual(self.order.drive_slot_id, now)

    def test_moved_by_the_shop_meanwhile(self):
        self.order._drive_move(self.later)
        self.assertSays(self.get(self.page), "is expected on")
        self._answer(409, slot_id=self.other_slot.id)
        self.assertNow(self.later, "settled")

    def test_links_that_are_not_ours(self):
        token = self.proposal._token()
        another = self._create_confirmed({self.bread: 1}, self.other_slot, self.other)
        proposal = self.env["drive.proposal"]._propose(
            another, self.later, fields.Datetime.now() + timedelta(hours=5), False
        )
        forged = [
            token[:-1] + ("0" if token[-1] != "0" else "1"),
            f"{proposal.id}-{token.partition('-')[2]}",
            f"{self.proposal.id}-",
            f"{self.proposal.id}",
            "-",
            "9" * 40 + "-x",
            "é-è",
            "1%00-2",
        ]
        for link in forged:
            with self.subTest(link):
                self.assertSays(self.get(f"/drive/proposal/{link}", 404), "This link is not complete")
                self._answer(404, f"/drive/proposal/{link}", slot_id=self.later.id)
        self.assertNow(self.slot, "waiting")

    def test_nonsense_is_a_sentence(self):
        for values in ({}, {"slot_id": "x"}, {"slot_id": "-4"}, {"slot_id": "9" * 30}, {"answer": "x"}):
            self._answer(422, **values)
        self._answer(409, slot_id=self.slot.id)
        self.assertNow(self.slot, "waiting")

    def test_in_the_members_language(self):
        self.member.lang = "en_US"
        self.assertIn('lang="en-US"', self.get(self.page))
