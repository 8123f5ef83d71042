"""What the team and the household learn of an order from all that it leaves behind."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .access_ways import AccessWays
from .till_common import TillCommon

TEAM = ("volunteer", "cashier")
EVERY_WAY = ["group", "group by whom", "pages", "find", "list", "read"]


@tagged("post_install", "-at_install")
class TestAccessGoods(AccessWays):
    """Who bought what is not read from goods on their way, nor changed there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order._drive_start_preparation()
        cls.goods = {
            "stock.move.line": cls.order.picking_ids.move_line_ids,
            "stock.move": cls.order.picking_ids.move_ids,
            "stock.picking": cls.order.picking_ids,
        }

    def _questions(self, model):
        """Calls that would tell who bought what."""
        path = "" if model == "stock.picking" else "picking_id."
        named = [(f"{path}partner_id", "=", self.member.id)]
        what = "origin" if model == "stock.picking" else "product_id"
        return {
            "group": (model, "formatted_read_group", named, [what], ["__count"]),
            "group by whom": (model, "formatted_read_group", [], [f"{path}partner_id"], ["__count"]),
            "pages": (model, "web_read_group", named, [what], ["__count"]),
            "find": (model, "search", named),
            "list": (model, "web_search_read", named, {what: {}}),
            "read": (model, "read", self.goods[model].ids, [what]),
        }

    def _told(self, model):
        found = []
        for way, question in self._questions(model).items():
            outcome, answer = self._rpc(*question)
            if outcome == "ok" and way == "pages":
                answer = answer["groups"]
            elif outcome == "ok" and way == "list":
                answer = answer["records"]
            elif outcome == "ok" and way == "group by whom":
                answer = [group for group in answer if str(self.member.id) in str(group)]
            if outcome == "ok" and answer:
                found.append(way)
        return found

    def test_who_bought_what(self):
        """Cashiers read it from the drive's orders too, and managers."""
        for role, ways in (("volunteer", []), ("cashier", EVERY_WAY), ("manager", EVERY_WAY)):
            self._sign_in(role)
            for model in self.goods:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._told(model), ways)

    def test_what_a_cashier_does_not_read_from_an_order(self):
        """One that is not of the drive: nor from its goods."""
        self.order.is_drive = False
        self._sign_in("cashier")
        self.assertEqual(self._rpc("sale.order", "read", self.order.ids, ["name"])[0], "denied")
        for model in self.goods:
            with self.subTest(model=model):
                self.assertEqual(self._told(model), [])

    def test_nobody_changes_what_is_ready(self):
        lines, moves = self.goods["stock.move.line"], self.goods["stock.move"]
        before = lines.read(["picked", "quantity"])
        for role in TEAM:
            self._sign_in(role)
            for records, values in ((lines, {"picked": True}), (lines, {"quantity": 0}), (moves, {"picked": True})):
                with self.subTest(role=role, values=values):
                    self.assertEqual(self._rpc(records._name, "write", records.ids, values)[0], "denied")
            line = {"picking_id": self.order.picking_ids.id, "product_id": self.bread.id, "quantity": 1}
            self.assertEqual(self._rpc("stock.move.line", "create", line)[0], "denied")
            self.assertEqual(self._rpc("stock.move.line", "unlink", lines.ids)[0], "denied")
        self.env.invalidate_all()
        self.assertEqual(lines.read(["picked", "quantity"]), before)

    def test_reports_that_start_from_the_goods(self):
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": self.bread.id})
        self._sign_in("volunteer")
        for question in (
            ("stock.traceability.report", "get_lines"),
            ("stock.traceability.report", "get_main_lines"),
            ("stock.forecasted_product_product", "get_report_values", self.bread.ids),
            ("stock.lot", "read", lot.ids, ["sale_order_ids", "delivery_ids"]),
            ("stock.reference", "web_search_read", [], {"picking_ids": {"fields": {"partner_id": {}}}}),
            ("product.product", "search_count", [("stock_move_ids.picking_id.partner_id", "=", self.member.id)]),
            ("stock.quant", "search_count", [("product_id.stock_move_ids.partner_id", "=", self.member.id)]),
            ("pos.order", "web_search_read", [("partner_id", "=", self.member.id)], {"lines": {}}),
            ("account.move", "web_search_read", [("partner_id", "=", self.member.id)], {"line_ids": {}}),
        ):
            _outcome, answer = self._rpc(*question)
            with self.subTest(question=question[:2]):
                self.assertNotIn(self.order.name, str(answer))
                self.assertNotIn(self.member.name, str(answer))

    def test_who_works_with_goods_or_sales_does_as_odoo_lets_them(self):
        lines = self.goods["stock.move.line"]
        for group in ("stock.group_stock_user", "sales_team.group_sale_salesman"):
            worker = new_test_user(
                self.env, login=group.replace(".", "_"), groups=f"{group},cafoutch_drive.group_volunteer"
            )
            with self.subTest(group=group):
                self.assertTrue(lines.with_user(worker).read(["product_id"]))

    def test_who_has_no_task_of_the_drive(self):
        clerk = new_test_user(self.env, login="clerk", groups="base.group_user")
        lines = self.env["stock.move.line"].with_user(clerk)
        self.assertFalse(lines.search([("picking_id", "=", self.order.picking_ids.id)]))
        self.assertTrue(self.env["stock.move.line"].search([("picking_id", "=", self.order.picking_ids.id)]))


