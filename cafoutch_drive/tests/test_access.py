"""Who may do what: every route, model, method and report of the addon, tried by real
requests as each kind of person. The tables are in ``access_tables.py``."""

import inspect
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .access_common import ADDON, rows
from .access_tables import ABSTRACT_MODELS, FIELDS, METHODS, MODELS, REFUSED, REPORTS, ROUTES, STOCK_MODELS
from .access_tries import AccessTries


@tagged("post_install", "-at_install")
class TestAccess(AccessTries):
    # === ROUTES === #

    def _our_routes(self):
        """The routes of the addon's controllers, as Odoo serves them."""
        routes = set()
        for rule in self.env["ir.http"].routing_map().iter_rules():
            endpoint = rule.endpoint
            original = getattr(endpoint, "original_endpoint", endpoint)
            if not self._own(inspect.unwrap(original).__module__) or self._is_stock_route(endpoint):
                continue
            if endpoint.routing["type"] == "jsonrpc":
                routes.add(f"JSON {rule.rule}")
                continue
            self.assertTrue(endpoint.routing.get("methods"), f"{rule.rule}: any method")
            routes |= {f"{verb} {rule.rule}" for verb in endpoint.routing["methods"]}
        return routes

    def _is_stock_route(self, endpoint):
        """Whether the addon only overrides a route of Odoo's."""
        method = endpoint.func
        return any(
            method.__name__ in vars(cls)
            for cls in type(method.__self__).__mro__
            if cls.__module__.startswith("odoo.addons.") and not self._own(cls.__module__)
        )

    def test_every_route_is_in_the_table(self):
        self.assertEqual(self._our_routes(), set(rows(ROUTES)))
        self.assertEqual(self._our_routes(), set(rows(REFUSED, ("refused",))))

    def test_who_may_not_order(self):
        self.assertEqual(self._refused_mismatches(), [])

    def test_routes(self):
        self.assertEqual(self._route_mismatches(), [])

    # === MODELS === #

    def test_every_model_is_in_the_table(self):
        ours = {name for name, model in self.registry.items() if model._original_module == ADDON}
        stock = {name for name, model in self.registry.items() if model._original_module != ADDON}
        in_table = set(rows(MODELS)) - stock
        self.assertEqual(ours, in_table | ABSTRACT_MODELS)
        for name in ABSTRACT_MODELS:
            self.assertTrue(self.env[name]._abstract, name)

    def test_every_extended_model_is_in_the_table(self):
        """Models of Odoo's to which the addon adds fields or rights."""
        extended = {
            name
            for name, model in self.registry.items()
            if any(field._module == ADDON for field in model._fields.values())
        }
        rights = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "in", ("ir.model.access", "ir.rule"))]
        )
        for row in rights:
            extended.add(self.env[row.model].browse(row.res_id).model_id.model)
        self.assertEqual(extended - set(rows(MODELS)) - ABSTRACT_MODELS - STOCK_MODELS, set())

    def test_models(self):
        self.assertEqual(self._model_mismatches(), [])

    # === FIELDS === #

    def test_every_hidden_field_is_in_the_table(self):
        self.assertEqual(set(self._hidden_fields().values()), set(rows(FIELDS)))

    def test_fields(self):
        """Nobody reads, finds, sorts, groups, counts or exports what is not for them, by no model."""
        self.assertEqual(self._field_mismatches(), [])

    def test_what_is_in_a_table_of_its_own_is_not_grouped(self):
        """Odoo asks for a right on the column that it groups by, which a many2many has not."""
        many = self.member._fields["category_id"]
        self.member.category_id = self.env["res.partner.category"].create({"name": "Secret"})
        for way in ("group", "group pages", "group twice"):
            tries = self._ways(self.member, many.name)[way]
            with self.subTest(way):
                self.assertIsNotNone(self._asks("manager", *tries))
                with patch.object(many, "groups", fields.NO_ACCESS):
                    self.assertIsNone(self._asks("manager", *tries))

    # === METHODS === #

    def _our_methods(self):
        """Methods that the addon adds and that can be called from outside; those that
        it overrides are Odoo's own doors. An import's common part is called as each import."""
        found = set()
        for name, model in self.registry.items():
            if name == "drive.import":
                continue
            classes = inspect.getmro(model)
            theirs = [cls for cls in classes if not self._own(cls.__module__)]
            for cls in classes:
                if not self._own(cls.__module__) or cls._name not in (name, "drive.import"):
                    continue
                found |= {
                    f"{name}.{attribute}"
                    for attribute, value in vars(cls).items()
                    if not attribute.startswith("_")
                    and inspect.isfunction(inspect.unwrap(value))
                    and not getattr(value, "_api_private", False)
                    and not any(attribute in vars(other) for other in theirs)
                }
        return found

    def test_every_method_is_in_the_table(self):
        self.assertEqual(self._our_methods(), set(rows(METHODS)))

    def test_methods(self):
        self.env["drive.place"].create({"name": "A1", "point_id": self.point.id})
        self.assertEqual(self._method_mismatches(), [])

    # === REPORTS === #

    def test_every_report_is_in_the_table(self):
        reports = self.env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", "ir.actions.report")])
        self.assertEqual(set(reports.mapped("name")), set(rows(REPORTS)))

    def test_reports(self):
        self.assertEqual(self._report_mismatches(), [])
