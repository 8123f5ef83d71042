"""Forgetting a person who left: nothing names them any longer, accounting stays."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCase

from .common import DriveCommon, PatientHttpCase
from .till_common import TillCommon

NAME = "Zéphyrine Quatrefages"
EMAIL = "zephyrine.q@example.org"
PHONE = "+33 4 91 76 54 32"
STREET = "17 impasse des Hirondelles"
NOTE = "Allergique aux noix de pécan"
CARD = "0420000987652"
SECRETS = ("quatrefages", "zéphyrine", "zephyrine", "91 76 54 32", "491765432", "hirondelles", "noix de p", CARD)


class ForgetCommon(DriveCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.manager = new_test_user(
            cls.env, login="forget_manager", groups="cafoutch_drive.group_manager", name="Référente"
        )
        cls.person = cls._create_member(NAME, login=EMAIL)
        cls.user = cls.person.user_ids
        cls.person.write(
            {
                "email": EMAIL,
                "phone": PHONE,
                "street": STREET,
                "zip": "13001",
                "city": "Marseille",
                "coop_number": "9876543",
                "barcode": CARD,
                "comment": f"<p>{NOTE}</p>",
                "coop_state_message": f"Bonjour {NAME}",
                "image_1920": b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
                "child_ids": [Command.create({"type": "delivery", "name": f"Chez {NAME}", "street": STREET})],
            }
        )

    def _live(self):
        """What a member leaves behind: an order with its mails, a message, an activity."""
        order = self._create_confirmed({self.bread: 2}, member=self.person)
        order.write({"drive_note": NOTE, "client_order_ref": NAME})
        order.picking_ids.note = NOTE
        order.message_post(body=f"Bonjour {NAME}, votre commande …", partner_ids=self.person.ids)
        order.message_post(body="Merci, Zéphyrine", author_id=self.person.id)
        order._drive_cancel()
        self.env["drive.list"]._drive_keep(self.person, f"Pour {NAME}", {self.bread: 1})
        self.env["drive.list"]._drive_favourites(self.person, create=True)._drive_set(self.bread, 1)
        self.person.message_post(body=f"{NAME} a appelé au {PHONE}")
        self.person.activity_schedule("mail.mail_activity_data_todo", note=f"Rappeler {NAME}")
        self.env["ir.attachment"].create(
            {"name": f"{NAME}.txt", "raw": b"x", "res_model": "res.partner", "res_id": self.person.id}
        )
        self.env["mail.mail"].create({"email_to": EMAIL, "body_html": f"<p>{NAME}</p>"})
        self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.person.id}
        )
        self.env["ir.model.data"].create(
            {"module": "__import__", "name": "zephyrine", "model": "res.partner", "res_id": self.person.id}
        )
        self.person.write({"coop_state": "suspended", "coop_state_reason": f"{NAME} : chèque refusé"})
        return order

    def _leave(self):
        self.person.coop_state = "left"

    def _invoice(self, day=None):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.person.id,
                "invoice_date": day or fields.Date.today(),
                "date": day or fields.Date.today(),
                "invoice_line_ids": [Command.create({"name": "Panier", "price_unit": 12.5, "tax_ids": []})],
            }
        )
        invoice.action_post()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"payment_date": invoice.date}
        ).action_create_payments()
        return invoice

    def _forget(self, person=None):
        person = (person or self.person).with_user(self.manager)
        action = person.action_drive_forget()
        wizard = self.env["drive.forget"].with_user(self.manager).with_context(**action["context"]).create({})
        wizard.action_forget()
        self.env.flush_all()
        self.env.invalidate_all()

    def _today(self, day):
        return patch.object(type(self.env["res.company"]), "_drive_today", lambda company: day)

    def _found(self, secrets=SECRETS):
        """Where the database still has one of these texts: ``{table.column: text}``."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                "SELECT c.table_name, c.column_name FROM information_schema.columns c"
                " JOIN information_schema.tables t USING (table_schema, table_name)"
                " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
                "   AND c.data_type IN ('character varying', 'text', 'jsonb', 'character', 'json')"
            )
        )
        self.assertGreater(len(columns), 500)
        found = {}
        for table, column in columns:
            rows = self.env.execute_query(
                SQL(
                    "SELECT left(%(column)s::text, 200) FROM %(table)s"
                    " WHERE lower(%(column)s::text) SIMILAR TO %(secrets)s LIMIT 1",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    secrets=f"%({'|'.join(secrets)})%",
                )
            )
            if rows:
                found[f"{table}.{column}"] = rows[0][0]
        return found


