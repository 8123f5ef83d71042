"""Two tills that hand over baskets at once, on a bad line."""

import contextlib
import json
import random
from dataclasses import dataclass, field

import requests

import odoo_shell
from clients import PASSWORD, Member, at_once, home
from extent import FULL
from till import Till

BASKETS = 200 if FULL else 20
# So many baskets are taken by both tills, and so many paid by a till without network after the other.
BOTH, LATE = BASKETS // 5, BASKETS // 20
STOCK = 5_000
TRIES = 10
PRICES = {"cheese": 3.33, "beer": 3.1, "bread": 4.85}

# Baskets that are ready, as the members and preparers made them.
CODE = """
from datetime import timedelta
from odoo import fields

point = env["drive.point"].browse({point})
# The lines of a ticket add up to its total, and what is weighed has grams.
goods = {{name: env["product.product"].create({{
    "name": "Race " + name, "type": "consu", "is_storable": True, "list_price": price, "taxes_id": [(6, 0, [])],
    "drive_ok": True, "available_in_pos": True,
    "uom_id": env.ref("uom.product_uom_kgm" if name == "cheese" else "uom.product_uom_unit").id,
}}) for name, price in {prices}.items()}}
for product in goods.values():
    env["stock.quant"]._update_available_quantity(product, point.warehouse_id.lot_stock_id, {stock})
start = fields.Datetime.now() + timedelta(days=2)
slot = env["drive.slot"].create({{
    "point_id": point.id, "start": start, "stop": start + timedelta(minutes=1), "window_start": start,
    "capacity": {baskets},
}})
place = env["drive.place"].create({{"name": "Race", "point_id": point.id, "storage_class": "ambient"}})
ready = []
for number in range({baskets}):
    member = env["res.partner"].create({{"name": f"Race member {{number}}", "coop_state": "up_to_date"}})
    order = env["sale.order"]._drive_basket(member, create=True)
    for name, quantity in (("cheese", 0.5 + number % 4 * 0.2), ("beer", 1 + number % 3), ("bread", 1)):
        order._drive_set_quantity(goods[name].id, quantity)
    order._drive_hold(slot)
    order._drive_confirm(f"race-{{slot.id}}-{{number}}", order.amount_total)
    order._drive_start_preparation()
    for line in order._drive_product_lines():
        share = 0.93 + number % 13 / 100 if line.product_id == goods["cheese"] else 1
        line._drive_pick(round(line.product_uom_qty * share, 3))
    order._drive_add_crate("ambient")._drive_place(place)
    order._drive_finish_preparation()
    ready.append({{"id": order.id, "code": order.drive_pickup_code}})
    env.cr.commit()
answer({{"orders": ready, "goods": {{name: product.id for name, product in goods.items()}}}})
"""


