"""Requests that make no sense, at every door of the addon: an answer, and nothing else.

10,000 of them, or `DRIVE_FUZZ_REQUESTS`. `DRIVE_FUZZ_SEED=N` sends those of another run again.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import fuzz
import fuzz_methods
import fuzz_shop
from results import Log

SEED = int(os.environ.get("DRIVE_FUZZ_SEED", "19"))
REQUESTS = int(os.environ.get("DRIVE_FUZZ_REQUESTS", "10000"))
AT_ONCE = 4
# Sent and judged by a test of its own, so that each ends in time, and says that it has.
PART = 1000
RECORDS = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ [A-Z]+ )", re.M)
FAULTS_IN_LOG = (" ERROR ", " CRITICAL ", "Traceback (most recent call last)")
# Where two write the same, Odoo logs the query of one, and runs it again.
RUN_AGAIN = "could not serialize access"
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("empty", workers=2)


@pytest.fixture(scope="module")
def sessions(shop, known):
    return {who: fuzz_shop.sign_in(shop, who) for who in fuzz_shop.PEOPLE}


@pytest.fixture(scope="module")
def sender(shop, sessions):
    cookies = {who: session.cookies.get(fuzz_shop.COOKIE) for who, session in sessions.items()}
    tokens = {who: fuzz_shop.own_token(shop, who, session) for who, session in sessions.items()}
    return fuzz.Sender(shop.url, cookies, tokens)


@pytest.fixture(scope="module")
def known(shop):
    return fuzz_shop.things(shop)


@pytest.fixture(scope="module")
def doors(shop):
    return fuzz_shop.doors(shop)


@pytest.fixture(scope="module")
def requests_to_routes(shop, doors, sessions, known):
    routes = fuzz_shop.learn(shop, doors[0], sessions["membre"], known)
    requests = fuzz.Maker(routes, fuzz_shop.PEOPLE, known, SEED).requests(REQUESTS)
    assert {asked.route.rule for asked in requests} == {route.rule for route in routes}
    return requests


@pytest.fixture(scope="module")
def calls_of_methods(doors, known):
    routes = fuzz_methods.as_routes(doors[1])
    maker = fuzz_methods.CallMaker(routes, fuzz_shop.PEOPLE, known, SEED)
    return maker.requests(max(REQUESTS // 4, len(routes)))


@pytest.fixture
def send_all(request, shop, sender, record_counts):
    """A function that sends requests, and returns what is wrong with the answers and with the log."""

    def send(requests, fault):
        log = Log(Path(shop.log))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(sender.send, requests))
        record_counts(f"{request.node.name}, {fuzz.line(SEED, answers)}")
        found = [(str(asked), fault(asked, *answer)) for asked, answer in zip(requests, answers, strict=True)]
        records = [record for record in RECORDS.split(log.read()) if any(sign in record for sign in FAULTS_IN_LOG)]
        return [fault for fault in found if fault[1]] + [record for record in records if RUN_AGAIN not in record]

    return send


def parts(count):
    """The tests that send so many between them: each its share, as a slice of all."""
    number = max(1, count // PART)
    begins = [PART * part for part in range(number)]
    shares = [slice(*bounds) for bounds in zip(begins, [*begins[1:], None], strict=True)]
    return pytest.mark.parametrize("share", shares, ids=[f"{part} of {number}" for part in range(1, number + 1)])


@parts(REQUESTS)
def test_every_route(share, shop, sessions, requests_to_routes, query, send_all, check):
    assert check(shop)[0] == 0
    before = fuzz_shop.kept(query)
    empty = {table for table, (rows, _sum) in before.items() if not rows}
    assert empty <= {"drive_policy"}
    assert send_all(requests_to_routes[share], fuzz.fault) == []
    assert fuzz_shop.kept(query) == before
    assert check(shop)[0] == 0
    # Nobody has lost their session.
    signed_in = {who for who, session in sessions.items() if fuzz_shop.is_signed_in(shop, session)}
    assert signed_in == {*fuzz_shop.PEOPLE} - {fuzz_shop.VISITOR}


@parts(REQUESTS // 4)
def test_every_method(share, shop, calls_of_methods, send_all, check):
    """What the screens of preparers, tills and managers call: a refusal is a sentence."""
    assert send_all(calls_of_methods[share], fuzz_methods.fault) == []
    assert check(shop)[0] == 0
