"""Confirmed orders change their articles at once: nothing is promised twice, who is refused keeps theirs."""

import pytest

from extent import rounds
from races import change, confirmed, raise_quantities
from shop import refused

PAIRS = 5


def quantities_of(shop, orders):
    """`{order's name: {product: quantity}}`, as the orders stand."""
    lines = shop.rpc.call(
        "sale.order.line",
        "search_read",
        [("order_id.name", "in", list(orders))],
        ["order_id", "product_id", "product_uom_qty"],
    )
    found = {name: {} for name in orders}
    for line in lines:
        found[line["order_id"][1].split(" ")[0]][line["product_id"][0]] = line["product_uom_qty"]
    return found


def test_many_orders_take_more_of_what_is_left(clean_shop, race):
    """Twenty have one piece, ten more are left, and all want a second one."""
    shop, members = clean_shop, clean_shop.members
    raising = race("raise a quantity", len(members))
    for _round in raising.rounds(rounds(3)):
        product, orders, answers, done = raise_quantities(shop, members, raising.run)
        assert len(done) == 10, raising.say(f"{len(done)} changed")
        assert refused(answers, done, "reste|plus")
        assert shop.reserved(product) == len(members) + 10
        wanted = {
            orders[member]: {product: 2 if answer in done else 1}
            for member, answer in zip(members, answers, strict=True)
        }
        assert quantities_of(shop, orders.values()) == wanted


@pytest.fixture
def couples(clean_shop):
    """Members two by two in one household; they part at the end."""
    pairs = list(zip(clean_shop.members[:PAIRS], clean_shop.members[PAIRS : 2 * PAIRS], strict=True))
    for main, attached in pairs:
        clean_shop.rpc.call("res.partner", "write", [attached.partner_id], {"parent_id": main.partner_id})
    yield pairs
    clean_shop.empty_baskets()
    attached = [attached.partner_id for _main, attached in pairs]
    clean_shop.rpc.call("res.partner", "write", attached, {"parent_id": False, "coop_state": "up_to_date"})


def test_two_people_change_one_order(clean_shop, couples, race):
    """Each adds something else to their household's order: one does, the other is told what it comes to."""
    changing = race("change one order", 2 * PAIRS)
    for _round in changing.rounds(rounds(3)):
        product, *more = clean_shop.create_products(3, stock=100)
        mains = [main for main, _attached in couples]
        orders = confirmed(mains, clean_shop.create_slot(PAIRS), product)
        wishes = [
            (person, orders[pair[0]], added) for pair in couples for person, added in zip(pair, more, strict=True)
        ]
        answers = changing.run(wishes, lambda wish: change(wish[0], wish[1], {wish[2]: 1}, 2), measured=False)
        done = [wish for wish, answer in zip(wishes, answers, strict=True) if answer.result.get("order")]
        assert [order for _person, order, _added in done] == list(orders.values()), changing.say(len(done))
        assert {a.result["code"] for a in answers if not a.result.get("order")} == {"total"}
        wanted = {order: {product: 1, added: 1} for _person, order, added in done}
        assert quantities_of(clean_shop, orders.values()) == wanted
