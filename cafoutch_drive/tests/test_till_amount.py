"""Each way in which a ticket can lie about a basket: it is kept, and somebody sees it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_till_late import RepairCommon

LOOKED_AT = "a ticket that says something else than its basket has been looked at"
PAID = "what was paid is what was prepared, less what was refused"
TOTAL = "the total of a ticket with a basket is that of its lines"


class AmountCommon(RepairCommon):
    def setUp(self):
        super().setUp()
        # 1.13 kg at 3.33 and 2 at 3.10.
        self.order = self._create_prepared({self.cheese: 1.0, self.beer: 2}, {self.cheese: 1.13})
        self.lines = self._ticket_lines(self._load(self.order))

    def _line(self, product, lines=None):
        return next(line for line in lines or self.lines if line["product_id"] == product.id)

    def _priced(self, product, **values):
        """Say something else of a line, and work its amounts out again, as a till does."""
        line = self._line(product)
        line.update(values)
        taxes = self.env["account.tax"].browse(line["tax_ids"][0][2])
        amounts = taxes.compute_all(line["price_unit"] * (1 - line["discount"] / 100), quantity=line["qty"])
        line.update(price_subtotal=amounts["total_excluded"], price_subtotal_incl=round(amounts["total_included"], 2))

    def _send(self, **values):
        return self._sync(self._ticket(self.lines, self.order, **values))

    def assertShown(self, ticket, expected, paid, *words, broken=(LOOKED_AT,)):
        """The payment stands, and a manager sees what was expected and what was paid."""
        self.assertEqual(ticket.state, "paid")
        repair = self._open_repairs()
        self.assertEqual((repair.kind, repair.ticket_id), ("amount", ticket))
        self.assertEqual((round(repair.expected, 2), round(repair.amount, 2)), (expected, paid))
        for word in words:
            self.assertIn(word, repair.reason)
        activity = self.env["mail.activity"].search([("summary", "=like", "Check the ticket of%")])
        self.assertEqual(activity.user_id, self.manager)
        for amount in (expected, paid):
            self.assertIn(f"{abs(amount):.2f}", activity.note)
        self.assertEqual(self._broken(), set(broken))

    def assertSilent(self):
        self.assertFalse(self.env["drive.repair"].search([]))
        self.assertFalse(self.order.activity_ids)
        self.assertEqual(self._broken(), set())


@tagged("post_install", "-at_install")
class TestTillAmount(AmountCommon):
    def test_what_is_right(self):
        self.assertHandedOver(self.order, self._send())
        self.assertSilent()

    def test_prices_of_nothing(self):
        """All of it for 0.00: handed over, and named."""
        for product in (self.cheese, self.beer):
            self._priced(product, price_unit=0.0)
        ticket = self._send()
        self.assertEqual(self.order.drive_state, "done")
        self.assertShown(
            ticket, 9.96, 0.0, "Tomme", "3.76\xa0€ was agreed, the ticket says 0.00\xa0€", broken=(LOOKED_AT, PAID)
        )
        repair = self._open_repairs()
        with self.assertRaisesRegex(UserError, "Nothing waits to be moved"):
            self._try_again(repair)
        repair.with_user(self.manager).action_settle()
        self.assertEqual(self._broken(), set())

    def test_a_discount(self):
        self._priced(self.beer, discount=50.0)
        self.assertShown(self._send(), 9.96, 6.86, "Bière", broken=(LOOKED_AT, PAID))

    def test_a_higher_price(self):
        self._priced(self.beer, price_unit=4.0)
        self.assertShown(self._send(), 9.96, 11.76, "Bière", broken=(LOOKED_AT, PAID))

    def test_amounts_that_are_not_those_of_the_price(self):
        self._line(self.beer).update(price_subtotal=1.0, price_subtotal_incl=1.0)
        self.assertShown(self._send(), 9.96, 4.76, "Bière", broken=(LOOKED_AT, PAID))

    def test_a_price_that_is_not_that_of_the_amounts(self):
        """An invoice or a refund would be made of the price."""
        self._line(self.beer)["price_unit"] = 0.0
        self.assertShown(self._send(), 9.96, 9.96, "Bière")

    def test_a_total_that_is_not_that_of_the_lines(self):
        ticket = self._send(amount_total=0.0, amount_paid=0.0, payment_ids=[])
        self.assertShown(ticket, 9.96, 0.0, "The lines of the ticket come to", broken=(LOOKED_AT, TOTAL))

    def test_paid_with_nothing(self):
        """Odoo itself takes no ticket that is not paid."""
        with self.assertRaisesRegex(UserError, "not fully paid"), self.env.cr.savepoint():
            self._send(payment_ids=[])
        self.assertEqual(self.order.drive_state, "ready")

    def test_a_payment_below_zero(self):
        payments = [
            Command.create({"amount": amount, "name": fields.Datetime.now(), "payment_method_id": method.id})
            for amount, method in ((59.96, self.cheque), (-50.0, self.cash))
        ]
        self.assertShown(self._send(payment_ids=payments), 9.96, 9.96, "50.00\xa0€ was paid out")

    def test_a_line_below_zero(self):
        self.lines.append(self._line_vals(self.chips, -2))
        self.assertShown(self._send(), 9.96, 4.96, "Chips", "which nothing known explains")

    def test_a_refund_that_names_a_line_of_the_basket(self):
        """A line that is two things at once is judged all the same."""
        ticket = self._sync(self._ticket([self._line_vals(self.chips, 1)]))
        line = self._line_vals(self.chips, -1, 9.0, refunded_orderline_id=ticket.lines.id)
        line.update(sale_order_line_id=self.lines[0]["sale_order_line_id"], sale_order_origin_id=self.order.id)
        self.lines.append(line)
        self._send()
        repair = self._open_repairs()
        self.assertEqual((round(repair.expected, 2), round(repair.amount, 2)), (7.46, 0.96))
        self.assertIn("9.00\xa0€ was given back", repair.reason)

    def test_a_made_up_voucher(self):
        voucher = self._create_product("Voucher", 0.0, type="service", is_storable=False, drive_ok=False)
        self.lines.append(self._line_vals(voucher, 1, -9.96))
        self.assertShown(self._send(), 9.96, 0.0, "Voucher")

    def test_an_empty_bottle(self):
        """What is no article of the shop is given back at the price that it is sold for, no more."""
        bottle = self._create_product("Bottle", 0.2, type="consu", is_storable=False, drive_ok=False)
        self.lines.append(self._line_vals(bottle, -3))
        self._send()
        self.assertSilent()

    def test_a_deposit(self):
        """A bottle that is given back with a basket, or without one, comes back once."""
        bottle = self._create_product("Bottle", 0.2, type="consu", is_storable=False, drive_ok=False)
        self.lines.append(self._line_vals(bottle, -3))
        ticket = self._send()
        self._sync(self._ticket([self._line_vals(bottle, -2)], is_refund=True))
        self._close_session()
        self.assertSilent()
        back = self._till_pickings(ticket).filtered(lambda picking: picking.location_id.usage == "customer")[0]
        again = back.copy({"pos_order_id": back.pos_order_id.id, "pos_session_id": ticket.session_id.id})
        again.move_ids.write({"quantity": 3, "picked": True})
        again._action_done()
        self.assertEqual(self._broken(), {"goods that are given back come back once"})

    def test_an_empty_bottle_of_gold(self):
        bottle = self._create_product("Bottle", 0.2, type="consu", is_storable=False, drive_ok=False)
        self.lines.append(self._line_vals(bottle, -1, 9.0))
        self.assertShown(self._send(), 9.96, 0.96, "Bottle")

    def test_other_taxes(self):
        self._priced(self.cheese, tax_ids=[Command.set([])])
        self.assertShown(self._send(), 9.96, 9.96, "other taxes")

    def test_a_fiscal_position(self):
        position = self.env["account.fiscal.position"].create({"name": "None"})
        self.tax.copy(
            {
                "name": "0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.assertShown(self._send(fiscal_position_id=position.id), 9.96, 9.96, "other taxes")

    def test_another_article(self):
        self._line(self.beer)["product_id"] = self.chips.id
        self.assertShown(self._send(), 9.96, 9.96, "another article")

    def test_less_than_prepared_and_nobody_says_why(self):
        self._priced(self.cheese, qty=0.13)
        ticket = self._send(drive_refused="")
        self.assertShown(ticket, 9.96, 6.63, "1.13 kg prepared, 0.13 kg on the ticket")

    def test_less_than_prepared_and_said(self):
        self._priced(self.cheese, qty=0.13)
        self._send()
        self.assertSilent()

    def test_taken_off_and_rung_up_for_less(self):
        self.lines = [line for line in self.lines if line["product_id"] != self.beer.id]
        self.lines.append(self._line_vals(self.beer, 2, 0.5))
        self.assertShown(self._send(), 9.96, 4.76, "Bière")

    def test_a_line_twice(self):
        """Whoever is asked for more than is in the crate sees it on the ticket: it is sold, and leaves."""
        self.lines.append({**self._line(self.beer), "uuid": "twice"})
        ticket = self._send()
        self.assertAlmostEqual(ticket.amount_total, 16.16, 2)
        self.assertHandedOver(self.order, ticket)
        self.assertSilent()

    def test_a_line_of_another_basket(self):
        """Each line is judged by the basket that it pays for."""
        other = self._create_prepared({self.beer: 1}, member=self._create_member("Other"))
        [line] = self._ticket_lines(self._load(other))
        line.update(price_unit=0.0, price_subtotal=0.0, price_subtotal_incl=0.0, sale_order_origin_id=self.order.id)
        self.lines.append(line)
        ticket = self._send()
        self.assertEqual(other.drive_ticket_id, ticket)
        self.assertEqual(ticket.lines[-1].sale_order_origin_id, other)
        self.assertShown(ticket, 13.06, 9.96, "Bière", broken=(LOOKED_AT, PAID))

    def test_more_given_back_than_was_paid(self):
        ticket = self._send()
        beer = ticket.lines.filtered(lambda line: line.product_id == self.beer)
        values = self._line_vals(self.beer, -1, 50.0, refunded_orderline_id=beer.id)
        self._sync(self._ticket([values], is_refund=True))
        back = self.env["pos.order"].search([("is_refund", "=", True)])
        self.assertShown(back, -3.1, -50.0, "Bière", "3.10\xa0€ had been paid for it")

    def test_given_back(self):
        ticket = self._send()
        for line in ticket.lines:
            values = self._line_vals(
                line.product_id,
                -line.qty,
                line.price_unit,
                {"tax_ids": line.tax_ids.ids},
                refunded_orderline_id=line.id,
            )
            self._sync(self._ticket([values], is_refund=True))
        self.assertSilent()

    def test_told_once(self):
        """Also when an invoice is asked for afterwards."""
        self._priced(self.beer, price_unit=0.0)
        payload = self._ticket(self.lines, self.order)
        ticket = self._sync(dict(payload))
        self._open_repairs().with_user(self.manager).action_settle()
        self.assertEqual(self._sync(dict(payload)), ticket)
        ticket.with_user(self.cashier).with_context(generate_pdf=False).action_pos_order_invoice()
        self.assertEqual(self.env["drive.repair"].search_count([("kind", "=", "amount")]), 1)

    # === WHERE CASHIERS CHANGE PRICES === #

    def test_allowed(self):
        """Nobody is asked to look, and who reads the list of what was put right sees it."""
        self.point.cashiers_set_prices = True
        self._priced(self.beer, price_unit=1.0)
        self.lines.append(self._line_vals(self.chips, 1, -0.5))
        ticket = self._send()
        repair = self.env["drive.repair"].search([])
        self.assertEqual((repair.kind, repair.ticket_id, bool(repair.done_at)), ("amount", ticket, True))
        self.assertFalse(self.order.activity_ids)
        self.assertEqual(self._broken(), set())

    def test_never_allowed(self):
        self.point.cashiers_set_prices = True
        self._priced(self.cheese, tax_ids=[Command.set([])])
        self.assertShown(self._send(), 9.96, 9.96, "other taxes")


@tagged("post_install", "-at_install")
class TestTillAmountAtClosing(TestTillAmount):
    allow_inherited_tests_method = True
    stock_moves = "closing"


@tagged("post_install", "-at_install")
class TestTillClock(AmountCommon):
    """A date on a ticket is what a device says: nothing is spared by it."""

    def _late(self, **delay):
        moment = fields.Datetime.now() - timedelta(**(delay or {"minutes": 10}))
        return {"date_order": fields.Datetime.to_string(moment)}

    def _never_opened(self):
        self.order.write({"drive_opened_at": False, "drive_opened_by_id": False, "drive_opened_config_id": False})
        self.env.flush_all()

    def test_never_opened(self):
        """Neither who is there nor a reason was asked: the money is kept, the basket stays."""
        self._never_opened()
        self.member.coop_state = "suspended"
        ticket = self._send(**self._late())
        self.assertEqual(ticket.state, "paid")
        self.assertEqual(self.order.drive_state, "ready")
        self.assertFalse(self.order.drive_handed_over_by_id)
        repair = self._open_repairs()
        self.assertEqual((repair.kind, repair.ticket_id, round(repair.amount, 2)), ("unsold", ticket, 9.96))
        self.assertIn("no till has opened this basket", repair.reason)

    def test_who_opened_it_is_named(self):
        self.cashier.drive_is_shared = True
        self.assertHandedOver(self.order, self._send(**self._late()))
        self.assertEqual(self.order.drive_handed_over_by_id, self.cashier.partner_id)

    def test_a_clock_that_is_ahead(self):
        """It is no reason to refuse money that was taken."""
        first = self._ticket(self.lines, self.order)
        second = {**self._ticket(self.lines, self.order), **self._late(days=-1)}
        second["lines"] = [Command.create({**line, "uuid": f"{line['uuid']}-2"}) for line in self.lines]
        ticket = self._sync(first)
        other = self._sync(second)
        self.assertHandedOver(self.order, ticket)
        self.assertEqual((self._open_repairs().kind, self._open_repairs().ticket_id), ("unsold", other))

    def test_crates_that_nobody_brought(self):
        """The till asks before the payment; a ticket that comes all the same stands, and is shown."""
        self.order.drive_crate_ids._drive_set_till_state("open")
        for values in ({}, self._late()):
            with self.subTest(values=str(values)):
                self.assertHandedOver(self.order, self._send(brought=False, **values))
                activity = self.order.activity_ids
                self.assertEqual(activity.user_id, self.manager)
                self.assertIn("Paid before its crates were brought", activity.summary)
                self.assertIn(self.order.drive_crate_ids.name, activity.note)
            self.setUp()
            self.order.drive_crate_ids._drive_set_till_state("open")


@tagged("post_install", "-at_install")
class TestTillSettingsWriters(RepairCommon):
    def test_cashiers_write_no_settings(self):
        """Neither of their till nor of another one, nor what hangs on it."""
        other = self.till.copy({"drive_point_id": False})
        pricelist = self.env["product.pricelist"].create({"name": "Prices"})
        rounding = self._create_rounding()
        method = self.env["pos.payment.method"].create({"name": "Later"})
        self.env.flush_all()
        tries = [
            (till, name, value)
            for till in (self.till, other)
            for name, value in (
                ("restrict_price_control", False),
                ("manual_discount", True),
                ("payment_method_ids", [Command.clear()]),
                ("drive_point_id", False),
                ("name", "Mine"),
                ("cash_rounding", True),
                ("use_pricelist", True),
            )
        ]
        tries += [
            (method, "name", "x"),
            (pricelist, "name", "x"),
            (rounding, "name", "x"),
            (self.point, "name", "x"),
            (self.point, "cashiers_set_prices", True),
            (self.tax, "amount", 0),
            (self.beer, "list_price", 0),
            (self.company, "name", "x"),
            (self.cash.journal_id, "name", "x"),
        ]
        for record, name, value in tries:
            with self.subTest(model=record._name, field=name), self.assertRaises(AccessError), self.env.cr.savepoint():
                record.with_user(self.cashier).write({name: value})

    def test_nor_do_others_at_a_till_of_the_drive(self):
        seller = new_test_user(self.env, login="till_seller", groups="base.group_user,point_of_sale.group_pos_user")
        with self.assertRaisesRegex(AccessError, "Only managers"), self.env.cr.savepoint():
            self.till.with_user(seller).restrict_price_control = False
        other = self.till.copy({"drive_point_id": False})
        other.with_user(seller).restrict_price_control = False

    def test_managers_do(self):
        keeper = new_test_user(self.env, login="till_keeper", groups="base.group_user,point_of_sale.group_pos_manager")
        for user in (self.manager, keeper):
            self.till.with_user(user).restrict_price_control = not self.till.restrict_price_control

    def test_cashiers_open_and_close(self):
        self._pay(self._create_prepared({self.beer: 2}), method=self.cash)
        session = self.till_session.with_user(self.cashier)
        session.post_closing_cash_details(6.2)
        session.close_session_from_ui()
        self.assertEqual(self.till_session.state, "closed")
        self.till.with_user(self.cashier).open_ui()
        self.till.current_session_id.with_user(self.cashier).set_opening_control(6.2, "Mine")
        self.assertEqual(self.till.current_session_id.state, "opened")
