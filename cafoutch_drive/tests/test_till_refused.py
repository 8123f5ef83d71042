"""What a member does not take: back on the shelf or lost, to the gram, once."""

import json
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..tools.invariants import offending
from .test_till_handover import HandoverCommon


@tagged("post_install", "-at_install")
class TestTillRefused(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheese.product_tmpl_id.drive_storage_class = "chilled"

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _fates(self, order, **fates):
        """The text on a ticket, such as ``cheese="loss"``."""
        return json.dumps({self._line(order, getattr(self, name)).id: fate for name, fate in fates.items()})

    def _earlier(self):
        """When a till without network was paid."""
        return fields.Datetime.to_string(fields.Datetime.now() - timedelta(minutes=10))

    def _scraps(self, order):
        scraps = self.env["stock.scrap"].search([("origin", "=", order.name)])
        self.assertEqual(set(scraps.mapped("state")), {"done"} if scraps else set())
        return {(scrap.product_id, scrap.lot_id.name): scrap.scrap_qty for scrap in scraps}

    # === ASKED BEFORE THE PAYMENT === #

    def test_what_is_left(self):
        """Named, with its quantity and whether it is cold; nothing of what is all on the ticket."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3, self.chips: 1}, {self.cheese: 1.13})
        cheese, beer, chips = (self._line(order, product) for product in (self.cheese, self.beer, self.chips))

        def left(*sold):
            rows = self._call("drive_till_refused", order.id, [list(pair) for pair in sold])["lines"]
            # A number is written as the coop does.
            return {
                row["id"]: (row["name"], row["text"].replace("\xa0", " ").replace(",", "."), row["cold"])
                for row in rows
            }

        self.assertEqual(left((cheese.id, 1.13), (beer.id, 3), (chips.id, 1)), {})
        # More than was prepared is not less.
        self.assertEqual(left((cheese.id, 2), (beer.id, 2), (beer.id, 1), (chips.id, 1)), {})
        self.assertEqual(
            left((cheese.id, 0.5), (beer.id, 2)),
            {
                cheese.id: ("Tomme", "0.63 kg", True),
                beer.id: ("Bière", "1", False),
                chips.id: ("Chips", "1", False),
            },
        )

    def test_what_makes_no_sense(self):
        order = self._create_prepared({self.beer: 3})
        for sold in (None, "x", 3, {}, [1, 2], [["a", 1]], [[10**12, 1]], [[order.order_line.id, "3"]], [[True, 1]]):
            with self.subTest(sold=str(sold)):
                self.assertEqual(len(self._call("drive_till_refused", order.id, sold)["lines"]), 1)
        eaten = f'{{"{order.order_line.id}": "eaten"}}'
        for text in ("", "{", "[]", "3", '{"a": "loss"}', '{"1": 3}', eaten, "[" * 100000):
            with self.subTest(text=text[:20]):
                self.assertNotIn(order.order_line.id, order._drive_read_fates(text))

    # === WHEN IT IS PAID === #

    def test_back_on_the_shelf(self):
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3}, {self.cheese: 1.13})
        ticket = self._pay(order, {self.beer: 2}, drive_refused=self._fates(order, beer="shelf"))
        self.assertHandedOver(order, ticket)
        self.assertStock(self.beer, 98, 0)
        self.assertEqual(self._scraps(order), {})
        line = self._line(order, self.beer)
        self.assertEqual((line.drive_refused_qty, line.drive_refused_fate), (1, "shelf"))
        self.assertEqual(self._line(order, self.cheese).drive_refused_qty, 0)

    def test_nothing_said(self):
        """As a till without network sends it: it is on the shelf."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3})
        ticket = self._pay(order, {self.cheese: 0}, drive_refused="", date_order=self._earlier())
        self.assertHandedOver(order, ticket)
        self.assertFalse(self.env["drive.repair"].search([]))
        self.assertStock(self.cheese, 100, 0)
        self.assertEqual(self._line(order, self.cheese).drive_refused_fate, "shelf")

    def test_lost(self):
        """To the gram, from where it stood, once; the rest of the basket leaves as ever."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3}, {self.cheese: 1.13})
        ticket = self._pay(order, {self.cheese: 0.5, self.beer: 2}, drive_refused=self._fates(order, cheese="loss"))
        self.assertHandedOver(order, ticket)
        self.assertEqual(self._scraps(order), {(self.cheese, False): 0.63})
        self.assertStock(self.cheese, 100 - 0.5 - 0.63, 0)
        self.assertStock(self.beer, 98, 0)
        scrap = self.env["stock.scrap"].search([("origin", "=", order.name)])
        self.assertEqual(scrap.location_id, self.stock)
        # Odoo asks for the ticket's goods again when it is invoiced.
        ticket._create_order_picking()
        self._close_session()
        self.assertEqual(len(self._scraps(order)), 1)
        self.assertStock(self.cheese, 100 - 0.5 - 0.63, 0)

    def test_lost_lot(self):
        """The lot that was not sold is the one that is lost."""
        product = self._create_product("Comté", 20.0, uom_id=self.kilo.id, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": product.id} for name in ("H1", "H2")])
        shelf = self.stock.create({"name": "Fridge", "location_id": self.stock.id})
        for lot, quantity, location in zip(lots, (0.5, 5.0), (shelf, self.stock), strict=True):
            self.env["stock.quant"]._update_available_quantity(product, location, quantity, lot_id=lot)
        order = self._create_prepared({product: 1.1}, {product: 1.11})
        rows = {row["lots"][0]: row for row in self._load(order)}
        [line] = self._ticket_lines([rows["H2"]])
        text = json.dumps({order.order_line.id: "loss"})
        ticket = self._sync(self._ticket([line], order, drive_refused=text))
        self.assertHandedOver(order, ticket)
        left = 1.11 - rows["H2"]["qty"]
        self.assertEqual(
            {key: round(qty, 3) for key, qty in self._scraps(order).items()}, {(product, "H1"): round(left, 3)}
        )
        self.assertStock(product, 5.5 - 1.11, 0)

    def test_lost_dozens(self):
        """Ordered by the dozen, lost by the piece."""
        basket = self._create_held({self.beer: 2})
        basket.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        basket._drive_confirm("test-key-dozen", basket.amount_total)
        self._prepare(basket, {})
        ticket = self._pay(basket, {self.beer: 6}, drive_refused=json.dumps({basket.order_line.id: "loss"}))
        self.assertHandedOver(basket, ticket)
        self.assertEqual(self._scraps(basket), {(self.beer, False): 18})
        self.assertEqual(basket.order_line.drive_refused_qty, 1.5)
        self.assertStock(self.beer, 76, 0)

    # === MISSING === #

    @staticmethod
    def _plain(text):
        """A number is written as the coop does."""
        return str(text).replace("&nbsp;", " ").replace("\xa0", " ").replace(",", ".")

    def _miss(self, order, number=0):
        order.drive_crate_ids[number]._drive_set_till_state("missing", "Not found")

    def _fates_of(self, order, product):
        [row] = [row for row in self._call("drive_till_refused", order.id, [])["lines"] if row["name"] == product.name]
        return row["fates"], row["fate"]

    def test_what_may_have_become_of_it(self):
        """Missing is for what was in a crate that nobody found, and proposed where all of it was there."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3})
        ambient, chilled = order.drive_crate_ids
        self.assertEqual((ambient.storage_class, chilled.storage_class), ("ambient", "chilled"))
        self.assertEqual(self._fates_of(order, self.beer), (["shelf", "loss"], "shelf"))
        self.assertEqual(self._fates_of(order, self.cheese), (["shelf", "loss"], ""))
        self._miss(order, 1)
        self.assertEqual(self._fates_of(order, self.beer), (["shelf", "loss"], "shelf"))
        self.assertEqual(self._fates_of(order, self.cheese), (["missing", "shelf", "loss"], "missing"))
        chilled.copy({"name": "other", "missing_reason": False})
        self.assertEqual(self._fates_of(order, self.cheese), (["missing", "shelf", "loss"], ""))

    def test_missing(self):
        """Not paid, in the books where it was picked, free for others, and named to who looks for it."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3}, {self.cheese: 1.13})
        self._miss(order, 1)
        ticket = self._pay(order, {self.cheese: 0}, drive_refused=self._fates(order, cheese="missing"))
        self.assertHandedOver(order, ticket)
        line = self._line(order, self.cheese)
        self.assertEqual((line.drive_refused_qty, line.drive_refused_fate), (1.13, "missing"))
        self.assertStock(self.cheese, 100, 0)
        self.assertEqual(self._scraps(order), {})
        self.assertIn("1.13 kg Tomme", self._plain(order.activity_ids.note))
        self.assertNotIn("Bière", order.activity_ids.note)
        self.env.flush_all()
        self.assertFalse([rule.title for rule, _names, _rows in offending(self.env.cr) if rule.number in {4, 5}])
        self.assertEqual(self._plain(order.drive_till_notes), "Tomme: 1.13 kg not found. not charged")

    def test_missing_without_a_missing_crate(self):
        """It was found meanwhile, or a till says what is not so."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3})
        self._pay(order, {self.cheese: 0}, drive_refused=self._fates(order, cheese="missing"))
        self.assertEqual(self._line(order, self.cheese).drive_refused_fate, "shelf")

    def test_missing_and_nothing_said(self):
        """As a till without network sends it: all crates of its storage class are missing."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3})
        self._miss(order, 1)
        self._pay(order, {self.cheese: 0, self.beer: 2}, drive_refused="", date_order=self._earlier())
        self.assertEqual(self._line(order, self.cheese).drive_refused_fate, "missing")
        self.assertEqual(self._line(order, self.beer).drive_refused_fate, "shelf")

    def test_missing_on_the_page_of_its_member(self):
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3}, {self.cheese: 1.13})
        self._miss(order, 1)
        self._pay(order, {self.cheese: 0, self.beer: 2}, drive_refused=self._fates(order, cheese="missing"))
        rows = {row["name"]: row for row in order._drive_page_order()["lines"]}
        self.assertTrue(rows["Tomme"]["missing"])
        self.assertIn("Not found at the hand-over", rows["Tomme"]["reason"])
        self.assertFalse(rows["Bière"]["missing"])
        self.assertIn("Not taken at the till", rows["Bière"]["reason"])

    # === NOTHING IS TAKEN === #

    def _take_nothing(self, order, fates=None):
        return self._call("drive_till_nothing", order.id, fates)

    def test_nothing_taken(self):
        """The place is used, nothing is owed, nothing is reserved, and it is no no-show."""
        order = self._create_prepared({self.cheese: 1.0, self.beer: 3}, {self.cheese: 1.13})
        cheese = self._line(order, self.cheese)
        self.assertEqual(self._take_nothing(order, {str(cheese.id): "loss"}), {})
        self.assertEqual((order.drive_state, order.drive_booking_id.state), ("done", "used"))
        self.assertEqual((order.amount_total, order.drive_no_show_at), (0, False))
        self.assertFalse(order.drive_ticket_id)
        self.assertFalse(order.drive_crate_ids.place_id)
        self.assertEqual(order.picking_ids.mapped("state"), ["cancel"])
        self.assertStock(self.cheese, 100 - 1.13, 0)
        self.assertStock(self.beer, 100, 0)
        self.assertEqual(self._scraps(order), {(self.cheese, False): 1.13})
        self.assertEqual(order.drive_handed_over_by_id, self.cashier.partner_id)
        # A till that lost the answer asks again, and may take it off its ticket.
        for answer in (self._take_nothing(order), self._call("drive_till_refused", order.id, [])):
            self.assertIn("took nothing", answer["refusal"])
            self.assertTrue(answer["untaken"])
        self.assertIn("took nothing", self._open(order)["refusal"])
        self.assertEqual(len(self._scraps(order)), 1)

    def test_nothing_taken_of_what_is_paid(self):
        order = self._create_prepared({self.beer: 3})
        ticket = self._pay(order)
        answer = self._take_nothing(order)
        self.assertIn("handed over already", answer["refusal"])
        self.assertNotIn("untaken", answer)
        self.assertHandedOver(order, ticket)

    def test_nothing_taken_of_what_was_paid_before(self):
        """Money has to go back: by the ticket, which says so."""
        self.till.down_payment_product_id = self._create_product("Acompte", 0, type="service", is_storable=False)
        order = self._create_prepared({self.beer: 3})
        method = self.env["payment.method"].create({"name": "Before", "code": "before"})
        provider = self.env["payment.provider"].create(
            {"name": "Before", "code": "none", "payment_method_ids": [Command.set(method.ids)]}
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "before",
                "amount": 5.0,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        self.assertIn("paid in part before", self._take_nothing(order)["refusal"])
        self.assertEqual(order.drive_state, "ready")

    def test_paid_elsewhere_after_that(self):
        """A ticket that another till had open is refused."""
        order = self._create_prepared({self.beer: 3})
        ticket = self._ticket(self._ticket_lines(self._load(order)), order)
        self._take_nothing(order)
        with self.assertRaisesRegex(Exception, "took nothing"), self.env.cr.savepoint():
            self._sync(ticket)
        self.assertStock(self.beer, 100, 0)
