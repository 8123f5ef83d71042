"""Why a member is suspended is for the managers: tried by every door, by real calls."""

import json

from odoo.tests import tagged

from .access_common import ROLES, AccessCommon

REASON = "Chèque refusé trois fois"
FIELDS = ("coop_state_reason", "drive_exception_reason", "coop_state_message")


@tagged("post_install", "-at_install")
class TestReasons(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        # Even who may export contacts.
        export = cls.env.ref("base.group_allow_export")
        (cls.people["volunteer"] | cls.people["cashier"]).group_ids += export
        # A contact that the members may read: their own.
        cls.member = cls.member.with_env(cls.env)
        cls.member.message_subscribe([user.partner_id.id for user in cls.people.values()])
        cls.member.write({"coop_state": "suspended", **dict.fromkeys(FIELDS, REASON)})
        cls.env.flush_all()
        # As at the end of a request: what changed is written in the conversation.
        cls.env.cr.precommit.run()
        cls.env.flush_all()

    def _call(self, path, params):
        answer = self.url_open(path, json={"params": params})
        return json.dumps(answer.json(), ensure_ascii=False) if answer.status_code == 200 else ""

    def _others(self):
        for role in ROLES[:-1]:
            self._sign_in(role)
            yield role

    def test_it_is_there_and_the_manager_reads_it(self):
        values = self.env["mail.tracking.value"].search([("mail_message_id", "in", self.member.message_ids.ids)])
        self.assertIn(REASON, str(values.mapped("new_value_text") + values.mapped("new_value_char")))
        self._sign_in("manager")
        self.assertIn(REASON, str(self._rpc("res.partner", "read", self.member.ids, list(FIELDS))[1]))
        self.assertIn(REASON, self._thread())

    def _thread(self):
        params = {"thread_model": "res.partner", "thread_id": self.member.id}
        return self._call("/mail/thread/messages", params)

    def test_the_conversation(self):
        for role in self._others():
            with self.subTest(role=role):
                self.assertNotIn(REASON, self._thread())
                self.assertNotIn(REASON, self._call("/mail/chatter_fetch", self._portal_thread()))
                for path in ("/mail/inbox/messages", "/mail/history/messages"):
                    self.assertNotIn(REASON, self._call(path, {}))

    def _portal_thread(self):
        return {"thread_model": "res.partner", "thread_id": self.member.id, "limit": 30}

    def test_messages_and_tracking_by_rpc(self):
        ids = self.member.message_ids.ids
        domain = [("id", "in", ids)]
        names = ["body", "preview", "subject", "tracking_value_ids", "record_name"]
        for role in self._others():
            calls = (
                ("mail.message", "search_read", (domain, names)),
                ("mail.message", "search_read", (domain, ["body"])),
                ("mail.message", "read", (ids, ["body", "preview"])),
                ("mail.message", "export_data", (ids, ["tracking_value_ids/new_value_text"])),
                ("mail.tracking.value", "search_read", ([], ["new_value_text", "new_value_char"])),
                ("mail.tracking.value", "search_count", ([("new_value_text", "ilike", "Chèque")],)),
                ("mail.message", "search_count", ([("tracking_value_ids.new_value_text", "ilike", "Chèque")],)),
                ("mail.mail", "search_read", ([], ["body_html"])),
            )
            for model, method, args in calls:
                outcome, answer = self._rpc(model, method, *args)
                with self.subTest(role=role, model=model, method=method, args=args):
                    self.assertNotIn(REASON, str(answer))
                    if "tracking" in str((model, args)):
                        self.assertEqual(outcome, "denied")
            # A search of the conversation looks into the tracked values too.
            found = self._call(
                "/mail/thread/messages",
                {
                    "thread_model": "res.partner",
                    "thread_id": self.member.id,
                    "fetch_params": {"search_term": "Chèque", "limit": 30},
                },
            )
            with self.subTest(role=role, searched="thread"):
                self.assertNotIn(REASON, found)
                if '"messages"' in found:
                    self.assertEqual(json.loads(found)["result"]["messages"], [])

    def test_the_field_itself(self):
        order = self.order
        for role in self._others():
            for name in FIELDS:
                calls = (
                    ("res.partner", "read", (self.member.ids, [name])),
                    ("res.partner", "export_data", (self.member.ids, ["id", name])),
                    ("res.partner", "search_count", ([(name, "ilike", "Chèque")],)),
                    ("res.partner", "search_count", ([(f"commercial_partner_id.{name}", "ilike", "Chèque")],)),
                    ("res.partner", "search_count", ([(f"child_ids.{name}", "ilike", "Chèque")],)),
                    ("res.partner", "search_count", ([("child_ids", "any", [(name, "ilike", "Chèque")])],)),
                    ("res.users", "search_count", ([(f"partner_id.{name}", "ilike", "Chèque")],)),
                    ("res.users", "search_count", ([(name, "ilike", "Chèque")],)),
                    ("res.users", "read", (self.people["member"].ids, [name])),
                    ("sale.order", "search_count", ([(f"partner_id.{name}", "ilike", "Chèque")],)),
                    ("sale.order", "export_data", (order.ids, ["id", f"partner_id/{name}"])),
                    ("res.partner", "formatted_read_group", ([], [name], ["__count"])),
                    ("res.partner", "web_search_read", ([], {name: {}})),
                )
                for model, method, args in calls:
                    outcome, answer = self._rpc(model, method, *args)
                    with self.subTest(role=role, model=model, method=method, args=args):
                        self.assertNotIn(REASON, str(answer))
                        self.assertNotEqual(outcome, "ok", answer)
                        self.assertTrue(outcome == "denied" or method == "export_data", answer)
                outcome, answer = self._rpc("res.partner", "search_read", [], ["id"], order=name)
                with self.subTest(role=role, ordered_by=name):
                    self.assertNotEqual(outcome, "ok")
                for method in ("fields_get", "default_get"):
                    outcome, answer = self._rpc("res.partner", method, [name])
                    with self.subTest(role=role, method=method):
                        self.assertNotIn(name, answer if outcome == "ok" else {})

    def test_the_mails_that_followers_get(self):
        mails = self.env["mail.mail"].search([("mail_message_id", "in", self.member.message_ids.ids)])
        for mail in mails:
            self.assertNotIn(REASON, mail.body_html)
        bodies = self.member.message_ids.mapped("body")
        self.assertNotIn(REASON, "".join(bodies))

    def test_pages_of_members(self):
        for role in ("member", "household"):
            self._sign_in(role)
            for path in ("/drive", "/drive/me", "/drive/me/data", "/drive/me/data/export", "/my", "/my/account"):
                text = self.url_open(path).text
                with self.subTest(role=role, path=path):
                    # The sentence for the member is theirs to read, the reasons are not.
                    self.member.coop_state_message = "Passez nous voir"
                    self.assertNotIn(REASON, self.url_open(path).text, text[:200])

    def test_writing_it_needs_a_manager(self):
        for role in self._others():
            for name in FIELDS:
                outcome, _answer = self._rpc("res.partner", "write", self.member.ids, {name: "x"})
                with self.subTest(role=role, name=name):
                    self.assertEqual(outcome, "denied")
