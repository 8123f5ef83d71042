"""A tablet that several people share, and the card by which they say who they are, in a
real browser."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

from support import Rpc, scan

PIN = "4711"
TABLET, PERSON = "benevole2", "benevole"
DIALOG = ".o_drive_operator"
BAR = ".o_drive_operator_bar"


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop where one account is shared, and one volunteer has a PIN and a card."""
    server = new_server("demo")
    manager = Rpc(server.url, server.database, "responsable")
    users = {
        row["login"]: row["id"]
        for row in manager("res.users", "search_read", [("login", "in", [TABLET, PERSON])], ["login"])
    }
    manager("res.users", "write", [users[TABLET]], {"drive_is_shared": True})
    manager("res.users", "write", [users[PERSON]], {"drive_pin": PIN})
    return server


@pytest.fixture
def tablet(shop, new_page, sign_in):
    """A function that opens the preparers' screen of the shared account."""

    def open_screen(width=360, height=740, **options):
        page = new_page(width, height, base_url=shop.url, **options)
        sign_in(page, TABLET)
        page.goto("/odoo/preparation")
        # The first page of a new shop has its texts translated first.
        expect(page.locator(DIALOG)).to_be_visible(timeout=30000)
        return page

    return open_screen


def test_a_manager_sets_up_the_team(shop, new_page, sign_in):
    """Accounts are an administrator's in Odoo: the manager has a window of their own."""
    page = new_page(1280, 800, base_url=shop.url)
    sign_in(page, "responsable")
    page.goto("/odoo/drive-team")
    row = page.locator(".o_data_row").filter(has_text="benevole2")
    expect(row).to_be_visible(timeout=30000)
    row.get_by_role("button", name="Modifier").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_label("Compte partagé")).to_be_checked()
    window.get_by_role("button", name="Fermer").last.click()
    row = page.locator(".o_data_row").filter(has=page.get_by_role("cell", name="benevole", exact=True))
    row.get_by_role("button", name="Modifier").click()
    window.get_by_label("Nouveau code PIN").fill(PIN)
    window.get_by_role("button", name="Enregistrer").click()
    expect(window).to_have_count(0)
    expect(row.get_by_role("checkbox").last).to_be_checked()


def card_of(shop, new_page, sign_in, login, **options):
    page = new_page(360, 740, base_url=shop.url, **options)
    sign_in(page, login)
    page.goto("/drive/card")
    return page, page.locator(".mycard__digits").inner_text().strip()


def ours(findings):
    return [finding for finding in findings if "o_drive" in finding]


def small_targets(page, inside):
    return page.eval_on_selector_all(
        f"{inside} button",
        "buttons => buttons.filter(b => b.getBoundingClientRect().height < 44).map(b => b.innerText)",
    )


def test_by_touch(tablet, axe, screenshots):
    page = tablet(has_touch=True, is_mobile=True)
    assert ours(axe(page)) == []
    assert small_targets(page, DIALOG) == []
    page.screenshot(path=screenshots / "operator-people.png")
    page.tap(f"{DIALOG} >> text=Claire F.")
    assert ours(axe(page)) == []
    assert small_targets(page, DIALOG) == []
    for key in "0000":
        page.tap(f".o_drive_operator_keys button:has-text('{key}')")
    page.tap(".o_drive_operator_ok")
    expect(page.locator(".o_drive_operator_error")).to_be_visible()
    assert ours(axe(page)) == []
    page.screenshot(path=screenshots / "operator-pin.png")
    for key in PIN:
        page.tap(f".o_drive_operator_keys button:has-text('{key}')")
    page.tap(".o_drive_operator_ok")
    expect(page.locator(DIALOG)).to_have_count(0)
    expect(page.locator(BAR)).to_contain_text("Claire F.")
    assert ours(axe(page)) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=screenshots / "operator-board.png")
    # The server knows it, not the page.
    page.reload()
    expect(page.locator(BAR)).to_contain_text("Claire F.")
    page.tap(f"{BAR} button")
    expect(page.locator(DIALOG)).to_be_visible()
    page.reload()
    expect(page.locator(DIALOG)).to_be_visible()


def test_by_keyboard(tablet):
    page = tablet(1280, 800)
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText?.includes('Claire F.')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(f"{DIALOG} input")).to_be_focused()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text("Claire F.")


def test_an_action_asks_who_it_is_and_goes_on(tablet, shop):
    page = tablet(1280, 800)
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_have_count(0)
    row = page.locator(".o_drive_order.o_drive_confirmed").first
    # Not `inner_text`, which is empty where the single baskets are folded away.
    code = row.locator(".o_drive_code").text_content()
    assert code
    scan(page, f"DRV{code}")
    expect(page.locator(".o_drive_marks")).to_contain_text(code)
    page.click("text=Commencer")
    # It may ask whether the member is to be overtaken, before or after who it is.
    page.click(f"{DIALOG} >> text=Claire F.")
    page.fill(f"{DIALOG} input", PIN)
    page.keyboard.press("Enter")
    expect(page.locator(DIALOG)).to_have_count(0)
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    sure = page.locator(".o_drive_question >> text=Oui")
    if sure.is_visible():
        sure.click()
        expect(sure).to_have_count(0)
        expect(page.locator(".o_drive_waiting")).to_have_text("")
    expect(page.locator(".o_drive_count")).to_be_visible()
    manager = Rpc(shop.url, shop.database, "responsable")
    [order] = manager(
        "sale.order", "search_read", [("drive_pickup_code", "=", code)], ["drive_begun_by_id", "drive_state"]
    )
    assert order["drive_state"] == "preparing"
    assert "Fontaine" in order["drive_begun_by_id"][1]


