"""What goes wrong at the screen of a batch: weights that cannot be, a basket that is changed or has nothing in it."""

import re

import pytest
from playwright.sync_api import expect

from preparing import COUNT, TAKE, TITLE, cells, fill_batch, go_to_batch
from support import Rpc

BASKETS, LINES = 3, 6


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("demo")


@pytest.fixture(scope="module")
def batch(shop):
    """A batch that somebody has begun; of its last basket nothing was found."""
    batch = fill_batch(shop, BASKETS, LINES)
    last = batch["baskets"][-1]["id"]
    empty = [cell["line"] for cell in cells(batch).values() if cell["basket"] == last]
    ops = [("begin", {}), *(("short", {"line": line, "qty": 0, "reason": "missing"}) for line in empty)]
    sent = [{"uuid": f"bad-{no}", "no": no, "kind": kind, "args": args} for no, (kind, args) in enumerate(ops, 1)]
    answer = Rpc(shop.url, shop.database, "benevole")("drive.preparation", "apply", batch["id"], "bad", sent)
    assert len(answer["done"]) == len(sent)
    return batch


@pytest.fixture
def page(shop, batch, new_page, sign_in, query):
    # The screens of other tests were closed without a word: nobody is there.
    query("DELETE FROM drive_preparation_claim")
    page = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    sign_in(page, "benevole")
    go_to_batch(page, batch)
    expect(page.locator(COUNT)).to_be_visible()
    return page


def go_to(page, stop):
    page.locator(COUNT).tap()
    page.locator(".o_drive_line", has_text=stop["name"]).first.tap()
    expect(page.locator(TITLE)).to_have_text(stop["name"])


def first_cell(batch, is_one):
    """A stop, and what the first basket at it wants."""
    last = batch["baskets"][-1]["id"]
    for stop in batch["stops"]:
        left = [cell for cell in stop["cells"] if cell["basket"] != last]
        if left and is_one(stop, left[0]):
            return stop, left[0]
    raise AssertionError("the batch has none")


def test_weights_that_cannot_be(page, batch, query):
    stop, cell = first_cell(batch, lambda stop, cell: stop["measured"] and 0.5 <= cell["wanted"] <= 1)
    go_to(page, stop)
    take, field = page.locator(TAKE), page.locator(".o_drive_line_step input")
    expect(take).to_have_attribute("aria-disabled", "false")
    error, question = page.locator(".o_drive_error"), page.locator(".o_drive_question")
    for typed, sentence in {
        "": "Tapez d’abord le poids",
        "0": "Ce n’est pas un poids",
        "1,5,2": "Ce n’est pas un poids",
        "9999": r"9\s999\skg, c’est trop",
        "0,001": "bien trop peu",
    }.items():
        field.fill(typed)
        take.tap()
        expect(error).to_contain_text(re.compile(sentence))
    prepared = "SELECT drive_picked, drive_prepared_qty::float FROM sale_order_line WHERE id = %s"
    field.fill("1,5")
    take.tap()
    expect(question).to_contain_text(re.compile("1,5\\skg"))
    expect(error).to_have_count(0)
    question.get_by_role("button", name="Non").tap()
    [(picked, _prepared)] = query(prepared, cell["line"])
    assert not picked
    field.fill("1,5")
    take.tap()
    treated = int(page.locator(COUNT).inner_text().split("/")[0])
    question.get_by_role("button", name="Oui").tap()
    expect(page.locator(COUNT)).to_contain_text(f"{treated + 1}/")
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    assert query(prepared, cell["line"]) == [(True, 1.5)]

    # What was done is undone by a button that says what it is; grams are meant by one touch.
    letter = next(basket["letter"] for basket in batch["baskets"] if basket["id"] == cell["basket"])
    page.get_by_role("button", name=f"Annuler {letter} : {stop['name']}").tap()
    expect(page.locator(TITLE)).to_have_text(stop["name"])
    expect(page.locator(COUNT)).to_contain_text(f"{treated}/")
    expect(take).to_have_attribute("aria-disabled", "false")
    field.fill(f"{cell['wanted'] * 1000:.0f}")
    take.tap()
    expect(error).to_contain_text("Vouliez-vous dire")
    page.tap(".o_drive_suggested")
    expect(page.locator(COUNT)).to_contain_text(f"{treated + 1}/")
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    assert query(prepared, cell["line"]) == [(True, cell["wanted"])]


def test_a_part_of_what_was_ordered(page, batch, query):
    """The reason comes first; only who found some of it is asked how much."""
    last = batch["baskets"][-1]["id"]
    cell = next(
        cell
        for cell in cells(batch).values()
        if not cell["stop"]["measured"] and cell["wanted"] > 1 and cell["basket"] != last
    )
    go_to(page, cell["stop"])
    if page.locator(".o_drive_cells .o_drive_at_hand").count() == 0:
        pytest.fail("it was taken before")
    page.tap("text=Manquant")
    expect(page.locator(".o_drive_choice")).to_have_count(0)
    page.tap(".o_drive_reasons >> text=Pas assez")
    page.tap(".o_drive_reasons >> text=Abîmé")
    treated = int(page.locator(COUNT).inner_text().split("/")[0])
    page.get_by_role("button", name="1", exact=True).tap()
    expect(page.locator(COUNT)).to_contain_text(f"{treated + 1}/")
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    noted = "SELECT drive_prepared_qty::float, drive_shortage_reason FROM sale_order_line WHERE id = ANY(%s)"
    lines = [row["line"] for row in cells(batch).values() if row["basket"] != last]
    assert (1, "damaged") in query(noted, lines)


def test_a_basket_changed_while_it_is_picked(page, batch, query):
    """What the preparer saw is not noted on what is ordered now."""
    stop, cell = first_cell(batch, lambda stop, cell: not stop["measured"])
    go_to(page, stop)
    expect(page.locator(TAKE)).to_have_attribute("aria-disabled", "false")
    query(
        "UPDATE sale_order_line SET product_uom_qty = %s, drive_ordered_qty = %s WHERE id = %s",
        *[cell["wanted"] + 1] * 2,
        cell["line"],
    )
    page.locator(TAKE).tap()
    notice = page.locator(".o_drive_notice")
    expect(notice).to_contain_text(stop["name"])
    [(picked,)] = query("SELECT drive_picked FROM sale_order_line WHERE id = %s", cell["line"])
    assert not picked
    notice.get_by_role("button").tap()
    expect(notice).to_have_count(0)
    go_to(page, stop)
    expect(page.locator(".o_drive_cells li").first).to_contain_text(f"{cell['wanted'] + 1:.0f}")


def test_a_basket_with_nothing_left_in_it(page, batch, query):
    """It is ready without a crate."""
    last = batch["baskets"][-1]
    page.locator(COUNT).tap()
    page.tap("text=Les cagettes")
    page.locator(".o_drive_tabs button").last.tap()
    expect(page.locator("h1")).to_contain_text(last["code"])
    expect(page.locator(".o_drive_crate")).to_have_count(0)
    page.get_by_role("button", name=f"Le panier {last['letter']} est prêt").tap()
    expect(page.locator(".o_drive_tabs button").last).to_contain_text("prêt")
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    [(state, total)] = query("SELECT drive_state, amount_total::float FROM sale_order WHERE id = %s", last["id"])
    assert (state, total) == ("ready", 0)
