"""Five articles and a slot, ordered to the end, by a person who has only a keyboard and by
one whose browser runs no JavaScript."""

import re

import pytest
from playwright.sync_api import TimeoutError as NeverSeen
from playwright.sync_api import expect

ARTICLES = {
    "Oranges de Sicile": "6",
    "Miche de campagne 800 g": "2",
    "Tomme de brebis fermière": "0,3",
    "Spaghetti": "1",
    "Lait entier cru": "3",
}
# More than any page has to be walked through.
FAR = 150
# The focus is in sight: there is an outline, and nothing lies over what has it.
IN_SIGHT = """(e) => {
    const box = e.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const style = getComputedStyle(e);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return (outlined || style.boxShadow !== "none") && (e.contains(top) || Boolean(top?.contains(e)));
}"""


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("demo")


class Keyboard:
    """A person who has only a keyboard. Nothing here points, or moves the focus by itself."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, target):
        """Walk to something, forwards, and see all the way where one is."""
        ends = 0
        for _step in range(FAR):
            self.press("Tab")
            focused = self.page.locator(":focus")
            if not focused.count():
                # After the last stop of the page come the browser's own, then its first.
                ends += 1
                assert ends < 3, f"the focus is lost on the way to {target}"
                continue
            self.see(focused)
            if target.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"{target} was not reached from {self.page.url}")

    def see(self, focused):
        """The page may first have to move."""
        try:
            self.page.wait_for_function(f"() => ({IN_SIGHT})(document.activeElement)", timeout=5000)
        except NeverSeen as error:
            raise AssertionError(f"not in sight: {focused.evaluate('e => e.outerHTML')[:300]}") from error

    def type(self, text):
        self.page.keyboard.type(text)

    def sign_in(self, login):
        self.page.goto("/web/login")
        # The first page of a new shop has its scripts put together first.
        expect(self.page.locator("input[name=login]")).to_be_focused(timeout=60_000)
        self.type(login)
        self.to(self.page.locator("input[name=password]"))
        self.type(login)
        self.press("Enter")
        self.page.wait_for_url(lambda url: "/web/login" not in url)

    def put(self, name, quantity):
        """Search it, put it in the basket, and type how much."""
        page = self.page
        self.to(page.locator("#search"))
        self.press("Control+A")
        self.type(name)
        self.press("Enter")
        page.wait_for_url("**/drive/search?q=*")
        card = page.locator(".card").filter(has=page.get_by_role("link", name=name, exact=True))
        self.to(card.get_by_role("button", name=f"Ajouter {name}"))
        self.press("Enter")
        expect(card.get_by_role("button", name=f"Plus : {name}")).to_be_focused()
        self.press("Shift+Tab")
        field = card.get_by_label(f"Quantité : {name}")
        expect(field).to_be_focused()
        self.press("Control+A")
        self.type(quantity)
        self.press("Enter")
        expect(page.locator(".is-pending")).to_have_count(0)
        expect(field).to_have_value(quantity)

    def follow(self, target, address):
        self.to(target)
        self.press("Enter")
        self.page.wait_for_url(address)


def codes(page):
    """What the confirmation page shows: the code, and each article."""
    expect(page.locator(".pickup__qr svg")).to_be_visible()
    expect(page.locator(".pickup__code")).to_have_text(re.compile("^[2-9A-HJ-NP-Z]{6}$"))
    for name in ARTICLES:
        expect(page.locator(".recap tbody")).to_contain_text(name)
    expect(page.locator(".recap tbody tr")).to_have_count(len(ARTICLES))


def test_with_only_a_keyboard(shop, new_page):
    page = new_page(360, 740, base_url=shop.url)
    person = Keyboard(page)
    person.sign_in("membre2")
    page.goto("/drive")
    person.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for name, quantity in ARTICLES.items():
        person.put(name, quantity)
    expect(page.locator(".bar__count")).to_have_text("5 produits")
    person.follow(page.locator("a.slot"), "**/drive/slots")
    person.to(page.locator("form[action='/drive/slots/hold'] button").first)
    person.press("Enter")
    expect(page.get_by_text("Votre créneau est gardé")).to_be_visible()
    person.follow(page.locator("a.button[href='/drive/checkout']"), "**/drive/checkout")
    # The choice is one stop; arrows choose.
    chosen = page.locator("input[name=substitution]:checked")
    first = chosen.get_attribute("value")
    person.to(chosen)
    person.press("ArrowDown")
    expect(page.locator("input[name=substitution]:checked")).not_to_have_value(first)
    person.to(page.get_by_label("Un mot pour"))
    person.type("Au clavier")
    person.follow(page.locator("[data-confirm] button[type=submit]"), re.compile(r"/drive/orders/\d+$"))
    codes(page)
    expect(page.locator("main")).to_contain_text("Au clavier")


def test_without_javascript(shop, new_page, sign_in):
    page = new_page(360, 740, base_url=shop.url, java_script_enabled=False)
    sign_in(page, "membre")
    for name, quantity in ARTICLES.items():
        page.goto("/drive")
        page.fill("#search", name)
        page.press("#search", "Enter")
        card = page.locator(".card").filter(has=page.get_by_role("link", name=name, exact=True))
        card.get_by_role("button", name=f"Ajouter {name}").click()
        field = card.get_by_label(f"Quantité : {name}")
        field.fill(quantity)
        field.press("Enter")
        expect(field).to_have_value(quantity)
    expect(page.locator(".bar__count")).to_have_text("5 produits")
    page.locator("a.slot").click()
    page.locator("form[action='/drive/slots/hold'] button").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Votre créneau est gardé")
    page.locator("a.button[href='/drive/checkout']").click()
    page.locator("input[name=substitution]:not(:checked)").first.check()
    page.get_by_label("Un mot pour").fill("Sans JavaScript")
    page.locator("[data-confirm] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/drive/orders/\d+$"))
    codes(page)
    expect(page.locator("main")).to_contain_text("Sans JavaScript")
