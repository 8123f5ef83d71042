"""What one takes again, in a real browser: by keyboard, without JavaScript, on a small phone."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def member(new_page, sign_in):
    """A function that signs `membre` in, with an empty basket and no list or favourite."""

    def open_shop(width=360, height=740, **options):
        page = new_page(width, height, **options)
        sign_in(page, "membre")
        for product in held(page):
            post(page, "/drive/basket/set", product_id=product, qty="0")
        for one in set(re.findall(r"/drive/lists/(\d+)\"", page.request.get("/drive/lists").text())):
            post(page, f"/drive/lists/{one}/delete")
        for product in products_in(page, "/drive/favourites"):
            post(page, "/drive/favourites/set", product_id=product, on="0")
        return page

    return open_shop


def post(page, address, **values):
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.request.get("/drive/me").text()).group(1)
    answer = page.request.post(address, form={"csrf_token": token, **values})
    assert answer.ok, f"{address}: {answer.status}"
    return answer


def products_in(page, address):
    return list(dict.fromkeys(re.findall(r'name="product_id" value="(\d+)"', page.request.get(address).text())))


def held(page):
    return products_in(page, "/drive/basket")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_accessibility_finding(member, axe, width):
    page = member(width)
    findings = {}

    def look(address):
        page.goto(address)
        for fold in page.locator("main details").all():
            fold.locator("summary").click()
        # Not under the header that stays: what it covers has no size.
        page.evaluate("scrollTo(0, 0)")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        findings[address] = [*axe(page), *([f"{wide} px too wide"] if wide > 0 else [])]

    look("/drive/lists")
    look("/drive/favourites")
    look("/drive/usual")
    products = products_in(page, "/drive/usual")
    assert len(products) > 5, "the demonstration's household has habits"
    for product in products[:3]:
        post(page, "/drive/basket/set", product_id=product, qty="1")
    post(page, "/drive/favourites/set", product_id=products[0], on="1")
    one = post(page, "/drive/lists/keep", name="Apéro", source="basket").url
    for address in (
        "/drive/lists",
        "/drive/favourites",
        one,
        f"/drive/product/{products[0]}",
        "/drive/basket",
        "/drive/me",
    ):
        look(address)
    assert {where: what for where, what in findings.items() if what} == {}


def test_by_keyboard_alone(member):
    page = member()
    page.goto("/drive")
    page.get_by_role("link", name="Mes habitudes").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/drive/usual")
    ticks = page.locator("input[name=product]:enabled")
    count = ticks.count()
    ticks.first.focus()
    page.keyboard.press("Space")
    expect(ticks.first).not_to_be_checked()
    left_out = ticks.first.get_attribute("value")
    page.get_by_role("button", name="Mettre au panier").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/drive/basket")
    expect(page.get_by_role("status").first).to_contain_text(f"{count - 1} articles ont été mis dans votre panier")
    assert left_out not in held(page)
    # A heart fills without the page going away, and says so.
    page.goto(f"/drive/product/{left_out}")
    heart = page.get_by_role("button", name="Favori")
    heart.focus()
    page.keyboard.press("Enter")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#status")).to_contain_text("Dans vos favoris")
    expect(heart).to_be_focused()
    page.goto("/drive/favourites")
    expect(page.locator(f"#p{left_out}")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no javascript"])
def test_a_heart_in_a_list(member, scripts):
    page = member(java_script_enabled=scripts)
    page.goto("/drive/search?q=miche")
    heart = page.get_by_role("button", name="Favori : Miche de campagne 800 g")
    for pressed in ("true", "false", "true"):
        heart.focus()
        if scripts:
            with page.expect_response("**/drive/api/favourites/set"):
                page.keyboard.press("Enter")
            expect(heart).to_be_focused()
        else:
            page.keyboard.press("Enter")
            page.wait_for_url("**/drive/search?q=miche#p*")
        expect(heart).to_have_attribute("aria-pressed", pressed)
    page.reload()
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.goto("/drive/favourites")
    expect(page.locator("main")).to_contain_text("Miche de campagne 800 g")


def test_without_javascript(member):
    page = member(java_script_enabled=False)
    products = products_in(page, "/drive/usual")[:3]
    for product in products[:2]:
        post(page, "/drive/basket/set", product_id=product, qty="1")
    page.goto(f"/drive/product/{products[2]}")
    page.get_by_role("button", name="Favori").click()
    expect(page.get_by_role("button", name="Favori")).to_have_attribute("aria-pressed", "true")
    page.goto("/drive/lists")
    page.get_by_label("Son nom").fill("Semaine <b>")
    page.get_by_role("button", name="Créer la liste").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Semaine <b>")
    for product in products[:2]:
        post(page, "/drive/basket/set", product_id=product, qty="0")
    page.reload()
    page.locator(f"input[name=product][value='{products[0]}']").uncheck()
    page.get_by_role("button", name="Mettre au panier").click()
    assert held(page) == [products[1]]
    page.goto("/drive/lists")
    for _click in range(2):
        page.goto("/drive/lists")
        page.get_by_role("button", name="Tout mettre au panier").click()
        assert sorted(held(page)) == sorted(products[:2])
    page.locator("summary", has_text="S’il manque").first.click()
    page.get_by_role("combobox").first.select_option("none")
    page.locator(".fold", has=page.get_by_role("combobox")).first.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("S’il manque : Ne pas le remplacer")
