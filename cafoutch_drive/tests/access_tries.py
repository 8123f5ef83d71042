"""Tries each row of the access tables by a real request as each kind of person, and
returns what is not as the table says: so that a test can also show that it would be.
"""

from odoo import http

from .access_common import ADDON, ROLES, rows
from .access_samples import AccessSamples
from .access_tables import FIELDS, METHODS, MODELS, REFUSED, REPORTS, ROUTES
from .access_ways import AccessWays


class AccessTries(AccessSamples, AccessWays):
    # === ROUTES === #

    def _route_values(self, role, order):
        """What each route is given: its form or its JSON."""
        user = self.people.get(role)
        basket = self.env["sale.order"]._drive_basket(user.partner_id if user else self.env["res.partner"])
        confirmation = {
            "idempotency_key": f"access-key-{role}",
            "total_seen": basket.amount_total,
        }
        unchanged = {"idempotency_key": f"access-key-{role}", "total_seen": order.amount_total}
        return {
            "POST /drive/basket/set": {"product_id": self.bread.id, "qty": "1"},
            "POST /drive/basket/wish": {"product_id": self.bread.id, "wish": "none"},
            "POST /drive/favourites/set": {"product_id": self.bread.id, "on": "1"},
            "JSON /drive/api/favourites/set": {"product_id": self.bread.id, "on": True},
            "POST /drive/lists/keep": {"name": f"Liste {role}"},
            "POST /drive/lists/<int:list_id>/add": {"everything": "1"},
            "POST /drive/lists/<int:list_id>/set": {"product_id": self.bread.id, "qty": "2"},
            "POST /drive/lists/<int:list_id>/rename": {"name": "Semaine"},
            "POST /drive/recall/<string:token>": {"wanted": "1"},
            "POST /drive/basket/ceiling": {"product_id": self.apples.id, "amount": "50"},
            "POST /drive/slots/hold": {"slot_id": self.slot.id},
            "POST /drive/me/allergens": {"allergen": self.env.ref("cafoutch_drive.allergen_milk").id},
            "POST /drive/checkout/confirm": confirmation,
            "POST /drive/checkout/keep": {"note": f"From {role}", "to": "/drive/slots"},
            "POST /drive/orders/<int:order_id>/message": {"text": f"From {role}"},
            "POST /drive/orders/<int:order_id>/late": {"minutes": "30"},
            "POST /drive/orders/<int:order_id>/collector": {"name": role},
            "JSON /drive/api/basket/set": {"product_id": self.bread.id, "qty": 2},
            "JSON /drive/api/slots/hold": {"slot_id": self.slot.id},
            "JSON /drive/api/checkout/confirm": confirmation,
            "JSON /drive/api/orders/move": {"order": order.id},
            "POST /drive/orders/<int:order_id>/change": {"do": "confirm", **unchanged},
            "JSON /drive/api/orders/change": {"order": order.id, "lines": [], **unchanged},
            "JSON /drive/api/orders/cancel": {
                "order": order.id,
                "idempotency_key": f"access-cancel-{role}",
            },
        }

    def _slot_beside(self, order):
        """A slot with room that is not the order's."""
        slots = self.env["drive.slot"].search([("point_id", "=", self.point.id), ("state", "=", "open")])
        return (slots - order.drive_slot_id)[:1]

    def _ask_route(self, role, route, order):
        """The answer to a request of whoever is signed in."""
        verb, address = route.split(" ")
        values = self._route_values(role, order).get(route, {})
        for name, record in (
            ("<int:order_id>", order),
            ("<int:product_id>", self.bread),
            ("<int:shelf_id>", self.shelf),
            ("<int:member_id>", self.people["other"].partner_id),
        ):
            address = address.replace(name, str(record.id))
        # What takes long to make is made for the routes that ask for it.
        if "<int:list_id>" in address:
            address = address.replace("<int:list_id>", str(self._list().id))
        if address.endswith("/move"):
            values = {**values, "slot_id": self._slot_beside(order).id}
        if "waiting/join" in address:
            values = {"slot_id": self._full_slot().id}
        elif "/waiting/" in address or "waiting_token" in address:
            waiting = self._waiting()
            values = {"answer": "take", "waiting": waiting.id}
            address = address.replace("<int:waiting_id>", str(waiting.id))
            address = address.replace("<string:waiting_token>", waiting._token())
        if "/drive/recall/" in address:
            address = address.replace("<string:token>", self.member._drive_recall_token())
        if "question_token" in address:
            values = {"answer": "nothing"}
            address = address.replace("<string:question_token>", self._question()._token())
        if "<string:token>" in address:
            proposal = self._proposal()
            values = {"slot_id": proposal.proposed_id.id}
            address = address.replace("<string:token>", proposal._token())
        if verb == "JSON":
            return self.url_open(address, json={"params": values})
        if verb == "POST":
            values = {**values, "csrf_token": http.Request.csrf_token(self)}
        return self.url_open(
            address,
            data=values if verb == "POST" else None,
            allow_redirects=False,
            method=verb,
        )

    def _try_route(self, role, route, order):
        """What the answer to a request is in the table."""
        answer = self._ask_route(role, route, order)
        if route.startswith("JSON "):
            answer = answer.json()
            self.assertNotIn("error", answer, route)
            return answer["result"].get("code", "ok")
        if "/web/login" in answer.headers.get("Location", ""):
            return "login"
        return str(answer.status_code)

    def _before_route(self, role, route):
        """The state that a route needs to go well: a place to extend, to release or to
        confirm with, taken by the person's own basket."""
        if role != "visitor" and route.endswith("ceiling"):
            basket = self.env["sale.order"]._drive_basket(self.people[role].partner_id, create=True)
            basket._drive_set_quantity(self.apples.id, 0.1)
        if role == "visitor" or not route.endswith(("extend", "release", "confirm")):
            return
        basket = self.env["sale.order"]._drive_basket(self.people[role].partner_id)
        if basket and (not basket.drive_hold_live or basket.drive_booking_id.extended):
            basket._drive_release_hold() if basket.drive_hold_live else None
            basket._drive_hold(self.slot)

    def _route_mismatches(self, only=None, roles=ROLES):
        """``[(role, route, expected, what was answered)]`` where the two differ.

        :param only: routes to try; all without
        """
        found = []
        for role in roles:
            self._sign_in(role)
            for route, expected in rows(ROUTES).items():
                if only and route not in only:
                    continue
                order = self.order
                if route.endswith("cancel"):
                    order = self._create_confirmed({self.bread: 1})
                self._before_route(role, route)
                answer = self._try_route(role, route, order)
                if answer != expected[role]:
                    found.append((role, route, expected[role], answer))
                if route.endswith("cancel"):
                    found += self._cancel_mismatches(role, route, order, expected[role] in ("303", "ok"))
        return found

    def _cancel_mismatches(self, role, route, order, changed):
        """Whether the order is really cancelled, or really not."""
        self.env.invalidate_all()
        state, wanted = order.drive_state, "cancelled" if changed else "confirmed"
        if state != "cancelled":
            order._drive_cancel()
        return [(role, route, wanted, state)] if state != wanted else []

    def _refused_mismatches(self, only=None):
        """``[(route, expected, what was answered)]`` for a member who may not order."""
        found = []
        orders = {}
        self.member.coop_state = "up_to_date"
        for route in rows(REFUSED, ("refused",)):
            if route.endswith("cancel"):
                orders[route] = self._create_confirmed({self.bread: 1})
        self.member.coop_state = "suspended"
        self._sign_in("member")
        for route, expected in rows(REFUSED, ("refused",)).items():
            if only and route not in only:
                continue
            answer = self._try_route("member", route, orders.get(route, self.order))
            if answer != expected["refused"]:
                found.append((route, expected["refused"], answer))
        return found

    # === MODELS === #

    def _try_model(self, model):
        """The letters of what whoever is signed in can really do, by RPC."""
        record, change, values = self._sample(model)
        # What is only a view has no such date.
        field = "create_date" if "create_date" in self.env[model]._fields else "display_name"
        done = ""
        for letter, method, args in (
            ("r", "read", [record.ids, [field]]),
            ("w", "write", [record.ids, change]),
            ("c", "create", [values]),
        ):
            outcome, answer = self._rpc(model, method, *args)
            self.assertIn(outcome, ("ok", "denied"), f"{model}.{method}: {answer}")
            done += letter if outcome == "ok" else ""
        return done + ("d" if self._try_deletion(model, record) else "")

    def _try_deletion(self, model, sample):
        outcome, answer = self._rpc(model, "unlink", self._sample_to_delete(model, sample).ids)
        self.assertIn(outcome, ("ok", "denied"), f"{model}.unlink: {answer}")
        return outcome == "ok"

    def _model_mismatches(self, only=None, roles=ROLES):
        """``[(role, model, expected letters, letters that were possible)]``"""
        found = []
        for role in roles:
            self._sign_in(role)
            for model, expected in rows(MODELS).items():
                if only and model not in only:
                    continue
                letters = self._try_model(model) or "-"
                if letters != expected[role]:
                    found.append((role, model, expected[role], letters))
        return found

    # === FIELDS === #

    def _field_mismatches(self, only=None, roles=ROLES):
        """``[(role, field, expected, ways by which it was learned)]``"""
        # So that each field is seen to be hidden, and not its record.
        self.env["drive.policy"]._for(self.company).narrow_contacts = False
        partner = self._create_member("Suspended Person", state="suspended")
        partner.coop_state_reason = "A secret"
        found = []
        for role in roles:
            self._sign_in(role)
            for name, row in ({row: row for row in rows(FIELDS)} | self._hidden_fields()).items():
                if only and name not in only:
                    continue
                expected = rows(FIELDS)[row][role]
                records = self._field_records(name.rpartition(".")[0], partner)
                field = name.rpartition(".")[2]
                # Who may read it does so by one of the ways.
                tries = self._ways_that_tell if expected == "no" else self._reads
                told = tries(role, records, field)
                if bool(told) != (expected == "yes"):
                    found.append((role, name, expected, told))
        return found

    def _reads(self, role, records, field):
        return ["read"] if self._asks(role, *self._ways(records, field)["read"]) else []

    def _field_records(self, model, partner):
        return {
            "res.partner": self.member | partner,
            "res.users": self.people["member"],
            "sale.order.line": self.order.order_line,
            "pos.order.line": self.env["pos.order.line"].search([], limit=1),
        }.get(model, self.order)

    # === METHODS === #

    def _method_arguments(self, name):
        wizard = name.rpartition(".")[0]
        if self.env[wizard]._transient and not name.endswith(".action_open"):
            # All that their buttons need is a record of theirs.
            return [self._sample(wizard)[0].ids]
        if wizard == "drive.waiting":
            return [self._waiting().ids]
        if wizard in ("drive.repair", "stock.picking.batch"):
            return [self._sample(wizard)[0].ids]
        order, line = self.order, self.order.order_line
        return {
            "res.partner.action_drive_forget": [self.member.ids],
            "drive.policy.action_missing_particulars": [self.env["drive.policy"]._for(self.company).ids],
            "drive.point.action_generate_slots": [self.point.ids],
            "drive.slot.action_view_waiting": [self.slot.ids],
            "drive.point.action_view_slots": [self.point.ids],
            "res.users.action_drive_team": [self.people["volunteer"].ids],
            "drive.point.action_add_public_holidays": [self.point.ids],
            "drive.point.action_replan": [self.point.ids],
            "res.partner.action_drive_amnesty": [self.people["other"].partner_id.ids],
            "res.partner.action_drive_invite": [self.people["other"].partner_id.ids],
            "res.partner.action_drive_new_card": [self.member.ids],
            "res.partner.action_drive_order_for": [self.member.ids],
            "res.partner.action_drive_print_cards": [self.member.ids],
            "sale.order.action_drive_deliver_again": [order.ids],
            "sale.order.action_drive_no_show": [order.ids],
            "sale.order.action_drive_pardon": [order.ids],
            "sale.order.action_drive_print": [order.ids],
            "sale.order.action_drive_open_sale": [order.ids],
            "res.users.drive_operator_enter": ["till"],
            "res.users.drive_operator_state": ["till"],
            "drive.preparation.apply": [order.drive_batch_id.id, "phone", []],
            "drive.preparation.basket": [order.id],
            "drive.preparation.claim": [order.drive_batch_id.id, "phone"],
            "drive.preparation.find": [order.drive_pickup_code],
            "drive.preparation.give_back": [order.drive_batch_id.id, "phone"],
            "drive.preparation.open": [order.drive_batch_id.id],
            "drive.preparation.scan": [order.drive_batch_id.id, order.drive_pickup_code],
            "drive.preparation.since": [order.drive_batch_id.id, 1],
            "drive.preparation.substitutes": [order.drive_batch_id.id, line.id],
            "res.partner.drive_till_partner": [self.config.id, "0420000000003"],
            "sale.order.drive_till_card": [self.config.id, "0420000000003"],
            "sale.order.drive_till_crate": [self.config.id, order.id, 0, "here"],
            "sale.order.drive_till_may_pay": [self.config.id, order.id],
            "sale.order.drive_till_nothing": [self.config.id, order.id],
            "sale.order.drive_till_refused": [self.config.id, order.id, []],
            "sale.order.drive_till_open": [self.config.id, order.id],
            "sale.order.drive_till_orders": [self.config.id],
        }.get(name, [])

    def _method_mismatches(self, only=None, roles=ROLES):
        """``[(role, method, expected, "yes" or "no", answer)]``"""
        found = []
        for role in roles:
            self._sign_in(role)
            for name, expected in rows(METHODS).items():
                if only and name not in only:
                    continue
                model, method = name.rsplit(".", 1)
                outcome, answer = self._rpc(model, method, *self._method_arguments(name))
                self.env.invalidate_all()
                done = "no" if outcome == "denied" else "yes"
                if done != expected[role]:
                    found.append((role, name, expected[role], done, answer))
        return found

    # === REPORTS === #

    def _report_mismatches(self, only=None, roles=ROLES):
        """``[(role, report, expected, status)]``: each printed as a page and as text, for
        a member's contact or order, or for a point, by its address."""
        found = []
        for role in roles:
            self._sign_in(role)
            for name, expected in rows(REPORTS).items():
                if only and name not in only:
                    continue
                report = self.env.ref(f"{ADDON}.{name}")
                samples = {"res.partner": self.member, "sale.order": self.order, "drive.point": self.point}
                record = samples[report.model]
                for kind in ("html", "text"):
                    address = f"/report/{kind}/{report.report_name}/{record.id}"
                    answer = self.url_open(address, allow_redirects=False)
                    signed_out = "/web/login" in answer.headers.get("Location", "")
                    status = "login" if signed_out else str(answer.status_code)
                    if status != expected[role]:
                        found.append((role, name, kind, expected[role], status))
        return found
