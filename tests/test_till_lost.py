"""Until a basket is paid, nothing that the till does can lose it, and then it is paid once.

The network goes away in the middle of a payment, and the browser dies without a word at each
step: it starts again with what it kept, or somewhere else with nothing.
"""

import pytest
from playwright.sync_api import expect

import shop_days
from support import run_check
from tills import SYNC, Basket, Till

CRATE = "**/sale.order/drive_till_crate*"
NOTHING = "**/sale.order/drive_till_nothing*"
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
    """A shop of its own, with one basket more than its demonstration: they are handed over."""
    shop = new_server("demo")
    shop_days.fill_till_day(shop.database, 1)
    return shop


@pytest.fixture(scope="module")
def config(query):
    [[config]] = query("SELECT id FROM pos_config WHERE drive_point_id IS NOT NULL")
    return config


WAITING = "SELECT id, drive_pickup_code FROM sale_order WHERE drive_state = 'ready' AND amount_total > 0"


@pytest.fixture
def basket(query):
    """The next basket that waits to be collected, with its crates to be brought."""
    [[order, code]] = query(
        f"{WAITING} AND id IN (SELECT order_id FROM drive_crate WHERE handed_at IS NULL AND missing_reason IS NULL)"
        " ORDER BY id LIMIT 1"
    )
    return Basket(query, order, code)


@pytest.fixture
def any_basket(query):
    """The next basket that waits to be collected, whatever was said of its crates."""
    [[order, code]] = query(f"{WAITING} ORDER BY id LIMIT 1")
    return Basket(query, order, code)


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
    """The crates are brought, but for one, and the ticket is paid without its articles; back, all of it
    counts once, and the receipt has said all that its reprint says."""
    one = till()
    one.start()
    one.show(basket)
    one.page.context.set_offline(True)
    reason = one.miss_a_crate()
    expect(one.page.locator(".drive-crates-popup")).to_contain_text("la caisse retient")
    one.take_off_missing()
    one.bring_all_crates()
    amount = one.go_to_payment()
    one.validate()
    one.page.locator(".pos-receipt").first.wait_for()
    assert basket.is_untouched()
    printed = one.receipt_notes()
    with one.page.expect_response(SYNC):
        one.page.context.set_offline(False)
    basket.check_paid_once(shop, amount)
    assert printed == basket.receipt_notes(shop)
    assert "introuvable, non facturé" in "".join(printed)
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


def test_a_basket_on_a_ticket_is_shown_without_network(till, any_basket):
    """Of another one the till says what to do."""
    one = till()
    one.start()
    one.show(any_basket)
    one.leave_crates()
    one.page.context.set_offline(True)
    one.show(any_basket)
    one.leave_crates()
    for code in ("DRVXYZ234", "XYZ234"):
        one.page.locator(".drive-button").click()
        one.page.locator("#drive-search-field").fill(code)
        one.page.locator("#drive-search-field").press("Enter")
        one.read_no_network()
    one.page.locator("#drive-search-field").fill(any_basket.code)
    one.page.locator("#drive-search-field").press("Enter")
    expect(one.page.locator(".order-container .orderline").first).to_be_visible()
    assert any_basket.is_untouched()


def test_nothing_is_taken_without_network(shop, till, any_basket):
    """The till says what to do, loses nothing, and closes the basket once, also where an answer gets lost."""
    basket = any_basket
    one = till()
    one.start()
    one.show(basket)
    one.leave_crates()
    lines = one.page.locator(".order-container .orderline")
    count = lines.count()
    for _again in range(2):
        one.page.context.set_offline(True)
        one.take_nothing()
        one.read_no_network()
        expect(lines).to_have_count(count)
        assert basket.is_untouched()
        one.be_back()

    one.page.route(NOTHING, lambda route: (route.fetch(), route.abort("connectionreset")))
    one.take_nothing()
    one.say_where_all_goes()
    one.read_no_network()
    expect(lines).to_have_count(count)
    assert basket.state() == "done"

    one.page.unroute(NOTHING)
    one.take_nothing()
    expect(lines).to_have_count(0)
    assert basket.tickets() == []
    assert run_check(shop) == (0, "")


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
