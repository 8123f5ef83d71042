from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import DriveCommon

KEY = "0123456789abcdef"


@tagged("post_install", "-at_install")
class TestConfirm(DriveCommon):
    def test_four_things(self):
        order = self._create_held({self.bread: 2, self.apples: 1.5})
        answer = order._drive_confirm(KEY, order.amount_total)
        self.assertEqual(answer["order"], order.name)
        self.assertEqual(answer["url"], f"/drive/orders/{order.id}")
        self.assertEqual((order.state, order.drive_state), ("sale", "confirmed"))
        self.assertEqual(order.drive_eligibility, "up_to_date: state")
        self.assertEqual(order.drive_booking_id.state, "booked")
        self.assertEqual(order.picking_ids.move_ids.mapped("state"), ["assigned"] * 2)
        self.assertStock(self.bread, 10, 2)
        self.assertStock(self.apples, 20, 1.5)
        self.assertAlmostEqual(order.drive_estimate_total, 14.1)
        self.assertEqual(order.drive_household_id, self.member)
        self.assertEqual(order.order_line.mapped("drive_ordered_qty"), [2, 1.5])
        self.assertRegex(order.drive_pickup_code, r"^[2-9A-HJ-NP-Z]{6}$")

    def test_the_goods_are_wanted_for_the_slot(self):
        order = self._create_confirmed({self.bread: 2})
        self.assertEqual(order.picking_ids.scheduled_date, self.slot.start)
        self.assertEqual(order.picking_ids.move_ids.date_deadline, self.slot.start)

    def test_the_mail_is_sent_after_the_commit(self):
        order = self._create_confirmed({self.bread: 2})
        template = self.env.ref("cafoutch_drive.mail_template_confirmed")
        self.assertEqual(order.pending_email_template_id, template)
        mail = template._generate_template(order.ids, ["subject", "body_html"])
        self.assertIn(order.drive_pickup_code, mail[order.id]["body_html"])

    def test_without_a_slot(self):
        order = self._create_basket({self.bread: 2})
        self.assertRefused("no_slot", order._drive_confirm, KEY, order.amount_total)
        self.assertEqual((order.state, order.drive_state), ("draft", "basket"))

    def test_with_an_expired_hold(self):
        order = self._create_held({self.bread: 2})
        order.drive_booking_id.expires_at = fields.Datetime.now() - timedelta(hours=1)
        self.assertRefused("hold_expired", order._drive_secure_hold)
        self.assertRefused("hold_expired", order._drive_confirm, KEY, 9.6)
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_a_confirmation_that_began_in_time_ends_in_time(self):
        order = self._create_held({self.bread: 2})
        order.drive_booking_id.expires_at = fields.Datetime.now() + timedelta(seconds=9)
        order._drive_secure_hold()
        left = order.drive_booking_id.expires_at - fields.Datetime.now()
        self.assertGreater(left, timedelta(minutes=2))

    def test_an_empty_basket(self):
        order = self._create_held({self.bread: 2})
        order._drive_set_quantity(self.bread.id, 0)
        self.assertRefused("empty", order._drive_confirm, KEY, 0)

    def test_without_eligibility(self):
        order = self._create_held({self.bread: 2})
        self.member.coop_state = "suspended"
        self.assertRefused("suspended", order._drive_confirm, KEY, order.amount_total)

    def test_an_exception_lets_one_order(self):
        self.member.coop_state = "suspended"
        self.member.drive_exception_until = self.company._drive_today()
        order = self._create_confirmed({self.bread: 2})
        self.assertEqual(order.drive_eligibility, "suspended: exception")

    def test_a_slot_closed_meanwhile(self):
        order = self._create_held({self.bread: 2})
        booking = order.drive_booking_id
        self.slot.closed = True
        self.assertEqual(booking.state, "released")
        self.assertRefused("no_slot", order._drive_confirm, KEY, order.amount_total)
        self.assertEqual((order.drive_state, order.order_line.product_uom_qty), ("basket", 2))

    def test_a_product_withdrawn_meanwhile(self):
        order = self._create_held({self.bread: 2})
        self.bread.drive_ok = False
        self.assertRefused("gone", order._drive_confirm, KEY, order.amount_total)

    def test_short_goods_are_named_with_what_is_left(self):
        order = self._create_held({self.bread: 8, self.apples: 1})
        self._create_confirmed({self.bread: 5}, member=self._create_member("B"))
        with self.assertRaisesRegex(UserError, r"Miche \(5"):
            order._drive_confirm(KEY, order.amount_total)
        self.assertEqual(order.drive_state, "basket")
        self.assertStock(self.bread, 10, 5)
        self.assertStock(self.apples, 20, 0)

    def test_what_the_availability_did_not_see_is_caught_by_the_reservation(self):
        order = self._create_held({self.bread: 8})
        self.patch(type(self.env["product.product"]), "_drive_available", lambda *a: {})
        self._set_stock(self.bread, -5)
        self.assertRefused("short", order._drive_confirm, KEY, order.amount_total)

    def test_two_lines_of_one_product_need_the_sum(self):
        order = self._create_held({self.bread: 6})
        order._drive_add_line(self.bread, 6)
        self.assertRefused("short", order._drive_confirm, KEY, order.amount_total)

    def test_another_total_than_the_one_seen(self):
        order = self._create_held({self.bread: 2})
        self.bread.list_price = 5
        with self.assertRaisesRegex(UserError, "Miche.*10"):
            order._drive_confirm(KEY, 9.6)
        self.assertEqual(order.drive_state, "basket")
        for wrong in (None, "x", [], float("nan"), 10**400):
            self.assertRefused("total", order._drive_confirm, KEY, wrong)
        order._drive_confirm(KEY, "10.0")
        self.assertEqual(order.drive_state, "confirmed")

    def test_the_same_key_again_gives_the_same_answer(self):
        order = self._create_held({self.bread: 2})
        answer = order._drive_confirm(KEY, order.amount_total)
        self.assertEqual(order._drive_confirm(KEY, 1), answer)
        found = self.env["sale.order"]._drive_order_for_key(self.member, KEY)
        self.assertEqual(found, order)
        self.assertEqual(len(order.picking_ids), 1)

    def test_bad_keys(self):
        order = self._create_held({self.bread: 2})
        for key in (None, 5, "", "short", "x" * 65, ["a"]):
            self.assertRefused("bad_key", order._drive_confirm, key, 9.6)
            self.assertFalse(self.env["sale.order"]._drive_order_for_key(self.member, key))

    def test_open_orders_of_a_household(self):
        self.point.max_open_orders = 1
        self._create_confirmed({self.bread: 1})
        partner = self._create_member("Sam Durand", parent_id=self.member.id)
        self.assertEqual(partner.coop_state, "up_to_date")
        basket = self._create_basket({self.bread: 1}, member=partner)
        self.assertRefused("max_open_orders", basket._drive_hold, self.slot)

    # === ODOO'S OWN DOORS === #

    def test_a_salesperson_s_confirm(self):
        salesperson = new_test_user(
            self.env,
            login="seller",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        order = self._create_basket({self.bread: 2})
        self.assertRefused("no_slot", order.with_user(salesperson).action_confirm)
        order._drive_hold(self.slot)
        self.member.coop_state = "left"
        self.assertRefused("left", order.with_user(salesperson).action_confirm)
        self.assertEqual(order.state, "draft")
        self.member.coop_state = "alert"
        order.with_user(salesperson).action_confirm()
        self.assertEqual(order.drive_state, "confirmed")
        self.assertEqual(order.drive_booking_id.state, "booked")

    def test_no_signature_nor_payment_confirms_a_basket(self):
        order = self._create_held({self.bread: 2})
        order.write({"require_signature": True, "require_payment": True})
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())

    def test_other_orders_are_left_alone(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.member.id,
                "order_line": [Command.create({"product_id": self.bread.id, "product_uom_qty": 50})],
            }
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.drive_state)

    def test_a_copy_is_no_drive_order(self):
        order = self._create_confirmed({self.bread: 2})
        self.assertFalse(order.copy().is_drive)

    def test_nothing_is_shipped_unpaid(self):
        order = self._create_confirmed({self.bread: 2})
        order._drive_join_batch()
        batch = order.picking_ids.batch_id
        self.assertTrue(batch.is_drive)
        self.assertEqual(batch.drive_window_start, self.slot.window_start)
        batch.action_confirm()
        for action in (
            batch.action_done,
            order.picking_ids.button_validate,
            order.picking_ids._action_done,
        ):
            with self.assertRaisesRegex(UserError, order.name):
                action()
        self.assertStock(self.bread, 10, 2)

    # === CANCELLATION === #

    def test_cancel_gives_back_goods_and_place(self):
        order = self._create_confirmed({self.bread: 2})
        answer = order._drive_cancel()
        self.assertEqual(answer, order._drive_cancel())
        self.assertEqual((order.state, order.drive_state), ("cancel", "cancelled"))
        self.assertEqual(self.slot.places_left, 2)
        self.assertStock(self.bread, 10, 0)

    def test_no_cancel_after_the_cutoff(self):
        order = self._create_confirmed({self.bread: 2})
        self.point.cutoff_minutes = 27 * 60
        self.assertRefused("too_late", order._drive_cancel)
        self.assertEqual(order.drive_state, "confirmed")

    def test_no_cancel_once_in_preparation(self):
        order = self._create_confirmed({self.bread: 2})
        order.drive_state = "preparing"
        self.assertRefused("too_late", order._drive_cancel)

    def test_a_basket_is_not_cancelled_by_a_member(self):
        order = self._create_held({self.bread: 2})
        self.assertRefused("too_late", order._drive_cancel)

    def test_a_cancelled_order_stays_cancelled(self):
        order = self._create_confirmed({self.bread: 2})
        order.action_cancel()
        self.assertEqual(self.slot.places_left, 2)
        with self.assertRaises(UserError):
            order.action_draft()

    def test_what_was_handed_over_is_not_cancelled(self):
        order = self._create_confirmed({self.bread: 2})
        order.drive_state = "done"
        with self.assertRaises(UserError):
            order.action_cancel()

    # === BATCHES === #

    def test_batches_are_formed_after_the_cutoff(self):
        order = self._create_confirmed({self.bread: 2})
        self.point._form_batches()
        self.assertFalse(order.picking_ids.batch_id)
        self.point.cutoff_minutes = 27 * 60
        later = self._create_slot(50)
        other = self._create_confirmed({self.bread: 1}, later, self._create_member("B"))
        self.point._form_batches()
        self.assertTrue(order.picking_ids.batch_id)
        self.assertFalse(other.picking_ids.batch_id)

    def test_an_order_joins_after_another_has_left(self):
        order = self._create_confirmed({self.bread: 1})
        order._drive_join_batch()
        batch = order.picking_ids.batch_id
        batch.action_confirm()
        late = self._create_confirmed({self.bread: 1}, member=self._create_member("B"))
        third = self._create_confirmed(
            {self.bread: 1},
            self._create_slot(26.5, window_start=self.slot.window_start),
            self._create_member("C"),
        )
        late._drive_join_batch()
        self.assertEqual(late.picking_ids.batch_id, batch)
        # The ticket of the first one.
        moves = order.picking_ids.move_ids
        moves.picked = True
        moves._action_done()
        third._drive_join_batch()
        self.assertTrue(third.picking_ids.batch_id)
        self.assertNotEqual(third.picking_ids.batch_id, batch)
        self.assertEqual(third.picking_ids.batch_id.drive_window_start, batch.drive_window_start)
