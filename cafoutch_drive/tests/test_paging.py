from odoo.tests import BaseCase, tagged

from ..tools.paging import GAP, linked_pages


@tagged("post_install", "-at_install")
class TestPaging(BaseCase):
    """Which pages a list links to."""

    def test_short_lists_name_all(self):
        self.assertEqual(linked_pages(1, 1), [1])
        self.assertEqual(linked_pages(2, 3), [1, 2, 3])
        self.assertEqual(linked_pages(3, 5), [1, 2, 3, 4, 5])

    def test_gaps(self):
        self.assertEqual(linked_pages(1, 9), [1, 2, GAP, 9])
        self.assertEqual(linked_pages(5, 9), [1, GAP, 4, 5, 6, GAP, 9])
        self.assertEqual(linked_pages(9, 9), [1, GAP, 8, 9])

    def test_a_long_list_names_no_more(self):
        self.assertEqual(linked_pages(500, 100_000), [1, GAP, 499, 500, 501, GAP, 100_000])
