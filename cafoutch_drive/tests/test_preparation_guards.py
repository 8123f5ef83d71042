from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .preparation_common import PreparationCommon

NOT_NUMBERS = (None, True, "abc", "", -1, float("nan"), float("inf"), [], {}, "1e999")
NOT_IDS = (None, True, "abc", 0, -1, 2**40, 1.5, float("nan"), [1], {})


@tagged("post_install", "-at_install")
class TestPreparationGuards(PreparationCommon):
    # === WHAT IS REFUSED === #

    def test_finish_needs_all_lines_and_placed_crates(self):
        self.start()
        self.assertIn("Miche", self.refuses("finish", order=self.order.id))
        self.does("take", line=self.bread_line.id, qty=2)
        self.assertIn("Pommes", self.refuses("finish", order=self.order.id))
        self.does("take", line=self.apples_line.id, qty=1)
        self.refuses("finish", order=self.order.id)
        self.does("crate", order=self.order.id, storage_class="ambient")
        crate = self.order.drive_crate_ids
        self.assertIn(crate.name, self.refuses("finish", order=self.order.id))
        self.assertEqual(self.order.drive_state, "preparing")
        self.does("place", crate=crate.id, place=self.shelf.id)
        self.assertTrue(crate.placed_at)
        self.does("finish", order=self.order.id)

    def test_bad_quantities(self):
        self.start()
        for line in (self.bread_line, self.apples_line):
            for bad in NOT_NUMBERS:
                self.refuses("take", line=line.id, qty=bad)
                self.refuses("short", line=line.id, qty=bad, reason="missing")
            for bad in (0, 1e12, 900, 0.0001):
                self.refuses("take", line=line.id, qty=bad)
        self.assertIn("0.9", self.refuses("take", line=self.apples_line.id, qty=900))
        self.refuses("take", line=self.bread_line.id, qty=1)
        self.refuses("take", line=self.bread_line.id, qty=3)
        self.refuses("take", line=self.bread_line.id, qty=1.5)
        self.refuses("short", line=self.bread_line.id, qty=2, reason="missing")
        for reason in ("because", None, 3, [], {}):
            self.refuses("short", line=self.bread_line.id, qty=0, reason=reason)
        self.assertFalse(self.order.order_line.filtered("drive_picked"))
        self.assertStock(self.bread, 10, 2)
        self.assertStock(self.apples, 20, 1)

    def test_unexpected_weight_is_asked(self):
        self.start()
        self.assertIn("1.5", self.told("ask", "take", line=self.apples_line.id, qty=1.5))
        self.assertFalse(self.apples_line.drive_picked)
        self.does("take", line=self.apples_line.id, qty="1,5", sure=True)
        self.assertEqual(self.apples_line.drive_prepared_qty, 1.5)

    def test_bad_ids(self):
        basket = self._create_basket({self.bread: 1}, self._create_member("Other"))
        quotation = self.env["sale.order"].create(
            {
                "partner_id": self.member.id,
                "order_line": [Command.create({"product_id": self.bread.id})],
            }
        )
        self.start()
        for bad in (*NOT_IDS, basket.id, quotation.id):
            self.assertTrue(self.phone.basket(bad)["refused"])
            for kind in ("finish", "reopen"):
                self.refuses(kind, order=bad)
            self.refuses("crate", order=bad, storage_class="ambient")
        for bad in (*NOT_IDS, basket.order_line.id, quotation.order_line.id):
            self.refuses("take", line=bad, qty=1)
            self.refuses("short", line=bad, qty=0, reason="missing")
            self.refuses("undo", line=bad)
        for bad in NOT_IDS:
            self.refuses("place", crate=bad, place=self.shelf.id)
            self.refuses("remove", crate=bad)
        for bad in (None, "warm", 1, [], {}):
            self.refuses("crate", order=self.order.id, storage_class=bad)

    def test_crate_goes_to_its_own_class_and_point(self):
        self.start()
        self.does("crate", order=self.order.id, storage_class="ambient")
        crate = self.order.drive_crate_ids
        elsewhere = self.env["drive.place"].create(
            {
                "name": "Elsewhere",
                "point_id": self.point.copy({"name": "Other point"}).id,
                "storage_class": "ambient",
            }
        )
        self.assertIn("Fridge 2", self.refuses("place", crate=crate.id, place=self.fridge.id))
        for bad in (elsewhere.id, *NOT_IDS):
            self.refuses("place", crate=crate.id, place=bad)
        self.shelf.active = False
        self.refuses("place", crate=crate.id, place=self.shelf.id)
        self.assertFalse(crate.place_id)
        self.does("remove", crate=crate.id)
        self.assertFalse(self.order.drive_crate_ids)

    def test_only_while_in_preparation(self):
        line = self.bread_line
        self.refuses("take", line=line.id, qty=2)
        self.refuses("reopen", order=self.order.id)
        self.prepare()
        crate = self.order.drive_crate_ids
        for _state in ("ready", "cancelled"):
            self.refuses("take", line=line.id, qty=2)
            self.refuses("short", line=line.id, qty=0, reason="missing")
            self.refuses("undo", line=line.id)
            self.refuses("crate", order=self.order.id, storage_class="ambient")
            self.refuses("place", crate=crate.id, place=self.shelf.id)
            self.refuses("remove", crate=crate.id)
            self.order._action_cancel()
        self.refuses("begin", order=self.order.id)
        self.refuses("finish", order=self.order.id)
        self.refuses("reopen", order=self.order.id)
        self.assertStock(self.bread, 10, 0)

    def test_line_taken_out_of_the_delivery(self):
        self.start()
        self.moves(self.bread_line)._action_cancel()
        self.assertIn("Miche", self.refuses("take", line=self.bread_line.id, qty=2))
        self.does("short", line=self.bread_line.id, qty=0, reason="other")

    def test_refusal_changes_nothing(self):
        """What was written before a refusal is taken back."""
        self.start()
        self.does("take", line=self.bread_line.id, qty=2)
        self.does("short", line=self.apples_line.id, qty=0, reason="missing")
        self.place_one_crate()
        line_class = type(self.env["sale.order"])

        def refuse(order):
            order._drive_add_crate("nothing")

        self.patch(line_class, "_drive_tell_ready", refuse)
        self.refuses("finish", order=self.order.id)
        self.order.invalidate_recordset()
        self.assertEqual(self.order.drive_state, "preparing")
        self.assertEqual(self.apples_line.product_uom_qty, 1)

    # === ODOO'S OWN DOORS === #

    def test_unpaid_basket_is_not_shipped(self):
        for _state in ("confirmed", "preparing", "ready"):
            picking = self.order.picking_ids
            with self.assertRaises(UserError):
                picking.button_validate()
            with self.assertRaises(UserError):
                picking._action_done()
            if picking.batch_id:
                with self.assertRaises(UserError):
                    picking.batch_id.action_done()
            self.assertNotEqual(picking.state, "done")
            if self.order.drive_state == "confirmed":
                self.start()
            elif self.order.drive_state == "preparing":
                self.does("take", line=self.bread_line.id, qty=2)
                self.does("take", line=self.apples_line.id, qty=1)
                self.place_one_crate()
                self.does("finish", order=self.order.id)

    # === WHO === #

    def test_only_volunteers(self):
        portal = new_test_user(self.env, login="prep_member", groups="base.group_portal")
        employee = new_test_user(self.env, login="prep_user", groups="base.group_user")
        for user in (portal, employee):
            screen = self.phone.with_user(user)
            for method, value in (("basket", self.order.id), ("find", self.order.drive_pickup_code)):
                with self.assertRaises(AccessError, msg=f"{user.login} {method}"):
                    getattr(screen, method)(value)
        self.assertFalse(self.order.drive_batch_id)

    def test_volunteer_has_no_other_right(self):
        order = self.order.with_user(self.volunteer)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            order.read(["amount_total"])
        with self.assertRaises(AccessError):
            self.env["stock.picking"].with_user(self.volunteer).search([])

    def test_other_company_is_not_found(self):
        company = self.env["res.company"].create({"name": "Other shop"})
        stranger = new_test_user(
            self.env,
            login="prep_stranger",
            groups="cafoutch_drive.group_volunteer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        screen = self.env["drive.preparation"].with_user(stranger)
        self.assertTrue(screen.basket(self.order.id)["refused"])
        self.assertTrue(screen.find(self.order.drive_pickup_code)["refused"])
        self.assertFalse(self.order.drive_batch_id)
        board = screen.board()
        self.assertEqual((board["windows"], board["back"]), ([], []))

    def test_rows_say_no_more_than_needed(self):
        self.member.write({"street": "12 rue Secrète", "email": "secret@example.org"})
        self.member.phone = "0612345678"
        self.start()
        texts = str([self.board(), self.phone.open(self.batch.id)])
        self.assertIn("Camille D.", texts)
        for secret in ("Durand", "Secrète", "secret@", "0612345678", "12.6", "4.8"):
            self.assertNotIn(secret, texts)
