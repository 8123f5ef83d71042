"""A part of a basket is paid before its member comes to the till."""

from odoo.exceptions import UserError
from odoo.tests import tagged

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
