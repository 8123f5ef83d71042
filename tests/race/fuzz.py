"""Requests that make no sense, made from a seed: the same seed makes the same requests."""

import http.client
import json
import random
import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote, quote_from_bytes, urlencode, urlsplit

import fuzz_values
from fuzz_values import Raw

CONVERTER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
OWN_TOKEN, FOREIGN_TOKEN = "own-csrf-token", "foreign-csrf-token"
FORM = "application/x-www-form-urlencoded"
WRONG_TYPES = (
    None,
    "",
    "text/plain",
    "application/json",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=nothing",
    "a/b/c; \xff",
)
BROKEN_JSON = (
    b"",
    b"{",
    b"null",
    b"1",
    b'"x"',
    b"[]",
    b"NaN",
    b'{"params": null}',
    b'{"params": []}',
    b'{"params": "x"}',
    b'{"params": 1}',
    b'{"params": {"context": 1}}',
    b'{"params": {"context": {"lang": 1, "tz": [], "uid": {}}}}',
    b'{"params": {"context": {"lang": "xx_YY", "allowed_company_ids": "x"}}}',
    b'{"params": {"self": 1, "args": 2, "kwargs": 3}}',
    b'{"params": {}, "params": {"x": 1}}',
    b'{"id": {"a": []}, "jsonrpc": 7, "method": null}',
    b"\xff\xfe{\x00}\x00",
    b'\xef\xbb\xbf{"params": {}}',
    b'{"params": {"\xff": "\xfe"}}',
    b'{"params": {"x": "\xed\xa0\xbd"}}',
    b'{"params":' * 5_000,
    b"[" * 100_000,
    b'{"params": {}}' + b" " * 200_000,
)
WRONG_METHODS = ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "POST", "GET")


@dataclass(frozen=True)
class Route:
    rule: str
    methods: tuple
    kind: str
    # What its function and the forms that lead to it call what they send.
    names: tuple


@dataclass
class Request:
    number: int
    who: str
    route: Route
    method: str
    address: str
    headers: dict = field(default_factory=dict)
    body: bytes | None = None

    def __str__(self):
        body = repr(self.body[:300]) if self.body else ""
        return f"no. {self.number}: {self.who} {self.method} {self.address[:200]} {self.headers} {body}"


