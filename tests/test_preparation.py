"""A volunteer prepares one basket of a batch on a phone; two of them work on the same one."""

import pytest
from playwright.sync_api import expect

from people import unfold
from preparing import COUNT, TAKE, TITLE, answer_question, beside, not_begun, report_missing
from support import Rpc, scan

READY = ".o_drive_bar > .o_drive_big"
NEIGHBOURS = "SELECT id, drive_state FROM sale_order WHERE drive_batch_id = %s AND id != %s ORDER BY id"
PERSON = "SELECT p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id WHERE u.login = %s"


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its baskets are prepared here and nowhere else."""
    return new_server("demo")


@pytest.fixture
def order(query, call):
    """A basket that nobody has begun, with something to weigh."""
    # The screens of other tests were closed without a word: nobody is there.
    query("DELETE FROM drive_preparation_claim")
    return not_begun(call)


@pytest.fixture
def open_order(shop, new_page, sign_in):
    """A function that opens an order by its address: on a phone, or on a tablet."""

    def open_screen(order, login, width=360, height=740):
        page = new_page(width, height, base_url=shop.url, has_touch=True, is_mobile=width < 700)
        sign_in(page, login)
        page.goto(f"/odoo/preparation/{order['id']}")
        # The first page of a shop makes the files of Odoo's client.
        page.locator(".o_drive_order_screen").wait_for(timeout=60_000)
        return page

    return open_screen


def on_hand(query):
    return query("SELECT product_id, location_id, sum(quantity) FROM stock_quant GROUP BY 1, 2 ORDER BY 1, 2")


def test_a_basket_on_a_phone(shop, new_page, sign_in, axe, screenshots, query, order):
    stock, neighbours = on_hand(query), query(NEIGHBOURS, order["batch"], order["id"])
    query("UPDATE sale_order_line SET drive_substitution = 'none' WHERE order_id = %s", order["id"])
    phone = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    sign_in(phone, "benevole")
    phone.goto("/odoo/preparation")
    row = phone.locator(".o_drive_order").filter(has_text=order["code"])
    phone.locator(".o_drive_board").wait_for()
    unfold(phone.locator(".o_drive_board"), row)
    row.tap()
    # Its neighbours are not shown.
    expect(phone.locator(".o_drive_marks li")).to_have_count(1)
    expect(phone.locator(".o_drive_marks")).to_contain_text(order["code"])
    phone.screenshot(path=screenshots / "alone-begin.png")
    assert axe_in_screen(axe, phone) == []
    phone.tap("text=Commencer")
    total = len(order["lines"])
    expect(phone.locator(COUNT)).to_contain_text(f"0/{total}")

    weighed, short = take_all(phone, order, axe)

    # A reload, or a phone that was off, comes back to the same place.
    phone.reload()
    expect(phone.locator("h1")).to_contain_text("Les cagettes")
    expect(phone.get_by_role("link", name="Imprimer étiquettes et listes")).to_be_visible()
    put_crates_away(phone)
    phone.screenshot(path=screenshots / "alone-crates.png")
    assert axe_in_screen(axe, phone) == []
    phone.tap(READY)
    expect(phone.locator(".o_drive_done")).to_contain_text(order["name"])
    expect(phone.get_by_role("button", name="Reprendre la préparation")).to_be_visible()
    phone.screenshot(path=screenshots / "alone-ready.png")
    assert axe_in_screen(axe, phone) == []
    expect(phone.locator(".o_drive_waiting")).to_have_text("")

    [(state, told)] = query("SELECT drive_state, drive_told_at IS NOT NULL FROM sale_order WHERE id = %s", order["id"])
    assert (state, told) == ("ready", True)
    expect_prepared(query, order, weighed, short)
    assert on_hand(query) == stock, "nothing leaves before it is paid"
    assert query(NEIGHBOURS, order["batch"], order["id"]) == neighbours, "they wait as before"

    # Something was forgotten.
    phone.tap("text=Reprendre la préparation")
    expect(phone.locator(READY)).to_have_text("Le panier est prêt")
    expect(phone.locator(".o_drive_waiting")).to_have_text("")
    assert query("SELECT drive_state FROM sale_order WHERE id = %s", order["id"]) == [("preparing",)]


def take_all(phone, order, axe):
    """Take what the screen asks for: one weight is not expected, one article is missing, and
    once the network is.

    :return: the ids of the lines that were weighed, and of the one that is missing
    """
    total = len(order["lines"])
    weighed, short, lost = set(), None, False
    for number, line in enumerate(order["lines"], 1):
        expect(phone.locator(TITLE)).to_have_text(line["name"])
        assert axe_in_screen(axe, phone) == []
        if line["measured"]:
            weigh(phone, line, ask=not weighed)
            weighed.add(line["id"])
        elif short is None:
            phone.tap("text=Manquant")
            phone.tap("text=Introuvable en rayon")
            short = line["id"]
        elif not lost:
            lost = reload_without_network(phone, number, total)
        else:
            # Two taps of a cold finger are one.
            expect(phone.locator(TAKE)).to_be_enabled()
            phone.locator(TAKE).evaluate("button => { button.click(); button.click(); }")
        expect(phone.locator(COUNT)).to_contain_text(f"{number}/{total}")
    assert weighed, "the order has something to weigh"
    assert lost
    return weighed, short


def expect_prepared(query, order, weighed, short):
    lines = query(
        "SELECT l.id, l.product_uom_qty, l.drive_prepared_qty, l.drive_ordered_qty, sum(m.quantity)"
        " FROM sale_order_line l JOIN stock_move m ON m.sale_line_id = l.id AND m.state NOT IN ('done', 'cancel')"
        " WHERE l.order_id = %s GROUP BY l.id",
        order["id"],
    )
    assert len(lines) == len(order["lines"])
    for line_id, quantity, prepared, ordered, moved in lines:
        assert float(quantity) == float(prepared) == float(moved)
        if line_id == short:
            assert prepared == 0
        elif line_id in weighed:
            assert 0 < abs(float(prepared - ordered)) < float(ordered) * 0.3
        else:
            assert prepared == ordered


def weigh(phone, line, ask):
    """Type the weight as a person does: first nothing, then grams, then kilos with
    a comma; when `ask`, one that is not expected."""
    phone.tap(TAKE)
    expect(phone.locator(".o_drive_error")).to_be_visible()
    field = phone.locator(".o_drive_line_step input")
    # What a scanner types is no weight.
    field.fill("PLACE-F9")
    field.press("Enter")
    expect(phone.locator(".o_drive_notice")).to_contain_text("PLACE-F9")
    expect(field).to_have_value("")
    field.fill("900")
    phone.tap(TAKE)
    expect(phone.locator(".o_drive_error")).to_contain_text("trop")
    field.fill(f"{line['wanted'] * (1.2 if ask else 1.05):.3f}".replace(".", ","))
    phone.tap(TAKE)
    if ask:
        phone.tap(".o_drive_question >> text=Oui")


def reload_without_network(phone, number, total):
    """Nothing reaches the server's preparation, also while the page comes again."""
    calls = "**/drive.preparation/**"
    expect(phone.locator(".o_drive_waiting")).to_have_text("")
    phone.route(calls, lambda route: route.abort())
    phone.tap(TAKE)
    expect(phone.locator(".o_drive_waiting")).to_have_text("1 à envoyer")
    phone.reload()
    expect(phone.locator(COUNT)).to_contain_text(f"{number}/{total}")
    expect(phone.locator(".o_drive_waiting")).to_have_text("1 à envoyer")
    phone.unroute(calls)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator(".o_drive_waiting")).to_have_text("")
    return True


