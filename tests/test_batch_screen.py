"""Volunteers prepare the baskets of a batch together, on a phone, also without network."""

import pytest
from playwright.sync_api import expect

from preparing import (
    APPLY,
    COUNT,
    TAKE,
    TITLE,
    answer_question,
    beside,
    cells,
    on_board,
    press,
    report_missing,
    take_one,
    typed,
)
from support import Rpc


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its batches are prepared here and nowhere else."""
    return new_server("demo")


@pytest.fixture(scope="module")
def rpc(shop, query):
    """A volunteer's calls of a shop with small batches, all of them anew."""
    query("UPDATE drive_point SET batch_size = 2")
    query("UPDATE stock_picking SET batch_id = NULL WHERE state NOT IN ('done', 'cancel')")
    query("UPDATE sale_order SET drive_batch_id = NULL WHERE drive_state = 'confirmed'")
    query("UPDATE stock_picking_batch SET state = 'cancel'")
    call = Rpc(shop.url, shop.database, "benevole")
    return lambda method, *values: call("drive.preparation", method, *values, context={"lang": "fr_FR"})


@pytest.fixture
def batch(rpc):
    """The largest batch that nobody has begun, as the server tells it."""
    rows = [row for window in rpc("board")["windows"] for row in window["batches"] if row["state"] == "to_do"]
    return rpc("open", max(rows, key=lambda row: row["total"])["id"])


@pytest.fixture
def open_batch(shop, new_page, sign_in):
    """A function that opens a batch as a volunteer."""

    def open_screen(batch, login, width=360, height=740):
        page = new_page(width, height, base_url=shop.url, has_touch=True, is_mobile=width < 700)
        sign_in(page, login)
        page.goto("/odoo/preparation")
        page.tap(on_board(batch))
        return page

    return open_screen


READY = ".o_drive_bar > .o_drive_big"
# The height of a tablet held across that its keyboard leaves free.
KEYBOARD_LEAVES = 400


# Off by default in axe: what is read on a button is a part of its name for screen readers.
NAMES = """async () => (await axe.run(".o_drive_preparation", {
    runOnly: {type: "rule", values: ["label-content-name-mismatch"]},
})).violations.flatMap(({nodes}) => nodes.map(({html}) => html))"""
# Words of buttons that stand on two lines.
BROKEN = """() => [...document.querySelectorAll(".o_drive_first")].filter((button) => {
    const range = document.createRange();
    const text = [...button.childNodes].find((node) => node.nodeType === 3 && node.data.trim());
    range.selectNodeContents(text);
    return range.getClientRects().length !== 1;
}).map((button) => button.outerHTML)"""


def faults(axe, page):
    """What axe finds on the screen; Odoo's own bar is not ours."""
    found = [fault for fault in axe(page) if "o_drive" in fault]
    return [*found, *page.evaluate(NAMES), *page.evaluate(BROKEN)]


def treated(query, batch):
    """How often each line was noted, by what the stock holds."""
    return query(
        "SELECT count(*) FROM sale_order_line WHERE drive_picked AND id = ANY(%s)",
        list(cells(batch)),
    )[0][0]


def test_what_is_poured_has_no_weight(open_batch, rpc, query, screenshots):
    """It is measured in its own unit."""
    batch, cell, stop = left_to_take(rpc, query, lambda left, stop: stop["measured"] and not stop["weighed"])
    page = open_batch(batch, "benevole", 1024, 768)
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    letter = next(basket["letter"] for basket in batch["baskets"] if basket["id"] == cell["basket"])
    expect(page.locator(".o_drive_field")).to_contain_text(f"Quantité en {stop['unit']} pour le panier {letter}")
    take = page.locator(TAKE)
    expect(take).to_have_attribute("aria-disabled", "false")
    expect(take).to_contain_text("quantité prise")
    take.tap()
    expect(page.locator(".o_drive_error")).to_contain_text(f"en {stop['unit']}")
    field = page.locator(".o_drive_line_step input")
    field.fill(typed(cell["wanted"]))
    page.screenshot(path=screenshots / "batch-poured.png")


