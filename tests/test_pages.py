"""Every page of a member, in every state, at every width; see `scenes` for the table.

Where DRIVE_SCREENSHOTS is set, a picture of each is left in its folder.
"""

import contextlib
from importlib import import_module

import pytest

import pictures
from common import ROOT
from page_checks import faults
from scenes import SCENES, VISITOR, Shop, Visit

for part in ("ordering", "account", "links"):
    import_module(f"scenes_{part}")


@pytest.fixture(scope="module")
def shop(new_server):
    return Shop(new_server("demo"))


@pytest.fixture(scope="module")
def sessions():
    """What the browser keeps of who has signed in once."""
    return {}


@pytest.fixture
def visit(shop, sessions, new_page, sign_in):
    """A function that opens a browser as a person."""

    def open_shop(login, **options):
        page = new_page(base_url=shop.url, storage_state=sessions.get(login), **options)
        if login is not VISITOR and login not in sessions:
            sign_in(page, login)
            sessions[login] = page.context.storage_state()
        return Visit(shop, page)

    yield open_shop
    shop.put_back()


def show(visit, scene, **options):
    """The page of a scene."""
    visitor = visit(scene.login, **options)
    address = scene.arrange(visitor)
    if address:
        visitor.page.goto(address)
    return visitor.page


@pytest.mark.parametrize("name", SCENES)
def test_a_page(name, visit, axe):
    page = show(visit, SCENES[name])
    pictures.take(page, name)
    assert faults(page, axe) == []


# What is said of each fault, and the fault.
PLANTED = {
    "color-contrast:": '<p style="color: #999; background: #fff">Trop pâle pour être lu</p>',
    "target-size:": '<p><button style="all: unset; width: 9px; height: 9px" aria-label="a"></button>'
    '<button style="all: unset; width: 9px; height: 9px" aria-label="b"></button></p>',
    "label:": '<p><input type="text"></p>',
    "scrolls sideways": '<p style="width: 2000px">Trop large</p>',
    "cut:": '<p style="width: 40px; overflow: hidden; white-space: nowrap">Coupé au milieu du mot</p>',
    "broken:": '<p style="width: 30px; overflow-wrap: anywhere">Clémentines</p>',
    "squeezed:": '<p><input aria-label="Trop petit" style="width: 12px; min-width: 0; padding: 0"></p>',
    "covered:": '<p style="position: relative"><button>Dessous</button>'
    '<span style="position: absolute; inset: 0; background: #fff"></span></p>',
    "2 headings": "<h1>Un second titre</h1>",
}


def test_planted_faults_are_found(visit, axe):
    # Its own policy refuses the styles of these faults.
    page = show(visit, SCENES["basket"], bypass_csp=True)
    main = page.locator("main")
    for fault in PLANTED.values():
        main.evaluate("(main, html) => main.insertAdjacentHTML('beforeend', html)", fault)
    page.evaluate("document.documentElement.lang = 'en'")
    found = faults(page, axe)
    assert [name for name in (*PLANTED, "language") if not any(name in fault for fault in found)] == []


# What somebody might get into a page, and what it would do.
SLIPPED_IN = """
<img src="/nothing" onerror="window.ran = 'a handler'">
<svg onload="window.ran = 'a picture'"></svg>
<script>window.ran = "a program"</script>
<p style="position: fixed">In front of everything</p>
<base href="https://example.com/">
<form action="https://example.com/"><button>Confirm</button></form>
"""
REFUSED = {"script-src-attr", "script-src-elem", "style-src-attr", "base-uri"}


def test_what_is_written_into_a_page_is_refused(shop, browser):
    """A text of a member that was not escaped would do nothing."""
    with contextlib.closing(browser.new_context(base_url=shop.url, service_workers="block")) as context:
        context.add_init_script(
            "window.refused = []; addEventListener('securitypolicyviolation',"
            " (event) => refused.push(event.effectiveDirective), true)"
        )
        page = context.new_page()

        def slip_in(route):
            answer = route.fetch()
            route.fulfill(response=answer, body=answer.text().replace("</main>", f"{SLIPPED_IN}</main>"))

        page.route("**/drive/offline", slip_in)
        page.goto("/drive/offline")
        page.wait_for_function("wanted => wanted.every((name) => refused.includes(name))", arg=sorted(REFUSED))
        assert page.evaluate("window.ran") is None
        assert page.locator("main p", has_text="In front").evaluate("p => getComputedStyle(p).position") == "static"
        page.get_by_role("button", name="Confirm").dispatch_event("click")
        page.wait_for_function("() => refused.includes('form-action')")
        assert page.url.endswith("/drive/offline")


def test_no_other_page_shows_one_of_ours(shop, browser):
    """In a frame of another page, a button of ours could be pressed unseen."""
    with contextlib.closing(browser.new_context(base_url=shop.url, service_workers="block")) as context:
        page = context.new_page()
        frame = '<iframe src="/drive/offline"></iframe>'
        page.route("**/frame", lambda route: route.fulfill(content_type="text/html", body=frame))
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto("/frame")
        assert page.frames[1].url.startswith("chrome-error:")


def test_every_page_has_its_pictures():
    """And the list of them names it."""
    folder = ROOT / "docs" / "pictures"
    index = (folder / "README.md").read_text(encoding="utf-8")
    names = [f"{name}-{width}.webp" for name in SCENES for width in (360, 1280)]
    assert [name for name in names if not (folder / name).is_file() or f"({name})" not in index] == []
    # Those of papers, and of the page that says whether all is well, are made where these are tried.
    others = [path.name for kind in ("paper", "health") for path in folder.glob(f"{kind}-*.webp")]
    assert [name for name in others if f"({name})" not in index] == []
    assert sorted(path.name for path in folder.glob("*.webp")) == sorted([*names, *others])


# Routes of GET that are no pages for people.
NO_PAGES = {
    "/drive/basket/panel": "a part of a page",
    "/drive/waiting/panel": "a part of a page",
    "/drive/me/data/export": "a file",
    "/drive/orders/<int:order_id>/pickup.ics": "a file",
    "/drive/manifest.webmanifest": "a file",
    "/drive/service-worker.js": "a program",
    "/drive/icon/192": "a picture",
    "/drive/icon/512": "a picture",
    "/drive/health": "for programs",
}
ROUTES = """
rules = [rule for rule in env["ir.http"].routing_map().iter_rules() if rule.rule.startswith("/drive")]
pages = [rule for rule in rules if rule.endpoint.routing["type"] == "http"]
result = [rule.rule for rule in pages if "GET" in (rule.methods or ["GET"])]
"""


def test_no_page_is_missing(shop):
    """A new page has its place in the table, with its states."""
    shown = {scene.rule for scene in SCENES.values() if scene.rule.startswith("/drive")}
    assert sorted(set(shop.run(ROUTES))) == sorted({*shown, *NO_PAGES})
