"""One drive day, lived through as four people, in a real browser.

A member orders, a volunteer weighs and reports a shortage, a cashier scans the order's
code and takes the money, the manager sees the day. Then the ticket is right to the cent,
each location's stock to the gram, and the goods left by one delivery.
"""

import subprocess
from decimal import Decimal

import psycopg2
import pytest
from playwright.sync_api import expect

from common import ROOT
from people import Cashier, Member, Volunteer, euros, rounded

# All images that are in sight are there.
IMAGES_SHOWN = """() => [...document.images].every(
    (image) => image.complete || image.getBoundingClientRect().top > window.innerHeight
)"""

# More days of opening than there are slots ahead.
OPENINGS = 30

ORANGES = "Oranges de Sicile"
BREAD = "Miche de campagne 800 g"
CHEESE = "Tomme de brebis fermière"
YOGHURT = "Yaourt nature, pot en verre"
# What the member asks for (the oranges by the piece), and what they get.
ORDERED = {ORANGES: "6", BREAD: "2", CHEESE: "0,3", YOGHURT: "4"}
PREPARED = {
    ORANGES: Decimal("1.432"),
    BREAD: Decimal(2),
    CHEESE: Decimal("0.312"),
    YOGHURT: Decimal(3),
}


class Day:
    """The people, and what the database says."""

    def __init__(self, shop, new_page, sign_in, pictures):
        self.shop, self.pictures = shop, pictures
        self._new_page, self._sign_in = new_page, sign_in
        self._database = psycopg2.connect(dbname=shop.database)
        self._database.autocommit = True

    def query(self, statement, *values):
        with self._database.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def page_of(self, login, width, height, **options):
        page = self._new_page(width, height, base_url=self.shop.url, **options)
        self._sign_in(page, login)
        return page

    def phone_of(self, login):
        return self.page_of(login, 360, 740, has_touch=True, is_mobile=True)

    def picture(self, page, name):
        page.wait_for_function(IMAGES_SHOWN)
        page.screenshot(path=self.pictures / f"{name}.png")

    def stock(self):
        """On hand: ``{(product, place): quantity}``, for what was ordered."""
        rows = self.query(
            "SELECT t.name->>'en_US', l.complete_name, sum(q.quantity)"
            "  FROM stock_quant q JOIN product_product p ON p.id = q.product_id"
            "  JOIN product_template t ON t.id = p.product_tmpl_id"
            "  JOIN stock_location l ON l.id = q.location_id"
            " WHERE t.name->>'en_US' = ANY(%s) AND l.usage IN ('internal', 'customer')"
            " GROUP BY 1, 2",
            list(ORDERED),
        )
        return {(product, place): Decimal(str(quantity)) for product, place, quantity in rows}

    def prices(self):
        rows = self.query(
            "SELECT name->>'en_US', list_price FROM product_template WHERE name->>'en_US' = ANY(%s)",
            list(ORDERED),
        )
        return {name: Decimal(str(price)) for name, price in rows}

    def run(self):
        before = self.stock()
        order_id, code = self.order()
        self.prepare(code)
        paid = self.hand_over(code)
        self.manage(code)
        self.check_money(order_id, paid)
        self.check_stock(order_id, before)
        self.check_rules()

    # The four people

    def order(self):
        page = self.phone_of("membre")
        member = Member(page)
        for product, quantity in ORDERED.items():
            member.put(product, quantity)
        page.goto("/drive")
        self.picture(page, "shop-phone")
        member.hold_a_slot()
        self.picture(page, "slot-phone")
        order_id, code = member.confirm()
        self.picture(page, "order-phone")
        return order_id, code

    def prepare(self, code):
        page = self.phone_of("benevole")
        volunteer = Volunteer(page, code)
        volunteer.begin()
        page.locator(".o_drive_line_step").wait_for()
        expect(page.locator(".o_drive_waiting")).to_have_text("")
        self.picture(page, "preparation-phone")
        weights = {ORANGES: "1,432", CHEESE: "0,312"}
        names = volunteer.treat_all(weights, {YOGHURT: "3"})
        assert sorted(names) == sorted(ORDERED)
        volunteer.put_crates_away()
        expect(page.locator(".o_drive_waiting")).to_have_text("")
        self.picture(page, "crates-phone")
        volunteer.finish()

    def hand_over(self, code):
        # The till does not start where it cannot keep its pages.
        page = self.page_of("caissier", 1280, 800, service_workers="allow")
        cashier = Cashier(page)
        [[till]] = self.query("SELECT id FROM pos_config WHERE drive_point_id IS NOT NULL")
        cashier.open_till(till)
        page.locator(".drive-button").click()
        page.locator(f".drive-order[data-code='{code}']").wait_for()
        self.picture(page, "till-orders")
        cashier.scan(f"DRV{code}")
        cashier.take_crates()
        expect(page.locator(".order-container .orderline")).to_have_count(len(PREPARED))
        self.picture(page, "till")
        amounts = {product: euros(amount) for product, (_quantity, amount) in cashier.lines().items()}
        assert amounts == {
            product: rounded(self.prices()[product] * quantity) for product, quantity in PREPARED.items()
        }
        return cashier.pay("Carte")

    def manage(self, code):
        [[day]] = self.query(
            "SELECT extract(day FROM s.start AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::int"
            "  FROM drive_slot s JOIN sale_order o ON o.drive_slot_id = s.id WHERE o.drive_pickup_code = %s",
            code,
        )
        page = self.page_of("responsable", 1280, 800)
        page.goto("/odoo/drive-today")
        heading = page.locator(".o_drive_today_head h1")
        heading.wait_for()
        for _day in range(OPENINGS):
            # Not `inner_text`: that has the capital letter of the style.
            shown = heading.text_content()
            if str(day) in shown.split():
                break
            page.get_by_role("button", name="Le prochain jour d’ouverture").click()
            expect(heading).not_to_have_text(shown)
        order = page.locator(".o_drive_today_orders button").filter(has_text=code)
        expect(order).to_contain_text("Remise")
        self.picture(page, "manager-day")

    # What is left behind

    def check_money(self, order_id, paid):
        prices = self.prices()
        total = sum(rounded(prices[product] * quantity) for product, quantity in PREPARED.items())
        assert paid == total
        [[tickets, charged, ordered]] = self.query(
            "SELECT count(DISTINCT t.id), sum(DISTINCT t.amount_total), min(o.amount_total)"
            "  FROM sale_order o JOIN pos_order_line p ON p.sale_order_origin_id = o.id"
            "  JOIN pos_order t ON t.id = p.order_id WHERE o.id = %s",
            order_id,
        )
        assert (tickets, rounded(charged), rounded(ordered)) == (1, total, total)

    def check_stock(self, order_id, before):
        after = self.stock()
        moved = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
        gone = {(product, place): change for (product, place), change in moved.items() if change}
        internal = {product: -change for (product, _place), change in gone.items() if change < 0}
        customers = {product: change for (product, _place), change in gone.items() if change > 0}
        assert internal == PREPARED
        assert customers == PREPARED
        pickings = self.query(
            "SELECT DISTINCT k.id, k.state, k.pos_order_id IS NOT NULL FROM stock_picking k"
            "  LEFT JOIN pos_order_line p ON p.order_id = k.pos_order_id"
            " WHERE k.sale_id = %s OR p.sale_order_origin_id = %s",
            order_id,
            order_id,
        )
        assert [(state, named) for _id, state, named in pickings] == [("done", True)]
        [[state, booking]] = self.query(
            "SELECT o.drive_state, b.state FROM sale_order o"
            "  JOIN drive_booking b ON b.id = o.drive_booking_id WHERE o.id = %s",
            order_id,
        )
        assert (state, booking) == ("done", "used")

    def check_rules(self):
        checked = subprocess.run(
            [ROOT / "script" / "check", "--db", self.shop.database],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (checked.returncode, checked.stdout) == (0, ""), checked


@pytest.fixture
def day(new_server, new_page, sign_in, screenshots):
    return Day(new_server("demo"), new_page, sign_in, screenshots)


def test_a_drive_day(day):
    day.run()


@pytest.mark.full
@pytest.mark.parametrize(
    ("mutant", "where"),
    [("drive_mutant_till", "check_stock"), ("drive_mutant_preparation", "hand_over")],
)
def test_a_day_that_goes_wrong_is_seen(mutant, where, mutant_database, new_server, new_page, sign_in, tmp_path):
    """The till, or the preparation, is broken on purpose: the same day fails there."""
    shop = new_server(name=mutant_database(mutant, "demo"))
    with pytest.raises(AssertionError) as caught:
        Day(shop, new_page, sign_in, tmp_path).run()
    assert where in [entry.name for entry in caught.traceback]
