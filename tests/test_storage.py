"""A browser that refuses to keep anything: a sentence, and people go on with what works."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

import shop_days
from preparing import APPLY, COUNT, fill_batch, go_to_batch, take_one
from support import call, sign_in_by_form
from tills import Basket, Till

NAME = "cafoutch_drive_preparation"
# No name of this machine, so that without TLS there is no secure context.
SHOP = "boutique.example"
KEEPS_NOTHING = "ne garde rien"
# A tab that nobody closes, with the book of an earlier version.
HOLD = """name => new Promise((held, failed) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
        request.result.createObjectStore("ops", { keyPath: "no" });
        request.result.createObjectStore("batches", { keyPath: "id" });
        request.result.createObjectStore("facts");
    };
    request.onsuccess = () => { window.held = request.result; held(); };
    request.onerror = failed;
})"""
# A newer page changes the stores; resolves to whether that begins soon.
UPGRADE = """name => new Promise((begun) => {
    const request = indexedDB.open(name, 2);
    request.onupgradeneeded = () => begun(true);
    setTimeout(() => begun(false), 5000);
})"""
# What a window that is told to keep nothing does; Chromium has no switch for it. Odoo's own cache needs its.
NO_DISK = f"""const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (name, ...more) {{
    if (name === "{NAME}") {{
        throw new DOMException("refused", "SecurityError");
    }}
    return open.call(this, name, ...more);
}};"""
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, {
        get: () => { throw new DOMException("refused", "SecurityError"); },
    });
}"""
# So much is more than a screen takes at first.
ROOM = 40_000_000
# Another database of the shop takes all the room that is left.
FILL = """async () => {
    const opened = indexedDB.open("filler");
    opened.onupgradeneeded = () => opened.result.createObjectStore("rows", { autoIncrement: true });
    await new Promise((done) => (opened.onsuccess = done));
    const put = (size) => new Promise((told) => {
        const transaction = opened.result.transaction("rows", "readwrite");
        transaction.objectStore("rows").add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65536))));
        transaction.oncomplete = () => told(true);
        transaction.onabort = () => told(false);
    });
    for (let size = 65536; size > 32; ) {
        size = (await put(size)) ? size : size / 2;
    }
}"""
FULL = """() => {
    let text = "x".repeat(1 << 20);
    for (let number = 0; text; number++) {
        try {
            localStorage.setItem(`full-${number}`, text);
        } catch {
            text = text.slice(text.length / 2 + 0.5);
        }
    }
}"""


@pytest.fixture(scope="module")
def shop(new_server):
    shop = new_server("demo")
    shop_days.fill_till_day(shop.database, 1)
    return shop


@pytest.fixture(scope="module")
def batch(shop):
    return fill_batch(shop, 3, 20)


@pytest.fixture
def open_batch(shop, batch, new_page, sign_in):
    """A function that opens the batch as a volunteer, after something was done to the page."""

    def open_page(prepare=lambda page: None):
        page = new_page(360, 740, base_url=shop.url, has_touch=True)
        sign_in(page, "benevole")
        prepare(page)
        go_to_batch(page, batch)
        begin(page)
        return page

    return open_page


def begin(page):
    """Begin the batch, where nobody has before, and let the server know."""
    button, count = page.get_by_role("button", name="Commencer"), page.locator(COUNT)
    expect(button.or_(count).first).to_be_visible(timeout=30_000)
    if button.is_visible():
        with page.expect_response(APPLY):
            button.tap()
    expect(count).to_be_visible()


def noted(query, batch):
    """How often something was taken for a batch, as the server knows."""
    [[count]] = query(
        "SELECT count(*) FROM drive_preparation_tick WHERE batch_id = %s AND kind = 'take' AND outcome = 'done'",
        batch["id"],
    )
    return count


def cut(page):
    page.route(APPLY, lambda route: route.abort("connectionreset"))


def mend(page):
    page.unroute_all(behavior="wait")
    page.evaluate("window.dispatchEvent(new Event('online'))")


