"""Settings with which baskets would not come out right: refused where a manager sets them, and
where a till that has them all the same would open a basket."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .till_common import TillCommon


class SettingsCommon(TillCommon):
    def assertSettingRefused(self, sentence, change, *args, **kwargs):
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            change(*args, **kwargs)
            self.env.flush_all()

    def _plain_till(self, name="Beside", **values):
        return self._create_till(name, self.cheque, drive_point_id=False, **values)

    def _foreign_journal(self):
        """A journal for sales in another currency."""
        currency = self.env["res.currency"].create({"name": "ZZD", "symbol": "Z$"})
        return self.till.journal_id.copy({"name": "Abroad", "code": "ABRD", "currency_id": currency.id})

    def _other_company(self):
        company = self.env["res.company"].create({"name": "Another coop", "currency_id": self.company.currency_id.id})
        self.env.user.company_ids += company
        return company


@tagged("post_install", "-at_install")
class TestTillSettings(SettingsCommon):
    def test_employees(self):
        """`pos_hr` hides who is at work behind one account."""
        till = self._plain_till()
        till.drive_point_id = self.point
        self.assertSettingRefused("logs in employees", till.write, {"module_pos_hr": True})
        self.assertFalse(till.module_pos_hr)

    def test_shared_tickets(self):
        """Neither a drive till that trusts another, nor another that trusts it."""
        other = self._plain_till()
        trusting, nobody = [Command.set(self.till.ids)], [Command.clear()]
        self.assertSettingRefused(
            "shares its open tickets with Beside", self.till.write, {"trusted_config_ids": [Command.set(other.ids)]}
        )
        self.assertSettingRefused(
            "“Caisse” shares its open tickets with Beside", other.write, {"trusted_config_ids": trusting}
        )
        self.assertSettingRefused("shares its open tickets", self._plain_till, "Third", trusted_config_ids=trusting)
        third = self._plain_till("Third", trusted_config_ids=[Command.set(other.ids)])
        for till in (other, third):
            self.assertSettingRefused("shares its open tickets", till.write, {"drive_point_id": self.point.id})
        third.trusted_config_ids = nobody
        other.drive_point_id = self.point
        self.assertEqual(other.drive_point_id, self.point)

    def test_another_currency(self):
        journal = self._foreign_journal()
        till = self._plain_till(journal_id=journal.id, payment_method_ids=[Command.clear()])
        self.assertSettingRefused("sells in ZZD", till.write, {"drive_point_id": self.point.id})
        till.journal_id = self.till.journal_id
        till.drive_point_id = self.point
        self.assertSettingRefused("sells in ZZD", till.write, {"journal_id": journal.id})

    def test_restaurant(self):
        """`pos_restaurant` splits tickets, and merges those of a table."""
        till = self._create_till("Without a session", self.cheque)
        self.assertSettingRefused("is the till of a restaurant", till.write, {"module_pos_restaurant": True})
        self.assertFalse(till.module_pos_restaurant)

    def test_settings_of_modules_that_are_not_there(self):
        """Nothing is asked of fields that no module has brought."""
        names = self.env["pos.config"]._drive_settings()
        self.assertIn("module_pos_restaurant", names)
        self.assertEqual(set(names) - set(self.till._fields), set())

    def test_a_till_of_another_company(self):
        """Odoo's own check of companies."""
        elsewhere = self._other_company()
        till = self._plain_till()
        point = self.point.copy({"name": "Elsewhere"})
        self.env.cr.execute("UPDATE drive_point SET company_id = %s WHERE id = %s", (elsewhere.id, point.id))
        point.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "Elsewhere"), self.env.cr.savepoint():
            till.drive_point_id = point
        self.assertFalse(till.drive_point_id)

    # === A TILL THAT HAS THEM ALL THE SAME === #

    def _ask(self, order):
        answer = self.env["sale.order"].with_user(self.cashier).drive_till_open(self.till.id, order.id)
        self.assertNotIn("lines", answer)
        return answer["refusal"]

    def test_no_basket_is_opened(self):
        """As before an update: the cashier reads what a manager would."""
        order = self._create_prepared({self.beer: 2})
        other = self._plain_till()
        lines = self._load(order)
        self.env.cr.execute("UPDATE pos_config SET module_pos_hr = true WHERE id = %s", self.till.ids)
        self.env.invalidate_all()
        self.assertIn("logs in employees", self._ask(order))
        # What a till has on a ticket is paid: the member stands there with the money.
        ticket = self._sync(self._ticket(self._ticket_lines(lines), order))
        self.assertHandedOver(order, ticket)

        order = self._create_prepared({self.beer: 2})
        self.env.cr.execute("UPDATE pos_config SET module_pos_hr = false WHERE id = %s", self.till.ids)
        self.env.cr.execute("INSERT INTO pos_config_trust_relation VALUES (%s, %s)", (other.id, self.till.id))
        self.env.invalidate_all()
        self.assertIn("shares its open tickets with Beside", self._ask(order))
        self.assertIn(
            "shares its open tickets",
            self.env["sale.order"].with_user(self.cashier).drive_till_may_pay(self.till.id, order.id)["refusal"],
        )
        self.env.cr.execute("DELETE FROM pos_config_trust_relation WHERE is_trusting = %s", other.ids)
        self.env.invalidate_all()
        self._load(order)


