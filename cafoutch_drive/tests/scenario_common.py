"""A basket from its order to the closed session, in figures; and the same basket with
`pos_sale` alone, so that a table can say where the two differ."""

from dataclasses import dataclass, field

from odoo import Command
from odoo.tests import new_test_user

from ..tools.invariants import offending
from .till_common import TillCommon

# What a member pays with when a scenario does not say.
CHEQUE = "cheque"


@dataclass
class Scenario:
    """One row of the table. Articles are named as attributes of the test class.

    :ivar ordered: ``{article: quantity}`` in the unit of the order
    :ivar expected: what must be true when the session is closed, see
        :meth:`ScenarioCommon._figures`
    :ivar alone: what is otherwise with `pos_sale` alone: the figures that differ
    :ivar alone_at_closing: the same, only where stock is moved at closing
    :ivar found: ``{article: quantity}`` that the preparers noted, where it differs
    :ivar typed: ``{article: quantity}`` that the cashier typed; 0 is a refusal
    :ivar extras: ``{article: quantity}`` bought on the spot, on the same ticket
    :ivar given: name of a method that changes the shop before the basket is begun
    :ivar unit: of the articles, where it is not the product's
    :ivar discount: of all lines, in percent
    :ivar paid: ``{method: amount}``, the last one ``None``: the rest
    :ivar prepaid: what was paid before, online
    :ivar invoiced: whether the member asks for an invoice
    :ivar refunded: ``{article: quantity}`` brought back afterwards
    """

    ordered: dict
    expected: dict
    alone: dict = field(default_factory=dict)
    alone_at_closing: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)
    typed: dict = field(default_factory=dict)
    extras: dict = field(default_factory=dict)
    given: str = ""
    unit: str = ""
    discount: float = 0.0
    paid: dict = field(default_factory=lambda: {CHEQUE: None})
    prepaid: float = 0.0
    invoiced: bool = False
    refunded: dict = field(default_factory=dict)


