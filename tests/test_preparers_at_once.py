"""Two volunteers note things on one basket at the same moment, and somebody else holds it."""

from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from preparing import not_begun


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its baskets are prepared here and nowhere else."""
    return new_server("demo")


@pytest.fixture
def order(call):
    """A basket that nobody has begun, with something to weigh."""
    return not_begun(call)


def test_two_preparers_at_once(preparers, query, order):
    """Both tick every line at the same moment, with other weights: each line is
    noted once, by one of them, and the other is told."""
    preparers["benevole"].does(order, "begin", order=order["id"], sure=True)
    told = 0
    for line in order["lines"]:
        shares = {"benevole": 1.03, "benevole2": 0.96} if line["measured"] else {"benevole": 1, "benevole2": 1}
        weights = {login: round(line["wanted"] * share, 3) for login, share in shares.items()}

        def take(login, line=line, weights=weights):
            return preparers[login].does(order, "take", line=line["id"], qty=weights[login])[0]

        with ThreadPoolExecutor(2) as pool:
            answers = dict(zip(weights, pool.map(take, weights), strict=True))
        refused = {login for login, word in answers.items() if word == "conflict"}
        assert len(refused) == (1 if line["measured"] else 0), answers
        told += len(refused)
        [(prepared,)] = query("SELECT drive_prepared_qty FROM sale_order_line WHERE id = %s", line["id"])
        [kept] = {weights[login] for login in set(weights) - refused}
        assert float(prepared) == pytest.approx(kept)
    assert told
    for preparer in preparers.values():
        assert all(line["treated"] for line in preparer.basket(order["id"])["lines"])


def test_two_preparers_share_the_lines(preparers, query, order):
    """Each ticks other lines at the same moment: no tick is lost, no stock counted
    twice."""
    preparers["benevole"].does(order, "begin", order=order["id"], sure=True)
    halves = dict(zip(preparers, (order["lines"][::2], order["lines"][1::2]), strict=True))

    def take_half(login):
        return [preparers[login].does(order, "take", line=line["id"], qty=line["wanted"]) for line in halves[login]]

    with ThreadPoolExecutor(2) as pool:
        answers = [answer for half in pool.map(take_half, halves) for answer in half]
    assert {word for word, _text in answers} == {"done"}
    assert all(line["treated"] for line in preparers["benevole"].basket(order["id"])["lines"])
    assert query(
        "SELECT count(*) FROM (SELECT product_id, sum(reserved_quantity) AS quants FROM stock_quant GROUP BY 1) q"
        " JOIN (SELECT product_id, sum(quantity_product_uom) AS lines FROM stock_move_line"
        "        WHERE state NOT IN ('done', 'cancel', 'draft') GROUP BY 1) m USING (product_id)"
        " WHERE abs(q.quants - m.lines) > 0.0005"
    ) == [(0,)], "what the quants say is reserved is what the moves say"


@pytest.fixture
def someone_else(shop):
    """A transaction that another program holds open."""
    connection = psycopg2.connect(dbname=shop.database)
    yield connection
    connection.rollback()
    connection.close()


def test_an_order_that_is_held_too_long(call, someone_else, order):
    call.does(order, "begin", order=order["id"], sure=True)
    with someone_else.cursor() as cursor:
        cursor.execute("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", [order["id"]])
        word, text = call.does(order, "undo", line=order["lines"][0]["id"])
    assert word == "stopped"
    assert "Quelqu’un d’autre" in text
    someone_else.rollback()
    assert call.does(order, "undo", line=order["lines"][0]["id"])[0] == "done"


def test_a_crate_does_not_slip_into_a_ready_basket(call, query, someone_else, order):
    """It is asked for while somebody is making the basket ready."""
    call.does(order, "begin", order=order["id"], sure=True)
    with someone_else.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("UPDATE sale_order SET drive_state = 'ready' WHERE id = %s", [order["id"]])
        asked = pool.submit(call.does, order, "crate", order=order["id"], storage_class="ambient")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while query(waiting) == [(0,)] and not asked.done():
            pass
        someone_else.commit()
        assert "prêt" in asked.result()[1]
    assert query("SELECT count(*) FROM drive_crate WHERE order_id = %s", order["id"]) == [(0,)]
