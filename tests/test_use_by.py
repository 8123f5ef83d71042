"""Where `product_expiry` is installed, the nearest dates go into the baskets, and one that is too near is flagged."""

import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import expect

import odoo_command
import odoo_shell
from preparing import COUNT, go_to_batch
from support import Rpc

# Two baskets of 3 for a pickup in two days. The lot that came first keeps longest; the next
# one ends nearest, of which there are 4; one has no date. What `cheese` is for was told to
# leave as it came.
CODE = """
from datetime import timedelta
from odoo import fields

assert "expiration_date" in env["stock.lot"]._fields
point = env.ref("cafoutch_drive.point")
stock = point.warehouse_id.lot_stock_id
now = fields.Datetime.now()
start = now + timedelta(days=2)
fifo = env["product.category"].create({
    "name": "As it came", "removal_strategy_id": env.ref("stock.removal_fifo").id,
})

def article(name, **values):
    product = env["product.product"].create({
        "name": name, "type": "consu", "is_storable": True, "tracking": "lot", "use_expiration_date": True,
        "list_price": 3, "drive_ok": True, "drive_food": "none", "drive_storage_class": "chilled", **values,
    })
    for number, (lot, days) in enumerate((("LONG", 60), ("NEXT", 5), ("LATER", 20), ("NONE", None))):
        lot = env["stock.lot"].create({"name": lot, "product_id": product.id})
        lot.expiration_date = days and now + timedelta(days=days)
        if not days:
            lot.removal_date = False
        env["stock.quant"]._update_available_quantity(
            product, stock, 4, lot_id=lot, in_date=now - timedelta(days=30 - number)
        )
    return product

cream, cheese = article("Crème"), article("Fromage", categ_id=fifo.id)
slot = env["drive.slot"].create({
    "point_id": point.id, "start": start, "stop": start + timedelta(minutes=15), "window_start": start, "capacity": 2,
})
orders = env["sale.order"]
for number in range(2):
    member = env["res.partner"].create({"name": f"Camille Martin {number}", "coop_state": "up_to_date"})
    order = env["sale.order"]._drive_basket(member, create=True)
    for product in (cream, cheese):
        order._drive_set_quantity(product.id, 3)
    order._drive_hold(slot)
    order._drive_confirm(f"use-by-{number}", order.amount_total)
    orders |= order
env.flush_all()
env.cr.execute("UPDATE drive_point SET cutoff_minutes = 5760 WHERE id = %s", [point.id])
env.invalidate_all()
point._form_batches()
env.cr.commit()

def reserved(product):
    return [
        sorted((row.lot_id.name, row.quantity) for row in line.move_ids.move_line_ids)
        for line in orders.order_line if line.product_id == product
    ]

answer({
    "orders": orders.ids, "batch": orders.drive_batch_id.ids, "cream": cream.id, "lots": reserved(cream),
    "as_it_came": reserved(cheese),
})
"""


@pytest.fixture(scope="module")
def shop(new_database, new_server):
    """The demonstration shop with `product_expiry`."""
    name = new_database("demo")
    subprocess.run(
        odoo_command.command("-d", name, "-i", "product_expiry", "--stop-after-init", "--no-http"),
        env=odoo_command.environment(),
        check=True,
        capture_output=True,
    )
    return new_server(name=name)


@pytest.fixture(scope="module")
def dated(shop):
    """What :data:`CODE` answers."""
    return odoo_shell.run(shop.database, CODE)


@pytest.fixture(scope="module")
def batch(shop, dated):
    volunteer = Rpc(shop.url, shop.database, "benevole")
    return volunteer("drive.preparation", "open", dated["batch"][0], context={"lang": "fr_FR"})


def dates(batch, product):
    [stop] = [stop for stop in batch["stops"] if stop["id"] == product]
    return [[(row["lot"], row["near"]) for row in cell["dates"]] for cell in stop["cells"]]


def move_date(shop, dated, lot, days):
    """Somebody corrects the date of a lot, to so many days from now."""
    admin = Rpc(shop.url, shop.database, "admin")
    found = [("name", "=", lot), ("product_id", "=", dated["cream"])]
    moment = datetime.now(timezone.utc) + timedelta(days=days)
    admin("stock.lot", "write", admin("stock.lot", "search", found), {"expiration_date": f"{moment:%F %T}"})


def test_the_nearest_dates_go_into_the_baskets(dated, batch):
    assert dated["lots"] == [[["NEXT", 3.0]], [["LATER", 2.0], ["NEXT", 1.0]]]
    assert dates(batch, dated["cream"]) == [[("NEXT", False)], [("NEXT", False), ("LATER", False)]]
    # Who has chosen another way for these goods keeps it.
    assert dated["as_it_came"][0] == [["LONG", 3.0]]


def test_a_date_that_is_too_near_is_flagged(shop, dated, batch, new_page, sign_in, axe, screenshots):
    page = new_page(1280, 900, base_url=shop.url)
    sign_in(page, "responsable")
    page.goto("/odoo/drive-today")
    # The first page of a shop makes the files of Odoo's client.
    expect(page.locator(".o_drive_today_states")).to_be_visible(timeout=60_000)
    expect(page.locator(".o_drive_today_page")).not_to_contain_text("NEXT")

    move_date(shop, dated, "NEXT", 1)
    volunteer = Rpc(shop.url, shop.database, "benevole")
    now = volunteer("drive.preparation", "open", batch["id"])
    assert dates(now, dated["cream"]) == [[("NEXT", True)], [("NEXT", True), ("LATER", False)]]

    phone = new_page(360, 740, base_url=shop.url, has_touch=True, is_mobile=True)
    sign_in(phone, "benevole")
    go_to_batch(phone, batch)
    phone.tap("text=Commencer")
    phone.locator(COUNT).tap()
    phone.locator(".o_drive_line", has_text="Crème").first.tap()
    shown = phone.locator(".o_drive_use_by")
    expect(shown.locator("li")).to_have_count(2)
    expect(shown.locator("li").first).to_contain_text("lot NEXT : A, B (trop proche)", use_inner_text=True)
    expect(shown.locator("li").last).to_contain_text("lot LATER : B", use_inner_text=True)
    expect(shown.locator("[role=alert]")).to_contain_text("Manquant")
    phone.screenshot(path=screenshots / "use-by-phone.png")
    # Texts alone are added: they are to be read.
    assert [fault for fault in axe(phone) if fault.startswith("color-contrast") and "o_drive" in fault] == []
    phone.goto(f"/odoo/preparation/{dated['orders'][0]}")
    phone.locator(COUNT).tap()
    phone.locator(".o_drive_line", has_text="Crème").first.tap()
    expect(phone.locator(".o_drive_use_by li")).to_contain_text("lot NEXT (trop proche)", use_inner_text=True)

    phone.goto(f"/report/html/cafoutch_drive.report_pick_list/{','.join(map(str, dated['orders']))}")
    stop = phone.locator(".stop", has_text="Crème")
    expect(stop.locator("li").first).to_contain_text("lot NEXT (trop proche)", use_inner_text=True)
    expect(stop.locator("li").last).to_contain_text("lot LATER", use_inner_text=True)
    assert "trop proche" not in stop.locator("small", has_text="LATER").inner_text()

    page.reload()
    attention = page.locator(".o_drive_today_attention")
    expect(attention).to_contain_text("Crème, lot NEXT")
    page.screenshot(path=screenshots / "use-by-today.png")
