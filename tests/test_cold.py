"""Goods that are out of the cold too long are told to whoever prepares them, also without network."""

import uuid

import pytest
from playwright.sync_api import expect

from preparing import COUNT, LISTEN, cells, fill_batch, go_to_batch, on_board, take_one
from support import Rpc, statements

ALARM = ".o_drive_cold"
LATE = ".o_drive_cold_late"
MINUTE = 60_000


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("demo")


@pytest.fixture(scope="module")
def volunteer(shop):
    return Rpc(shop.url, shop.database, "benevole")


@pytest.fixture(scope="module")
def begun(shop, volunteer):
    """A batch of two baskets that somebody has begun."""
    batch = fill_batch(shop, 2, 6)
    apply_all(volunteer, batch, [("begin", {})])
    return batch


@pytest.fixture
def batch(begun, volunteer):
    """The same, with all its articles on the shelves."""
    yield begun
    now = volunteer("drive.preparation", "open", begun["id"])
    crates = [crate for basket in now["baskets"] for crate in basket["crates"]]
    done = [
        *(("undo", {"line": line}) for line, cell in cells(now).items() if cell["treated"]),
        *(("remove", {"crate": crate["id"]}) for crate in crates),
    ]
    apply_all(volunteer, begun, done)


def apply_all(volunteer, batch, done):
    """Do these things at a screen of their own, ``(kind, args)``."""
    device = uuid.uuid4().hex
    sent = [
        {"uuid": f"{device}-{no}", "no": no, "kind": kind, "args": args} for no, (kind, args) in enumerate(done, 1)
    ]
    assert len(volunteer("drive.preparation", "apply", batch["id"], device, sent)["done"]) == len(sent)


@pytest.fixture
def open_batch(shop, batch, new_page, sign_in):
    """A function that opens the batch on a phone whose clock the test turns."""

    def open_screen(width=360, height=740):
        page = new_page(width, height, base_url=shop.url, has_touch=True, is_mobile=width < 700)
        page.add_init_script(LISTEN)
        page.clock.install()
        sign_in(page, "benevole")
        go_to_batch(page, batch)
        expect(page.locator(COUNT)).to_be_visible()
        return page

    return open_screen


def chilled(batch):
    return next(stop for stop in batch["stops"] if stop["storage_class"] == "chilled")


def take_chilled(page, batch):
    """Take the first chilled article for one basket."""
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=chilled(batch)["name"]).first.tap()
    expect(page.locator(".o_drive_line_step h1")).to_have_text(chilled(batch)["name"])
    treated = page.locator(COUNT).inner_text().split("/", maxsplit=1)[0]
    take_one(page, batch)
    expect(page.locator(COUNT)).not_to_contain_text(f"{treated}/")


def pass_minutes(page, minutes):
    page.clock.fast_forward(minutes * MINUTE)


def test_the_alarm_counts_without_network(open_batch, batch, axe, screenshots):
    page = open_batch()
    take_chilled(page, batch)
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    page.context.set_offline(True)
    expect(page.locator(ALARM)).to_have_count(0)
    pass_minutes(page, 21)
    alarm = page.locator(ALARM)
    expect(alarm).to_contain_text("Frais\N{NARROW NO-BREAK SPACE}: 21 min hors du froid", use_inner_text=True)
    expect(alarm).to_contain_text("pas encore de cagette")
    expect(page.locator(LATE)).to_have_count(0)
    assert page.evaluate("heard.length") == 0
    page.screenshot(path=screenshots / "cold-warning.png")
    pass_minutes(page, 5)
    expect(page.locator(LATE)).to_contain_text("prévenez")
    page.wait_for_function("heard.length === 1 && heard[0].includes('bell')")
    assert [fault for fault in axe(page) if "o_drive" in fault] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.screenshot(path=screenshots / "cold-alarm.png")
    # It is heard once.
    pass_minutes(page, 3)
    expect(page.locator(LATE)).to_contain_text("29 min")
    assert page.evaluate("heard.length") == 1

    page.locator(LATE).locator("button").tap()
    section = page.locator(".o_drive_storage")
    section.locator("text=Ajouter une cagette").tap()
    expect(page.locator(LATE)).to_contain_text("-1")
    section.locator(".o_drive_choice").first.tap()
    expect(page.locator(ALARM)).to_have_count(0)
    page.tap("text=Retour aux articles")
    expect(page.locator(".o_drive_line_step")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".o_drive_waiting")).to_have_text("", timeout=20_000)