def test_what_is_typed_stays_above_the_keyboard(open_batch, rpc, query, screenshots):
    """Of a tablet that is held across."""
    batch, cell, stop = left_to_take(rpc, query, lambda _left, stop: stop["measured"])
    page = open_batch(batch, "benevole", 1024, 768)
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    take, field = page.locator(TAKE), page.locator(".o_drive_line_step input")
    field.fill(typed(cell["wanted"]))
    # As a keyboard does: the page stays as high as it was, and less of it is seen.
    page.evaluate(
        """height => {
            Object.defineProperty(visualViewport, "height", {get: () => height});
            visualViewport.dispatchEvent(new Event("resize"));
        }""",
        KEYBOARD_LEAVES,
    )
    page.wait_for_function(
        "height => document.querySelector('.o_drive_taken').getBoundingClientRect().bottom <= height",
        arg=KEYBOARD_LEAVES,
    )
    head, bar = page.locator(".o_drive_head").bounding_box(), page.locator(".o_drive_bar").bounding_box()
    for seen, bottom in (
        (field, KEYBOARD_LEAVES),
        (take, KEYBOARD_LEAVES),
        (page.locator(TITLE), bar["y"]),
        (page.locator(".o_drive_at_hand strong"), bar["y"]),
    ):
        box = seen.bounding_box()
        assert head["y"] + head["height"] <= box["y"], box
        assert box["y"] + box["height"] <= bottom, box
    page.screenshot(
        path=screenshots / "batch-keyboard.png", clip={"x": 0, "y": 0, "width": 1024, "height": KEYBOARD_LEAVES}
    )


def test_a_batch_on_a_phone(open_batch, batch, query, axe, screenshots):
    page = open_batch(batch, "benevole")
    expect(page.locator(".o_drive_marks li")).to_have_count(len(batch["baskets"]))
    page.screenshot(path=screenshots / "batch-begin.png")
    assert faults(axe, page) == []
    page.tap("text=Commencer")
    total = len(cells(batch))
    for number in range(total):
        expect(page.locator(COUNT)).to_contain_text(f"{number}/{total}")
        if number < 3:
            page.screenshot(path=screenshots / f"batch-stop-{number}.png")
            assert faults(axe, page) == []
        take_one(page, batch)
    expect(page.locator("h1")).to_contain_text("Cagettes du panier")
    page.screenshot(path=screenshots / "batch-crates.png")
    assert faults(axe, page) == []
    asked = 0
    standing = {place["name"]: place["crates"] for place in batch["places"]}
    for basket in batch["baskets"]:
        storages = page.locator(".o_drive_storage").all()
        for number, storage in enumerate(storages, 1):
            storage.locator("text=Ajouter une cagette").tap()
            # Each place says how many crates stand there, also those of other batches.
            place = storage.locator(".o_drive_choice").first
            name, text = place.locator("span").inner_text(), place.locator("small").inner_text()
            assert text == (f"{standing[name]} cagette{'s' * (standing[name] > 1)}" if standing[name] else "libre")
            standing[name] += 1
            # To take a crate away is none of the places.
            expect(storage.get_by_role("group").get_by_text("Retirer")).to_have_count(0)
            expect(storage.get_by_role("button", name="Retirer la cagette")).to_be_visible()
            if number == 1:
                page.screenshot(path=screenshots / "batch-places.png")
            place.tap()
            expect(storage.locator(".o_drive_crate strong")).to_be_visible()
            if number < len(storages):
                # What is cold has no crate yet.
                page.tap(READY)
                question = page.locator(".o_drive_question", has_text="n’a pas de cagette pour")
                expect(question).to_be_visible()
                assert faults(axe, page) == []
                question.locator("text=Non").tap()
                asked += 1
        page.tap(READY)
        told = f"Le panier {basket['letter']} est prêt, {basket['name']} est prévenu·e."
        expect(page.locator(".o_drive_done", has_text=told)).to_be_in_viewport()
    assert asked
    expect(page.locator(".o_drive_done", has_text="Merci")).to_be_visible()
    page.screenshot(path=screenshots / "batch-done.png")
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    assert treated(query, batch) == total
    states = "SELECT DISTINCT drive_state FROM sale_order WHERE id = ANY(%s)"
    assert query(states, [basket["id"] for basket in batch["baskets"]]) == [("ready",)]


