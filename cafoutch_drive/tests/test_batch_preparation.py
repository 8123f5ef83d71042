"""A batch as the screen reads it: stops, cells, what changed since."""

import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .batch_common import BatchCommon
from .test_preparation_guards import NOT_IDS


@tagged("post_install", "-at_install")
class TestBatchPreparation(BatchCommon):
    # === THE BOARD === #

    def test_board(self):
        [window] = self.board()
        [row] = window["batches"]
        self.assertEqual(row["id"], self.batch.id)
        self.assertEqual((row["state"], row["baskets"], row["treated"], row["total"]), ("to_do", 2, 0, 3))
        self.assertEqual((window["done"], window["total"]), (0, 2))
        # Each can still be prepared by itself.
        self.assertCountEqual([row["id"] for row in window["orders"]], [self.order.id, self.other.id])
        self.does("begin")
        self.does("take", line=self.bread_line.id, qty=2)
        self.phone.claim(self.batch.id, "phone")
        [row] = self.board()[0]["batches"]
        self.assertEqual((row["state"], row["treated"], row["to_weigh"]), ("in_work", 1, 1))
        self.assertEqual(row["people"], [self.volunteer.partner_id._drive_short_name()])
        # A phone that went out at an article is not told that somebody is there.
        self.assertEqual(self.phone.board("phone")["windows"][0]["batches"][0]["people"], [])
        self.assertFalse(row["late"])
        self.slot.write({"window_start": "2020-01-01 10:00:00", "start": "2020-01-01 10:00:00"})
        self.assertTrue(self.board()[0]["batches"][0]["late"])

    def test_board_shows_orders_without_a_batch(self):
        self.point.cutoff_minutes = 60
        coming = self._create_confirmed({self.bread: 1}, self._create_slot(hours=80))
        later = self.board()[-1]
        self.assertEqual([row["id"] for row in later["orders"]], [coming.id])
        self.assertEqual(later["batches"], [])

    def test_a_ready_batch(self):
        self.does("begin")
        for line in (self.bread_line, self.apples_line, self.other_line):
            self.does("short", line=line.id, qty=0, reason="missing")
        for order in (self.order, self.other):
            self.does("finish", order=order.id)
        [row] = self.board()[0]["batches"]
        self.assertEqual((row["state"], row["ready"]), ("ready", 2))

    # === A BATCH === #

    def test_open(self):
        self.order.drive_note = "Merci !"
        opened = self.phone.open(self.batch.id)
        self.assertEqual([row["letter"] for row in opened["baskets"]], ["A", "B"])
        first = opened["baskets"][0]
        self.assertEqual((first["id"], first["name"], first["note"]), (self.order.id, "Camille D.", "Merci !"))
        self.assertTrue(first["colour"] and first["shape"] and first["slot"])
        names = {stop["name"]: stop for stop in opened["stops"]}
        self.assertEqual(set(names), {"Miche", "Pommes"})
        self.assertEqual(
            [(cell["basket"], cell["wanted"]) for cell in names["Miche"]["cells"]],
            [(self.order.id, 2), (self.other.id, 1)],
        )
        self.assertFalse(names["Miche"]["measured"])
        apples = self.cell(opened, self.apples_line)
        self.assertTrue(names["Pommes"]["measured"])
        self.assertLess(apples["lowest"], apples["least"])
        self.assertLess(apples["most"], apples["highest"])
        self.assertEqual(apples["ceiling"], False)
        self.assertEqual({place["name"] for place in opened["places"]}, {"A3", "Fridge 2"})
        self.assertTrue(opened["reasons"] and opened["classes"] and opened["version"])

    def test_a_ceiling(self):
        self.apples_line.drive_ceiling = 3.3
        self.assertEqual(self.cell(self.phone.open(self.batch.id), self.apples_line)["ceiling"], 1.1)

    def test_walk_and_places(self):
        """Frozen goods last, then chilled ones; and where the goods lie."""
        shelf = self.env["stock.location"].create({"name": "Rayon 4", "location_id": self.stock.id})
        ice, milk = (
            self._create_product(name, 1, stock=5, drive_storage_class=storage)
            for name, storage in (("Avocats glacés", "frozen"), ("Beurre", "chilled"))
        )
        rice = self._create_product("Riz", 1)
        self._set_stock(rice, 5, shelf)
        self.one_more({ice: 1, milk: 1, rice: 1})
        stops = self.phone.open(self.batch.id)["stops"]
        self.assertEqual([stop["name"] for stop in stops], ["Miche", "Pommes", "Riz", "Beurre", "Avocats glacés"])
        self.assertEqual([stop["location"] for stop in stops], ["", "", "Rayon 4", "", ""])

    def test_queries_do_not_grow(self):
        products = [self._create_product(f"Product {number}", 1, stock=99) for number in range(12)]
        counts = []
        for some in (products[:2], products):
            self.one_more(dict.fromkeys(some, 1))
            self.one_more(dict.fromkeys(some, 2))
            counts.append([self._count(method) for method in (self._open, self._since, self._board)])
        self.assertEqual(*counts)

    def _open(self):
        return self.phone.open(self.batch.id)

    def _since(self):
        return self.phone.since(self.batch.id, 1)

    def _board(self):
        return self.phone.board()

    def _count(self, method):
        self.env.flush_all()
        method()  # what is cached for good is read now
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        method()
        return self.env.cr.sql_log_count - before

    # === SINCE === #

    def test_since_tells_what_others_did(self):
        """Rows of this transaction are always told again: what is told of others is seen
        by the versions, in the end-to-end tests."""
        opened = self.phone.open(self.batch.id)
        self.does("begin", "tablet")
        self.does("take", "tablet", line=self.other_line.id, qty=1)
        changes = self.phone.since(self.batch.id, opened["version"])
        self.assertEqual({row["id"] for row in changes["baskets"]}, {self.order.id, self.other.id})
        [cell] = [cell for cell in changes["cells"] if cell["line"] == self.other_line.id]
        self.assertEqual((cell["stop"], cell["treated"], cell["prepared"]), (self.bread.id, True, 1))
        self.assertEqual([stop["id"] for stop in changes["stops"]], [stop["id"] for stop in opened["stops"]])
        self.assertGreaterEqual(changes["version"], opened["version"])

    def test_since_forgets_what_is_older(self):
        """Rows as a transaction before the screen's wrote them."""
        preparation, ids = self.env["drive.preparation"], self.order.order_line.ids
        self.env.flush_all()
        [[written]] = self.env.execute_query(
            SQL("SELECT max(xmin::text::bigint) FROM sale_order_line WHERE id IN %s", tuple(ids))
        )
        for known, expected in ((written, True), (written + 1, False), (written - 1, True), (written + 2**32, True)):
            changed = preparation._changed("sale_order_line", ids, known)
            self.assertEqual(bool(changed), expected, known - written)

    def test_since_of_nonsense_tells_everything(self):
        for bad in (None, True, "abc", 0, -1, 2**62, 1.5, [], {}):
            self.assertEqual(len(self.phone.since(self.batch.id, bad)["cells"]), 3)

    def test_since_says_who_left(self):
        self.other._action_cancel()
        self.assertEqual(self.phone.since(self.batch.id, 1)["sizes"], [[self.order.id, 2, 0]])
        self.does("begin")
        self.does("crate", order=self.order.id, storage_class="ambient", number=1)
        self.assertEqual(self.phone.since(self.batch.id, 1)["sizes"], [[self.order.id, 2, 1]])
        self.does("remove", order=self.order.id, number=1)
        self.assertEqual(self.phone.since(self.batch.id, 1)["sizes"], [[self.order.id, 2, 0]])

    def _messages(self, function, *args):
        """What the screens are told of while something is done."""
        self.env["bus.bus"].search([("id", ">", 0)]).unlink()
        function(*args)
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].search([("id", ">", 0)], order="id").mapped("message")
        told = [json.loads(message) for message in messages]
        return [row["payload"] for row in told if row["type"] == "cafoutch_drive.preparation"]

    def test_screens_are_told(self):
        both = (self.order.id, self.batch.id), (self.other.id, self.batch.id)
        told = self._messages(self.does, "begin")
        self.assertEqual([(row["order"], row["batch"]) for row in told], list(both))
        self.assertEqual({row["screen"] for row in told}, {"phone"})
        told = self._messages(self.other._action_cancel)
        self.assertIn((self.other.id, False), [(row["order"], row["batch"]) for row in told])
        self.does("take", line=self.bread_line.id, qty=2)
        told = self._messages(self.order._action_cancel)
        self.assertIn(both[0], [(row["order"], row["batch"]) for row in told], "its goods are still in a crate")
        told = self._messages(self.one_more, {self.bread: 1})
        self.assertTrue(told[-1]["batch"])

    # === WHO === #

    def test_volunteers_only(self):
        member = new_test_user(self.env, login="prep_member", groups="base.group_portal")
        cashier = new_test_user(self.env, login="prep_cashier", groups="cafoutch_drive.group_cashier")
        calls = (
            ("board", ()),
            ("open", (self.batch.id,)),
            ("since", (self.batch.id, 1)),
            ("claim", (self.batch.id, "x")),
            ("give_back", (self.batch.id, "x")),
            ("apply", (self.batch.id, "x", [])),
        )
        for user in (member, cashier):
            for method, args in calls:
                with self.subTest(method=method), self.assertRaises(AccessError):
                    getattr(self.env["drive.preparation"].with_user(user), method)(*args)

    def test_no_batch(self):
        plain = self.env["stock.picking.batch"].create({"picking_type_id": self.warehouse.out_type_id.id})
        for bad in (*NOT_IDS, plain.id):
            for method, args in (("open", ()), ("since", (1,)), ("claim", ("x",)), ("give_back", ("x",))):
                self.assertTrue(getattr(self.phone, method)(bad, *args)["refused"])
            self.assertTrue(self.phone.apply(bad, "x", [])["stopped"])

    def test_other_company_is_not_found(self):
        company = self.env["res.company"].create({"name": "Other shop"})
        stranger = new_test_user(
            self.env,
            login="batch_stranger",
            groups="cafoutch_drive.group_volunteer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        screen = self.env["drive.preparation"].with_user(stranger)
        self.assertTrue(screen.open(self.batch.id)["refused"])
        board = screen.board()
        self.assertEqual((board["windows"], board["back"]), ([], []))

    def test_rows_say_no_more_than_needed(self):
        self.member.write({"street": "12 rue Secrète", "email": "secret@example.org", "phone": "0612345678"})
        texts = str([self.board(), self._open(), self._since()])
        self.assertIn("Camille D.", texts)
        for secret in ("Durand", "Secrète", "secret@", "0612345678", "12.6", "4.8"):
            self.assertNotIn(secret, texts)

    # === CLAIMS === #

    def stop(self, device="phone", stop=None):
        screen = self.tablet if device == "tablet" else self.phone
        return screen.claim(self.batch.id, device, stop)

    def test_two_are_not_sent_to_the_same_stop(self):
        first, second = self.stop(), self.stop("tablet")
        self.assertEqual({first["stop"], second["stop"]}, {self.bread.id, self.apples.id})
        self.assertEqual(self.stop()["stop"], first["stop"], "asked again, its own")
        self.assertEqual(self.stop("third")["stop"], False)
        self.assertTrue(self.stop("tablet", first["stop"])["refused"])
        rows = {row["stop"]: row["person"] for row in self._open()["claims"]}
        self.assertEqual(rows[second["stop"]], "Zoé B.")

    def test_a_claim_is_given_back(self):
        first = self.stop()["stop"]
        self.tablet.give_back(self.batch.id, "tablet")
        self.assertTrue(self.stop("tablet", first)["refused"], "that was another's")
        self.phone.give_back(self.batch.id, "phone", 0)
        self.assertTrue(self.stop("tablet", first)["refused"], "that was nothing")
        self.assertEqual(self.phone.give_back(self.batch.id, "phone", first)["claims"], [])
        self.assertEqual(self.stop("tablet", first)["stop"], first)

    def test_a_claim_ends_without_a_sign_of_life(self):
        first = self.stop()["stop"]
        self.env.cr.execute("UPDATE drive_preparation_claim SET seen_at = seen_at - interval '4 minutes'")
        self.assertTrue(self.stop("tablet", first)["refused"])
        self.apply(device="phone")
        self.env.cr.execute("UPDATE drive_preparation_claim SET seen_at = seen_at - interval '4 minutes'")
        self.assertTrue(self.stop("tablet", first)["refused"], "it gave one by what it sent")
        self.env.cr.execute("UPDATE drive_preparation_claim SET seen_at = seen_at - interval '2 minutes'")
        self.assertEqual(self._open()["claims"], [])
        self.assertEqual(self.stop("tablet", first)["stop"], first)
        self.env["drive.preparation.claim"]._gc_claims()
        self.assertEqual(self._open()["claims"][0]["device"], "tablet")

    def test_a_claim_ends_when_all_is_treated(self):
        self.does("begin")
        self.stop(stop=self.bread.id)
        self.does("take", line=self.bread_line.id, qty=2)
        self.assertEqual(self.stop()["stop"], self.bread.id, "one basket still waits for it")
        answer = self.does("take", line=self.other_line.id, qty=1)
        self.assertEqual(answer["claims"], [])
        self.assertEqual(self.stop()["stop"], self.apples.id)
        self.assertTrue(self.stop("tablet", self.bread.id)["refused"])

    def test_bad_devices(self):
        for bad in (None, "", 1, "x" * 65, [], "a\0b", "\ud83d"):
            self.assertTrue(self.phone.claim(self.batch.id, bad)["refused"])
            self.assertTrue(self.phone.give_back(self.batch.id, bad)["refused"])
            self.assertTrue(self.phone.apply(self.batch.id, bad, [])["stopped"])
        for bad in NOT_IDS[1:]:
            self.assertTrue(self.stop(stop=bad)["refused"])
