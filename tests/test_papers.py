"""The papers of preparers, as a browser prints them: nothing runs over the edge of the paper."""

import re

import pytest
from playwright.sync_api import expect

from pictures import take_paper
from preparing import COUNT, TAKE, TITLE, cells, on_board, typed
from support import Rpc

# Pixels of a browser in a millimetre, and points of a PDF.
PIXELS, POINTS = 96 / 25.4, 72 / 25.4
A4 = (210, 297)
LONGEST_NAME = "Marie-Antoinette-Bérengère-Philippine"


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: the names of its members are changed."""
    return new_server("demo")


@pytest.fixture(scope="module")
def orders(shop, query):
    """The ids of a batch's baskets, of which nothing is prepared."""
    [(ids,)] = query(
        """SELECT array_agg(id ORDER BY drive_letter_no) FROM sale_order
            WHERE drive_batch_id IS NOT NULL GROUP BY drive_batch_id
           HAVING bool_and(drive_state = 'confirmed') ORDER BY 1 LIMIT 1"""
    )
    return ids


@pytest.fixture
def long_name(query, orders):
    """One of the members has a very long name."""
    query(
        "UPDATE res_partner SET name = %s WHERE id = (SELECT partner_id FROM sale_order WHERE id = %s)",
        f"{LONGEST_NAME} Dupont",
        orders[0],
    )


@pytest.fixture
def day(query, orders):
    """The day on which the baskets are collected."""
    [(day,)] = query(
        """SELECT (s.start AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date::text FROM drive_slot s
             JOIN sale_order o ON o.drive_slot_id = s.id WHERE o.id = %s""",
        orders[0],
    )
    return day


@pytest.fixture
def paper(shop, new_page, sign_in, orders):
    """A function that opens a paper of the batch as it is printed, that many millimetres wide."""

    def open_paper(report, width, login="benevole", ids=None):
        page = new_page(round(width * PIXELS), 900, base_url=shop.url)
        sign_in(page, login)
        address = "/report/html/cafoutch_drive.report_" + report
        page.goto(address.replace("IDS", ",".join(map(str, ids or orders))))
        page.emulate_media(media="print")
        expect(page.locator(".help").first).to_be_hidden()
        return page

    return open_paper


def too_wide(page):
    """What on a page runs over its edge, or over that of its own box."""
    return page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('main, main *')]
            .filter(e => !(e instanceof SVGElement) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
            .map(e => `${e.tagName}.${e.className} ${e.scrollWidth} > ${e.clientWidth}: ${e.textContent.trim()}`)"""
    )


def cut_off(page):
    """Labels that hold more than they show."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.label')].filter(e => e.scrollHeight > e.clientHeight + 1)
            .map(e => e.textContent.replace(/\\s+/g, ' '))"""
    )


def pages_of(page):
    """The sizes in millimetres of the pages that are printed."""
    content = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    return [(round(float(width) / POINTS), round(float(height) / POINTS)) for width, height in boxes]


def colours(page):
    """Texts, edges and grounds that are not black, grey or white."""
    return page.evaluate(
        """() => {
            const grey = colour => {
                const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
                return r === g && g === b;
            };
            return [...document.querySelectorAll('main *')].filter(e => e.checkVisibility()).filter(element => {
                const style = getComputedStyle(element);
                return ![style.color, style.backgroundColor, style.borderBottomColor].every(grey);
            }).map(element => element.outerHTML.slice(0, 80));
        }"""
    )


def test_papers_that_are_not_written_on_yet(paper, day):
    """In black on white, as they are in the pages for volunteers and cashiers."""
    papers = {
        "labels-a4": ("crate_labels/IDS", A4, 12, "benevole"),
        "labels-roll": ("crate_labels/IDS?paper=roll", (62, 62), 0, "benevole"),
        "pick-list": ("pick_list/IDS", A4, 12, "benevole"),
        "slips": ("basket_slips/IDS", (A4[0], 150), 12, "benevole"),
        "day-sheet": (f"day_sheet?day={day}", (A4[0], 100), 12, "caissier"),
    }
    for name, (report, (width, height), margin, login) in papers.items():
        page = paper(report, width - 2 * margin, login)
        assert colours(page) == [], name
        take_paper(page, name, round((width - 2 * margin) * PIXELS), round((height - 2 * margin) * PIXELS))


def test_labels_of_a_roll(paper, orders, long_name):
    page = paper("crate_labels/IDS?paper=roll", 62)
    labels = page.locator(".label")
    count = labels.count()
    assert count >= len(orders)
    assert too_wide(page) == []
    assert cut_off(page) == []
    assert pages_of(page) == [(62, 62)] * count
    # The bars are wide enough for a scanner: a quarter of a millimetre, the thinnest.
    thinnest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.label__bars svg')]
            .map(svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"""
    )
    assert thinnest / PIXELS > 0.25


