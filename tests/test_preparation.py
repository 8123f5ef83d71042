"""A volunteer prepares a basket on a phone; two of them work on the same one."""

from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from playwright.sync_api import expect

from people import unfold
from preparing import answer_question, beside
from support import Rpc

TICK = ".o_drive_taken"
COUNT = ".o_drive_count"


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its baskets are prepared here and nowhere else."""
    return new_server("demo")


@pytest.fixture(scope="module")
def preparer(shop):
    """A function that gives somebody's calls of the preparation."""

    def calls(login):
        rpc = Rpc(shop.url, shop.database, login)
        context = {"lang": "fr_FR"}
        return lambda method, *values: rpc("sale.order", f"drive_preparation_{method}", *values, context=context)

    return calls


@pytest.fixture
def order(shop, preparer):
    """A basket that nobody has begun, with something to weigh."""
    call = preparer("benevole")
    board = Rpc(shop.url, shop.database, "benevole")("drive.preparation", "board")
    waiting = [
        row
        for window in board["windows"]
        for row in window["orders"]
        if row["state"] == "confirmed" and row["to_weigh"]
    ]
    return call("order", min(waiting, key=lambda row: row["total"])["id"])


@pytest.fixture
def two_screens(shop, new_page, sign_in):
    """A phone and a tablet, each with a volunteer signed in."""
    phone = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    tablet = new_page(1280, 800, base_url=shop.url)
    sign_in(phone, "benevole")
    sign_in(tablet, "benevole2")
    return phone, tablet


def on_hand(query):
    return query("SELECT product_id, location_id, sum(quantity) FROM stock_quant GROUP BY 1, 2 ORDER BY 1, 2")


def test_a_basket_on_a_phone(two_screens, axe, screenshots, query, order):
    stock = on_hand(query)
    phone, tablet = two_screens
    phone.goto("/odoo/preparation")
    row = phone.locator(".o_drive_order").filter(has_text=order["code"])
    phone.locator(".o_drive_board").wait_for()
    unfold(phone.locator(".o_drive_board"), row)
    row.tap()
    phone.tap("text=Commencer")
    total = len(order["lines"])
    expect(phone.locator(COUNT)).to_contain_text(f"0/{total}")

    tablet.goto(f"/odoo/preparation/{order['id']}")
    expect(tablet.locator(COUNT)).to_contain_text(f"0/{total}")

    weighed, short = set(), None
    for number, line in enumerate(order["lines"], 1):
        expect(phone.locator("h1")).to_have_text(line["name"])
        assert axe_in_screen(axe, phone) == []
        if line["measured"]:
            weigh(phone, line, ask=not weighed)
            weighed.add(line["id"])
        elif short is None:
            phone.tap("text=Manquant")
            phone.tap("text=Introuvable en rayon")
            short = line["id"]
        else:
            lose_network_once(phone)
            # Two taps of a cold finger are one.
            phone.locator(TICK).evaluate("button => { button.click(); button.click(); }")
        expect(phone.locator(COUNT)).to_contain_text(f"{number}/{total}")
        expect(tablet.locator(COUNT)).to_contain_text(f"{number}/{total}")
    assert weighed, "the order has something to weigh"

    # A reload, or a phone that was off, comes back to the same place.
    phone.reload()
    expect(phone.locator("h1")).to_have_text("Rangez les cagettes")
    expect(phone.get_by_role("link", name="Imprimer étiquettes et listes")).to_be_visible()
    put_crates_away(phone)
    phone.screenshot(path=screenshots / "preparation-crates.png")
    phone.tap("text=Le panier est prêt")
    expect(phone.locator(".o_drive_done")).to_be_visible()
    expect(tablet.locator(".o_drive_done")).to_be_visible()
    assert axe_in_screen(axe, phone) == []
    phone.screenshot(path=screenshots / "preparation-ready.png")

    [(state, told)] = query("SELECT drive_state, drive_told_at IS NOT NULL FROM sale_order WHERE id = %s", order["id"])
    assert (state, told) == ("ready", True)
    lines = query(
        "SELECT l.id, l.product_uom_qty, l.drive_prepared_qty, l.drive_ordered_qty, sum(m.quantity)"
        " FROM sale_order_line l JOIN stock_move m ON m.sale_line_id = l.id AND m.state NOT IN ('done', 'cancel')"
        " WHERE l.order_id = %s GROUP BY l.id",
        order["id"],
    )
    assert len(lines) == total
    for line_id, quantity, prepared, ordered, moved in lines:
        assert float(quantity) == float(prepared) == float(moved)
        if line_id == short:
            assert prepared == 0
        elif line_id in weighed:
            assert 0 < abs(float(prepared - ordered)) < float(ordered) * 0.3
        else:
            assert prepared == ordered
    assert on_hand(query) == stock, "nothing leaves before it is paid"


