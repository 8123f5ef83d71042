from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from ..tools.refusal import DriveRefusal
from .common import DriveCommon

# What each membership allows by default, and the code of its refusal.
STATES = [
    ("candidate", "candidate"),
    ("up_to_date", None),
    ("alert", None),
    ("exempted", None),
    ("on_leave", "on_leave"),
    ("suspended", "suspended"),
    ("left", "left"),
    (False, "not_member"),
]

# The shop is in Paris, the server on UTC: in summer the day begins at 22:00 UTC of
# the day before, in winter at 23:00 UTC. (last day, now in UTC, still that day?)
EDGES = [
    ("2026-07-15", "2026-07-14 12:00:00", True),
    ("2026-07-15", "2026-07-15 00:00:00", True),
    ("2026-07-15", "2026-07-15 21:59:59", True),
    ("2026-07-15", "2026-07-15 22:00:00", False),
    ("2026-07-15", "2026-07-16 12:00:00", False),
    ("2026-12-31", "2026-12-31 22:59:59", True),
    ("2026-12-31", "2026-12-31 23:00:00", False),
    # The nights in which the clocks change.
    ("2026-03-28", "2026-03-28 22:59:59", True),
    ("2026-03-28", "2026-03-28 23:00:00", False),
    ("2026-03-29", "2026-03-29 21:59:59", True),
    ("2026-03-29", "2026-03-29 22:00:00", False),
    ("2026-10-24", "2026-10-24 22:00:00", False),
    ("2026-10-25", "2026-10-25 22:59:59", True),
    ("2026-10-25", "2026-10-25 23:00:00", False),
]


