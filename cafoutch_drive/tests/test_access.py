"""Who may do what: every route, model, method and report of the addon, tried by real
requests as each kind of person.

The tables are written by hand. What is not in them fails a test: whoever adds a route,
a model, a method that can be called from outside or a report says here who may use it.
"""

import inspect
from datetime import timedelta

from odoo import http
from odoo.tests import tagged

from .access_common import ADDON, ROLES, AccessCommon, rows

# `household` lives with `member`; `other` is a member of another household. All but the
# visitor are members who may order. <int:order_id> is an order that `member` confirmed.
# A number is an HTTP status; "login" leads to the sign-in page; a word is the `code` of
# a refusal, and "ok" none.
#                                           visitor    member household other volunteer cashier manager
ROUTES = """
GET  /drive                                 login      200 200 200 200 200 200
GET  /drive/shelf/<int:shelf_id>            login      200 200 200 200 200 200
GET  /drive/search                          login      200 200 200 200 200 200
GET  /drive/product/<int:product_id>        login      200 200 200 200 200 200
GET  /drive/slots                           login      200 200 200 200 200 200
POST /drive/basket/set                      login      303 303 303 303 303 303
POST /drive/slots/hold                      login      303 303 303 303 303 303
POST /drive/slots/extend                    login      303 303 303 303 303 303
POST /drive/slots/release                   login      303 303 303 303 303 303
JSON /drive/api/basket/set                  signed_out ok  ok  ok  ok  ok  ok
JSON /drive/api/slots/hold                  signed_out ok  ok  ok  ok  ok  ok
JSON /drive/api/slots/extend                signed_out ok  ok  ok  ok  ok  ok
JSON /drive/api/slots/release               signed_out ok  ok  ok  ok  ok  ok
GET  /drive/basket                          login      200 200 200 200 200 200
GET  /drive/basket/panel                    login      200 200 200 200 200 200
GET  /drive/checkout                        login      200 200 200 200 200 200
POST /drive/checkout/confirm                login      303 303 303 303 303 303
JSON /drive/api/checkout/confirm            signed_out ok  ok  ok  ok  ok  ok
GET  /drive/orders                          login      200 200 200 200 200 200
GET  /drive/orders/<int:order_id>           login      200 200 404 404 404 404
POST /drive/orders/<int:order_id>/cancel    login      303 303 404 404 404 404
JSON /drive/api/orders/cancel               signed_out ok  ok  no_such_order no_such_order no_such_order no_such_order
"""

# Rights on the addon's models, and on what it adds to others: letters of read, write,
# create, delete; "-" for none. Only managers work on records; everybody else uses the
# pages and the methods below, which check for themselves.
#                                           visitor    member household other volunteer cashier manager
MODELS = """
drive.point                                 -          -   -   -   -   -   rwcd
drive.slot                                  -          -   -   -   -   -   rwcd
drive.booking                               -          -   -   -   -   -   r
drive.place                                 -          -   -   -   -   -   rwcd
drive.crate                                 -          -   -   -   -   -   rwcd
drive.catalogue.change                      -          -   -   -   -   -   r
drive.first.steps                           -          -   -   -   -   -   rc
drive.first.step                            -          -   -   -   -   -   rc
drive.product.import                        -          -   -   -   -   -   rwc
sale.order                                  -          r   r   -   -   r   rwc
sale.order.line                             -          r   r   -   -   r   rwcd
"""
# Models without a table of their own: nothing to read, their methods are in METHODS.
ABSTRACT_MODELS = {"drive.catalogue", "drive.catalogue.source", "drive.demo"}

