from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import config

from odoo.addons.http_routing.tests.common import MockRequest

from ..tools.replica import COOKIE, SECONDS, Freshness, from_primary, from_replica
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestFreshness(TransactionCase):
    """How far behind a replica is, judged by positions in the log alone."""

    def setUp(self):
        super().setUp()
        self.freshness = Freshness()

    def test_who_has_all_of_it_is_as_fresh_as_the_question(self):
        self.assertTrue(self.freshness.learn(100.0, 5000, 5000))
        self.assertEqual(self.freshness.moment, 100.0)
        # Nobody writes for a day: that makes nobody older.
        self.assertTrue(self.freshness.learn(86500.0, 5000, 5000))
        self.assertEqual(self.freshness.moment, 86500.0)

    def test_who_follows_behind_is_as_fresh_as_what_was_reached(self):
        self.freshness.learn(100.0, 5000, 4000)
        self.assertLess(self.freshness.moment, 100.0)
        self.assertTrue(self.freshness.learn(101.0, 9000, 5000))
        self.assertEqual(self.freshness.moment, 100.0)
        self.assertTrue(self.freshness.learn(102.0, 9500, 9000))
        self.assertEqual(self.freshness.moment, 101.0)

    def test_who_stands_still_is_left_after_some_seconds(self):
        self.freshness.learn(100.0, 5000, 5000)
        self.assertTrue(self.freshness.learn(101.0, 6000, 5000))
        self.assertTrue(self.freshness.learn(101.0 + SECONDS, 7000, 5000))
        self.assertFalse(self.freshness.learn(101.5 + SECONDS, 7000, 5000))
        # A moment that was known stays known, and is too old by then.
        self.assertEqual(self.freshness.moment, 100.0)

    def test_a_server_that_follows_nobody_is_no_replica(self):
        self.assertTrue(self.freshness.learn(100.0, 5000, None))
        self.assertFalse(self.freshness.learn(101.0 + SECONDS, 5000, None))
        self.assertLess(self.freshness.moment, 100.0)


@tagged("post_install", "-at_install")
class TestReplica(ShopCommon):
    def _cookie(self, response):
        """What an answer says of the cookie; ``None`` where it says nothing."""
        lines = response.raw.headers.getlist("Set-Cookie")
        return next((line for line in lines if line.startswith(f"{COOKIE}=")), None)

    def test_who_writes_reads_from_the_primary_for_some_seconds(self):
        with patch.dict(config.options, {"db_replica_host": "replica"}):
            page = self.url_open("/drive")
            form = self.post("/drive/basket/set", product_id=self.apples.id, qty="1.5")
            call = self.url_open("/drive/api/basket/set", json={"params": {"product_id": self.bread.id, "qty": 1}})
            self.assertIsNone(self._cookie(page))
            for answer in (form, call):
                cookie = self._cookie(answer)
                self.assertIn(f"Max-Age={SECONDS}", cookie)
                self.assertIn("HttpOnly", cookie)
            # Reading there is no writing: it does not go on for ever.
            self.assertIn(COOKIE, self.opener.cookies)
            self.assertIsNone(self._cookie(self.url_open("/drive/basket")))

    def test_every_page_of_a_member_is_judged(self):
        """Who wrote reads none of them from the replica, nor what depends on who asks."""
        self.member._drive_give_cards()
        rules = [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith("/drive") and rule.endpoint.routing["auth"] == "user"
        ]
        with (
            patch.dict(config.options, {"db_replica_host": "replica"}),
            MockRequest(self.env(user=self.member.user_ids), cookies={COOKIE: "1"}),
        ):
            from_there = []
            for rule in rules:
                readonly = rule.endpoint.routing["readonly"]
                if readonly(rule.endpoint.func.__self__, rule, {}) if callable(readonly) else readonly:
                    from_there.append(rule.rule)
        self.assertGreater(len(rules), 50)
        self.assertEqual(from_there, [])

    def test_without_a_replica_there_is_no_cookie(self):
        form = self.post("/drive/basket/set", product_id=self.apples.id, qty="1.5")
        self.assertIsNone(self._cookie(form))

    def test_links_of_mails_are_read_from_the_primary(self):
        self.assertTrue(from_primary(None, None, None))
        rules = {
            rule.rule: rule.endpoint.routing["readonly"]
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith("/drive") and "GET" in (rule.endpoint.routing["methods"] or ())
        }
        of_mails = {path for path in rules if "token>" in path and rules[path] is not True}
        self.assertEqual({path for path in rules if rules[path] is from_primary}, of_mails)
        self.assertEqual(len(of_mails), 4)
        # Whoever signs in reads what is theirs by the rule.
        self.assertFalse([path for path in rules if rules[path] is True and path.startswith("/drive/orders")])
        self.assertIs(rules["/drive"], from_replica)
