"""The till's list of baskets: what changed of each, at few queries, and what makes it read again."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .till_common import TillCommon


@tagged("post_install", "-at_install")
class TestTillList(TillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slot.capacity = 50
        shelf = cls.env["pos.category"].create({"name": "Boissons"})
        cls.beer.pos_categ_ids = shelf
        cls.dark = cls._create_product("Bière brune", 3.5, stock=200, pos_categ_ids=[Command.set(shelf.ids)])

    def _rows(self, text=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["sale.order"].with_user(self.cashier).drive_till_orders(self.till.id, text)

    def _create_changed(self, name):
        """A ready basket that has a bit of everything: all of bread is missing, a part of chips,
        beer is replaced, and cheese weighs more."""
        member = self._create_member(name)
        wanted = {self.bread: 1, self.chips: 3, self.beer: 2, self.cheese: 1.0, self.apples: 1.0}
        order = self._create_confirmed(wanted, member=member)
        order.drive_substitution = "similar"
        found = {self.bread: 0, self.chips: 2, self.beer: 0, self.cheese: 1.13}
        self._prepare(order, found)
        order._drive_reopen_preparation()
        order.order_line.filtered(lambda line: line.product_id == self.beer)._drive_replace_with(self.dark)
        order._drive_finish_preparation()
        return order

    def test_what_changed(self):
        """What is missing and what replaces it is named, weights are counted; the total that was
        expected is said where it is another one now."""
        order = self._create_changed("Camille Petit")
        [row] = self._rows()
        self.assertEqual(row["id"], order.id)
        texts = {
            change["kind"]: [c["text"] for c in row["changes"] if c["kind"] == change["kind"]]
            for change in row["changes"]
        }
        self.assertEqual(set(texts), {"missing", "replaced", "weighed"})
        self.assertEqual(len(texts["missing"]), 2)
        self.assertIn("Miche: missing", texts["missing"][0])
        self.assertIn("Chips: 2 instead of 3", texts["missing"][1])
        [replaced] = texts["replaced"]
        for text in ("2", "Bière brune", "instead of Bière"):
            self.assertIn(text, replaced)
        [weighed] = texts["weighed"]
        self.assertIn("1 weight differs", weighed)
        self.assertIn(f"{order.drive_estimate_total:.2f}", weighed)
        # What is there: chips, what replaces beer, cheese and apples.
        self.assertEqual(row["articles"], 4)

    def test_which_day(self):
        """A row says whether it is of today, by the point's clock."""
        now = fields.Datetime.now()
        today = self._create_slot(40)
        self._create_prepared({self.beer: 1}, member=self._create_member("Of today"), slot=today)
        today.write({"start": now, "stop": now + timedelta(minutes=15), "window_start": now})
        self._create_prepared({self.beer: 1}, member=self._create_member("Of another day"))
        rows = {row["member"]: row["today"] for row in self._rows()}
        self.assertEqual(rows, {"Of today": True, "Of another day": False})

    def test_what_else_waits(self):
        """Who hands a basket over is told what else is ready for the household, and nothing more."""
        member = self._create_member("Camille Petit")
        order = self._create_prepared({self.beer: 1}, member=member)
        other = self._create_prepared({self.chips: 1}, member=member, slot=self._create_slot(41))
        self._create_confirmed({self.chips: 1}, member=member, slot=self._create_slot(42))
        self._create_prepared({self.beer: 1}, member=self._create_member("Somebody else"))
        answer = self.env["sale.order"].with_user(self.cashier).drive_till_open(self.till.id, order.id)
        self.assertEqual(answer["order"]["others"], [f"Camille Petit ({other.drive_pickup_code})"])

    def test_nothing_changed(self):
        self._create_prepared({self.cheese: 1.0, self.beer: 1})
        [row] = self._rows()
        self.assertEqual((row["changes"], row["articles"]), ([], 2))

    def test_not_ready(self):
        """While somebody prepares it, what is missing may still turn up."""
        order = self._create_changed("Camille Petit")
        order._drive_reopen_preparation()
        now = fields.Datetime.now()
        self.slot.write({"start": now, "stop": now + timedelta(minutes=15), "window_start": now})
        [row] = self._rows()
        self.assertEqual((row["state"], row["changes"]), ("preparing", []))

    def test_queries_do_not_grow_with_the_orders(self):
        counts = []
        for more in (2, 6):
            for number in range(more):
                self._create_changed(f"Member {more} {number}")
            self._rows()  # what is cached for good is read now
            before = self.env.cr.sql_log_count
            rows = self._rows()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(rows), 8)
        self.assertEqual(*counts)

    def test_who_came_first(self):
        """Who is here comes before who is late, in the order in which they came."""
        orders = [
            self._create_prepared({self.beer: 1}, member=self._create_member(f"Member {n}"), slot=self._create_slot(n))
            for n in (30, 31, 32)
        ]
        now = fields.Datetime.now()
        orders[2].drive_arrived_at = now - timedelta(seconds=2)
        orders[1].drive_arrived_at = now - timedelta(seconds=1)
        names = [row["member"] for row in self._rows()]
        self.assertEqual(names, ["Member 32", "Member 31", "Member 30"])

    # === WITHOUT A TOUCH === #

    def _told(self):
        """Whether the point's till was told since the last time that this was asked."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        channel = f"{self.till.access_token}-DRIVE_ORDERS"
        messages = self.env["bus.bus"].search([]).filtered(lambda message: channel in message.message)
        messages.unlink()
        return bool(messages)

    def test_tills_are_told(self):
        order = self._create_confirmed({self.beer: 1})
        order._drive_start_preparation()
        self._told()
        order.drive_note = "Something else"
        self.assertFalse(self._told(), "nothing that the list is about")
        order.order_line._drive_pick(1)
        order._drive_add_crate("ambient")._drive_place(self.fridge.copy({"storage_class": "ambient"}))
        self.assertFalse(self._told(), "not ready yet")
        order._drive_finish_preparation()
        self.assertTrue(self._told(), "ready")
        order._drive_reopen_preparation()
        self.assertTrue(self._told(), "prepared again")
        order._drive_finish_preparation()
        self._told()
        self._pay(order)
        self.assertTrue(self._told(), "handed over")
