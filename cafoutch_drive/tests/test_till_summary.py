"""What a day at the till came to, on paper: for cashiers and managers."""

import json
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_till_handover import HandoverCommon


@tagged("post_install", "-at_install")
class TestTillSummary(HandoverCommon):
    def _prepared(self, name, quantities, found=None):
        return self._create_prepared(quantities, found, member=self._create_member(name), slot=self._later())

    def _later(self):
        """A slot in which one can order."""
        return self._create_slot(30)

    def _today(self, *orders):
        """Move their slots to now: whatever the hour is, that is today."""
        now = fields.Datetime.now()
        for seconds, order in enumerate(orders, 1):
            start = now - timedelta(seconds=seconds)
            stop = start + timedelta(minutes=15)
            order.drive_slot_id.write({"start": start, "stop": stop, "window_start": start})

    def _page(self, user=None, **options):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(user or self.cashier)
        content, _kind = reports._render_qweb_html("cafoutch_drive.report_day_summary", self.point.ids, data=options)
        return html.fromstring(content.decode())

    def _text(self, page, path="//main"):
        return " ".join(" ".join(element.text_content().split()) for element in page.xpath(path)).replace("\xa0", " ")

    def test_handed_over(self):
        """Each basket with what had been expected, what was paid and what was not taken."""
        order = self._prepared("Camille Petit", {self.cheese: 1.0, self.beer: 3}, {self.cheese: 1.13})
        other = self._prepared("Alix Grand", {self.chips: 2})
        crate = order.drive_crate_ids[0]
        crate._drive_set_till_state("missing", "Nowhere to be found")
        beer = order.order_line.filtered(lambda line: line.product_id == self.beer)
        self._pay(order, {self.beer: 2}, method=self.cash, drive_refused=json.dumps({beer.id: "loss"}))
        self._pay(other, extras=[(self.beer, 1)])
        page = self._page()
        first, second = page.xpath("(//table)[1]/tbody/tr")
        for text in (order.drive_pickup_code, "Camille Petit", "12.63", "9.96", "−", "2.67", "1 Bière (lost)"):
            self.assertIn(text, self._text(first, "."))
        self.assertIn(f"{crate.name}: Nowhere to be found", self._text(first, "."))
        self.assertIn("Alix Grand", self._text(second, "."))
        totals = self._text(page, "(//tfoot)[1]")
        for text in ("17.63", "14.96", "−", "2.67", "Articles not taken: 1", "lost: 1", "Missing crates: 1"):
            self.assertIn(text, totals)
        text = self._text(page)
        self.assertIn("Handed over (2)", text)
        for text in ("Till cash ", "9.96", "Till cheques ", "8.10", "beside the baskets: ", "3.10", "18.06"):
            self.assertIn(text, self._text(page))

    def test_missing(self):
        """What nobody found is no article that a member did not take."""
        order = self._prepared("Camille Petit", {self.cheese: 1.0, self.beer: 3})
        order.drive_crate_ids[0]._drive_set_till_state("missing", "Not found")
        self._pay(order, {self.beer: 0})
        page = self._page()
        self.assertIn("3 Bière (missing)", self._text(page, "(//table)[1]/tbody"))
        totals = self._text(page, "(//tfoot)[1]")
        self.assertIn("Articles not found: 1", totals)
        self.assertNotIn("Articles not taken", totals)

    def test_cash(self):
        order = self._prepared("Camille Petit", {self.beer: 2})
        self.till_session.cash_register_balance_start = 50
        self._pay(order, method=self.cash)
        cash = self._text(self._page(), "(//table)[last()]")
        self.assertIn(self.till.name, cash)
        self.assertIn("still open", cash)
        for amount in ("50.00", "6.20", "56.20"):
            self.assertIn(amount, cash)

    def _amounts(self, page, path):
        """The amounts of some cells, as numbers."""
        texts = [cell.text_content().strip().replace("\N{MINUS SIGN}", "-") for cell in page.xpath(path)]
        return [float(text.replace("€", "").replace("$", "").replace("\xa0", "")) for text in texts if text]

    def assertCashExplained(self, expected, *parts):
        """The rows of the drawer are these, and add up to what Odoo expects."""
        page = self._page()
        rows = self._amounts(page, "//table[@class='cash']//tr[@class='part']/td[2]")
        self.assertEqual(rows, list(parts))
        self.assertAlmostEqual(sum(rows), expected, 2)
        self.assertAlmostEqual(self.till_session.cash_register_balance_end, expected, 2)
        self.assertEqual(self._amounts(page, "//table[@class='cash']//strong")[0], expected)
        return page

    def test_each_euro(self):
        """A basket with a bottle given back, another sale, a refund, coins that were fetched: the
        page says where each euro is, before the session is closed and afterwards."""
        bottle = self._create_product("Bottle", 0.2, type="consu", is_storable=False, drive_ok=False)
        order = self._prepared("Camille Petit", {self.beer: 2})
        self.till_session.cash_register_balance_start = 50
        sold = self._pay(order, extras=[(bottle, -3), (self.chips, 1)], method=self.cash)
        self._sync(self._ticket([self._line_vals(self.chips, 2)], method=self.cash))
        self._sync(self._ticket([self._line_vals(self.chips, 1)]))
        beer = sold.lines.filtered(lambda line: line.product_id == self.beer)
        back = self._line_vals(self.beer, -1, refunded_orderline_id=beer.id)
        self._sync(self._ticket([back], method=self.cash, is_refund=True))
        refund = beer.refund_orderline_ids.order_id
        for kind, amount, reason in (("in", 5.5, "Coins"), ("out", 20, "Bank")):
            self.till_session.try_cash_in_out(kind, amount, reason, False, {"translatedType": kind})
        page = self.assertCashExplained(45.5, 50.0, 8.1, 5.0, -3.1, 5.5, -20.0)
        money = page.xpath("//table[@class='money']")[0]
        self.assertEqual(self._amounts(money, ".//tfoot/tr/td"), [8.1, 7.5, -3.1, 12.5])
        text = self._text(page)
        self.assertRegex(text, r"bought at the till, beside the baskets: \S*2\.50")
        self.assertRegex(text, r"given back with the baskets, such as deposits: −\S*0\.60")
        self.assertRegex(text, rf"{refund.pos_reference} of the ticket {sold.pos_reference} .*3\.10 .*Till cash")
        self.assertRegex(text, "in: Coins .*out: Bank")
        self.till_session.post_closing_cash_details(45.5)
        self.till_session.close_session_from_ui()
        self.env.invalidate_all()
        self.assertCashExplained(45.5, 50.0, 8.1, 5.0, -3.1, 5.5, -20.0)

    def test_what_was_not_handed_over(self):
        """Who did not come, who took nothing, who is still awaited, what nobody prepared."""
        absent, untaken, waiting = (self._prepared(name, {self.beer: 1}) for name in ("Absent", "Untaken", "Waiting"))
        unprepared = self._create_confirmed({self.beer: 1}, member=self._create_member("Late"), slot=self._later())
        self._today(untaken, waiting, unprepared)
        absent.drive_state = "no_show"
        absent.drive_no_show_at = fields.Datetime.now()
        self._call("drive_till_nothing", untaken.id, None)
        text = self._text(self._page())
        self.assertIn("Nothing was handed over on this day", text)
        lists = {
            "Still waiting": waiting,
            "Not prepared": unprepared,
            "Nothing was taken": untaken,
            "Not collected": absent,
        }
        for heading, order in lists.items():
            self.assertRegex(text, rf"{heading} \(1\) {order.drive_pickup_code} {order.partner_id.name}")

    def test_the_way_back(self):
        """To the till of the point; to Odoo from a page of all points, or where there are two tills."""
        page = self._page()
        self.assertEqual(page.xpath("//a[@class='back']/@href"), [f"/pos/ui/{self.till.id}/drive"])
        self._create_till("Second", self.cheque)
        self.assertEqual(self._page().xpath("//a[@class='back']/@href"), ["/odoo"])

    def test_another_day(self):
        order = self._prepared("Camille Petit", {self.beer: 2})
        self._pay(order)
        tomorrow = self.point._drive_today() + timedelta(days=1)
        self.assertNotIn("Camille Petit", self._text(self._page(day=fields.Date.to_string(tomorrow))))
        for nonsense in ("x", "2026-99-99", None, 3):
            self.assertIn("Camille Petit", self._text(self._page(day=nonsense)))

    def test_who_may_read_it(self):
        volunteer = new_test_user(self.env, login="till_volunteer", groups="cafoutch_drive.group_volunteer")
        with self.assertRaises(AccessError):
            self._page(volunteer)
        manager = new_test_user(self.env, login="till_manager", groups="cafoutch_drive.group_manager")
        self.assertIn("Test point", self._text(self._page(manager)))
