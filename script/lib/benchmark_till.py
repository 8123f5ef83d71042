"""What a till asks: a prepared basket paid, beside the same order settled by pos_sale alone."""

import itertools

import database
import odoo_shell
import postgres
import shop_days
from benchmark_clients import Client
from benchmark_measure import Alone
from benchmark_shops import OURS, STOCK
from benchmark_table import Budget, row
from serving import Server

SETTLE_BUDGET = Budget("of_stock", 0.5, "x of stock")
FLOOR_ROUTE = "/web/session/check"

# Every basket of the window is prepared, a session opened; each basket has a twin: the same lines in
# an order of Odoo's, reserved too, that is no order of the drive. The tickets of both are asked for.
CODE = """
from uuid import uuid4
from odoo import fields
from odoo.fields import Command

orders = env["sale.order"].search(
    [("is_drive", "=", True), ("partner_id.name", "=like", "Camille Martin %")], order="id"
)
demo = env["drive.demo"]
for order in orders:
    order._drive_start_preparation()
    demo._prepare(order, "ready")
till = env.ref("cafoutch_drive.till")
till.with_user(env.ref("cafoutch_drive.user_caissier")).open_ui()
session = till.current_session_id
session.set_opening_control(0, None)
tickets = {"drive": [], "shop": []}
for order in orders:
    ticket = demo._ticket(order, session, till.payment_method_ids[:1])
    ticket["date_order"] = fields.Datetime.to_string(fields.Datetime.now())
    twin = env["sale.order"].create({
        "partner_id": order.partner_id.id,
        "order_line": [Command.create({
            "product_id": line.product_id.id, "product_uom_qty": line.product_uom_qty,
            "price_unit": line.price_unit, "tax_ids": [Command.set(line.tax_ids.ids)],
        }) for line in order._drive_till_sale_lines()],
    })
    twin.action_confirm()
    twins = dict(zip(order._drive_till_sale_lines().ids, twin.order_line.ids, strict=True))
    lines = [Command.create({
        **values, "uuid": str(uuid4()), "sale_order_line_id": twins[values["sale_order_line_id"]],
        "sale_order_origin_id": twin.id,
    }) for _command, _id, values in ticket["lines"]]
    tickets["drive"].append(ticket)
    tickets["shop"].append({**ticket, "uuid": str(uuid4()), "access_token": str(uuid4()), "lines": lines})
env.cr.commit()
answer(tickets)
"""


class Till:
    """A till of the demonstration shop; a ticket for each turn."""

    def __init__(self, server, login, tickets):
        self.server = server
        self.clients = [Client(server, login, login)]
        self.tickets = iter(tickets)

    def floor(self, client, _number, measured):
        with measured:
            client.call(FLOOR_ROUTE)

    def settle(self, client, _number, measured):
        ticket = next(self.tickets)
        with measured:
            answer = client.call(
                "/web/dataset/call_kw/pos.order/sync_from_ui",
                model="pos.order",
                method="sync_from_ui",
                args=[[ticket]],
                kwargs={},
            )
        assert [found["state"] for found in answer["pos.order"]] == ["paid"], answer["pos.order"]


def measure(lines: int, rounds: int, name: str) -> list[dict]:
    """The row of so many orders with so many lines each, on a database that is called so.

    Both are paid at the same till of the same shop, in turn: ours by a cashier of the drive, the
    other by the administrator, for Odoo asks for rights on sales.
    """
    database.create(name, "demo")
    try:
        shop_days.fill_window(name, rounds + 1, lines)
        tickets = odoo_shell.run(name, CODE)
        articles = int(postgres.psql("SELECT count(*) FROM product_template WHERE drive_ok", name))
        with Server(name, cron_threads=0) as server:
            ours, stock, alone = (
                Till(server, "caissier", tickets[OURS]),
                Till(server, "admin", tickets[STOCK]),
                Alone(),
            )
            things = itertools.product(("floor", "settle"), ((OURS, ours), (STOCK, stock)))
            tasks = {(thing, kind): (till, getattr(till, thing)) for thing, (kind, till) in things}
            alone.measure_inside(tasks, rounds)
    finally:
        database.drop(name)
    costs = {key: figure.summary() for key, figure in alone.figures.items()}
    place = {"articles": articles, "connections": 1, "what": f"settle an order of {lines} lines at the till"}
    settled = [costs["settle", kind] for kind in (OURS, STOCK)]
    return [row(place, *settled, costs["floor", OURS]["ms"], SETTLE_BUDGET)]
