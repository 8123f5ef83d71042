"""Who acts on a shop under load: members who really sign in, the administrator, all at once."""

import collections
import contextlib
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter

PASSWORD = "a password for the race"
# Odoo's own route that knows who asks, and does nothing.
EMPTY_ROUTE = "/web/session/check"
# Seconds between two tries, as the pages wait.
WAITS = (0.5, 1, 2, 4, 8)
# A server that dies is there again long before; so many seconds without an answer are a loss.
PATIENCE = 60


class Queue:
    """What a proxy does before a server: lets so many in at a time, in the order of arrival."""

    def __init__(self, places):
        self._free = places
        self._waiting = collections.deque()
        self._lock = threading.Lock()

    def __enter__(self):
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_):
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class FromAddress(HTTPAdapter):
    """Connections of one home: whoever counts by address sees many, as in real life."""

    def __init__(self, address):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self._address, 0), **options)


def home(number):
    """An address of this machine for each member, from which nobody else comes."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class Rpc:
    """The administrator, by JSON-RPC."""

    def __init__(self, shop, login="admin", password="admin"):
        self.shop, self.password = shop, password
        self.user_id = self._send("common", "login", shop.database, login, password)

    def _send(self, service, method, *arguments):
        body = {
            "jsonrpc": "2.0",
            "params": {"service": service, "method": method, "args": arguments},
        }
        with self.shop.queue:
            answer = requests.post(f"{self.shop.url}/jsonrpc", json=body, timeout=120, verify=self.shop.verify).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer.get("result")

    def call(self, model, method, *arguments, **options):
        return self._send(
            "object",
            "execute_kw",
            self.shop.database,
            self.user_id,
            self.password,
            model,
            method,
            arguments,
            options,
        )


class Answer:
    """What a member got: HTTP status, JSON body, and how long it took (seconds)."""

    def __init__(self, response, seconds):
        self.status = response.status_code
        self.seconds = seconds
        # How often it was "busy, please try again" before.
        self.busy = 0
        self.body = {}
        with contextlib.suppress(requests.JSONDecodeError):
            self.body = response.json()

    @property
    def result(self):
        return self.body.get("result") or {}

    @property
    def is_clean(self):
        """Neither a failure of the server nor an error in the answer."""
        return self.status == 200 and "result" in self.body and "error" not in self.body


class Member:
    """A member with a session of their own."""

    def __init__(self, shop, login, partner_id, address):
        self.shop, self.login, self.partner_id = shop, login, partner_id
        self.http = requests.Session()
        # A second tab of the same browser, which can ask at the same moment.
        self.tab = requests.Session()
        for http in (self.http, self.tab):
            # A connection that lay idle may end just as it is used again: browsers know that.
            http.headers["Connection"] = "close"
            # Not what the machine's own variables name.
            http.trust_env, http.verify = False, shop.verify
            for scheme in ("http://", "https://"):
                http.mount(scheme, FromAddress(address))

    def sign_in(self):
        parameters = {"db": self.shop.database, "login": self.login, "password": PASSWORD}
        answer = self._post(self.http, "/web/session/authenticate", parameters)
        assert answer.result.get("uid"), answer.body
        self.tab.cookies.update(self.http.cookies)

    def _post(self, http, path, parameters):
        body = {"jsonrpc": "2.0", "params": parameters}
        started = time.monotonic()
        # Who waits in the queue waits.
        with self.shop.queue:
            response = http.post(f"{self.shop.url}{path}", json=body, timeout=120)
        return Answer(response, time.monotonic() - started)

    def call(self, route, **parameters):
        """Call one of the pages' own JSON routes; told that it is busy, try again as told."""
        begun = time.monotonic()
        answers = []
        for wait in [*WAITS, 0]:
            answers.append(self._post(self.http, f"/drive/api/{route}", parameters))
            if answers[-1].result.get("code") != "busy":
                break
            time.sleep(wait)
        answer = answers[-1]
        answer.seconds, answer.busy = time.monotonic() - begun, len(answers) - 1
        return answer

    def ask_nothing(self):
        """Call the empty route, in another tab."""
        return self._post(self.tab, EMPTY_ROUTE, {})

    def get(self, path):
        started = time.monotonic()
        response = self.http.get(f"{self.shop.url}{path}", timeout=120)
        return response, time.monotonic() - started

    def fill(self, product_id, quantity=1):
        return self.call("basket/set", product_id=product_id, qty=quantity)

    def confirm(self, total, key=None):
        return self.call(
            "checkout/confirm",
            idempotency_key=key or uuid.uuid4().hex,
            total_seen=total,
        )


class Insisting:
    """A member who asks until there is an answer, and counts what went wrong meanwhile."""

    def __init__(self, member):
        self.member = member
        self.troubles = 0

    def call(self, route, **parameters):
        begun = time.monotonic()
        while time.monotonic() < begun + PATIENCE:
            try:
                answer = self.member.call(route, **parameters)
            except requests.RequestException:
                answer = None
            if answer and answer.is_clean and answer.result.get("code") not in ("busy", "signed_out"):
                return answer
            self.troubles += 1
            time.sleep(0.2)
        raise AssertionError(f"{route}: no answer for {PATIENCE} s, the last was {answer and answer.body}")

    def order(self, slots, product):
        """Hold a place, fill the basket, confirm.

        :return: the order's name, ``None`` when there was no place or the goods are gone
        """
        held = self.call("slots/hold", slot_id=random.choice(slots))
        filled = self.call("basket/set", product_id=product, qty=1)
        if not held.result.get("held") or filled.result.get("code"):
            return None
        total = filled.result["basket_total"]
        return self.call("checkout/confirm", idempotency_key=uuid.uuid4().hex, total_seen=total).result.get("order")


def at_once(actors, action):
    """Run ``action(actor)`` for all at the same moment.

    :return: the results, in the order of ``actors``
    """
    barrier = threading.Barrier(len(actors))
    results = [None] * len(actors)
    failures = []

    def act(index, actor):
        barrier.wait()
        try:
            results[index] = action(actor)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=act, args=(index, actor), daemon=True) for index, actor in enumerate(actors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def each(actors, action):
    """Run ``action(actor)`` for all, a few at a time: what a race needs before it begins.

    :return: the results, in the order of ``actors``
    """
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(action, actors))
