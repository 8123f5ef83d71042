"""The preparers' screens are read in sunlight and touched with gloves: contrast of 7:1, targets of 44 px."""

import pytest
from playwright.sync_api import expect

from preparing import COUNT, TITLE, cells, fill_batch, go_to_batch
from support import Rpc

# As many as there are colours and shapes.
BASKETS, LINES = 8, 6
# So high that no bar at the edge stands over a text.
HEIGHT = 4000
# Of axe, which asks less of large text: here the same of all.
MEASURE = """async () => {
    const contrastRatio = {normal: {expected: 7}, large: {expected: 7}};
    axe.configure({checks: [{id: "color-contrast-enhanced", options: {contrastRatio}}]});
    const place = {include: ".o_drive_preparation", exclude: ".o_drive_mark"};
    const {passes, incomplete, violations} = await axe.run(place, {
        runOnly: {type: "rule", values: ["color-contrast-enhanced"]},
    });
    const nodes = (results) => results.flatMap(({nodes}) => nodes);
    const said = ({html, any}) => `${any[0].message} ${html.slice(0, 120)}`;
    return {
        seen: nodes(passes).map(({html}) => html),
        faint: [...nodes(violations), ...nodes(incomplete)].map(said),
    };
}"""
# Letters on shapes are drawings, at which axe does not look.
MARKS = """() => [...document.querySelectorAll(".o_drive_mark")].map((mark) => {
    const {Color, getContrast} = axe.commons.color;
    const [shape, letter] = ["path", "text"].map((name) => {
        const color = new Color();
        color.parseString(getComputedStyle(mark.querySelector(name)).fill);
        return color;
    });
    return [mark.className, getContrast(shape, letter)];
})"""
SMALL = """() => [...document.querySelectorAll(
    ".o_drive_preparation :is(button, a, summary, input)"
)].filter((e) => e.checkVisibility()).map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([e, box]) => `${box.width} x ${box.height}: ${e.outerHTML.slice(0, 150)}`)"""
# What is looked at must be there, or nothing is shown.
MAIN = {
    "board": (".o_drive_next", ".o_drive_time", ".o_drive_letters", ".o_drive_who strong", ".o_drive_badge"),
    "article": (TITLE, ".o_drive_place strong", ".o_drive_cells strong", ".o_drive_taken", ".o_drive_count"),
    "missing": ("h1", ".o_drive_reasons button"),
    "list": (".o_drive_line strong", ".o_drive_quantity", ".o_drive_big"),
    "crates": ("h1", ".o_drive_second", ".o_drive_tabs small"),
    "one basket": (TITLE, ".o_drive_head_name", ".o_drive_cells strong", ".o_drive_place strong", ".o_drive_taken"),
}


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("demo")


@pytest.fixture(scope="module")
def batch(shop):
    """A batch of baskets in all colours, that somebody has begun."""
    batch = fill_batch(shop, BASKETS, LINES)
    taken = [cell for cell in cells(batch).values() if cell["stop"] is not batch["stops"][0]]
    ops = [("begin", {}), *(("take", {"line": cell["line"], "qty": cell["wanted"]}) for cell in taken[::2])]
    sent = [{"uuid": f"sun-{no}", "no": no, "kind": kind, "args": args} for no, (kind, args) in enumerate(ops, 1)]
    answer = Rpc(shop.url, shop.database, "benevole2")("drive.preparation", "apply", batch["id"], "sun", sent)
    assert len(answer["done"]) == len(sent)
    return batch


@pytest.fixture
def faults(axe_source):
    """A function that names what of a screen is faint or small."""

    def look(page, screen):
        for selector in MAIN[screen]:
            expect(page.locator(selector).first).to_be_visible()
        # Axe does not say what it thinks of an empty field.
        for field in page.locator(".o_drive_preparation input").all():
            field.fill("0,5")
        page.evaluate(axe_source)
        measured = page.evaluate(MEASURE)
        assert measured["seen"], "axe has looked at nothing"
        marks = page.evaluate(MARKS)
        faint = [f"{ratio:.2f} {name}" for name, ratio in marks if ratio < 7]
        return [f"{screen}: {fault}" for fault in [*measured["faint"], *faint, *page.evaluate(SMALL)]]

    return look


def walk(page, batch, order):
    """Go through all screens.

    :return: an iterator over their names, each while it is there
    """
    page.goto("/odoo/preparation")
    page.locator(".o_drive_board").wait_for()
    yield "board"
    go_to_batch(page, batch)
    expect(page.locator(COUNT)).to_be_visible()
    yield "article"
    page.click("text=Manquant")
    yield "missing"
    page.locator(COUNT).click()
    yield "list"
    page.click("text=Les cagettes")
    page.locator(".o_drive_tabs button").first.click()
    yield "crates"
    page.goto(f"/odoo/preparation/{order}")
    expect(page.locator(TITLE)).to_be_visible()
    yield "one basket"


@pytest.mark.parametrize("width", [360, 1280])
def test_read_in_sunlight(shop, batch, new_page, sign_in, faults, width):
    page = new_page(width, HEIGHT, base_url=shop.url)
    sign_in(page, "benevole")
    order = batch["baskets"][0]["id"]
    found = [fault for screen in walk(page, batch, order) for fault in faults(page, screen)]
    assert not found, "\n".join(found)


def test_what_is_faint_or_small_is_caught(shop, batch, new_page, sign_in, faults):
    """Of each kind one, on the screen that is shown most."""
    page = new_page(360, HEIGHT, base_url=shop.url)
    sign_in(page, "benevole")
    next(screen for screen in walk(page, batch, None) if screen == "article")
    mutants = {
        "h1": "color: #5f6d66",
        ".o_drive_cells strong": "color: #5f6d66",
        ".o_drive_taken": "background: #2f8a64",
        ".o_drive_place strong": "background: #c9c2b2; color: #45524b",
        ".o_drive_mark path": "fill: #3b78b3",
        ".o_drive_count": "min-height: 0; height: 40px",
    }
    for selector, style in mutants.items():
        sheet = page.add_style_tag(content=f".o_drive_preparation {selector} {{ {style} !important }}")
        assert faults(page, "article"), selector
        sheet.evaluate("element => element.remove()")
    assert not faults(page, "article")