def weigh(phone, line, ask):
    """Type the weight as a person does: first nothing, then grams, then kilos with
    a comma; when `ask`, one that is not expected."""
    phone.tap(TICK)
    expect(phone.locator(".o_drive_error")).to_be_visible()
    field = phone.locator(".o_drive_line_step input")
    # What a scanner types is no weight.
    field.fill("PLACE-F1")
    field.press("Enter")
    expect(phone.locator(".o_drive_notice")).to_contain_text("scanné")
    expect(field).to_have_value("")
    field.fill("900")
    phone.tap(TICK)
    expect(phone.locator(".o_drive_notice")).to_contain_text("trop")
    field.fill(f"{line['wanted'] * (1.2 if ask else 1.05):.3f}".replace(".", ","))
    phone.tap(TICK)
    if ask:
        phone.tap(".o_drive_question >> text=Oui")


def lose_network_once(phone):
    if phone.evaluate("window.lostNetwork"):
        return
    phone.context.set_offline(True)
    phone.tap(TICK)
    expect(phone.locator(".o_drive_notice")).to_contain_text("réseau")
    phone.context.set_offline(False)
    phone.evaluate("window.lostNetwork = true")


def put_crates_away(phone):
    for storage in phone.locator(".o_drive_storage").all():
        storage.locator("text=Ajouter une cagette").tap()
        place = storage.locator(".o_drive_choice").first
        name = place.inner_text()
        place.tap()
        expect(storage.locator(".o_drive_crate strong")).to_have_text(name)


def counted(order):
    """Its lines that are counted."""
    return [line for line in order["lines"] if not line["measured"] and not line["treated"]]


def report_missing(phone, line):
    """Go to a line by the list, and say that there is none of it."""
    phone.locator(COUNT).tap()
    phone.locator(".o_drive_line", has_text=line["name"]).first.tap()
    expect(phone.locator("h1")).to_have_text(line["name"])
    phone.tap("text=Manquant")
    phone.tap(".o_drive_reasons button >> nth=0")


def test_what_is_missing_in_one_basket(shop, preparer, two_screens, new_page, axe, screenshots, query, order):
    """As in a batch: something similar goes in its place, or the member is asked meanwhile."""
    call = preparer("benevole")
    call("start", order["id"], True)
    similar, ask = counted(order)[:2]
    others = {line["id"]: f"{line['name']}, presque" for line in (similar, ask)}
    for line, wish in ((similar, "similar"), (ask, "ask")):
        [(product,)] = query("SELECT product_id FROM sale_order_line WHERE id = %s", line["id"])
        beside(shop, {"id": product}, others[line["id"]])
        query("UPDATE sale_order_line SET drive_substitution = %s WHERE id = %s", wish, line["id"])
    total = len(order["lines"])
    phone, tablet = two_screens
    for page in two_screens:
        page.goto(f"/odoo/preparation/{order['id']}")
    report_missing(phone, similar)
    proposal = phone.locator(".o_drive_replace .o_drive_line", has_text=others[similar["id"]])
    expect(proposal).to_have_attribute("aria-disabled", "false")
    phone.screenshot(path=screenshots / "preparation-replace.png")
    assert axe_in_screen(axe, phone) == []
    proposal.tap()
    for page in two_screens:
        expect(page.locator(COUNT)).to_contain_text(f"2/{total + 1}")
    tablet.locator(COUNT).click()
    replaced = tablet.locator(".o_drive_line", has_text=f"à la place : {others[similar['id']]}")
    expect(replaced).to_be_visible()

    report_missing(phone, ask)
    phone.locator(".o_drive_ask[aria-disabled=false]").tap()
    expect(tablet.locator(".o_drive_lines")).to_contain_text("réponse avant")
    phone.locator(COUNT).tap()
    phone.screenshot(path=screenshots / "preparation-asked.png", full_page=True)
    assert axe_in_screen(axe, phone) == []
    answer_question(shop, new_page, others[ask["id"]])
    expect(phone.locator(COUNT)).to_contain_text(f"3/{total + 2}")
    phone.locator(".o_drive_line", has_text=others[ask["id"]]).last.tap()
    expect(phone.locator(".o_drive_take")).to_contain_text(f"remplace : {ask['name']}", use_inner_text=True)
    phone.tap(TICK)
    expect(phone.locator(COUNT)).to_contain_text(f"4/{total + 2}")

    # Found after all: what replaced it goes.
    replaced.click()
    tablet.get_by_role("button", name="Annuler, le reprendre").click()
    expect(phone.locator(COUNT)).to_contain_text(f"2/{total + 1}")
    rows = query("SELECT drive_substitute_of_id FROM sale_order_line WHERE order_id = %s", order["id"])
    assert [row for row in rows if row[0]] == [(ask["id"],)]


