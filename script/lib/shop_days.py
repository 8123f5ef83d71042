"""Fills the demonstration shop: orders that wait to be prepared, or baskets that wait to be handed over."""

import odoo_shell

# As members did it: a slot of the day after tomorrow, and an order of it for each.
ORDERS = """
from datetime import timedelta
from odoo import fields

point = env.ref("cafoutch_drive.point")
goods = env["product.product"].search([("drive_ok", "=", True), ("is_storable", "=", True)], order="default_code, id")
weighed = goods.filtered(lambda product: product.uom_id == env.ref("uom.product_uom_kgm"))
counted = goods - weighed
by_class = counted.grouped("drive_storage_class")
for product in goods:
    env["stock.quant"]._update_available_quantity(product, point.warehouse_id.lot_stock_id, 10000)
start = fields.Datetime.now() + timedelta(days=2)
slot = env["drive.slot"].create({{
    "point_id": point.id, "start": start, "stop": start + timedelta(minutes=15), "window_start": start,
    "capacity": {baskets},
}})

def create_order(number, steps, chosen):
    # Neighbours have some articles in common.
    member = env["res.partner"].create({{"name": f"Camille Martin {{number}}", "coop_state": "up_to_date"}})
    order = env["sale.order"]._drive_basket(member, create=True)
    for kind, count in chosen:
        for product in [kind[(number + n) % len(kind)] for n in range(count)]:
            order._drive_set_quantity(product.id, steps * (product.drive_qty_step if kind == weighed else 1))
    order._drive_hold(slot)
    order._drive_confirm(f"shop-day-{{slot.id}}-{{number}}", order.amount_total)
    return order
"""
# The cut-off is over right afterwards.
TO_PREPARE = """
orders = env["sale.order"]
for number in range({baskets}):
    chosen = [(weighed, 2), (by_class["chilled"], 2), (by_class["frozen"], 1), (by_class["ambient"], {lines} - 5)]
    order = create_order(number, 1 + number % 3, chosen)
    assert len(order._drive_product_lines()) == {lines}, order._drive_product_lines().mapped("name")
    orders += order
point.batch_size = {baskets}
env.flush_all()
env.cr.execute("UPDATE drive_point SET cutoff_minutes = 5760 WHERE id = %s", [point.id])
env.cr.commit()
answer(orders.ids)
"""
# As preparers did it; the slot is then moved to today.
TO_HAND_OVER = """
places = env["drive.place"].search([("point_id", "=", point.id)]).grouped("storage_class")
for number in range({baskets}):
    order = create_order(number, 2, [(weighed, 2), (counted, 4)])
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


def fill_window(database: str, baskets: int, lines: int) -> list[int]:
    """Make a batch of so many baskets with so many lines each: some weighed, some cold.

    :return: the ids of their orders
    """
    return odoo_shell.run(database, (ORDERS + TO_PREPARE).format(baskets=baskets, lines=lines))


def fill_till_day(database: str, baskets: int) -> None:
    """Make so many ready baskets of today: weighed, some with something missing, each with its crates."""
    odoo_shell.run(database, (ORDERS + TO_HAND_OVER).format(baskets=baskets))
