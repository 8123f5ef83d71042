"""A place comes free before many who wait for it: one is offered it, the first, and nobody passes."""

import pytest

from clients import at_once
from extent import rounds
from races import free_a_place, offer_job


@pytest.fixture
def offer_places(shop):
    return offer_job(shop)


def test_a_freed_place_goes_to_the_first_in_line(clean_shop, race, psql):
    """Freed, offered and taken under people who try to be quicker; never twice, never to another."""
    shop, (holder, *others) = clean_shop, clean_shop.members
    line, passers = others[:14], others[14:]
    freeing, taking = race("a place is freed", len(others)), race("an offer is taken", len(others))
    for _round in freeing.rounds(rounds(3)):
        slot, tickets, freed = free_a_place(
            shop, holder, line, passers, lambda acts, act: freeing.run(acts, act, measured=False)
        )
        freeing.answers += [answer for answers in freed for answer in answers]
        offers = shop.rpc.call(
            "drive.waiting", "search_read", [("slot_id", "=", slot), ("state", "=", "offered")], ["partner_id"]
        )
        assert [offer["partner_id"][0] for offer in offers] == [line[0].partner_id], freeing.say(offers)
        assert not any(answer.result["held"] for answers in freed[: len(passers)] for answer in answers)
        for _same in taking.rounds(1):
            # The first with two clicks, the others with a ticket that is not theirs.
            people = [line[0], *line]
            taken = taking.run(people, lambda m, ticket=tickets[0]: m.call("waiting/take", waiting=ticket))
            assert [answer.result["held"] for answer in taken] == [True, True] + [False] * (len(line) - 1)
            places = psql(
                f"SELECT count(*), min(partner_id) FROM drive_booking WHERE slot_id = {slot} AND state = 'held'"
            )
            assert places == f"1|{line[0].partner_id}"
        at_once(list(zip(line, tickets, strict=True))[1:], lambda pair: pair[0].call("waiting/leave", waiting=pair[1]))
        shop.release([line[0]])


def test_an_offer_ends_while_it_is_taken(clean_shop, offer_places, race, psql):
    """Its time is over in the middle of all that: the first has the place, or the next an offer."""
    shop, (holder, *line) = clean_shop, clean_shop.members[:4]
    ending = race("an offer ends", len(line))
    for number in ending.rounds(rounds(6)):
        slot = shop.create_slot(1)
        assert holder.call("slots/hold", slot_id=slot).result["held"]
        tickets = [member.call("waiting/join", slot_id=slot).result["waiting"] for member in line]
        holder.call("slots/release")
        offer_places()
        psql(
            "UPDATE drive_booking SET expires_at = clock_timestamp() AT TIME ZONE 'UTC'"
            f" + interval '{number % 6 * 10} ms' WHERE slot_id = {slot} AND state = 'offered'"
        )
        acts = [lambda slot=slot, ticket=tickets[0]: line[0].call("waiting/take", waiting=ticket), offer_places]
        [taken, *_rest] = ending.run([*acts, offer_places], lambda act: act(), measured=False)
        ending.answers.append(taken)
        offer_places()
        states = psql(f"SELECT string_agg(state, ' ' ORDER BY id) FROM drive_waiting WHERE slot_id = {slot}")
        expected = "taken waiting waiting" if taken.result["held"] else "passed offered waiting"
        assert states == expected, ending.say(taken.body)
        at_once(list(zip(line, tickets, strict=True)), lambda pair: pair[0].call("waiting/leave", waiting=pair[1]))
        shop.release(line[:1])
