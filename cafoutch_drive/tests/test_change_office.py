"""Lines of a confirmed order that the back office changes: with the same promises."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..tools.invariants import offending
from .test_change import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeOffice(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_confirmed({cls.bread: 2, cls.apples: 1.5})
        cls.order.pending_email_template_id = False
        cls.seller = new_test_user(cls.env, login="seller", groups="sales_team.group_sale_salesman_all_leads")

    def _write(self, product, quantity):
        """As the sales form saves it, by somebody who sells."""
        line = self.order.order_line.filtered(lambda line: line.product_id == product)
        command = (
            Command.update(line.id, {"product_uom_qty": quantity})
            if line
            else Command.create({"product_id": product.id, "product_uom_qty": quantity})
        )
        with self.env.cr.savepoint():
            self.order.with_user(self.seller).write({"order_line": [command]})

    def assertFollows(self, holds):
        self.assertHolds(holds)
        self.assertEqual(self.order.pending_email_template_id, self.env.ref("cafoutch_drive.mail_template_changed"))
        self.env.flush_all()
        self.assertFalse([rule.title for rule, _names, _rows in offending(self.env.cr)])

    def test_more_is_reserved(self):
        self._write(self.bread, 10)
        self.assertFollows({self.bread: 10, self.apples: 1.5})

    def test_less_is_given_back(self):
        self._write(self.bread, 1)
        self.assertFollows({self.bread: 1, self.apples: 1.5})
        self.assertStock(self.bread, 10, 1)

    def test_something_new(self):
        self._write(self.milk, 6)
        self.assertFollows({self.bread: 2, self.apples: 1.5, self.milk: 6})

    def test_more_than_there_is_is_refused(self):
        before = self._state()
        self.assertStands(before, "short", self._write, self.bread, 11)
        self.assertStands(before, "short", self._write, self.milk, 7)

    def test_more_lines_than_the_slot_can_prepare_are_refused(self):
        self.slot.line_capacity = 2
        before = self._state()
        self.assertStands(before, "slot_lines", self._write, self.milk, 1)

    def test_nothing_follows_in_a_basket_or_in_preparation(self):
        basket = self._create_basket({self.bread: 1}, self._create_member("Dina"))
        basket.order_line.product_uom_qty = 50
        self.assertFalse(basket.order_line.drive_ordered_qty)
        self.order._drive_start_preparation()
        self.order.order_line[0]._drive_pick(2)
        self.order.order_line[1]._drive_short(1, "partial")
        self.assertEqual(self.order.order_line.mapped("drive_ordered_qty"), [2, 1.5])
        self.assertFalse(self.order.pending_email_template_id)
