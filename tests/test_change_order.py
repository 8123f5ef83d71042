"""A member changes the articles of a confirmed order, in a real browser: on a phone and
on a large screen, by keyboard alone, and without JavaScript."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from support import call, open_slot


@pytest.fixture
def order(new_page, sign_in):
    """A page on which `membre` has just confirmed an order of two loaves, and its id."""
    pages = []

    def make(width=360, **options):
        page = new_page(width, 740, **options)
        sign_in(page, "membre")
        pages.append(page)
        product = re.search(r'name="product_id" value="(\d+)"', page.request.get("/drive/search?q=miche").text())
        slot = open_slot(page.request.get("/drive/slots").text())
        assert call(page, "slots/hold", slot_id=slot)["held"]
        total = call(page, "basket/set", product_id=int(product[1]), qty=2)["basket_total"]
        answer = call(page, "checkout/confirm", idempotency_key=uuid.uuid4().hex, total_seen=total)
        assert answer["order"], answer
        return page, int(answer["url"].rpartition("/")[2])

    yield make
    for page in pages:
        for number in set(re.findall(r"/drive/orders/(\d+)", page.request.get("/drive/orders").text())):
            call(page, "orders/cancel", order=int(number))


def clean(page, axe):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert [*axe(page), *([f"{wide} px too wide"] if wide > 0 else [])] == []


def open_change(page, number):
    page.goto(f"/drive/orders/{number}")
    page.locator(f"a[href$='/{number}/change']").click()
    expect(page.locator("form[data-change] .lines .line")).to_have_count(1)


def total(page):
    return page.locator("[data-change-total] span").last.inner_text()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_member_changes_the_articles(order, axe, screenshots, width):
    page, number = order(width)
    open_change(page, number)
    clean(page, axe)
    before = total(page)
    page.locator(".stepper__more").first.click()
    expect(page.locator(".stepper__qty input").first).to_have_value("3")
    expect(page.locator("[data-change-total]")).not_to_contain_text(before)
    # The eyes and the keyboard stay where they were.
    expect(page.locator(".stepper__more").first).to_be_focused()
    expect(page.locator("#status")).to_contain_text(total(page))
    page.locator("#more").fill("lait")
    page.locator("button[value=find]").click()
    expect(page.locator("#found .line").first).to_be_visible()
    page.locator("#found .stepper__add").first.click()
    expect(page.locator("form[data-change] > .lines .line")).to_have_count(2)
    clean(page, axe)
    page.screenshot(path=screenshots / f"order-change-{width}.png", full_page=True)
    after = total(page)
    page.locator("button[value=confirm]").click()
    page.wait_for_url(f"**/drive/orders/{number}")
    expect(page.locator(".message")).to_be_visible()
    expect(page.locator(".recap tbody tr")).to_have_count(2)
    expect(page.locator(".recap tfoot")).to_contain_text(after)
    clean(page, axe)


def test_more_than_there_is_and_dropping_the_change(order, axe, screenshots):
    page, number = order(320)
    open_change(page, number)
    page.locator(".stepper__qty input").first.fill("9999")
    page.locator(".stepper__qty input").first.press("Tab")
    expect(page.locator(".message--refused")).to_be_visible()
    clean(page, axe)
    page.screenshot(path=screenshots / "order-change-refused-320.png", full_page=True)
    page.locator("form[data-change] a.button").click()
    page.wait_for_url(f"**/drive/orders/{number}")
    expect(page.locator(".recap tbody td").first).to_have_text("2")


def test_by_keyboard_alone(order):
    page, number = order(1280)
    open_change(page, number)

    def tab_to(selector):
        for _press in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    tab_to(".stepper__less")
    page.keyboard.press("Enter")
    expect(page.locator(".stepper__qty input").first).to_have_value("1")
    expect(page.locator(".stepper__less").first).to_be_focused()
    tab_to("#more")
    page.keyboard.type("lait")
    page.keyboard.press("Enter")
    expect(page.locator("#found .line").first).to_be_visible()
    tab_to("#found .stepper__add")
    page.keyboard.press("Enter")
    expect(page.locator("form[data-change] > .lines .line")).to_have_count(2)
    tab_to("button[value=confirm]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/drive/orders/{number}")
    expect(page.locator(".recap tbody tr")).to_have_count(2)


def test_a_lost_answer_is_asked_for_again(order):
    page, number = order(360)
    open_change(page, number)
    page.locator(".stepper__more").first.click()
    expect(page.locator(".stepper__qty input").first).to_have_value("3")
    tries = []

    def lose_the_first_answer(route):
        tries.append(route.request.post_data)
        if len(tries) == 1:
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/change", lose_the_first_answer)
    page.locator("button[value=confirm]").dblclick()
    page.wait_for_url(f"**/drive/orders/{number}")
    assert len(tries) == 2
    expect(page.locator(".recap tbody td").first).to_have_text("3")


def test_what_is_typed_before_the_script_is_there_counts(order):
    page, number = order(360)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/*shop_change_js*", hold)
    page.goto(f"/drive/orders/{number}/change", wait_until="commit")
    field = page.locator(".stepper__qty input").first
    field.fill("9999")
    field.press("Tab")
    expect(page.locator(".message--refused")).to_have_count(0)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".message--refused")).to_be_visible()


def test_without_javascript(order, axe):
    page, number = order(320, java_script_enabled=False)
    open_change(page, number)
    before = total(page)
    page.locator(".stepper__more").first.click()
    assert re.search(r"/change#p\d+$", page.url)
    assert page.locator(".stepper__qty input").first.input_value() == "3"
    assert total(page) != before
    page.locator("#more").fill("lait")
    page.locator("#more").press("Enter")
    page.locator("#found .stepper__add").first.click()
    expect(page.locator("form[data-change] > .lines .line")).to_have_count(2)
    page.locator("form[data-change] > .lines .stepper__qty input").first.fill("1")
    page.locator("button[value=confirm]").click()
    # The total was not the one on the page: it is shown first.
    expect(page.locator(".message--refused")).to_be_visible()
    after = total(page)
    page.locator("button[value=confirm]").click()
    page.wait_for_url(f"**/drive/orders/{number}")
    expect(page.locator(".recap tfoot")).to_contain_text(after)
