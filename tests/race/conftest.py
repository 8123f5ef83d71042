"""Shops of their own for the races: no other test may change what they count."""

import subprocess

import pytest
from shop import Shop

import postgres
from common import ROOT

WORKERS = 4


@pytest.fixture(scope="module")
def shop(new_server):
    """An empty shop behind a proxy that queues, as in production, and its members."""
    return Shop(new_server("empty", workers=WORKERS))


@pytest.fixture
def clean_shop(shop):
    shop.clear()
    return shop


@pytest.fixture
def server_log(shop):
    """What the server has logged since the test began."""
    begun = shop.log.stat().st_size

    def read():
        with open(shop.log, encoding="utf-8", errors="replace") as log:
            log.seek(begun)
            return log.read()

    return read


@pytest.fixture
def psql(shop):
    return lambda statement: postgres.psql(statement, shop.database)


@pytest.fixture
def mutant_shop(mutant_database, new_server):
    """Start a shop that lacks a guard; with threads, for the sharpest race."""
    return lambda mutant: Shop(new_server(name=mutant_database(mutant, "empty")))


@pytest.fixture
def check():
    """Run `script/check` on a shop: how it ends, and what it prints."""

    def run(shop):
        done = subprocess.run(
            [ROOT / "script" / "check", "--db", shop.database],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, done.stdout

    return run
