"""The real till, in Chromium, as a restricted cashier."""

from odoo.tests import HttpCase, tagged

from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTillTour(HttpCase, TillCommon):
    def setUp(self):
        super().setUp()
        self.chips.barcode = "3990000000017"
        self.cheese.product_tmpl_id.drive_storage_class = "chilled"
        self.order = self._create_prepared(
            {self.cheese: 1.0, self.carrots: 1.0, self.chips: 2},
            {self.cheese: 1.13, self.carrots: 0.87},
        )
        self.order.drive_pickup_code = "TLL234"

    def _run_tour(self, name):
        self.start_tour(f"/pos/ui/{self.till.id}", name, login="till_cashier")
        self.env.invalidate_all()
        return self.order.drive_ticket_id

    def test_scan(self):
        ticket = self._run_tour("drive_till_scan")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 14.16, 2)
        self.assertAlmostEqual(self.order.amount_total, 11.66, 2)
        self.assertEqual(ticket.user_id, self.cashier)
        self.assertEqual(ticket.partner_id, self.member)
        self.assertStock(self.cheese, 98.87, 0)
        self.assertStock(self.carrots, 99.13, 0)
        self.assertStock(self.chips, 97, 0)
        picking = self._till_pickings(ticket)
        self.assertEqual(picking.move_ids.mapped("quantity"), [1])

    def test_screen(self):
        ticket = self._run_tour("drive_till_screen")
        self.assertHandedOver(self.order, ticket)
        self.assertAlmostEqual(ticket.amount_total, 9.16, 2)
        self.assertStock(self.chips, 99, 0)
        self.assertFalse(self._till_pickings(ticket))
