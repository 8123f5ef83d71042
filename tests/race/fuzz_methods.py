"""Calls of the models' own methods that make no sense."""

import json

import fuzz_values
from fuzz import Maker, Request, Route, written
from fuzz_values import Raw

# Names of what a refusal may be: each is shown as its sentence.
SENTENCES = {"AccessError", "UserError", "ValidationError", "MissingError", "DriveRefused", "SessionExpiredException"}


def as_routes(methods):
    """The addresses of methods: ``[(model, method, whether it takes no records, names)]``."""
    return [
        Route(f"/web/dataset/call_kw/{model}/{method}", ("POST",), "on no record" if alone else "on records", names)
        for model, method, alone, names in methods
    ]


class CallMaker(Maker):
    """Makes calls: the right number of arguments, and what is in them makes no sense.

    Records are those of numbers, for others do not reach a method of ours.
    """

    def _request(self, number, route):
        *_path, model, method = route.rule.split("/")
        who = self.choose.choice(self.people)
        call = {"model": model, "method": method, "kwargs": {}}
        text = f'{{"params": {{{json.dumps(call)[1:-1]}, "args": [{", ".join(self._arguments(route, model))}]}}}}'
        headers = {"Content-Type": "application/json"}
        return Request(number, who, route, "POST", route.rule, headers, text.encode())

    def _arguments(self, route, model):
        choose = self.choose
        if route.kind == "on records":
            known = self.known.get(model, [])
            ids = choose.choice([[2**31 - 1], known[:1], known[-1:]]) or [1]
            yield json.dumps(ids)
        spoilt = self._spoilt(list(route.names))
        for name in route.names:
            known = self.known.get(name)
            wrong = name in spoilt or not known
            value = fuzz_values.anything(choose) if wrong else choose.choice(known)
            # What Odoo's own door cannot read reaches no method of ours.
            yield written(None if isinstance(value, Raw) and len(value) > 100 else value)


def fault(_asked, status, _kind, text):
    """What is wrong with an answer to a call."""
    if status >= 500:
        return f"answered {status}"
    answer = json.loads(text) if text.startswith("{") else {}
    error = answer.get("error", {}).get("data", {})
    if error and (error["name"].rpartition(".")[2] not in SENTENCES or not error["message"]):
        return f"no sentence: {error['name']}: {error['message'][:300]}"
    return None
