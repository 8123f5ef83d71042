"""Another coop in the same database: its people reach nothing of ours, whatever companies they say they work in."""

import json

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .access_common import ADDON, rows
from .access_tables import METHODS, MODELS, REPORTS
from .access_tries import AccessTries

# Odoo lets every account of the team read opening hours.
READ = {"r", "s", "g"}
TEAM = {"volunteer": READ, "cashier": READ}
SHARED = {"resource.calendar": TEAM, "resource.calendar.attendance": TEAM}


@tagged("post_install", "-at_install")
class TestAnotherCompany(AccessTries):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls.env["res.company"].create({"name": "Another coop"})
        company = {"company_id": cls.theirs.id, "company_ids": [(6, 0, cls.theirs.ids)]}
        cls.strangers = {
            role: new_test_user(cls.env, f"stranger_{role}", groups=f"{ADDON}.group_{role}", **company)
            for role in ("volunteer", "cashier", "manager")
        }
        cls.strangers["member"] = new_test_user(cls.env, "stranger_member", groups="base.group_portal", **company)
        cls.strangers["member"].partner_id.write({"coop_state": "up_to_date", "company_id": cls.theirs.id})
        # A contact without a company is everybody's, in Odoo.
        cls.member.write({"name": "Zoé Secrète", "company_id": cls.company.id})
        cls.contexts = ({}, {"allowed_company_ids": (cls.theirs + cls.company).ids})

    def _calls(self, model, method, *args):
        """The outcome of a call, with each of the contexts."""
        return [self._rpc(model, method, *args, context=context) for context in self.contexts]

    def _is_ours(self, record):
        record = record.sudo()
        for name in ("company_id", "point_id", "drive_point_id", "slot_id", "order_id", "calendar_id"):
            if name in record._fields and record[name]:
                return record[name] == self.company if name == "company_id" else self._is_ours(record[name])
        return False

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_models(self):
        found = {}
        for role, user in self.strangers.items():
            self.authenticate(user.login, user.login)
            for model in rows(MODELS):
                record, change, _values = self._sample(model)
                if not self._is_ours(record) or record._transient:
                    continue
                field = "create_date" if "create_date" in record._fields else "display_name"
                calls = {
                    "r": ("read", record.ids, [field]),
                    "s": ("search_read", [("id", "in", record.ids)], [field]),
                    "g": ("formatted_read_group", [("id", "in", record.ids)], [], ["__count"]),
                    "w": ("write", record.ids, change),
                    "d": ("unlink", self._to_delete(model, record).ids),
                }
                for letter, call in calls.items():
                    for outcome, answer in self._calls(model, *call):
                        counted = answer[0]["__count"] if letter == "g" and outcome == "ok" else answer
                        if outcome == "ok" and counted:
                            found.setdefault(model, {}).setdefault(role, set()).add(letter)
        self.assertEqual(found, SHARED)

    def _to_delete(self, model, sample):
        found = self._sample_to_delete(model, sample)
        if model == "res.partner":
            found.company_id = self.company
        return found

    def _state(self):
        self.env.flush_all()
        self.env.invalidate_all()
        order = self.order
        return (
            [order.drive_state, order.drive_booking_id.state, order.picking_ids.mapped("state"), order.amount_total],
            [order.drive_batch_id.id, order.drive_slot_id.id, order.drive_note, order.drive_arrived_at],
            self.point.read(["name", "active", "slot_capacity"]),
            self.point.slot_ids.ids,
            self.config.read(["name", "active"]),
            self.env["drive.policy"]._for(self.company).read(["recall_days", "basket_days"]),
            self.member.read(["name", "barcode", "active"]),
            [user.active for user in self.people.values()],
        )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_methods(self):
        self.env["drive.place"].create({"name": "A1", "point_id": self.point.id})
        secrets = (self.order.name, self.order.drive_pickup_code, "Secrète", self.point.name, self.config.name)
        found = []
        for role, user in self.strangers.items():
            self.authenticate(user.login, user.login)
            for name in rows(METHODS):
                model, method = name.rsplit(".", 1)
                arguments = self._method_arguments(name)
                if self.env[model]._transient and arguments:
                    # A wizard is of who opened it: that of somebody else is out of reach.
                    continue
                before = self._state()
                for outcome, answer in self._calls(model, method, *arguments):
                    told = [secret for secret in secrets if secret in json.dumps(answer, ensure_ascii=False)]
                    # What was typed may be said again.
                    told = [secret for secret in told if secret not in arguments]
                    if told:
                        found.append((role, name, outcome, told, answer))
                if self._state() != before:
                    found.append((role, name, "changed"))
        self.assertEqual(found, [])

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_papers(self):
        samples = {"res.partner": self.member, "sale.order": self.order, "drive.point": self.point}
        for role, user in self.strangers.items():
            self.authenticate(user.login, user.login)
            for name in rows(REPORTS):
                report = self.env.ref(f"{ADDON}.{name}")
                for kind in ("html", "text"):
                    answer = self.url_open(f"/report/{kind}/{report.report_name}/{samples[report.model].id}")
                    with self.subTest(role=role, report=name, kind=kind):
                        self.assertNotIn("Secrète", answer.text)
                        self.assertNotIn(self.order.drive_pickup_code, answer.text)

    def test_members_pages(self):
        """A member of another coop neither reads nor changes an order, nor takes a place or an article of ours."""
        places = self.slot.places_left
        self.bread.company_id = self.company
        user = self.strangers["member"]
        self.authenticate(user.login, user.login)
        for path in (f"/drive/orders/{self.order.id}", f"/my/orders/{self.order.id}"):
            answer = self.url_open(path, allow_redirects=False)
            self.assertIn(answer.status_code, (303, 404), path)
        for path, params in (
            ("slots/hold", {"slot_id": self.slot.id}),
            ("basket/set", {"product_id": self.bread.id, "qty": 1}),
            ("orders/cancel", {"order": self.order.id, "idempotency_key": "a-key-of-a-stranger"}),
            ("orders/move", {"order": self.order.id, "slot_id": self.slot.id}),
        ):
            answer = self.url_open(f"/drive/api/{path}", json={"params": params}).json()["result"]
            self.assertTrue(answer["code"], path)
        self.env.invalidate_all()
        self.assertEqual(self.slot.places_left, places)
        self.assertEqual(self.order.drive_state, "confirmed")