def waiting(page):
    return page.locator(".o_drive_waiting")


def small_disk(page):
    """The browser gives this shop little room."""
    page.goto("/web/login")
    origin = page.evaluate("location.origin")
    # It ends with the session.
    page.room = page.context.new_cdp_session(page)
    page.room.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": ROOM})


def go_on(page, batch, query):
    """Without a network for a while: what is done waits in sight, and arrives once."""
    before = noted(query, batch)
    cut(page)
    take_one(page, batch)
    expect(waiting(page)).to_have_text("1 à envoyer")
    take_one(page, batch)
    expect(waiting(page)).to_have_text("2 à envoyer")
    mend(page)
    expect(waiting(page)).to_have_text("")
    assert noted(query, batch) == before + 2


def stay(page):
    """Begin to close the page, be asked, and stay."""
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"


def test_without_tls(shop, batch, query, launch):
    """There are neither locks nor random names; the device keeps what is done all the same."""
    port = urlsplit(shop.url).port
    browser = launch(f"--host-resolver-rules=MAP {SHOP} 127.0.0.1")
    context = browser.new_context(
        base_url=f"http://{SHOP}:{port}", locale="fr-FR", viewport={"width": 360, "height": 740}, has_touch=True
    )
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in_by_form(page, "benevole")
    go_to_batch(page, batch)
    assert page.evaluate("[isSecureContext, Boolean(navigator.locks), Boolean(crypto.randomUUID)]") == [False] * 3
    begin(page)
    go_on(page, batch, query)
    expect(page.locator(".o_drive_notice")).to_have_count(0)
    assert errors == []


def test_a_private_window(open_batch, batch, query):
    page = open_batch(lambda page: page.add_init_script(NO_DISK))
    expect(page.locator(".o_drive_notice")).to_contain_text(KEEPS_NOTHING)
    go_on(page, batch, query)
    page.tap(".o_drive_notice button")
    expect(page.locator(".o_drive_notice")).to_have_count(0)
    cut(page)
    take_one(page, batch)
    expect(waiting(page)).to_have_text("1 à envoyer")
    # The board and back: what waits is still there.
    page.tap(".o_drive_head .o_drive_icon_button")
    page.click("text=Les jours à venir")
    page.click(f".o_drive_order[data-batch='{batch['id']}']")
    expect(waiting(page)).to_have_text("1 à envoyer")
    stay(page)
    mend(page)
    expect(waiting(page)).to_have_text("")


def test_a_full_disk(open_batch, batch, query):
    page = open_batch(small_disk)
    before = noted(query, batch)
    cut(page)
    take_one(page, batch)
    expect(waiting(page)).to_have_text("1 à envoyer")
    page.evaluate(FILL)
    take_one(page, batch)
    expect(page.locator(".o_drive_notice")).to_contain_text(KEEPS_NOTHING)
    expect(waiting(page)).to_have_text("2 à envoyer")
    mend(page)
    expect(waiting(page)).to_have_text("")
    assert noted(query, batch) == before + 2


def test_an_old_tab_holds_the_book(shop, open_batch, batch, query):
    """A newer page waits for it, and so would this one, without an end."""

    def hold(page):
        old = page.context.new_page()
        old.goto("/web/login")
        old.evaluate(HOLD, NAME)
        newer = page.context.new_page()
        newer.goto("/web/login")
        assert newer.evaluate(UPGRADE, NAME) is False

    page = open_batch(hold)
    expect(page.locator(".o_drive_notice")).to_contain_text(KEEPS_NOTHING)
    go_on(page, batch, query)


def test_a_newer_page_does_not_wait_for_this_one(open_batch, batch, query):
    page = open_batch()
    before = noted(query, batch)
    cut(page)
    take_one(page, batch)
    expect(waiting(page)).to_have_text("1 à envoyer")
    newer = page.context.new_page()
    newer.goto("/web/login")
    assert newer.evaluate(UPGRADE, NAME)
    take_one(page, batch)
    expect(page.locator(".o_drive_notice")).to_contain_text(KEEPS_NOTHING)
    expect(waiting(page)).to_have_text("2 à envoyer")
    mend(page)
    expect(waiting(page)).to_have_text("")
    assert noted(query, batch) == before + 2