class Cashier(Member):
    """A cashier of the drive, without any right on sales, at a till of their own."""

    def __init__(self, shop, number):
        login = f"race-cashier-{number}-{random.randrange(10**9)}"
        group = shop.rpc.call(
            "ir.model.data",
            "search_read",
            [("module", "=", "cafoutch_drive"), ("name", "=", "group_cashier")],
            ["res_id"],
        )[0]["res_id"]
        user = shop.rpc.call(
            "res.users",
            "create",
            {"name": login, "login": login, "password": PASSWORD, "group_ids": [(6, 0, [group])], "lang": "en_US"},
        )
        super().__init__(shop, login, user, home(number))
        self.sign_in()
        self.till = Till(shop, drive_point_id=shop.point_id)
        self.answers = []

    def ask(self, model, method, *args, **options):
        parameters = {"model": model, "method": method, "args": args, "kwargs": options}
        answer = self._post(self.http, f"/web/dataset/call_kw/{model}/{method}", parameters)
        self.answers.append(answer)
        return answer

    def fill(self, order, goods, dice):
        """Open a basket, and make a ticket of it: with what is refused, and what is bought besides.

        :return: the ticket; ``None`` when the basket is not to be had any more
        """
        opened = self.ask("sale.order", "drive_till_open", self.till.config, code=f"DRV{order['code']}").result
        if "lines" not in opened:
            assert "handed over already" in opened["refusal"], opened
            return None
        for crate in opened["order"]["crates"]:
            self.ask("sale.order", "drive_till_crate", self.till.config, order["id"], crate["id"], "here")
        lines, left = [], {}
        for row in opened["lines"]:
            quantity, luck = row["qty"], dice.random()
            if lines and luck < 0.15:
                left[row["sale_line_id"]] = "shelf"
                continue
            if luck > 0.85 and quantity >= 2:
                left[row["sale_line_id"]] = "shelf"
                quantity -= 1
            pays_for = {"sale_order_line_id": row["sale_line_id"], "sale_order_origin_id": order["id"]}
            lines.append(self.till.line(row["product_id"], quantity, row["price_unit"], **pays_for))
        if dice.random() < 0.4:
            name = dice.choice(["beer", "bread"])
            lines.append(self.till.line(goods[name], dice.randint(1, 3), PRICES[name]))
        return self.till.ticket(lines, drive_refused=json.dumps(left))

    def send(self, ticket, dice):
        """Send a ticket as a till does on a line that is cut now and then: until it is answered.

        :return: whether it was taken; it is refused when the other till was paid
        """
        if dice.random() < 0.3:
            body = {"jsonrpc": "2.0", "params": {"model": "pos.order", "method": "sync_from_ui", "args": [[ticket]]}}
            body["params"]["kwargs"] = {}
            # The line is cut before the answer; what the server does with it nobody knows.
            with contextlib.suppress(requests.RequestException):
                self.http.post(
                    f"{self.shop.url}/web/dataset/call_kw/pos.order/sync_from_ui",
                    json=body,
                    timeout=(10, dice.choice([0.01, 0.1, 0.4])),
                )
        for _try in range(TRIES):
            answer = self.ask("pos.order", "sync_from_ui", [ticket])
            if answer.is_clean:
                [taken] = [row for row in answer.result["pos.order"] if row["uuid"] == ticket["uuid"]]
                assert taken["state"] == "paid", taken
                return True
            if "handed over already" in answer.body["error"]["data"]["message"]:
                return False
        raise AssertionError(f"the till could not send its ticket: {answer.body}")


def ready_baskets(shop):
    code = CODE.format(point=shop.point_id, prices=PRICES, stock=STOCK, baskets=BASKETS)
    return odoo_shell.run(shop.database, code)


@dataclass
class HandedOver:
    """What two tills say of the baskets of a day."""

    made: dict
    cashiers: list
    # What was paid; what was paid in vain, without a network; the orders that a till refused.
    tickets: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    refused: list = field(default_factory=list)


def hand_over(shop) -> HandedOver:
    """Make baskets, and hand them over by two tills: some are tried by both at about the same time,
    and some are paid by one without a network after the other was paid."""
    made = ready_baskets(shop)
    orders, goods = made["orders"], made["goods"]
    cashiers = [Cashier(shop, number) for number in range(2)]
    day = HandedOver(made, cashiers)

    def dice(cashier, order):
        return random.Random(f"{cashiers.index(cashier)} {order['code']}")

    # These are opened while there is a network.
    late = [(cashiers[1], order, cashiers[1].fill(order, goods, dice(cashiers[1], order))) for order in orders[:LATE]]

    def work(cashier):
        taken = []
        number = cashiers.index(cashier)
        first = [] if number else orders[:LATE]
        for order in [*orders[LATE : LATE + BOTH], *first, *orders[LATE + BOTH + number :: 2]]:
            luck = dice(cashier, order)
            ticket = cashier.fill(order, goods, luck)
            if ticket is None or not cashier.send(ticket, luck):
                day.refused.append(order)
                continue
            taken.append(ticket)
        return taken

    day.tickets = [ticket for taken in at_once(cashiers, work) for ticket in taken]
    for cashier, order, ticket in late:
        moment = cashier.till.ticket([line for _new, _id, line in ticket["lines"]], minutes_ago=10)
        assert cashier.send(moment, dice(cashier, order))
        day.kept.append(moment)
    for cashier in cashiers:
        cashier.till.close()
    return day