def axe_in_screen(axe, page):
    """What axe finds in our screen; the bar above it is Odoo's."""
    return [finding for finding in axe(page) if "o_drive" in finding]


def test_two_preparers_at_once(preparer, query, order):
    """Both tick every line at the same moment, with other weights: each line is
    noted once, by one of them, and the other is told."""
    order_id = order["id"]
    people = {login: preparer(login) for login in ("benevole", "benevole2")}
    people["benevole"]("start", order_id, True)
    told = 0
    for line in order["lines"]:
        shares = {"benevole": 1.03, "benevole2": 0.96} if line["measured"] else {"benevole": 1, "benevole2": 1}
        weights = {login: round(line["wanted"] * share, 3) for login, share in shares.items()}
        with ThreadPoolExecutor(2) as pool:
            answers = dict(
                zip(
                    weights,
                    pool.map(lambda p, i=line["id"], w=weights: people[p]("pick", i, w[p]), weights),
                    strict=True,
                )
            )
        refused = {login for login, answer in answers.items() if answer.get("refused")}
        assert len(refused) == (1 if line["measured"] else 0), answers
        told += len(refused)
        [(prepared,)] = query("SELECT drive_prepared_qty FROM sale_order_line WHERE id = %s", line["id"])
        [kept] = {weights[login] for login in set(weights) - refused}
        assert float(prepared) == pytest.approx(kept)
    assert told
    treated = {login: call("order", order_id)["treated"] for login, call in people.items()}
    assert set(treated.values()) == {len(order["lines"])}


def test_two_preparers_share_the_lines(preparer, query, order):
    """Each ticks other lines at the same moment: no tick is lost, no stock counted
    twice."""
    order_id = order["id"]
    call = preparer("benevole")
    call("start", order_id, True)
    lines = [(preparer("benevole2") if number % 2 else call, line) for number, line in enumerate(order["lines"])]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda job: job[0]("pick", job[1]["id"], job[1]["wanted"]), lines))
    assert not [answer["refused"] for answer in answers if "refused" in answer]
    assert call("order", order_id)["treated"] == len(lines)
    assert query(
        "SELECT count(*) FROM (SELECT product_id, sum(reserved_quantity) AS quants FROM stock_quant GROUP BY 1) q"
        " JOIN (SELECT product_id, sum(quantity_product_uom) AS lines FROM stock_move_line"
        "        WHERE state NOT IN ('done', 'cancel', 'draft') GROUP BY 1) m USING (product_id)"
        " WHERE abs(q.quants - m.lines) > 0.0005"
    ) == [(0,)], "what the quants say is reserved is what the moves say"


@pytest.fixture
def someone_else(shop):
    """A transaction that another program holds open."""
    connection = psycopg2.connect(dbname=shop.database)
    yield connection
    connection.rollback()
    connection.close()


def test_an_order_that_is_held_too_long(preparer, someone_else, order):
    call = preparer("benevole")
    call("start", order["id"], True)
    with someone_else.cursor() as cursor:
        cursor.execute("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", [order["id"]])
        answer = call("undo", order["lines"][0]["id"])
    assert "Quelqu’un d’autre" in answer["refused"]
    someone_else.rollback()
    assert "refused" not in call("undo", order["lines"][0]["id"])


def test_a_crate_does_not_slip_into_a_ready_basket(preparer, query, someone_else, order):
    """It is asked for while somebody is making the basket ready."""
    call = preparer("benevole")
    call("start", order["id"], True)
    with someone_else.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("UPDATE sale_order SET drive_state = 'ready' WHERE id = %s", [order["id"]])
        asked = pool.submit(call, "add_crate", order["id"], "ambient")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while query(waiting) == [(0,)] and not asked.done():
            pass
        someone_else.commit()
        assert "prêt" in asked.result()["refused"]
    assert query("SELECT count(*) FROM drive_crate WHERE order_id = %s", order["id"]) == [(0,)]
