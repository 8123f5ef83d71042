from datetime import timedelta

from odoo import api, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .health_common import HealthCommon


@tagged("post_install", "-at_install")
class TestHealth(HealthCommon):
    """Each fault is planted in a shop with which all is well, and seen."""

    # === ALL === #

    def test_all_is_well(self):
        for code in self.health._health_checks():
            with self.subTest(check=code):
                self.assertWell(code)
        self.assertEqual(self.health._summary(self.health._rows()), "All is well.")

    def test_the_worst_comes_first(self):
        self.env["ir.config_parameter"].set_param("cafoutch_drive.last_backup", False)
        self.env.ref("cafoutch_drive.cron_remind").active = False
        rows = self.health._rows()
        self.assertEqual([row["level"] for row in rows[:3]], ["problem", "warning", "ok"])
        self.assertEqual([row["code"] for row in rows[:2]], ["jobs", "backup"])
        self.assertEqual(self.health._summary(rows), "Somebody should look at: Scheduled jobs, Backup.")

    def test_another_addon_adds_a_check(self):
        """One that fails is a problem of its own, and hides no other."""
        health = type(self.health)

        @api.model
        def _health_checks(self):
            return ["broken", "flour", *checks(self)]

        checks = health._health_checks
        self.patch(health, "_health_checks", _health_checks)
        health._check_flour = lambda self: self._row("Flour", [("warning", "There is none.")], count=2)
        health._check_broken = lambda self: self.env.cr.execute("SELECT no_such_column FROM drive_point")
        self.addCleanup(delattr, health, "_check_flour")
        self.addCleanup(delattr, health, "_check_broken")
        with mute_logger("odoo.sql_db"), self.assertLogs("odoo.addons.cafoutch_drive.models.drive_health", "ERROR"):
            broken, flour, *others = self.health._rows()
        self.assertEqual((broken["code"], broken["level"]), ("broken", "problem"))
        self.assertEqual((flour["code"], flour["level"], flour["count"]), ("flour", "warning", 2))
        self.assertEqual({row["level"] for row in others}, {"ok"})

    # === MAILS === #

    def _mail(self, hours, **values):
        mail = self.env["mail.mail"].create({"subject": "Test", "state": "outgoing", **values})
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_mail SET create_date = %s WHERE id = %s", (self._hours_ago(hours), mail.id))
        return mail

    def test_mails_that_wait(self):
        self._mail(0.9)
        self._mail(9, scheduled_date=self._hours_ago(-1))
        self._mail(9, state="sent")
        self.assertWell("mails")
        self._mail(1.1)
        self.assertIn("more than an hour", self.assertFound("mails", "problem"))

    def test_mails_that_failed(self):
        order = self._create_confirmed({self.bread: 1})
        order.pending_email_template_id = False
        self._mail(24 * 31, state="exception", failure_type="mail_smtp")
        self.assertWell("mails")
        about = {"model": "sale.order", "res_id": order.id}
        self._mail(24, state="exception", failure_type="mail_email_invalid", **about)
        self.assertFound("mails", "warning")
        self.assertEqual(self._leads_to("mails"), order, "managers read no mails")
        self._mail(24, state="exception", failure_type="mail_smtp")
        self.assertIn("mail server", self.assertFound("mails", "problem", 2))

    def test_mails_that_nobody_wrote(self):
        order = self._create_confirmed({self.bread: 1})
        self.assertTrue(order.pending_email_template_id)
        self.assertWell("mails")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET write_date = %s WHERE id = %s", (self._hours_ago(2), order.id))
        self.assertFound("mails", "problem")
        self.assertEqual(self._leads_to("mails"), order)

    # === SLOTS === #

    def test_slots_are_missing(self):
        horizon = fields.Datetime.now() + timedelta(days=self.point.horizon_days)
        slots = self.env["drive.slot"].search([("point_id", "=", self.point.id)]) - self.slot
        # What comes with the next daily job.
        slots.filtered(lambda slot: slot.start >= horizon).unlink()
        self.assertWell("slots")
        last = slots.exists().sorted("start")[-2:]
        last.unlink()
        self.assertIn("Test point", self.assertFound("slots", "problem", 2))
        action = self.health.with_user(self.manager)._look("slots")["action"]
        self.assertEqual((action["res_model"], action["res_id"]), ("drive.point", self.point.id))
        self.point.action_generate_slots()
        self.assertWell("slots")

    def test_a_closed_shop_misses_no_slot(self):
        self.env["drive.slot"].search([("point_id", "=", self.point.id)]).unlink()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holidays",
                "calendar_id": self.calendar.id,
                "date_from": self._hours_ago(1),
                "date_to": fields.Datetime.now() + timedelta(days=90),
            }
        )
        self.assertWell("slots")

    def test_a_point_without_hours(self):
        self.calendar.attendance_ids.unlink()
        self.assertFound("slots", "warning")

    # === ORDERS === #

    def _begin(self, order, hours):
        """The order's slot began so many hours ago."""
        start = self._hours_ago(hours)
        order.drive_slot_id.write({"start": start, "stop": start + timedelta(minutes=15), "window_start": start})

    def test_orders_that_are_not_ready(self):
        order = self._create_confirmed({self.bread: 1})
        self.assertWell("orders")
        self._begin(order, 1)
        self.assertFound("orders", "warning")
        self.assertEqual(self._leads_to("orders"), order)
        self._begin(order, 25)
        self.assertFound("orders", "problem")

    def test_orders_that_nobody_collected(self):
        order = self._create_confirmed({self.bread: 1})
        self._begin(order, 2)
        order.drive_state = "ready"
        self.assertIn("Not collected", self.assertFound("orders", "warning"))
        self.point.grace_minutes = 180
        self.assertWell("orders")

    def test_orders_in_closed_slots(self):
        order = self._create_confirmed({self.bread: 1})
        order.drive_slot_id.closed = True
        self.assertIn("closed slots", self.assertFound("orders", "warning"))
        self.assertEqual(self._leads_to("orders"), order)

    # === PAYMENTS === #

    def test_repairs(self):
        session = self.env["pos.session"].create(
            {"config_id": self.env["pos.config"].create({"name": "Till"}).id, "user_id": self.env.uid}
        )
        repair = self.env["drive.repair"]._report_session(session, "A lot is missing", 12.0)
        self.assertFound("repairs", "warning")
        self.assertEqual(self._leads_to("repairs"), repair)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE drive_repair SET create_date = %s WHERE id = %s", (self._hours_ago(170), repair.id)
        )
        self.assertFound("repairs", "problem")
        repair._close()
        self.assertWell("repairs")

    # === GOODS AND RULES === #

    def test_stock_at_risk(self):
        self._create_confirmed({self.bread: 4})
        self.assertWell("stock")
        move = self.env["stock.move"].create(
            {
                "product_id": self.bread.id,
                "product_uom_qty": 9,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 9, "picked": True})
        move._action_done()
        self.assertIn("Miche", self.assertFound("stock", "warning"))
        self.assertEqual(self._leads_to("stock"), self.bread.product_tmpl_id)
        self.assertWell("rules")

    def test_broken_rules(self):
        order = self._create_confirmed({self.bread: 1})
        self.assertWell("rules")
        order.drive_eligibility = False
        self.assertIn("script/check", self.assertFound("rules", "problem"))

    # === THE PAGE === #

    def test_the_page(self):
        order = self._create_confirmed({self.bread: 1})
        action = self.env["drive.health.page"].with_user(self.manager).action_open()
        page = self.env["drive.health.page"].with_user(self.manager).browse(action["res_id"])
        self.assertEqual((page.level, page.summary), ("ok", "All is well."))
        self.assertEqual(page.row_ids.mapped("code"), self.health._health_checks())
        row = page.row_ids.filtered(lambda row: row.code == "orders")
        self.assertFalse(row.leads_somewhere or row.action_look())
        self._begin(order, 1)
        self.env.invalidate_all()
        # Looked at again, as after coming back from where it was mended.
        self.assertEqual((page.level, row.level, row.leads_somewhere), ("warning", "warning", True))
        self.assertIn("Orders", page.summary)
        self.assertEqual(row.action_look()["domain"], [("id", "in", order.ids)])
        # What is mended first comes first; not while somebody is at it.
        self.assertNotEqual(page.row_ids[0], row)
        page = page.browse(page.action_open()["res_id"])
        self.env.invalidate_all()
        self.assertEqual(page.row_ids[0].code, "orders")

    def test_a_row_of_an_unknown_check_says_nothing(self):
        page = self.env["drive.health.page"].with_user(self.manager).create({})
        row = self.env["drive.health.row"].with_user(self.manager).create({"page_id": page.id, "code": "__class__"})
        self.assertFalse(row.text or row.leads_somewhere or row.action_look())

    def test_the_page_is_for_managers(self):
        cashier = new_test_user(self.env, login="health_cashier", groups="cafoutch_drive.group_cashier")
        with self.assertRaises(AccessError):
            self.env["drive.health.page"].with_user(cashier).action_open()
