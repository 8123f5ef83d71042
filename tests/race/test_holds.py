"""Many members hold places of one slot at once: as many get one as there are, never more."""

import threading

import pytest

from clients import each
from extent import CROWDS, FULL, rounds
from races import PLACES, confirm, hold_places
from shop import refused

FULL_SLOT = r"plus de place|place.*libre|complet"


@pytest.mark.parametrize("clients", CROWDS)
def test_members_hold_ten_places(clients, clean_shop, race):
    members = clean_shop.crowd[:clients]
    holding = race("hold", clients)
    for _round in holding.rounds(rounds(50)):
        _slot, answers, held = hold_places(clean_shop, members, holding.run)
        assert len(held) == PLACES, holding.say(f"{len(held)} hold a place")
        assert refused(answers, held, FULL_SLOT)
        clean_shop.release(members)
    if FULL and clients == 20:
        assert holding.ratio <= 2, holding.say("a hold waits too long beside an empty route")


@pytest.mark.parametrize("clients", CROWDS)
def test_members_fill_a_slot_up_to_its_lines(clients, clean_shop, race):
    """A slot prepares twelve lines, each basket has two: six of them, whatever its places."""
    members = clean_shop.crowd[:clients]
    for product in clean_shop.create_products(2, stock=1000):
        each(members, lambda member, product=product: member.fill(product))
    holding = race("hold lines", clients)
    for _round in holding.rounds(rounds(5)):
        _slot, answers, held = hold_places(clean_shop, members, holding.run, capacity=100, line_capacity=12)
        assert len(held) == 6, holding.say(f"{len(held)} hold a place")
        assert refused(answers, held, FULL_SLOT)
        clean_shop.release(members)


def test_lines_that_come_after_the_hold_are_counted(clean_shop, race):
    """Ten hold a place with an empty basket, then confirm four lines each: the slot prepares twenty."""
    members = clean_shop.members[:10]
    products = clean_shop.create_products(4, stock=1000)
    confirming = race("confirm lines", len(members))
    for _round in confirming.rounds(rounds(3)):
        clean_shop.empty_baskets()
        slot = clean_shop.create_slot(100, line_capacity=20)
        total = clean_shop.ready_to_confirm(members, products, slot)
        answers, confirmed = confirm(members, total, confirming.run)
        assert len(confirmed) == 5, confirming.say(f"{len(confirmed)} confirmed")
        assert refused(answers, confirmed, FULL_SLOT)


@pytest.mark.parametrize("clients", CROWDS)
def test_a_hold_that_ends_during_the_confirmation(clients, clean_shop, race, psql):
    """The one place of a slot: its holder confirms in time, all others ask meanwhile."""
    shop, (holder, *rivals) = clean_shop, clean_shop.crowd[:clients]
    products = shop.create_products(30, stock=1000)
    ending = race("hold ends", clients)
    for number in ending.rounds(rounds(20 if clients == 20 else 5)):
        shop.empty_baskets()
        slot = shop.create_slot(1)
        total = shop.ready_to_confirm([holder], products, slot)
        # Before the confirmation is judged, or in the middle of it.
        psql(
            "UPDATE drive_booking SET expires_at = clock_timestamp() AT TIME ZONE 'UTC'"
            f" + interval '{number % 6 * 50 + 50} ms' WHERE slot_id = {slot}"
        )
        over = threading.Event()

        def act(member, slot=slot, total=total, over=over):
            if member is holder:
                try:
                    return [member.confirm(total)]
                finally:
                    over.set()
            answers = [member.call("slots/hold", slot_id=slot)]
            while not over.is_set() and not answers[-1].result.get("held"):
                answers.append(member.call("slots/hold", slot_id=slot))
            return answers

        [confirmation], *asked = ending.run([holder, *rivals], act, measured=False)
        ending.answers += [confirmation, *(answer for answers in asked for answer in answers)]
        held = [answers for answers in asked if answers[-1].result.get("held")]
        # Whoever came first has the place, and nobody else.
        assert bool(confirmation.result.get("order")) + len(held) == 1, ending.say(confirmation.body)
        shop.release(rivals)
