"""Many members confirm the same goods at once: nothing is promised twice, whoever else takes some."""

import itertools
import re

import pytest

from extent import CROWDS, rounds
from races import CROSSED, GOODS, confirm_by_clicks, confirm_crossed, confirm_goods, confirm_with_the_back_office
from shop import refused
from support import run_check
from till import Till

SHORT = r"reste"


@pytest.mark.parametrize("clients", CROWDS)
def test_members_confirm_ten_pieces(clients, clean_shop, race):
    confirming = race("confirm", clients)
    for _round in confirming.rounds(rounds(20 if clients == 20 else 3)):
        product, answers, confirmed = confirm_goods(clean_shop, clean_shop.crowd[:clients], confirming.run)
        assert len(confirmed) == GOODS, confirming.say(f"{len(confirmed)} confirmed")
        assert clean_shop.reserved(product) == GOODS
        assert refused(answers, confirmed, SHORT)


def test_crossed_baskets(clean_shop, race):
    """Twelve baskets, nobody waits for somebody who waits for them."""
    crossed = race("crossed", 20)
    for _round in crossed.rounds(rounds(5)):
        products, answers, confirmed = confirm_crossed(clean_shop, clean_shop.members, crossed.run)
        assert len(confirmed) == CROSSED, crossed.say(f"{len(confirmed)} confirmed")
        assert [clean_shop.reserved(product) for product in products] == [CROSSED] * len(products)
        assert refused(answers, confirmed, SHORT)


def test_one_order_by_many_clicks(clean_shop, race, server_log):
    """One key is one order, told to each click, at once or when the next basket is filled."""
    shop, members = clean_shop, clean_shop.members[:5]
    clicking = race("one key", len(members))
    for _round in clicking.rounds(rounds(3)):
        shop.empty_baskets()
        product = shop.create_product(stock=100)
        told = confirm_by_clicks(shop, members, product)
        assert all(len(orders) == 1 and None not in orders for orders in told), clicking.say(told)
        assert confirm_by_clicks(shop, members, product) == told
        assert shop.reserved(product) == len(members)
        names = list(itertools.chain(*told))
        pickings = shop.rpc.call("stock.picking", "search_count", [("sale_id.name", "in", names)])
        assert pickings == len(members)
    # Nor did a click run into another one of the same member.
    assert "could not serialize" not in server_log()


@pytest.mark.parametrize("clients", [clients // 2 for clients in CROWDS])
def test_the_back_office_confirms_at_the_same_time(clients, clean_shop, race):
    """Odoo may run the back office's requests again; nothing is promised twice."""
    confirming = race("beside back office", clients, retries=True)
    for _round in confirming.rounds(rounds(10 if clients == 10 else 2)):
        members = clean_shop.crowd[:clients]
        product, answers, confirmed = confirm_with_the_back_office(clean_shop, members, confirming.run)
        reserved = clean_shop.reserved(product)
        assert reserved == GOODS, confirming.say(f"{reserved} reserved")
        assert len(confirmed) <= GOODS
        assert refused(answers, confirmed, SHORT)


@pytest.fixture(scope="module")
def tills(shop):
    return [Till(shop), Till(shop)]


@pytest.mark.tills_at_once
@pytest.mark.parametrize(("stock", "clients"), [(30, 20), (15, 20)])
def test_tills_sell_at_the_same_time(stock, clients, clean_shop, tills, race):
    """A till asks nobody. Where enough is left all are served; else what it took is at risk."""
    shop, members = clean_shop, clean_shop.crowd[:clients]
    sold = 5 * len(tills)
    confirming = race(f"beside tills, {stock} left", clients, retries=True)
    for _round in confirming.rounds(rounds(5)):
        shop.empty_baskets()
        product = shop.create_product(stock=stock)
        total = shop.ready_to_confirm(members, [product])

        def act(actor, product=product, total=total):
            if isinstance(actor, Till):
                return [actor.sell(product) for _piece in range(5)]
            return actor.confirm(total)

        answers = confirming.run([*members, *tills], act)[:clients]
        confirmed = [answer for answer in answers if answer.result.get("order")]
        # Those who came before the tills too, and never more than there was.
        assert min(clients, stock - sold) <= len(confirmed) <= min(clients, stock)
        assert refused(answers, confirmed, SHORT)
        status, printed = run_check(shop)
        assert status == 0, confirming.say(printed)
        missing = sum(at_risk(printed, product))
        assert missing == max(len(confirmed) - (stock - sold), 0), confirming.say(printed)
        shop.cancel_orders(("order_line.product_id", "=", product))


def at_risk(printed, product):
    """How much of a product `script/check` says is promised and not there, a number for each line."""
    for line in re.findall(rf"product: {product}, what: (.*)", printed):
        wanted, there = map(float, re.findall(r"[\d.]+", line))
        yield wanted - there