# Methods that can be called from outside. "no": refused for want of rights. Two of them
# only say where a page is, and nothing of what it shows.
#                                           visitor    member household other volunteer cashier manager
METHODS = """
drive.first.step.action_do                  no         no  no  no  no  no  yes
drive.first.steps.action_open               no         no  no  no  no  no  yes
drive.point.action_generate_slots           no         no  no  no  no  no  yes
drive.point.action_view_slots               no         no  no  no  no  no  yes
drive.point.drive_day                       no         no  no  no  no  no  yes
drive.product.import.action_preview         no         no  no  no  no  no  yes
drive.product.import.action_import          no         no  no  no  no  no  yes
drive.product.import.action_products        no         yes yes yes yes yes yes
res.partner.action_drive_invite             no         no  no  no  no  no  yes
sale.order.action_drive_open_sale           no         yes yes no  no  yes yes
sale.order.action_drive_deliver_again       no         no  no  no  no  no  yes
sale.order.drive_preparation_add_crate      no         no  no  no  yes no  yes
sale.order.drive_preparation_board          no         no  no  no  yes no  yes
sale.order.drive_preparation_finish         no         no  no  no  yes no  yes
sale.order.drive_preparation_order          no         no  no  no  yes no  yes
sale.order.drive_preparation_pick           no         no  no  no  yes no  yes
sale.order.drive_preparation_place_crate    no         no  no  no  yes no  yes
sale.order.drive_preparation_remove_crate   no         no  no  no  yes no  yes
sale.order.drive_preparation_reopen         no         no  no  no  yes no  yes
sale.order.drive_preparation_short          no         no  no  no  yes no  yes
sale.order.drive_preparation_start          no         no  no  no  yes no  yes
sale.order.drive_preparation_undo           no         no  no  no  yes no  yes
sale.order.drive_till_open                  no         no  no  no  no  yes yes
sale.order.drive_till_orders                no         no  no  no  no  yes yes
"""

# Fields that not everybody who reads the record may read.
#                                           visitor    member household other volunteer cashier manager
FIELDS = """
res.partner.coop_state_reason               no         no  no  no  no  no  yes
res.partner.drive_portal_state              no         no  no  no  no  no  yes
"""

REPORTS = """
"""