def test_without_network_nothing_is_lost(open_batch, batch, query):
    """The line is cut in the middle, the page is loaded again, another screen is at it too."""
    total = len(cells(batch))
    phone, tablet = open_batch(batch, "benevole"), open_batch(batch, "benevole2", 1024, 768)
    waiting = phone.locator(".o_drive_waiting")

    def expect_count(page, number):
        expect(page.locator(COUNT)).to_contain_text(f"{number}/{total}")

    phone.tap("text=Commencer")
    expect_count(phone, 0)
    take_one(phone, batch)
    # Somebody who comes later, without a finger to tap with, goes to the end of the walk.
    expect_count(tablet, 1)
    press(tablet.locator(COUNT))
    press(tablet.locator(".o_drive_line").last)
    expect(tablet.locator(TITLE)).to_have_text(batch["stops"][-1]["name"])

    expect(waiting).to_have_text("")
    phone.context.set_offline(True)
    for number in (2, 3):
        take_one(phone, batch)
        expect_count(phone, number)
    expect(waiting).to_have_text("2 à envoyer")
    take_one(tablet, batch, press)
    expect_count(tablet, 2)
    expect(tablet.locator(".o_drive_waiting")).to_have_text("")
    assert treated(query, batch) == 2
    phone.context.set_offline(False)
    expect(waiting).to_have_text("")
    expect_count(phone, 4)
    expect_count(tablet, 4)
    assert treated(query, batch) == 4

    # The server answers, but to what was done: it is on the device when the page comes again.
    phone.route("**/drive.preparation/apply*", lambda route: route.abort())
    for number in (5, 6):
        take_one(phone, batch)
        expect_count(phone, number)
    phone.reload()
    expect_count(phone, 6)
    expect(waiting).to_have_text("2 à envoyer")
    assert treated(query, batch) == 4
    phone.unroute("**/drive.preparation/apply*")
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(waiting).to_have_text("")
    expect_count(phone, 6)
    expect_count(tablet, 6)
    assert treated(query, batch) == 6


def test_what_was_cancelled_goes_back(open_batch, shop, rpc, axe, screenshots):
    """A basket is cancelled in the middle: whoever is there sees what is to put back."""
    rows = [row for window in rpc("board")["windows"] for row in window["batches"] if row["state"] == "in_work"]
    batch, basket = next(
        (batch, basket)
        for batch in (rpc("open", row["id"]) for row in rows)
        for basket in batch["baskets"]
        if basket["state"] == "preparing"
    )
    taken = [cell for cell in cells(batch).values() if cell["basket"] == basket["id"] and cell["prepared"]]
    assert taken
    page = open_batch(batch, "benevole")
    expect(page.locator(COUNT)).to_be_visible()
    card = page.locator(".o_drive_back")
    expect(card).to_have_count(0)
    Rpc(shop.url, shop.database, "admin")("sale.order", "action_cancel", [basket["id"]])
    expect(card).to_contain_text(f"Panier {basket['letter']}")
    expect(card.locator("li")).to_have_count(len(taken))
    page.screenshot(path=screenshots / "batch-back.png")
    assert faults(axe, page) == []
    card.locator("button").tap()
    expect(card).to_have_count(0)
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    assert rpc("open", batch["id"])["back"] == []


