"""A basket paid online before its member comes, by a real provider: with `payment_demo`, which the
addon does not need. ``tests/test_kits.py`` installs it and runs these."""

from odoo import Command
from odoo.tests import tagged

from .scenario_common import ScenarioCommon


# A tag of its own: only those who have installed `payment_demo` ask for it.
@tagged("-standard", "-at_install", "drive_payment_demo", "post_install")
class TestTillOnline(ScenarioCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env.ref("payment.payment_provider_demo")
        journal = cls.env["account.journal"].create({"name": "Online", "type": "bank", "code": "ONLN"})
        cls.provider.write({"state": "test", "journal_id": journal.id})
        cls.provider.company_id = cls.company

    def _pay_online(self, order, amount, outcome="done"):
        """As the page of a provider does: asked, answered, noted in the books."""
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.env.ref("payment_demo.payment_method_demo").id,
                "reference": self.env["payment.transaction"]._compute_reference("demo", prefix=order.name),
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        payment._process("demo", {"reference": payment.reference, "simulated_state": outcome})
        payment._post_process()
        self.assertEqual(payment.state, outcome)
        return payment

    def _sold(self, order):
        lines = self._ticket_lines(self._load(order))
        for line in lines:
            line["sale_order_origin_id"] = order.id
        return self._sync(self._ticket(lines, order))

    def _basket(self):
        """Of 9.96 euros: 1.13 kg of cheese and two beers."""
        return self._create_prepared({self.cheese: 1.0, self.beer: 2}, {self.cheese: 1.13})

    def test_a_part(self):
        order = self._basket()
        payment = self._pay_online(order, 5.0)
        self.assertEqual(payment.payment_id.state in ("paid", "in_process"), True)
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 4.96, 2)
        self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.87, 0)
        self._close_session()
        self.assertChainHolds()

    def test_before_it_was_prepared(self):
        """What was ordered is paid in full; more was weighed, then less."""
        for found, rest in ((1.13, 0.43), (0.87, -0.43)):
            with self.subTest(found=found):
                order = self._create_confirmed({self.cheese: 1.0, self.beer: 2})
                self._pay_online(order, order.amount_total)
                self.assertEqual(order.drive_state, "confirmed")
                self._prepare(order, {self.cheese: found})
                ticket = self._sold(order)
                self.assertAlmostEqual(ticket.amount_total, rest, 2)
                self.assertHandedOver(order, ticket)

    def test_all_of_it(self):
        """Nothing is left to pay: the ticket says so, and the basket leaves."""
        order = self._basket()
        self._pay_online(order, 9.96)
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 0.0, 2)
        self.assertHandedOver(order, ticket)
        self._close_session()

    def test_twice(self):
        order = self._basket()
        self._pay_online(order, 5.0)
        self._pay_online(order, 1.01)
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 3.95, 2)
        self.assertHandedOver(order, ticket)

    def test_what_did_not_come(self):
        """Refused, given up, or not sure yet: the member pays at the till."""
        order = self._basket()
        for outcome in ("pending", "cancel", "error"):
            self._pay_online(order, 5.0, outcome)
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 9.96, 2)
        self.assertHandedOver(order, ticket)

    def test_with_an_invoice_at_once(self):
        """The shop's setting that makes an invoice of each online payment: its taxes are not
        declared again by the ticket."""
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", "True")
        order = self._basket()
        self._pay_online(order, 5.0)
        invoice = order.invoice_ids
        self.assertEqual(invoice.state, "posted")
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 4.96, 2)
        self.assertEqual(order.drive_state, "done")
        self._close_session()
        taxes = (self.till_session.move_id | invoice).line_ids.filtered("tax_line_id")
        self.assertAlmostEqual(-sum(taxes.mapped("balance")), 0.2, 2)
