"""What tests may import; fixtures are in conftest.py, of which every folder can have its own."""

import contextlib
import json
import re
import subprocess
import urllib.request
from pathlib import Path

import psycopg2

from common import ROOT

# What axe calls WCAG 2.2, levels A and AA.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Rpc:
    """Calls as one person from outside, as another program would make them.

    The password is the login, as it is for the administrator and in the demo data.
    """

    def __init__(self, url: str, name: str, login: str):
        self.url, self.database, self.password = url, name, login
        self.uid = self._call("common", "authenticate", name, login, self.password, {})
        assert self.uid, f"{login} cannot sign in"

    def _call(self, service: str, method: str, *arguments):
        body = {"jsonrpc": "2.0", "params": {"service": service, "method": method, "args": arguments}}
        question = urllib.request.Request(
            f"{self.url}/jsonrpc", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(question, timeout=120) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise RpcError(reply["error"]["data"]["name"], reply["error"]["data"]["message"])
        return reply["result"]

    def __call__(self, model: str, method: str, *arguments, **named):
        return self._call(
            "object", "execute_kw", self.database, self.uid, self.password, model, method, arguments, named
        )


@contextlib.contextmanager
def statements(name: str):
    """A function that runs a statement on a database, and returns its rows if it has any."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True

    def execute(statement: str, *values) -> list:
        with connection.cursor() as cursor:
            # Without values a "%" is one.
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    try:
        yield execute
    finally:
        connection.close()


class RpcError(Exception):
    def __init__(self, name: str, message: str):
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


def sign_in_by_form(page, login: str) -> None:
    """Sign in as somebody does, and be where that leads to."""
    page.goto("/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/web/login" not in url)


def open_slot(html: str) -> int:
    """The first slot on the page of slots that can be taken; full ones offer to wait."""
    return int(re.search(r'action="/drive/slots/hold".*?name="slot_id" value="(\d+)"', html, re.DOTALL)[1])


def call(page, path, **params):
    """What the shop's own address for programs answers to the person of a page."""
    body = {"jsonrpc": "2.0", "method": "call", "params": params}
    answer = page.request.post(f"/drive/api/{path}", data=body).json()
    assert "error" not in answer
    return answer["result"]


def run_check(shop):
    """Run `script/check` on a shop: how it ends, and what it prints."""
    done = subprocess.run(
        [ROOT / "script" / "check", "--db", shop.database],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, done.stdout


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def scan(page, code):
    """Keys as a scanner sends them, to a page at rest; nothing has to have the focus.

    Odoo forgets the keys before a pause of 150 ms, which drawing a page may take. A browser that
    has nothing to draw may never call a page idle: hence the limit.
    """
    page.evaluate("() => new Promise((rested) => requestIdleCallback(rested, { timeout: 1000 }))")
    page.keyboard.type(code, delay=2)
    page.keyboard.press("Enter")