@tagged("post_install", "-at_install")
class TestAccess(AccessCommon):
    # === ROUTES === #

    def _our_routes(self):
        """The routes of the addon's controllers, as Odoo serves them."""
        routes = set()
        for rule in self.env["ir.http"].routing_map().iter_rules():
            endpoint = rule.endpoint
            original = getattr(endpoint, "original_endpoint", endpoint)
            if not self._own(inspect.unwrap(original).__module__):
                continue
            if endpoint.routing["type"] == "jsonrpc":
                routes.add(f"JSON {rule.rule}")
                continue
            self.assertTrue(endpoint.routing.get("methods"), f"{rule.rule}: any method")
            routes |= {f"{verb} {rule.rule}" for verb in endpoint.routing["methods"]}
        return routes

    def test_every_route_is_in_the_table(self):
        self.assertEqual(self._our_routes(), set(rows(ROUTES)))

    def _route_values(self, role, order):
        """What each route is given: its form or its JSON."""
        user = self.people.get(role)
        basket = self.env["sale.order"]._drive_basket(user.partner_id if user else self.env["res.partner"])
        confirmation = {
            "idempotency_key": f"access-key-{role}",
            "total_seen": basket.amount_total,
        }
        return {
            "POST /drive/basket/set": {"product_id": self.bread.id, "qty": "1"},
            "POST /drive/slots/hold": {"slot_id": self.slot.id},
            "POST /drive/checkout/confirm": confirmation,
            "JSON /drive/api/basket/set": {"product_id": self.bread.id, "qty": 2},
            "JSON /drive/api/slots/hold": {"slot_id": self.slot.id},
            "JSON /drive/api/checkout/confirm": confirmation,
            "JSON /drive/api/orders/cancel": {
                "order": order.id,
                "idempotency_key": f"access-cancel-{role}",
            },
        }

    def _try_route(self, role, route, order):
        verb, address = route.split(" ")
        values = self._route_values(role, order).get(route, {})
        for name, record in (
            ("<int:order_id>", order),
            ("<int:product_id>", self.bread),
            ("<int:shelf_id>", self.shelf),
        ):
            address = address.replace(name, str(record.id))
        if verb == "JSON":
            answer = self.url_open(address, json={"params": values}).json()
            self.assertNotIn("error", answer, route)
            return answer["result"].get("code", "ok")
        if verb == "POST":
            values = {**values, "csrf_token": http.Request.csrf_token(self)}
        answer = self.url_open(
            address,
            data=values if verb == "POST" else None,
            allow_redirects=False,
            method=verb,
        )
        if "/web/login" in answer.headers.get("Location", ""):
            return "login"
        return str(answer.status_code)

    def _before_route(self, role, route):
        """The state that a route needs to go well: a place to extend, to release or to
        confirm with, taken by the person's own basket."""
        if role == "visitor" or not route.endswith(("extend", "release", "confirm")):
            return
        basket = self.env["sale.order"]._drive_basket(self.people[role].partner_id)
        if basket and (not basket.drive_hold_live or basket.drive_booking_id.extended):
            basket._drive_release_hold() if basket.drive_hold_live else None
            basket._drive_hold(self.slot)

    def test_routes(self):
        table = rows(ROUTES)
        for role in ROLES:
            self._sign_in(role)
            for route, expected in table.items():
                order = self.order
                if route.endswith("cancel"):
                    order = self._create_confirmed({self.bread: 1})
                self._before_route(role, route)
                with self.subTest(role=role, route=route):
                    self.assertEqual(self._try_route(role, route, order), expected[role])
                if route.endswith("cancel"):
                    self.env.invalidate_all()
                    changed = expected[role] in ("303", "ok")
                    with self.subTest(role=role, route=route, after=True):
                        self.assertEqual(order.drive_state, "cancelled" if changed else "confirmed")
                    if not changed:
                        order._drive_cancel()

    # === MODELS === #

    def test_every_model_is_in_the_table(self):
        ours = {name for name, model in self.registry.items() if model._original_module == ADDON}
        in_table = set(rows(MODELS)) - {"sale.order", "sale.order.line"}
        self.assertEqual(ours, in_table | ABSTRACT_MODELS)
        for name in ABSTRACT_MODELS:
            self.assertTrue(self.env[name]._abstract, name)

    def _sample(self, model):
        """A record to read or write, values to write, values to create another."""
        slot = self._create_slot(hours=60 + self.env["drive.slot"].search_count([]))
        point = {"name": "Another", "calendar_id": self.calendar.id}
        order, line = self.order, self.order.order_line
        page = self.env["drive.first.steps"].create({})
        place = {"name": "Étagère", "point_id": self.point.id}
        crate = {"order_id": order.id, "name": f"C{slot.id}"}
        texts = {name: str(slot[name] + timedelta(days=365)) for name in ("start", "stop", "window_start")}
        return {
            "drive.point": (self.point, {"name": "Renamed"}, point),
            "drive.slot": (slot, {"closed": True}, {"point_id": self.point.id, **texts}),
            "drive.booking": (
                order.drive_booking_id,
                {"state": "released"},
                {
                    "slot_id": slot.id,
                    "place_no": 1,
                    "order_id": order.id,
                    "partner_id": order.partner_id.id,
                    "state": "booked",
                },
            ),
            "drive.place": (
                self.env["drive.place"].create(place),
                {"name": "Renamed"},
                place,
            ),
            "drive.crate": (
                self.env["drive.crate"].create(crate),
                {"storage_class": "frozen"},
                {**crate, "name": f"D{slot.id}"},
            ),
            "drive.catalogue.change": (
                self.env["drive.catalogue.change"].search([], limit=1),
                {},
                {},
            ),
            "drive.first.steps": (page, {"step_ids": []}, {}),
            "drive.first.step": (
                page.step_ids[0],
                {"code": "mail"},
                {"page_id": page.id, "code": "mail"},
            ),
            "drive.product.import": (
                self.env["drive.product.import"].create(self._import_values()),
                {"default_stock": 1},
                self._import_values(),
            ),
            "sale.order": (order, {"drive_note": "x"}, {"partner_id": self.member.id}),
            "sale.order.line": (
                line,
                {"drive_substitution": "none"},
                {"order_id": self._quotation().id, "product_id": self.bread.id},
            ),
        }[model]

    def _quotation(self):
        """An ordinary order, not of the drive."""
        return self.env["sale.order"].create({"partner_id": self.member.id})

    def _import_values(self):
        return {
            "file": "YmFyY29kZSxuYW1lCg==",
            "filename": "x.csv",
            "point_id": self.point.id,
        }

    def _try_model(self, model):
        """The letters of what whoever is signed in can really do, by RPC."""
        record, change, values = self._sample(model)
        done = ""
        for letter, method, args in (
            ("r", "read", [record.ids, ["create_date"]]),
            ("w", "write", [record.ids, change]),
            ("c", "create", [values]),
        ):
            outcome, answer = self._rpc(model, method, *args)
            self.assertIn(outcome, ("ok", "denied"), f"{model}.{method}: {answer}")
            done += letter if outcome == "ok" else ""
        return done + ("d" if self._try_deletion(model) else "")

    def _try_deletion(self, model):
        """Delete a record that nothing hangs on."""
        record, _change, values = self._sample(model)
        if model in ("drive.booking", "drive.catalogue.change"):
            pass  # the order's own, the catalogue's own: nobody deletes them
        elif model in ("sale.order", "sale.order.line"):
            quotation = self._quotation()
            line = self.env["sale.order.line"].create({"order_id": quotation.id, "product_id": self.bread.id})
            record = quotation if model == "sale.order" else line
        else:
            record = self.env[model].create(values)
        outcome, answer = self._rpc(model, "unlink", record.ids)
        self.assertIn(outcome, ("ok", "denied"), f"{model}.unlink: {answer}")
        return outcome == "ok"

    def test_models(self):
        for role in ROLES:
            self._sign_in(role)
            for model, expected in rows(MODELS).items():
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._try_model(model) or "-", expected[role])

    def test_fields(self):
        partner = self._create_member("Suspended Person", state="suspended")
        partner.coop_state_reason = "A secret"
        for role in ROLES:
            self._sign_in(role)
            for name, expected in rows(FIELDS).items():
                model, field = name.rsplit(".", 1)
                for record in self.member | partner:
                    outcome, _answer = self._rpc(model, "read", record.ids, [field])
                    with self.subTest(role=role, field=name, record=record.name):
                        self.assertEqual(outcome, "ok" if expected[role] == "yes" else "denied")
                if not self.env[model]._fields[field].store:
                    continue
                # Nor by looking for it.
                outcome, _answer = self._rpc(model, "search_count", [(field, "!=", False)])
                with self.subTest(role=role, searched=name):
                    self.assertEqual(outcome == "ok", expected[role] == "yes", "searching")

    # === METHODS === #

    def _our_methods(self):
        """Methods that the addon adds and that can be called from outside; those that
        it overrides are Odoo's own doors."""
        found = set()
        for name, model in self.registry.items():
            classes = inspect.getmro(model)
            theirs = [cls for cls in classes if not self._own(cls.__module__)]
            for cls in classes:
                if not self._own(cls.__module__) or cls._name != name:
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

    def _method_arguments(self, name):
        order, line = self.order, self.order.order_line
        page = self.env["drive.first.steps"].create({})
        place = self.env["drive.place"].search([("point_id", "=", self.point.id)])[:1]
        crate = order.drive_crate_ids[:1]
        wizard = self.env["drive.product.import"].create(self._import_values())
        return {
            "drive.first.step.action_do": [page.step_ids[1].ids],
            "drive.point.action_generate_slots": [self.point.ids],
            "drive.point.action_view_slots": [self.point.ids],
            "drive.product.import.action_preview": [wizard.ids],
            "drive.product.import.action_import": [wizard.ids],
            "drive.product.import.action_products": [wizard.ids],
            "res.partner.action_drive_invite": [self.people["other"].partner_id.ids],
            "sale.order.action_drive_deliver_again": [order.ids],
            "sale.order.action_drive_open_sale": [order.ids],
            "sale.order.drive_preparation_add_crate": [order.id, "ambient"],
            "sale.order.drive_preparation_finish": [order.id],
            "sale.order.drive_preparation_order": [order.id],
            "sale.order.drive_preparation_pick": [line.id, 1],
            "sale.order.drive_preparation_place_crate": [crate.id, place.id],
            "sale.order.drive_preparation_remove_crate": [crate.id],
            "sale.order.drive_preparation_reopen": [order.id],
            "sale.order.drive_preparation_short": [line.id, 0, "missing"],
            "sale.order.drive_preparation_start": [order.id, True],
            "sale.order.drive_preparation_undo": [line.id],
            "sale.order.drive_till_open": [self.config.id, order.id],
            "sale.order.drive_till_orders": [self.config.id],
        }.get(name, [])

    def test_methods(self):
        self.env["drive.place"].create({"name": "A1", "point_id": self.point.id})
        for role in ROLES:
            self._sign_in(role)
            for name, expected in rows(METHODS).items():
                model, method = name.rsplit(".", 1)
                outcome, answer = self._rpc(model, method, *self._method_arguments(name))
                self.env.invalidate_all()
                with self.subTest(role=role, method=name, answer=answer):
                    self.assertEqual(outcome != "denied", expected[role] == "yes", outcome)

    # === REPORTS === #

    def test_every_report_is_in_the_table(self):
        reports = self.env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", "ir.actions.report")])
        self.assertEqual(set(reports.mapped("name")), set(rows(REPORTS)))