def left_to_take(rpc, query, fits):
    """A batch at work, and what a basket is still to get of an article that fits."""
    # The screens of other tests were closed without a word: nobody is there.
    query("DELETE FROM drive_preparation_claim")
    rows = [row for window in rpc("board")["windows"] for row in window["batches"] if row["state"] != "ready"]
    taken = []
    for row in rows:
        begin = {"uuid": f"begin-{row['id']}", "no": 1, "kind": "begin", "args": {"sure": True}}
        assert rpc("apply", row["id"], f"test-{row['id']}", [begin])["done"]
        batch = rpc("open", row["id"])
        for stop in batch["stops"]:
            left = [cell for cell in stop["cells"] if not cell["treated"]]
            if left and fits(left, stop):
                return batch, left[0], stop
            taken += [(row["id"], cell) for cell in stop["cells"] if cell["treated"] and fits([cell], stop)]
    # Other tests took all that fits: one of it goes back.
    batch_id, cell = taken[0]
    undo = {"uuid": f"undo-{cell['line']}", "no": 1, "kind": "undo", "args": {"line": cell["line"]}}
    assert rpc("apply", batch_id, f"undo-{cell['line']}", [undo])["done"]
    batch = rpc("open", batch_id)
    cell = cells(batch)[cell["line"]]
    return batch, cell, cell["stop"]


def counted_cell(rpc, query):
    return left_to_take(rpc, query, lambda left, stop: len(left) == 1 and not stop["measured"])


def test_what_is_missing_is_replaced(open_batch, shop, rpc, query, axe, screenshots):
    """Two taps put in what is similar; the shortage undone takes it out again."""
    batch, cell, stop = counted_cell(rpc, query)
    treated, total = sum(row["treated"] for row in cells(batch).values()), len(cells(batch))
    name = f"{stop['name']} d’à côté"
    beside(shop, stop, name)
    Rpc(shop.url, shop.database, "admin")("sale.order.line", "write", cell["line"], {"drive_substitution": "similar"})
    page = open_batch(batch, "benevole")
    report_missing(page, stop)
    # It was there all the same.
    page.tap(".o_drive_replace >> text=Retour à l’article")
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    expect(page.locator(COUNT)).to_contain_text(f"{treated}/{total}")
    report_missing(page, stop)
    proposal = page.locator(".o_drive_replace .o_drive_line", has_text=name)
    expect(proposal).to_have_attribute("aria-disabled", "false")
    page.screenshot(path=screenshots / "batch-replace.png")
    assert faults(axe, page) == []
    with page.expect_response(APPLY):
        proposal.tap()
    expect(page.locator(".o_drive_replace")).to_have_count(0)
    # One thing was to do, and is done.
    expect(page.locator(COUNT)).to_contain_text(f"{treated + 1}/{total}")

    def replacing():
        return [row for row in cells(rpc("open", batch["id"])).values() if row["replaces"] == cell["line"]]

    [row] = replacing()
    assert (row["stop"]["name"], row["prepared"], row["treated"]) == (name, cell["wanted"], True)
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    missing = page.locator(".o_drive_cells li", has_text=f"à la place : {name}")
    expect(missing).to_be_visible()
    page.screenshot(path=screenshots / "batch-replaced.png")
    assert faults(axe, page) == []
    with page.expect_response(APPLY):
        missing.locator(".o_drive_done_button").tap()
    expect(page.locator(COUNT)).to_contain_text(f"{treated}/{total}")
    assert replacing() == []


def test_what_is_typed_anew_is_asked_anew(open_batch, rpc, query):
    """A weight that is corrected, and "not enough" without how much there was."""
    batch, cell, stop = left_to_take(
        rpc, query, lambda left, stop: stop["measured"] and left[0]["highest"] > left[0]["most"]
    )
    page = open_batch(batch, "benevole")
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    # Who looks at the list, or at the crates, comes back to where they were.
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    page.locator(COUNT).tap()
    page.tap(".o_drive_bar >> text=Continuer")
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    page.locator(COUNT).tap()
    page.tap("text=Les cagettes")
    page.tap("text=Retour aux articles")
    expect(page.locator(TITLE)).to_be_visible()
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    field = page.locator(".o_drive_line_step input")
    field.fill(typed(cell["highest"]))
    page.tap(TAKE)
    question = page.locator(".o_drive_question", has_text="Est-ce vraiment")
    expect(question).to_contain_text(stop["unit"])
    field.fill(typed(cell["wanted"]))
    expect(question).to_have_count(0)
    expect(page.locator(TAKE)).to_be_visible()
    page.tap("text=Manquant")
    page.tap(".o_drive_reasons >> text=Pas assez")
    page.tap("text=c’est tout ce qu’il y a")
    expect(page.locator(".o_drive_error")).to_contain_text("Dites d’abord combien")
    assert treated(query, batch) == sum(row["treated"] for row in cells(batch).values())


