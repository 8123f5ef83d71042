"""A confirmed order takes another slot: never none, never two."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import DriveCommon
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestMove(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.later = cls._create_slot(hours=50, capacity=1)
        cls.order = cls._create_confirmed({cls.bread: 2, cls.apples: 1.5})
        cls.order.pending_email_template_id = False

    def assertStands(self, order, slot):
        """The order has one place, in this slot, and none elsewhere."""
        live = self.env["drive.booking"].search([("order_id", "=", order.id), ("state", "in", ("held", "booked"))])
        self.assertEqual(live, order.drive_booking_id)
        self.assertEqual((live.slot_id, live.state), (slot, "booked"))
        self.assertEqual(order.drive_slot_id, slot)
        self.assertEqual(order.commitment_date, slot.start)

    def _batched(self):
        self.slot.window_start -= timedelta(hours=24)
        self.point._form_batches()
        return self.order.picking_ids.batch_id

    def test_everything_follows_the_new_slot(self):
        picking = self.order.picking_ids
        before = picking.scheduled_date
        shift = self.later.start - self.slot.start
        self.assertEqual(self.order._drive_move(self.later).line_count, 2)
        self.assertStands(self.order, self.later)
        self.assertEqual(self.order.drive_slot_start, self.later.start)
        self.assertEqual(picking.scheduled_date, before + shift)
        self.assertEqual(picking.date_deadline, self.later.start)
        self.assertEqual(set(picking.move_ids.mapped("state")), {"assigned"})
        self.assertEqual(self.order.pending_email_template_id, self.env.ref("cafoutch_drive.mail_template_moved"))
        self.assertEqual(self.slot.places_left, 2)
        self.assertEqual(self.later.places_left, 0)

    def test_done_twice_is_once(self):
        booking = self.order._drive_move(self.later)
        self.order.pending_email_template_id = False
        self.assertEqual(self.order._drive_move(self.later), booking)
        self.assertFalse(self.order.pending_email_template_id, "nobody is told twice")

    def test_back_and_forth(self):
        self.order._drive_move(self.later)
        self.order._drive_move(self.slot)
        self.assertStands(self.order, self.slot)

    def test_a_confirmation_that_waits_says_the_new_slot_itself(self):
        template = self.env.ref("cafoutch_drive.mail_template_confirmed")
        self.order.pending_email_template_id = template
        self.order._drive_move(self.later)
        self.assertEqual(self.order.pending_email_template_id, template)

    def test_the_mail_says_where_and_when(self):
        self.order.partner_id.email = "camille@example.org"
        self.order._drive_move(self.later)
        self.order._send_order_notification_mail(self.order.pending_email_template_id, allow_deferred_sending=False)
        [mail] = self.order.message_ids.filtered("subject")
        self.assertIn(self.later._drive_label(), mail.subject)
        self.assertIn(self.order.drive_pickup_code, mail.body)

    def test_a_full_slot_is_refused_and_the_place_stands(self):
        self._create_confirmed({self.bread: 1}, self.later)
        self.assertRefused("slot_full", self.order._drive_move, self.later)
        self.assertStands(self.order, self.slot)

    def test_a_slot_that_cannot_prepare_so_many_lines_is_refused(self):
        self.later.line_capacity = 1
        self.assertRefused("slot_full", self.order._drive_move, self.later)
        self.assertStands(self.order, self.slot)

    def test_closed_past_and_elsewhere_are_refused(self):
        self.later.closed = True
        self.assertRefused("slot_closed", self.order._drive_move, self.later)
        self.assertRefused("slot_past", self.order._drive_move, self._create_slot(hours=-1))
        warehouse = self.env["stock.warehouse"].create({"name": "Elsewhere", "code": "ELSE"})
        elsewhere = self.env["drive.point"].create(
            {"name": "Elsewhere", "calendar_id": self.calendar.id, "warehouse_id": warehouse.id}
        )
        self.assertRefused("other_warehouse", self.order._drive_move, self._create_slot(point=elsewhere))
        self.assertStands(self.order, self.slot)

    def test_another_point_of_the_same_warehouse(self):
        beside = self.env["drive.point"].create({"name": "Beside", "calendar_id": self.calendar.id})
        slot = self._create_slot(point=beside)
        self.order._drive_move(slot)
        self.assertStands(self.order, slot)
        self.assertEqual(self.order.drive_point_id, beside)

    def test_what_is_begun_or_over_is_not_moved(self):
        self.order.drive_state = "preparing"
        self.assertRefused("preparing", self.order._drive_move, self.later)
        self.order.drive_state = "confirmed"
        self.order._drive_cancel()
        self.assertRefused("not_confirmed", self.order._drive_move, self.later)
        self.assertRefused("not_confirmed", self.order._drive_move, self.slot)
        self.assertEqual(self.later.places_left, 1)

    # === BATCHES === #

    def test_it_leaves_the_batch_of_another_window(self):
        self.assertTrue(self._batched())
        self.order._drive_move(self.later)
        self.assertFalse(self.order.picking_ids.batch_id)

    def test_it_joins_the_batch_of_a_window_whose_cutoff_has_passed(self):
        first = self._batched()
        now = fields.Datetime.now().replace(second=0)
        soon = self._create_slot(hours=1, window_start=now)
        self.order._drive_move(soon)
        batch = self.order.picking_ids.batch_id
        self.assertNotEqual(batch, first)
        self.assertEqual(batch.drive_window_start, soon.window_start)

    def test_it_stays_in_the_batch_of_the_same_window(self):
        batch = self._batched()
        beside = self._create_slot(hours=27, window_start=self.slot.window_start)
        self.order._drive_move(beside)
        self.assertEqual(self.order.picking_ids.batch_id, batch)

    def test_it_leaves_a_batch_that_others_have_begun(self):
        other = self._create_confirmed({self.bread: 1})
        batch = self._batched()
        other._drive_start_preparation()
        self.assertEqual(batch.state, "in_progress")
        self.order._drive_move(self.later)
        self.assertEqual(batch.picking_ids, other.picking_ids)
        self.assertEqual(batch.state, "in_progress")

    # === BY THE MEMBER === #

    def test_members_move_until_the_cutoff_only(self):
        self.slot.window_start -= timedelta(hours=24)
        self.assertRefused("too_late", self.order._drive_move_by_member, self.later)
        self.assertStands(self.order, self.slot)
        self.order._drive_move(self.later)  # staff may

    def test_members_take_open_slots_only(self):
        far = self._create_slot(hours=24 * 60)
        self.assertRefused("slot_upcoming", self.order._drive_move_by_member, far)
        over = self._create_slot(hours=2)
        self.assertRefused("slot_cutoff", self.order._drive_move_by_member, over)
        self.assertStands(self.order, self.slot)

    def test_a_key_sent_again_late_changes_nothing(self):
        third = self._create_slot(hours=60)
        self.order._drive_move_by_member(self.later, "first-key")
        self.order._drive_move_by_member(third, "second-key")
        answer = self.order._drive_move_by_member(self.later, "first-key")
        self.assertEqual(answer["order"], self.order.name)
        self.assertStands(self.order, third)
        for key in (7, "x", "y" * 65, "a\0bcdefgh"):
            self.assertRefused("bad_key", self.order._drive_move_by_member, self.later, key)

    def test_members_who_may_not_order_any_more_still_move(self):
        self.member.coop_state = "suspended"
        self.order._drive_move_by_member(self.later)
        self.assertStands(self.order, self.later)


@tagged("post_install", "-at_install")
class TestMovePages(ShopCommon):
    def setUp(self):
        super().setUp()
        self.later = self._create_slot(hours=50, capacity=1)
        self.order = self._create_confirmed({self.bread: 1})
        self.page = f"/drive/orders/{self.order.id}/slots"
        self.path = f"/drive/orders/{self.order.id}/move"

    def _slot_now(self):
        self.env.invalidate_all()
        return self.order.drive_slot_id

    def test_the_page_marks_the_slot_and_offers_the_others(self):
        self.assertIn(self.page, self.get(f"/drive/orders/{self.order.id}"))
        html = self.get(self.page)
        self.assertSays(html, "Change the slot", "your slot", self.slot.with_context(lang="en_US")._drive_label())
        self.assertIn(f'action="{self.path}"', html)
        self.assertIn(f'name="slot_id" value="{self.later.id}"', html)
        self.assertNotIn("/drive/slots/hold", html)
        self.assertEqual(self._slot_now(), self.slot)

    def test_the_form_moves(self):
        answer = self.post(self.path, page=self.page, slot_id=self.later.id)
        self.assertTrue(answer.headers["Location"].endswith(f"/drive/orders/{self.order.id}"))
        self.assertEqual(self._slot_now(), self.later)
        self.assertSays(self.get(f"/drive/orders/{self.order.id}"), "See you on")

    def test_refusals_are_sentences(self):
        self._create_confirmed({self.bread: 1}, self.later, self.other)
        html = self.post(self.path, 409, page=self.page, slot_id=self.later.id).text
        self.assertSays(html, "No place is left", "Change the slot")
        for nonsense in ("", "x", "-1", "9" * 30, "0", "1\x01"):
            self.post(self.path, 422, page=self.page, slot_id=nonsense)
        self.slot.window_start -= timedelta(hours=24)
        html = self.post(self.path, 409, page="/drive/slots", slot_id=self.later.id).text
        self.assertSays(html, "too late to change the slot")
        self.assertEqual(self.url_open(self.page, allow_redirects=False).status_code, 303)
        self.assertEqual(self._slot_now(), self.slot)

    def test_json(self):
        answer = self.call("orders/move", order=self.order.name, slot_id=self.later.id, idempotency_key="a-good-key")
        self.assertEqual(answer["order"], self.order.name)
        self.assertEqual(self._slot_now(), self.later)
        for order, slot, key, code in (
            (self.order.id, None, None, "no_such_slot"),
            (self.order.id, [1], None, "no_such_slot"),
            (self.order.id, 2**40, None, "no_such_slot"),
            (self.order.id, self.slot.id, {"a": 1}, "bad_key"),
            (None, self.slot.id, None, "no_such_order"),
            ("S\0", self.slot.id, None, "no_such_order"),
        ):
            answer = self.call("orders/move", order=order, slot_id=slot, idempotency_key=key)
            self.assertEqual((answer["code"], answer["order"]), (code, None))
        self.assertEqual(self._slot_now(), self.later)

    def test_orders_of_others_are_not_found(self):
        self.sign_in("ali_login")
        self.get(self.page, 404)
        self.post(self.path, 404, page="/drive/slots", slot_id=self.later.id)
        answer = self.call("orders/move", order=self.order.id, slot_id=self.later.id)
        self.assertEqual(answer["code"], "no_such_order")
        self.assertEqual(self._slot_now(), self.slot)
