"""A till for tests: prepare an order, load it, pay it, as a restricted cashier."""

import json
from uuid import uuid4

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import DriveCommon


class TillCommon(DriveCommon):
    # When Odoo moves the stock of a till's own sales: "real" or "closing".
    stock_moves = "real"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "point_of_sale_update_stock_quantities": cls.stock_moves,
                # Prices include the tax: a line is its price, to the cent.
                "tax_calculation_rounding_method": "round_per_line",
            }
        )
        cls.env["res.lang"]._activate_lang("en_US")
        cls.cashier = new_test_user(
            cls.env,
            login="till_cashier",
            groups="cafoutch_drive.group_cashier",
            lang="en_US",
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "5.5 % included",
                "amount": 5.5,
                "price_include_override": "tax_included",
                "company_id": cls.company.id,
            }
        )
        cls.cheese = cls._create_product("Tomme", 3.33, stock=100, uom_id=cls.kilo.id, taxes_id=[cls.tax.id])
        cls.carrots = cls._create_product("Carottes", 3.33, stock=100, uom_id=cls.kilo.id, taxes_id=[cls.tax.id])
        cls.chips = cls._create_product("Chips", 2.5, stock=100)
        cls.beer = cls._create_product("Bière", 3.1, stock=100)
        cls.fridge = cls.env["drive.place"].create(
            {
                "name": "Frigo 2",
                "point_id": cls.point.id,
                "storage_class": "chilled",
            }
        )
        cls.cash, cls.cheque = cls._create_payment_methods()
        cls.till = cls._create_till("Caisse", cls.cash | cls.cheque)
        cls.till_session = cls._open_session(cls.till)

    # === THE TILL === #

    @classmethod
    def _create_payment_methods(cls):
        journals = cls.env["account.journal"].create(
            [
                {"name": "Till cash", "type": "cash", "code": "TCSH"},
                {"name": "Till cheques", "type": "bank", "code": "TCHQ"},
            ]
        )
        return cls.env["pos.payment.method"].create(
            [{"name": journal.name, "journal_id": journal.id} for journal in journals]
        )

    @classmethod
    def _create_till(cls, name, methods, **values):
        return cls.env["pos.config"].create(
            {
                "name": name,
                "drive_point_id": cls.point.id,
                "payment_method_ids": [Command.set(methods.ids)],
                **values,
            }
        )

    @classmethod
    def _open_session(cls, till):
        till.with_user(cls.cashier).open_ui()
        session = till.current_session_id
        session.set_opening_control(0, None)
        return session

    def _close_session(self):
        cash = sum(
            self.till_session.order_ids.payment_ids.filtered(
                lambda payment: payment.payment_method_id == self.cash
            ).mapped("amount")
        )
        self.till_session.post_closing_cash_details(cash)
        self.till_session.close_session_from_ui()
        self.assertEqual(self.till_session.state, "closed")
        self.assertEqual(self.till_session.move_id.state, "posted")

    @classmethod
    def _create_rounding(cls):
        """Five cents are the smallest coin."""
        accounts = cls.env["account.account"].search([("account_type", "in", ("income", "expense"))], limit=1)
        return cls.env["account.cash.rounding"].create(
            {
                "name": "5 cents",
                "rounding": 0.05,
                "rounding_method": "HALF-UP",
                "strategy": "add_invoice_line",
                "profit_account_id": accounts.id,
                "loss_account_id": accounts.id,
            }
        )

    # === A PREPARED ORDER === #

    @classmethod
    def _create_prepared(cls, quantities, found=None, **kwargs):
        """An order ``{product: ordered}`` that is ready, with one crate placed.

        :param found: ``{product: prepared}`` where that differs
        """
        order = cls._create_confirmed(quantities, **kwargs)
        cls._prepare(order, found or {})
        return order

    @classmethod
    def _prepare(cls, order, found):
        order._drive_start_preparation()
        for line in order._drive_product_lines():
            quantity = found.get(line.product_id, line.product_uom_qty)
            if quantity < line.product_uom_qty and line.product_uom_id != cls.kilo:
                line._drive_short(quantity, "missing")
            else:
                line._drive_pick(quantity)
        classes = order._drive_classes_in_crates()
        for storage_class in classes:
            place = cls.env["drive.place"].search(
                [
                    ("point_id", "=", cls.point.id),
                    ("storage_class", "=", storage_class),
                ],
                limit=1,
            ) or cls.fridge.copy({"name": storage_class, "storage_class": storage_class})
            order._drive_add_crate(storage_class)._drive_place(place)
        order._drive_finish_preparation()

    @classmethod
    def _pay_before(cls, order, amount, state="done"):
        """Money that came before the till: what a payment page notes."""
        method = cls.env["payment.method"].create({"name": "Before", "code": "before"})
        provider = cls.env["payment.provider"].create(
            {"name": "Before", "code": "none", "payment_method_ids": [Command.set(method.ids)]}
        )
        cls.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"before-{order.id}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": state,
            }
        )

    @classmethod
    def _invoice_before(cls, order, amount, paid=None):
        """A down-payment invoice of Odoo, and what was paid of it: all, unless told otherwise."""
        wizard = cls.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        before = order.invoice_ids
        wizard.create({"advance_payment_method": "fixed", "fixed_amount": amount}).create_invoices()
        invoice = order.invoice_ids - before
        invoice.action_post()
        paid = amount if paid is None else paid
        if paid:
            cls.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"amount": paid}).action_create_payments()
        return invoice

    # === A TICKET === #

    def _load(self, order, till=None):
        """What the till gets, as the cashier, when this order is opened."""
        till = till or self.till
        answer = (
            self.env["sale.order"]
            .with_user(self.cashier)
            .drive_till_open(till.id, code=f"DRV{order.drive_pickup_code}")
        )
        self.assertNotIn("refusal", answer)
        return answer["lines"]

    def _line_vals(self, product, qty, price=None, row=None, **values):
        row = row or {}
        price = product.list_price if price is None else price
        taxes = self.env["account.tax"].browse(row.get("tax_ids", product.taxes_id.ids))
        amounts = taxes.compute_all(price * (1 - row.get("discount", 0.0) / 100), quantity=qty, product=product)
        sale_line = self.env["sale.order.line"].browse(row.get("sale_line_id"))
        return {
            "uuid": str(uuid4()),
            "product_id": product.id,
            "qty": qty,
            "price_unit": price,
            "discount": row.get("discount", 0.0),
            "tax_ids": [Command.set(taxes.ids)],
            "price_subtotal": amounts["total_excluded"],
            "price_subtotal_incl": self.company.currency_id.round(amounts["total_included"]),
            "pack_lot_ids": [Command.create({"lot_name": name}) for name in row.get("lots", ())],
            "sale_order_line_id": sale_line.id,
            "sale_order_origin_id": sale_line.order_id.id,
            **values,
        }

    def _ticket_lines(self, rows, changed=None):
        """Ticket lines of loaded rows.

        :param changed: ``{product: quantity}`` that the cashier typed; 0 removes
        """
        lines = []
        for row in rows:
            product = self.env["product.product"].browse(row["product_id"])
            qty = (changed or {}).get(product, row["qty"])
            if qty:
                lines.append(self._line_vals(product, qty, row["price_unit"], row))
        return lines

    def _ticket(self, lines, order=None, method=None, **values):
        """The payload by which a till says that this ticket is paid."""
        session = values.pop("session", self.till_session)
        values.setdefault("drive_refused", self._said_of_the_rest(lines))
        if values.pop("brought", True):
            self._bring(lines)
        total = sum(line["price_subtotal_incl"] for line in lines)
        tax = total - sum(line["price_subtotal"] for line in lines)
        payment = {
            "amount": total,
            "name": fields.Datetime.to_string(fields.Datetime.now()),
            "payment_method_id": (method or self.cheque).id,
        }
        return {
            "uuid": str(uuid4()),
            "name": "Order",
            "access_token": str(uuid4()),
            "session_id": session.id,
            "company_id": self.company.id,
            "user_id": self.cashier.id,
            "partner_id": order.partner_id.id if order else False,
            "pricelist_id": session.config_id.pricelist_id.id,
            "fiscal_position_id": False,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "lines": [Command.create(line) for line in lines],
            "payment_ids": [Command.create(payment)] if total else [],
            "amount_paid": total,
            "amount_total": total,
            "amount_tax": tax,
            "amount_return": 0,
            "sequence_number": 1,
            "last_order_preparation_change": "{}",
            "to_invoice": False,
            "state": "paid",
            **values,
        }

    def _said_of_the_rest(self, lines):
        """What the till asks of articles that a ticket leaves of its baskets: all of it goes back."""
        ours = self.env["sale.order.line"].browse(line.get("sale_order_line_id") or 0 for line in lines).exists()
        rest = ours.order_id.filtered("is_drive")._drive_product_lines()
        return json.dumps({line.id: line._drive_fates()["fate"] or "shelf" for line in rest})

    def _bring(self, lines):
        """What the cashier does before the payment: bring the crates of which nothing was said."""
        ours = self.env["sale.order.line"].browse(line.get("sale_order_line_id") or 0 for line in lines).exists()
        for crate in ours.order_id.drive_crate_ids._drive_untreated():
            crate._drive_set_till_state("here")

    def _sync(self, ticket):
        # As in a request of its own: nothing is known that the cashier must not read.
        self.env.flush_all()
        self.env.invalidate_all()
        result = self.env["pos.order"].with_user(self.cashier).sync_from_ui([ticket])
        self.env.invalidate_all()
        return self.env["pos.order"].browse(result["pos.order"][0]["id"])

    def _pay(self, order, changed=None, extras=(), **values):
        """Load the order at the till, change the ticket, pay it."""
        lines = self._ticket_lines(self._load(order), changed)
        lines += [self._line_vals(product, qty) for product, qty in extras]
        return self._sync(self._ticket(lines, order, **values))

    # === ASSERTIONS === #

    def assertHandedOver(self, order, ticket):
        """The order left once, by its own picking, and is done."""
        self.assertEqual(order.drive_state, "done")
        self.assertEqual(order.drive_ticket_id, ticket)
        self.assertEqual(order.drive_booking_id.state, "used")
        self.assertFalse(order.drive_crate_ids.place_id)
        self.assertFalse(order._drive_open_moves())
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(order.picking_ids.pos_order_id, ticket)
        self.assertEqual(order.picking_ids.pos_session_id, ticket.session_id)
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertAlmostEqual(order.amount_unpaid, 0.0, 2)
        paid = ticket.lines.filtered(lambda line: line.sale_order_origin_id == order)
        self.assertAlmostEqual(sum(paid.mapped("price_subtotal_incl")), order.amount_total, 2)
        for line in order.order_line:
            self.assertAlmostEqual(line.qty_delivered, line.product_uom_qty, 3)
            self.assertAlmostEqual(line.qty_invoiced, line.product_uom_qty, 3)

    def assertChainHolds(self):
        """The French chain of tickets is whole: nothing was changed after it was paid."""
        # It looks for a language where only a page has one.
        with mute_logger("odoo.tools.translate"):
            integrity = self.company._check_pos_hash_integrity()
        self.assertEqual(integrity["corrupted_orders"], "None")

    def _till_pickings(self, ticket):
        """The pickings that the till made of this ticket or its session."""
        return self.env["stock.picking"].search(
            [
                ("pos_session_id", "=", ticket.session_id.id),
                ("sale_id", "=", False),
            ]
        )
