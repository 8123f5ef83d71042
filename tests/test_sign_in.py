"""Guessing passwords on a real server: two processes behind the proxy, many tries at once."""

import re
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect
from requests.adapters import HTTPAdapter

from support import Rpc

# What Odoo ships: `base.login_cooldown_after`.
LIMIT = 10
PASSWORD = "a right password"
WAIT = re.compile(r"Too many tries|Trop d.essais")
PEOPLE = ("camille", "ali", "noor", "sacha", "dominique", "lou", "robin")


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


def test_a_session_gives_no_more_tries(shop):
    """Programs in a session ask for the password too, and what fails on the way is counted."""
    machine = Machine(shop, "127.0.0.9")
    body = {"params": {"db": shop.database, "login": "robin", "password": PASSWORD}}
    machine.http.post(f"{shop.url}/web/session/authenticate", json=body, timeout=60)
    cookies = {"session_id": machine.http.cookies["session_id"]}

    def change(old, **context):
        kwargs = {"context": context}
        params = {
            "model": "res.users",
            "method": "change_password",
            "args": [old, "another good sentence"],
            "kwargs": kwargs,
        }
        address = f"{shop.url}/web/dataset/call_kw/res.users/change_password"
        return requests.post(address, json={"params": params}, cookies=cookies, timeout=60).json()

    said = at_once(lambda number: change(f"guess {number}", **({"lang": "xx_XX"} if number % 2 else {})), 2 * LIMIT)
    assert all("error" in answer for answer in said)
    assert "error" in change(PASSWORD), "the right one waits too"
    assert Machine(shop, "127.0.0.10").sign_in("robin") == "in"


def test_the_window_that_asks_for_the_password(shop):
    machine = Machine(shop, "127.0.0.11")
    body = {"params": {"db": shop.database, "login": "admin", "password": "admin"}}
    machine.http.post(f"{shop.url}/web/session/authenticate", json=body, timeout=60)

    def call(model, method, ids, **context):
        params = {"model": model, "method": method, "args": [ids], "kwargs": {"context": context}}
        return machine.http.post(f"{shop.url}/web/dataset/call_kw/{model}/{method}", json={"params": params}).json()

    uid = machine.http.post(f"{shop.url}/web/session/get_session_info", json={"params": {}}).json()["result"]["uid"]
    window = call("res.users", "preference_change_password", [uid])["result"]["res_id"]
    said = [
        call("res.users.identitycheck", "run_check", [window], password=f"guess {number}")["error"]["data"]["message"]
        for number in range(LIMIT + 1)
    ]
    assert not any(WAIT.search(sentence) for sentence in said[:LIMIT]), said
    assert WAIT.search(said[LIMIT]), said
    assert "error" in call("res.users.identitycheck", "run_check", [window], password="admin")


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


# In a browser


@pytest.fixture
def token_page(odoo_rpc):
    """Where a mail for a new password leads."""
    rpc = odoo_rpc("admin")
    [model] = rpc("ir.model", "search", [("model", "=", "res.users")])
    code = """
person = env["res.users"].search([("login", "=", "membre")]).partner_id
person.signup_prepare(signup_type="reset")
action = {"type": "ir.actions.act_url", "url": person._get_signup_url()}
"""
    action = rpc("ir.actions.server", "create", {"name": "Link", "model_id": model, "state": "code", "code": code})
    url = rpc("ir.actions.server", "run", [action])["url"]
    return url[url.index("/web/reset_password?") :]


PASTE = """field => {
    const event = new ClipboardEvent("paste", {cancelable: true, bubbles: true, clipboardData: new DataTransfer()});
    return field.dispatchEvent(event);
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages(new_page, axe, token_page, width):
    """Each state of the pages: nothing for axe to find, and paste is allowed."""
    page = new_page(width, 740)
    findings = {}

    def look(where):
        findings[where] = axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            findings[where].append(f"{wide} px too wide")
        for field in page.locator("input:visible").all():
            assert field.evaluate(PASTE), f"{where}: no paste into {field.get_attribute('name')}"

    page.goto("/web/login")
    page.fill("input[name=login]", "personne@example.com")
    page.fill("input[name=password]", "faux")
    page.press("input[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    look("a wrong password")
    page.goto("/web/reset_password")
    look("reset")
    page.fill("input[name=login]", "personne@example.com")
    page.press("input[name=login]", "Enter")
    expect(page.get_by_role("status")).to_be_visible()
    look("a mail is on its way")
    page.goto(token_page)
    expect(page.locator("input[name=confirm_password]")).to_be_visible()
    look("a new password")
    page.goto("/web/reset_password?token=none")
    look("an old link")
    assert {where: what for where, what in findings.items() if what} == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_my_data(new_page, sign_in, axe, width, screenshots):
    page = new_page(width, 740)
    sign_in(page, "membre")
    page.goto("/drive/me/data")
    page.screenshot(path=screenshots / f"my-data-{width}.png", full_page=True)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert download.value.suggested_filename.endswith(".json")