@tagged("post_install", "-at_install")
class TestSettingsOfBefore(SettingsCommon):
    """A shop that has such a setting since before it was refused reads of it on the manager's pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "settings_manager", groups="cafoutch_drive.group_manager", lang="en_US")

    def _pages(self):
        """What is said of the shop itself: ``{page: text}``, and whether members can order."""
        points = self.env["drive.point"].with_user(self.manager)
        steps = self.env["drive.first.steps"].with_user(self.manager).create({})
        todo = steps.step_ids.filtered(lambda step: step.code in ("point", "till") and step.state == "todo")
        attention = points.drive_day(None, self.point.id)["attention"]
        return {
            "today": "\n".join(row["text"] for row in attention if row.get("is_setup")),
            "point": points.browse(self.point.id).notice or "",
            "steps": "\n".join(todo.mapped("text")),
        }, not todo.filtered("needed_to_order")

    def assertSaid(self, *sentences):
        self.env.invalidate_all()
        pages, may_order = self._pages()
        for page, text in pages.items():
            with self.subTest(page=page):
                self.assertEqual(len(text.splitlines()), len(sentences), text)
                for sentence in sentences:
                    self.assertIn(sentence, text)
        self.assertTrue(may_order)

    def test_more_than_one_step(self):
        self.assertSaid()
        for steps in ("pick_ship", "pick_pack_ship"):
            self.env.cr.execute(
                "UPDATE stock_warehouse SET delivery_steps = %s WHERE id = %s", (steps, self.warehouse.id)
            )
            self.assertSaid("choose “Deliver (1 step)” for outgoing shipments")
        self.warehouse.delivery_steps = "ship_only"
        self.assertSaid()

    def test_settings_of_a_till(self):
        self.env.cr.execute("UPDATE pos_config SET module_pos_restaurant = true WHERE id = %s", self.till.ids)
        self.assertSaid("“Caisse” is the till of a restaurant")
        self.env.cr.execute(
            "UPDATE stock_warehouse SET delivery_steps = 'pick_ship' WHERE id = %s", self.warehouse.ids
        )
        self.assertSaid("“Caisse” is the till of a restaurant", "delivers in more than one step")


@tagged("post_install", "-at_install")
class TestPointSettings(SettingsCommon):
    def test_one_step(self):
        """Goods between two steps are in no crate."""
        for steps in ("pick_ship", "pick_pack_ship"):
            self.assertSettingRefused("more than one step", self.warehouse.write, {"delivery_steps": steps})
        self.assertEqual(self.warehouse.delivery_steps, "ship_only")
        depot = self.env["stock.warehouse"].create(
            {"name": "Depot", "code": "DEPOT", "delivery_steps": "pick_ship", "company_id": self.company.id}
        )
        self.assertSettingRefused("Depot delivers in more than one step", self.point.write, {"warehouse_id": depot.id})
        self.assertSettingRefused("more than one step", self.point.copy, {"warehouse_id": depot.id})
        # Other warehouses are as they like, and so is one whose point is closed for good.
        self.point.active = False
        self.warehouse.delivery_steps = "pick_ship"
        self.assertSettingRefused("more than one step", self.point.write, {"active": True})
        self.warehouse.delivery_steps = "ship_only"
        self.point.active = True

    def test_companies(self):
        elsewhere = self._other_company()
        depot = self.env["stock.warehouse"].search([("company_id", "=", elsewhere.id)], limit=1)
        for values in ({"warehouse_id": depot.id}, {"company_id": elsewhere.id}):
            with self.assertRaisesRegex(UserError, "ompan"), self.env.cr.savepoint():
                self.point.write(values)


@tagged("post_install", "-at_install")
class TestProductSettings(SettingsCommon):
    def _attribute(self, mode, values=("Red", "Green")):
        return self.env["product.attribute"].create(
            {
                "name": "Ribbon",
                "create_variant": mode,
                "value_ids": [Command.create({"name": name}) for name in values],
            }
        )

    def _template(self, attribute, values=None, **fields):
        line = {"attribute_id": attribute.id, "value_ids": [Command.set((values or attribute.value_ids).ids)]}
        return self.env["product.template"].create(
            {"name": "Basket of fruit", "attribute_line_ids": [Command.create(line)], **fields}
        )

    def test_a_choice_at_sale(self):
        """Nobody asks the member which ribbon: the preparers would not know."""
        ribbon = self._attribute("no_variant")
        self.assertSettingRefused("chosen at sale", lambda: self._template(ribbon, drive_ok=True))
        product = self._template(ribbon)
        self.assertSettingRefused("chosen at sale", product.write, {"drive_ok": True})
        one = self._template(ribbon, ribbon.value_ids[:1], drive_ok=True)
        self.assertSettingRefused(
            "Basket of fruit.*Ribbon", one.attribute_line_ids.write, {"value_ids": [Command.set(ribbon.value_ids.ids)]}
        )

    def test_one_value_is_no_choice(self):
        ribbon = self._attribute("no_variant")
        self.assertTrue(self._template(ribbon, ribbon.value_ids[:1], drive_ok=True).drive_ok)

    def test_a_value_that_is_typed(self):
        ribbon = self._attribute("no_variant", ["Name on it"])
        ribbon.value_ids.is_custom = True
        self.assertSettingRefused("chosen at sale", lambda: self._template(ribbon, drive_ok=True))

    def test_variants(self):
        """Those that exist are articles as all others."""
        product = self._template(
            self._attribute("always"),
            drive_ok=True,
            is_storable=True,
            list_price=4.0,
            taxes_id=[Command.clear()],
            available_in_pos=True,
        )
        red, green = product.product_variant_ids
        green.product_template_attribute_value_ids.price_extra = 0.5
        for variant in (red, green):
            self._set_stock(variant, 10)
        order = self._create_prepared({red: 1, green: 2})
        rows = self._load(order)
        self.assertEqual([(row["product_id"], row["price_unit"]) for row in rows], [(red.id, 4.0), (green.id, 4.5)])
        ticket = self._sync(self._ticket(self._ticket_lines(rows), order))
        self.assertAlmostEqual(ticket.amount_total, 13.0, 2)
        self.assertHandedOver(order, ticket)
        self.assertStock(red, 9, 0)
        self.assertStock(green, 8, 0)
