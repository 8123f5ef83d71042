"""The manager's pages: they open, they are French, and the first start leads to a working drive."""

import polib
import pytest
from playwright.sync_api import expect

from common import ADDON, ROOT
from support import WCAG, sign_in_by_form

PAGES = [
    "/odoo/drive-today",
    "/odoo/drive-first-steps",
    "/odoo/drive-health",
    "/odoo/drive-orders",
    "/odoo/drive-slots",
    "/odoo/drive-points",
    "/odoo/drive-places",
    "/odoo/drive-crates",
    "/odoo/drive-numbers",
    "/odoo/drive-members",
    f"/odoo/action-{ADDON}.product_template_action_drive",
]
ATTRIBUTES = ("title", "aria-label", "placeholder", "alt")
READY = ", ".join(
    [
        ".o_action_manager .o_list_view",
        ".o_action_manager .o_kanban_view",
        ".o_action_manager .o_pivot_view",
        ".o_form_view",
        ".o_drive_today_page",
    ]
)


@pytest.fixture(scope="module")
def english() -> set[str]:
    """The addon's texts that French people must never read."""
    texts = polib.pofile(str(ROOT / ADDON / "i18n" / "fr.po"))
    return {entry.msgid.strip() for entry in texts if entry.msgstr != entry.msgid}


def texts_of(page) -> set[str]:
    """All that a page shows or says, on each of its tabs."""
    shown = page.inner_text("body").splitlines()
    for tab in page.locator(".o_notebook .nav-link").all():
        tab.click()
        shown += page.inner_text("body").splitlines()
    shown += page.evaluate(
        "names => [...document.querySelectorAll('*')].flatMap(e => names.map(n => e.getAttribute(n)).filter(Boolean))",
        list(ATTRIBUTES),
    )
    return {text.strip() for text in shown}


def opened(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(READY)
    expect(page.locator(".o_error_dialog")).to_have_count(0)


def findings(page, part: str, axe) -> list:
    """What axe finds in our part of Odoo's page."""
    axe(page)
    result = page.evaluate(
        "([part, tags]) => axe.run(part, {runOnly: tags, rules: {'target-size': {enabled: true}}})", [part, WCAG]
    )
    return [(found["id"], [node["html"][:120] for node in found["nodes"]]) for found in result["violations"]]


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_open_in_french(new_page, sign_in, english, width):
    page = new_page(width, 800)
    sign_in(page, "responsable")
    for address in PAGES:
        opened(page, address)
        assert not texts_of(page) & english, address
    opened(page, "/odoo/drive-points")
    page.locator(".o_data_row").first.click()
    page.wait_for_selector(".o_form_view")
    assert not texts_of(page) & english, "a drive point"


@pytest.mark.parametrize("login", ["benevole", "caissier"])
def test_volunteers_arrive_at_their_work(page, english, login):
    sign_in_by_form(page, login)
    expect(page.locator(".o_menu_brand")).to_have_text("Drive")
    expect(page.locator(".o_error_dialog")).to_have_count(0)
    assert not texts_of(page) & english


def test_manager_arrives_at_today(page, sql, axe, screenshots):
    sign_in_by_form(page, "responsable")
    page.wait_for_selector(".o_drive_today_windows section")
    shown = page.locator(".o_drive_order strong").all_inner_texts()
    codes = sql(
        "SELECT drive_pickup_code FROM sale_order WHERE drive_state NOT IN ('basket', 'cancelled')"
        " AND (drive_slot_start AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date"
        " = (now() AT TIME ZONE 'Europe/Paris')::date"
    )
    assert sorted(shown) == sorted(code for (code,) in codes)
    assert not findings(page, ".o_drive_today_page", axe)
    page.screenshot(path=screenshots / "manager-today.png")

    code = shown[0]
    page.locator(".o_drive_order").first.click()
    expect(page.locator(".o_form_view [name=drive_pickup_code]").first).to_contain_text(code)


def test_today_fits_a_small_phone(new_page, screenshots):
    page = new_page(320, 640)
    sign_in_by_form(page, "responsable")
    page.wait_for_selector(".o_drive_today_windows section")
    wider = page.evaluate("() => document.querySelector('.o_drive_today').scrollWidth - window.innerWidth")
    assert wider <= 0
    page.screenshot(path=screenshots / "manager-today-phone.png")


def test_today_refreshes_itself_without_losing_the_day_asked_for(page):
    page.clock.install()
    sign_in_by_form(page, "responsable")
    heading = page.locator(".o_drive_today_head h1")
    heading.wait_for()
    today = heading.text_content()
    held = []
    page.route("**/drive.point/drive_day*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/drive.point/drive_day*"):
        page.get_by_role("button", name="Le prochain jour d’ouverture").click()
    with page.expect_response("**/drive.point/drive_day*"):
        page.clock.fast_forward(61_000)
    expect(heading).not_to_have_text(today)
    held[0].abort()


def test_first_start_leads_to_slots_and_places(new_server, new_page, axe, screenshots):
    shop = new_server("empty")
    page = new_page(base_url=shop.url)
    sign_in_by_form(page, "admin")
    # A new database makes Odoo's own files first.
    page.wait_for_selector(".o_drive_steps", timeout=60_000)
    steps = page.locator(".o_drive_steps .o_kanban_record:not(.o_kanban_ghost)")
    summary = page.locator(".o_form_sheet [name=summary]:visible")
    expect(summary).to_contain_text("Les membres ne peuvent pas encore commander")
    assert not findings(page, ".o_form_sheet", axe)
    page.screenshot(path=screenshots / "manager-first-steps.png")

    def do(title: str, button: str) -> None:
        steps.filter(has_text=title).get_by_role("button", name=button).click()

    def back() -> None:
        page.locator(".o_breadcrumb a", has_text="Premiers pas").first.click()
        expect(steps.first).to_be_visible()

    do("Point de retrait", "Le créer")
    expect(page.locator(".o_form_view [name=attendance_ids] .o_data_row")).to_have_count(6)
    back()
    expect(steps.filter(has_text="Créneaux").first).to_contain_text("peuvent être choisis")
    do("Emplacements", "Créer les emplacements habituels")
    expect(page.locator(".o_data_row")).to_have_count(7)
    back()
    do("Caisse", "Le créer")
    expect(page.locator(".o_kanban_view")).to_contain_text("Caisse")
    back()
    expect(summary).to_contain_text("Il reste\u00a0: Produits, Membres.")