@tagged("post_install", "-at_install")
class TestAccessHousehold(TillCommon, AccessWays):
    """What a person of a household reads of the others'."""

    def _reads(self, records):
        outcome, _answer = self._rpc(records._name, "read", records.ids, ["display_name"])
        found = self._rpc(records._name, "search", [("id", "in", records.ids)])[1]
        grouped = self._rpc(records._name, "formatted_read_group", [("id", "in", records.ids)], ["id"], ["__count"])
        self.assertEqual(bool(grouped[1]), outcome == "ok")
        return outcome == "ok" and found == records.ids

    def test_an_open_basket(self):
        basket = self._create_basket({self.bread: 2}, self.member)
        for role, reads in (("member", True), ("household", False), ("other", False)):
            self._sign_in(role)
            with self.subTest(role=role):
                self.assertEqual(self._reads(basket), reads)
                self.assertEqual(self._reads(basket.order_line), reads)

    def test_an_order_of_the_household(self):
        for role, reads in (("member", True), ("household", True), ("other", False)):
            self._sign_in(role)
            with self.subTest(role=role):
                self.assertEqual(self._reads(self.order), reads)
                self.assertEqual(self._reads(self.order.order_line), reads)

    def _newcomer(self):
        """An order, its invoice and a message of somebody who then joins the household."""
        person = self.people["other"].partner_id
        order = self._create_confirmed({self.bread: 1}, member=person)
        invoice = order._create_invoices() if order.invoice_status == "to invoice" else self._invoice(order)
        invoice.action_post()
        order.with_context(tracking_disable=False).message_post(
            body="Only for them", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        person.write({"parent_id": self.member.id, "type": "other"})
        self.env.flush_all()
        return order, invoice

    def _invoice(self, order):
        line = {"product_id": self.bread.id, "quantity": 1, "sale_line_ids": order.order_line.ids, "tax_ids": []}
        values = {"move_type": "out_invoice", "partner_id": order.partner_id.id, "invoice_date": fields.Date.today()}
        return self.env["account.move"].create({**values, "invoice_line_ids": [Command.create(line)]})

    def test_who_joined_later_keeps_what_came_before(self):
        order, invoice = self._newcomer()
        lines = invoice.invoice_line_ids
        attachment = self.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "sale.order", "res_id": order.id}
        )
        messages = order.message_ids.filtered(lambda message: "Only for them" in message.body)
        self.assertTrue(messages)
        for role, reads in (("other", True), ("member", False), ("household", False)):
            self._sign_in(role)
            for records in (order, order.order_line, invoice, lines):
                with self.subTest(role=role, model=records._name):
                    self.assertEqual(self._reads(records), reads)
            for address in (f"/my/orders/{order.id}", f"/my/invoices/{invoice.id}", f"/drive/orders/{order.id}"):
                with self.subTest(role=role, address=address):
                    self.assertEqual(self.url_open(address, allow_redirects=False).status_code == 200, reads)
            with self.subTest(role=role, what="lists"):
                self.assertEqual(order.name in self.url_open("/my/orders").text, reads)
                self.assertEqual(invoice.name in self.url_open("/my/invoices").text, reads)
            if not reads:
                self.assertEqual(self._rpc("mail.message", "search_count", [("id", "in", messages.ids)]), ("ok", 0))
                self.assertEqual(self._rpc("mail.message", "read", messages.ids, ["body"])[0], "denied")
                self.assertEqual(self._rpc("ir.attachment", "read", attachment.ids, ["name"])[0], "denied")
                self.assertEqual(self._rpc("stock.picking", "read", order.picking_ids.ids, ["name"])[0], "denied")

    def test_a_ticket_of_the_till(self):
        order = self._create_prepared({self.bread: 1}, member=self.member)
        self.assertTrue(order)
        for role in ("household", "other"):
            self._sign_in(role)
            for model in ("pos.order", "pos.order.line", "stock.move.line", "stock.move"):
                self.assertEqual(self._rpc(model, "search_count", [])[0], "denied", (role, model))

    def test_another_customer_of_the_same_shop_sees_what_odoo_shows(self):
        """People of a company read its invoices, which the drive did not make."""
        company = self.env["res.partner"].create({"name": "Fromagerie", "is_company": True})
        self.people["other"].partner_id.parent_id = company
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": company.id,
                "invoice_date": fields.Date.today() - timedelta(days=1),
                "invoice_line_ids": [Command.create({"name": "Stall", "price_unit": 5, "tax_ids": []})],
            }
        )
        invoice.action_post()
        self._sign_in("other")
        self.assertTrue(self._reads(invoice))
