import re
from pathlib import Path

import lxml.html

from odoo.tests import tagged

from .shop_common import ShopCommon
from .till_common import TillCommon

EVIL = """<img src=x onerror="alert(1)">'; DROP TABLE sale_order; --"""
# What would make a browser run or load what somebody typed.
ARMED = re.compile(r"<img src=x|<script>alert", re.IGNORECASE)
HTML_FROM_TEXT = re.compile(r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|t-raw|\bmarkup\(")


@tagged("post_install", "-at_install")
class TestEscaping(TillCommon, ShopCommon):
    """SQL and HTML in names and notes are text, wherever they are shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.write({"name": f"Eve {EVIL}", "email": "eve@example.org", "coop_number": "0042"})
        cls.company.write({"name": f"Coop {EVIL}", "street": EVIL, "company_registry": EVIL})
        cls.point.name = f"Point {EVIL}"
        cls.shelf.name = f"Shelf {EVIL}"
        cls.chips.write(
            {
                "name": f"Chips {EVIL}",
                "drive_producer": f"Producer {EVIL}",
                "drive_brand": f"Brand {EVIL}",
                "drive_origin": f"Origin {EVIL}",
                "drive_ingredients": f"Potatoes {EVIL}",
                "drive_food": "prepacked",
                "pos_categ_ids": [(6, 0, cls.shelf.ids)],
            }
        )
        policy = cls.env["drive.policy"]._for(cls.company)
        policy.write({"payment_means": EVIL, "mediator": EVIL})

    def assertText(self, html, where):
        """It shows what was typed, as text."""
        self.assertFalse(ARMED.search(html), where)
        root = lxml.html.fromstring(html)
        self.assertEqual(root.xpath("//img[@onerror]"), [], where)
        self.assertIn("onerror=", root.text_content(), where)

    def _ordered(self):
        order = self._create_held({self.chips: 2, self.bread: 1})
        order._drive_set_preferences({"note": f"Note {EVIL}"})
        self.env["drive.list"].create({"name": f"List {EVIL}", "partner_id": self.member.id})
        return order

    def test_pages(self):
        order = self._ordered()
        for path in (
            "/drive",
            f"/drive/shelf/{self.shelf.id}",
            "/drive/search?q=chips",
            f"/drive/product/{self.chips.id}",
            "/drive/basket",
            "/drive/checkout",
            "/drive/slots",
            "/drive/terms",
            "/drive/lists",
            "/drive/me",
            "/drive/card",
        ):
            self.assertText(self.get(path), path)
        html = self.get("/drive/search?q=%3Cimg+src%3Dx+onerror%3D%22alert(1)%22%3E")
        self.assertText(html, "what was searched")
        order._drive_confirm("a-key-of-its-own", order.amount_total)
        order._drive_add_message(f"Message {EVIL}")
        order._drive_say_collector(f"Bob {EVIL}")
        for path in ("/drive/orders", order.access_url, f"{order.access_url}/change", f"{order.access_url}/slots"):
            self.assertText(self.get(path), path)
        self.assertText(self.get("/drive/me/data"), "personal data")
        self._prepare(order, {self.chips: 1})
        self.assertText(self.get(order.access_url), "ready")
        self._pay(order)
        self.assertText(self.get(f"{order.access_url}/receipt"), "receipt")

    def test_mails(self):
        order = self._ordered()
        order._drive_confirm("a-key-of-its-own", order.amount_total)
        templates = self.env["mail.template"].search([("model", "=", "sale.order"), ("name", "=like", "Drive: %")])
        self.assertGreater(len(templates), 4)
        self._prepare(order, {self.chips: 1})
        for template in templates:
            body = template._generate_template(order.ids, ["body_html"])[order.id]["body_html"]
            self.assertFalse(ARMED.search(body), template.name)
            self.assertEqual(lxml.html.fromstring(body).xpath("//img[@onerror]"), [], template.name)

    def test_calendar_file_and_card(self):
        order = self._ordered()
        order._drive_confirm("a-key-of-its-own", order.amount_total)
        # Names end at their line: what looks like a property is none.
        self.point.name = "Point\r\nATTENDEE:mailto:x@example.org"
        lines = order._drive_calendar_file().decode().replace("\r\n ", "").split("\r\n")
        self.assertFalse([line for line in lines if line.startswith("ATTENDEE")])
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "cafoutch_drive.report_member_cards", self.member.ids
        )
        self.assertText(html.decode(), "label of a card")

    def test_what_is_written_in_the_back_office(self):
        order = self._ordered()
        order._drive_confirm("a-key-of-its-own", order.amount_total)
        self._prepare(order, {self.chips: 1})
        self.env.flush_all()
        for body in order.message_ids.mapped("body"):
            self.assertFalse(ARMED.search(body))
        self.assertEqual(order.drive_note, f"Note {EVIL}")

    def test_screens_make_no_html_of_text(self):
        """Preparers, tills and shop show what they get as text: nothing there turns it into HTML."""
        source = Path(__file__).parents[1] / "static" / "src"
        found = [
            path.name
            for path in sorted(source.rglob("*"))
            if path.suffix in (".js", ".xml") and HTML_FROM_TEXT.search(path.read_text())
        ]
        self.assertEqual(found, [])
