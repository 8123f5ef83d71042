"""The races themselves: what members do at once, on a shop with its guards and on one without.

Each takes `run(actors, action)`, by which all act at the same moment: a race of the table
measures there.
"""

import uuid

from clients import at_once, each

PLACES = GOODS = 10
CROSSED = 12
CROSSED_ARTICLES = 6


def hold_places(shop, members, run=at_once, capacity=PLACES, **values):
    """All hold a place of one slot.

    :return: the slot; all answers; those of members who got a place
    """
    slot = shop.create_slot(capacity, **values)
    answers = run(members, lambda member: member.call("slots/hold", slot_id=slot))
    return slot, answers, [answer for answer in answers if answer.result.get("held")]


def confirm(members, total, run=at_once):
    """All confirm their baskets.

    :return: all answers; those of members who got an order
    """
    answers = run(members, lambda member: member.confirm(total))
    return answers, [answer for answer in answers if answer.result.get("order")]


def confirm_goods(shop, members, run=at_once):
    """All have a place, and one piece of the same product in their baskets: there are ten.

    :return: the product; all answers; those of members who got an order
    """
    shop.empty_baskets()
    product = shop.create_product(stock=GOODS)
    total = shop.ready_to_confirm(members, [product])
    return product, *confirm(members, total, run)


def confirm_crossed(shop, members, run=at_once):
    """All have the same articles in their baskets, half in one order, half the other way
    round, and there are twelve of each.

    Several articles: those of one basket are reserved together.

    :return: the products; all answers; those of members who got an order
    """
    shop.empty_baskets()
    products = shop.create_products(CROSSED_ARTICLES, stock=CROSSED)
    slot = shop.create_slot(len(members))
    total = shop.ready_to_confirm(members[::2], products, slot)
    assert shop.ready_to_confirm(members[1::2], products[::-1], slot) == total
    return products, *confirm(members, total, run)


def confirm_by_clicks(shop, members, product):
    """All confirm a piece with four clicks at once, which say the same key.

    :return: a set for each member: the orders that the clicks were told of
    """
    total = shop.ready_to_confirm(members, [product])
    answers = at_once(members * 4, lambda member: member.confirm(total, f"key of {member.login} for {product}"))
    assert all(answer.is_clean for answer in answers), [answer.body for answer in answers]
    return [{answer.result["order"] for answer in answers[n :: len(members)]} for n in range(len(members))]


def confirm_with_the_back_office(shop, members, run=at_once):
    """Members confirm a piece of a product, and as many salespeople do so in Odoo's own sales.

    :return: the product; the members' answers; those of members who got an order
    """
    shop.empty_baskets()
    product = shop.create_product(stock=GOODS)
    total = shop.ready_to_confirm(members, [product])
    line = (0, 0, {"product_id": product, "product_uom_qty": 1})
    quotations = [{"partner_id": member.partner_id, "order_line": [line]} for member in members]

    def act(actor):
        if isinstance(actor, int):
            return shop.rpc.call("sale.order", "action_confirm", [actor])
        return actor.confirm(total)

    answers = run([*members, *shop.rpc.call("sale.order", "create", quotations)], act)[: len(members)]
    return product, answers, [answer for answer in answers if answer.result.get("order")]


def confirmed(members, slot, product):
    """An order of each member, confirmed in one slot; their names by member."""

    def order(member):
        assert member.call("slots/hold", slot_id=slot).result["held"]
        answer = member.confirm(member.fill(product).result["basket_total"])
        assert answer.result.get("order"), answer.body
        return answer.result["order"]

    return dict(zip(members, each(members, order), strict=True))


def change(member, order, quantities, total):
    """Ask for other quantities of a confirmed order, once the total is seen."""
    lines = [{"product_id": product, "qty": quantity} for product, quantity in quantities.items()]
    return member.call(
        "orders/change", order=order, lines=lines, total_seen=total, idempotency_key=f"change {uuid.uuid4().hex}"
    )


def raise_quantities(shop, members, run=at_once):
    """All have ordered a piece of a product and want a second one: there are ten more.

    :return: the product; the orders' names by member; all answers; those of members whose
        order was changed
    """
    product = shop.create_product(stock=len(members) + GOODS)
    orders = confirmed(members, shop.create_slot(len(members)), product)
    answers = run(members, lambda member: change(member, orders[member], {product: 2}, 2))
    return product, orders, answers, [answer for answer in answers if answer.result.get("order")]


def offer_job(shop):
    """A function that runs the job which offers free places, as a worker of its own would
    beside another."""
    [job] = shop.rpc.call(
        "ir.model.data",
        "search_read",
        [("module", "=", "cafoutch_drive"), ("name", "=", "cron_offer_places")],
        ["res_id"],
    )
    [cron] = shop.rpc.call("ir.cron", "read", [job["res_id"]], ["ir_actions_server_id"])
    # By its action: Odoo itself runs one job once at a time.
    return lambda: shop.rpc.call("ir.actions.server", "run", cron["ir_actions_server_id"][:1])


def free_a_place(shop, holder, line, passers, run=at_once):
    """The one place of a slot is given back while people wait for it and others try to be quicker.

    :return: the slot; the tickets of those in line; a list of answers for each passer
    """
    offer_places = offer_job(shop)
    slot = shop.create_slot(1)
    assert holder.call("slots/hold", slot_id=slot).result["held"]
    tickets = [member.call("waiting/join", slot_id=slot).result["waiting"] for member in line]

    def hold_again_and_again(passer):
        return [passer.call("slots/hold", slot_id=slot) for _try in range(5)]

    acts = [lambda passer=passer: hold_again_and_again(passer) for passer in passers]
    freed = run([*acts, lambda: [holder.call("slots/release")], offer_places, offer_places], lambda act: act())
    # Both may have looked before it was free.
    offer_places()
    return slot, tickets, freed[: len(passers) + 1]
