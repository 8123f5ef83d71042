"""Calls of the models' own methods that make no sense."""

import json

import fuzz_shop
import fuzz_values
from fuzz import Maker, Request, Route, written
from fuzz_values import Raw

# Names of what a refusal may be: each is shown as its sentence.
SENTENCES = {"AccessError", "UserError", "ValidationError", "MissingError", "DriveRefused", "SessionExpiredException"}
# Nothing, what is gone, and what no record has; what else there is reaches no method of ours.
NO_RECORDS = ([], [2**31 - 1], [0], [-1], [2**31], [10**30], ["x"], [None], [[1]], [{"id": 1}])


def as_routes(methods):
    """The addresses of methods: ``[(model, method, whether it takes no records, names)]``."""
    return [
        Route(f"/web/dataset/call_kw/{model}/{method}", ("POST",), "on no record" if alone else "on records", names)
        for model, method, alone, names in methods
    ]


class CallMaker(Maker):
    """Makes calls: the right number of arguments, and what is in them makes no sense."""

    def _request(self, number, route):
        *_path, model, method = route.rule.split("/")
        # Managers may most, so that what they call gets furthest.
        who = self.choose.choice((*self.people, "responsable", "responsable"))
        call = {"model": model, "method": method, "kwargs": {}}
        if self.choose.random() < 0.7:
            call["kwargs"]["context"] = fuzz_values.context(self.choose)
        arguments = ", ".join(self._arguments(route, model, number))
        text = f'{{"params": {{{json.dumps(call)[1:-1]}, "args": [{arguments}]}}}}'
        headers = {"Content-Type": "application/json"}
        return Request(number, who, route, "POST", route.rule, headers, text.encode())

    def _arguments(self, route, model, number):
        choose = self.choose
        if route.kind == "on records":
            known = self.known.get(model) or [1]
            one, several = known[:1], known[-2:]
            kinds = [one, known[-1:], several, one * 2, [*one, 2**31 - 1], *NO_RECORDS]
            # Each method on each kind.
            yield json.dumps(kinds[number // len(self.routes) % len(kinds)])
        spoilt = self._spoilt(list(route.names))
        for name in route.names:
            known = self.known.get(name)
            wrong = name in spoilt or not known
            value = fuzz_values.anything(choose) if wrong else choose.choice(known)
            # A screen that is new has a number for each thing it sends.
            if name == "ops" and not wrong:
                value = self._ops(number)
            elif name == "device" and not wrong:
                value = f"screen {number}"
            # What Odoo's own door cannot read reaches no method of ours.
            yield written(None if isinstance(value, Raw) and len(value) > 100 else value)

    def _ops(self, number):
        """Some things that a preparer did, as a screen sends them; some make no sense."""
        choose = self.choose
        names = choose.sample(fuzz_shop.PARTS_OF_OPS, k=choose.randint(1, len(fuzz_shop.PARTS_OF_OPS)))
        return [
            {
                "uuid": f"{number}-{no}",
                "no": no,
                "kind": choose.choice(fuzz_shop.KINDS_OF_OPS),
                "args": {
                    name: self._json_value() if choose.random() < 0.15 else choose.choice(self.known[name])
                    for name in names
                },
            }
            for no in range(1, choose.randint(1, 4))
        ]

    def _json_value(self):
        value = fuzz_values.anything(self.choose)
        return None if isinstance(value, Raw) else value


def fault(_asked, status, _kind, text):
    """What is wrong with an answer to a call."""
    if status >= 500:
        return f"answered {status}"
    answer = json.loads(text) if text.startswith("{") else {}
    error = answer.get("error", {}).get("data", {})
    if error and (error["name"].rpartition(".")[2] not in SENTENCES or not error["message"]):
        return f"no sentence: {error['name']}: {error['message'][:300]}"
    return None