def put_crates_away(phone):
    for storage in phone.locator(".o_drive_storage").all():
        storage.locator("text=Ajouter une cagette").tap()
        place = storage.locator(".o_drive_choice").first
        name = place.inner_text().splitlines()[0]
        place.tap()
        expect(storage.locator(".o_drive_crate strong")).to_have_text(name)


def test_two_people_at_one_basket(open_order, call, query, axe, screenshots, order):
    """They are sent to different articles, the list says who is where, and nothing changes
    under a finger."""
    assert call.does(order, "begin", order=order["id"], sure=True)[0] == "done"
    total = len(order["lines"])
    first, second, *_others = order["lines"]
    phone = open_order(order, "benevole")
    expect(phone.locator(TITLE)).to_have_text(first["name"])
    # Kept from others: the server knows.
    with phone.expect_response("**/drive.preparation/claim*"):
        phone.reload()
    tablet = open_order(order, "benevole2", 1024, 768)
    expect(tablet.locator(TITLE)).to_have_text(second["name"])
    tablet.locator(COUNT).tap()
    [(name,)] = query(PERSON, "benevole")
    there = tablet.locator(".o_drive_line", has_text=first["name"])
    expect(there).to_contain_text(name.split()[0])
    tablet.screenshot(path=screenshots / "alone-list-1024.png")
    assert axe_in_screen(axe, tablet) == []
    # Who wants to go there all the same is told.
    there.tap()
    expect(tablet.locator(".o_drive_notice")).to_contain_text("Quelqu’un d’autre")
    expect(tablet.locator(TITLE)).to_have_text(second["name"])
    field = tablet.locator(".o_drive_line_step input")
    if field.count():
        field.fill(f"{second['wanted']:.3f}".replace(".", ","))
    tablet.locator(TAKE).tap()
    expect(phone.locator(COUNT)).to_contain_text(f"1/{total}")
    expect(phone.locator(TITLE)).to_have_text(first["name"])


def counted(order):
    """Its lines that are counted."""
    return [line for line in order["lines"] if not line["measured"] and not line["treated"]]


