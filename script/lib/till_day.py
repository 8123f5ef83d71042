"""Fills a day of the demonstration shop with baskets that wait to be handed over."""

import subprocess

import odoo_command

# As members and preparers did it; the slot is then moved to today.
CODE = """
from datetime import timedelta
from odoo import fields

point = env.ref("cafoutch_drive.point")
places = env["drive.place"].search([("point_id", "=", point.id)]).grouped("storage_class")
goods = env["product.product"].search([("drive_ok", "=", True), ("is_storable", "=", True)], order="default_code, id")
weighed = goods.filtered(lambda product: product.uom_id == env.ref("uom.product_uom_kgm"))
counted = goods - weighed
for product in goods:
    env["stock.quant"]._update_available_quantity(product, point.warehouse_id.lot_stock_id, 10000)
start = fields.Datetime.now() + timedelta(days=2)
slot = env["drive.slot"].create({{
    "point_id": point.id, "start": start, "stop": start + timedelta(minutes=15), "window_start": start,
    "capacity": {baskets},
}})
for number in range({baskets}):
    member = env["res.partner"].create({{"name": f"Camille Martin {{number}}", "coop_state": "up_to_date"}})
    order = env["sale.order"]._drive_basket(member, create=True)
    for kind, count in ((weighed, 2), (counted, 4)):
        for product in [kind[(number + n) % len(kind)] for n in range(count)]:
            order._drive_set_quantity(product.id, product.drive_qty_step * 2 if kind == weighed else 2)
    order._drive_hold(slot)
    order._drive_confirm(f"till-day-{{number:04}}", order.amount_total)
    order._drive_start_preparation()
    for line in order.order_line._drive_to_prepare():
        wanted = line._drive_wanted_qty()
        if line._drive_is_measured():
            line._drive_pick(round(wanted * 1.02, 3))
        elif line == order.order_line[-1] and number % 3 == 0:
            line._drive_short(1, "missing")
        else:
            line._drive_pick(wanted)
    for storage in order._drive_classes_in_crates():
        order._drive_add_crate(storage)._drive_place(places[storage][:1])
    order._drive_finish_preparation()
    if not number % 25:
        env.flush_all()
        env.invalidate_all()
now = fields.Datetime.now()
slot.write({{"start": now, "stop": now + timedelta(minutes=15), "window_start": now}})
env.cr.commit()
"""


def fill(database: str, baskets: int) -> None:
    """Make so many ready baskets of today: weighed, some with something missing, each with its crates."""
    subprocess.run(
        odoo_command.command("shell", "-d", database, "--no-http", "--log-level=warn"),
        env=odoo_command.environment(),
        input=CODE.format(baskets=baskets),
        text=True,
        check=True,
    )
