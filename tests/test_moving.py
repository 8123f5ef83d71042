"""A confirmed order takes another slot, in a real browser: by its member,
and from the mail of a closed slot, by somebody who is not signed in."""

import html
import re

import pytest
from playwright.sync_api import expect

from support import call, open_slot


@pytest.fixture
def order(new_page, sign_in):
    """A page at some width on which `membre` has just confirmed an order, and its id."""
    pages = []

    def make(width=360):
        page = new_page(width, 740)
        sign_in(page, "membre")
        pages.append(page)
        product = re.search(r'name="product_id" value="(\d+)"', page.request.get("/drive/search?q=miche").text())
        slot = open_slot(page.request.get("/drive/slots").text())
        assert call(page, "slots/hold", slot_id=slot)["held"]
        total = call(page, "basket/set", product_id=int(product[1]), qty=1)["basket_total"]
        answer = call(page, "checkout/confirm", idempotency_key=f"moving-{slot}-{width}", total_seen=total)
        assert answer["order"], answer
        return page, int(answer["url"].rpartition("/")[2])

    yield make
    for page in pages:
        for number in set(re.findall(r"/drive/orders/(\d+)", page.request.get("/drive/orders").text())):
            call(page, "orders/cancel", order=int(number))


def clean(page, axe):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert [*axe(page), *([f"{wide} px too wide"] if wide > 0 else [])] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_a_member_changes_the_slot(order, axe, screenshots, width):
    page, number = order(width)
    page.goto(f"/drive/orders/{number}")
    before = page.locator(".pickup b").inner_text()
    page.locator(f"a[href$='/{number}/slots']").click()
    expect(page.locator(".slots__item--mine")).to_have_count(1)
    clean(page, axe)
    page.screenshot(path=screenshots / f"order-slots-{width}.png")
    page.locator("form button.slots__item").nth(3).click()
    page.wait_for_url(f"**/drive/orders/{number}")
    expect(page.locator(".message")).to_be_visible()
    assert page.locator(".pickup b").inner_text() != before
    clean(page, axe)


def test_from_the_mail_of_a_closed_slot(order, odoo_rpc, new_page, axe, screenshots):
    _page, number = order()
    rpc = odoo_rpc("responsable")
    [slot] = [row["drive_slot_id"][0] for row in rpc("sale.order", "read", [number], ["drive_slot_id"])]
    closing = {"kind": "slots", "slot_ids": [(6, 0, [slot])], "choice": "propose", "reason": "Inventaire"}
    closure = rpc("drive.closure", "create", closing)
    rpc("drive.closure", "action_close", [closure])
    rpc("drive.closure", "action_apply", [closure])
    link = [("body_html", "like", "/drive/proposal/")]
    [mail] = odoo_rpc("admin")("mail.mail", "search_read", link, ["body_html"], order="id desc", limit=1)
    path = html.unescape(re.search(r'"[^"]*?(/drive/proposal/[^"]+)"', mail["body_html"])[1])
    for width in (320, 1280):
        visitor = new_page(width, 740)
        visitor.goto(path)
        expect(visitor.get_by_text("Inventaire")).to_be_visible()
        clean(visitor, axe)
        visitor.screenshot(path=screenshots / f"proposal-{width}.png")
    visitor.locator(".box--leaf form button").click()
    expect(visitor.locator(".box--leaf b")).to_be_visible()
    clean(visitor, axe)
    [now] = rpc("sale.order", "read", [number], ["drive_slot_id", "drive_state"])
    assert now["drive_state"] == "confirmed"
    assert now["drive_slot_id"][0] != slot
    visitor.goto("/drive/proposal/1-nonsense")
    clean(visitor, axe)
