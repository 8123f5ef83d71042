"""Fills an opening window of the demonstration shop with orders, for those who prepare them."""

import subprocess

import odoo_command

# As the members did it; the cut-off is over right afterwards.
CODE = """
from datetime import timedelta
from odoo import fields

point = env.ref("cafoutch_drive.point")
goods = env["product.product"].search([("drive_ok", "=", True), ("is_storable", "=", True)], order="default_code, id")
weighed = goods.filtered(lambda product: product.uom_id == env.ref("uom.product_uom_kgm"))
by_class = (goods - weighed).grouped("drive_storage_class")
for product in goods:
    env["stock.quant"]._update_available_quantity(product, point.warehouse_id.lot_stock_id, 1000)
start = fields.Datetime.now() + timedelta(days=2)
slot = env["drive.slot"].create({{
    "point_id": point.id, "start": start, "stop": start + timedelta(minutes=15), "window_start": start,
    "capacity": {baskets},
}})
for number in range({baskets}):
    member = env["res.partner"].create({{"name": f"Camille Martin {{number}}", "coop_state": "up_to_date"}})
    order = env["sale.order"]._drive_basket(member, create=True)
    # Neighbours have some articles in common.
    chosen = [(weighed, 2), (by_class["chilled"], 2), (by_class["frozen"], 1), (by_class["ambient"], {lines} - 5)]
    for kind, count in chosen:
        for product in [kind[(number + n) % len(kind)] for n in range(count)]:
            steps = 1 + number % 3
            order._drive_set_quantity(product.id, steps * product.drive_qty_step if kind == weighed else steps)
    assert len(order._drive_product_lines()) == {lines}, order._drive_product_lines().mapped("name")
    order._drive_hold(slot)
    order._drive_confirm(f"window-{{number}}", order.amount_total)
point.batch_size = {baskets}
env.flush_all()
env.cr.execute("UPDATE drive_point SET cutoff_minutes = 5760 WHERE id = %s", [point.id])
env.cr.commit()
"""


def fill(database: str, baskets: int, lines: int) -> None:
    """Make a batch of so many baskets with so many lines each: some weighed, some cold."""
    subprocess.run(
        odoo_command.command("shell", "-d", database, "--no-http", "--log-level=warn"),
        env=odoo_command.environment(),
        input=CODE.format(baskets=baskets, lines=lines),
        text=True,
        check=True,
    )
