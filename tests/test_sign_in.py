"""Guessing passwords on a real server: two processes behind the proxy, many tries at once."""

import re
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.adapters import HTTPAdapter

from support import Rpc

# What Odoo ships: `base.login_cooldown_after`.
LIMIT = 10
PASSWORD = "a right password"
WAIT = re.compile(r"Too many tries|Trop d.essais")
PEOPLE = ("camille", "ali", "noor", "sacha", "dominique", "lou")


class From(HTTPAdapter):
    """Requests of a machine of its own, as the proxy sees it."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        return super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


class Machine:
    def __init__(self, shop, address):
        self.shop = shop
        self.http = requests.Session()
        self.http.mount("http://", From(address))

    def sign_in(self, login, password=PASSWORD, **headers):
        """ "in", "wrong" or "wait"."""
        body = {"params": {"db": self.shop.database, "login": login, "password": password}}
        answer = self.http.post(
            f"{self.shop.url}/web/session/authenticate", json=body, headers=headers, cookies={}, timeout=60
        ).json()
        self.http.cookies.clear()
        if "error" not in answer:
            return "in"
        assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied", answer
        return "wait" if WAIT.search(answer["error"]["data"]["message"]) else "wrong"


@pytest.fixture(scope="module")
def shop(new_server):
    shop = new_server("empty", workers=2)
    rpc = Rpc(shop.url, shop.database, "admin")
    portal = rpc("ir.model.data", "search_read", [("module", "=", "base"), ("name", "=", "group_portal")])[0]["res_id"]
    for name in PEOPLE:
        values = {"name": name, "login": name, "password": PASSWORD, "group_ids": [(6, 0, [portal])]}
        rpc("res.users", "create", values)
    return shop


def at_once(work, times):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(work, range(times)))


def test_tries_at_once_stop_at_the_limit(shop):
    guesser, elsewhere = Machine(shop, "127.0.0.2"), Machine(shop, "127.0.0.3")
    said = at_once(lambda number: Machine(shop, "127.0.0.2").sign_in("camille", f"guess {number}"), 3 * LIMIT)
    assert said.count("wrong") == LIMIT, said
    assert said.count("wait") == 2 * LIMIT
    processes = set(re.findall(r"^\S+ \S+ (\d+) INFO .* Login failed for login:camille", shop.log.read_text(), re.M))
    assert len(processes) == 2, "both processes were asked"
    # The right password is not tried there; the member signs in elsewhere, others there.
    assert guesser.sign_in("camille") == "wait"
    assert elsewhere.sign_in("camille") == "in"
    assert guesser.sign_in("ali") == "in"


def test_an_address_that_tries_everybody_is_stopped(shop):
    said = at_once(lambda number: Machine(shop, "127.0.0.4").sign_in(f"somebody{number}", "spring2026"), 6 * LIMIT)
    assert said.count("wrong") == 5 * LIMIT, said
    assert Machine(shop, "127.0.0.4").sign_in("noor") == "wait"
    assert Machine(shop, "127.0.0.5").sign_in("noor") == "in"


def test_the_proxy_says_who_calls_not_the_caller(shop):
    for number in range(LIMIT):
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert Machine(shop, "127.0.0.6").sign_in("sacha", "wrong", **forged) == "wrong"
    assert Machine(shop, "127.0.0.6").sign_in("sacha", **{"X-Forwarded-For": "203.0.113.99"}) == "wait"


def test_programs_are_counted_too(shop):
    common = xmlrpc.client.ServerProxy(f"{shop.url}/xmlrpc/2/common")
    objects = xmlrpc.client.ServerProxy(f"{shop.url}/xmlrpc/2/object")
    user_id = common.authenticate(shop.database, "dominique", PASSWORD, {})
    assert user_id
    for number in range(LIMIT):
        if number % 2:
            assert common.authenticate(shop.database, "dominique", f"guess {number}", {}) is False
        else:
            with pytest.raises(xmlrpc.client.Fault):
                objects.execute_kw(shop.database, user_id, f"guess {number}", "res.users", "context_get", [], {})
    assert common.authenticate(shop.database, "dominique", PASSWORD, {}) is False
    assert Machine(shop, "127.0.0.7").sign_in("dominique") == "in"


def test_a_wrong_login_takes_as_long_as_a_wrong_password(shop):
    """Half of the time at least, of several tries: without the hasher it is a tenth."""

    def seconds(login, machine):
        taken = []
        for _time in range(5):
            body = {"params": {"db": shop.database, "login": login, "password": "wrong"}}
            answer = machine.http.post(f"{shop.url}/web/session/authenticate", json=body, timeout=60)
            taken.append(answer.elapsed.total_seconds())
        return sorted(taken)[2]

    machine = Machine(shop, "127.0.0.8")
    known, unknown = seconds("lou", machine), seconds("nobody", machine)
    print(f"known account {known * 1000:.0f} ms, unknown {unknown * 1000:.0f} ms")
    assert 0.5 < unknown / known < 2
