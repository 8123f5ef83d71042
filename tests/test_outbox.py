"""The basket never loses a tap: on a slow line, over a cut, across pages, tabs and sign-ins."""

import re
import time

import pytest
from playwright.sync_api import expect

from support import call, open_slot, sign_in_by_form

MICHE = "/drive/search?q=miche"
SET = "**/drive/api/basket/set"
# What browsers call slow 3G.
SLOW_3G = {"latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
CUT_SECONDS = 5
PATIENCE = 60_000
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('drive-outbox-')).length"


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server()


@pytest.fixture
def member(shop, new_page, sign_in):
    """A member who looks at a loaf, with an empty basket."""
    page = new_page(360, 740, base_url=shop.url)
    sign_in(page, "membre")
    page.goto(MICHE)
    call(page, "basket/set", product_id=product(page), qty=0)
    call(page, "slots/release")
    page.goto(MICHE)
    return page


@pytest.fixture
def basket(query):
    """A function that reads the quantity of a product in the basket of `membre`."""

    def quantity(product_id):
        [(found,)] = query(
            """SELECT COALESCE(sum(l.product_uom_qty), 0)
                 FROM sale_order_line l
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_users u ON u.partner_id = o.partner_id
                WHERE o.drive_state = 'basket' AND u.login = 'membre' AND l.product_id = %s""",
            product_id,
        )
        return float(found)

    return quantity


def stepper(page):
    return page.locator("form.stepper").first


def field(page):
    return stepper(page).locator("input[name=qty]")


def product(page):
    return int(stepper(page).locator("[name=product_id]").input_value())


def settled(page):
    expect(page.locator(".is-pending")).to_have_count(0, timeout=PATIENCE)


def stock(query, product_id, quantity=500):
    """Put enough of a product on the shelf."""
    query(
        """UPDATE stock_quant SET quantity = %s
            WHERE id = (SELECT q.id FROM stock_quant q JOIN stock_location l ON l.id = q.location_id
                         WHERE q.product_id = %s AND l.usage = 'internal' ORDER BY q.quantity DESC LIMIT 1)""",
        quantity,
        product_id,
    )


def cut(page):
    """No change reaches the shop until this is undone."""
    page.route(SET, lambda route: route.abort())


def mend(page):
    page.unroute(SET)


def answer_once(page, body):
    page.route(SET, lambda route: route.fulfill(json={"jsonrpc": "2.0", "id": None, **body}), times=1)


def add(page):
    stepper(page).locator(".stepper__add").click()
    expect(field(page)).to_have_value("1")


def test_forty_taps_on_slow_3g_with_the_line_cut_in_the_middle(member, basket, query):
    page = member
    stock(query, product(page))
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")

    def network(offline):
        line.send("Network.emulateNetworkConditions", {"offline": offline, **SLOW_3G})

    network(offline=False)
    taps = [".stepper__add", *[".stepper__more", ".stepper__more", ".stepper__less"] * 13]
    assert len(taps) == 40
    shown = 0
    for number, tap in enumerate(taps, 1):
        if number == 15:
            network(offline=True)
            cut = time.monotonic()
        if number == 28:
            expect(stepper(page)).to_have_class(re.compile("is-pending"))
            expect(page.locator(".toast")).to_contain_text("Pas de connexion")
            # The cut is part of the story: it lasts so long.
            page.wait_for_timeout(max(0, CUT_SECONDS - (time.monotonic() - cut)) * 1000)
            network(offline=False)
        stepper(page).locator(tap).click()
        shown += -1 if tap == ".stepper__less" else 1
        expect(field(page)).to_have_value(str(shown))
    settled(page)
    expect(field(page)).to_have_value("14")
    expect(page.locator(".toast")).to_have_count(0)
    assert basket(product(page)) == 14
    assert page.evaluate(KEPT) == 0


