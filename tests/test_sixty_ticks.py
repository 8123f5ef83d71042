"""Sixty things done on a phone with a bad line, and on a second device: each once, none lost."""

import re
import time

import pytest
from playwright.sync_api import expect

from preparing import APPLY, COUNT, TITLE, cells, fill_batch, go_to_batch, press, take_one, taken
from support import run_check, statements

BASKETS, LINES = 6, 10
TOTAL = BASKETS * LINES
CUT_SECONDS = 20
# Without a line Odoo's page asks for its version all the same, and does not catch that. (A route
# of the browser's would keep it from using its cache.)
NO_VERSION = """const ask = window.fetch;
window.fetch = (what, ...how) =>
    `${what}`.includes("version_info") ? Promise.resolve(new Response("{}")) : ask(what, ...how);"""
# Odoo's page starts without a line once its worker has seen it load.
WORKER = "async () => Boolean((await navigator.serviceWorker.getRegistration('/odoo'))?.active)"


class Device:
    """A phone or a tablet at the batch."""

    def __init__(self, page, batch, use):
        self.page, self.batch, self.use = page, batch, use
        self.waiting = page.locator(".o_drive_waiting")

    def count(self):
        return int(re.search(r"(\d+)/", self.page.locator(COUNT).text_content())[1])

    def take(self, times):
        """Take what comes next, as often, while nobody else is heard of."""
        for number in range(self.count(), self.count() + times):
            expect(self.page.locator(COUNT)).to_contain_text(f"{number}/{TOTAL}")
            take_one(self.page, self.batch, self.use)
            expect(self.page.locator(COUNT)).to_contain_text(f"{number + 1}/{TOTAL}")

    def go_to(self, stop):
        self.use(self.page.locator(COUNT))
        self.use(self.page.locator(".o_drive_line").nth(self.batch["stops"].index(stop)))
        expect(self.page.locator(TITLE)).to_have_text(stop["name"])

    def told(self):
        """What the server had to say against what was sent."""
        return self.page.locator(".o_drive_notice span").all_text_contents()


def lose_answer(route):
    """The server has it, and the screen does not know."""
    route.fetch()
    route.abort("connectionreset")


def lose_answers(phone):
    """Three things are sent again that the server has already."""
    phone.page.route(APPLY, lose_answer)
    phone.take(3)
    expect(phone.waiting).to_have_text("3 à envoyer")
    phone.page.unroute_all(behavior="wait")
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.waiting).to_have_text("")


def cut_the_line(phone, tablet):
    """The phone goes on without a line, also after a reload, and the tablet with one.

    :return: how many things the tablet did
    """
    cut, beside = time.monotonic(), 0
    phone.page.context.set_offline(True)
    phone.take(12)
    # The tablet begins at the other end of the walk.
    for stop in tablet.batch["stops"][:-5:-1]:
        tablet.go_to(stop)
        tablet.take(len(stop["cells"]))
        beside += len(stop["cells"])
    phone.page.reload()
    expect(phone.page.locator(COUNT)).to_contain_text(f"27/{TOTAL}")
    phone.take(5)
    expect(phone.waiting).to_have_text("17 à envoyer")
    phone.page.wait_for_timeout(max(0, CUT_SECONDS - (time.monotonic() - cut)) * 1000)
    phone.page.context.set_offline(False)
    expect(phone.waiting).to_have_text("")
    return beside


def prepare(shop, new_page, sign_in):
    """Take all of a batch, on two devices.

    :return: the batch, and what the devices were told against what they sent
    """
    batch = fill_batch(shop, BASKETS, LINES)

    def device(login, use, width, height):
        page = new_page(width, height, base_url=shop.url, has_touch=True, service_workers="allow")
        page.add_init_script(NO_VERSION)
        sign_in(page, login)
        go_to_batch(page, batch)
        return Device(page, batch, use)

    phone = device("benevole", lambda button: button.tap(), 360, 740)
    phone.page.tap("text=Commencer")
    expect(phone.page.locator(COUNT)).to_be_visible()
    phone.take(12)
    expect(phone.waiting).to_have_text("")
    lose_answers(phone)

    tablet = device("benevole2", press, 1024, 768)
    expect(tablet.page.locator(COUNT)).to_contain_text(f"15/{TOTAL}")
    phone.page.wait_for_function(WORKER)
    phone.page.reload()
    expect(phone.page.locator(COUNT)).to_contain_text(f"15/{TOTAL}")
    beside = cut_the_line(phone, tablet)
    expect(tablet.waiting).to_have_text("")
    told = tablet.told()
    # Who leaves lets others go where they were.
    press(tablet.page.locator(".o_drive_head .o_drive_icon_button").first)
    expect(tablet.page.locator(COUNT)).to_have_count(0)

    expect(phone.page.locator(COUNT)).to_contain_text(f"{32 + beside}/{TOTAL}")
    phone.take(TOTAL - 32 - beside - 1)
    take_one(phone.page, batch)
    expect(phone.page.locator("h1")).to_contain_text("Cagettes du panier")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == phone.page.evaluate("innerWidth")
    expect(phone.waiting).to_have_text("")
    return batch, told + phone.told()


def found_wrong(batch, told, query):
    """What is not in the shop as it was done on the devices."""
    done = {line: taken(cell) for line, cell in cells(batch).items()}
    held = query("SELECT id, drive_prepared_qty FROM sale_order_line WHERE id = ANY(%s)", list(done))
    ticks = query(
        "SELECT kind, outcome, count(*) FROM drive_preparation_tick WHERE batch_id = %s GROUP BY 1, 2", batch["id"]
    )
    return [
        *told,
        *({("take", "done", TOTAL), ("begin", "done", 1)} ^ set(ticks)),
        *((line, qty, done[line]) for line, qty in held if float(qty) != done[line]),
    ]


def test_each_is_done_once(new_server, new_page, sign_in):
    shop = new_server("demo")
    batch, told = prepare(shop, new_page, sign_in)
    with statements(shop.database) as query:
        assert found_wrong(batch, told, query) == []
    assert run_check(shop) == (0, "")


@pytest.mark.full
def test_a_screen_that_sends_twice_is_caught(new_server, mutant_database, new_page, sign_in):
    shop = new_server(name=mutant_database("drive_mutant_twice", "demo"))
    batch, told = prepare(shop, new_page, sign_in)
    with statements(shop.database) as query:
        found = found_wrong(batch, told, query)
    # Not sixty, but those whose answer was lost once more.
    assert ("take", "done", TOTAL) in found
