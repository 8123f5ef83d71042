"""Managers move orders: by drag on the calendar, or by keyboard."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestMoveOffice(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "move_manager", groups="cafoutch_drive.group_manager")
        cls.later = cls._create_slot(hours=50, capacity=1)
        cls.order = cls._create_confirmed({cls.bread: 1})

    def _drop(self, moment, user=None):
        """What Odoo's calendar sends when an order is dropped."""
        order = self.order.with_user(user or self.manager)
        until = moment + timedelta(minutes=15)
        order.write({"drive_pickup_at": str(moment), "drive_pickup_until": str(until)})
        self.env.invalidate_all()

    def test_the_calendar_finds_orders_by_their_slot(self):
        orders = self.env["sale.order"].with_user(self.manager)
        domain = [("drive_pickup_at", "<=", self.slot.stop), ("drive_pickup_until", ">=", self.slot.start)]
        self.assertIn(self.order, orders.search(domain))
        self.assertNotIn(self.order, orders.search([("drive_pickup_at", ">", self.slot.start)]))

    def test_dropped_within_a_slot_it_moves_there(self):
        self._drop(self.later.start + timedelta(minutes=7))
        self.assertEqual(self.order.drive_slot_id, self.later)
        self.assertEqual(self.order.drive_pickup_at, self.later.start)

    def test_dropped_where_there_is_no_slot_it_stays(self):
        self.assertRefused("no_slot_then", self._drop, self.later.stop)
        self.assertEqual(self.order.drive_slot_id, self.slot)

    def test_dropped_where_it_was_it_stays(self):
        self._drop(self.slot.start + timedelta(minutes=1))
        self.assertEqual(self.order.drive_slot_id, self.slot)

    def test_the_guards_are_the_same(self):
        self._create_confirmed({self.bread: 1}, self.later)
        self.assertRefused("slot_full", self._drop, self.later.start)
        self.order.drive_state = "preparing"
        self.assertRefused("preparing", self._drop, self.later.start)
        self.assertEqual(self.order.drive_booking_id.slot_id, self.slot)

    def test_managers_only(self):
        seller = new_test_user(self.env, "move_seller", groups="sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            self._drop(self.later.start, seller)
        self.env.invalidate_all()
        self.assertEqual(self.order.drive_slot_id, self.slot)

    # === BY KEYBOARD === #

    def _wizard(self):
        return Form(self.env["drive.move"].with_user(self.manager).with_context(active_id=self.order.id))

    def test_a_day_then_a_slot(self):
        full = self._create_slot(hours=51, capacity=0)
        with self._wizard() as form:
            form.day = self.point._drive_local_date(self.later.start)
            self.assertIn(self.later.id, form.slot_ids.ids)
            self.assertNotIn(full.id, form.slot_ids.ids)
            form.slot_id = self.later
        form.record.action_move()
        self.assertEqual(self.order.drive_slot_id, self.later)

    def test_another_day_forgets_the_slot(self):
        form = self._wizard()
        form.day = self.point._drive_local_date(self.later.start)
        form.slot_id = self.later
        form.day = "2000-01-01"
        self.assertFalse(form.slot_id)

    def test_taken_meanwhile(self):
        with self._wizard() as form:
            form.day = self.point._drive_local_date(self.later.start)
            form.slot_id = self.later
        self._create_confirmed({self.bread: 1}, self.later)
        self.assertRefused("slot_full", form.record.action_move)
        self.assertEqual(self.order.drive_slot_id, self.slot)

    def test_a_slot_is_found_by_what_people_read(self):
        slots = self.env["drive.slot"].with_user(self.manager)
        label = self.later.with_user(self.manager)._drive_label()
        self.assertIn(self.later.id, [found for found, _name in slots.name_search(label.upper(), limit=None)])
        self.assertNotIn(self.slot.id, [found for found, _name in slots.name_search(label, limit=None)])
        self.assertFalse(slots.name_search("no such day"))
