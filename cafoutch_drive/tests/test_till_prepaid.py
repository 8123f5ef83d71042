"""A part of a basket is paid before its member comes to the till."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .scenario_common import ScenarioCommon
from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTillPrepaid(TillCommon):
    def _lines(self, order):
        lines = self._ticket_lines(self._load(order))
        for line in lines:
            line["sale_order_origin_id"] = order.id
        return lines

    def setUp(self):
        super().setUp()
        self.till.down_payment_product_id = self._create_product("Acompte", 0, type="service", is_storable=False)
        self.order = self._create_prepared({self.beer: 2})

    def assertRefused(self, lines):
        with self.assertRaisesRegex(UserError, "was paid before"), self.env.cr.savepoint():
            self._sync(self._ticket(lines, self.order))
        self.assertEqual(self.order.drive_state, "ready")

    def test_only_the_rest(self):
        self._pay_before(self.order, 5.0)
        ticket = self._sync(self._ticket(self._lines(self.order), self.order))
        self.assertAlmostEqual(ticket.amount_total, 1.2, 2)
        self.assertHandedOver(self.order, ticket)
        self.assertFalse(self.order.order_line.filtered("is_downpayment"))

    def test_money_back(self):
        """More was paid than what is handed over costs."""
        self._pay_before(self.order, 10.0)
        ticket = self._sync(self._ticket(self._lines(self.order), self.order))
        self.assertAlmostEqual(ticket.amount_total, -3.8, 2)
        self.assertHandedOver(self.order, ticket)

    def test_not_received(self):
        self._pay_before(self.order, 5.0, state="pending")
        ticket = self._sync(self._ticket(self._lines(self.order), self.order))
        self.assertAlmostEqual(ticket.amount_total, 6.2, 2)

    def test_the_ticket_says_otherwise(self):
        """Neither twice, nor more than was paid: whatever a till sends."""
        lines = self._lines(self.order)
        self._pay_before(self.order, 5.0)
        self.assertRefused(lines)
        lines = self._lines(self.order)
        lines[-1].update(price_unit=-6.0, price_subtotal=-6.0, price_subtotal_incl=-6.0)
        self.assertRefused(lines)

    def test_no_product_for_it(self):
        self._pay_before(self.order, 5.0)
        self.till.down_payment_product_id = False
        answer = (
            self.env["sale.order"]
            .with_user(self.cashier)
            .drive_till_open(self.till.id, code=self.order.drive_pickup_code)
        )
        self.assertIn("down payment product", answer["refusal"])


@tagged("post_install", "-at_install")
class TestTillInvoicedBefore(ScenarioCommon):
    """A down payment with an invoice: its taxes are booked already, and not again by the ticket."""

    def _sold(self, order, **values):
        lines = self._ticket_lines(self._load(order))
        for line in lines:
            line["sale_order_origin_id"] = order.id
        return self._sync(self._ticket(lines, order, **values))

    def assertBooked(self, order, ticket, invoices, sales, tax):
        """What the session and the invoices say together is what the basket came to."""
        self._close_session()
        moves = self.till_session.move_id | invoices | ticket.account_move
        taxes = moves.line_ids.filtered("tax_line_id")
        self.assertAlmostEqual(-sum(taxes.mapped("balance")), tax, 2)
        income = moves.line_ids.filtered(lambda line: line.account_id.account_type.startswith("income")) - taxes
        self.assertAlmostEqual(-sum(income.mapped("balance")), sales, 2)
        self.assertEqual(order.drive_state, "done")
        self.assertEqual(order.drive_ticket_id, ticket)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertChainHolds()

    def test_a_down_payment(self):
        """Tax included, tax on top, and none."""
        order = self._create_prepared({self.cheese: 1.0, self.wine: 1, self.beer: 2}, {self.cheese: 1.13})
        self.assertEqual(round(order.amount_total, 2), 21.95)
        invoice = self._invoice_before(order, 10.0)
        self.assertEqual(invoice.payment_state in ("paid", "in_payment"), True)
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 11.95, 2)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertBooked(order, ticket, invoice, 19.75, 2.2)

    def test_a_part_of_it_came(self):
        """An invoice of 10 euros, of which 4 were paid: the ticket declares the rest."""
        order = self._create_prepared({self.cheese: 1.0, self.wine: 1, self.beer: 2}, {self.cheese: 1.13})
        invoice = self._invoice_before(order, 10.0, paid=4.0)
        self.assertEqual(invoice.payment_state, "partial")
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 17.95, 2)
        self.assertEqual((order.drive_state, order.drive_ticket_id), ("done", ticket))
        tax = -sum(invoice.line_ids.filtered("tax_line_id").mapped("balance"))
        self.assertAlmostEqual(ticket.amount_tax, 2.2 - tax * 0.4, 2)

    def test_not_paid(self):
        order = self._create_prepared({self.cheese: 1.0})
        self._invoice_before(order, 2.0, paid=0)
        self.assertAlmostEqual(self._sold(order).amount_total, 3.33, 2)

    def test_before_it_was_prepared(self):
        """The line of a down payment is no article: nobody looks for it on a shelf."""
        order = self._create_confirmed({self.cheese: 1.0})
        invoice = self._invoice_before(order, 2.0)
        self._prepare(order, {self.cheese: 0.9})
        self.assertEqual(len(self._load(order)), 2)
        ticket = self._sold(order)
        self.assertAlmostEqual(ticket.amount_total, 1.0, 2)
        self.assertBooked(order, ticket, invoice, 2.84, 0.16)

    def test_with_an_invoice_of_the_ticket_too(self):
        order = self._create_prepared({self.cheese: 1.0, self.beer: 2}, {self.cheese: 1.13})
        invoice = self._invoice_before(order, 5.0)
        ticket = self._sold(order)
        ticket.with_user(self.cashier).with_context(generate_pdf=False).action_pos_order_invoice()
        self.assertAlmostEqual(ticket.account_move.amount_total, 4.96, 2)
        self.assertBooked(order, ticket, invoice, 9.76, 0.2)
