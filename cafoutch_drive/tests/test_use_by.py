"""Without `product_expiry` lots have no dates; `tests/test_use_by.py` looks at them where it is installed."""

from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestUseBy(BatchCommon):
    def test_without_dates_nothing_is_said(self):
        cell = self.cell(self.phone.open(self.batch.id), self.bread_line)
        self.assertEqual(cell["dates"], [])

    def test_nor_asked(self):
        self.assertFalse(self.env["stock.lot"]._drive_has_dates())
        lines = self.order.order_line
        with self.assertQueryCount(0):
            self.assertEqual(lines._drive_use_by_rows(), {})
