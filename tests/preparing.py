"""What a preparer does at the screen of a batch."""

import html
import re

from playwright.sync_api import expect

import shop_days
from support import Rpc

TAKE = ".o_drive_taken"
COUNT = ".o_drive_count"
TITLE = ".o_drive_line_step h1"
# What the device would have played is in `heard`.
LISTEN = """window.heard = [];
HTMLMediaElement.prototype.play = function () {
    window.heard.push(this.src);
    return Promise.resolve();
};"""
# More than any page has places to go to.
MOST_TABS = 100


def fill_batch(shop, baskets, lines):
    """A batch of its own in a demonstration shop: so many baskets with so many lines each."""
    shop_days.fill_window(shop.database, baskets, lines)
    rpc = Rpc(shop.url, shop.database, "benevole")
    rows = [row for window in rpc("drive.preparation", "board")["windows"] for row in window["batches"]]
    [row] = [row for row in rows if row["total"] == baskets * lines]
    return rpc("drive.preparation", "open", row["id"], context={"lang": "fr_FR"})


def on_board(batch):
    """The selector of a batch on the board."""
    return f".o_drive_order[data-batch='{batch['id']}']"


def go_to_batch(page, batch):
    """Open a batch of another day from the board."""
    page.goto("/odoo/preparation")
    page.click("text=Les jours à venir")
    page.click(on_board(batch))


def cells(batch):
    return {cell["line"]: {**cell, "stop": stop} for stop in batch["stops"] for cell in stop["cells"]}


def typed(number):
    return f"{number:.3f}".replace(".", ",")


def press(button):
    """Go to a button by the keyboard, and press it."""
    for _key in range(MOST_TABS):
        if button.evaluate("element => element === document.activeElement"):
            break
        button.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_be_enabled()
    button.page.keyboard.press("Enter")


def taken(cell):
    """How much :func:`take_one` takes."""
    return round(cell["wanted"] * (1.02 if cell["stop"]["measured"] else 1), 3)


def take_one(page, batch, use=lambda button: button.tap()):
    """Take what the screen asks for next; a weight is a little more than was ordered."""
    button = page.locator(TAKE)
    field = page.locator(".o_drive_line_step input")
    if field.count():
        name = page.locator(TITLE).inner_text()
        letter = button.inner_text().split()[1]
        [stop] = [stop for stop in batch["stops"] if stop["name"] == name]
        basket = next(row["id"] for row in batch["baskets"] if row["letter"] == letter)
        [cell] = [cell for cell in stop["cells"] if cell["basket"] == basket]
        field.fill(typed(taken({**cell, "stop": stop})))
    use(button)


def report_missing(page, stop):
    """Go to an article by the list, and say that there is none of it for the basket at hand."""
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    page.tap("text=Manquant")
    page.tap(".o_drive_reasons button >> nth=0")


def beside(shop, stop, name):
    """One more article of a stop's shelf, at its price; how many there are is not counted."""
    values = {"name": name, "is_storable": False, "drive_food": "none"}
    Rpc(shop.url, shop.database, "admin")("product.product", "copy", stop["id"], values)


def answer_question(shop, new_page, name):
    """The member, on a phone and by the link of the mail, chooses what replaces a missing article."""
    mails = [("body_html", "like", "/drive/question/")]
    admin = Rpc(shop.url, shop.database, "admin")
    [mail] = admin("mail.mail", "search_read", mails, ["body_html"], order="id desc", limit=1)
    phone = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    phone.goto(html.unescape(re.search(r'"[^"]*?(/drive/question/[^"]+)"', mail["body_html"])[1]))
    phone.locator("button", has_text=name).tap()
    expect(phone.locator("main")).to_contain_text("Merci")
