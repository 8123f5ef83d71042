"""Paying a prepared order at the till: stock once, money right."""

from odoo import Command
from odoo.tests import tagged

from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTill(TillCommon):
    def test_weights(self):
        """The weighed quantities are charged, and leave, to the gram."""
        order = self._create_prepared(
            {self.cheese: 1.0, self.carrots: 1.0},
            {self.cheese: 1.13, self.carrots: 0.87},
        )
        self.assertStock(self.cheese, 100, 1.13)
        ticket = self._pay(order)
        amounts = {line.product_id: (line.qty, line.price_subtotal_incl) for line in ticket.lines}
        self.assertEqual(amounts[self.cheese], (1.13, 3.76))
        self.assertEqual(amounts[self.carrots], (0.87, 2.90))
        self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.87, 0)
        self.assertStock(self.carrots, 99.13, 0)
        self.assertFalse(self._till_pickings(ticket))
        self._close_session()
        self.assertStock(self.cheese, 98.87, 0)
        self.assertFalse(self._till_pickings(ticket))

    def test_shortage(self):
        """What was not there is neither charged nor moved."""
        order = self._create_prepared({self.bread: 2, self.chips: 3}, {self.bread: 0, self.chips: 2})
        rows = self._load(order)
        self.assertEqual([(row["product_id"], row["qty"]) for row in rows], [(self.chips.id, 2)])
        ticket = self._pay(order)
        self.assertAlmostEqual(ticket.amount_total, 5.0, 2)
        self.assertHandedOver(order, ticket)
        self.assertStock(self.bread, 10, 0)
        self.assertStock(self.chips, 98, 0)

    def test_substitute(self):
        """What replaces an article is charged as was promised, and leaves from its own shelf."""
        shelf = self.env["pos.category"].create({"name": "Boissons"})
        self.beer.pos_categ_ids = shelf
        dearer = self._create_product("Bière brune", 3.5, stock=20, pos_categ_ids=[Command.set(shelf.ids)])
        order = self._create_prepared({self.beer: 2, self.chips: 1}, {self.beer: 0})
        order.drive_substitution = "similar"
        order._drive_reopen_preparation()
        order.order_line.filtered(lambda line: line.product_id == self.beer)._drive_replace_with(dearer)
        order._drive_finish_preparation()
        ticket = self._pay(order)
        amounts = {line.product_id: (line.qty, line.price_subtotal_incl) for line in ticket.lines}
        self.assertEqual(amounts, {dearer: (2, 6.2), self.chips: (1, 2.5)})
        self.assertHandedOver(order, ticket)
        self._close_session()
        self.assertStock(dearer, 18, 0)
        self.assertStock(self.beer, 100, 0)

    def test_articles_on_the_spot(self):
        """Only what was bought on the spot makes a picking of the till; the same
        article beside the basket's leaves by that one."""
        order = self._create_prepared({self.beer: 2})
        ticket = self._pay(order, extras=[(self.chips, 4), (self.beer, 3)])
        self.assertAlmostEqual(ticket.amount_total, 2 * 3.1 + 4 * 2.5 + 3 * 3.1, 2)
        self.assertHandedOver(order, ticket)
        self.assertAlmostEqual(order.amount_total, 6.2, 2)
        self._close_session()
        picking = self._till_pickings(ticket)
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.state, "done")
        self.assertEqual(
            {move.product_id: move.quantity for move in picking.move_ids},
            {self.chips: 4, self.beer: 3},
        )
        self.assertStock(self.beer, 95, 0)
        self.assertStock(self.chips, 96, 0)

    def test_changed_at_the_till(self):
        """Reduced and removed articles stay in the stock, free again, and the
        order says what was sold."""
        order = self._create_prepared({self.cheese: 2.0, self.beer: 3, self.chips: 1}, {self.cheese: 2.1})
        ticket = self._pay(order, changed={self.beer: 2, self.chips: 0})
        self.assertHandedOver(order, ticket)
        self.assertAlmostEqual(order.amount_total, 6.99 + 6.2, 2)
        self.assertAlmostEqual(ticket.amount_total, 6.99 + 6.2, 2)
        self.assertStock(self.cheese, 97.9, 0)
        self.assertStock(self.beer, 98, 0)
        self.assertStock(self.chips, 100, 0)
        refused = order.order_line.filtered(lambda line: line.product_id == self.chips)
        self.assertEqual(refused.product_uom_qty, 0)
        self.assertEqual(refused.move_ids.mapped("state"), ["cancel"])

    def test_raised_at_the_till(self):
        """More than was prepared leaves by the order's own picking too."""
        order = self._create_prepared({self.beer: 2})
        ticket = self._pay(order, changed={self.beer: 3})
        self.assertHandedOver(order, ticket)
        self.assertStock(self.beer, 97, 0)
        self.assertFalse(self._till_pickings(ticket))

    def test_price_is_the_order_s(self):
        """A pricelist with a threshold does not price the weighed goods again."""
        self.member.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "By the kilo",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.cheese.id,
                            "min_quantity": 1.0,
                            "compute_price": "fixed",
                            "fixed_price": 3.0,
                        }
                    )
                ],
            }
        )
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 0.87})
        [row] = self._load(order)
        self.assertEqual(row["price_unit"], 3.0)
        ticket = self._pay(order, changed={self.cheese: 0.5})
        self.assertAlmostEqual(ticket.amount_total, 1.5, 2)
        self.assertHandedOver(order, ticket)

    def test_discount(self):
        """A discount is kept, also when the cashier takes an article off."""
        order = self._create_confirmed({self.beer: 3})
        order.order_line.discount = 10
        self._prepare(order, {})
        [row] = self._load(order)
        self.assertEqual((row["price_unit"], row["discount"]), (3.1, 10))
        ticket = self._pay(order, changed={self.beer: 2})
        self.assertAlmostEqual(ticket.amount_total, 5.58, 2)
        self.assertEqual(order.order_line.discount, 10)
        self.assertHandedOver(order, ticket)

    def test_dozen(self):
        """Ordered by the dozen, sold and moved by the piece."""
        basket = self._create_held({self.beer: 2})
        basket.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        basket._drive_confirm("test-key-dozen", basket.amount_total)
        self.assertStock(self.beer, 100, 24)
        self._prepare(basket, {self.beer: 1})
        [row] = self._load(basket)
        self.assertEqual((row["qty"], row["price_unit"]), (12, 3.1))
        ticket = self._pay(basket, changed={self.beer: 6})
        self.assertHandedOver(basket, ticket)
        self.assertAlmostEqual(ticket.amount_total, 18.6, 2)
        self.assertEqual(basket.order_line.product_uom_qty, 0.5)
        self.assertStock(self.beer, 94, 0)

    def test_lots(self):
        """Each lot is a line of the ticket; the lot that is refused stays."""
        product = self._create_product("Comté", 20.0, uom_id=self.kilo.id, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": product.id} for name in ("H1", "H2")])
        for lot, quantity in zip(lots, (0.5, 5.0), strict=True):
            self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity, lot_id=lot)
        order = self._create_prepared({product: 1.1}, {product: 1.11})
        rows = self._load(order)
        self.assertEqual(
            {row["lots"][0]: round(row["qty"], 3) for row in rows},
            {"H1": 0.5, "H2": 0.61},
        )
        lines = [line for line in self._ticket_lines(rows) if line["qty"] > 0.55]
        ticket = self._sync(self._ticket(lines, order))
        self.assertHandedOver(order, ticket)
        left = {
            lot.name: sum(lot.quant_ids.filtered(lambda q: q.location_id == self.stock).mapped("quantity"))
            for lot in lots
        }
        self.assertAlmostEqual(left["H1"], 0.5, 3)
        self.assertAlmostEqual(left["H2"], 4.39, 3)
        self.assertStock(product, 4.89, 0)

    def test_refund(self):
        """A refund at the till brings the goods back, once."""
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 0.9})
        ticket = self._pay(order)
        line = self._line_vals(self.cheese, -0.4, refunded_orderline_id=ticket.lines.id)
        refund = self._sync(self._ticket([line], order, is_refund=True))
        self._close_session()
        self.assertEqual(refund.state, "done")
        self.assertStock(self.cheese, 99.5, 0)
        self.assertAlmostEqual(order.order_line.qty_delivered, 0.5, 3)
        self.assertEqual(order.drive_ticket_id, ticket)

    def test_saved_ticket_changes_nothing(self):
        """A ticket that is saved and paid later moves nothing before."""
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 1.2})
        draft = self._ticket(
            self._ticket_lines(self._load(order)),
            order,
            state="draft",
            payment_ids=[],
            amount_paid=0,
        )
        self._sync(draft)
        self.assertEqual(order.drive_state, "ready")
        self.assertFalse(order.drive_ticket_id)
        self.assertStock(self.cheese, 100, 1.2)
        paid = {
            **self._ticket(self._ticket_lines(self._load(order)), order),
            "uuid": draft["uuid"],
            "lines": [],
        }
        ticket = self._sync(paid)
        self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.8, 0)

    def test_invoiced_afterwards(self):
        """Odoo asks for the ticket's picking again when a paid ticket is
        invoiced: nothing moves a second time."""
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 1.2})
        ticket = self._pay(order)
        ticket._create_order_picking()
        ticket.with_context(generate_pdf=False).action_pos_order_invoice()
        self.assertEqual(ticket.account_move.state, "posted")
        self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.8, 0)

    def test_same_ticket_twice(self):
        """A ticket that the till sends again is the same ticket."""
        order = self._create_prepared({self.beer: 2})
        payload = self._ticket(self._ticket_lines(self._load(order)), order)
        ticket = self._sync(dict(payload))
        self.assertEqual(self._sync(dict(payload)), ticket)
        self.assertHandedOver(order, ticket)
        self.assertStock(self.beer, 98, 0)


@tagged("post_install", "-at_install")
class TestTillAtClosing(TestTill):
    """The same, where Odoo moves the till's own sales when the session closes."""

    allow_inherited_tests_method = True
    stock_moves = "closing"
