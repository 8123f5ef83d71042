"""What is seldom at the till: it is handed over right, or refused in time."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTillSpecial(TillCommon):
    def test_serial_numbers(self):
        """Pieces with a number each: those of the crate leave, the one that is brought back comes back."""
        product = self._create_product("Machine à pain", 50.0, tracking="serial")
        for name in ("S1", "S2", "S3"):
            serial = self.env["stock.lot"].create({"name": name, "product_id": product.id})
            self.env["stock.quant"]._update_available_quantity(product, self.stock, 1, lot_id=serial)
        order = self._create_prepared({product: 2})
        [row] = self._load(order)
        self.assertEqual((row["qty"], len(row["lots"])), (2, 2))
        ticket = self._sync(self._ticket(self._ticket_lines([row]), order))
        self.assertHandedOver(order, ticket)
        self.assertEqual(self._serials(product), {"S1", "S2", "S3"} - set(row["lots"]))
        sold = ticket.lines
        values = self._line_vals(product, -1, 50.0, {"lots": row["lots"][:1]}, refunded_orderline_id=sold.id)
        values.update(sale_order_line_id=False, sale_order_origin_id=False)
        self._sync(self._ticket([values], is_refund=True))
        self.assertEqual(self._serials(product), {"S1", "S2", "S3"} - {row["lots"][1]})

    def _serials(self, product):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", self.stock.id), ("quantity", ">", 0)]
        )
        return set(quants.lot_id.mapped("name"))

    def test_two_baskets_on_one_ticket(self):
        """Somebody pays for a neighbour too: each basket is handed over, once."""
        orders = [
            self._create_prepared({self.cheese: 1.0}, {self.cheese: 1.13}),
            self._create_prepared({self.beer: 2}, member=self._create_member("Neighbour")),
        ]
        lines = [line for order in orders for line in self._ticket_lines(self._load(order))]
        ticket = self._sync(self._ticket(lines, orders[0]))
        self.assertAlmostEqual(ticket.amount_total, 9.96, 2)
        for order in orders:
            self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.87, 0)
        self.assertStock(self.beer, 98, 0)
        self._close_session()

    def test_cash_is_rounded(self):
        """Five cents are the smallest coin: the basket costs what it costs."""
        rounding = self._create_rounding()
        till = self._create_till(
            "Cash", self.cash.copy({"name": "Coins", "journal_id": self.cash.journal_id.copy({"code": "COIN"}).id})
        )
        till.write({"cash_rounding": True, "rounding_method": rounding.id, "only_round_cash_method": True})
        session = self._open_session(till)
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 1.13})
        payload = self._ticket(
            self._ticket_lines(self._load(order, till)), order, method=till.payment_method_ids, session=session
        )
        payload["payment_ids"][0][2]["amount"] = payload["amount_paid"] = 3.75
        ticket = self._sync(payload)
        self.assertEqual((round(ticket.amount_total, 2), round(ticket.amount_paid, 2)), (3.76, 3.75))
        self.assertHandedOver(order, ticket)

    def test_no_combos(self):
        """A combo is put together at the till, by nobody at home."""
        combo = self.env["product.combo"].create(
            {"name": "Choice", "combo_item_ids": [Command.create({"product_id": self.beer.id})]}
        )
        values = {"name": "Formule", "type": "combo", "combo_ids": [Command.set(combo.ids)]}
        product = self.env["product.template"].create(values)
        with self.assertRaisesRegex(ValidationError, "combo"):
            product.drive_ok = True
        with self.assertRaisesRegex(ValidationError, "combo"):
            self.env["product.template"].create({**values, "drive_ok": True})

    def _service(self, name):
        return self._create_product(name, 0.0, type="service", is_storable=False, drive_ok=False)

    def test_tip(self):
        """A tip is a line of its own: nothing of the basket."""
        tip = self._service("Tip")
        self.till.write({"iface_tipproduct": True, "tip_product_id": tip.id})
        order = self._create_prepared({self.cheese: 1.0}, {self.cheese: 1.13})
        lines = [*self._ticket_lines(self._load(order)), self._line_vals(tip, 1, 2.0)]
        ticket = self._sync(self._ticket(lines, order, is_tipped=True, tip_amount=2.0))
        self.assertAlmostEqual(ticket.amount_total, 5.76, 2)
        self.assertHandedOver(order, ticket)
        self.assertStock(self.cheese, 98.87, 0)
        self._close_session()
        self.assertChainHolds()

    def test_reduction_of_the_ticket(self):
        """A voucher is a line below zero of the till's own: the basket costs what it costs, and
        leaves whole."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 2}, {self.cheese: 1.13})
        lines = [*self._ticket_lines(self._load(order)), self._line_vals(self._service("Voucher"), 1, -1.0)]
        ticket = self._sync(self._ticket(lines, order))
        self.assertAlmostEqual(ticket.amount_total, 8.96, 2)
        self.assertAlmostEqual(order.amount_total, 9.96, 2)
        self.assertHandedOver(order, ticket)
        self._close_session()

    def test_two_warehouses(self):
        """A basket leaves the shelves of its point; what is bought on the spot, those of the till."""
        shop = self.env["stock.warehouse"].create({"name": "Shop", "code": "SHOP2", "company_id": self.company.id})
        self._set_stock(self.chips, 50, shop.lot_stock_id)
        till = self._create_till("Shop", self.cheque, picking_type_id=shop.pos_type_id.id)
        session = self._open_session(till)
        order = self._create_prepared({self.beer: 2, self.chips: 1})
        lines = [*self._ticket_lines(self._load(order, till)), self._line_vals(self.chips, 3)]
        ticket = self._sync(self._ticket(lines, order, session=session))
        self.assertHandedOver(order, ticket)
        self.assertStock(self.beer, 98, 0)
        self.assertStock(self.chips, 99, 0)
        self.stock = shop.lot_stock_id
        self.assertStock(self.chips, 47, 0)
