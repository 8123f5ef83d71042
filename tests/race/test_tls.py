"""The shop behind the proxy with TLS, as in production, with a hundred members at once."""

import os
import re
import signal
import time

import pytest
import requests
import websocket

import postgres
from clients import FromAddress, at_once, each
from shop import Shop

MEMBERS = 100
# What one address may fail in ten minutes, as the proxy's configuration has it.
FAILURES = 20
SOON = 300


@pytest.fixture(scope="module")
def shop(new_server, new_database):
    server = new_server(name=new_database("empty"), workers=2, tls=True)
    return Shop(server.database, crowd=MEMBERS).open(server)


@pytest.fixture
def visit(shop):
    """A function that begins a browser's session from an address of this machine."""

    def begin(address):
        session = requests.Session()
        session.trust_env, session.verify = False, shop.verify
        session.mount("https://", FromAddress(address))
        return session

    return begin


def test_cookies_and_addresses_are_those_of_tls(shop, visit):
    """What a browser is told, so that nobody on the way reads or takes over a session."""
    answer = visit("127.2.0.1").get(f"{shop.url}/web/login", timeout=60)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    [header] = [line for line in answer.raw.headers.getlist("Set-Cookie") if line.startswith("session_id=")]
    told = [part.strip().lower() for part in header.split(";")]
    assert [told.count(part) for part in ("secure", "httponly", "samesite=lax")] == [1, 1, 1]

    plain = requests.get(f"{shop.server.plain_url}/drive/slots?day=1", allow_redirects=False, timeout=60)
    assert (plain.status_code, plain.headers["Location"]) == (301, f"{shop.url}/drive/slots?day=1")
    assert "Strict-Transport-Security" not in plain.headers
    authority = requests.get(f"{shop.server.plain_url}/drive-ca.crt", timeout=60)
    assert authority.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert authority.content == shop.server.authority.read_bytes()


def test_a_hundred_members_at_once(shop):
    """Each is answered what they asked for, in French, without an error or a lost connection."""
    shop.empty_baskets()
    product = shop.create_product(stock=MEMBERS)
    slot = shop.create_slot(MEMBERS)

    def act(member):
        pages = [member.get(path)[0] for path in ("/drive", "/drive/slots", "/drive/basket")]
        return pages, [member.fill(product), member.call("slots/hold", slot_id=slot)]

    done = at_once(shop.crowd, act)
    pages = [page for pages, _calls in done for page in pages]
    assert {page.status_code for page in pages} == {200}
    assert all('<html lang="fr' in page.text for page in pages)
    calls = [call for _pages, calls in done for call in calls]
    assert all(call.is_clean for call in calls), [call.body for call in calls if not call.is_clean]
    assert all(held.result["held"] for _pages, (_filled, held) in done)


def test_what_one_address_may_try(shop, visit):
    """Guesses from one address end, whatever it says of itself; another one signs in meanwhile."""

    def guess(session, number):
        page = session.get(f"{shop.url}/web/login", timeout=60)
        fields = {"login": f"nobody-{number}", "password": "guess", "csrf_token": token(page)}
        pretence = {"X-Forwarded-For": f"192.0.2.{number}"}
        return session.post(f"{shop.url}/web/login", data=fields, headers=pretence, timeout=60, allow_redirects=False)

    guesser = visit("127.2.0.2")
    answers = [guess(guesser, number) for number in range(FAILURES + 1)]
    assert [answer.status_code for answer in answers] == [200] * FAILURES + [429]
    last = answers[-1]
    assert last.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Trop d’essais de connexion" in last.content.decode()
    assert int(last.headers["Retry-After"]) > 0

    neighbour = visit("127.2.0.3")
    page = neighbour.get(f"{shop.url}/web/login", timeout=60)
    fields = {"login": "admin", "password": "admin", "csrf_token": token(page)}
    answer = neighbour.post(f"{shop.url}/web/login", data=fields, timeout=60, allow_redirects=False)
    assert answer.status_code == 303
    # Who is signed in at the guesser's address goes on.
    guesser.cookies.update(shop.crowd[0].http.cookies)
    assert guesser.get(f"{shop.url}/drive", timeout=60, allow_redirects=False).status_code == 200


def token(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


def test_live_updates_go_through(shop):
    """A browser hears by its socket what happens in the shop."""
    host = shop.url.removeprefix("https://")
    cookie = f"session_id={shop.crowd[0].http.cookies['session_id']}"
    options = {"origin": shop.url, "cookie": cookie, "sslopt": {"ca_certs": shop.verify}, "timeout": 60}
    live = websocket.create_connection(f"wss://{host}/websocket", **options)
    try:
        assert live.status == 101
        live.ping("here?")
        answer, said = live.recv_data(control_frame=True)
        assert (answer, said) == (websocket.ABNF.OPCODE_PONG, b"here?")
    finally:
        live.close()


def until(shop, status):
    """Ask until the answer has this status; return it."""
    deadline = time.monotonic() + SOON
    while True:
        answer = requests.get(f"{shop.url}/drive", verify=shop.verify, timeout=60, allow_redirects=False)
        if answer.status_code == status:
            return answer
        assert time.monotonic() < deadline, answer.status_code
        time.sleep(0.2)


def is_a_pause(answer):
    """Whether somebody is told that the shop comes back, and no cache keeps that."""
    told = answer.content.decode()
    return (
        '<html lang="fr">' in told
        and "fait une petite pause" in told
        and answer.headers["Cache-Control"] == "no-store"
        and int(answer.headers["Retry-After"]) > 0
        and "Strict-Transport-Security" in answer.headers
    )


@pytest.mark.server_dies
def test_the_shop_says_that_it_comes_back_while_odoo_is_away(shop):
    os.killpg(shop.server.pid, signal.SIGKILL)
    assert is_a_pause(until(shop, 503))
    # The service worker of phones shows what it kept when it hears this.
    answers = each(shop.crowd[:8], lambda member: member.call("basket/set", product_id=1, qty=1))
    assert {answer.status for answer in answers} == {503}
    shop.server.start_odoo()
    assert until(shop, 303).headers["Location"].startswith("/web/login")


@pytest.mark.full
@pytest.mark.server_dies
def test_the_shop_says_that_it_comes_back_while_the_database_is_away(shop):
    """Odoo itself would say that there is no such page."""
    postgres.stop("immediate")
    try:
        assert is_a_pause(until(shop, 503))
    finally:
        postgres.start()
    until(shop, 303)