def test_a_tap_just_before_leaving(member, basket):
    """The basket's page is made before the tap arrives, and shown after it was answered."""
    page = member
    taps, pages = [], []
    page.route(SET, lambda route: route.continue_() if taps else taps.append(route))
    page.route("**/drive/basket", lambda route: route.continue_() if pages else pages.append(route))
    add(page)
    page.evaluate("() => { location.assign('/drive/basket'); }")
    for _wait in range(PATIENCE // 20):
        if taps and pages:
            break
        page.wait_for_timeout(20)
    made = pages[0].fetch()
    with page.expect_response(SET):
        taps[0].continue_()
    pages[0].fulfill(response=made)
    page.wait_for_url("**/drive/basket")
    expect(field(page)).to_have_value("1")
    settled(page)
    assert basket(product(page)) == 1


def test_a_tap_that_an_earlier_page_did_not_get_through_is_in_the_basket_page(member, basket):
    page = member
    cut(page)
    add(page)
    page.goto("/drive/basket")
    expect(page.locator("main")).to_contain_text("Votre panier est vide")
    mend(page)
    expect(field(page)).to_have_value("1", timeout=PATIENCE)
    expect(page.locator(".toast")).to_contain_text("derniers changements")
    assert basket(product(page)) == 1


def test_nothing_is_ordered_without_what_was_tapped(member, basket):
    page = member
    add(page)
    settled(page)
    hold(page)
    cut(page)
    stepper(page).locator(".stepper__more").click()
    page.goto("/drive/checkout")
    expect(page.locator("[data-confirm] [name=total_seen]")).to_have_count(1)
    page.locator("[data-confirm] button[type=submit]").click()
    expect(page.locator("[data-answer]")).to_contain_text("connexion est lente")
    with page.expect_navigation(timeout=PATIENCE):
        mend(page)
    assert page.url.endswith("/drive/checkout")
    expect(page.locator("[data-answer]")).to_contain_text("derniers changements")
    page.goto(MICHE)
    expect(field(page)).to_have_value("2")
    assert basket(product(page)) == 2
    call(page, "slots/release")


def hold(page):
    slot = open_slot(page.request.get("/drive/slots").text())
    assert call(page, "slots/hold", slot_id=slot)["held"]


def test_many_people_order_and_the_tap_goes_again(member, basket):
    page = member
    answer_once(page, {"result": {"code": "busy", "message": "…", "qty": 0, "basket_total": 0, "basket_count": 0}})
    add(page)
    settled(page)
    expect(field(page)).to_have_value("1")
    assert basket(product(page)) == 1


def test_one_tap_without_an_answer_does_not_keep_the_next_waiting(member, basket):
    page = member
    miche = product(page)

    def fail(route):
        if route.request.post_data_json["params"]["product_id"] == miche:
            route.fulfill(json={"jsonrpc": "2.0", "id": None, "error": {"code": 200, "message": "…"}})
        else:
            route.continue_()

    page.route(SET, fail)
    add(page)
    page.goto("/drive/search?q=tomme")
    tomme = product(page)
    call(page, "basket/set", product_id=tomme, qty=0)
    page.reload()
    stepper(page).locator(".stepper__add").click()
    settled(page)
    assert basket(tomme)
    assert basket(miche) == 0
    mend(page)
    page.goto(MICHE)
    settled(page)
    assert basket(miche) == 1
    call(page, "basket/set", product_id=tomme, qty=0)


def test_the_clock_of_the_phone_is_set_back(member, basket):
    page = member
    add(page)
    settled(page)
    page.reload()
    page.evaluate("() => { Date.now = () => 1000000000000; }")
    stepper(page).locator(".stepper__more").click()
    settled(page)
    expect(field(page)).to_have_value("2")
    assert basket(product(page)) == 2


@pytest.mark.parametrize(
    "store",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('none'); }})",
        "Storage.prototype.setItem = () => { throw new Error('full'); }",
    ],
    ids=["none", "full"],
)
def test_a_window_that_keeps_nothing(member, basket, store):
    page = member
    page.add_init_script(store)
    page.reload()
    cut(page)
    add(page)
    expect(page.locator(".toast")).to_contain_text("Pas de connexion")
    mend(page)
    settled(page)
    assert basket(product(page)) == 1


def test_two_tabs_show_the_same_basket(member, basket):
    page = member
    tab = page.context.new_page()
    tab.goto(MICHE)
    add(page)
    expect(field(tab)).to_have_value("1")
    for each in (page, tab):
        cut(each)
    stepper(page).locator(".stepper__more").click()
    expect(page.locator(".toast")).to_contain_text("Pas de connexion")
    stepper(tab).locator(".stepper__less").click()
    expect(tab.locator(".toast")).to_contain_text("Pas de connexion")
    for each in (page, tab):
        mend(each)
    settled(page)
    settled(tab)
    # The last tap is what counts, in whichever tab.
    expect(tab.locator(".stepper__add").first).to_be_visible()
    expect(page.locator(".stepper__add").first).to_be_visible()
    assert basket(product(page)) == 0
    assert page.evaluate(KEPT) == 0


def test_a_session_that_ended_loses_no_tap(member, basket):
    page = member
    loaf = product(page)
    page.context.clear_cookies()
    stepper(page).locator(".stepper__add").click()
    page.wait_for_url("**/web/login*")
    sign_in_here(page, "membre")
    expect(field(page)).to_have_value("1")
    settled(page)
    assert basket(loaf) == 1


def sign_in_here(page, login):
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/drive/**")


@pytest.mark.parametrize("how", ["the session ends", "Odoo's menu"])
@pytest.mark.parametrize("first", [MICHE, "/drive/basket", "/drive/me"])
def test_somebody_else_signs_in_on_the_same_phone(member, basket, how, first):
    """However the other one left, and whatever page comes first: nothing of theirs is shown, or sent."""
    page = member
    loaf = product(page)
    cut(page)
    add(page)
    if how == "Odoo's menu":
        # Odoo's own pages know nothing of what was not sent.
        page.goto("/web/session/logout?redirect=/web/login")
    else:
        page.context.clear_cookies()
    sign_in_by_form(page, "benevole")
    page.goto(first)
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate(KEPT) == 0
    page.goto(MICHE)
    expect(page.locator(".stepper__add").first).to_be_visible()
    assert page.evaluate(KEPT) == 0
    mend(page)
    page.reload()
    expect(page.locator(".stepper__add").first).to_be_visible()
    assert basket(loaf) == 0


def test_signing_out_asks_before_a_tap_is_lost(member, basket):
    page = member
    loaf = product(page)
    cut(page)
    add(page)
    # It lies over the foot of a short page until it is read.
    page.locator(".toast button").click()
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog", timeout=PATIENCE):
        page.get_by_role("link", name="Se déconnecter").click()
    assert "pas encore arrivés" in asked[0]
    expect(field(page)).to_have_value("1")
    assert page.evaluate(KEPT) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Se déconnecter").click()
    page.wait_for_url("**/web/login*", timeout=PATIENCE)
    assert page.evaluate(KEPT) == 0
    assert basket(loaf) == 0


def test_signing_out_sends_what_it_can(member, basket):
    page = member
    loaf = product(page)
    answer_once(page, {"error": {"code": 200, "message": "…"}})
    add(page)
    page.get_by_role("link", name="Se déconnecter").click()
    page.wait_for_url("**/web/login*", timeout=PATIENCE)
    assert page.evaluate(KEPT) == 0
    assert basket(loaf) == 1