@tagged("post_install", "-at_install")
class TestForget(ForgetCommon):
    def test_nothing_names_a_forgotten_person(self):
        order = self._live()
        self._leave()
        self.assertGreater(len(self._found()), 15, "there is something to erase")
        total = order.amount_total
        self._forget()
        self.assertEqual(self._found(), {})
        self.assertFalse(self.person.active)
        self.assertFalse(self.person.image_1920)
        self.assertFalse(self.person.coop_state_since)
        self.assertEqual(self.person.coop_state, "left")
        self.assertFalse(self.person.bank_ids)
        self.assertFalse(self.env["drive.list"].search([("partner_id", "=", self.person.id)]))
        self.assertTrue(self.person.drive_forgotten_at)
        self.assertFalse(self.person.drive_forget_on)
        self.assertEqual((order.amount_total, order.partner_id), (total, self.person))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2])

    def test_namesakes_and_others_keep_everything(self):
        self._live()
        twin = self._create_member(NAME, email="other.twin@example.net", phone="+33 1 00 00 00 00")
        twin.message_post(body="A word about the twin")
        before = {name: twin[name] for name in ("name", "email", "phone", "coop_state")}
        messages = twin.message_ids
        self._leave()
        self._forget()
        self.assertEqual({name: twin[name] for name in before}, before)
        self.assertEqual(twin.message_ids, messages)
        self.assertTrue(twin.active)
        self.assertTrue(self.member.active)

    def test_again_changes_nothing(self):
        self._live()
        self._leave()
        self._forget()
        logs = self.env["privacy.log"].search_count([])
        forgotten_at, name = self.person.drive_forgotten_at, self.person.name
        self._forget()
        self.assertEqual(self.env["privacy.log"].search_count([]), logs)
        self.assertEqual((self.person.drive_forgotten_at, self.person.name), (forgotten_at, name))

    def test_who_erased_whom_is_logged_without_the_name(self):
        self._leave()
        self._forget()
        log = self.env["privacy.log"].search([], order="id desc", limit=1)
        self.assertEqual(log.user_id, self.manager)
        self.assertEqual(log.anonymized_name, "Z" + "*" * 8 + " Q" + "*" * 10)
        self.person = self._create_member("Sans Adresse", state="left")
        self._forget()

    def test_the_account_ends(self):
        self._leave()
        with self.mock_mail_gateway():
            self._forget()
        self.assertFalse(self._new_mails)
        self.assertFalse(self.user.active)
        self.assertEqual(self.user.login, f"forgotten-{self.user.id}")

    # === INVOICES === #

    def test_invoices_keep_their_name_as_long_as_the_law_asks(self):
        self._live()
        invoice = self._invoice()
        self._leave()
        self._forget()
        self.assertEqual(self.person.name, NAME)
        self.assertEqual(self.person.street, STREET)
        self.assertFalse(self.person.active)
        for name in ("email", "phone", "comment", "barcode", "coop_number", "coop_state_reason", "image_1920"):
            self.assertFalse(self.person[name], name)
        self.assertEqual(invoice.partner_id.name, NAME)
        self.assertEqual(invoice.amount_total, 12.5)
        closing = date(invoice.date.year, 12, 31)
        self.assertEqual(self.person.drive_forget_on, closing.replace(year=closing.year + 10))
        # All else is gone: only accounting and the contact name them.
        tables = {place.split(".")[0] for place in self._found()}
        self.assertLessEqual(tables, {"res_partner", "account_move", "account_move_line", "account_payment"})
        self.assertEqual(set(self._found(("zephyrine.q", "91 76 54 32", "noix de p", CARD))), set())

    def test_the_last_day_of_the_law(self):
        self._live()
        invoice = self._invoice()
        self._leave()
        self._forget()
        last = self.person.drive_forget_on
        partners = self.env["res.partner"]
        with self._today(last):
            partners._cron_forget_due()
            self.assertEqual(self.person.name, NAME)
        with self._today(last + timedelta(days=40)):
            partners._cron_forget_due()
        self.env.invalidate_all()
        self.assertFalse(self.person.drive_forget_on)
        self.assertEqual(self._found(), {})
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 12.5))
        with self._today(last + timedelta(days=41)):
            partners._cron_forget_due()

    def test_old_invoices_keep_nothing(self):
        years = self.env["drive.policy"]._for(self.company).forget_years
        old = fields.Date.today().replace(month=1, day=1).replace(year=fields.Date.today().year - years - 1)
        invoice = self._invoice(old)
        self._leave()
        self._forget()
        self.assertEqual(self._found(), {})
        self.assertEqual(invoice.amount_total, 12.5)

    def test_the_duration_is_the_coop_s(self):
        self._invoice(fields.Date.today().replace(month=1, day=1) - timedelta(days=365 * 4))
        self.env["drive.policy"]._for(self.company).forget_years = 2
        self._leave()
        self._forget()
        self.assertEqual(self._found(), {})

    # === REFUSED === #

    def assertNotForgotten(self, *words):
        with self.assertRaises(UserError) as caught:
            self._forget()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(self.person.name, NAME)
        self.assertTrue(self.person.active)

    def test_members_are_not_forgotten(self):
        for state in ("candidate", "up_to_date", "alert", "exempted", "on_leave", "suspended", False):
            self.person.coop_state = state
            with self.subTest(state=state):
                self.assertNotForgotten("still a member")

    def test_the_date_decides_who_left(self):
        yesterday = self.company._drive_today() - timedelta(days=1)
        self.person.write({"coop_state": "on_leave", "coop_state_until": yesterday, "coop_state_next": "left"})
        self._forget()
        self.assertEqual(self._found(), {})

    def test_open_orders_and_slots(self):
        order = self._create_confirmed({self.bread: 1}, member=self.person)
        self._leave()
        self.assertNotForgotten(order.name)
        order._drive_cancel()
        self.person.coop_state = "up_to_date"
        basket = self._create_held({self.bread: 1}, member=self.person)
        self._leave()
        self.assertNotForgotten("slot")
        basket._drive_release_hold()
        self._forget()
        self.assertFalse(basket.exists())

    def test_unsettled_invoices(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.person.id,
                "invoice_line_ids": [Command.create({"name": "Panier", "price_unit": 12.5, "tax_ids": []})],
            }
        )
        self._leave()
        self.assertNotForgotten("not settled")
        invoice.action_post()
        self.assertNotForgotten(invoice.name)

    def test_people_attached_to_them(self):
        child = self._create_member("Enfant du foyer", state=False, parent_id=self.person.id)
        self._leave()
        self.assertNotForgotten("Enfant du foyer", "another household")
        child.parent_id = False
        self._forget()

    def test_the_team_is_not_forgotten(self):
        self.user.write({"group_ids": [Command.set(self.env.ref("cafoutch_drive.group_volunteer").ids)]})
        self._leave()
        self.assertNotForgotten("account of the team")
        with self.assertRaises(UserError):
            self.company.partner_id.with_user(self.manager).action_drive_forget()

    def test_only_managers(self):
        self._leave()
        for group in ("cafoutch_drive.group_volunteer", "cafoutch_drive.group_cashier", "base.group_partner_manager"):
            user = new_test_user(self.env, login=f"forget_{group}", groups=f"base.group_user,{group}")
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.person.with_user(user)._drive_forget()
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.env["drive.forget"].with_user(user).create({"partner_id": self.person.id})
        self.assertEqual(self.person.name, NAME)

    def test_the_question_says_what_goes_and_what_stays(self):
        self._live()
        self._leave()
        context = self.person.with_user(self.manager).action_drive_forget()["context"]
        wizards = self.env["drive.forget"].with_user(self.manager).with_context(**context)
        wizard = wizards.create({})
        self.assertIn("Notes and mails of the orders: 1", wizard.goes)
        self.assertNotIn("invoices until", wizard.stays)
        self._invoice()
        self.assertIn("invoices until", wizards.create({}).stays)
        with Form(wizards) as form:
            self.assertTrue(form.goes)


