"""What preparers print: whose names are on it, what is a label, and who may see it."""

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from ..models import sale_order_paper
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
        self.does("take", line=self.bread_line.id, qty=2)
        self.does("take", line=self.apples_line.id, qty=1)
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
        answer = self.does("crate", order=self.order.id, storage_class="chilled", number=1)
        [crate] = answer["baskets"][0]["crates"]
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
            answer = self.does("crate", order=self.order.id, storage_class=storage)
            names = [crate["name"] for crate in answer["baskets"][0]["crates"]]
            self.assertIn(name, names)
        self.assertEqual(len(self.labels(self.order)), 2)

    def test_a_class_of_which_all_is_missing_needs_no_crate(self):
        self.apples.drive_storage_class = "chilled"
        self.start()
        self.does("short", line=self.apples_line.id, qty=0, reason="missing")
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

    def test_as_many_as_were_chosen(self):
        """None is left out; what no address can hold is refused with a sentence."""
        values = {
            "partner_id": self.member.id,
            "is_drive": True,
            "drive_state": "ready",
            "drive_point_id": self.point.id,
            "drive_slot_id": self.slot.id,
        }
        orders = self.env["sale.order"].create([values] * 101)
        self.assertEqual(len(self.page("basket_slips", orders).xpath("//article")), 101)
        orders = orders.with_user(self.manager)
        self.assertEqual(orders.action_drive_print()["url"].count(","), 100)
        self.patch(sale_order_paper, "PAPER_LIMIT", 100)
        with self.assertRaisesRegex(UserError, "101.*100"):
            orders.action_drive_print()

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


@tagged("post_install", "-at_install")
class TestPickList(PapersCommon):
    def stops(self, page):
        """``{article: (total, [what stands for each basket])}``, in the order of the page."""
        return {
            self.text(stop, ".//h3")[0]: self.text(stop, ".//ul[@class='cells']/li")
            for stop in page.xpath("//article[@class='stop']")
        }

    def test_shelf_by_shelf_for_all_baskets(self):
        self.bread.pos_categ_ids = self.env["pos.category"].create({"name": "Bakery", "sequence": 1})
        self.apples.pos_categ_ids = self.env["pos.category"].create({"name": "Fruit", "sequence": 2})
        self.apples.barcode = "3017620422003"
        page = self.page("pick_list", self.order | self.other)
        self.assertEqual(self.text(page, "//section[@class='shelf']/h2"), ["Bakery · Ambient", "Fruit · Ambient"])
        stops = self.stops(page)
        self.assertEqual(list(stops), ["Miche", "Pommes"])
        self.assertEqual([cell[:3] for cell in stops["Miche"]], ["A 2", "B 1"])
        self.assertIn("3", self.text(page, "//article[@class='stop'][1]//p[strong]")[-1])
        self.assertEqual(len(page.xpath("//article[@class='stop']//span[@class='tick']")), 3)
        # Room for a weight, only where there is one.
        blanks = [stop.xpath(".//span[@class='blank']") for stop in page.xpath("//article[@class='stop']")]
        self.assertEqual([len(found) for found in blanks], [0, 1])
        self.assertIn("3017620422003", page.text_content())

    def test_cold_goods_come_last(self):
        self.bread.drive_storage_class = "frozen"
        page = self.page("pick_list", self.order)
        self.assertEqual(list(self.stops(page)), ["Pommes", "Miche"])
        self.assertIn("Frozen", self.text(page, "//section[@class='shelf']/h2")[-1])

    def test_what_is_done_is_said(self):
        self.start()
        self.does("take", line=self.apples_line.id, qty=1.05, sure=True)
        self.does("short", line=self.bread_line.id, qty=1, reason="missing")
        stops = self.stops(self.page("pick_list", self.order))
        self.assertTrue(stops["Pommes"][0].startswith("✓"))
        self.assertIn("1.05", self.plain(stops["Pommes"][0]))
        self.assertTrue(stops["Miche"][0].startswith("✗"))
        self.assertIn(self.bread_line._drive_shortage_reasons()["missing"], stops["Miche"][0])

    def test_names_are_text_and_no_more_than_needed(self):
        self.bread.name = EVIL
        self.order.write({"drive_note": "A secret note", "drive_message": "A secret word"})
        for report in ("pick_list", "basket_slips"):
            page = self.page(report, self.order)
            self.assertFalse(page.xpath("//script"))
            text = page.text_content()
            self.assertIn(EVIL, text)
            self.assertIn("Camille D.", text)
            for secret in ("Durand", "Italie", "+3349", "secret", self.order.currency_id.symbol, "4.8", "4,8"):
                self.assertNotIn(secret, text, report)

    def test_who(self):
        for report in ("pick_list", "basket_slips"):
            with self.assertRaises(AccessError):
                self.page(report, self.order, self.cashier)
            self.assertTrue(self.page(report, self.order.browse()).xpath("//header/p"), report)

    def test_each_paper_leads_to_the_others(self):
        page = self.page("pick_list", self.order)
        links = page.xpath("//nav[@class='papers']/a/@href")
        self.assertEqual(len(links), 4)
        for report in ("crate_labels", "pick_list", "basket_slips"):
            self.assertIn(f"/report/html/cafoutch_drive.report_{report}/{self.order.id}", links)
        [current] = page.xpath("//nav//a[@aria-current='page']/@href")
        self.assertTrue(current.endswith(f"report_pick_list/{self.order.id}"))


