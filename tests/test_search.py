"""Finding an article: by typing, by filters, with and without JavaScript, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from searching import misses


@pytest.fixture
def member(new_page, sign_in):
    """A function that opens the shop for `membre`."""

    def open_shop(width=360, height=740, **options):
        page = new_page(width, height, **options)
        sign_in(page, "membre")
        page.goto("/drive")
        return page

    return open_shop


def test_what_shoppers_type_finds_what_they_mean(member, sql):
    page = member()
    count, missed = misses("demo", lambda address: page.request.get(address).text(), sql)
    assert count == 20
    assert missed == []


def test_as_you_type(member, axe):
    page = member()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/drive/search" in request.url else None)
    field = page.get_by_role("searchbox")
    field.press_sequentially("tome breb", delay=20)
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card__name")).to_contain_text("Tomme de brebis")
    expect(page).to_have_url(re.compile(r"/drive/search\?q=tome\+breb$"))
    expect(page.locator("#status")).to_have_text("1 produit")
    expect(field).to_be_focused()
    # Not a question for each letter.
    assert len(asked) <= 3, asked
    # What is found can be put in the basket, and stays there when the list changes.
    page.locator(".stepper__add").click()
    # Another of the list may be in the basket too: this member has other tests.
    chosen = page.locator(".card.is-in", has_text="Tomme de brebis")
    expect(chosen).to_have_count(1)
    expect(page.locator(".is-pending")).to_have_count(0)
    field.fill("tomme")
    expect(page).to_have_url(re.compile(r"q=tomme$"))
    expect(chosen).to_have_count(1)
    chosen.locator(".stepper__less").click()
    expect(page.locator(".is-pending")).to_have_count(0)
    field.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    field.fill("tomme zzzz")
    expect(page.locator("main")).to_contain_text("Voici ce qui s’en approche")
    assert axe(page) == []
    # One step back is where the search began.
    page.go_back()
    expect(page).to_have_url(re.compile(r"/drive$"))
    expect(page.locator("h1")).to_have_text("La boutique")
    expect(page.locator(".card")).to_have_count(48)


def test_an_earlier_answer_does_not_replace_a_later_one(member):
    page = member()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/drive/search?q=pain", hold)
    field = page.get_by_role("searchbox")
    field.fill("pain")
    page.wait_for_event("request", lambda request: request.url.endswith("q=pain"))
    field.fill("miche")
    expect(page.locator("h1")).to_contain_text("miche")
    # The browser gave it up: what the server says now is read by nobody.
    for route in held:
        route.abort()
    field.fill("")
    expect(page.locator("h1")).to_have_text("La boutique")


@pytest.mark.parametrize("width", [320, 1280])
def test_filters_by_keyboard(member, axe, width):
    page = member(width)
    page.locator(".filters__box summary").focus()
    page.keyboard.press("Enter")
    bio = page.get_by_role("checkbox", name=re.compile(r"^Bio \d"))
    bio.focus()
    page.keyboard.press("Space")
    chips = page.locator(".filters__chips a")
    expect(chips).to_have_count(1)
    expect(page.locator("#status")).to_contain_text("produits")
    # The list changed around it: the choice and the form are where they were.
    expect(page.get_by_role("checkbox", name=re.compile(r"^Bio \d"))).to_be_focused()
    expect(page.get_by_role("checkbox", name=re.compile(r"^Bio \d"))).to_be_checked()
    page.get_by_label("Trier").select_option("price")
    expect(page).to_have_url(re.compile(r"/drive\?sort=price&label=\d+$"))
    assert axe(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    prices = [
        float(re.match(r"[\d,]+", text).group().replace(",", "."))
        for text in page.locator(".price > b").all_inner_texts()
    ]
    assert prices == sorted(prices)
    chips.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".filters__chips")).to_have_count(0)


def test_without_javascript(member):
    page = member(java_script_enabled=False)
    page.locator(".filters__box summary").click()
    page.get_by_role("checkbox", name=re.compile(r"^Bio \d")).check()
    page.get_by_role("checkbox", name="Seulement ce qui est en stock").check()
    page.get_by_label("Trier").select_option("name")
    page.get_by_role("button", name="Afficher").click()
    chips = page.locator(".filters__chips a")
    expect(chips).to_have_count(2)
    before = page.locator("[data-found]").inner_text()
    page.get_by_role("link", name="Page suivante").click()
    expect(chips).to_have_count(2)
    chips.filter(has_text="Bio").click()
    expect(chips).to_have_count(1)
    assert page.locator("[data-found]").inner_text() != before
    page.get_by_role("searchbox").fill("oeuf")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("main")).to_contain_text("Œufs")
