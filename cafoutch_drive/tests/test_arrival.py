"""A member says on the order's page that they are here; the tills see it at once."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestArrival(ShopCommon):
    def setUp(self):
        super().setUp()
        self.till = self.env["pos.config"].create({"name": "Till", "drive_point_id": self.point.id})
        self.order = self._create_confirmed({self.bread: 1})
        self.page = f"/drive/orders/{self.order.id}"

    def _make_ready(self, days=0):
        """The basket waits, and its slot began so many days ago."""
        self.order.drive_state = "ready"
        start = fields.Datetime.now() - timedelta(days=days)
        self.slot.write({"start": start, "stop": start + timedelta(minutes=15), "window_start": start})

    def _arrive(self, status=303):
        answer = self.post(f"{self.page}/arrived", status=status, page=self.page)
        self.env.invalidate_all()
        return answer.text

    def _sent(self):
        """How often the till was told, since the last time that this was asked."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].search([]).filtered(lambda message: "DRIVE_ORDERS" in message.message)
        count = len(messages)
        messages.unlink()
        return count

    def test_arrived(self):
        """A tap of the button, as the page has it; another one changes nothing."""
        self._make_ready()
        self._sent()
        self.assertIn(f'action="{self.page}/arrived"', self.get(self.page))
        self._arrive()
        moment = self.order.drive_arrived_at
        self.assertTrue(moment)
        self.assertEqual(self._sent(), 1)
        page = self.get(self.page)
        self.assertSays(page, "The till knows that you are here")
        self.assertNotIn(f"{self.page}/arrived", page)
        self._arrive()
        self.assertEqual(self.order.drive_arrived_at, moment)
        self.assertEqual(self._sent(), 0)
        self.assertTrue(self.order._drive_till_row()["arrived"])

    def test_late(self):
        """Who comes a day late says so while the shop still has the basket."""
        self._make_ready(days=1)
        self.order.drive_arrived_at = fields.Datetime.now() - timedelta(days=1)
        self.assertFalse(self.order._drive_till_row()["arrived"])
        self._arrive()
        self.assertTrue(self.order._drive_till_row()["arrived"])

    def test_too_early(self):
        """Before its day, or before it is ready, nothing invites to say it."""
        self.assertNotIn("/arrived", self.get(self.page))
        self.assertSays(self._arrive(409), "not ready yet")
        self.order.drive_state = "ready"
        self.assertNotIn("/arrived", self.get(self.page))
        self.assertSays(self._arrive(409), self.slot.with_context(lang="en_US")._drive_day_label())
        self.assertFalse(self.order.drive_arrived_at)

    def test_over(self):
        self._make_ready()
        for state in ("done", "no_show", "cancelled"):
            self.order.drive_state = state
            self.assertNotIn("/arrived", self.get(f"/drive/orders/{self.order.id}"))
            self.page = "/my/security"
            answer = self.post(f"/drive/orders/{self.order.id}/arrived", status=409, page=self.page)
            self.assertSays(answer.text, "no longer waiting for you")
        self.assertFalse(self.order.drive_arrived_at)

    def test_only_the_household(self):
        self._make_ready()
        self.sign_in("ali_login")
        self.post(f"{self.page}/arrived", status=404)
        child = self._create_member("Lou Durand", "lou_login")
        child.parent_id = self.member
        self.sign_in("lou_login")
        self._arrive()
        self.assertTrue(self.order.drive_arrived_at)
