"""What is brought back after it was paid: never more than was sold, as the lot that it was."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTillRefund(TillCommon):
    def _bring_back(self, ticket, qty, lots=(), **values):
        [sold] = ticket.lines
        row = {"tax_ids": sold.tax_ids.ids, "lots": lots}
        line = self._line_vals(sold.product_id, -qty, sold.price_unit, row, refunded_orderline_id=sold.id)
        line.update(sale_order_line_id=False, sale_order_origin_id=False)
        result = self._sync(self._ticket([line], is_refund=True, **values))
        return ticket.lines.refund_orderline_ids.order_id.sorted("id")[-1:] or result

    def _lot_stock(self, product):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", self.stock.id)]
        )
        return {quant.lot_id.name: round(quant.quantity, 3) for quant in quants}

    def _create_comte(self, *quantities):
        product = self._create_product("Comté", 20.0, uom_id=self.kilo.id, tracking="lot")
        for number, quantity in enumerate(quantities, 1):
            lot = self.env["stock.lot"].create({"name": f"H{number}", "product_id": product.id})
            self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity, lot_id=lot)
        return product

    def assertRefundRefused(self, ticket, qty):
        count = self.env["pos.order"].search_count([])
        with self.assertRaisesRegex(UserError, "would be taken back"), self.env.cr.savepoint():
            self._bring_back(ticket, qty)
        self.assertEqual(self.env["pos.order"].search_count([]), count)

    def test_never_more_than_was_sold(self):
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 0.9})
        ticket = self._pay(order)
        self.assertRefundRefused(ticket, 0.901)
        self._bring_back(ticket, 0.5)
        self.assertStock(self.cheese, 99.6, 0)
        self.assertRefundRefused(ticket, 0.5)
        self.assertStock(self.cheese, 99.6, 0)
        self._bring_back(ticket, 0.4)
        self.assertStock(self.cheese, 100, 0)
        self.assertRefundRefused(ticket, 0.001)
        self.assertAlmostEqual(order.order_line.qty_delivered, 0.0, 3)

    def test_a_draft_is_no_refund(self):
        """A refund that nobody paid out yet takes nothing back."""
        ticket = self._pay(self._create_prepared({self.beer: 2}))
        self._bring_back(ticket, 2, state="draft", payment_ids=[], amount_paid=0)
        self.assertStock(self.beer, 98, 0)
        self._bring_back(ticket, 2)
        self.assertStock(self.beer, 100, 0)

    def test_a_part_of_a_lot(self):
        """400 g: the till names no lot, they come back all the same, again and again."""
        product = self._create_comte(5.0)
        ticket = self._pay(self._create_prepared({product: 1.0}, {product: 1.1}))
        self.assertEqual(self._lot_stock(product), {"H1": 3.9})
        for expected in (4.3, 4.7):
            refund = self._bring_back(ticket, 0.4)
            self.assertEqual(refund.picking_ids.mapped("state"), ["done"])
            self.assertEqual(self._lot_stock(product), {"H1": expected})
        self._close_session()
        self.assertEqual(self._lot_stock(product), {"H1": 4.7})

    def test_a_lot_that_the_till_names(self):
        product = self._create_comte(5.0)
        ticket = self._pay(self._create_prepared({product: 2.0}, {product: 2.1}))
        self._bring_back(ticket, 1.5, lots=["H1"])
        self.assertEqual(self._lot_stock(product), {"H1": 4.4})

    def test_sold_without_a_lot(self):
        """The cashier took the lot off the ticket: the delivery knows what was sold."""
        product = self._create_comte(5.0)
        order = self._create_prepared({product: 1.0}, {product: 1.1})
        lines = self._ticket_lines(self._load(order))
        lines[0]["pack_lot_ids"] = []
        ticket = self._sync(self._ticket(lines, order))
        self.assertEqual(self._lot_stock(product), {"H1": 3.9})
        self._bring_back(ticket, 0.4)
        self.assertEqual(self._lot_stock(product), {"H1": 4.3})

    def test_other_tickets_are_odoo_s(self):
        """A sale that is not of the drive is refunded as Odoo does."""
        ticket = self._sync(self._ticket([self._line_vals(self.beer, 2)]))
        self._bring_back(ticket, 3)
        self.assertStock(self.beer, 101, 0)


@tagged("post_install", "-at_install")
class TestTillRefundAtClosing(TillCommon):
    """Where Odoo moves a refund's goods when the session closes."""

    stock_moves = "closing"
    _bring_back = TestTillRefund._bring_back
    _lot_stock = TestTillRefund._lot_stock
    _create_comte = TestTillRefund._create_comte

    def test_parts_of_a_lot(self):
        product = self._create_comte(5.0)
        ticket = self._pay(self._create_prepared({product: 1.0}, {product: 1.1}))
        self._bring_back(ticket, 0.4)
        self._bring_back(ticket, 0.4)
        self._close_session()
        self.assertEqual(self._lot_stock(product), {"H1": 4.7})
