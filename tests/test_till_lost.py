"""Until a basket is paid, nothing that the till does can lose it, and then it is paid once.

The network goes away in the middle of a payment, and the browser dies without a word at each
step: it starts again with what it kept, or somewhere else with nothing.
"""

import contextlib
from decimal import Decimal

import pytest
from playwright.sync_api import Error, expect

from people import Cashier, euros
from support import run_check

SYNC = "**/pos.order/sync_from_ui*"
CRATE = "**/sale.order/drive_till_crate*"
# Whether the till's own database comes to have a paid ticket with its payment: it is written a moment later.
KEPT_PAID = """async (name) => {
    const read = (asked) => new Promise((answer) => (asked.onsuccess = () => answer(asked.result)));
    const kept = await read(indexedDB.open(name));
    for (const stop = performance.now() + 30000; performance.now() < stop; ) {
        const all = (store) => read(kept.transaction(store).objectStore(store).getAll());
        const paid = (await all("pos.order")).filter((ticket) => ticket.state === "paid");
        if (paid.length && (await all("pos.payment")).some((one) => one.pos_order_id === paid[0].id)) {
            return true;
        }
    }
    return false;
}"""
# Whether it comes to have a ticket with what was said of its crates.
KEPT_CRATES = """async (name) => {
    const read = (asked) => new Promise((answer) => (asked.onsuccess = () => answer(asked.result)));
    const kept = await read(indexedDB.open(name));
    for (const stop = performance.now() + 30000; performance.now() < stop; ) {
        const tickets = await read(kept.transaction("pos.order").objectStore("pos.order").getAll());
        if (tickets.some((ticket) => JSON.parse(ticket.JSONuiState || "{}").driveCrates?.length)) {
            return true;
        }
    }
    return false;
}"""


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its baskets are handed over."""
    return new_server("demo")


@pytest.fixture(scope="module")
def config(query):
    [[config]] = query("SELECT id FROM pos_config WHERE drive_point_id IS NOT NULL")
    return config


class Basket:
    """A basket that waits, and what the database says of it."""

    def __init__(self, query, order, code):
        self.query, self.order, self.code = query, order, code
        self.before = self.on_hand()

    def on_hand(self):
        """What the shop has of each of its products."""
        rows = self.query(
            "SELECT q.product_id, sum(q.quantity) FROM stock_quant q JOIN stock_location l ON l.id = q.location_id"
            " WHERE l.usage = 'internal' AND q.product_id IN"
            "  (SELECT product_id FROM sale_order_line WHERE order_id = %s) GROUP BY 1",
            self.order,
        )
        return {product: Decimal(str(quantity)) for product, quantity in rows}

    def prepared(self):
        rows = self.query(
            "SELECT product_id, sum(drive_prepared_qty) FROM sale_order_line WHERE order_id = %s"
            " GROUP BY 1 HAVING sum(drive_prepared_qty) > 0",
            self.order,
        )
        return {product: Decimal(str(quantity)) for product, quantity in rows}

    def state(self):
        [[state]] = self.query("SELECT drive_state FROM sale_order WHERE id = %s", self.order)
        return state

    def tickets(self):
        """The amounts of the tickets that were paid for it."""
        return self.query(
            "SELECT t.id, t.amount_total, t.amount_paid FROM pos_order t WHERE t.state IN ('paid', 'done', 'invoiced')"
            "   AND t.id IN (SELECT order_id FROM pos_order_line WHERE sale_order_origin_id = %s)",
            self.order,
        )

    def missing(self):
        """What was said of its crates that nobody found, where somebody was asked to look for them."""
        rows = self.query(
            "SELECT c.missing_reason FROM drive_crate c WHERE c.order_id = %s AND c.missing_reason IS NOT NULL"
            "   AND EXISTS (SELECT FROM mail_activity a WHERE a.res_model = 'sale.order' AND a.res_id = c.order_id)",
            self.order,
        )
        return [reason for (reason,) in rows]

    def is_untouched(self):
        return (self.state(), self.tickets(), self.on_hand()) == ("ready", [], self.before)

    def check_paid_once(self, shop, amount):
        assert [(Decimal(str(total)), Decimal(str(paid))) for _id, total, paid in self.tickets()] == [(amount, amount)]
        assert self.state() == "done"
        after = self.on_hand()
        gone = {product: before - after[product] for product, before in self.before.items()}
        assert {product: quantity for product, quantity in gone.items() if quantity} == self.prepared()
        assert run_check(shop) == (0, "")


@pytest.fixture
def basket(query):
    """The next basket that waits to be collected, with its crates to be brought."""
    [[order, code]] = query(
        "SELECT id, drive_pickup_code FROM sale_order WHERE drive_state = 'ready' AND amount_total > 0"
        "   AND id IN (SELECT order_id FROM drive_crate WHERE handed_at IS NULL AND missing_reason IS NULL)"
        " ORDER BY id LIMIT 1"
    )
    return Basket(query, order, code)


class Till:
    """The till of a browser that can die.

    :param bool keeps: whether the next browser has what this one kept
    """

    def __init__(self, shop, config, new_page, sign_in, keeps=True):
        self._shop, self._config, self._keeps = shop, config, keeps
        self._new_page, self._sign_in = new_page, sign_in
        self.errors = []
        self.page = self._new_browser()

    def _note(self, error):
        self.errors.append(error)

    def _new_browser(self):
        # The till does not start where it cannot keep its pages.
        page = self._new_page(1280, 800, base_url=self._shop.url, service_workers="allow")
        self._sign_in(page, "caissier")
        return page

    def start(self):
        Cashier(self.page).open_till(self._config)

    def die(self):
        """The browser is gone without a word; the next one has opened nothing yet."""
        dead = self.page
        context = dead.context
        with dead.expect_event("crash"), contextlib.suppress(Error):
            dead.goto("chrome://crash")
        dead.close()
        if self._keeps:
            self.page = context.new_page()
            self.page.on("pageerror", self._note)
        else:
            context.close()
            self.page = self._new_browser()

    def show(self, basket):
        """Open the basket from the list; its articles are on the ticket, once."""
        self.page.locator(".drive-button").click()
        self.page.locator(f".drive-order[data-code='{basket.code}']").click()
        expect(self.page.locator(".order-container .orderline")).to_have_count(len(basket.prepared()))

    def crates_to_bring(self):
        return self.page.locator(".drive-crates-popup li.is-open")

    def tick_a_crate(self):
        left = self.crates_to_bring().count()
        self.crates_to_bring().first.locator(".drive-crates-tick").click()
        expect(self.crates_to_bring()).to_have_count(left - 1)

    def miss_a_crate(self):
        """Say that one cannot be found; return the reason."""
        left = self.crates_to_bring().count()
        self.crates_to_bring().first.locator(".drive-crates-miss").click()
        button = self.page.locator(".drive-crates-reasons button").first
        reason = button.inner_text()
        button.click()
        expect(self.crates_to_bring()).to_have_count(left - 1)
        return reason

    def bring_all_crates(self):
        while self.crates_to_bring().count():
            self.tick_a_crate()
        self.page.locator(".drive-crates-done").click()
        self.page.locator(".drive-crates-popup").wait_for(state="detached")

    def go_to_payment(self):
        """The payment screen, with one payment of all of it; return the amount."""
        self.page.locator(".pay-order-button").click()
        self.page.locator(".payment-screen").wait_for()
        lines = self.page.locator(".paymentline")
        if not lines.count():
            self.page.locator(".paymentmethod").filter(has_text="Carte").click()
        expect(lines).to_have_count(1)
        return euros(lines.inner_text())

    def validate(self):
        self.page.locator(".payment-screen .validation-button.next").click()

    def validate_unsent(self):
        """Validate; the ticket is on its way, and not at the server yet."""
        self.page.route(SYNC, lambda route: None)
        with self.page.expect_request(SYNC):
            self.validate()

    def lose_the_answer(self):
        """A context in which a ticket gets to the server, and its answer gets lost."""

        def lose(route):
            route.fetch()
            route.abort("connectionreset")

        self.page.route(SYNC, lose)
        return self.page.expect_event("requestfailed", lambda request: "sync_from_ui" in request.url)


@pytest.fixture
def till(shop, config, new_page, sign_in):
    """A function that gives a till; no page of it may have an error that nobody caught."""
    tills = []

    def make(**options):
        tills.append(Till(shop, config, new_page, sign_in, **options))
        return tills[-1]

    yield make
    assert [error for one in tills for error in one.errors] == []


def check_refused(till, basket):
    """Who types the code again is told that the basket is gone."""
    till.start()
    till.page.locator(".drive-button").click()
    till.page.locator("#drive-search-field").fill(basket.code)
    till.page.locator("#drive-search-field").press("Enter")
    expect(till.page.locator(".modal-body")).to_contain_text("remis")


def test_the_network_goes_away_during_the_payment(shop, till, basket):
    """The crates are brought, but for one, and the ticket is paid without it; back, all of it counts once."""
    one = till()
    one.start()
    one.show(basket)
    one.page.context.set_offline(True)
    reason = one.miss_a_crate()
    expect(one.page.locator(".drive-crates-popup")).to_contain_text("la caisse retient")
    one.bring_all_crates()
    amount = one.go_to_payment()
    one.validate()
    one.page.locator(".pos-receipt").first.wait_for()
    assert basket.is_untouched()
    with one.page.expect_response(SYNC):
        one.page.context.set_offline(False)
    basket.check_paid_once(shop, amount)
    # What was said of the crates came before the money.
    assert basket.missing() == [reason]
    check_refused(one, basket)
    basket.check_paid_once(shop, amount)


def test_what_was_ticked_without_network_outlives_the_browser(till, basket, config, shop):
    """It is sent when a browser with a network opens the basket again."""
    one = till()
    one.start()
    one.show(basket)
    one.crates_to_bring().first.wait_for()
    count = one.crates_to_bring().count()
    # What the till says does not get there, in this browser.
    one.page.route(CRATE, lambda route: route.abort("connectionreset"))
    reason = one.miss_a_crate()
    assert one.page.evaluate(KEPT_CRATES, f"point-of-sale-{config}-{shop.database}")
    assert basket.missing() == []
    one.die()
    one.start()
    one.show(basket)
    expect(one.crates_to_bring()).to_have_count(count - 1)
    assert basket.missing() == [reason]


@pytest.mark.parametrize("keeps", [True, False])
def test_the_browser_dies_at_each_step(shop, till, basket, query, config, keeps):
    one = till(keeps=keeps)
    one.start()
    one.show(basket)
    left = one.crates_to_bring()
    left.first.wait_for()
    count = left.count()

    one.die()
    assert basket.is_untouched()
    one.start()
    one.show(basket)
    expect(one.crates_to_bring()).to_have_count(count)
    one.tick_a_crate()

    one.die()
    assert basket.is_untouched()
    one.start()
    one.show(basket)
    expect(one.crates_to_bring()).to_have_count(count - 1)
    if count > 1:
        one.bring_all_crates()
    amount = one.go_to_payment()

    one.die()
    assert basket.is_untouched()
    one.start()
    one.show(basket)
    assert one.go_to_payment() == amount
    one.validate_unsent()
    if keeps:
        assert one.page.evaluate(KEPT_PAID, f"point-of-sale-{config}-{shop.database}")

    one.die()
    assert basket.is_untouched()
    if keeps:
        # Nobody has to touch anything: the ticket was paid, and is sent.
        with one.lose_the_answer():
            one.page.goto(f"/pos/ui/{config}")
    else:
        one.start()
        one.show(basket)
        assert one.go_to_payment() == amount
        with one.lose_the_answer():
            one.validate()

    one.die()
    basket.check_paid_once(shop, amount)
    check_refused(one, basket)
    basket.check_paid_once(shop, amount)