def test_by_card(tablet, shop, new_page, sign_in):
    _page, card = card_of(shop, new_page, sign_in, PERSON)
    page = tablet(1280, 800)
    scan(page, "0420000000003")
    expect(page.locator(".o_drive_operator_error")).to_be_visible()
    scan(page, card)
    expect(page.locator(BAR)).to_contain_text("Claire F.")
    # Also while the PIN's field has the focus, where the digits land.
    page.click(f"{BAR} button")
    page.click(f"{DIALOG} >> text=Nadia H.")
    expect(page.locator(f"{DIALOG} input")).to_be_focused()
    scan(page, card)
    expect(page.locator(BAR)).to_contain_text("Claire F.")


@pytest.fixture
def guess(shop):
    """A function that says who is at the shared tablet, and gives back the answer."""
    tablet = requests.Session()
    identity = {"db": shop.database, "login": TABLET, "password": TABLET}
    tablet.post(f"{shop.url}/web/session/authenticate", json={"params": identity}, timeout=60)
    address = f"{shop.url}/web/dataset/call_kw/res.users/drive_operator_enter"

    def call(context=None, **values):
        params = {
            "model": "res.users",
            "method": "drive_operator_enter",
            "args": ["preparation"],
            "kwargs": {**values, "context": context or {}},
        }
        return requests.post(address, json={"params": params}, cookies=tablet.cookies.get_dict(), timeout=60).json()

    return call


@pytest.fixture
def manager_with_pin(shop):
    manager = Rpc(shop.url, shop.database, "responsable")
    [person] = manager("res.users", "search", [("login", "=", "responsable")])
    manager("res.users", "write", [person], {"drive_pin": "2468"})
    yield person
    manager("res.users", "write", [person], {"drive_pin": False})


def test_guesses_at_the_same_moment(guess, manager_with_pin):
    """Of twelve wrong PINs at once five are compared, and then the right one waits too."""
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: guess(user_id=manager_with_pin, pin=f"{number:04}"), range(12)))
    refused = [answer["result"]["refused"] for answer in answers]
    assert sum("PIN" in sentence for sentence in refused) == 5, refused
    assert "refused" in guess(user_id=manager_with_pin, pin="2468")["result"]


# No such language: each sentence fails, and with it the request, after what it has counted.
BROKEN = {"lang": "xx_XX"}


def test_a_guess_that_fails_is_counted(guess, manager_with_pin):
    for number in range(5):
        assert "error" in guess(BROKEN, user_id=manager_with_pin, pin=f"{number:04}")
    assert "refused" in guess(user_id=manager_with_pin, pin="2468")["result"]
    assert "person" not in guess(BROKEN, user_id=manager_with_pin, pin="2468").get("result", {})


def test_a_card_that_fails_is_counted(shop, guess, new_page, sign_in):
    for number in range(20):
        assert "error" in guess(BROKEN, card=f"04200000000{number:02}")
    _page, card = card_of(shop, new_page, sign_in, PERSON)
    assert "refused" in guess(card=card)["result"]


@pytest.mark.parametrize("login", ["membre", "membre2", "benevole", "caissier", "responsable"])
def test_the_card_page(shop, new_page, sign_in, axe, screenshots, login):
    page, card = card_of(shop, new_page, sign_in, login)
    assert len(card) == 13
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bars = page.locator(".mycard__code svg")
    assert card in bars.get_attribute("aria-label")
    box = bars.bounding_box()
    assert box["width"] > 300
    assert box["height"] > 100
    if login == "membre":
        page.screenshot(path=screenshots / "member-card.png", full_page=True)


def test_the_card_page_without_javascript(shop, new_page, sign_in):
    page, card = card_of(shop, new_page, sign_in, "membre3", java_script_enabled=False)
    assert len(card) == 13
    expect(page.locator(".mycard__code svg")).to_be_visible()


def test_the_sheet_of_cards(shop, new_page, sign_in, screenshots):
    """Ten cards of 85.6 x 54 mm fill an A4 sheet; the eleventh begins another."""
    page = new_page(base_url=shop.url)
    sign_in(page, "responsable")
    manager = Rpc(shop.url, shop.database, "responsable")
    members = manager("res.partner", "search", [("coop_state", "=", "up_to_date")], limit=11)
    assert len(members) == 11
    page.goto(manager("res.partner", "action_drive_print_cards", members)["url"])
    assert page.locator(".card").count() == 11
    millimetre = 96 / 25.4
    box = page.locator(".card").first.bounding_box()
    assert box["width"] == pytest.approx(85.6 * millimetre, abs=0.5)
    assert box["height"] == pytest.approx(54 * millimetre, abs=0.5)
    too_full = "cards => cards.filter(card => card.scrollHeight > card.clientHeight).length"
    assert page.eval_on_selector_all(".card", too_full) == 0
    page.emulate_media(media="print")
    page.screenshot(path=screenshots / "member-cards.png", full_page=True)
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 2