@tagged("post_install", "-at_install")
class TestMembership(DriveCommon):
    def _code(self, member=None):
        refusal = (member or self.member)._drive_refusal()
        return refusal and refusal.code

    # === STATES === #

    def test_each_state(self):
        for state, code in STATES:
            self.member.coop_state = state
            with self.subTest(state=state):
                self.assertEqual(self._code(), code)
                self.assertEqual(self.member.drive_can_order, code is None)

    def test_each_refusal_has_a_sentence_and_a_way_out(self):
        for state, code in STATES:
            if not code:
                continue
            self.member.coop_state = state
            refusal = self.member._drive_refusal()
            with self.subTest(state=state):
                self.assertIsInstance(refusal, DriveRefusal)
                self.assertGreater(len(refusal.message), 20)
                self.assertEqual(refusal.url, "/drive/me")
                self.assertEqual(self.member.drive_refusal_message, refusal.message)

    def test_the_manager_decides_which_states_may_order(self):
        rules = self.env["drive.policy"]._for(self.company)
        self.member.coop_state = "candidate"
        self.assertEqual(self._code(), "candidate")
        rules.state_ids.filtered(lambda row: row.state == "candidate").may_order = True
        self.assertIsNone(self._code())
        rules.state_ids.filtered(lambda row: row.state == "up_to_date").may_order = False
        self.member.coop_state = "up_to_date"
        self.assertEqual(self._code(), "up_to_date")
        self.assertTrue(self.member._drive_refusal().message)

    def test_the_sentence_of_the_coop_then_of_the_person(self):
        rules = self.env["drive.policy"]._for(self.company)
        self.member.coop_state = "suspended"
        usual = self.member._drive_refusal().message
        rules.state_ids.filtered(lambda row: row.state == "suspended").message = "Viens nous voir jeudi."
        self.assertEqual(self.member._drive_refusal().message, "Viens nous voir jeudi.")
        self.member.coop_state_message = "Appelle Nadia."
        self.assertEqual(self.member._drive_refusal().message, "Appelle Nadia.")
        self.member.coop_state_message = False
        rules.state_ids.message = False
        self.assertEqual(self.member._drive_refusal().message, usual)

    def test_the_reason_is_not_the_sentence(self):
        self.member.write({"coop_state": "suspended", "coop_state_reason": "Secret of the office"})
        self.assertNotIn("Secret", self.member._drive_refusal().message)

    def test_a_company_without_rules_has_the_usual_ones(self):
        self.env["drive.policy"].search([("company_id", "=", self.company.id)]).unlink()
        for state, code in STATES:
            self.member.coop_state = state
            with self.subTest(state=state):
                self.assertEqual(self._code(), code)

    def test_each_company_has_its_rules(self):
        company = self.env["res.company"].create({"name": "Another coop"})
        rules = self.env["drive.policy"].search([("company_id", "=", company.id)])
        self.assertEqual(len(rules.state_ids), 7)
        self.assertEqual(self.env["drive.policy"]._for(company), rules)

    def test_the_rules_name_states_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        rules = self.env["drive.policy"]._for(self.company).with_context(lang="fr_FR")
        labels = dict(rules.state_ids._fields["state"]._description_selection(rules.env))
        partner = self.env["res.partner"].with_context(lang="fr_FR")
        self.assertEqual(labels, dict(partner._fields["coop_state"]._description_selection(partner.env)))

    def test_whom_to_talk_to(self):
        self.company.write({"email": "coop@example.org", "phone": "+33 4 91 00 00 00"})
        self.assertEqual(self.member._drive_contact(), {"email": "coop@example.org", "phone": "+33 4 91 00 00 00"})
        self.env["drive.policy"]._for(self.company).contact_email = "membres@example.org"
        self.assertEqual(self.member._drive_contact()["email"], "membres@example.org")

    # === DATES === #

    def test_the_last_day_of_a_state(self):
        for until, now, still in EDGES:
            with self.subTest(until=until, now=now), freeze_time(now):
                self.member.write(
                    {"coop_state": "up_to_date", "coop_state_until": until, "coop_state_next": "suspended"}
                )
                self.assertEqual(self._code(), None if still else "suspended")
                self.member.write({"coop_state": "on_leave", "coop_state_next": "up_to_date"})
                self.assertEqual(self._code(), "on_leave" if still else None)

    def test_the_last_day_of_an_exception(self):
        self.member.coop_state = "suspended"
        for until, now, still in EDGES:
            with self.subTest(until=until, now=now), freeze_time(now):
                self.member.drive_exception_until = until
                self.assertEqual(self._code(), None if still else "suspended")

    def test_the_clock_is_that_of_the_first_point(self):
        self.member.write(
            {"coop_state": "up_to_date", "coop_state_until": "2026-07-15", "coop_state_next": "suspended"}
        )
        with freeze_time("2026-07-15 22:30:00"):
            self.assertEqual(self._code(), "suspended")
            self.calendar.tz = "America/Martinique"
            self.assertIsNone(self._code())

    def test_an_exception_in_each_state(self):
        self.member.drive_exception_until = self.company._drive_today()
        for state, code in STATES:
            self.member.coop_state = state
            with self.subTest(state=state):
                self.assertEqual(self._code(), "not_member" if code == "not_member" else None)

    def test_the_verdict_names_the_exception(self):
        self.member.write({"coop_state": "suspended", "drive_exception_until": self.company._drive_today()})
        order = self._create_confirmed({self.bread: 1})
        self.assertEqual(order.drive_eligibility, "suspended: exception")

    def test_afterwards_it_is_an_alert_by_default(self):
        self.member.write({"coop_state": "exempted", "coop_state_until": "2020-01-01", "coop_state_next": False})
        self.assertEqual(self.member._coop_state_today(), "alert")

    def test_a_date_that_has_passed_takes_its_sentence_along(self):
        self.member.write(
            {
                "coop_state": "on_leave",
                "coop_state_until": "2020-01-01",
                "coop_state_next": "suspended",
                "coop_state_message": "Bonnes vacances",
            }
        )
        self.assertNotIn("vacances", self.member._drive_refusal().message)

    def test_the_job_writes_what_is_true_already(self):
        today = self.company._drive_today()
        other = self._create_member("Not yet", coop_state_until=today)
        attached = self.env["res.partner"].create({"name": "Noé", "parent_id": self.member.id})
        self.member.write(
            {
                "coop_state": "on_leave",
                "coop_state_until": today - timedelta(days=40),
                "coop_state_next": "up_to_date",
                "coop_state_reason": "A long journey",
            }
        )
        self.assertIsNone(self._code())
        self.env["res.partner"]._cron_apply_membership_dates()
        self.assertEqual(self.member.coop_state, "up_to_date")
        self.assertEqual(self.member.coop_state_since, today - timedelta(days=39))
        self.assertFalse(self.member.coop_state_until)
        self.assertEqual(self.member.coop_state_next, "alert")
        self.assertFalse(self.member.coop_state_reason, "that of the state that has ended")
        self.assertEqual(attached.coop_state, "up_to_date")
        self.assertEqual((other.coop_state, other.coop_state_until), ("up_to_date", today))
        self.env["res.partner"]._cron_apply_membership_dates()
        self.assertEqual(self.member.coop_state, "up_to_date")

    def test_the_job_before_midnight_in_paris(self):
        self.member.write({"coop_state_until": "2026-07-15", "coop_state_next": "left"})
        with freeze_time("2026-07-15 21:59:00"):
            self.env["res.partner"]._cron_apply_membership_dates()
            self.assertEqual(self.member.coop_state, "up_to_date")
        with freeze_time("2026-07-15 22:01:00"):
            self.env["res.partner"]._cron_apply_membership_dates()
            self.assertEqual((self.member.coop_state, self.member.coop_state_since), ("left", date(2026, 7, 16)))

    # === HISTORY === #

    def test_history_says_who_when_and_why(self):
        manager = new_test_user(
            self.env, login="history_manager", groups="cafoutch_drive.group_manager", name="Nadia Haddad"
        )
        member = self.member.with_user(manager).with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        member.write({"coop_state": "suspended", "coop_state_reason": "Two shifts missed"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        message = self.member.message_ids[0]
        self.assertEqual(message.author_id, manager.partner_id)
        changed = {
            value.field_id.name: (
                value.old_value_char or value.old_value_text,
                value.new_value_char or value.new_value_text,
            )
            for value in message.sudo().tracking_value_ids
        }
        self.assertEqual(changed["coop_state"], ("Up to date", "Suspended"))
        self.assertIn("Two shifts missed", changed["coop_state_reason"])

    # === AT EACH DOOR === #

    def test_suspended_between_basket_and_confirmation(self):
        order = self._create_held({self.bread: 2, self.apples: 1.5})
        booking, before = order.drive_booking_id, order.read(["amount_total", "write_date", "drive_pickup_code"])
        self.member.coop_state = "suspended"
        self.assertRefused("suspended", order._drive_confirm, "0123456789abcdef", order.amount_total)
        self.assertRefused("suspended", order.action_confirm)
        self.env.invalidate_all()
        self.assertEqual((order.state, order.drive_state), ("draft", "basket"))
        self.assertEqual((order.drive_booking_id, booking.state), (booking, "held"))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 1.5])
        self.assertEqual(order.read(["amount_total", "write_date", "drive_pickup_code"]), before)
        self.assertFalse(order.picking_ids)
        self.assertStock(self.bread, 10, 0)

    def test_search_by_who_may_order(self):
        other = self._create_member("Other", state="suspended")
        attached = self.env["res.partner"].create({"name": "Attached", "parent_id": self.member.id})
        people = self.member | other | attached
        may = self.env["res.partner"].search([("drive_can_order", "=", True), ("id", "in", people.ids)])
        self.assertEqual(may, self.member | attached)
        may_not = self.env["res.partner"].search([("drive_can_order", "=", False), ("id", "in", people.ids)])
        self.assertEqual(may_not, other)
