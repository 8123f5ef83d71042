"""The manager's calendars, in a real browser: how full the week is, and orders that are
dragged to another slot."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

PARIS = ZoneInfo("Europe/Paris")
# What a finger needs.
TARGET = 24


def local(moment):
    """A moment of Odoo, UTC, on the clock of the page."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(PARIS)


def open_calendar(page, address):
    page.goto(address)
    page.wait_for_selector(".o_list_view, .o_kanban_view")
    page.locator("button.o_switch_view.o_calendar").click()
    page.wait_for_selector(".o_calendar_view .fc-timegrid-slot")


def show_day(page, moment):
    """Leaf on until that day is shown."""
    shown = page.locator(".fc-col-header-cell[data-date]")
    day = moment.date().isoformat()
    while day not in (days := dates(shown)):
        assert days[0] < day
        page.locator(".o_calendar_button_next").click()
        expect(shown.first).not_to_have_attribute("data-date", days[0])


def dates(headers):
    return [header.get_attribute("data-date") for header in headers.all()]


@pytest.fixture
def order(odoo_rpc):
    """An order that may move, its slot, and two free slots of the same day."""
    rpc = odoo_rpc("responsable")
    fields = ["drive_slot_id", "drive_pickup_code"]
    for found in rpc("sale.order", "search_read", [("drive_state", "=", "confirmed")], fields, order="id desc"):
        [slot] = rpc("drive.slot", "read", [found["drive_slot_id"][0]], ["start", "state"])
        day = slot["start"][:10]
        free = rpc(
            "drive.slot",
            "search_read",
            [("state", "=", "open"), ("start", ">=", f"{day} 00:00:00"), ("start", "<=", f"{day} 23:59:59")],
            ["start"],
            order="start",
        )
        if slot["state"] != "past" and len(free) > 1:
            return rpc, found, slot, free
    raise AssertionError("the demonstration has no order that may move")


def test_the_week_of_slots_says_how_full_it_is(page, sign_in, order, screenshots):
    rpc, _found, slot, _free = order
    [row] = rpc("drive.slot", "read", [slot["id"]], ["fill_label"], context={"lang": "fr_FR"})
    sign_in(page, "responsable")
    open_calendar(page, "/odoo/drive-slots")
    bar = page.locator(f".fc-event[data-event-id='{slot['id']}']")
    show_day(page, local(slot["start"]))
    bar.scroll_into_view_if_needed()
    expect(bar).to_contain_text(row["fill_label"])
    assert bar.bounding_box()["height"] >= TARGET
    page.screenshot(path=screenshots / "manager-week.png")
    # A slot does not move: its orders would go with it.
    expect(page.locator(".fc-event-draggable")).to_have_count(0)


def test_an_order_is_dragged_to_another_slot(new_page, sign_in, order, screenshots):
    rpc, found, slot, free = order
    # Tall enough for a whole day: nothing scrolls under the mouse.
    page = new_page(1280, 1400)
    begin, target = local(slot["start"]), local(free[-1]["start"])
    sign_in(page, "responsable")
    open_calendar(page, "/odoo/drive-orders")
    show_day(page, begin)
    bar = page.locator(".fc-event", has_text=found["drive_pickup_code"])
    expect(bar).to_be_visible()
    assert bar.bounding_box()["height"] >= TARGET

    def drop(moment):
        """As a hand does it: press, move, let go."""
        lane = page.locator(f".fc-timegrid-slot-lane[data-time='{moment:%H:%M:%S}']")
        taken, there = bar.bounding_box(), lane.bounding_box()
        page.mouse.move(taken["x"] + 40, taken["y"] + 8)
        page.mouse.down()
        page.mouse.move(there["x"] + 60, (taken["y"] + there["y"]) / 2, steps=5)
        page.mouse.move(there["x"] + 60, there["y"] + 8, steps=5)
        with page.expect_response("**/sale.order/**"):
            page.mouse.up()

    def slot_now():
        return rpc("sale.order", "read", [found["id"]], ["drive_slot_id"])[0]["drive_slot_id"][0]

    drop(target)
    expect(bar).to_contain_text(f"{target:%H:%M}")
    assert slot_now() == free[-1]["id"]
    page.screenshot(path=screenshots / "manager-orders-calendar.png")

    # An hour with no slot: a sentence, and the order is where it was.
    drop(target.replace(hour=target.hour + 1, minute=30))
    dialog = page.locator(".o_dialog")
    expect(dialog).to_contain_text("Il n’y a pas de créneau à ce moment")
    dialog.get_by_role("button").last.click()
    expect(bar).to_contain_text(f"{target:%H:%M}")
    assert slot_now() == free[-1]["id"]
