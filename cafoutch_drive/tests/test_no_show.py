from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestNoShow(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["drive.policy"]._for(cls.company)
        cls.rules.write({"no_show_limit": 2, "no_show_months": 6})
        cls.point.grace_minutes = 60
        cls.manager = new_test_user(cls.env, login="no_show_manager", groups="cafoutch_drive.group_manager")
        cls.member.email = "camille@example.org"

    def _overdue(self, member=None, minutes=61):
        """A ready order whose slot ended so long ago."""
        order = self._create_ready(member)
        stop = fields.Datetime.now() - timedelta(minutes=minutes)
        # No two slots of a point begin at the same moment.
        start = stop - timedelta(minutes=15 + self.env["drive.slot"].search_count([]))
        order.drive_slot_id.write({"start": start, "stop": stop, "window_start": start})
        return order

    def _create_ready(self, member=None):
        slot = self._create_slot(hours=30 + self.env["drive.slot"].search_count([]))
        order = self._create_confirmed({self.bread: 1}, slot, member)
        order._drive_start_preparation()
        order.order_line._drive_pick(1)
        place = self.env["drive.place"].create({"name": f"Étagère {order.id}", "point_id": self.point.id})
        order._drive_add_crate("ambient")._drive_place(place)
        order._drive_finish_preparation()
        self.assertEqual(order.drive_state, "ready")
        return order

    # === ONE ORDER === #

    def test_given_up(self):
        order = self._overdue()
        booking, picking = order.drive_booking_id, order.picking_ids
        self.assertStock(self.bread, 10, 1)
        order.with_user(self.manager).action_drive_no_show()
        self.assertEqual((order.drive_state, order.state), ("no_show", "cancel"))
        self.assertEqual((booking.state, picking.state), ("released", "cancel"))
        self.assertStock(self.bread, 10, 0)
        self.assertFalse(order.drive_crate_ids.place_id)
        self.assertTrue(order.drive_no_show_at)
        self.assertEqual(order.pending_email_template_id, self.env.ref("cafoutch_drive.mail_template_no_show"))
        self.assertEqual(self.member.drive_no_show_count, 1)
        self.assertEqual(self.member.coop_state, "up_to_date")

    def test_the_waiting_time_is_the_points(self):
        order = self._overdue(minutes=59)
        self.assertFalse(order.drive_is_overdue)
        with self.assertRaisesRegex(UserError, "still awaited"):
            order.action_drive_no_show()
        self.point.grace_minutes = 59
        order.invalidate_recordset(["drive_is_overdue"])
        self.assertTrue(order.drive_is_overdue)
        self.assertEqual(self.env["sale.order"].search([("drive_is_overdue", "=", True)]), order)
        self.assertNotIn(order, self.env["sale.order"].search([("drive_is_overdue", "=", False)]))
        order.action_drive_no_show()
        self.assertEqual(order.drive_state, "no_show")

    def test_only_ready_baskets_are_given_up(self):
        basket = self._create_basket({self.bread: 1})
        confirmed = self._create_confirmed({self.bread: 1}, member=self._create_member("Karim"))
        overdue = self._overdue(self._create_member("Lucie"))
        for order in (basket, confirmed):
            with self.subTest(state=order.drive_state), self.assertRaises(UserError):
                (overdue | order).action_drive_no_show()
        self.assertEqual(overdue.drive_state, "ready", "all of them or none")
        overdue.action_drive_no_show()
        with self.assertRaises(UserError):
            overdue.action_drive_no_show()
        self.assertEqual(self.env["res.partner"].browse(overdue.partner_id.id).drive_no_show_count, 1)

    def test_a_paid_order_is_not_given_up(self):
        order = self._overdue()
        order.drive_ticket_id = self.env["pos.order"].search([], limit=1) or self._ticket()
        with self.assertRaisesRegex(UserError, "not a basket that waits"):
            order.action_drive_no_show()

    def _ticket(self):
        config = self.env["pos.config"].create({"name": "Till"})
        config.open_ui()
        return self.env["pos.order"].create(
            {
                "session_id": config.current_session_id.id,
                "amount_tax": 0,
                "amount_total": 0,
                "amount_paid": 0,
                "amount_return": 0,
            }
        )

    def test_managers_decide(self):
        order = self._overdue()
        for group in (
            "cafoutch_drive.group_volunteer",
            "cafoutch_drive.group_cashier",
            "sales_team.group_sale_manager",
        ):
            user = new_test_user(self.env, login=f"no {group}", groups=group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                order.with_user(user).action_drive_no_show()
            with self.subTest(group=group), self.assertRaises(AccessError):
                order.with_user(user).action_drive_pardon()
        self.assertEqual(order.drive_state, "ready")

    # === THE RULE === #

    def _give_up(self, member=None):
        order = self._overdue(member)
        order.action_drive_no_show()
        return order

    def test_the_limit_puts_the_household_on_alert_and_says_so(self):
        attached = self.env["res.partner"].create({"name": "Noé", "parent_id": self.member.id, "lang": "en_US"})
        self.member.write({"coop_state_until": "2999-12-31", "coop_state_next": "on_leave"})
        self._give_up()
        self.assertEqual(self.member.coop_state, "up_to_date")
        last = self._give_up(attached)
        self.assertEqual((self.member.coop_state, attached.coop_state), ("alert", "alert"))
        self.assertFalse(self.member.coop_state_until)
        self.assertIn("2 orders", self.member.coop_state_reason)
        template = self.env.ref("cafoutch_drive.mail_template_no_show")
        mail = template._generate_template(last.ids, ["body_html", "partner_to"])[last.id]
        self.assertIn(self.member.coop_state_message.partition("'")[0], mail["body_html"])
        self.assertEqual(set(mail["partner_ids"]), set((attached | self.member).ids))
        self.assertIsNone(self.member._drive_refusal(), "an alert is no suspension")

    def test_the_mail_of_a_first_time_has_no_alert(self):
        order = self._give_up()
        template = self.env.ref("cafoutch_drive.mail_template_no_show")
        self.assertNotIn("Several", template._generate_template(order.ids, ["body_html"])[order.id]["body_html"])

    def test_nobody_becomes_better_off(self):
        self.rules.no_show_limit = 1
        for state in ("suspended", "on_leave", "left", "candidate"):
            self.member.drive_exception_until = self.company._drive_today()
            self.member.coop_state = state
            self._give_up()
            with self.subTest(state=state):
                self.assertEqual(self.member.coop_state, state)

    def test_long_ago_does_not_count(self):
        orders = self._give_up() | self._give_up()
        self.member.coop_state = "up_to_date"
        orders[0].drive_no_show_at -= timedelta(days=190)
        self.member.invalidate_recordset(["drive_no_show_count"])
        self.assertEqual(self.member.drive_no_show_count, 1)
        self.assertEqual(self.member._drive_no_shows(), orders[1])

    def test_no_limit(self):
        self.rules.no_show_limit = 0
        self._give_up()
        self._give_up()
        self.assertEqual(self.member.coop_state, "up_to_date")

    # === AMNESTY === #

    def test_amnesty_gives_back_what_was_taken(self):
        self.member.write({"coop_state": "exempted", "coop_state_until": "2999-12-31", "coop_state_next": "on_leave"})
        orders = self._give_up() | self._give_up()
        self.assertEqual(self.member.coop_state, "alert")
        self.member.with_user(self.manager).action_drive_amnesty()
        self.assertEqual(orders.mapped("drive_pardoned"), [True, True])
        self.assertEqual(self.member.coop_state, "exempted")
        self.assertEqual(fields.Date.to_string(self.member.coop_state_until), "2999-12-31")
        self.assertEqual(self.member.coop_state_next, "on_leave")
        self.assertFalse(self.member.coop_state_reason or self.member.coop_state_message)
        self.assertEqual(self.member.drive_no_show_count, 0)
        self.member.action_drive_amnesty()
        self.assertEqual(self.member.coop_state, "exempted")

    def test_one_pardon_is_enough_below_the_limit(self):
        orders = self._give_up() | self._give_up()
        orders[0].with_user(self.manager).action_drive_pardon()
        self.assertEqual(self.member.coop_state, "up_to_date")
        self.assertEqual(self.member.drive_no_show_count, 1)

    def test_amnesty_does_not_undo_what_a_person_decided(self):
        self._give_up()
        self._give_up()
        self.member.coop_state = "suspended"
        self.member.action_drive_amnesty()
        self.assertEqual(self.member.coop_state, "suspended")
        self.assertFalse(self.member.drive_before_alert)
