"""Baskets are handed over by two tills at once, on a bad line: every cent and gram is accounted for."""

from collections import Counter

import pytest

from support import run_check
from tills import BASKETS, BOTH, LATE, STOCK, hand_over


def lines_of(tickets):
    return [line for ticket in tickets for _new, _id, line in ticket["lines"]]


def assert_every_cent(psql, ids, cashiers, tickets, kept):
    """In the payments, on the orders, and in the books."""
    sessions = ", ".join(str(cashier.till.session) for cashier in cashiers)
    taken = round(sum(ticket["amount_total"] for ticket in tickets + kept), 2)
    assert float(psql(f"SELECT sum(amount) FROM pos_payment WHERE session_id IN ({sessions})")) == taken
    assert int(psql(f"SELECT count(*) FROM pos_order WHERE session_id IN ({sessions})")) == len(tickets + kept)
    booked = psql(
        "SELECT -sum(l.balance) FROM account_move_line l JOIN account_account a ON a.id = l.account_id"
        f" JOIN pos_session s ON s.move_id = l.move_id WHERE s.id IN ({sessions}) AND a.account_type = 'income'"
    )
    assert round(float(booked), 2) == taken
    of_baskets = [line["price_subtotal_incl"] for line in lines_of(tickets) if line.get("sale_order_line_id")]
    ordered = psql(f"SELECT sum(amount_total) FROM sale_order WHERE id IN ({ids})")
    assert float(ordered) == round(sum(of_baskets), 2)


def assert_every_gram(psql, goods, tickets, kept):
    """What was sold has left the shelves; of what was paid in vain only what was bought on the spot."""
    sold = Counter()
    bought = [line for line in lines_of(kept) if not line.get("sale_order_line_id")]
    for line in lines_of(tickets) + bought:
        sold[line["product_id"]] += line["qty"]
    for name, product in goods.items():
        there, promised = psql(
            "SELECT sum(q.quantity), sum(q.reserved_quantity) FROM stock_quant q JOIN stock_location l"
            f" ON l.id = q.location_id WHERE q.product_id = {product} AND l.usage = 'internal'"
        ).split("|")
        assert (round(float(there), 3), float(promised)) == (round(STOCK - sold[product], 3), 0), name


def assert_to_put_right(shop, count):
    """`script/check` names what was paid in vain, and nothing else."""
    status, printed = run_check(shop)
    assert status == 0, printed
    assert printed.count("unsold, ") == count, printed
    assert len(printed.strip().splitlines()) == count + 1, printed
    repairs = shop.rpc.call("drive.repair", "search", [("done_at", "=", False)])
    shop.rpc.call("drive.repair", "action_settle", repairs)
    assert run_check(shop) == (0, "")


# Two hundred baskets are made, prepared and paid: half of it is making them.
@pytest.mark.timeout(1800)
@pytest.mark.tills_at_once
def test_two_tills_hand_over_at_once(clean_shop, race, psql, server_log):
    shop = clean_shop
    handing = race("hand over", 2, retries=True)
    handing.round = 1
    day = hand_over(shop)
    orders, goods = day.made["orders"], day.made["goods"]

    # Each basket once, and what was refused was refused because of the other till.
    assert len(day.tickets) == BASKETS
    assert len(day.refused) == BOTH
    ids = ", ".join(str(order["id"]) for order in orders)
    assert psql(f"SELECT DISTINCT drive_state FROM sale_order WHERE id IN ({ids})") == "done"
    assert_every_cent(psql, ids, day.cashiers, day.tickets, day.kept)
    assert_every_gram(psql, goods, day.tickets, day.kept)
    assert_to_put_right(shop, LATE)

    log = server_log()
    handing.retries, handing.exact = log.count("tries left"), 1
    handing.answers += [answer for cashier in day.cashiers for answer in cashier.answers if answer.is_clean]


@pytest.mark.full
@pytest.mark.tills_at_once
@pytest.mark.timeout(1800)
def test_a_second_ticket_is_taken(mutant_shop, check):
    """By a till that opened the basket before the other one was paid for it."""
    shop = mutant_shop("drive_mutant_second_ticket")
    hand_over(shop)
    status, printed = check(shop)
    assert status == 1
    assert "an order is paid by one ticket" in printed
