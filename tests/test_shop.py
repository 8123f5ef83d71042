"""Members in the shop, in a real browser: by keyboard, on a phone, with a bad line, and
without JavaScript."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from support import call, open_slot

FIRST_VIEW_BYTES = 100 * 1024


@pytest.fixture
def member(new_page, sign_in):
    """A function that signs `membre` in with an empty basket and no open order."""

    def open_shop(width=360, height=740, **options):
        page = new_page(width, height, **options)
        sign_in(page, "membre")
        clear(page)
        return page

    return open_shop


def clear(page):
    html = page.request.get("/drive/basket").text()
    for product in set(re.findall(r'name="product_id" value="(\d+)"', html)):
        call(page, "basket/set", product_id=int(product), qty=0)
    call(page, "slots/release")
    for order in set(re.findall(r"/drive/orders/(\d+)", page.request.get("/drive/orders").text())):
        call(page, "orders/cancel", order=int(order), idempotency_key="clear-up")


def hold(page):
    slot = open_slot(page.request.get("/drive/slots").text())
    assert call(page, "slots/hold", slot_id=slot)["held"]


def first_product(page):
    html = page.request.get("/drive/search?q=miche").text()
    return re.search(r'name="product_id" value="(\d+)"', html).group(1)


def test_by_keyboard_alone(member):
    page = member()
    page.goto("/drive")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    bar = page.locator(".bar").bounding_box()["y"]
    for _n in range(30):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        box = focused.bounding_box()
        in_bar = focused.evaluate("element => Boolean(element.closest('.bar'))")
        assert in_bar or box["y"] + box["height"] <= bar + 1, focused.evaluate("e => e.outerHTML")
    add = page.locator(".stepper__add").first
    add.focus()
    page.keyboard.press("Enter")
    more = page.locator(".stepper__more").first
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bar__count")).to_have_text("1 produit")
    expect(page.locator("#status")).to_contain_text("Panier")
    page.locator(".stepper__less").first.focus()
    for _n in range(20):
        if page.locator(".card.is-in").count() == 0:
            break
        page.keyboard.press("Enter")
    expect(add).to_be_focused()
    expect(page.locator(".bar__count")).to_have_text("0 produits")


def test_the_open_shelf_is_in_sight(member):
    """Shelves are a row to push, longer than a phone is wide."""
    page = member()
    page.goto("/drive")
    page.goto(page.locator(".shelves a").last.get_attribute("href"))
    expect(page.locator(".shelves [aria-current]")).to_be_in_viewport(ratio=1)


def test_a_quantity_is_typed(member):
    page = member(1280)
    page.goto("/drive")
    form = page.locator("form.stepper[data-step='0.1']").first
    form.locator(".stepper__add").click()
    field = form.get_by_role("textbox")
    field.fill("1,5")
    field.press("Enter")
    expect(page.locator("#panel")).to_contain_text("1,5")
    field.fill("beaucoup")
    field.press("Enter")
    expect(field).to_have_value("1,5")
    field.fill("9999")
    field.press("Enter")
    expect(page.locator(".toast")).to_contain_text("kg")
    expect(field).to_have_value("1,5")
    page.locator(".toast button").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_a_first_weighed_article_makes_the_total_an_estimate(member):
    page = member()
    page.goto("/drive/search?q=miche")
    page.locator(".stepper__add").first.click()
    expect(page.locator(".bar__count")).to_have_text("1 produit")
    expect(page.locator(".bar [data-about]")).to_be_hidden()
    page.goto("/drive/search?q=tomme")
    page.locator(".stepper__add").first.click()
    expect(page.locator(".bar__count")).to_have_text("2 produits")
    expect(page.locator(".bar [data-about]")).to_be_visible()


def test_an_answer_does_not_change_what_is_being_typed(member):
    """The answer to an earlier tap comes late, while the member types a quantity."""
    page = member()
    page.goto("/drive/search?q=tomme")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/drive/api/basket/set", hold, times=1)
    card = page.locator(".card").first
    card.locator(".stepper__add").click()
    field = card.locator("input[name=qty]")
    field.focus()
    field.fill("0,7")
    with page.expect_response("**/drive/api/basket/set"):
        held[0].continue_()
    expect(card.locator(".is-pending")).to_have_count(0)
    expect(field).to_have_value("0,7")
    with page.expect_response("**/drive/api/basket/set"):
        field.press("Enter")
    expect(card.locator(".is-pending")).to_have_count(0)
    expect(field).to_have_value("0,7")
    page.reload()
    expect(page.locator(".card").first.locator("input[name=qty]")).to_have_value("0,7")


def test_taps_wait_for_the_line_to_come_back(member):
    page = member()
    page.goto("/drive/search?q=miche")
    lost = []
    page.route("**/drive/api/basket/set", lambda route: (lost.append(1), route.abort()))
    page.locator(".stepper__add").first.click()
    page.locator(".stepper__more").first.click()
    first = page.locator("form.stepper").first
    expect(first).to_have_class(re.compile("is-pending"))
    expect(page.locator(".toast")).to_contain_text("Pas de connexion")
    expect(first.get_by_role("textbox")).to_have_value("2")
    # Another page finds what this one did not get through, and sends it.
    page.goto("/drive/search?q=miche")
    expect(first.get_by_role("textbox")).to_have_value("2")
    assert lost
    page.unroute("**/drive/api/basket/set")
    expect(page.locator(".bar__count")).to_have_text("1 produit", timeout=20000)
    expect(first).not_to_have_class(re.compile("is-pending"))
    page.goto("/drive/basket")
    expect(page.locator("form.stepper").first.get_by_role("textbox")).to_have_value("2")


@pytest.mark.parametrize("status", [404, 502])
def test_a_server_that_is_not_itself_is_asked_again(member, status):
    page = member()
    page.goto("/drive/search?q=miche")
    page.route("**/drive/api/basket/set", lambda route: route.fulfill(status=status), times=2)
    page.locator(".stepper__add").first.click()
    expect(page.locator(".bar__count")).to_have_text("1 produit", timeout=20000)


def test_one_order_for_two_clicks_and_a_lost_answer(member):
    page = member()
    call(page, "basket/set", product_id=int(first_product(page)), qty=1)
    hold(page)
    before = page.request.get("/drive/orders").text().count("/drive/orders/")
    page.goto("/drive/checkout")
    sent = []

    def lose_the_first_answer(route):
        sent.append(route.request.post_data)
        answer = route.fetch()
        if len(sent) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/drive/api/checkout/confirm", lose_the_first_answer)
    page.locator("[data-confirm] button").dblclick()
    page.wait_for_url("**/drive/orders/*")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert page.request.get("/drive/orders").text().count("/drive/orders/") == before + 1
    expect(page.locator(".pickup__code")).to_have_text(re.compile("^[2-9A-HJ-NP-Z]{6}$"))
    clear(page)


def test_the_time_left_is_said_and_the_basket_outlives_it(member):
    page = member()
    call(page, "basket/set", product_id=int(first_product(page)), qty=1)
    hold(page)
    page.clock.install()
    page.goto("/drive")
    chip = page.locator("a.slot")
    expect(chip).to_contain_text("Créneau gardé")
    left = re.search(r"encore (?:(\d+) h )?(\d+)", chip.inner_text())
    minutes = int(left.group(1) or 0) * 60 + int(left.group(2))
    page.clock.fast_forward(f"{(minutes - 4) // 60:02d}:{(minutes - 4) % 60:02d}:00")
    page.clock.run_for(120_000)
    expect(page.locator("#status")).to_contain_text("encore")
    page.clock.run_for(6 * 60_000)
    expect(chip).to_contain_text("n’est plus gardé")
    expect(page.locator(".bar__count")).to_have_text("1 produit")


@pytest.mark.parametrize("hours", [1, -1, 72])
def test_the_time_left_is_the_shops_whatever_the_phone_shows(member, hours):
    """A phone whose clock is wrong neither gives up a slot that is kept nor promises more of it."""
    page = member()
    hold(page)

    def minutes(text):
        left = re.search(r"encore (?:(\d+) h )?(\d+)", text)
        return int(left.group(1) or 0) * 60 + int(left.group(2))

    served = minutes(page.request.get("/drive").text())
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    for path in ("/drive", "/drive/slots"):
        page.goto(path)
        clock = page.locator("[data-ends]").first
        # Not what was on the page before the script saw it.
        page.clock.run_for(6_000)
        expect(clock).to_contain_text("encore")
        assert served - 2 <= minutes(clock.inner_text()) <= served
    page.clock.fast_forward("03:00:00")
    page.clock.run_for(6_000)
    expect(page.locator("[data-ends]").first).to_contain_text("n’est plus gardé")
    clear(page)


def test_without_javascript(member):
    page = member(java_script_enabled=False)
    page.goto("/drive/search?q=miche")
    page.locator(".stepper__add").first.click()
    assert "/drive/search?q=miche" in page.url
    page.locator(".stepper__more").first.click()
    expect(page.locator("form.stepper").first.get_by_role("textbox")).to_have_value("2")
    page.goto("/drive/slots")
    page.locator("form[action='/drive/slots/hold'] button").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Votre créneau est gardé")
    page.goto("/drive/checkout")
    page.get_by_label("Un mot pour").fill("Bien cuite")
    page.locator("[data-confirm] button").click()
    assert re.search(r"/drive/orders/\d+$", page.url)
    expect(page.locator("main")).to_contain_text("Bien cuite")
    expect(page.locator(".pickup__qr svg")).to_be_visible()
    page.locator("summary", has_text="Annuler cette commande").click()
    expect(page.locator(".heading")).to_contain_text("Confirmée")
    page.get_by_role("button", name="Oui, annuler").click()
    expect(page.locator(".heading")).to_contain_text("Annulée")


def test_the_first_view_is_light(member):
    page = member()
    loaded = []

    def keep(response):
        loaded.append(response)

    page.on("response", keep)
    page.goto("/drive", wait_until="networkidle")
    weights = {
        response.url: len(gzip.compress(response.body()))
        for response in loaded
        if response.request.resource_type in ("document", "stylesheet", "script", "font")
    }
    assert len(weights) >= 3, weights
    assert sum(weights.values()) <= FIRST_VIEW_BYTES, weights
