"""The access tables notice a guard that is gone: each test takes one away, as a mistake
in the code would, and sees its row turn red. With the guard the row is green."""

import inspect

from odoo import http
from odoo.tests import tagged

from ..controllers.shop import DriveShop
from .access_tries import AccessTries

OTHERS = ["other", "volunteer", "cashier", "manager"]


@tagged("post_install", "-at_install")
class TestAccessGuards(AccessTries):
    def _noticed(self, tries, row, take_away, **kwargs):
        """Whom the row names once the guard is gone.

        :param tries: method that returns what differs from the table
        :param take_away: function that removes the guard
        """
        self.assertEqual(tries(only={row}, **kwargs), [], "with the guard")
        take_away()
        return [found[0] for found in tries(only={row}, **kwargs)]

    def _patch_model(self, model, name, function):
        self.patch(self.registry[model], name, function)

    def test_a_page_that_forgets_members_only(self):
        page = DriveShop.search
        bare = http.route(**page.original_routing)(inspect.unwrap(page))

        def take_away():
            self.patch(DriveShop, "search", bare)
            self.env.registry.clear_cache("routing")

        self.addCleanup(self.env.registry.clear_cache, "routing")
        noticed = self._noticed(self._refused_mismatches, "GET /drive/search", take_away)
        self.assertEqual(noticed, ["GET /drive/search"])

    def test_whose_order_it_is(self):
        everybody = [("is_drive", "=", True), ("drive_pickup_code", "!=", False)]
        for row in ("GET /drive/orders/<int:order_id>", "POST /drive/orders/<int:order_id>/cancel"):
            with self.subTest(row=row):
                noticed = self._noticed(
                    self._route_mismatches,
                    row,
                    lambda: self._patch_model("sale.order", "_drive_orders_domain", lambda self, partner: everybody),
                )
                self.assertEqual(sorted(set(noticed)), sorted(OTHERS))
                self.doCleanups()

    def test_who_takes_orders_for_others(self):
        noticed = self._noticed(
            self._route_mismatches,
            "POST /drive/for/<int:member_id>/begin",
            lambda: self._patch_model("res.partner", "_drive_takes_orders", lambda self: True),
        )
        self.assertEqual(noticed, ["member", "household", "other", "volunteer"])

    def test_rights_on_a_model(self):
        def take_away():
            self.env["ir.model.access"].create(
                {
                    "name": "drive.slot everybody",
                    "model_id": self.env["ir.model"]._get_id("drive.slot"),
                    "group_id": self.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )

        noticed = self._noticed(self._model_mismatches, "drive.slot", take_away)
        self.assertEqual(noticed, ["volunteer", "cashier"])

    def test_a_record_rule(self):
        def take_away():
            self.env.ref("cafoutch_drive.rule_sale_order_cashier").domain_force = "[(0, '=', 1)]"

        noticed = self._noticed(self._model_mismatches, "sale.order", take_away)
        self.assertIn("cashier", noticed)

    def test_a_field_for_managers(self):
        def take_away():
            self.patch(self.env["res.partner"]._fields["coop_state_reason"], "groups", None)

        noticed = self._noticed(self._field_mismatches, "res.partner.coop_state_reason", take_away)
        self.assertEqual(sorted(set(noticed)), sorted(["cashier", "volunteer", "member", "household", "other"]))

    def test_who_prepares(self):
        noticed = self._noticed(
            self._method_mismatches,
            "drive.preparation.board",
            lambda: self._patch_model("sale.order", "_drive_check_preparer", lambda self: None),
        )
        self.assertEqual(noticed, ["member", "household", "other", "cashier"])

    def test_who_stands_at_the_till(self):
        def any_till(self, config_id):
            return self.env["pos.config"].sudo().browse(config_id)

        noticed = self._noticed(
            self._method_mismatches,
            "sale.order.drive_till_orders",
            lambda: self._patch_model("sale.order", "_drive_till_config", any_till),
        )
        self.assertIn("member", noticed)

    def test_a_method_that_forgets_to_ask(self):
        def take_away():
            for model in ("sale.order", "drive.policy"):
                self._patch_model(model, "check_access", lambda self, operation: None)

        noticed = self._noticed(self._method_mismatches, "sale.order.action_drive_pardon", take_away)
        self.assertEqual(noticed, ["member", "household", "other", "volunteer", "cashier"])
