"""Checking out in a real browser: whatever is pressed twice, gone back to or changed meanwhile,
one order is made of what was seen, or none."""

import re

import pytest
from playwright.sync_api import expect

from scenes import Shop
from support import call, open_slot

SPAGHETTI, LOAF = "Spaghetti", "Miche de campagne 800 g"
ORDER = re.compile(r"/drive/orders/\d+$")


@pytest.fixture(scope="module")
def shop(new_server):
    return Shop(new_server("demo"))


@pytest.fixture
def member(shop, new_page, sign_in):
    """A function that brings `membre` to the check-out of two articles; the shop is put back afterwards."""

    def open_checkout(width=360, **options):
        page = new_page(width, 740, base_url=shop.url, **options)
        sign_in(page, "membre")
        for product in set(re.findall(r'name="product_id" value="(\d+)"', read(page, "/drive/basket"))):
            call(page, "basket/set", product_id=int(product), qty=0)
        for order in orders(page):
            call(page, "orders/cancel", order=int(order), idempotency_key="clear-up")
        call(page, "slots/release")
        call(page, "basket/set", product_id=shop.product(SPAGHETTI), qty=2)
        call(page, "basket/set", product_id=shop.product(LOAF), qty=1)
        assert call(page, "slots/hold", slot_id=open_slot(read(page, "/drive/slots")))["held"]
        page.goto("/drive/checkout")
        return page

    yield open_checkout
    shop.put_back()


def read(page, address):
    return page.request.get(address).text()


def orders(page):
    return set(re.findall(r"/drive/orders/(\d+)", read(page, "/drive/orders")))


def button(page):
    return page.get_by_role("button", name="Commander")


def order(page):
    """Confirm, and read the order."""
    button(page).click()
    page.wait_for_url(ORDER)
    expect(page.locator(".pickup__code")).to_be_visible()
    return page.url


def change(shop, product, **values):
    """Change a product while somebody checks out, until the test is over."""
    number = shop.product(product)
    write = "env['product.product'].browse(product).write(values)"
    [before] = shop.rpc("product.product", "read", [number], list(values))
    shop.run(write, product=number, values=values)
    shop.later(write, product=number, values={name: before[name] for name in values})
    return before


scripts = pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no javascript"])


@scripts
def test_going_back_and_forth(member, scripts):
    page = member(java_script_enabled=scripts)
    before = orders(page)
    made = order(page)
    page.go_back()
    expect(page.locator("main")).to_contain_text("Votre panier est vide")
    expect(button(page)).to_have_count(0)
    page.go_forward()
    page.wait_for_url(made)
    page.reload()
    expect(page.locator(".pickup__code")).to_be_visible()
    assert len(orders(page) - before) == 1


@scripts
def test_reading_it_again_before_and_after(member, scripts):
    page = member(java_script_enabled=scripts)
    before = orders(page)
    page.reload()
    page.reload()
    expect(page.locator(".recap tbody tr")).to_have_count(2)
    order(page)
    page.reload()
    expect(page.locator(".pickup__code")).to_be_visible()
    assert len(orders(page) - before) == 1


@scripts
def test_a_second_tab(member, scripts):
    page = member(java_script_enabled=scripts)
    before = orders(page)
    tab = page.context.new_page()
    tab.goto("/drive/checkout")
    order(page)
    button(tab).click()
    expect(tab.locator("main")).to_contain_text("Votre panier est vide")
    assert len(orders(page) - before) == 1


def test_a_double_click_without_javascript(member):
    page = member(java_script_enabled=False)
    before = orders(page)
    button(page).dblclick()
    page.wait_for_url(ORDER)
    expect(page.locator(".pickup__code")).to_be_visible()
    assert len(orders(page) - before) == 1


