"""The manager's pages, opened as somebody who is a drive manager and nothing more."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestBackOffice(DriveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "office_manager", groups="cafoutch_drive.group_manager")
        cls.manager.tz = "Europe/Paris"
        cls.volunteer = new_test_user(cls.env, "office_volunteer", groups="cafoutch_drive.group_volunteer")
        cls.slot = cls._create_slot(hours=50, capacity=5)

    def _as_manager(self, model):
        return self.env[model].with_user(self.manager)

    # === MENUS === #

    def _menus(self, user):
        """The entries under "Drive" that a person is shown."""
        root = self.env.ref("cafoutch_drive.menu_drive_root")
        shown = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        return self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("id", "in", list(shown))])

    def _read_as_shown(self, model, arch):
        """Read what a view shows of a few records, with the manager's rights."""
        records = self._as_manager(model).search([], limit=5)
        nested = etree.fromstring(arch).xpath("//field[not(ancestor::field) and not(ancestor::templates)]/@name")
        specification = {name: {} for name in nested}
        return records.web_read(specification)

    def test_every_menu_opens(self):
        self._create_confirmed({self.bread: 1, self.apples: 0.5})
        opened = set()
        for action in self._menus(self.manager).mapped("action"):
            if not action or action.type != "ir.actions.act_window":
                continue
            # Read as the web client does, with the manager's own rights.
            modes = action.view_mode.split(",")
            views = [(False, mode) for mode in modes]
            for view in action.view_ids:
                views[modes.index(view.view_mode)] = (view.view_id.id, view.view_mode)
            with self.subTest(action=action.name):
                described = self._as_manager(action.res_model).get_views(views, {"load_filters": True})
                for mode, view in described["views"].items():
                    if mode != "search":
                        self._read_as_shown(action.res_model, view["arch"])
                opened.add(action.res_model)
        self.assertLessEqual(
            {
                "drive.crate",
                "drive.place",
                "drive.point",
                "drive.slot",
                "product.template",
                "res.partner",
                "sale.order",
            },
            opened,
        )

    def test_volunteers_see_no_manager_menu(self):
        theirs = self._menus(self.volunteer)
        ours = self._menus(self.manager)
        self.assertIn(self.env.ref("cafoutch_drive.menu_drive_today"), ours - theirs)
        self.assertIn(self.env.ref("cafoutch_drive.menu_drive_order"), ours - theirs)
        self.assertFalse(theirs & self.env.ref("cafoutch_drive.menu_drive_configuration").child_id)

    def test_manager_changes_opening_hours_and_places(self):
        with Form(self.point.with_user(self.manager)) as form:
            form.slot_capacity = 3
            with form.attendance_ids.new() as line:
                line.name = "Saturday"
                line.dayofweek = "5"
                line.hour_from = 10
                line.hour_to = 12
            with form.place_ids.new() as place:
                place.name = "Fridge 9"
                place.storage_class = "chilled"
        self.assertEqual(self.point.place_ids.name, "Fridge 9")
        before = self.point.slot_ids
        self.point.with_user(self.manager).action_generate_slots()
        new = self.point.slot_ids - before
        self.assertTrue(new)
        self.assertEqual({slot.start.weekday() for slot in new}, {5})
        self.assertEqual(set(new.mapped("capacity")), {3})

    def test_manager_writes_a_membership(self):
        member = self._create_member("Somebody", state="suspended")
        with Form(member.with_user(self.manager)) as form:
            form.coop_state_reason = "Only we know"
            form.drive_exception_until = fields.Date.today() + timedelta(days=7)
            with self.assertRaisesRegex(AssertionError, "drive_exception_reason"):
                form.save()
            form.drive_exception_reason = "A meeting is planned"
        self.assertTrue(member.drive_can_order)

    def test_manager_decides_about_the_team_too(self):
        """Odoo lets only an administrator change the contact of a colleague."""
        user = new_test_user(self.env, login="team_member", groups="cafoutch_drive.group_volunteer", name="Claire")
        others = self._create_member("Karim") | user.partner_id
        others.with_user(self.manager).write({"coop_state": "suspended", "coop_state_reason": "Only we know"})
        self.assertEqual(others.mapped("coop_state"), ["suspended"] * 2)
        with self.assertRaises(AccessError):
            user.partner_id.with_user(self.manager).write({"coop_state": "left", "email": "mine@example.org"})
        cashier = new_test_user(
            self.env, login="team_cashier", groups="cafoutch_drive.group_cashier,base.group_partner_manager"
        )
        with self.assertRaises(AccessError):
            user.partner_id.with_user(cashier).write({"coop_state": "up_to_date"})

    def test_a_new_state_forgets_the_dates_of_the_old_one(self):
        member = self._create_member(
            "Somebody", coop_state_until="2999-12-31", coop_state_next="on_leave", coop_state_message="Welcome"
        )
        member.coop_state_reason = "A long journey"
        with Form(member.with_user(self.manager)) as form:
            form.coop_state = "suspended"
        self.assertFalse(member.coop_state_until or member.coop_state_message or member.coop_state_reason)
        self.assertEqual(member.coop_state_next, "alert")

    def test_a_reason_may_be_written_before_the_state(self):
        member = self._create_member("Somebody", coop_state_reason="A long journey")
        with Form(member.with_user(self.manager)) as form:
            form.coop_state_reason = "Two shifts missed"
            form.coop_state = "suspended"
        self.assertEqual(member.coop_state_reason, "Two shifts missed")

    # === THE DAY === #

    def _day(self, slot):
        return fields.Date.to_string(
            fields.Datetime.context_timestamp(self.env.user.with_context(tz=slot.point_id.tz), slot.start).date()
        )

    def test_day_shows_slots_and_orders_by_state(self):
        order = self._create_confirmed({self.bread: 1})
        cancelled = self._create_confirmed({self.bread: 1})
        cancelled._drive_cancel()
        data = self._as_manager("drive.point").drive_day(self._day(self.slot), self.point.id)
        counts = {row["state"]: row["order_ids"] for row in data["states"]}
        self.assertEqual(counts["confirmed"], order.ids)
        self.assertEqual(counts["ready"], [])
        [shown] = [slot for window in data["windows"] for slot in window["slots"] if slot["id"] == self.slot.id]
        self.assertEqual(shown["places_left"], 4)
        self.assertEqual([row["id"] for row in shown["orders"]], order.ids)
        self.assertEqual(shown["orders"][0]["code"], order.drive_pickup_code)
        self.assertTrue(data["has_slots"])

    def test_day_points_at_what_is_late(self):
        order = self._create_confirmed({self.bread: 1})
        past = fields.Datetime.now() - timedelta(hours=2)
        self.slot.write(
            {
                "window_start": past,
                "start": past,
                "stop": past + timedelta(minutes=15),
            }
        )
        point = self._as_manager("drive.point")
        data = point.drive_day(self._day(self.slot), self.point.id)
        self.assertEqual(data["attention"][0]["order_ids"], order.ids)
        order.drive_state = "ready"
        data = point.drive_day(self._day(self.slot), self.point.id)
        self.assertEqual(len(data["attention"]), 1)
        self.assertEqual(data["attention"][0]["order_ids"], order.ids)
        order.drive_state = "done"
        data = point.drive_day(self._day(self.slot), self.point.id)
        self.assertFalse(data["attention"])

    def test_day_takes_anything_for_a_date(self):
        point = self._as_manager("drive.point")
        today = point.drive_day(None, self.point.id)
        self.assertTrue(today["is_today"])
        for odd in ("yesterday", "2026-13-45", "", 7, [], {}, True, "9" * 400, "0001-01-01", "9999-12-31"):
            with self.subTest(day=odd):
                self.assertEqual(point.drive_day(odd, self.point.id)["day"], today["day"])
        for odd in (0, -1, 10**12, "1", None, [self.point.id]):
            with self.subTest(point=odd):
                self.assertEqual(point.drive_day(None, odd)["point_id"], self.point.id)

    def test_day_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["drive.point"].with_user(self.volunteer).drive_day()

    # === FIRST STEPS === #

    def _page(self):
        page = self._as_manager("drive.first.steps").create({})
        return page, {step.code: step for step in page.step_ids}

    def test_first_steps_of_an_empty_shop(self):
        """From nothing to slots that members can choose, by the page's buttons."""
        self.env["drive.point"].search([]).active = False
        self.env["product.template"].search([("drive_ok", "=", True)]).drive_ok = False
        self.env["res.partner"].search([("coop_number", "!=", False)]).coop_number = False
        page, steps = self._page()
        self.assertFalse(page.open_for_members)
        for code in ("point", "slots", "products", "members", "places", "till"):
            self.assertEqual(steps[code].state, "todo", code)
        # What needs a point offers nothing before there is one.
        self.assertFalse(steps["slots"].button or steps["places"].button)

        action = steps["point"].action_do()
        point = self.env["drive.point"].browse(action["res_id"])
        self.assertEqual(len(point.calendar_id.attendance_ids), 6)
        self.assertEqual(point.calendar_id.tz, "Europe/Paris")

        page, steps = self._page()
        self.assertEqual(steps["point"].state, "done")
        self.assertIn("15:45-18:15, 18:30-21:00", steps["point"].text)
        self.assertEqual(steps["slots"].state, "done", "made with the point")
        steps["places"].action_do()
        classes = set(point.place_ids.mapped("storage_class"))
        self.assertEqual(classes, {"ambient", "chilled", "frozen"})
        steps["places"].action_do()
        self.assertEqual(len(point.place_ids), 7, "not made twice")

        page, steps = self._page()
        self.assertFalse(page.open_for_members, "no product, no member yet")
        self.assertIn(steps["products"].title, page.summary)
        self.bread.drive_ok = True
        member = self._create_member("First", login="first_member", coop_number="1")
        self.assertTrue(member.drive_can_order)
        page, _steps = self._page()
        self.assertTrue(page.open_for_members)

    def test_first_steps_link_the_only_till(self):
        self.env["pos.config"].search([]).active = False
        till = self.env["pos.config"].create({"name": "Only till"})
        _page, steps = self._page()
        self.assertEqual(steps["till"].state, "todo")
        steps["till"].action_do()
        self.assertEqual(till.drive_point_id, self.point)
        _page, steps = self._page()
        self.assertEqual(steps["till"].state, "done")

    def test_first_steps_create_a_till(self):
        """Only for who may also create its journals; the others are told whom to ask."""
        self.env["pos.config"].search([]).active = False
        _page, steps = self._page()
        self.assertFalse(steps["till"].button)
        steps["till"].action_do()
        self.assertFalse(self.env["pos.config"].search([]))
        self.manager.group_ids += self.env.ref("account.group_account_manager")
        _page, steps = self._page()
        steps["till"].action_do()
        till = self.env["pos.config"].search([])
        self.assertEqual(till.drive_point_id, self.point)
        self.assertGreaterEqual(len(till.payment_method_ids), 2)

    def test_first_steps_run_only_their_own_steps(self):
        page, _steps = self._page()
        step = self._as_manager("drive.first.step").create({"page_id": page.id, "code": "__class__"})
        self.assertFalse(step.title)
        self.assertFalse(step.action_do())

    def test_every_step_opens_a_page_that_exists(self):
        _page, steps = self._page()
        for code, step in steps.items():
            with self.subTest(code=code):
                self.assertTrue(step.title)
                self.assertTrue(step.text)
                self.assertIn("type", step.action_do())

    # === MEMBERS === #

    def test_verdict_reads_as_words(self):
        order = self._create_confirmed({self.bread: 1})
        self.assertEqual(order.drive_verdict_label, "Up to date")
        order.drive_eligibility = "suspended: exception"
        self.assertEqual(order.drive_verdict_label, "Suspended, by an exception")
