"""Servers that die under a load: workers are killed, PostgreSQL stops at once.

The short form kills one worker. Members do what the pages do: they ask again, with the same key,
until they are answered.
"""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

import postgres
from clients import Insisting, at_once
from extent import rounds
from support import children

# On each server.
BLOWS = 10
PAUSE = 1.2


def workers(server):
    """The processes that serve requests: all that Odoo has begun but the one for live updates."""
    for child in children(server.pid):
        if b"gevent" not in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
            yield child


def kill_a_worker(server):
    os.kill(random.choice(list(workers(server))), signal.SIGKILL)


def stop_postgresql():
    postgres.stop("immediate")
    postgres.start()


@pytest.mark.server_dies
def test_no_confirmed_order_is_lost(clean_shop, check):
    """After all blows each order that somebody was told of is there, and no other."""
    shop = clean_shop
    slots = [shop.create_slot(25) for _slot in range(20)]
    products = shop.create_products(4, stock=100)
    people = [Insisting(member) for member in shop.members]
    over = threading.Event()

    def order_until_the_end(person):
        orders = []
        while not over.is_set():
            orders.append(person.order(slots, random.choice(products)))
        return orders

    def strike():
        try:
            for blow in range(rounds(BLOWS)):
                time.sleep(PAUSE)
                # A server with threads has no worker to lose.
                if blow % 2 or not shop.server.workers:
                    stop_postgresql()
                else:
                    kill_a_worker(shop.server)
            time.sleep(PAUSE)
        finally:
            over.set()

    acts = [lambda person=person: order_until_the_end(person) for person in people]
    *ordered, _struck = at_once([*acts, strike], lambda act: act())
    told = sorted(name for orders in ordered for name in orders if name)
    print(f"{len(told)} orders, {sum(person.troubles for person in people)} times asked again")
    found = shop.rpc.call(
        "sale.order", "search_read", [("drive_slot_id", "in", slots), ("drive_state", "=", "confirmed")], ["name"]
    )
    assert sorted(order["name"] for order in found) == told
    assert len(told) > rounds(BLOWS)
    assert check(shop) == (0, "")
