"""Six baskets of ten lines are prepared on a phone, with somebody who joins half-way: from the board to ready."""

import pytest
from playwright.sync_api import expect

from preparing import (
    COUNT,
    TAKE,
    answer_question,
    beside,
    cells,
    fill_batch,
    go_to_batch,
    report_missing,
    take_one,
    taken,
)
from support import Rpc, run_check

BASKETS, LINES = 6, 10
TOTAL = BASKETS * LINES
SUBSTITUTE = "Comme l’autre, d’à côté"
CHOSEN = "Comme l’autre, choisi"
# What is in the crates, as the stock has it; a substitute is a line too.
HELD = """
SELECT l.id, l.drive_prepared_qty, coalesce(sum(m.quantity) FILTER (WHERE m.picked), 0)
  FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
  LEFT JOIN stock_move m ON m.sale_line_id = l.id AND m.state <> 'cancel'
 WHERE o.drive_batch_id = %s AND l.product_id IS NOT NULL
 GROUP BY l.id"""


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("demo")


@pytest.fixture
def batch(shop):
    return fill_batch(shop, BASKETS, LINES)


@pytest.fixture
def admin(shop):
    return Rpc(shop.url, shop.database, "admin")


@pytest.fixture
def join(shop, new_page, sign_in, batch):
    """A function that opens the batch as a volunteer."""

    def open_batch(login, width, height):
        page = new_page(width, height, base_url=shop.url, has_touch=True, is_mobile=width < 700)
        sign_in(page, login)
        go_to_batch(page, batch)
        return page

    return open_batch


def counted_alone(batch):
    """The articles that one basket alone has, and that are counted."""
    return [stop for stop in batch["stops"] if len(stop["cells"]) == 1 and not stop["measured"]]


def expect_count(number, total, *pages):
    for page in pages:
        expect(page.locator(COUNT)).to_contain_text(f"{number}/{total}")


def put_crates_away(page):
    """Every basket gets a crate for each way to keep; it is ready then.

    :return: how many crates there were
    """
    crates = 0
    for _basket in range(BASKETS):
        title = page.locator("h1").inner_text()
        for storage in page.locator(".o_drive_storage").all():
            storage.locator("text=Ajouter une cagette").tap()
            storage.locator(".o_drive_choice").first.tap()
            expect(storage.locator(".o_drive_crate strong")).to_be_visible()
            crates += 1
        page.tap(".o_drive_bar .o_drive_big")
        # What stands below is this basket's until the next one is named.
        expect(page.locator("h1", has_text=title)).to_have_count(0)
    return crates


def test_from_the_board_to_ready(join, batch, admin, shop, new_page, query, axe, screenshots):
    admin("sale.order", "write", [basket["id"] for basket in batch["baskets"]], {"drive_substitution": "none"})
    short = counted_alone(batch)[:4]
    replaced, asked = short[2:]
    admin("sale.order.line", "write", [replaced["cells"][0]["line"]], {"drive_substitution": "similar"})
    admin("sale.order.line", "write", [asked["cells"][0]["line"]], {"drive_substitution": "ask"})
    beside(shop, replaced, SUBSTITUTE)
    beside(shop, asked, CHOSEN)
    phone = join("benevole", 360, 740)
    phone.tap("text=Commencer")
    expect_count(0, TOTAL, phone)
    for number, stop in enumerate(short[:2], 1):
        report_missing(phone, stop)
        expect_count(number, TOTAL, phone)
    report_missing(phone, replaced)
    phone.locator(".o_drive_replace .o_drive_line", has_text=SUBSTITUTE).tap()
    # What is missing, and what replaces it, is one thing to do.
    expect_count(3, TOTAL, phone)
    report_missing(phone, asked)
    phone.locator(".o_drive_ask").tap()
    # The member may still choose something to fetch.
    expect_count(3, TOTAL, phone)
    take_one(phone, batch)
    expect_count(4, TOTAL, phone)
    expect(phone.locator(".o_drive_waiting")).to_have_text("")
    answer_question(shop, new_page, CHOSEN)
    total = TOTAL
    for number in range(4, total // 2):
        expect_count(number, total, phone)
        take_one(phone, batch)

    tablet = join("benevole2", 1024, 768)
    for number in range(total // 2, total):
        expect_count(number, total, phone, tablet)
        pages = (phone, tablet) if number % 2 else (tablet, phone)
        # Whoever has nothing left that is free is at the crates already.
        take_one(next(page for page in pages if page.locator(TAKE).count()), batch)
    expect(phone.locator("h1")).to_contain_text("Cagettes du panier")
    assert [fault for fault in axe(phone) if "o_drive" in fault] == []
    assert put_crates_away(phone) >= 9
    expect(phone.locator(".o_drive_done", has_text="Merci")).to_be_visible()
    phone.screenshot(path=screenshots / "six-baskets.png")

    expect(phone.locator(".o_drive_waiting")).to_have_text("")
    states = query("SELECT drive_state, count(*) FROM sale_order WHERE drive_batch_id = %s GROUP BY 1", batch["id"])
    assert states == [("ready", BASKETS)]
    held = query(HELD, batch["id"])
    assert [row for row in held if row[1] != row[2]] == []
    done = {line: 0 if cell["stop"] in short else taken(cell) for line, cell in cells(batch).items()}
    wanted = {stop["cells"][0]["line"]: stop["cells"][0]["wanted"] for stop in (replaced, asked)}
    added = query(
        "SELECT id, drive_substitute_of_id FROM sale_order_line WHERE drive_substitute_of_id = ANY(%s)", list(wanted)
    )
    done |= {line: wanted[missing] for line, missing in added}
    assert {line: float(qty) for line, qty, _stock in held} == done
    assert len(done) == TOTAL + 2
    assert run_check(shop) == (0, "")