@tagged("post_install", "-at_install")
class TestForgetSession(ForgetCommon, PatientHttpCase):
    def test_sessions_end(self):
        self._leave()
        self.user.password = "zephyrine password"
        self.authenticate(EMAIL, "zephyrine password")
        self.assertNotIn("/web/login", self.url_open("/drive/orders").url)
        self._forget()
        self.env.registry.clear_all_caches()
        self.assertIn("/web/login", self.url_open("/drive/orders").url)


@tagged("post_install", "-at_install")
class TestForgetTicket(ForgetCommon, TillCommon):
    def _buy(self, method):
        order = self._create_prepared({self.chips: 2}, member=self.person)
        order.drive_note = NOTE
        ticket = self._pay(order, method=method)
        ticket.write({"general_customer_note": f"Pour {NAME}", "internal_note": NOTE, "floating_order_name": NAME})
        ticket.lines[0].customer_note = NOTE
        if method.is_cash_count:
            self._close_session()
        else:
            self.till_session.close_session_from_ui()
        self._leave()
        self.env.flush_all()
        return order, ticket

    def test_tickets_stay_with_their_amounts(self):
        order, ticket = self._buy(self.cash)
        self.assertTrue(ticket.email)
        amounts = ticket.lines.mapped("price_subtotal_incl")
        self._forget()
        self.assertEqual(self._found(), {})
        self.assertEqual(ticket.lines.mapped("price_subtotal_incl"), amounts)
        self.assertEqual((ticket.amount_total, ticket.partner_id, order.amount_total), (5.0, self.person, 5.0))
        self.assertEqual((order.drive_state, ticket.state), ("done", "done"))

    def test_entries_that_name_the_person_are_accounting(self):
        """A cheque whose payer the till asked for is an entry of its own, in their name."""
        journal = self.env["account.journal"].create({"name": "Cheques", "type": "bank", "code": "TCH2"})
        cheque = self.env["pos.payment.method"].create(
            {"name": "Cheque", "journal_id": journal.id, "split_transactions": True}
        )
        self.till = self._create_till("Caisse 2", cheque)
        self.till_session = self._open_session(self.till)
        self._buy(cheque)
        self.assertTrue(self.person._drive_kept_until())
        self._forget()
        self.assertEqual(self.person.name, NAME)
        tables = {place.split(".")[0] for place in self._found()}
        self.assertLessEqual(tables, {"res_partner", "account_move", "account_move_line", "account_payment"})
        with self._today(self.person.drive_forget_on + timedelta(days=1)):
            self.env["res.partner"]._cron_forget_due()
        self.env.invalidate_all()
        self.assertEqual(self._found(), {})