def test_the_next_baskets_may_be_begun(shop, rpc, query, new_page, sign_in, screenshots):
    """Who goes on with what others have left reads so, with where its crates are."""
    query("DELETE FROM drive_preparation_claim")
    rows = [row for window in rpc("board")["windows"] if not window["later"] for row in window["batches"]]
    row = next(row for row in rows if row["state"] != "ready")
    batch = rpc("open", row["id"])
    basket = next(basket for basket in batch["baskets"] if basket["state"] != "ready")
    place = next(place for place in batch["places"] if place["storage_class"] == "ambient")
    crate = {"order": basket["id"], "number": 1 + max((row["number"] for row in basket["crates"]), default=0)}
    ops = [
        ("begin", {"sure": True}),
        ("crate", {**crate, "storage_class": "ambient"}),
        ("place", {**crate, "place": place["id"]}),
    ]
    sent = [{"uuid": f"next-{no}", "no": no, "kind": kind, "args": args} for no, (kind, args) in enumerate(ops, 1)]
    assert len(rpc("apply", row["id"], "next", sent)["done"]) == len(ops)
    page = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    sign_in(page, "benevole")
    page.goto("/odoo/preparation")
    button = page.locator(".o_drive_next")
    expect(button).to_contain_text("Continuer la tournée commencée à")
    expect(button).to_contain_text("on reprend où on en était")
    expect(button).to_contain_text(place["name"])
    shown = page.locator(on_board(batch))
    for basket in batch["baskets"]:
        expect(shown).to_contain_text(f"{basket['letter']} {basket['name']}")
    expect(shown).not_to_contain_text("BATCH")
    page.screenshot(path=screenshots / "batch-board.png")
    button.tap()
    expect(page.locator(COUNT)).to_be_visible()


def test_the_member_is_asked(open_batch, shop, rpc, query, new_page, axe, screenshots):
    """The preparer goes on; what the member chooses on a phone is one more stop, at once."""
    batch, cell, stop = counted_cell(rpc, query)
    treated, total = sum(row["treated"] for row in cells(batch).values()), len(cells(batch))
    admin = Rpc(shop.url, shop.database, "admin")
    name = f"{stop['name']} choisi"
    beside(shop, stop, name)
    admin("sale.order.line", "write", cell["line"], {"drive_substitution": "ask"})
    page = open_batch(batch, "benevole")
    report_missing(page, stop)
    ask = page.locator(".o_drive_ask")
    expect(ask).to_have_attribute("aria-disabled", "false")
    expect(page.locator(".o_drive_replace")).to_contain_text(name)
    page.screenshot(path=screenshots / "batch-ask.png")
    assert faults(axe, page) == []
    ask.tap()
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    # Until when, the server says: the question is there then.
    expect(page.locator(".o_drive_cells")).to_contain_text("réponse avant")
    page.screenshot(path=screenshots / "batch-asked.png")
    assert [row["line"] for row in rpc("open", batch["id"])["questions"]] == [cell["line"]]

    answer_question(shop, new_page, name)
    expect(page.locator(".o_drive_cells")).to_contain_text(f"à la place : {name}", use_inner_text=True)
    # It is one thing to do, done when it is in the crate.
    expect(page.locator(COUNT)).to_contain_text(f"{treated}/{total}")
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=name).tap()
    expect(page.locator(TITLE)).to_have_text(name)
    expect(page.locator(".o_drive_cells")).to_contain_text(f"remplace : {stop['name']}", use_inner_text=True)
    page.locator(TAKE).tap()
    expect(page.locator(COUNT)).to_contain_text(f"{treated + 1}/{total}")