class Maker:
    """Makes requests for routes.

    :param known: values that make sense, by the name of what is sent
    """

    def __init__(self, routes, people, known, seed):
        self.routes, self.people, self.known = routes, people, known
        self.choose = random.Random(seed)
        self.names = sorted({name for route in routes for name in route.names})

    def requests(self, count):
        """So many, each route as often as any other."""
        return [self._request(number, self.routes[number % len(self.routes)]) for number in range(count)]

    def _request(self, number, route):
        choose = self.choose
        method = choose.choice(route.methods or ("POST",))
        if choose.random() < 0.04:
            method = choose.choice(WRONG_METHODS)
        asked = Request(number, choose.choice(self.people), route, method, self._address(route))
        if route.kind == "jsonrpc":
            asked.headers["Content-Type"] = "application/json"
            asked.body = self._json(route)
            if choose.random() < 0.05:
                asked.headers["Content-Type"] = choose.choice(WRONG_TYPES)
        elif method in ("GET", "HEAD", "OPTIONS"):
            asked.address += "?" + self._form(self._values(route))
        else:
            self._fill_form(asked, route)
        asked.headers = {name: value for name, value in asked.headers.items() if value is not None}
        return asked

    def _address(self, route):
        def value(match):
            kind, name = match.groups()
            known = self.known.get(name) or self.known["id"]
            if self.choose.random() < 0.7:
                return quote(str(self.choose.choice(known)), safe="")
            if kind == "int" and self.choose.random() < 0.6:
                return self.choose.choice(("0", "2147483648", "99999999999999999999", "007"))
            # A dot alone is another address.
            return quote(fuzz_values.text(self.choose)[:2000].replace(".", ""), safe="") or "x"

        return CONVERTER.sub(value, route.rule)

    def _values(self, route):
        """``{name: a value that makes sense}`` of what this route is sent, some left out, some added."""
        choose = self.choose
        names = [name for name in route.names if choose.random() < 0.9]
        names += choose.sample(self.names, k=choose.choice((0, 0, 0, 1, 3)))
        return {name: choose.choice(self.known.get(name) or self.known["id"]) for name in names}

    def _spoilt(self, names):
        """Which of them make no sense: one, seldom all, seldom none."""
        chance = self.choose.random()
        if not names or chance < 0.1:
            return ()
        return names if chance < 0.2 else self.choose.sample(names, k=self.choose.choice((1, 1, min(2, len(names)))))

    def _json(self, route):
        choose = self.choose
        if choose.random() < 0.12:
            return choose.choice(BROKEN_JSON)
        values = self._values(route)
        for name in self._spoilt(list(values)):
            values[name] = fuzz_values.anything(choose)
        if choose.random() < 0.5:
            values["context"] = fuzz_values.context(choose)
        if choose.random() < 0.05:
            values[fuzz_values.text(choose)[:100]] = fuzz_values.anything(choose)
        parts = [f"{json.dumps(name)}: {written(value)}" for name, value in values.items()]
        if parts and choose.random() < 0.05:
            parts.append(parts[0])
        return f'{{"jsonrpc": "2.0", "method": "call", "params": {{{", ".join(parts)}}}}}'.encode()

    def _form(self, values):
        choose = self.choose
        spoilt = self._spoilt(list(values))
        parts = []
        for name, value in values.items():
            if name in spoilt and choose.random() < 0.2:
                sent = quote_from_bytes(choose.choice(fuzz_values.RAW_BYTES), safe="%=&")
            else:
                sent = quote(fuzz_values.text(choose) if name in spoilt else str(value), safe="")
            shown = quote(name if name not in spoilt or choose.random() < 0.9 else f"{name}[]", safe="")
            parts += [f"{shown}={sent}"] * (2 if name in spoilt and choose.random() < 0.1 else 1)
        if choose.random() < 0.03:
            parts += [urlencode({"x": number}) for number in range(1_500)]
        return "&".join(parts)

    def _fill_form(self, asked, route):
        choose = self.choose
        token = choose.choices((OWN_TOKEN, FOREIGN_TOKEN, None, "x", "é" * 40), (80, 5, 5, 5, 5))[0]
        values = self._values(route)
        values.pop("csrf_token", None)
        form = self._form(values)
        if token:
            form = f"csrf_token={quote(token)}&{form}"
        if choose.random() < 0.1:
            boundary = uuid.UUID(int=choose.getrandbits(128)).hex
            asked.headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            asked.body = self._parts(values, token, boundary)
            return
        asked.headers["Content-Type"] = choose.choice(WRONG_TYPES) if choose.random() < 0.05 else FORM
        asked.body = form.encode()

    def _parts(self, values, token, boundary):
        """A form in parts, in which some values are files."""
        lines = []
        for name, value in {**values, **({"csrf_token": token} if token else {})}.items():
            is_file = name != "csrf_token" and self.choose.random() < 0.5
            lines.append(
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
                + ('; filename="\xe9.png"\r\nContent-Type: image/png' if is_file else "")
                + f"\r\n\r\n{value}\r\n"
            )
        end = "" if self.choose.random() < 0.1 else f"--{boundary}--\r\n"
        return ("".join(lines) + end).encode(errors="replace")


def written(value):
    """JSON of a value, in which some parts are written as they are."""
    if isinstance(value, Raw):
        return str(value)
    return json.dumps(value)


class Sender:
    """Sends what a maker made, as the people that it names.

    :param cookies: ``{who: value of the session's cookie}``, :param tokens: ``{who: what forms carry}``
    """

    def __init__(self, url, cookies, tokens):
        self.server = urlsplit(url).netloc
        self.cookies, self.tokens = cookies, tokens

    def _filled(self, asked):
        """The body with the tokens of this run."""
        foreign = next(token for who, token in self.tokens.items() if who != asked.who)
        own = self.tokens[asked.who]
        body = asked.body.replace(OWN_TOKEN.encode(), own.encode())
        return body.replace(FOREIGN_TOKEN.encode(), foreign.encode())

    def send(self, asked):
        """``(status, content type, text)`` of the answer."""
        connection = http.client.HTTPConnection(self.server, timeout=120)
        headers = {"Connection": "close", **asked.headers}
        if self.cookies.get(asked.who):
            headers["Cookie"] = f"session_id={self.cookies[asked.who]}"
        try:
            connection.request(asked.method, asked.address, asked.body and self._filled(asked), headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            return answer.status, answer.headers.get("Content-Type", ""), text
        finally:
            connection.close()


def fault(asked, status, kind, text):
    """What is wrong with an answer; nothing when all is well."""
    # A shop that is not well says so to those who watch it.
    if status >= 500 and not (status == 503 and asked.route.rule == "/drive/health"):
        return f"answered {status}"
    if "Traceback (most recent call last)" in text:
        return "shows a traceback"
    if kind.startswith("application/json") and status == 200 and asked.method != "HEAD":
        answer = json.loads(text)
        if "error" in answer:
            return f"has an error: {answer['error']}"[:500]
        if asked.route.kind == "jsonrpc" and not answer["result"].get("message") and answer["result"].get("code"):
            return f"refuses without a word: {answer['result']}"
    return None


def line(seed, answers):
    """One line of counts."""
    counts = Counter(status for status, _kind, _text in answers)
    return f"seed {seed}: {len(answers)} requests; " + ", ".join(
        f"{status}: {count}" for status, count in sorted(counts.items())
    )