@tagged("post_install", "-at_install")
class TestBasketSlips(PapersCommon):
    def slip(self, order):
        [slip] = self.page("basket_slips", order).xpath("//article")
        return slip

    def test_before_it_is_prepared(self):
        slip = self.slip(self.order)
        rows = self.text(slip, ".//tbody/tr")
        self.assertEqual(len(rows), 2)
        self.assertEqual(len(slip.xpath(".//tbody//span[@class='tick']")), 2)
        self.assertEqual(self.text(slip, ".//ul[@class='slip__totals']//strong"), ["2", "0", "0", "2"])
        self.assertEqual(slip.xpath(".//svg/@aria-label"), ["Basket A"])

    def test_what_is_in_it_and_what_is_missing(self):
        self.prepare(bread=0, apples=1.05)
        slip = self.slip(self.order)
        self.assertEqual(self.text(slip, ".//ul[@class='slip__totals']//strong"), ["2", "1", "1", "0"])
        [missing] = self.text(slip, ".//tr[.//*[@class='missing']]")
        self.assertIn("Miche", missing)
        self.assertIn(self.bread_line._drive_shortage_reasons()["missing"], missing)
        self.assertIn("1.05", self.plain(slip.text_content()))
        [crate] = self.text(slip, ".//ul[@class='crates']/li")
        self.assertIn(f"{self.order.drive_pickup_code}-1", crate)
        self.assertIn("A3", crate)

    def test_what_replaces_what(self):
        tea = self._create_product("Tea", 3.0, stock=5)
        self.order.order_line.create(
            {"order_id": self.order.id, "product_id": tea.id, "drive_substitute_of_id": self.bread_line.id}
        )
        [row] = [row for row in self.text(self.slip(self.order), ".//tbody/tr") if "Tea" in row]
        self.assertIn("In place of: Miche", row)

    def test_a_message_is_read_on_the_screen(self):
        self.assertNotIn("has written", self.slip(self.order).text_content())
        self.order.drive_message = "I come by bike"
        text = self.slip(self.order).text_content()
        self.assertIn("has written", text)
        self.assertNotIn("bike", text)

    def test_one_for_each_basket(self):
        page = self.page("basket_slips", self.other | self.order)
        self.assertEqual(len(page.xpath("//article")), 2)


@tagged("post_install", "-at_install")
class TestDaySheet(PapersCommon):
    def sheet(self, day=None, user=None):
        """The sheet of the point, of the slot's day unless said otherwise."""
        day = day or str(self.point._drive_date(self.slot.start))
        return self.page("day_sheet", self.point, user or self.cashier, day=day)

    def test_by_time_with_amounts(self):
        page = self.sheet()
        rows = self.text(page, "//tbody/tr")
        self.assertEqual(len(rows), 2)
        for order, row in zip((self.order, self.other), sorted(rows, key=lambda row: "Ali" in row), strict=True):
            for part in (order.drive_pickup_code, order.partner_id.name, self.slot._drive_time_label(), "estimate"):
                self.assertIn(part, row)
        amount = self.order.amount_total
        self.assertIn(f"{amount:.2f}", self.plain(page.text_content()))
        self.assertEqual(len(page.xpath("//tbody//span[@class='tick']")), 2)

    def test_what_is_ready_has_its_crates_and_its_final_amount(self):
        self.prepare(bread=1)
        [row] = [row for row in self.text(self.sheet(), "//tbody/tr") if self.order.drive_pickup_code in row]
        self.assertIn(f"{self.order.drive_pickup_code}-1 Ambient A3", row)
        self.assertNotIn("estimate", row)

    def test_another_day(self):
        later = self._create_slot(hours=26 + 24 * 400)
        page = self.sheet(str(self.point._drive_date(later.start)))
        self.assertIn("Nobody comes", page.text_content())
        # There is no later one, and the nearest before it has the last slots before.
        before = self.env["drive.slot"].search(
            [("point_id", "=", self.point.id), ("start", "<", later.start)], order="start desc", limit=1
        )
        self.assertEqual(page.xpath("//nav/a/@href"), [f"?day={self.point._drive_date(before.start)}"])
        self.assertEqual(self.text(self.sheet(), "//nav/a")[-1], "Next day")
        for nonsense in ("'; DROP", "2026-99-99", "", None):
            self.assertTrue(self.page("day_sheet", self.point, self.cashier, day=nonsense).xpath("//h1"), nonsense)

    def test_who_waits_since_yesterday_is_on_today_s(self):
        self.prepare()
        before = self._create_slot(hours=-50)
        self.order.drive_slot_id = before
        page = self.sheet("today")
        [row] = [row for row in self.text(page, "//tbody/tr") if self.order.drive_pickup_code in row]
        self.assertIn(self.order._drive_paper_time(before.start), row)
        self.order.drive_state = "confirmed"
        self.assertNotIn(self.order.drive_pickup_code, self.sheet("today").text_content())

    def test_all_the_points_of_mine(self):
        page = self.page("day_sheet", self.point.browse(), self.cashier)
        self.assertIn("Test point", page.text_content())
        mine = self.env["res.company"].create({"name": "Other"})
        self.cashier.write({"company_ids": [(6, 0, mine.ids)], "company_id": mine.id})
        self.assertNotIn("Test point", self.page("day_sheet", self.point, self.cashier).text_content())

    def test_names_are_text(self):
        self.member.name = EVIL
        self.order.drive_collector = EVIL
        page = self.sheet()
        self.assertFalse(page.xpath("//script"))
        self.assertIn(EVIL, page.text_content())

    def test_for_cashiers_only(self):
        self.assertTrue(self.sheet(user=self.manager).xpath("//tbody/tr"))
        with self.assertRaises(AccessError):
            self.sheet(user=self.volunteer)
