"""What a household usually takes: from orders and tickets, the most regular first."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestUsual(TillCommon):
    def setUp(self):
        super().setUp()
        self.point.max_open_orders = 99
        self._set_stock(self.bread, 100)
        self.slot = self._create_slot(hours=40, capacity=99)

    def _order(self, days, quantities, member=None, state="done"):
        """An order of so many days ago."""
        order = self._create_confirmed(quantities, self.slot, member)
        self.env.flush_all()
        order.drive_state = state
        order.date_order = fields.Datetime.now() - timedelta(days=days)
        return order

    def _bought(self, days, quantities, member=None):
        """What was bought at the till so many days ago, outside of any order."""
        lines = [self._line_vals(product, quantity) for product, quantity in quantities.items()]
        # A ticket's date cannot be changed afterwards, by law.
        date = fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=days))
        return self._sync(self._ticket(lines, partner_id=(member or self.member).id, date_order=date))

    def assertUsual(self, expected, member=None):
        usual = (member or self.member)._drive_usual()
        found = [(self.env["product.product"].browse(number), qty) for number, qty in usual.items()]
        self.assertEqual([(product.name, qty) for product, qty in found], [(p.name, q) for p, q in expected])

    def test_nothing_yet(self):
        self.assertUsual([])

    def test_habits_before_whims(self):
        for week in range(1, 7):
            self._order(7 * week, {self.bread: 1})
        self._order(1, {self.beer: 1})
        self._order(30, {self.chips: 1})
        self._order(60, {self.chips: 1})
        self.assertUsual([(self.bread, 1), (self.chips, 1), (self.beer, 1)])

    def test_what_was_given_up_sinks(self):
        """Four times half a year ago is less than twice this month."""
        for days in (180, 187, 194, 201):
            self._order(days, {self.chips: 1})
        for days in (3, 20):
            self._order(days, {self.beer: 1})
        self.assertUsual([(self.beer, 1), (self.chips, 1)])

    def test_not_for_ever(self):
        self._order(366, {self.bread: 1})
        self._order(364, {self.beer: 1})
        self.assertUsual([(self.beer, 1)])

    def test_the_quantity_in_the_middle(self):
        for days, quantity in ((7, 2), (14, 1), (21, 2), (28, 9)):
            self._order(days, {self.bread: quantity})
        self.assertUsual([(self.bread, 2)])

    def test_two_on_one_day_are_one(self):
        self._order(2, {self.bread: 1})
        self._order(2, {self.bread: 2})
        for days in (3, 5):
            self._order(days, {self.beer: 1})
        self.assertUsual([(self.beer, 1), (self.bread, 3)])

    def test_what_was_ordered_not_what_was_found(self):
        order = self._order(2, {self.bread: 3, self.beer: 1})
        lines = {line.product_id: line for line in order.order_line}
        lines[self.bread].product_uom_qty = 1
        self.assertUsual([(self.bread, 3), (self.beer, 1)])
        lines[self.beer].drive_substitute_of_id = lines[self.bread]
        self.assertUsual([(self.bread, 3)])

    def test_only_what_was_taken(self):
        for state in ("cancelled", "no_show"):
            self._order(2, {self.bread: 1}, state=state)
        basket = self._create_basket({self.beer: 1})
        self.assertUsual([])
        basket.unlink()
        for state in ("confirmed", "preparing", "ready"):
            self._order(2, {self.chips: 1}, state=state)
        self.assertUsual([(self.chips, 3)])

    def test_the_household_s(self):
        partner = self._create_member("Dominique Durand", parent_id=self.member.id, state=False)
        stranger = self._create_member("Ali Ben")
        self._order(2, {self.bread: 1}, partner)
        self._order(3, {self.beer: 1}, stranger)
        self.assertUsual([(self.bread, 1)])
        self.assertUsual([(self.bread, 1)], partner)
        self.assertUsual([(self.beer, 1)], stranger)
        # Who moves out takes what they ordered along, and no more.
        self._order(1, {self.chips: 1})
        partner.parent_id = False
        self.assertUsual([(self.bread, 1)], partner)

    def test_the_till_s(self):
        """What was bought at the till counts, and what was brought back does not."""
        partner = self._create_member("Dominique Durand", parent_id=self.member.id, state=False)
        self._bought(2, {self.beer: 2}, partner)
        self._bought(9, {self.beer: 4}, partner)
        self._bought(3, {self.chips: 1, self.bread: -1})
        self._bought(1, {self.carrots: 1}, self._create_member("Ali Ben"))
        self.assertUsual([(self.beer, 2), (self.chips, 1)])

    def test_an_order_paid_at_the_till_is_one_purchase(self):
        """Its lines are on the order and on the ticket; the article beside it only there."""
        order = self._create_prepared({self.bread: 2})
        ticket = self._pay(order, extras=[(self.beer, 1)])
        self.assertHandedOver(order, ticket)
        order.date_order = fields.Datetime.now() - timedelta(days=40)
        self._bought(1, {self.chips: 1})
        self.assertUsual([(self.beer, 1), (self.chips, 1), (self.bread, 2)])
