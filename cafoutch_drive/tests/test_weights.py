from odoo.tests import tagged

from .preparation_common import PreparationCommon


@tagged("post_install", "-at_install")
class TestWeights(PreparationCommon):
    """What is weighed beside what was ordered."""

    def test_from_which_difference_the_preparer_is_asked(self):
        policy = self.env["drive.policy"]._for(self.company)
        self.start()
        for tolerance, asked, not_asked in ((10, 1.11, 1.1), (30, 1.31, 1.3), (0, 1.001, 1.0)):
            policy.weight_tolerance = tolerance
            self.assertEqual(self.apples_line._drive_expected_range()[1], not_asked)
            self.told("ask", "take", line=self.apples_line.id, qty=asked)
        policy.weight_tolerance = 30
        self.does("take", line=self.apples_line.id, qty=1.3)
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.3)
