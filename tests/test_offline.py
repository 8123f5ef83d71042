"""The last order is read at the door without a line, and by nobody else."""

import re

import pytest
from playwright.sync_api import expect

from support import call, open_slot

HELD = """async () => {
    const names = await caches.keys();
    const pages = await Promise.all(names.map(async (name) => {
        const cache = await caches.open(name);
        const answers = await cache.matchAll();
        return Promise.all(answers.map((answer) => answer.text()));
    }));
    return [Object.values(localStorage), Object.values(sessionStorage), pages].flat(3).join(" ");
}"""


@pytest.fixture
def member(new_page, sign_in):
    """A member who has just ordered, on a phone that is ready for the door."""
    page = new_page(360, 740, service_workers="allow")
    sign_in(page, "membre")
    cancel_all(page)
    html = page.request.get("/drive/search?q=miche").text()
    call(page, "basket/set", product_id=int(re.search(r'name="product_id" value="(\d+)"', html)[1]), qty=1)
    assert call(page, "slots/hold", slot_id=open_slot(page.request.get("/drive/slots").text()))["held"]
    page.goto("/drive/checkout")
    page.locator("[data-confirm] button[type=submit]").click()
    page.wait_for_url("**/drive/orders/*")
    ready(page)
    yield page
    page = new_page()
    sign_in(page, "membre")
    cancel_all(page)


def cancel_all(page):
    for order in set(re.findall(r"/drive/orders/(\d+)", page.request.get("/drive/orders").text())):
        call(page, "orders/cancel", order=int(order), idempotency_key="clear-up")


def ready(page):
    # Not `serviceWorker.ready`: that waits for ever when the worker could not be installed.
    page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=60_000)


def code(page):
    return page.locator(".pickup__code").inner_text()


@pytest.mark.parametrize("address", ["/drive", "/drive/basket", "/drive/orders", None])
def test_the_code_is_read_without_a_line(member, axe, address):
    page = member
    kept, name, order = code(page), page.locator("h1").inner_text().rpartition(" ")[2], page.url
    page.context.set_offline(True)
    page.goto(address or order)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    assert code(page) == kept
    expect(page.locator(".pickup__qr svg")).to_be_visible()
    expect(page.locator("[data-kept]")).to_contain_text(name)
    expect(page.locator("[data-kept]")).to_contain_text("Miche")
    # A browser's \w has no accents: "décembre" is none.
    expect(page.locator("[data-kept]")).to_contain_text(re.compile(r"Telle qu’elle était le \S+ \d+ \S+ 20\d\d"))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert axe(page) == []
    page.context.set_offline(False)
    page.get_by_role("link", name="Réessayer").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Pas de connexion")


def test_nothing_of_it_remains_after_signing_out(member):
    page = member
    kept = code(page)
    assert kept in page.evaluate(HELD)
    page.get_by_role("link", name="Se déconnecter").click()
    page.wait_for_url("**/web/login*")
    assert kept not in page.evaluate(HELD)
    page.context.set_offline(True)
    page.goto("/drive")
    expect(page.locator("[data-none]")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(kept)


def test_nor_when_another_door_is_taken_out(member):
    page = member
    kept = code(page)
    page.goto("/web/session/logout?redirect=/web/login")
    page.wait_for_url("**/web/login*")
    page.wait_for_load_state()
    assert kept not in page.evaluate(HELD)


def test_nor_when_somebody_else_signs_in(member):
    page = member
    kept = code(page)
    page.context.clear_cookies()
    held = page.evaluate("() => localStorage.getItem('drive-order')")
    page.goto("/web/login")
    page.fill("input[name=login]", "benevole")
    page.fill("input[name=password]", "benevole")
    # As if the order had been kept all the same.
    page.evaluate("(held) => localStorage.setItem('drive-order', held)", held)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/web/login" not in url)
    page.goto("/drive/orders")
    assert kept not in page.evaluate(HELD)


def test_an_order_that_is_over_is_forgotten(member):
    page = member
    kept = code(page)
    page.locator("summary", has_text="Annuler cette commande").click()
    page.get_by_role("button", name="Oui, annuler").click()
    expect(page.locator(".heading")).to_contain_text("Annulée")
    assert kept not in page.evaluate(HELD)


def test_the_list_of_orders_is_enough_to_keep_one(member):
    page = member
    kept = code(page)
    page.evaluate("() => localStorage.clear()")
    page.goto("/drive/orders")
    page.wait_for_function("() => localStorage.getItem('drive-order') !== null")
    assert kept in page.evaluate(HELD)


def test_a_new_version_takes_the_place_of_the_earlier_one(member):
    page = member
    page.evaluate("() => caches.open('drive-earlier').then((cache) => cache.put('/x', new Response('old')))")
    page.evaluate(
        """async () => {
            const worker = await navigator.serviceWorker.getRegistration('/drive');
            await worker.unregister();
        }"""
    )
    page.reload()
    ready(page)
    page.wait_for_function("async () => !(await caches.keys()).includes('drive-earlier')")
    assert len(page.evaluate("() => caches.keys()")) == 1
