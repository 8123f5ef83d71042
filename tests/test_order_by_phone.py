"""A cashier orders for a member on the phone, and members read about themselves: with
and without JavaScript, at 320 and 1280 px, without a finding of axe."""

import pytest
from playwright.sync_api import expect

BANNER = "Vous commandez pour Camille D."


def sideways(page):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} px too wide"] if wide > 0 else []


def begin(page):
    """From the search to the member's basket, as the links lead."""
    page.goto("/drive/for")
    page.get_by_role("textbox").fill("camille durand")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="Camille Durand", exact=True).click()
    page.get_by_role("button", name="Commander pour Camille D.").click()
    page.wait_for_url("**/drive")
    expect(page.get_by_text(BANNER)).to_be_visible()


def finish(page):
    page.get_by_role("button", name="Terminer").click()
    page.wait_for_url("**/drive/for")
    expect(page.get_by_text(BANNER)).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_accessibility_finding(new_page, sign_in, axe, screenshots, width):
    findings = {}

    def look(page, name):
        findings[name] = [*axe(page), *sideways(page)]
        page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)

    for login, address, name in (
        ("membre", "/drive/me", "account"),
        ("membre3", "/drive", "may-not-order"),
        ("membre3", "/drive/me", "account-suspended"),
    ):
        page = new_page(width, 740)
        sign_in(page, login)
        page.goto(address)
        look(page, name)
    page = new_page(width, 740)
    sign_in(page, "caissier")
    page.goto("/drive/for?q=durand")
    look(page, "for-whom")
    page.get_by_role("link", name="Camille Durand", exact=True).click()
    look(page, "order-for")
    begin(page)
    look(page, "ordering-for")
    page.goto("/drive/basket")
    look(page, "ordering-for-basket")
    finish(page)
    look(page, "ordering-for-ended")
    assert {where: what for where, what in findings.items() if what} == {}


def test_order_by_phone_without_javascript(new_page, sign_in, odoo_rpc):
    page = new_page(360, 740, java_script_enabled=False)
    sign_in(page, "caissier")
    begin(page)
    page.goto("/drive/search?q=miche")
    page.locator(".stepper__add").first.click()
    page.goto("/drive/slots")
    page.locator("form[action='/drive/slots/hold'] button").first.click()
    page.goto("/drive/checkout")
    page.get_by_role("button", name="Commander").click()
    page.wait_for_url("**/drive/orders/*")
    expect(page.get_by_text("Commande prise par l’équipe.")).to_be_visible()
    order = int(page.url.rpartition("/")[2])
    [row] = odoo_rpc("admin")(
        "sale.order", "read", [order], ["partner_id", "drive_taken_by_id", "pending_email_template_id"]
    )
    assert row["partner_id"][1].endswith("Camille Durand")
    assert "Hugo" in row["drive_taken_by_id"][1]
    # The next page is the cashier's own again, and the order is the member's.
    page.goto("/drive/orders")
    expect(page.get_by_text(BANNER)).to_have_count(0)
    expect(page.get_by_text("votre propre panier")).to_be_visible()
    member = new_page(360, 740)
    sign_in(member, "membre2")
    member.goto(f"/drive/orders/{order}")
    expect(member.get_by_text("Commande prise par l’équipe.")).to_be_visible()


def test_two_tabs_fill_no_wrong_basket(new_page, sign_in):
    """A tab that was left open shows another basket: its buttons change nothing."""
    page = new_page()
    sign_in(page, "caissier2")
    page.goto("/drive")
    tab = page.context.new_page()
    begin(tab)
    tab.goto("/drive/basket")
    held = tab.locator("main input[name=product_id]").count()
    page.locator(".stepper__add:visible").first.click()
    expect(page.locator(".toast")).to_contain_text("Cette page montre un autre panier")
    tab.reload()
    expect(tab.locator("main input[name=product_id]")).to_have_count(held)
    finish(tab)
