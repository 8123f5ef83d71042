"""The waiting list in a real browser: entering a line, an offer that comes while the page
is open, by keyboard, without JavaScript, and from the mail."""

import html
import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

# How often an open page asks.
EVERY = 30_000
# Each test has a slot of its own.
minutes = itertools.count()


@pytest.fixture
def full(odoo_rpc, sql):
    """A full slot in the morning of the day after tomorrow, with functions to free a place
    of it and to clear up."""
    rpc, admin = odoo_rpc("responsable"), odoo_rpc("admin")
    [point] = rpc("drive.point", "search", [], limit=1)
    # Whatever the hour at which the tests run.
    rpc("drive.point", "write", [point], {"offer_from_hour": 0, "offer_to_hour": 24})
    morning = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=2)
    start = morning + timedelta(minutes=next(minutes))
    values = {"start": str(start), "stop": str(start + timedelta(minutes=1)), "window_start": str(start)}
    slot = rpc("drive.slot", "create", {"point_id": point, "capacity": 0, **values})
    [job] = admin("ir.model.data", "search_read", [("name", "=", "cron_offer_places")], ["res_id"])

    class Full:
        number = slot

        def lines(self):
            return rpc("drive.waiting", "search", [("slot_id", "=", slot), ("state", "in", ("waiting", "offered"))])

        def free(self):
            rpc("drive.slot", "write", [slot], {"capacity": 1})
            admin("ir.cron", "method_direct_trigger", [job["res_id"]])

        def mail(self):
            domain = [("model", "=", "drive.waiting"), ("body_html", "like", "/drive/offer/")]
            [found] = admin("mail.mail", "search_read", domain, ["body_html"], order="id desc", limit=1)
            return html.unescape(re.search(r'"[^"]*?(/drive/offer/[^"]+)"', found["body_html"])[1])

    yield Full()
    rpc("drive.waiting", "action_drive_remove", rpc("drive.waiting", "search", [("slot_id", "=", slot)]))
    # Nothing of it is left for the tests that count slots.
    sql("DELETE FROM drive_waiting WHERE slot_id = %s", slot)
    sql("DELETE FROM drive_booking WHERE slot_id = %s", slot)
    rpc("drive.slot", "unlink", [slot])


def tile(page, slot):
    return page.locator(f".slots form:has(input[name=slot_id][value='{slot}']) button")


def give_back(page):
    """No place stays kept for the next test."""
    body = {"jsonrpc": "2.0", "method": "call", "params": {}}
    page.request.post("/drive/api/slots/release", data=body)


def clean(page, axe):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert [*axe(page), *([f"{wide} px too wide"] if wide > 0 else [])] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_an_offer_comes_while_the_page_is_open(full, new_page, sign_in, axe, screenshots, width):
    page = new_page(width, 740)
    sign_in(page, "membre")
    page.clock.install()
    page.goto("/drive/slots")
    clean(page, axe)
    tile(page, full.number).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".waits li")).to_have_count(1)
    expect(page.locator(".slots__item--waiting")).to_be_visible()
    clean(page, axe)
    page.screenshot(path=screenshots / f"waiting-{width}.png", full_page=True)
    # Elsewhere in the shop, too; and nothing is loaded anew.
    page.goto("/drive")
    page.evaluate("window.sameDocument = true")
    full.free()
    page.clock.fast_forward(EVERY + 1000)
    title = page.locator("#waiting h2[id^=offer-]")
    expect(title).to_be_visible()
    expect(page.locator(".toast")).to_contain_text(title.inner_text())
    assert page.evaluate("window.sameDocument")
    clean(page, axe)
    page.screenshot(path=screenshots / f"offer-{width}.png")
    page.locator("#waiting form[action$='/take'] button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/drive/slots")
    expect(page.locator(".box--time h2")).to_be_visible()
    expect(page.locator("#waiting > section")).to_have_count(0)
    assert full.lines() == []
    give_back(page)


def test_a_page_that_is_not_looked_at_asks_nothing(full, new_page, sign_in):
    page = new_page()
    sign_in(page, "membre")
    page.clock.install()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/waiting/panel" in request.url else None)
    page.goto("/drive/slots")
    page.clock.fast_forward(EVERY + 1000)
    assert asked == [], "who waits for nothing asks nothing"
    tile(page, full.number).click()
    expect(page.locator(".waits li")).to_have_count(1)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.fast_forward(EVERY + 1000)
    assert asked == []
    full.free()
    page.evaluate("delete document.hidden")
    with page.expect_response("**/drive/waiting/panel"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#waiting h2[id^=offer-]")).to_be_visible()
    page.locator("#waiting form[action$='/leave'] button").click()
    page.wait_for_url("**/drive/slots")
    expect(page.locator("#waiting > section")).to_have_count(0)


def test_without_javascript(full, new_page, sign_in):
    page = new_page(360, 740, java_script_enabled=False)
    sign_in(page, "membre")
    page.goto("/drive/slots")
    tile(page, full.number).click()
    expect(page.locator(".waits li")).to_have_count(1)
    page.locator(".waits button").click()
    expect(page.locator(".waits")).to_have_count(0)
    tile(page, full.number).click()
    full.free()
    page.goto("/drive/basket")
    page.locator("#waiting form[action$='/take'] button").click()
    expect(page.locator(".box--time h2")).to_be_visible()
    give_back(page)


def test_from_the_mail(full, new_page, sign_in, axe, screenshots):
    page = new_page(360, 740)
    sign_in(page, "membre")
    page.goto("/drive/slots")
    tile(page, full.number).click()
    expect(page.locator(".waits li")).to_have_count(1)
    full.free()
    path = full.mail()
    for width in (320, 1280):
        visitor = new_page(width, 740)
        visitor.goto(path)
        expect(visitor.locator(".box--leaf h2")).to_be_visible()
        clean(visitor, axe)
        visitor.screenshot(path=screenshots / f"offer-mail-{width}.png")
    visitor.locator("form:has(input[value=take]) button").click()
    expect(visitor.locator(".box b").first).to_be_visible()
    clean(visitor, axe)
    page.goto("/drive/slots")
    expect(page.locator(".box--time h2")).to_be_visible()
    give_back(page)
    visitor.goto("/drive/offer/1-nonsense")
    clean(visitor, axe)
