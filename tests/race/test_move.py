"""Confirmed orders change their slots at once: no place is given twice, none is lost."""

from datetime import UTC, datetime, time, timedelta

from clients import at_once
from extent import rounds
from races import confirmed
from shop import refused

PAIRS = 10


def move_to(orders, wishes):
    """What each member does: ask for another slot."""
    return lambda member: member.call("orders/move", order=orders[member], slot_id=wishes[member])


def until_a_night():
    """Hours from now until a night to come, in which the shop has no slots of its own."""
    now = datetime.now(UTC)
    night = datetime.combine(now.date() + timedelta(days=3), time(1), tzinfo=UTC)
    return (night - now) / timedelta(hours=1)


def slots_of(shop, orders):
    """The slot in which each order has its one booked place, by the order's name."""
    rows = shop.rpc.call(
        "drive.booking",
        "search_read",
        [("order_id.name", "in", list(orders.values())), ("state", "in", ("held", "booked"))],
        ["order_id", "slot_id", "state"],
    )
    found = {row["order_id"][1].split(" ")[0]: row["slot_id"][0] for row in rows if row["state"] == "booked"}
    assert len(rows) == len(found) == len(orders), rows
    return found


def test_many_orders_move_into_one_last_place(clean_shop, race):
    shop, members = clean_shop, clean_shop.members
    moving = race("move to one place", len(members))
    for _round in moving.rounds(rounds(2)):
        here, last = shop.create_slot(len(members)), shop.create_slot(1)
        orders = confirmed(members, here, shop.create_product(stock=100))
        answers = moving.run(members, move_to(orders, dict.fromkeys(members, last)))
        moved = [answer for answer in answers if answer.result.get("order")]
        assert len(moved) == 1
        assert refused(answers, moved, "place")
        places = slots_of(shop, orders)
        assert [name for name, slot in places.items() if slot == last] == [moved[0].result["order"]]


def test_orders_swap_into_each_others_last_place(clean_shop, race):
    """Two slots with one place left each: A and B change places, ten pairs at once."""
    shop, members = clean_shop, clean_shop.members[: 2 * PAIRS]
    swapping = race("swap places", len(members))
    for _round in swapping.rounds(rounds(2)):
        product = shop.create_product(stock=100)
        wishes, orders = {}, {}
        for first, second in zip(members[::2], members[1::2], strict=True):
            here, there = shop.create_slot(2), shop.create_slot(2)
            orders |= confirmed([first], here, product) | confirmed([second], there, product)
            wishes |= {first: there, second: here}
        answers = swapping.run(members, move_to(orders, wishes))
        assert all(answer.result.get("order") for answer in answers), [answer.body for answer in answers]
        assert slots_of(shop, orders) == {orders[member]: wishes[member] for member in members}


def test_one_move_by_many_clicks(clean_shop, check):
    """The same change, four times at once: one place."""
    shop = clean_shop
    members = shop.members[:5]
    here, there = shop.create_slot(5), shop.create_slot(5)
    orders = confirmed(members, here, shop.create_product(stock=10))

    def click(member):
        key = f"key of {member.login}"
        return member.call("orders/move", order=orders[member], slot_id=there, idempotency_key=key)

    answers = at_once(members * 4, click)
    assert all(answer.is_clean and answer.result["order"] for answer in answers), [a.body for a in answers]
    assert set(slots_of(shop, orders).values()) == {there}
    assert check(shop) == (0, "")


def test_members_and_managers_move_into_one_last_place(clean_shop, check):
    """The back office takes no lock of ours: what it writes tells, and nothing oversells."""
    shop = clean_shop
    members = shop.members[:10]
    # A manager names a moment: one slot only may be there then.
    here, last = shop.create_slot(10), shop.create_slot(1, hours=until_a_night())
    orders = confirmed(members, here, shop.create_product(stock=20))
    [start] = shop.rpc.call("drive.slot", "read", [last], ["start"])
    ids = {
        row["name"]: row["id"]
        for row in shop.rpc.call("sale.order", "search_read", [("name", "in", list(orders.values()))], ["name"])
    }

    def move(member):
        if members.index(member) % 2:
            answer = member.call("orders/move", order=orders[member], slot_id=last)
            assert answer.is_clean, answer.body
            return bool(answer.result["order"])
        try:
            return shop.rpc.call("sale.order", "write", [ids[orders[member]]], {"drive_pickup_at": start["start"]})
        except RuntimeError:
            return False

    done = dict(zip(members, at_once(members, move), strict=True))
    places = slots_of(shop, orders)
    assert [name for name, slot in places.items() if slot == last] == [orders[m] for m in members if done[m]]
    assert sum(done.values()) == 1
    assert check(shop) == (0, "")
