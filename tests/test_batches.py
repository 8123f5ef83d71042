"""Several screens at one batch, at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support import Rpc

AT_ONCE = 4


@pytest.fixture(scope="module")
def shop(new_server):
    """A shop of its own: its batches are prepared here and nowhere else."""
    return new_server("demo")


@pytest.fixture(scope="module")
def screens(shop):
    """Functions that call what screens call, each as one of two volunteers."""

    def screen(login):
        rpc = Rpc(shop.url, shop.database, login)
        return lambda method, *values, **named: rpc("drive.preparation", method, *values, **named)

    people = [screen("benevole"), screen("benevole2")]
    return [people[number % 2] for number in range(AT_ONCE)]


@pytest.fixture
def form_batches(shop, query):
    """A function that runs the job."""
    rpc = Rpc(shop.url, shop.database, "admin")
    [(job,)] = query("SELECT res_id FROM ir_model_data WHERE module = 'cafoutch_drive' AND name = 'cron_form_batches'")
    return lambda: rpc("ir.cron", "method_direct_trigger", [job])


def at_once(screens, ask):
    """What `ask(number, screen)` answers for each screen, all asked at the same moment."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda job: ask(*job), enumerate(screens)))


@pytest.fixture
def batch(screens):
    """The batch with most to do."""
    rows = [row for window in screens[0]("board")["windows"] for row in window["batches"]]
    return screens[0]("open", max(rows, key=lambda row: row["total"] - row["treated"])["id"])


def test_boards_and_the_job_at_once_form_batches_once(screens, form_batches, query):
    query("UPDATE drive_point SET batch_size = 2")
    query("UPDATE stock_picking SET batch_id = NULL WHERE state NOT IN ('done', 'cancel')")
    query("UPDATE sale_order SET drive_batch_id = NULL WHERE drive_state IN ('confirmed', 'preparing')")
    query("UPDATE stock_picking_batch SET state = 'cancel'")
    [(waiting,)] = query(
        "SELECT count(*) FROM sale_order o JOIN drive_slot s ON s.id = o.drive_slot_id JOIN drive_point p"
        " ON p.id = s.point_id WHERE o.drive_state IN ('confirmed', 'preparing')"
        " AND s.window_start - p.cutoff_minutes * interval '1 minute' < now() AT TIME ZONE 'UTC'"
    )
    assert waiting > 2
    at_once(screens, lambda number, screen: screen("board") if number else form_batches())
    sizes = query(
        "SELECT count(*) FROM sale_order WHERE drive_batch_id IS NOT NULL"
        " AND drive_state IN ('confirmed', 'preparing') GROUP BY drive_batch_id"
    )
    assert sum(size for (size,) in sizes) == waiting
    assert max(sizes) == (2,)
    assert query("SELECT count(*) FROM stock_picking_batch WHERE state <> 'cancel'") == [(len(sizes),)]
    assert query(
        "SELECT count(*) FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id"
        " WHERE p.state NOT IN ('done', 'cancel') AND o.drive_state IN ('confirmed', 'preparing')"
        " AND p.batch_id IS DISTINCT FROM o.drive_batch_id"
    ) == [(0,)]


def test_screens_at_once_are_sent_to_other_stops(screens, batch):
    assert len(batch["stops"]) >= AT_ONCE
    answers = at_once(screens, lambda number, screen: screen("claim", batch["id"], f"screen {number}"))
    stops = [answer["stop"] for answer in answers]
    assert len(set(stops)) == AT_ONCE
    assert False not in stops
    for number, screen in enumerate(screens):
        screen("give_back", batch["id"], f"screen {number}")


def test_sent_several_times_at_once_it_is_done_once(screens, query, batch):
    screens[0]("apply", batch["id"], "begins", [{"uuid": "begins", "no": 1, "kind": "begin", "args": {"sure": True}}])
    order = next(row["id"] for row in batch["baskets"] if row["state"] != "ready")
    crate = {"order": order, "storage_class": "ambient"}
    [(before,)] = query("SELECT count(*) FROM drive_crate WHERE order_id = %s", order)
    ops = [{"uuid": f"crate {no}", "no": no, "kind": "crate", "args": crate} for no in range(1, 6)]
    answers = at_once(screens, lambda _number, screen: screen("apply", batch["id"], "sends again", ops))
    for answer in answers:
        assert answer["done"] == [op["uuid"] for op in ops]
        assert answer["expected"] == 6
    assert query("SELECT count(*) FROM drive_crate WHERE order_id = %s", order) == [(before + 5,)]


def test_a_screen_reads_what_others_did_and_nothing_else(screens, batch):
    mine, other = screens[:2]
    mine("apply", batch["id"], "reads", [{"uuid": "reads", "no": 1, "kind": "begin", "args": {"sure": True}}])
    version = mine("open", batch["id"])["version"]
    before = mine("since", batch["id"], version)
    preparing = {row["id"] for row in batch["baskets"] if row["state"] != "ready"}
    cell = next(
        cell
        for stop in batch["stops"]
        for cell in stop["cells"]
        if not stop["measured"] and not cell["treated"] and cell["basket"] in preparing
    )
    take = {"line": cell["line"], "qty": cell["wanted"]}
    other("apply", batch["id"], "writes", [{"uuid": "writes", "no": 1, "kind": "take", "args": take}])
    changes = mine("since", batch["id"], version)
    # Whatever works for long beside it, be it elsewhere on the server, makes it tell some again.
    told = {key: [row for row in changes[key] if row not in before[key]] for key in ("baskets", "cells")}
    assert [(row["line"], row["treated"]) for row in told["cells"]] == [(cell["line"], True)]
    assert told["baskets"] == []
