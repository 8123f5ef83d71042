"""Shops that lack a guard, see ../mutants: each race must catch what they give away.

A race that cannot fail is none. They are caught by what they gave or promised twice, not
by a crash; only locks without an order, which give nothing away, by whom they stopped.
"""

import pytest

import postgres
from races import (
    CROSSED,
    GOODS,
    PLACES,
    confirm_by_clicks,
    confirm_crossed,
    confirm_goods,
    confirm_with_the_back_office,
    free_a_place,
    hold_places,
    raise_quantities,
)
from results import Log

# A mutant may be lucky in some rounds.
ROUNDS = 10


def until_caught(race, is_caught):
    """Run a race until a round gives away too much; return what that round gave."""
    for _round in range(ROUNDS):
        given = race()
        if is_caught(*given):
            return given
    return pytest.fail("the race does not show what it is made for")


def assert_broken(check, shop, what):
    """`script/check` names what was given away."""
    status, printed = check(shop)
    assert status == 1
    assert "broken: " in printed
    assert what in printed


@pytest.mark.parametrize("mutant", ["drive_mutant_hold", pytest.param("drive_mutant_locked", marks=pytest.mark.full)])
def test_a_place_is_given_twice(mutant, mutant_shop, check):
    shop = mutant_shop(mutant)

    def race():
        shop.release(shop.members)
        return hold_places(shop, shop.members)

    slot, _answers, _held = until_caught(race, lambda _slot, _answers, held: len(held) > PLACES)
    assert_broken(check, shop, f"slot: {slot},")


def test_goods_are_promised_twice(mutant_shop, check):
    shop = mutant_shop("drive_mutant_confirm")
    product, _answers, _confirmed = until_caught(
        lambda: confirm_goods(shop, shop.members), lambda _product, _answers, confirmed: len(confirmed) > GOODS
    )
    assert_broken(check, shop, f"product: {product},")


def test_a_change_promises_goods_twice(mutant_shop, check):
    shop = mutant_shop("drive_mutant_change")

    def race():
        shop.empty_baskets()
        product, *_given = raise_quantities(shop, shop.members)
        return product, shop.reserved(product)

    product, _reserved = until_caught(race, lambda _product, reserved: reserved > len(shop.members) + GOODS)
    assert_broken(check, shop, f"product: {product},")


def test_an_offered_place_is_given_twice(mutant_shop, check):
    """To the first in line, by an offer, and to who came by."""
    shop = mutant_shop("drive_mutant_offer")
    holder, *others = shop.members

    def race():
        shop.release(shop.members)
        slot, tickets, _freed = free_a_place(shop, holder, others[:3], others[3:])
        live = [("slot_id", "=", slot), ("state", "in", ("held", "offered"))]
        given = shop.rpc.call("drive.booking", "search_count", live)
        if given <= 1:
            for member, ticket in zip(others, tickets, strict=False):
                member.call("waiting/leave", waiting=ticket)
        return slot, given

    slot, _places = until_caught(race, lambda _slot, places: places > 1)
    assert_broken(check, shop, f"slot: {slot},")


def test_one_key_makes_two_orders(mutant_shop):
    shop = mutant_shop("drive_mutant_key")
    shop.empty_baskets()
    members, product = shop.members[:5], shop.create_product(stock=100)
    first, second = (confirm_by_clicks(shop, members, product) for _time in range(2))
    assert all(len((before | after) - {None}) == 2 for before, after in zip(first, second, strict=True))
    assert shop.reserved(product) == 2 * len(members)


@pytest.mark.full
def test_the_back_office_promises_goods_twice(mutant_shop, check):
    shop = mutant_shop("drive_mutant_reservation")
    product, _answers, _confirmed = until_caught(
        lambda: confirm_with_the_back_office(shop, shop.members[:10]),
        lambda product, _answers, _confirmed: shop.reserved(product) > GOODS,
    )
    assert_broken(check, shop, f"product: {product},")


@pytest.mark.full
def test_crossed_baskets_stop_each_other(mutant_shop):
    """Nothing is oversold, and PostgreSQL ends the wait of one who waits for the other."""
    shop = mutant_shop("drive_mutant_unordered")
    log = Log(postgres.server_log())
    _products, _answers, confirmed = until_caught(
        lambda: confirm_crossed(shop, shop.members), lambda *_given: "deadlock detected" in log.read()
    )
    assert len(confirmed) <= CROSSED
