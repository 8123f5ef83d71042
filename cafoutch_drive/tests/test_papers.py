"""What preparers print: whose names are on it, what is a label, and who may see it."""

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from ..tools.letters import LOW, PATHS, SHAPES
from .batch_common import BatchCommon

EVIL = "<script>alert(1)</script>'; DROP TABLE sale_order; -- 🥕"


class PapersCommon(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = new_test_user(cls.env, login="paper_cashier", groups="cafoutch_drive.group_cashier")
        cls.manager = new_test_user(cls.env, login="paper_manager", groups="cafoutch_drive.group_manager")
        cls.member.write({"street": "3 rue d’Italie", "phone": "+33491000000"})

    def page(self, report, records, user=None, **options):
        """A printed page, as a person opens it.

        :param report: its name, without ``report_``
        """
        reports = self.env["ir.actions.report"].with_user(user or self.volunteer)
        name = f"cafoutch_drive.report_{report}"
        content, _kind = reports._render_qweb_html(name, records.ids, data=options)
        return html.fromstring(content.decode())

    def text(self, page, path):
        """The text of what is at a path, one item for each element."""
        return [" ".join(element.text_content().split()) for element in page.xpath(path)]


@tagged("post_install", "-at_install")
class TestCrateLabels(PapersCommon):
    def labels(self, orders, **options):
        return self.page("crate_labels", orders, **options).xpath("//article[@class='label']")

    def text_of(self, label):
        return " ".join(label.text_content().split())

    def test_a_label_says_what_is_needed(self):
        self.start()
        self.call("pick", self.bread_line.id, 2)
        self.call("pick", self.apples_line.id, 1)
        self.place_one_crate()
        [label] = self.labels(self.order)
        text = self.text_of(label)
        code = self.order.drive_pickup_code
        for part in ("A", code, f"{code}-1", "Camille D.", "Ambient", "A3", self.order._drive_paper_row()["time"]):
            self.assertIn(part, text)
        self.assertEqual(label.xpath(".//svg[@class='mark']/@aria-label"), ["Basket A"])
        self.assertEqual(label.xpath(".//svg[@class='mark']/path/@d"), [PATHS["circle"]])
        self.assertEqual(label.xpath(".//div[@class='label__bars']/svg/@aria-label"), [f"Bars of the crate {code}-1"])

    def test_the_bars_are_what_the_screen_scans(self):
        """The name that the bars carry opens the crate."""
        self.start()
        answer = self.call("add_crate", self.order.id, "chilled", 1)
        crate = next(row for row in answer["classes"] if row["code"] == "chilled")["crates"][0]
        drawn = self.order._drive_bars(crate["name"])
        self.assertIn("<path", drawn)
        self.assertNotEqual(drawn, self.order._drive_bars(f"{crate['name']}1"))
        found = self.phone.scan(self.batch.id, crate["name"])
        self.assertEqual((found["kind"], found["crate"]), ("crate", crate["id"]))

    def test_before_anything_is_prepared(self):
        """One for each kind of goods, with the names that the screen gives."""
        self.apples.drive_storage_class = "chilled"
        first, second = self.labels(self.order)
        code = self.order.drive_pickup_code
        for label, number, storage in ((first, 1, "Ambient"), (second, 2, "Chilled")):
            self.assertIn(f"{code}-{number}", self.text_of(label))
            self.assertIn(storage, self.text_of(label))
            self.assertIn("Place:", self.text_of(label))
        self.start()
        for storage, name in (("ambient", f"{code}-1"), ("chilled", f"{code}-2")):
            answer = self.call("add_crate", self.order.id, storage)
            names = [crate["name"] for row in answer["classes"] for crate in row["crates"]]
            self.assertIn(name, names)
        self.assertEqual(len(self.labels(self.order)), 2)

    def test_a_class_of_which_all_is_missing_needs_no_crate(self):
        self.apples.drive_storage_class = "chilled"
        self.start()
        self.call("short", self.apples_line.id, 0, "missing")
        [label] = self.labels(self.order)
        self.assertIn("Ambient", self.text_of(label))

    def test_a_batch_by_letter(self):
        orders = self.other | self.order
        self.assertEqual([self.text_of(label)[0] for label in self.labels(orders)], ["A", "B"])
        url = self.batch.with_user(self.manager).action_drive_print()["url"]
        self.assertTrue(url.endswith(f"report_crate_labels/{self.order.id},{self.other.id}"), url)

    def test_a_basket_without_a_batch_has_no_letter(self):
        order = self._create_confirmed({self.bread: 1}, self._create_slot(hours=80), self._create_member("Bo Le"))
        [label] = self.labels(order)
        self.assertFalse(label.xpath(".//svg[@class='mark']"))
        self.assertIn(order.drive_pickup_code, self.text_of(label))

    def test_two_kinds_of_paper(self):
        for paper, style in ((None, "labels_a4"), ("roll", "labels_roll"), ("'; --", "labels_a4")):
            page = self.page("crate_labels", self.order, **({"paper": paper} if paper else {}))
            self.assertEqual(len(page.xpath(f"//link[contains(@href, '/{style}.css')]")), 1, paper)
            current = page.xpath("//nav//a[@aria-current='page']/@href")
            self.assertEqual([address.endswith("?paper=roll") for address in current], [paper == "roll"])

    def test_names_are_text(self):
        self.member.name = f"{EVIL[:8]} {EVIL}"
        self.shelf.name = EVIL
        self.start()
        self.place_one_crate()
        crate = self.order.drive_crate_ids
        [label] = self.labels(self.order)
        self.assertFalse(label.xpath(".//script"))
        self.assertIn(EVIL, self.text_of(label))
        # Bars carry no such name: there are none, rather than others.
        crate.name = EVIL
        [label] = self.labels(self.order)
        self.assertFalse(label.xpath(".//div[@class='label__bars']/svg"))
        self.assertIn(EVIL, self.text_of(label))

    def test_nothing_else_of_the_member(self):
        self.order.write({"drive_note": "A secret note", "drive_message": "A secret word"})
        text = self.page("crate_labels", self.order).text_content()
        for secret in ("Durand", "Italie", "+3349", "secret", self.order.currency_id.symbol):
            self.assertNotIn(secret, text)

    def test_who_and_which(self):
        for user in (self.cashier, self._create_member("Portal", login="paper_portal").user_ids):
            with self.assertRaises(AccessError):
                self.page("crate_labels", self.order, user)
            with self.assertRaises(AccessError):
                self.order.with_user(user).action_drive_print()
        with self.assertRaises(AccessError):
            self.batch.with_user(self.volunteer).action_drive_print()
        self.assertTrue(self.labels(self.order, user=self.manager))
        for state in ("done", "cancelled", "no_show", "basket"):
            self.order.drive_state = state
            self.assertFalse(self.labels(self.order), state)
        with self.assertRaises(UserError):
            self.order.with_user(self.volunteer).action_drive_print()

    def test_of_another_company(self):
        self.volunteer.sudo().write(
            {
                "company_ids": [(6, 0, self.env["res.company"].create({"name": "Other"}).ids)],
                "company_id": self.env["res.company"].search([("name", "=", "Other")]).id,
            }
        )
        self.assertFalse(self.labels(self.order))

    def test_ids_that_are_none(self):
        printable = self.env["sale.order"].with_user(self.volunteer)._drive_printable
        self.assertEqual(printable([self.order.id, 10**30, -1, 0, None, "x"]), self.order)
        for ids in (None, [], [0]):
            self.assertFalse(printable(ids))
        page = self.page("crate_labels", self.order.browse())
        self.assertIn("no label to print", page.text_content())

    def test_shapes_are_those_of_the_screen(self):
        with file_open("cafoutch_drive/static/src/preparation/batch/mark.js") as source:
            script = source.read()
        self.assertEqual(set(PATHS), set(SHAPES))
        for shape, path in PATHS.items():
            self.assertIn(f'{shape}: "{path}"', script)
        for shape, baseline in LOW.items():
            self.assertIn(f"{{ {shape}: {baseline} }}", script)
