"""Buttons and windows of the back office, called by hand or from a page that was left open:
whoever calls them on what is not there, or on several, is told so in a sentence."""

from odoo.tests import tagged

from ..tools.client_id import LARGEST
from .access_common import rows
from .access_tables import METHODS
from .access_tries import AccessTries

# Nothing, what is gone, and what is no number of a record at all.
NOT_THERE = ([], [LARGEST], ["x"], [0], [-1], [LARGEST + 1], [10**30], [None], [True], [[1]], [{"id": 1}])
# They open the same page whatever they are called on.
ALIKE = {"drive.member.import.action_members", "drive.product.import.action_products"}
# Baskets are printed as far as they are there.
PAPERS = {"sale.order.action_drive_print"}


@tagged("post_install", "-at_install")
class TestButtonBadInput(AccessTries):
    def _on_records(self):
        """``[(model, method, ids)]`` of what buttons call on records, with some that it works on."""
        found = []
        for name in rows(METHODS):
            model, _dot, method = name.rpartition(".")
            alone = getattr(getattr(self.registry[model], method), "_api_model", False)
            if not alone and name not in ALIKE:
                found.append((model, method, self._method_arguments(name)[0]))
        self.assertIn(("sale.order", "action_drive_no_show", self.order.ids), found)
        return found

    def assertSentence(self, model, method, ids, *outcomes):
        """A traceback fails in ``_rpc``."""
        with self.subTest(model=model, method=method, ids=ids):
            outcome, sentence = self._rpc(model, method, ids)
            self.assertIn(outcome, outcomes)
            self.assertTrue(sentence)

    def test_records_that_are_not_there(self):
        methods = self._on_records()
        for role, tried in (("manager", NOT_THERE), ("cashier", NOT_THERE[:3]), ("member", NOT_THERE[:3])):
            self._sign_in(role)
            for model, method, _ids in methods:
                for ids in tried:
                    self.assertSentence(model, method, ids, "denied", "refused")

    def test_one_that_is_gone_among_others(self):
        """Nothing is done to any of them."""
        self._sign_in("manager")
        for model, method, ids in self._on_records():
            if f"{model}.{method}" not in PAPERS:
                self.assertSentence(model, method, [*ids, LARGEST], "refused")

    def test_several_where_one_is_meant(self):
        """Each does what it does, or says that it is for one."""
        self._sign_in("manager")
        refused = set()
        for model, method, ids in self._on_records():
            with self.subTest(model=model, method=method):
                outcome, _answer = self._rpc(model, method, ids * 2)
                if outcome == "refused":
                    refused.add(f"{model}.{method}")
        self.assertLessEqual({"drive.point.action_replan", "sale.order.action_drive_open_sale"}, refused)
        self.assertNotIn("res.partner.action_drive_new_card", refused)

    def test_windows_in_which_nothing_was_chosen(self):
        """Or what no closure has."""
        self._sign_in("manager")
        for values in (
            {"point_id": False},
            {"kind": "slots"},
            {"date_from": False},
            {"date_from": "9999-12-31", "date_to": "9999-12-31"},
            {"date_from": "0001-01-01", "date_to": "0001-01-01"},
        ):
            outcome, window = self._rpc("drive.closure", "create", values)
            self.assertEqual(outcome, "ok", window)
            self.assertSentence("drive.closure", "action_close", [window], "refused")
            # The window shows what it would close as soon as that is chosen.
            outcome, answer = self._rpc("drive.closure", "read", [window], ["order_count", "hold_count"])
            self.assertEqual(outcome, "ok", answer)

    def test_windows_that_are_over(self):
        """Odoo clears them away while somebody has them open."""
        self._sign_in("manager")
        window = self.env["drive.replan"].create({"point_id": self.point.id})
        ids = window.ids
        window.unlink()
        self.assertSentence("drive.replan", "action_apply", ids, "refused")
