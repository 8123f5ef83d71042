"""People of one household at once: its limit of open orders holds at every door."""

import re

import pytest

from clients import at_once
from extent import rounds

HOUSEHOLDS = 3
PEOPLE = 2
MUTANT_ROUNDS = 6


@pytest.fixture
def households():
    """A function that makes households of a shop's members; they move out at the end."""
    done = []

    def make(shop):
        pairs = [shop.members[n : n + PEOPLE] for n in range(0, HOUSEHOLDS * PEOPLE, PEOPLE)]
        for main, attached in pairs:
            shop.rpc.call("res.partner", "write", [attached.partner_id], {"parent_id": main.partner_id})
        shop.rpc.call("drive.point", "write", [shop.point_id], {"max_open_orders": 1})
        done.append((shop, [attached.partner_id for _main, attached in pairs]))
        return pairs

    yield make
    for shop, attached in done:
        shop.cancel_orders()
        shop.rpc.call("res.partner", "write", attached, {"parent_id": False, "coop_state": "up_to_date"})
        shop.rpc.call("drive.point", "write", [shop.point_id], {"max_open_orders": 1000})


def race_of_households(shop, pairs):
    """All people of all households confirm at once: the first of each by the back office."""
    shop.empty_baskets()
    shop.cancel_orders()
    slot = shop.create_slot(100)
    people = [person for pair in pairs for person in pair]
    baskets = {}
    # Goods of their own: two who take the same ones wait for each other already.
    for person, product in zip(people, shop.create_products(len(people), stock=1), strict=True):
        assert person.call("slots/hold", slot_id=slot).result["held"]
        total = person.fill(product).result["basket_total"]
        [baskets[person]] = shop.rpc.call(
            "sale.order", "search", [("partner_id", "=", person.partner_id), ("drive_state", "=", "basket")]
        )

    def confirm(person):
        if person in [main for main, _attached in pairs]:
            try:
                return {"order": shop.rpc.call("sale.order", "action_confirm", [baskets[person]])}
            except RuntimeError as refused:
                return {"message": str(refused)}
        answer = person.confirm(total)
        assert answer.is_clean, answer.body
        return answer.result

    answers = dict(zip(people, at_once(people, confirm), strict=True))
    return [[answers[person] for person in pair] for pair in pairs]


def test_one_order_a_household(clean_shop, households, race):
    limited = race("household", HOUSEHOLDS * PEOPLE, retries=True)
    pairs = households(clean_shop)
    for _round in limited.rounds(rounds(3)):
        for answers in race_of_households(clean_shop, pairs):
            [refused] = [answer for answer in answers if not answer.get("order")]
            assert re.search(r"foyer|household", refused["message"]), refused


@pytest.mark.full
def test_without_the_claim_a_household_gets_two(mutant_shop, households):
    shop = mutant_shop("drive_mutant_household")
    pairs = households(shop)
    for _round in range(MUTANT_ROUNDS):
        answers = race_of_households(shop, pairs)
        if any(all(answer.get("order") for answer in pair) for pair in answers):
            return
    pytest.fail("the race does not show what it is made for")
