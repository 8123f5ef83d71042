"""The rush: a hundred members at once hold what they find, then confirm big baskets."""

import threading
import time

import pytest

from clients import at_once, each
from extent import rounds
from shop import refused

LINES, SLOTS, PLACES = 20, 4, 20
FULL_SLOT = r"plus de place"


def fill_baskets(shop, members):
    """Put one piece of each of twenty articles into all baskets; return the total of one."""
    shop.empty_baskets()
    products = shop.create_products(LINES, stock=10_000)
    return each(members, lambda member: [member.fill(product) for product in products])[0][-1].result["basket_total"]


def ask_nothing_until(over, member):
    """Ask the empty route again and again."""
    answers = []
    while not over.is_set():
        answers.append(member.ask_nothing())
        time.sleep(0.2)
    return answers


@pytest.mark.full
def test_a_hundred_members_at_once(clean_shop, race):
    """All places are sold, and twenty are told that none is left."""
    shop, members = clean_shop, clean_shop.crowd
    holding, confirming = race("rush: hold", len(members)), race("rush: confirm", len(members))
    for _round in holding.rounds(rounds(1)):
        total = fill_baskets(shop, members)
        slots = [shop.create_slot(PLACES) for _slot in range(SLOTS)]
        over = threading.Event()

        def order(member, slots=slots, total=total):
            """Take the first slot that has a place, begun at one's own, and confirm."""
            begin = members.index(member) % SLOTS
            held = []
            for slot in slots[begin:] + slots[:begin]:
                held.append(member.call("slots/hold", slot_id=slot))
                if held[-1].result.get("held"):
                    return held, member.confirm(total)
            return held, None

        def all_order(members=members, order=order, over=over):
            try:
                return at_once(members, order)
            finally:
                over.set()

        # Ten of them have a second tab open, which asks for nothing all the while.
        ordered, *asked = at_once(
            [all_order, *(lambda over=over, m=member: ask_nothing_until(over, m) for member in members[:10])],
            lambda act: act(),
        )
        holds = [answer for held, _confirmation in ordered for answer in held]
        confirmations = [confirmation for _held, confirmation in ordered if confirmation]
        holding.answers += holds
        confirming.answers += confirmations
        # One and the same round.
        confirming.round, confirming.exact = holding.round, holding.exact
        for row in (holding, confirming):
            row.beside += [answer for answers in asked for answer in answers]
        places = [answer for answer in holds if answer.result.get("held")]
        assert refused(holds, places, FULL_SLOT)
        assert all(answer.result.get("order") for answer in confirmations), [a.body for a in confirmations]
        assert len(places) == len(confirmations) == SLOTS * PLACES, holding.say(f"{len(confirmations)} sold")
        confirming.exact += 1