class ScenarioCommon(TillCommon):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who may do with Odoo's own till what a cashier does with ours.
        cls.stock_cashier = new_test_user(
            cls.env,
            login="stock_cashier",
            groups="point_of_sale.group_pos_user,sales_team.group_sale_salesman_all_leads,stock.group_stock_user",
            lang="en_US",
        )
        cls.payer = cls.cashier
        cls.wine_tax = cls.env["account.tax"].create(
            {
                "name": "20 % on top",
                "amount": 20,
                "price_include_override": "tax_excluded",
                "company_id": cls.company.id,
            }
        )
        cls.wine = cls._create_product("Vin", 9.99, stock=100, taxes_id=[Command.set(cls.wine_tax.ids)])
        cls.comte = cls._create_product(
            "Comté", 20.0, uom_id=cls.kilo.id, tracking="lot", taxes_id=[Command.set(cls.tax.ids)]
        )
        for name, quantity in (("H1", 0.7), ("H2", 5.0)):
            lot = cls.env["stock.lot"].create({"name": name, "product_id": cls.comte.id})
            cls.env["stock.quant"]._update_available_quantity(cls.comte, cls.stock, quantity, lot_id=lot)
        cls.till.down_payment_product_id = cls.till.down_payment_product_id or cls._create_product(
            "Acompte", 0, type="service", is_storable=False
        )

    # === ONE BASKET === #

    def assertScenario(self, scenario):
        """Run it by the drive; its session is closed at the end."""
        order = self._arranged(scenario)
        order._drive_confirm(f"scenario-{order.id}", order.amount_total)
        order.order_line.discount = scenario.discount
        if scenario.prepaid:
            self._pay_before(order, scenario.prepaid)
        self._prepare(order, self._articles(scenario.found))
        self.payer = self.cashier
        rows = self._load(order)
        ticket = self._sell(order, rows, scenario)
        # The drive's goods have left, whatever the till does with its own at closing.
        self.assertHandedOver(order, ticket)
        tickets = self._after(order, ticket, scenario)
        self.assertEqual(self._figures(order, tickets), self._whole(scenario.expected))
        # Nothing of it is worth anybody's look.
        self.assertFalse(self.env["drive.repair"].search([("order_id", "=", order.id)]))
        self.assertEqual([], [(rule.title, rows) for rule, _columns, rows in offending(self.env.cr)])

    def assertAlone(self, scenario):
        """The same order, prepared the same, settled the way of `pos_sale`."""
        order = self._plain_order(self._arranged(scenario))
        order.order_line.discount = scenario.discount
        if scenario.prepaid:
            self._pay_before(order, scenario.prepaid)
        for line in order.order_line:
            quantity = self._articles(scenario.found).get(line.product_id)
            for move in line.move_ids if quantity is not None else ():
                move.quantity = line.product_uom_id._compute_quantity(quantity, move.product_uom)
                move.picked = True
        self.payer = self.stock_cashier
        ticket = self._sell(order, self._rows_alone(order), scenario)
        tickets = self._after(order, ticket, scenario)
        differs = {**scenario.alone, **(scenario.alone_at_closing if self.stock_moves == "closing" else {})}
        self.assertEqual(self._figures(order, tickets), self._whole({**scenario.expected, **differs}))

    def _articles(self, names):
        return {getattr(self, name): quantity for name, quantity in names.items()}

    def _arranged(self, scenario):
        if scenario.given:
            getattr(self, scenario.given)()
        basket = self._create_held(self._articles(scenario.ordered), slot=self._create_slot(capacity=5))
        if scenario.unit:
            basket.order_line.product_uom_id = self.env.ref(scenario.unit)
        return basket

    def _plain_order(self, basket):
        """An order of Odoo's, not of the drive, of what is in a basket."""
        order = self.env["sale.order"].create(
            {
                "partner_id": basket.partner_id.id,
                "pricelist_id": basket.pricelist_id.id,
                "fiscal_position_id": basket.fiscal_position_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom_qty": line.product_uom_qty,
                            "product_uom_id": line.product_uom_id.id,
                            "price_unit": line.price_unit,
                            "tax_ids": [Command.set(line.tax_ids.ids)],
                        }
                    )
                    for line in basket.order_line
                ],
            }
        )
        order.with_context(mail_notrack=True).action_confirm()
        return order

    # === THE TILL === #

    def _sell(self, order, rows, scenario):
        lines = self._ticket_lines(rows, self._articles(scenario.typed))
        for line in lines:
            # Also the line that takes off what was paid before.
            line["sale_order_origin_id"] = order.id
        lines += [self._line_vals(product, qty) for product, qty in self._articles(scenario.extras).items()]
        return self._sync(self._paid_ticket(lines, order, scenario.paid))

    def _paid_ticket(self, lines, order, paid, **values):
        ticket = self._ticket(lines, order, fiscal_position_id=order.fiscal_position_id.id, **values)
        [(_command, _id, payment)] = ticket["payment_ids"]
        rest = ticket["amount_total"] - sum(amount or 0 for amount in paid.values())
        ticket["payment_ids"] = [
            Command.create(
                {
                    **payment,
                    "payment_method_id": getattr(self, name).id,
                    "amount": self.company.currency_id.round(rest if amount is None else amount),
                }
            )
            for name, amount in paid.items()
        ]
        return ticket

    def _sync(self, ticket):
        self.env.flush_all()
        self.env.invalidate_all()
        result = self.env["pos.order"].with_user(self.payer).sync_from_ui([ticket])
        self.env.invalidate_all()
        uuid = ticket.get("uuid")
        found = self.env["pos.order"].browse([row["id"] for row in result["pos.order"]])
        return found.filtered(lambda order: order.uuid == uuid) if uuid else found[:1]

    def _after(self, order, ticket, scenario):
        """An invoice, a refund, and the session's closing; all tickets."""
        tickets = ticket
        if scenario.invoiced:
            ticket.with_user(self.payer).with_context(generate_pdf=False).action_pos_order_invoice()
        if scenario.refunded:
            tickets |= self._refund(order, ticket, self._articles(scenario.refunded))
        self._close_session()
        return tickets

    def _refund(self, order, ticket, quantities):
        lines = []
        left = dict(quantities)
        for sold in ticket.lines.filtered(lambda line: line.product_id in left):
            part = min(left[sold.product_id], sold.qty)
            left[sold.product_id] -= part
            lines += [self._refund_vals(sold, part)] if part else []
        return self._sync(self._paid_ticket(lines, order, {CHEQUE: None}, is_refund=True))

    def _refund_vals(self, sold, quantity):
        """A line as the till makes it: `ticket_screen.js` takes as many lots as whole pieces."""
        row = {
            "tax_ids": sold.tax_ids.ids,
            "discount": sold.discount,
            "lots": sold.pack_lot_ids.mapped("lot_name")[: int(quantity)],
        }
        values = self._line_vals(sold.product_id, -quantity, sold.price_unit, row)
        return {**values, "sale_order_line_id": False, "sale_order_origin_id": False, "refunded_orderline_id": sold.id}

    def _rows_alone(self, order):
        """What `settleSO` of `pos_sale` (pos_store.js) puts on a ticket, lots loaded."""
        rows = self._prepaid_alone(order)
        for item in order.order_line.with_user(self.payer).read_converted():
            line = self.env["sale.order.line"].browse(item["id"])
            product = line.product_id
            row = {
                "sale_line_id": line.id,
                "product_id": product.id,
                "price_unit": item["price_unit"],
                "discount": line.discount,
                "tax_ids": line.tax_ids.ids,
                "lots": [],
            }
            quantity = item["product_uom_qty"] - max(item["qty_delivered"], item["qty_invoiced"])
            pieces = [quantity]
            if not product.uom_id.is_pos_groupable:
                whole = int(quantity)
                pieces = [1.0] * whole + [self._gram(quantity - whole)] * (self._gram(quantity - whole) > 0)
            if product.tracking != "lot" or not item.get("lot_names"):
                rows += [{**row, "qty": qty} for qty in pieces]
                continue
            if product.uom_id.is_pos_groupable:
                pieces = []
            for name in item["lot_names"]:
                rest = item["lot_qty_by_name"].get(name, 0)
                while pieces and rest > 0:
                    piece = pieces.pop(0)
                    rest = self._gram(rest - piece)
                    rows.append({**row, "qty": piece, "lots": [name]})
                if rest > 0:
                    rows.append({**row, "qty": rest, "lots": [name]})
        return rows

    def _prepaid_alone(self, order):
        if not order.amount_paid:
            return []
        product = self.till.down_payment_product_id
        return [{"product_id": product.id, "qty": 1, "price_unit": -order.amount_paid, "tax_ids": [], "lots": []}]

    # === FIGURES === #

    def _gram(self, quantity):
        return round(quantity, 3) + 0.0

    def _whole(self, expected):
        """What a row of the table leaves out goes without saying."""
        return {"reserved": 0.0, "undone": 0, "status": "invoiced", "unpaid": 0.0, **expected}

    def _figures(self, order, tickets):
        """What the tickets, the stock, the order and the books say when the session is closed.

        :return: ``total`` and ``tax`` of each ticket, ``paid`` by method, all tickets together;
            ``left`` the warehouse since the beginning, and is ``reserved`` for nobody any
            more, by article or lot; transfers that are ``undone``; the order's invoice
            ``status`` and what is ``unpaid`` of it; ``booked``: sales and taxes in the books
        """
        payments = tickets.payment_ids.grouped("payment_method_id")
        return {
            "total": [round(ticket.amount_total, 2) for ticket in tickets],
            "tax": [round(ticket.amount_tax, 2) for ticket in tickets],
            "paid": {
                next(name for name in ("cash", "cheque") if getattr(self, name) == method): round(
                    sum(lines.mapped("amount")), 2
                )
                for method, lines in payments.items()
            },
            "left": self._left_since(),
            "reserved": self._gram(sum(self._quants().mapped("reserved_quantity"))),
            "undone": len(
                (tickets.picking_ids | order.picking_ids | self.till_session.picking_ids).filtered(
                    lambda picking: picking.state not in ("done", "cancel")
                )
            ),
            "status": order.invoice_status,
            "unpaid": round(order.amount_unpaid, 2),
            "booked": self._booked(tickets),
        }

    def _counted(self):
        """``{name: product or lot}`` whose stock the table counts."""
        names = ("bread", "apples", "cheese", "carrots", "chips", "beer", "wine")
        lots = self.env["stock.lot"].search([("product_id", "=", self.comte.id)])
        return {**{name: getattr(self, name) for name in names}, **{lot.name: lot for lot in lots}}

    def _quants(self):
        return self.env["stock.quant"].search([("location_id", "child_of", self.stock.id)])

    def _now_in_stock(self):
        quants = self._quants()
        return {
            name: sum(
                quants.filtered(
                    lambda quant, what=what: (quant.lot_id if what._name == "stock.lot" else quant.product_id) == what
                ).mapped("quantity")
            )
            for name, what in self._counted().items()
        }

    def _left_since(self):
        now = self._now_in_stock()
        left = {name: self._gram(self.before[name] - now[name]) for name in now}
        return {name: quantity for name, quantity in left.items() if quantity}

    def _booked(self, tickets):
        """Sales and their taxes in the entries of the session and of the invoices."""
        moves = self.till_session.move_id | tickets.account_move
        lines = moves.line_ids
        taxes = lines.filtered("tax_line_id")
        sales = lines.filtered(lambda line: line.account_id.account_type.startswith("income")) - taxes
        return (round(-sum(sales.mapped("balance")), 2), round(-sum(taxes.mapped("balance")), 2))

    def _run(self, table, check):
        """Each row of a table, from the same beginning."""
        for name, scenario in table.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.before = self._now_in_stock()
                check(scenario)
                self.assertChainHolds()
                savepoint.rollback()
                self.env.invalidate_all()