def test_what_is_missing_in_one_basket(shop, call, open_order, new_page, axe, screenshots, query, order):
    """As in a batch: something similar goes in its place, or the member is asked meanwhile."""
    call.does(order, "begin", order=order["id"], sure=True)
    # Somebody else is at the first one.
    similar, ask = counted(order)[-2:]
    others = {line["id"]: f"{line['name']}, presque" for line in (similar, ask)}
    for line, wish in ((similar, "similar"), (ask, "ask")):
        [(product,)] = query("SELECT product_id FROM sale_order_line WHERE id = %s", line["id"])
        beside(shop, {"id": product}, others[line["id"]])
        query("UPDATE sale_order_line SET drive_substitution = %s WHERE id = %s", wish, line["id"])
    total = len(order["lines"])
    tablet = open_order(order, "benevole2", 1280, 800)
    expect(tablet.locator(TITLE)).to_be_visible()
    tablet.locator(COUNT).tap()
    tablet.screenshot(path=screenshots / "alone-list-1280.png")
    phone = open_order(order, "benevole")
    expect(phone.locator(TITLE)).to_be_visible()
    report_missing(phone, similar)
    proposal = phone.locator(".o_drive_replace .o_drive_line", has_text=others[similar["id"]])
    expect(proposal).to_have_attribute("aria-disabled", "false")
    phone.screenshot(path=screenshots / "alone-replace.png")
    assert axe_in_screen(axe, phone) == []
    proposal.tap()
    for page in (phone, tablet):
        expect(page.locator(COUNT)).to_contain_text(f"1/{total}")
    report_missing(phone, ask)
    phone.locator(".o_drive_ask[aria-disabled=false]").tap()
    phone.locator(COUNT).tap()
    phone.locator(".o_drive_line", has_text=ask["name"]).first.tap()
    expect(phone.locator(".o_drive_cells")).to_contain_text("réponse avant")
    phone.screenshot(path=screenshots / "alone-asked.png", full_page=True)
    assert axe_in_screen(axe, phone) == []
    answer_question(shop, new_page, others[ask["id"]])
    # What the member chose is still to be taken.
    expect(tablet.locator(".o_drive_line", has_text=others[ask["id"]]).last).to_be_visible()
    phone.locator(COUNT).tap()
    phone.locator(".o_drive_line", has_text=others[ask["id"]]).last.tap()
    expect(phone.locator(".o_drive_cells")).to_contain_text(f"remplace : {ask['name']}", use_inner_text=True)
    phone.tap(TAKE)
    expect(phone.locator(COUNT)).to_contain_text(f"2/{total}")

    # Found after all: what replaced it goes.
    tablet.locator(".o_drive_line", has_text=similar["name"]).first.tap()
    missing = tablet.locator(".o_drive_cells li", has_text=f"à la place : {others[similar['id']]}")
    missing.locator(".o_drive_done_button").tap()
    for page in (phone, tablet):
        expect(page.locator(COUNT)).to_contain_text(f"1/{total}")
    rows = query("SELECT drive_substitute_of_id FROM sale_order_line WHERE order_id = %s", order["id"])
    assert [row for row in rows if row[0]] == [(ask["id"],)]


def test_what_belongs_to_a_neighbour(open_order, call):
    """The codes of its batch's other baskets are none of this one; the board opens each."""
    batches = [call("open", row["id"]) for window in call("board")["windows"] for row in window["batches"]]
    order, other = next(batch["baskets"][:2] for batch in batches if len(batch["baskets"]) > 1)
    page = open_order(order, "benevole")
    expect(page.locator(".o_drive_head_name")).to_contain_text(order["code"])
    scan(page, other["code"])
    expect(page.locator(".o_drive_notice")).to_contain_text("un autre panier")
    page.get_by_role("button", name="Retour aux paniers").first.tap()
    page.locator(".o_drive_board").wait_for()
    scan(page, other["code"])
    expect(page.locator(".o_drive_head_name")).to_contain_text(other["code"])


def test_a_basket_that_is_no_longer_to_prepare(open_order, shop, call, query, axe):
    """Cancelled while somebody is at it; and its address afterwards."""
    waiting = [row for window in call("board")["windows"] for row in window["orders"] if row["state"] == "confirmed"]
    order = call.basket(waiting[-1]["id"])
    page = open_order(order, "benevole")
    expect(page.locator(".o_drive_marks")).to_be_visible()
    Rpc(shop.url, shop.database, "admin")("sale.order", "action_cancel", [order["id"]])
    expect(page.locator(".o_drive_empty")).to_contain_text("n’est plus")
    assert axe_in_screen(axe, page) == []
    page.reload()
    expect(page.locator(".o_drive_notice")).to_contain_text("annulée")
    expect(page.locator(".o_drive_board")).to_be_visible()


def axe_in_screen(axe, page):
    """What axe finds in our screen; the bar above it is Odoo's."""
    return [finding for finding in axe(page) if "o_drive" in finding]