@pytest.fixture
def member(shop, new_page, sign_in):
    """A function that opens a shelf as a member whose browser refuses something."""

    def open_page(refuse):
        page = new_page(360, 740, base_url=shop.url)
        sign_in(page, "membre")
        refuse(page)
        page.goto("/drive/search?q=miche")
        call(page, "basket/set", product_id=product(page), qty=0)
        page.goto("/drive/search?q=miche")
        return page

    return open_page


def product(page):
    return int(page.locator("form.stepper [name=product_id]").first.input_value())


def refused(page):
    page.add_init_script(NO_STORAGE)


def refused_worker(page):
    """Chromium takes none whose file is not there."""
    page.context.route("**/drive/service-worker.js", lambda route: route.fulfill(status=404))


def filled(page):
    page.goto("/drive")
    page.evaluate(FULL)


@pytest.mark.parametrize("refuse", [refused, filled])
def test_the_basket_of_a_browser_that_keeps_nothing(member, refuse):
    page = member(refuse)
    page.route("**/drive/api/basket/set", lambda route: route.abort())
    page.locator("form.stepper .stepper__add").first.click()
    expect(page.locator(".toast")).to_contain_text(KEEPS_NOTHING)
    stay(page)
    page.unroute_all(behavior="wait")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".is-pending")).to_have_count(0)
    page.goto("/drive/search?q=miche")
    expect(page.locator("form.stepper input[name=qty]").first).to_have_value("1")


def test_a_browser_that_keeps_what_waits_asks_nothing(member):
    page = member(lambda page: None)
    page.route("**/drive/api/basket/set", lambda route: route.abort())
    page.locator("form.stepper .stepper__add").first.click()
    expect(page.locator(".toast")).to_contain_text("partira dès que possible")
    with page.expect_event("close"):
        page.close(run_before_unload=True)


@pytest.fixture
def order(query):
    """An open order, and the login of its member."""
    [[order, login], *_others] = query(
        """SELECT o.id, u.login FROM sale_order o JOIN res_users u ON u.partner_id = o.partner_id
            WHERE o.drive_state IN ('confirmed', 'preparing', 'ready') AND u.share AND u.active ORDER BY o.id"""
    )
    return order, login


@pytest.mark.parametrize("refuse", [refused, refused_worker])
def test_a_code_that_is_not_kept_is_to_be_written_down(shop, new_page, sign_in, order, refuse):
    number, login = order
    for prepare, words in ((lambda page: None, None), (refuse, "notez le code")):
        page = new_page(360, 740, base_url=shop.url, service_workers="allow")
        sign_in(page, login)
        prepare(page)
        page.goto(f"/drive/orders/{number}")
        note = page.locator("[data-unkept]")
        if words:
            expect(note).to_contain_text(words)
        else:
            page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=60_000)
            expect(note).to_be_hidden()


def test_crates_at_a_till_without_room(shop, query, new_page, sign_in):
    [[config]] = query("SELECT id FROM pos_config WHERE drive_point_id IS NOT NULL")
    [[order, code]] = query(
        """SELECT id, drive_pickup_code FROM sale_order WHERE drive_state = 'ready' AND amount_total > 0
              AND id IN (SELECT order_id FROM drive_crate WHERE handed_at IS NULL AND missing_reason IS NULL)
            ORDER BY id LIMIT 1"""
    )
    till = Till(shop, config, new_page, sign_in)
    small_disk(till.page)
    till.start()
    till.show(Basket(query, order, code))
    popup = till.page.locator(".drive-crates-popup")
    till.page.context.set_offline(True)
    till.tick_a_crate()
    expect(popup).to_contain_text("la caisse retient")
    till.page.evaluate(FILL)
    till.tick_a_crate()
    expect(popup).to_contain_text(KEEPS_NOTHING)
