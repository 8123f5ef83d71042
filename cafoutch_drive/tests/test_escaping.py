import ast
import re
from pathlib import Path

import lxml.html

from odoo.tests import tagged

from .shop_common import ShopCommon
from .till_common import TillCommon

EVIL = """<img src=x onerror="alert(1)">'; DROP TABLE sale_order; --"""
# What would make a browser run or load what somebody typed.
ARMED = re.compile(r"<img src=x|<script>alert", re.IGNORECASE)
# A link and a picture from elsewhere: harmless to a browser, and not to who presses or reads.
LURE = '<a href="https://elsewhere.example">here</a><img src="https://elsewhere.example/x.png">'
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

    def assertLures(self, notes):
        """Each shows what was typed, and none has a link or a picture of it."""
        self.assertTrue(notes)
        for note in notes:
            root = lxml.html.fromstring(f"<div>{note}</div>")
            self.assertEqual(root.xpath("//img | //a"), [], note)
            self.assertIn("elsewhere.example/x.png", root.text_content())

    def test_what_a_manager_is_asked_to_look_at(self):
        """Reasons, names of members, articles and crates, each of them typed by somebody."""
        self.member.name = f"Eve {LURE}"
        self.chips.name = f"Chips {LURE}"
        order = self._create_prepared({self.chips: 2, self.cheese: 1.0})
        rows = self._load(order)
        crate = order.drive_crate_ids[0]
        crate.name = f"Crate {LURE}"
        orders = self.env["sale.order"].with_user(self.cashier)
        answer = orders.drive_till_crate(self.till.id, order.id, crate.id, "missing", f"Gone {LURE}")
        self.assertNotIn("again", answer)
        self.assertLures(order.activity_ids.mapped("note"))
        crate._drive_name_missing_goods()
        lines = self._ticket_lines(rows, {self.chips: 1})
        for line in lines:
            line.update(price_unit=0.0, price_subtotal=0.0, price_subtotal_incl=0.0)
        other = self._create_prepared({self.beer: 1}, member=self._create_member(f"Other {LURE}"))
        lines += self._ticket_lines(self._load(other))
        other.drive_crate_ids.name = f"Another {LURE}"
        self._sync(self._ticket(lines, order, brought=False))
        activities = (order | other).activity_ids
        self.assertEqual(len(activities), 3)
        self.assertLures(activities.mapped("note"))
        # An amount, a reason, a name: summaries are text, and shown as text.
        self.assertEqual(activities._fields["summary"].type, "char")

    def test_what_is_noted_on_an_order(self):
        self.member.name = f"Eve {LURE}"
        order = self._create_prepared({self.chips: 2})
        self.member.coop_state = "suspended"
        orders = self.env["sale.order"].with_user(self.cashier)
        before = order.message_ids
        orders.drive_till_open(self.till.id, order.id, None, f"Because {LURE}")
        order._message_log(body=f"Logged {LURE}")
        self.assertLures((order.message_ids - before).filtered(lambda one: "elsewhere" in one.body).mapped("body"))

    def test_no_source_makes_html_of_text(self):
        """What somebody typed becomes HTML in one way only: as an argument of `Markup`."""
        addon = Path(__file__).parents[1]
        found = []
        for folder in ("controllers", "models", "report", "tools", "wizards"):
            for path in sorted((addon / folder).rglob("*.py")):
                name = f"{folder}/{path.name}"
                found += [f"{name}:{line}" for line in sorted(_unsafe(ast.parse(path.read_text()), name))]
        self.assertEqual(found, [])

    def test_the_search_for_them_finds_them(self):
        """So that it can fail."""
        for source in (
            'order.activity_schedule("x", note=order.env._("%s", reason))',
            'order.activity_schedule("x", summary="x", note=f"<p>{reason}</p>")',
            'order.activity_schedule("x", **values)',
            'activity.note = f"<p>{text}</p>"',
            "activity.note = text",
            'self.env["mail.activity"].create({"note": text})',
            'Markup(f"<p>{text}</p>")',
            'Markup("<p>%s</p>" % text)',
            'Markup("<p>{}</p>".format(text))',
            "Markup(text)",
            "markupsafe.Markup(text)",
            "field = fields.Html(sanitize=False)",
        ):
            with self.subTest(source):
                self.assertEqual(_unsafe(ast.parse(source), "models/new.py"), {1})
        for source in (
            'order.activity_schedule("x", note=text_note(reason))',
            'activity.note = (activity.note or Markup()) + Markup("<p>%s</p>") % text',
            'Markup("<p>%s</p>") % text',
        ):
            with self.subTest(source):
                self.assertEqual(_unsafe(ast.parse(source), "models/new.py"), set())

    def test_screens_make_no_html_of_text(self):
        """Preparers, tills and shop show what they get as text: nothing there turns it into HTML."""
        source = Path(__file__).parents[1] / "static" / "src"
        found = [
            path.name
            for path in sorted(source.rglob("*"))
            if path.suffix in (".js", ".xml") and HTML_FROM_TEXT.search(path.read_text())
        ]
        self.assertEqual(found, [])


# HTML that is made of HTML: white space is taken out of what QWeb has escaped; a table of `Markup`.
MADE_OF_HTML = {"tools/kept_html.py": "Markup", "wizards/drive_replan.py": "sanitize"}


def _unsafe(tree, name):
    """Lines of a module that make HTML of what may be a person's text."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            kind = _called(node)
            if kind and MADE_OF_HTML.get(name) != kind:
                lines.add(node.lineno)
        elif isinstance(node, ast.Assign):
            notes = any(isinstance(target, ast.Attribute) and target.attr == "note" for target in node.targets)
            if notes and not _is_html(node.value):
                lines.add(node.lineno)
    return lines


def _called(call):
    """Why a call is unsafe, in a word, or ``None``."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    told = {keyword.arg: keyword.value for keyword in call.keywords}
    if name == "activity_schedule":
        note = told.get("note")
        return None if note is not None and _is_html(note) else "note"
    if name == "Markup":
        return "Markup" if any(not isinstance(part, ast.Constant) for part in call.args) else None
    if name == "Html" and getattr(told.get("sanitize"), "value", True) is not True:
        return "sanitize"
    if name in ("create", "write") and any(
        isinstance(key, ast.Constant) and key.value == "note" and not _is_html(value)
        for part in call.args
        if isinstance(part, ast.Dict)
        for key, value in zip(part.keys, part.values, strict=True)
    ):
        return "note"
    return None


def _is_html(node):
    """Whether an expression is made with `Markup`, or by the helper that does it."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ("Markup", "text_note")
    return isinstance(node, ast.BinOp) and (_is_html(node.left) or _is_html(node.right))