def test_the_clock_of_a_phone_may_be_wrong(shop, batch, open_batch, query):
    """It was hours ahead when it read the batch: the shop's clock counts."""
    page = open_batch()
    pass_minutes(page, 6 * 60)
    page.reload()
    take_chilled(page, batch)
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    expect(page.locator(ALARM)).to_have_count(0)
    lines = [cell["line"] for cell in chilled(batch)["cells"]]
    [(count,)] = query(
        "SELECT count(*) FROM sale_order_line"
        " WHERE drive_picked_at > (now() AT TIME ZONE 'UTC') - interval '5 minutes' AND id = ANY(%s)",
        lines,
    )
    assert count == 1
    query(
        "UPDATE sale_order_line SET drive_picked_at = drive_picked_at - interval '40 minutes'"
        " WHERE drive_picked_at IS NOT NULL AND id = ANY(%s)",
        lines,
    )
    page.reload()
    expect(page.locator(LATE)).to_contain_text("40 min")
    page.get_by_role("button", name="Retour aux paniers").click()
    page.click("text=Les jours à venir")
    row = page.locator(on_board(batch))
    expect(row).to_contain_text("40 min hors du froid")


def test_a_silent_device(open_batch, batch):
    page = open_batch()
    page.get_by_role("button", name="Couper le son").click()
    take_chilled(page, batch)
    pass_minutes(page, 30)
    expect(page.locator(LATE)).to_be_visible()
    assert page.evaluate("heard.length") == 0


def check_half_put_away(volunteer, batch, query):
    """Of two crates of one basket's cold goods one is in the fridge: the other one is still told of."""
    stop = chilled(batch)
    cell = stop["cells"][0]
    fridge = next(place["id"] for place in batch["places"] if place["storage_class"] == "chilled")
    crate = {"order": cell["basket"], "storage_class": "chilled"}
    ops = [
        ("take", {"line": cell["line"], "qty": cell["wanted"]}),
        ("crate", {**crate, "number": 1}),
        ("crate", {**crate, "number": 2}),
        ("place", {"order": cell["basket"], "number": 1, "place": fridge}),
    ]
    sent = [{"uuid": f"half-{no}", "no": no, "kind": kind, "args": args} for no, (kind, args) in enumerate(ops, 1)]
    assert len(volunteer("drive.preparation", "apply", batch["id"], "half", sent)["done"]) == len(ops)
    query(
        "UPDATE sale_order_line SET drive_picked_at = drive_picked_at - interval '40 minutes' WHERE id = %s",
        cell["line"],
    )
    rows = [row for window in volunteer("drive.preparation", "board")["windows"] for row in window["batches"]]
    [row] = [row for row in rows if row["id"] == batch["id"]]
    assert row["cold"], "nobody is told of the crate in the warm"


def test_one_crate_in_the_fridge_is_not_all(volunteer, batch, query):
    check_half_put_away(volunteer, batch, query)


def test_an_alarm_that_one_crate_ends_is_caught(mutant_database, new_server):
    shop = new_server(name=mutant_database("drive_mutant_cold", "demo"))
    batch = fill_batch(shop, 2, 6)
    volunteer = Rpc(shop.url, shop.database, "benevole")
    begin = {"uuid": "begins", "no": 1, "kind": "begin", "args": {}}
    assert volunteer("drive.preparation", "apply", batch["id"], "begins", [begin])["done"]
    with statements(shop.database) as query, pytest.raises(AssertionError, match="in the warm"):
        check_half_put_away(volunteer, batch, query)


def test_one_basket_alone_and_the_managers_day(shop, batch, volunteer, new_page, sign_in, query, screenshots):
    cell = chilled(batch)["cells"][0]
    apply_all(volunteer, batch, [("take", {"line": cell["line"], "qty": cell["wanted"], "sure": True})])
    query(
        "UPDATE sale_order_line SET drive_picked_at = drive_picked_at - interval '30 minutes' WHERE id = %s",
        cell["line"],
    )
    page = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    sign_in(page, "benevole")
    page.goto(f"/odoo/preparation/{cell['basket']}")
    expect(page.locator(LATE)).to_contain_text("30 min")
    page.screenshot(path=screenshots / "cold-order.png")
    page = new_page(1280, 900, base_url=shop.url)
    sign_in(page, "responsable")
    page.goto("/odoo/drive-today")
    expect(page.locator(".o_drive_today_attention")).to_contain_text("30 min hors du froid, et pas encore rangé")
    page.screenshot(path=screenshots / "cold-today.png")
