"""A shop that is saved while its members order, and lost: what they were told is saved."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import uuid

import pytest

import database
import postgres
from clients import at_once
from extent import FULL
from saving import command, facts_of, named, succeed
from shop import Shop
from support import children

CROWD = 20 if FULL else 8
# Each has confirmed something before it is saved.
BEFORE = 3 * CROWD if FULL else CROWD


@pytest.fixture
def busy_shop(new_database, new_server):
    """A shop of its own: it is killed."""
    shop = Shop(new_database("empty"), CROWD)
    return shop.open(new_server(name=shop.database, workers=2))


class Orders:
    """What members were told that they ordered."""

    def __init__(self, shop):
        self.slots = [shop.create_slot(50) for _slot in range(20)]
        self.products = shop.create_products(4, stock=10_000)
        self.told = []
        self.over = threading.Event()
        self.enough = threading.Event()

    def order_until_the_end(self, member):
        while not self.over.is_set():
            held = member.call("slots/hold", slot_id=random.choice(self.slots))
            assert held.result.get("held"), held.body
            filled = member.fill(random.choice(self.products))
            answer = member.confirm(filled.result["basket_total"], uuid.uuid4().hex)
            assert answer.result.get("order"), answer.body
            self.told.append(answer.result["order"])
            if len(self.told) >= BEFORE:
                self.enough.set()


def kill_everything(shop):
    """`kill -9` of the proxy, of Odoo and, in full, of PostgreSQL; then the shop is lost."""
    shop.server.kill()
    # In the short form it serves the other tests of the run too.
    if FULL:
        postmaster = int((postgres.data() / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        for pid in (postmaster, *children(postmaster)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        postgres.start()
    database.drop(shop.database)


@pytest.mark.server_dies
def test_every_order_confirmed_before_is_there(busy_shop, tmp_path):
    shop, orders = busy_shop, Orders(busy_shop)
    saved = ("--repository", tmp_path / "saved")

    def save():
        try:
            assert orders.enough.wait(300)
            before = list(orders.told)
            subprocess.run(
                command("backup", "--db", shop.database, "--repository", tmp_path / "saved", "--init"), check=True
            )
            return before, list(orders.told)
        finally:
            orders.over.set()

    acts = [lambda member=member: orders.order_until_the_end(member) for member in shop.crowd]
    *_ordered, (before, meanwhile) = at_once([*acts, save], lambda act: act())
    assert len(meanwhile) > len(before), "nobody ordered while it was saved"
    kill_everything(shop)
    with named("lost") as [name]:
        succeed("restore", "latest", *saved, "--db", name)
        found = postgres.psql("SELECT name FROM sale_order WHERE drive_state = 'confirmed'", name).split()
        print(f"{len(before)} orders before, {len(meanwhile) - len(before)} meanwhile, {len(found)} saved")
        assert set(before) <= set(found) <= set(orders.told)
        assert succeed("check", "--db", name) == ""
        assert facts_of(name)["orders"].startswith(f"confirmed: {len(found)} of ")