@pytest.mark.parametrize("width", [360, 1280])
def test_a_price_changes_meanwhile(member, shop, width):
    """Another session changes it: it is said, in sight, and what was typed is kept."""
    page = member(width)
    before = orders(page)
    due = page.locator(".checkout__due b")
    seen = due.inner_text()
    page.get_by_label("Un mot pour").fill("Al dente")
    price = shop.rpc("product.product", "read", [shop.product(SPAGHETTI)], ["list_price"])[0]["list_price"]
    change(shop, SPAGHETTI, list_price=price + 1)
    button(page).click()
    told = page.locator("[data-answer]")
    expect(told).to_contain_text("Des prix ont changé")
    expect(told).to_contain_text(SPAGHETTI)
    expect(told).to_be_in_viewport(ratio=1)
    expect(due).not_to_have_text(seen)
    expect(due).to_be_in_viewport(ratio=1)
    assert orders(page) == before
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect(page.get_by_label("Un mot pour")).to_have_value("Al dente")
    order(page)
    expect(page.locator("main")).to_contain_text("Al dente")


@pytest.mark.parametrize("width", [360, 1280])
def test_an_article_goes_meanwhile(member, shop, width):
    """It counts nothing any more, and is taken out without anything that was typed being lost."""
    page = member(width)
    before = orders(page)
    page.get_by_label("Un mot pour").fill("Bien cuite")
    change(shop, SPAGHETTI, drive_ok=False)
    button(page).click()
    told = page.locator("[data-answer]")
    expect(told).to_contain_text(SPAGHETTI)
    expect(told).to_be_in_viewport(ratio=1)
    row = page.locator(".recap tbody tr", has_text=SPAGHETTI)
    expect(row).to_contain_text("N’est plus vendu")
    expect(row).not_to_contain_text("€")
    assert orders(page) == before
    row.get_by_role("button", name="Le retirer").click()
    expect(page.locator(".recap tbody tr")).to_have_count(1)
    expect(page.get_by_label("Un mot pour")).to_have_value("Bien cuite")
    order(page)
    expect(page.locator("main")).to_contain_text("Bien cuite")
    expect(page.locator("main")).not_to_contain_text(SPAGHETTI)


def test_a_place_is_lost_meanwhile(member, shop):
    page = member()
    before = orders(page)
    shop.run(
        "orders = env['sale.order'].search([('partner_id.user_ids.login', '=', 'membre'),"
        " ('drive_state', '=', 'basket')])\n"
        "orders.drive_booking_id.write({'expires_at': datetime.datetime.now() - datetime.timedelta(minutes=1)})"
    )
    button(page).click()
    expect(page.locator("[data-answer]")).to_contain_text("n’est plus gardé")
    expect(button(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Choisir un créneau")).to_be_visible()
    assert orders(page) == before


@scripts
def test_what_was_typed_is_kept_on_the_way_to_a_correction(member, scripts):
    page = member(java_script_enabled=scripts)
    for name, address in (
        ("Modifier", "**/drive/slots"),
        ("Modifier mon panier", "**/drive/basket"),
        (f"modifier {LOAF}", "**/drive/basket#p*"),
    ):
        page.get_by_label("Un mot pour").fill(f"En passant par {name}")
        page.get_by_label("Ne pas le remplacer").check()
        page.get_by_role("button", name=name, exact=name == "Modifier").click()
        page.wait_for_url(address)
        page.goto("/drive/checkout")
        expect(page.get_by_label("Un mot pour")).to_have_value(f"En passant par {name}")
        expect(page.get_by_label("Ne pas le remplacer")).to_be_checked()
    # The Enter key on a choice orders nothing.
    page.get_by_label("Ne pas le remplacer").press("Enter")
    page.wait_for_url("**/drive/checkout")
    expect(page.locator(".recap tbody tr")).to_have_count(2)


def test_what_was_typed_is_kept_however_the_page_is_left(member):
    page = member()
    page.get_by_label("Un mot pour").fill("Sonnez deux fois")
    page.locator(".recap").get_by_role("link", name=LOAF).click()
    page.wait_for_url("**/drive/product/*")
    expect(page.locator("main h1")).to_be_visible()
    # It goes its own way to the shop, beside the page.
    page.wait_for_function(
        """async () => (await (await fetch("/drive/checkout")).text()).includes("Sonnez deux fois")"""
    )
