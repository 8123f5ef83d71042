"""Twenty members at once, over HTTP, on a real server with several workers.

`script/test --race` runs more rounds. The same races on a shop whose guards were taken
away (see mutants/) must oversell, and be caught: a race test that cannot fail is none.
"""

import os
import re
import threading

import pytest
from shop import at_once, times

ROUNDS = 5 if os.environ.get("DRIVE_RACE") == "full" else 1
# A mutant may be lucky in one round.
MUTANT_ROUNDS = 6
PLACES = GOODS = 10


def race_for_places(shop):
    """All members hold the same slot at once; return those who did."""
    shop.clear()
    slot = shop.create_slot(PLACES)
    answers = at_once(shop.members, lambda m: m.call("slots/hold", slot_id=slot))
    print(f"hold: {times(answers)}")
    return answers, [answer for answer in answers if answer.result.get("held")]


def race_for_goods(shop):
    """All members, each with a place, confirm one piece of the same product."""
    shop.clear()
    product = shop.create_product(stock=GOODS)
    slot = shop.create_slot(len(shop.members))

    def prepare(member):
        assert member.call("slots/hold", slot_id=slot).result["held"]
        return member.fill(product).result["basket_total"]

    total = at_once(shop.members, prepare)[0]
    answers = at_once(shop.members, lambda m: m.confirm(total))
    print(f"confirm: {times(answers)}")
    return answers, [answer for answer in answers if answer.result.get("order")]


def assert_clear_refusals(answers, taken, sentence):
    """Everybody got an answer; the others a sentence, in French."""
    assert all(answer.is_clean for answer in answers), [a.body for a in answers]
    refused = [answer for answer in answers if answer not in taken]
    for answer in refused:
        assert re.search(sentence, answer.result["message"]), answer.result


@pytest.mark.parametrize("number", range(ROUNDS))
def test_twenty_members_hold_ten_places(number, clean_shop, check, server_log):
    answers, held = race_for_places(clean_shop)
    assert len(held) == PLACES
    assert_clear_refusals(answers, held, r"plus de place|place.*libre|complet")
    assert check(clean_shop) == (0, "")
    assert "tries left" not in server_log(), "Odoo retried a request"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_twenty_members_confirm_ten_pieces(number, clean_shop, check, server_log):
    answers, confirmed = race_for_goods(clean_shop)
    assert len(confirmed) == GOODS
    assert_clear_refusals(answers, confirmed, r"reste")
    assert check(clean_shop) == (0, "")
    assert "tries left" not in server_log(), "Odoo retried a request"


def test_one_order_confirmed_by_many_clicks(clean_shop, check):
    """The same key, four times at once, for five members: five orders."""
    members = clean_shop.members[:5]
    product = clean_shop.create_product(stock=100)
    slot = clean_shop.create_slot(len(members))
    clicks = []
    for member in members:
        assert member.call("slots/hold", slot_id=slot).result["held"]
        total = member.fill(product).result["basket_total"]
        clicks += [(member, total, f"key of {member.login}")] * 4
    answers = at_once(clicks, lambda click: click[0].confirm(*click[1:]))
    orders = {answer.result["order"] for answer in answers}
    assert len(orders) == len(members)
    pickings = clean_shop.rpc.call("stock.picking", "search_count", [("sale_id.name", "in", list(orders))])
    assert pickings == len(members)
    assert check(clean_shop) == (0, "")


def test_the_back_office_reserves_at_the_same_time(clean_shop, check):
    """Ten members confirm what ten salespeople confirm as well: ten pieces go."""
    product = clean_shop.create_product(stock=GOODS)
    members = clean_shop.members[:10]
    slot = clean_shop.create_slot(len(members))
    for member in members:
        assert member.call("slots/hold", slot_id=slot).result["held"]
        total = member.fill(product).result["basket_total"]
    rpc = clean_shop.rpc
    quotations = [
        rpc.call(
            "sale.order",
            "create",
            {
                "partner_id": member.partner_id,
                "order_line": [(0, 0, {"product_id": product, "product_uom_qty": 1})],
            },
        )
        for member in members
    ]

    def confirm(actor):
        if isinstance(actor, int):
            return rpc.call("sale.order", "action_confirm", [actor])
        answer = actor.confirm(total)
        assert answer.is_clean, answer.body
        return answer

    at_once([*members, *quotations], confirm)
    reserved = rpc.call(
        "stock.move",
        "search_count",
        [("product_id", "=", product), ("state", "=", "assigned")],
    )
    assert reserved == GOODS
    assert check(clean_shop) == (0, "")


def test_a_hold_that_ends_during_the_confirmation(clean_shop, check, psql):
    """The one place of a slot: its holder confirms in time, a rival asks meanwhile."""
    holder, rival = clean_shop.members[:2]
    slot = clean_shop.create_slot(1)
    assert holder.call("slots/hold", slot_id=slot).result["held"]
    for _line in range(30):
        total = holder.fill(clean_shop.create_product(stock=5)).result["basket_total"]
    psql(
        "UPDATE drive_booking SET expires_at = clock_timestamp() AT TIME ZONE 'UTC'"
        f" + interval '150 ms' WHERE slot_id = {slot}"
    )
    confirming = threading.Event()

    def act(member):
        if member is holder:
            answer = holder.confirm(total)
            confirming.set()
            return answer
        while not confirming.is_set():
            answer = rival.call("slots/hold", slot_id=slot)
        return answer

    confirmed, held = at_once([holder, rival], act)
    # Whoever came first has the place, and the other does not.
    assert bool(confirmed.result.get("order")) != bool(held.result.get("held"))
    assert check(clean_shop) == (0, "")


@pytest.mark.parametrize(
    ("mutant", "race"),
    [
        ("drive_mutant_hold", race_for_places),
        ("drive_mutant_confirm", race_for_goods),
    ],
)
def test_without_its_guards_the_shop_oversells_and_is_caught(mutant, race, mutant_shop, check):
    shop = mutant_shop(mutant)
    for _round in range(MUTANT_ROUNDS):
        _answers, taken = race(shop)
        if len(taken) > 10:
            break
    assert len(taken) > 10, "the race does not show what it is made for"
    status, printed = check(shop)
    assert status == 1
    assert "broken: " in printed