def test_labels_of_a_sheet(paper, long_name):
    page = paper("crate_labels/IDS", A4[0] - 24)
    count = page.locator(".label").count()
    assert too_wide(page) == []
    assert cut_off(page) == []
    assert pages_of(page) == [A4] * -(-count // 12)


def test_from_the_screen_to_the_label(shop, new_page, sign_in, axe, query, orders):
    """A volunteer opens a batch, and its labels from there; nothing English is left."""
    page = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    sign_in(page, "benevole")
    page.goto("/odoo/preparation")
    [(batch,)] = query("SELECT drive_batch_id FROM sale_order WHERE id = %s", orders[0])
    page.tap(on_board({"id": batch}))
    link = page.locator(".o_drive_paper").first
    assert link.bounding_box()["height"] >= 44
    with page.context.expect_page() as opened:
        link.tap()
    labels = opened.value
    expect(labels.locator("h1")).to_have_text("Étiquettes de cagettes")
    expect(labels.locator(".label").first).to_be_visible()
    assert axe(labels) == []
    labels.get_by_role("link", name="62 mm").tap()
    expect(labels.get_by_role("link", name="62 mm")).to_have_attribute("aria-current", "page")


def test_lists_on_paper(paper, orders, day, long_name, axe):
    """Pick list, slips and the till's sheet on A4: all of it fits, in black on white."""
    papers = {"pick_list/IDS": "benevole", "basket_slips/IDS": "benevole", f"day_sheet?day={day}": "caissier"}
    for report, login in papers.items():
        page = paper(report, A4[0] - 24, login)
        assert page.locator(".tick").count() >= len(orders)
        assert too_wide(page) == [], report
        sizes = pages_of(page)
        assert set(sizes) == {A4}, report
        if "slips" in report:
            assert len(sizes) >= len(orders)
        assert colours(page) == [], report
        page.emulate_media(media="screen")
        assert axe(page) == [], report
        page.set_viewport_size({"width": 360, "height": 740})
        assert axe(page) == [], report


def test_the_day_at_the_till(paper, query, axe):
    """What a day came to fits on A4, in black on white, and on a phone."""
    [(day,)] = query(
        """SELECT max((t.date_order AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date)::text
             FROM pos_order t JOIN sale_order o ON o.drive_ticket_id = t.id WHERE o.drive_state = 'done'"""
    )
    page = paper(f"day_summary?day={day}", A4[0] - 24, "caissier")
    assert page.locator("tbody tr").count() > 1
    assert too_wide(page) == []
    assert set(pages_of(page)) == {A4}
    assert colours(page) == []
    page.emulate_media(media="screen")
    assert axe(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # A wide table is moved without a finger too.
    assert axe(page) == []
    table = page.get_by_role("region", name="Remis").first
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_what_was_done_on_paper_is_typed_in(shop, new_page, sign_in, query, orders):
    """At a computer the weights of the list and Enter are enough, in the order of the list."""
    [(batch_id,)] = query("SELECT drive_batch_id FROM sale_order WHERE id = %s", orders[0])
    call = Rpc(shop.url, shop.database, "benevole")
    batch = call("drive.preparation", "open", batch_id, context={"lang": "fr_FR"})
    page = new_page(base_url=shop.url)
    sign_in(page, "benevole")
    page.goto("/odoo/preparation")
    page.click(on_board(batch))
    page.click("text=Commencer")
    total = len(cells(batch))
    for number, cell in enumerate(cell for stop in batch["stops"] for cell in stop["cells"]):
        stop = cells(batch)[cell["line"]]["stop"]
        expect(page.locator(COUNT)).to_contain_text(f"{number}/{total}")
        expect(page.locator(TITLE)).to_have_text(stop["name"])
        field = page.locator(".o_drive_line_step input")
        expect(field if stop["measured"] else page.locator(TAKE)).to_be_focused()
        if stop["measured"]:
            page.keyboard.type(typed(cell["wanted"]))
        expect(page.locator(TAKE)).to_have_attribute("aria-disabled", "false")
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Cagettes du panier")
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    prepared = query(
        "SELECT id, drive_prepared_qty::float FROM sale_order_line WHERE drive_picked AND order_id = ANY(%s)", orders
    )
    assert dict(prepared) == pytest.approx({line: cell["wanted"] for line, cell in cells(batch).items()})
