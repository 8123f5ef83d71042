"""Is all well? The page, the command, and what a program that watches the server is told."""

import subprocess

import pytest
import requests
from playwright.sync_api import expect

import postgres
from common import ADDON, ROOT
from pictures import take_screen
from support import WCAG, Rpc, sign_in_by_form

WELL = """
    UPDATE ir_cron SET active = true, failure_count = 0, nextcall = now() AT TIME ZONE 'UTC' + interval '1 hour'
     WHERE id IN (SELECT res_id FROM ir_model_data
                   WHERE model = 'ir.cron' AND (module = 'cafoutch_drive' OR name = 'ir_cron_mail_scheduler_action'));
    DELETE FROM mail_mail WHERE state IN ('outgoing', 'exception');
    UPDATE sale_order SET pending_email_template_id = NULL;
    DELETE FROM ir_config_parameter WHERE key = 'cafoutch_drive.disk_free_mb';
    INSERT INTO ir_config_parameter (key, value) VALUES ('cafoutch_drive.disk_free_mb', '0');
"""
SWITCH_OFF = """
    UPDATE ir_cron SET active = false
     WHERE id = (SELECT res_id FROM ir_model_data WHERE module = 'cafoutch_drive' AND name = 'cron_remind')
"""


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("empty")


@pytest.fixture(scope="module")
def admin(shop):
    return Rpc(shop.url, shop.database, "admin")


@pytest.fixture(scope="module")
def manager(admin):
    _model, group = admin("ir.model.data", "check_object_reference", ADDON, "group_manager")
    values = {"name": "Camille Roux", "login": "responsable", "password": "responsable", "lang": "fr_FR"}
    admin("res.users", "create", {**values, "group_ids": [(4, group)]})
    return "responsable"


@pytest.fixture(scope="module")
def point(admin):
    hours = {"name": "Ouvert", "dayofweek": "3", "hour_from": 10, "hour_to": 12, "day_period": "morning"}
    calendar = admin("resource.calendar", "create", {"name": "Horaires", "attendance_ids": [(5, 0, 0), (0, 0, hours)]})
    return admin("drive.point", "create", {"name": "Le magasin", "calendar_id": calendar})


@pytest.fixture
def slot_missing(admin, point, query):
    query(
        "DELETE FROM drive_slot WHERE start = (SELECT min(start) FROM drive_slot"
        " WHERE start > now() AT TIME ZONE 'UTC' + interval '1 hour')"
    )
    yield
    admin("drive.point", "action_generate_slots", [point])


@pytest.fixture(autouse=True)
def well(query):
    query(WELL)


def health(name):
    """How `script/health` ends, and what it prints."""
    return subprocess.run(
        [ROOT / "script" / "health", "--db", name], capture_output=True, text=True, check=False, timeout=300
    )


def test_the_command(shop, query):
    done = health(shop.database)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert len(lines) == 10
    assert lines[0].startswith("warning  "), "a new shop has no backup"
    assert [line for line in lines if line.startswith("warning  Sauvegarde: ") and "script/backup" in line]
    assert [line for line in lines if line.startswith("ok       Tâches planifiées: ")]

    query(SWITCH_OFF)
    done = health(shop.database)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("problem  Tâches planifiées: Éteintes")


def test_the_command_needs_a_drive(new_database):
    for name, sentence in (("no_such_shop", "there is no database"), (new_database("dependencies"), "the addon")):
        done = health(name)
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_monitors_are_told_that_the_database_is_away(shop, new_server):
    """By what production's own odoo.conf makes of Odoo, and by the proxy before it."""
    shop = new_server(name=shop.database, tls=True)

    def ask(address=shop.odoo_url):
        answer = requests.get(f"{address}/drive/health", verify=str(shop.authority), timeout=120)
        assert "Set-Cookie" not in answer.headers
        return answer.status_code, answer.text

    assert ask() == (200, "ok\n")
    assert ask(shop.url) == (200, "ok\n")
    try:
        postgres.psql(f'ALTER DATABASE "{shop.database}" ALLOW_CONNECTIONS false')
        # Odoo's connections; the test keeps its own.
        postgres.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{shop.database}' AND application_name LIKE 'odoo%'"
        )
        assert ask() == (503, "trouble: database\n")
        # Its own answer, or the page of the proxy once that has noticed.
        assert ask(shop.url)[0] == 503
        assert "Traceback" not in shop.log.read_text()
    finally:
        postgres.psql(f'ALTER DATABASE "{shop.database}" ALLOW_CONNECTIONS true')
    shop.wait()
    assert ask() == (200, "ok\n")
    assert ask(shop.url) == (200, "ok\n")


def open_page(page, login):
    sign_in_by_form(page, login)
    # A new database makes Odoo's own files first.
    page.wait_for_selector(".o_main_navbar", timeout=60_000)
    page.goto("/odoo/drive-health")


def rows(page):
    return page.locator(".o_drive_steps .o_kanban_record:not(.o_kanban_ghost)")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page(width, shop, manager, slot_missing, query, new_page, axe):
    query(SWITCH_OFF)
    page = new_page(width, 800, base_url=shop.url)
    open_page(page, manager)
    expect(rows(page)).to_have_count(10)
    expect(page.locator(".o_form_sheet [name=summary]:visible")).to_contain_text("Tâches planifiées")
    jobs = rows(page).filter(has_text="Tâches planifiées")
    expect(jobs.get_by_role("img", name="Problème")).to_be_visible()
    axe(page)
    found = page.evaluate("tags => axe.run('.o_form_sheet', {runOnly: tags})", WCAG)["violations"]
    assert not [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
    wider = page.evaluate("() => document.querySelector('.o_form_sheet').scrollWidth - window.innerWidth")
    assert wider <= 0
    take_screen(page, "health")


def test_a_row_leads_to_where_it_is_mended(shop, manager, slot_missing, new_page):
    page = new_page(base_url=shop.url)
    open_page(page, manager)
    row = rows(page).filter(has_text="Créneaux des semaines à venir")
    expect(row).to_contain_text("Le magasin : il en manque 1")
    row.get_by_role("button", name="Voir").click()
    with page.expect_response("**/action_generate_slots"):
        page.get_by_role("button", name="Ouvrir les prochains créneaux").click()
    page.locator(".o_breadcrumb").get_by_role("link", name="Tout va bien ?").click()
    expect(row.get_by_role("img", name="Tout va bien")).to_be_visible()
