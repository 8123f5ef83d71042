"""What a preparer does at the screen of a batch."""

import html
import re

from playwright.sync_api import expect

import shop_days
from support import Rpc

TAKE = ".o_drive_taken"
COUNT = ".o_drive_count"
TITLE = ".o_drive_line_step h1"
# What was done goes to the server.
APPLY = "**/drive.preparation/apply*"
# What the device would have played is in `heard`.
LISTEN = """window.heard = [];
HTMLMediaElement.prototype.play = function () {
    window.heard.push(this.src);
    return Promise.resolve();
};"""
# More than any page has places to go to.
MOST_TABS = 100


class Preparer:
    """Somebody's calls for one basket."""

    def __init__(self, shop, login):
        self.rpc = Rpc(shop.url, shop.database, login)
        self.device, self.no = login, 0

    def __call__(self, method, *values):
        return self.rpc("drive.preparation", method, *values, context={"lang": "fr_FR"})

    def basket(self, order_id):
        """An order as its screen reads it: its lines in the order of the walk."""
        place = self("basket", order_id)
        batch = self("open", place["batch"])
        [basket] = [row for row in batch["baskets"] if row["id"] == order_id]
        lines = [
            {**cell, "id": cell["line"], "name": stop["name"], "measured": stop["measured"]}
            for stop in batch["stops"]
            for cell in stop["cells"]
            if cell["basket"] == order_id
        ]
        return {**basket, "batch": place["batch"], "lines": lines}

    def does(self, basket, kind, **args):
        """Do one thing; what could not be done at all is done again under its number.

        :return: what it came to, and the sentence, if any
        """
        op = {"uuid": f"{self.device}-{self.no + 1}", "no": self.no + 1, "kind": kind, "args": args}
        answer = self("apply", basket["batch"], self.device, [op])
        if answer.get("stopped"):
            return "stopped", answer["stopped"]
        self.no += 1
        [found] = [(word, answer[word]) for word in ("done", "refused", "ask", "conflict") if answer[word]]
        return found[0], found[1][0] if found[0] == "done" else found[1][0]["message"]


def not_begun(call):
    """The smallest basket that nobody has begun, with something to weigh; of a window that
    still takes orders when no other is left.

    :param Preparer call: who asks
    """
    waiting = [
        (bool(window["cutoff"]), row["total"], row["id"])
        for window in call("board")["windows"]
        for row in window["orders"]
        if row["state"] == "confirmed" and row["to_weigh"]
    ]
    return call.basket(min(waiting)[-1])


def fill_batch(shop, baskets, lines):
    """A batch of its own in a demonstration shop: so many baskets with so many lines each."""
    orders = shop_days.fill_window(shop.database, baskets, lines)
    rpc = Rpc(shop.url, shop.database, "benevole")
    # Who looks at the board makes the batches.
    rpc("drive.preparation", "board")
    place = rpc("drive.preparation", "basket", orders[0])
    batch = rpc("drive.preparation", "open", place["batch"], context={"lang": "fr_FR"})
    assert {row["id"] for row in batch["baskets"]} == set(orders)
    return batch


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
        [stop] = [stop for stop in batch["stops"] if stop["name"] == name]
        baskets = {row["letter"]: row["id"] for row in batch["baskets"]}
        # Where there is one alone, nobody is told its letter.
        letter = button.inner_text().split()[1] if len(baskets) > 1 else next(iter(baskets))
        [cell] = [cell for cell in stop["cells"] if cell["basket"] == baskets[letter]]
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
