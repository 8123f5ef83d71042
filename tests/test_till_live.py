"""The till's list of baskets: it follows what happens without a touch, on a large screen and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from people import Cashier

SMALLEST = 44
PHONE = (360, 740)

# Controls that a finger misses.
SMALL = """smallest => [...document.querySelectorAll(
        '.drive-screen button, .drive-screen input, .drive-crates-popup button, .drive-crates-done, .drive-nothing')]
    .map(element => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < smallest || box.width < smallest))
    .map(([element]) => element.outerHTML)"""
SIDEWAYS = """() => [...document.querySelectorAll('.drive-screen, .drive-screen *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1).map(element => element.outerHTML)"""

# Whether what a field says while it is empty is there to be read, to its end.
HINT_FITS = """field => {
    const style = getComputedStyle(field);
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.font = style.font;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return canvas.measureText(field.placeholder).width <= room;
}"""


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its baskets are handed over."""
    return new_server("demo")


@pytest.fixture
def till(shop, query, new_page, sign_in):
    """A function that shows the list of baskets at the till."""
    [[config]] = query("SELECT id FROM pos_config WHERE drive_point_id IS NOT NULL")

    def show(width=1280, height=800):
        # The till does not start where it cannot keep its pages.
        page = new_page(width, height, base_url=shop.url, service_workers="allow")
        sign_in(page, "caissier")
        Cashier(page).open_till(config)
        page.locator(".drive-button").click()
        page.locator(".drive-order").first.wait_for()
        return page

    return show


@pytest.fixture
def ready(query):
    """The id and the code of the basket that waits for "responsable", whose day is today."""
    [[order, code]] = query(
        "SELECT o.id, o.drive_pickup_code FROM sale_order o JOIN res_users u ON u.partner_id = o.partner_id"
        " WHERE u.login = 'responsable' AND o.drive_state = 'ready'"
    )
    query(
        "UPDATE drive_slot s SET start = n.now, stop = n.now + '15 min'::interval, window_start = n.now"
        "  FROM sale_order o, (SELECT now() AT TIME ZONE 'UTC' AS now) n WHERE s.id = o.drive_slot_id AND o.id = %s",
        order,
    )
    return order, code


def test_who_comes_is_seen_without_a_touch(shop, till, ready, new_page, sign_in):
    """A member taps on the phone, without JavaScript too; the till puts them on top, and says so
    while something else is rung up."""
    order, code = ready
    page, other = till(), till(*PHONE)
    row = page.locator(f".drive-order[data-code='{code}']")
    expect(row).not_to_contain_text("Est là")
    other.locator(".register-label").click()
    expect(other.locator(".drive-here")).to_have_count(0)
    phone = new_page(*PHONE, base_url=shop.url, has_touch=True, is_mobile=True, java_script_enabled=False)
    sign_in(phone, "responsable")
    phone.goto(f"/drive/orders/{order}")
    phone.get_by_role("button", name="Je suis là").tap()
    expect(phone.get_by_text("La caisse sait que vous êtes là").first).to_be_visible()
    # Far less than the minute after which the list is read anyway.
    expect(row).to_contain_text("Est là", timeout=20_000)
    expect(page.locator(".drive-order").first).to_have_attribute("data-code", code)
    expect(other.locator(".o_notification")).to_contain_text("est là", timeout=20_000)
    expect(other.locator(".drive-here")).to_contain_text("1")
    expect(other.locator(".drive-here")).to_be_visible()
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_not_ready_says_why(till, ready, query):
    """A touch on a basket that nobody has prepared yet is answered."""
    _order, code = ready
    query("UPDATE sale_order SET drive_state = 'preparing' WHERE drive_pickup_code = %s", code)
    try:
        page = till(*PHONE)
        page.locator(f".drive-order[data-code='{code}']").click()
        expect(page.locator(".modal-body")).to_contain_text("pas encore prêt")
    finally:
        query("UPDATE sale_order SET drive_state = 'ready' WHERE drive_pickup_code = %s", code)


def test_another_day_is_named(till, ready, query):
    """A basket of yesterday says so; one of today needs no day."""
    _order, code = ready
    page = till(*PHONE)
    day = page.locator(f".drive-order[data-code='{code}'] .drive-time small")
    expect(day).to_have_count(0)
    query(
        "UPDATE drive_slot s SET start = s.start - '1 day'::interval, stop = s.stop - '1 day'::interval,"
        " window_start = s.window_start - '1 day'::interval"
        " FROM sale_order o WHERE s.id = o.drive_slot_id AND o.drive_pickup_code = %s",
        code,
    )
    page.locator(".drive-reload").click()
    expect(day).to_have_text(re.compile("lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"))


def test_the_crates_window_shows_the_note(till, ready, query):
    """What the member wrote is read where the basket is handed over, to its end."""
    _order, code = ready
    note = "Je viens à vélo. " * 12 + "Sans sac."
    query("UPDATE sale_order SET drive_note = %s WHERE drive_pickup_code = %s", note, code)
    page = till(*PHONE)
    page.locator(f".drive-order[data-code='{code}']").click()
    expect(page.locator(".drive-crates-said")).to_contain_text("Sans sac.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_fingers_and_small_screens(till, size):
    page = till(*size)
    assert page.evaluate(SMALL, SMALLEST) == []
    assert page.evaluate(SIDEWAYS) == []
    assert page.locator("#drive-search-field").evaluate(HINT_FITS)


def test_a_phone_shows_the_ticket(till, ready):
    """What a basket comes to is seen before it is paid, and its dialogs suit a finger."""
    _order, code = ready
    page = till(*PHONE)
    page.locator(f".drive-order[data-code='{code}']").click()
    page.locator(".drive-crates-popup").wait_for()
    assert page.evaluate(SMALL, SMALLEST) == []
    page.locator(".drive-crates-done").click()
    expect(page.locator(".order-container .orderline").first).to_be_visible()
    page.locator(".mobile-more-button").click()
    page.locator(".drive-nothing").wait_for()
    assert page.evaluate(SMALL, SMALLEST) == []


def test_the_day_is_printed_and_left(till):
    """The till is still there behind it, as it was."""
    page = till()
    with page.expect_popup() as opened:
        page.locator(".drive-day").click()
    day = opened.value
    day.wait_for_load_state()
    # In a function of its own: Playwright calls the function that an expression returns.
    day.evaluate("() => { window.print = () => document.body.setAttribute('data-printed', '1'); }")
    day.get_by_role("button", name="Imprimer").click()
    expect(day.locator("body")).to_have_attribute("data-printed", "1")
    with day.expect_event("close"):
        day.get_by_role("link", name="Retour").click()
    expect(page.locator(".drive-order").first).to_be_visible()


def test_a_keyboard_alone_opens_a_basket(till, ready):
    _order, code = ready
    page = till()
    page.locator("#drive-search-field").focus()
    page.keyboard.type(code)
    expect(page.locator(".drive-order")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".order-container .orderline").first).to_be_visible()
