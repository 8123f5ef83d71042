"""Baskets that were left: recalled once, gone after a while, no quotation of anybody's."""

from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools.misc import hash_sign
from odoo.tools.safe_eval import safe_eval

from ..hooks import WITHOUT_BASKETS, uninstall_hook
from .common import DriveCommon
from .shop_common import ShopCommon


class LeftCommon(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.write({"email": "camille@example.org", "lang": "en_US"})
        cls.policy = cls.env["drive.policy"]._for(cls.company)
        cls.policy.write({"recall_days": 2, "basket_days": 30})
        # The baskets of the demonstration are not at issue.
        cls.env["sale.order"].search([("drive_state", "=", "basket")]).unlink()

    def _left(self, days, quantities=None, member=None, **values):
        """A basket that was left so many days ago."""
        basket = self._create_basket({self.bread: 1} if quantities is None else quantities, member)
        basket.write({"drive_touched_at": fields.Datetime.now() - timedelta(days=days), **values})
        return basket

    def _run(self, job):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"cafoutch_drive.{job}").method_direct_trigger()
        self.env.invalidate_all()

    def _recalls(self):
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("subject", "=", "Your basket is waiting for you")]
        )


@tagged("post_install", "-at_install")
class TestRecall(LeftCommon):
    def test_after_the_days_and_once(self):
        for days, count in ((0, 0), (1.99, 0), (2, 1), (29, 1)):
            basket = self._left(days)
            with self.subTest(days=days):
                self._run("cron_recall_baskets")
                self.assertEqual(len(self._recalls()), count)
                self.assertEqual(bool(basket.drive_recalled_at), bool(count))
                self._run("cron_recall_baskets")
                self.assertEqual(len(self._recalls()), count)
            self._recalls().unlink()
            basket.unlink()

    def test_what_it_says(self):
        self._left(3)
        self._run("cron_recall_baskets")
        mail = self._recalls()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.member)
        for text in ("Camille Durand", "Miche", "/drive/basket", self.member._drive_recall_token()):
            self.assertIn(text, mail.body_html)

    def test_not_for_nothing(self):
        """Who cannot order, has nothing in it, no address, or asked for it not."""
        self.policy.household_limit = 0
        for values, basket_values, quantities in (
            ({"coop_state": "suspended"}, {}, None),
            ({"email": False}, {}, None),
            ({"drive_no_recall": True}, {}, None),
            ({}, {"drive_recalled_at": "2026-01-01"}, None),
            ({}, {}, {}),
        ):
            member = self._create_member("Ali Ben", email="ali@example.org", lang="en_US")
            basket = self._left(3, quantities, member, **basket_values)
            member.write(values)
            with self.subTest(values=values, basket=basket_values):
                self._run("cron_recall_baskets")
                self.assertFalse(self._recalls())
            basket.unlink()

    def test_not_while_a_household_has_enough_to_collect(self):
        self.point.max_open_orders = 1
        self._create_confirmed({self.bread: 1})
        self._left(3)
        self._run("cron_recall_baskets")
        self.assertFalse(self._recalls())

    def test_not_while_a_place_is_kept(self):
        basket = self._create_held({self.bread: 1})
        basket.drive_touched_at -= timedelta(days=3)
        self._run("cron_recall_baskets")
        self.assertFalse(self._recalls())
        basket.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(days=2)
        self._run("cron_recall_baskets")
        self.assertEqual(len(self._recalls()), 1)

    def test_never(self):
        self.policy.recall_days = 0
        self._left(300)
        self._run("cron_recall_baskets")
        self.assertFalse(self._recalls())

    def test_a_touch(self):
        """What the member does is one; what Odoo writes is none."""
        for touch in (
            lambda basket: basket._drive_set_quantity(self.bread.id, 2),
            lambda basket: basket._drive_bring_up({self.apples: 1}),
            lambda basket: basket._drive_hold(self.slot),
            lambda basket: basket._drive_set_wish(self.bread.id, "none"),
        ):
            basket = self._left(3)
            touch(basket)
            self.assertFalse(basket._drive_is_left(2))
            basket.unlink()
        basket = self._left(3)
        self.bread.list_price = 9
        basket._drive_refresh_prices()
        basket._drive_release_hold()
        self.assertTrue(basket._drive_is_left(2))

    def test_the_job_dies_in_the_middle(self):
        """What was done stays, what was half done is undone: one mail each."""
        members = [self._create_member(f"M{n}", email=f"m{n}@example.org", lang="en_US") for n in range(3)]
        baskets = self.env["sale.order"].union(*(self._left(3 + n, member=member) for n, member in enumerate(members)))
        recall = type(baskets)._drive_recall
        calls = []

        def dies(basket, days):
            recall(basket, days)
            calls.append(basket.id)
            if len(calls) == 2:
                # The mail is queued, the transaction is not committed.
                raise SystemExit

        self.env.flush_all()
        with (
            patch.object(type(baskets), "_drive_recall", dies),
            self.enter_registry_test_mode(),
            suppress(SystemExit),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["sale.order"]._cron_recall_baskets()
        self.env.invalidate_all()
        self.assertEqual(len(calls), 2)
        self.assertEqual(len(self._recalls()), 1)
        self.assertEqual(len(baskets.filtered("drive_recalled_at")), 1)
        self._run("cron_recall_baskets")
        self.assertEqual(sorted(self._recalls().mapped("res_id")), sorted(baskets.ids))

    def test_one_failure_keeps_no_other_back(self):
        one = self._left(4)
        two = self._left(3, member=self._create_member("Ali Ben", email="ali@example.org", lang="en_US"))
        recall = type(one)._drive_recall

        def fails(basket, days):
            recall(basket, days)
            if basket == one:
                raise ValueError("A mail that cannot be made")

        with (
            patch.object(type(one), "_drive_recall", fails),
            self.assertLogs("odoo.addons.cafoutch_drive.models.sale_order_left", "ERROR"),
        ):
            self._run("cron_recall_baskets")
        self.assertEqual(self._recalls().mapped("res_id"), two.ids)
        self._run("cron_recall_baskets")
        self.assertEqual(len(self._recalls()), 2)

    def test_done_meanwhile(self):
        """The member comes back between the list of the job and its work."""
        basket = self._left(3)
        find = type(basket)._drive_left

        def meanwhile(orders, *args):
            found = find(orders, *args)
            found.drive_touched_at = fields.Datetime.now()
            return found

        with patch.object(type(basket), "_drive_left", meanwhile):
            self._run("cron_recall_baskets")
        self.assertFalse(self._recalls())


@tagged("post_install", "-at_install")
class TestRemoved(LeftCommon):
    def test_after_the_days(self):
        for days, gone in ((0, False), (29.9, False), (30, True), (400, True)):
            basket = self._left(days)
            lines = basket.order_line
            with self.subTest(days=days):
                self._run("cron_remove_baskets")
                self.assertEqual(not basket.exists(), gone)
                self.assertEqual(not lines.exists(), gone)
                self._run("cron_remove_baskets")
            basket.exists().unlink()
        self.assertFalse(self._recalls())

    def test_only_baskets_that_nobody_is_at(self):
        order = self._create_confirmed({self.bread: 1})
        order.drive_touched_at -= timedelta(days=400)
        quotation = self.env["sale.order"].create({"partner_id": self.member.id})
        held = self._create_held({self.bread: 1}, member=self._create_member("Ali Ben"))
        held.drive_touched_at -= timedelta(days=400)
        self._run("cron_remove_baskets")
        self.assertTrue(order.exists() and quotation.exists() and held.exists())
        held.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(days=2)
        self._run("cron_remove_baskets")
        self.assertFalse(held.exists())

    def test_never(self):
        self.policy.basket_days = 0
        basket = self._left(400)
        self._run("cron_remove_baskets")
        self.assertTrue(basket.exists())

    def test_a_new_basket_afterwards(self):
        basket = self._left(31)
        self._run("cron_remove_baskets")
        self.assertNotEqual(self._create_basket({self.bread: 1}), basket)


@tagged("post_install", "-at_install")
class TestQuotations(LeftCommon):
    def _listed(self, name):
        action = self.env["ir.actions.actions"]._for_xml_id(name)
        return self.env["sale.order"].search(safe_eval(action["domain"] or "[]"))

    def test_baskets_are_no_quotations(self):
        basket = self._create_basket({self.bread: 1})
        quotation = self.env["sale.order"].create({"partner_id": self.member.id})
        order = self._create_confirmed({self.bread: 1}, member=self._create_member("Ali Ben"))
        for name in WITHOUT_BASKETS:
            listed = self._listed(name)
            self.assertNotIn(basket, listed, name)
            self.assertLessEqual(quotation | order, listed, name)

    def test_odoo_s_lists_are_its_own_again(self):
        """Without the addon its domain would be an error."""
        uninstall_hook(self.env)
        for name in WITHOUT_BASKETS:
            self.assertFalse(self.env.ref(name).domain, name)


@tagged("post_install", "-at_install")
class TestNoMoreRecalls(ShopCommon):
    def test_by_the_link(self):
        """A link shows, and changes nothing; its button does, without an account."""
        self.authenticate(None, None)
        address = f"/drive/recall/{self.member._drive_recall_token()}"
        html = self.get(address)
        self.assertSays(html, "No more mails about my baskets")
        self.env.invalidate_all()
        self.assertFalse(self.member.drive_no_recall)
        for _click in range(2):
            answer = self.url_open(address, data={"x": "y"}, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            self.env.invalidate_all()
            self.assertTrue(self.member.drive_no_recall)
        self.assertSays(self.get(address), "Write to me after all")
        self.url_open(address, data={"wanted": "1"})
        self.env.invalidate_all()
        self.assertFalse(self.member.drive_no_recall)

    def test_links_that_are_none(self):
        self.authenticate(None, None)
        token = self.member._drive_recall_token()
        for forged in (
            "x",
            hash_sign(self.env, "cafoutch_drive.recalls", self.member.id),
            token[:-1],
            f"{token}0",
            "0-",
            f"{'9' * 30}-abc",
            "-",
            "é-é",
        ):
            self.get(f"/drive/recall/{forged}", 404)
            answer = self.url_open(f"/drive/recall/{forged}", data={"x": "y"}, allow_redirects=False)
            self.assertEqual(answer.status_code, 404)
        self.env.invalidate_all()
        self.assertFalse((self.member | self.other).filtered("drive_no_recall"))

    def test_a_link_ends(self):
        self.authenticate(None, None)
        address = f"/drive/recall/{self.member._drive_recall_token()}"
        with freeze_time(datetime.now() + timedelta(days=58)):
            self.get(address)
        with freeze_time(datetime.now() + timedelta(days=61)):
            self.assertSays(self.get(address, 404), "has ended", "you say which mails you want")
            self.url_open(address, data={"x": "y"}, allow_redirects=False)
        self.env.invalidate_all()
        self.assertFalse(self.member.drive_no_recall)

    def test_on_one_s_page(self):
        self.assertSays(self.get("/drive/me"), "No more of these mails")
        self.post("/drive/me/recall", page="/drive/me", wanted="0")
        self.env.invalidate_all()
        self.assertTrue(self.member.drive_no_recall)
        self.assertSays(self.get("/drive/me"), "Write to me once")
        self.post("/drive/me/recall", page="/drive/me", wanted="1")
        self.env.invalidate_all()
        self.assertFalse(self.member.drive_no_recall)
