"""Two tills and one basket, baskets of another day, and a session closed with a ticket open."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_till_handover import HandoverCommon


@tagged("post_install", "-at_install")
class TestTwoTills(HandoverCommon):
    def setUp(self):
        super().setUp()
        self.second = self._create_till("Caisse du fond", self.cheque)
        self.second_session = self._open_session(self.second)
        self.order = self._create_prepared({self.beer: 2})
        self.order.drive_crate_ids._drive_set_till_state("here")
        # Whatever the hour is, its day is today.
        now = fields.Datetime.now()
        self.slot.write({"start": now, "stop": now + timedelta(minutes=15), "window_start": now})

    def _ask(self, till, method="drive_till_open", order=None):
        orders = self.env["sale.order"].with_user(self.cashier)
        answer = getattr(orders, method)(till.id, (order or self.order).id)
        self.env.flush_all()
        self.env.invalidate_all()
        return answer

    def test_the_second_is_told(self):
        self.assertEqual(self._ask(self.till)["notices"], [])
        # The same till may open it again.
        self.assertEqual(self._ask(self.till)["notices"], [])
        [notice] = self._ask(self.second)["notices"]
        self.assertIn("“Caisse”", notice)
        self.assertIn("first who takes the money", notice)
        # Now it is the first that comes second.
        self.assertIn("“Caisse du fond”", self._ask(self.till)["notices"][0])

    def _shut(self):
        """Close a session in which nothing was sold."""
        self.till_session.post_closing_cash_details(0)
        self.till_session.close_session_from_ui()
        self.assertEqual(self.till_session.state, "closed")

    def test_a_till_that_was_closed(self):
        """Nobody has it open any more."""
        self._ask(self.till)
        self._shut()
        self.assertEqual(self._ask(self.second)["notices"], [])

    def test_the_first_to_pay_wins(self):
        lines = self._ticket_lines(self._ask(self.till)["lines"])
        late = self._ticket(
            self._ticket_lines(self._ask(self.second)["lines"]), self.order, session=self.second_session
        )
        ticket = self._sync(self._ticket(lines, self.order))
        # Told before the money is taken, and refused with it.
        self.assertIn("handed over already", self._ask(self.second, "drive_till_may_pay")["refusal"])
        with self.assertRaisesRegex(UserError, "handed over already"), self.env.cr.savepoint():
            self._sync(late)
        self.assertHandedOver(self.order, ticket)
        self.assertStock(self.beer, 98, 0)

    # === ANOTHER DAY === #

    def test_ready_of_another_day(self):
        """It is handed over, and the cashier reads when it had been expected."""
        slot = self._create_slot(50)
        order = self._create_prepared({self.beer: 1}, slot=slot)
        [notice] = self._ask(self.till, order=order)["notices"]
        self.assertIn(slot._drive_label(), notice)

    def test_not_ready_of_another_day(self):
        slot = self._create_slot(50)
        order = self._create_confirmed({self.beer: 1}, slot=slot)
        refusal = self._ask(self.till, order=order)["refusal"]
        self.assertIn("not prepared yet", refusal)
        self.assertIn(slot._drive_day_label(), refusal)

    # === A SESSION THAT CLOSES === #

    def test_a_session_closed_with_a_ticket_open(self):
        """The ticket goes, the basket stays: the next session is given it."""
        draft = self._ticket(
            self._ticket_lines(self._ask(self.till)["lines"]),
            self.order,
            state="draft",
            payment_ids=[],
            amount_paid=0,
        )
        ticket = self._sync(draft)
        self.till_session.post_closing_cash_details(0)
        self.assertFalse(self.till_session.close_session_from_ui()["successful"])
        ticket.action_pos_order_cancel()
        self._shut()
        self.assertEqual((self.order.drive_state, self.order.drive_ticket_id.id), ("ready", False))
        self.assertStock(self.beer, 100, 2)
        self.till_session = self._open_session(self.till)
        paid = self._pay(self.order)
        self.assertHandedOver(self.order, paid)
        self.assertStock(self.beer, 98, 0)
