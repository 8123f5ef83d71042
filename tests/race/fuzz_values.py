"""Values that no page sends: wrong kinds, sizes and encodings."""

import string

# Raw texts of JSON: what Python's own writer cannot write.
DEEP = "[" * 20_000 + "]" * 20_000
MANY_DIGITS = "9" * 5_000


class Raw(str):
    """A text that goes into a JSON body as it is."""


LONG = "x" * 10_000
TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\t\r\n",
    "0",
    "-1",
    "1.5",
    "1,5",
    "1e3",
    "1e400",
    "0x10",
    "1_0",
    "+1",
    "٣",
    "½",
    "NaN",
    "-Infinity",
    "true",
    "null",
    "None",
    "[]",
    "{}",
    "2147483648",
    "99999999999999999999",
    MANY_DIGITS,
    "2026-13-45",
    "0000-00-00",
    "9999-12-31",
    "2026-02-29 25:61:61",
    "%",
    "%s%n%(x)s",
    "{0}{x}{x.__class__}",
    "%%%_\\",
    "' OR 1=1 --",
    "\"'`;",
    "<script>alert(1)</script>",
    "</template><img src=x onerror=alert(1)>",
    "../../../etc/passwd",
    "//example.com/drive",
    "/drive\\..\\x",
    "/drive/../web",
    "javascript:alert(1)",
    "\u202e\u200f\ufeff",
    "\N{PILE OF POO}" * 20,
    "é" * 300,
    "e\u0301" * 300,
    "\uffff\U0010ffff",
    LONG,
)
# What only JSON says.
SURROGATES = ("\ud83d", "a\udc00b")
OTHERS = (
    None,
    True,
    False,
    0,
    -1,
    -0.0,
    0.1,
    1e-300,
    1e308,
    2**31,
    2**63,
    10**100,
    Raw("NaN"),
    Raw("Infinity"),
    Raw("-Infinity"),
    Raw(MANY_DIGITS),
    Raw(DEEP),
    Raw('{"a": 1, "a": 2}'),
    [],
    [None],
    [[]],
    [1, 2],
    list(range(2_000)),
    ["a"] * 10,
    {},
    {"id": 1},
    {"": ""},
    [{}],
    [{"id": -1, "qty": "x"}],
    {"a": {"b": {"c": [1, {"d": None}]}}},
)
# Bytes as they stand in a form or an address, percent signs and all.
RAW_BYTES = (b"%ff%fe", b"%ed%a0%bd", b"%c3%28", b"%", b"%zz", b"%u0041", b"\xff\xfe", b"%00", b"%2500", b"a=b&c")


def text(choose):
    """A text, seldom one of random signs.

    :param choose: the generator of random numbers
    """
    if choose.random() < 0.15:
        signs = string.printable + "éà€\u00a0\u2028"
        return "".join(choose.choices(signs, k=choose.choice((1, 7, 200))))
    return choose.choice(TEXTS)


def anything(choose):
    """A value for JSON."""
    kind = choose.random()
    if kind < 0.4:
        return choose.choice(OTHERS)
    if kind < 0.5:
        return choose.choice(SURROGATES)
    if kind < 0.6:
        return choose.choice((choose.randint(-(10**6), 10**6), choose.uniform(-1e6, 1e6)))
    return text(choose)


_COMPANIES = ([], [1], [1, 1], [2], [1, 2], [-1], [0], [2**31], [10**30], ["x"], [None], [[1]])
# What Odoo takes from the context of a call, and what of that makes no sense.
_CONTEXTS = {
    "lang": ("xx_YY", "fr", "fr_FR'", "", None, "en_US", "fr_FR", 1, ["fr_FR"]),
    "tz": ("Nowhere/At_all", "", None, "Europe/Paris", "../../etc/passwd", 1, ["Europe/Paris"]),
    "active_test": (False, True, None, "x", []),
    "allowed_company_ids": (*_COMPANIES, 1, "x", {}, None),
    "uid": (1, 2, -1, "x", None, []),
    "default_state": ("done", "sale", 1, []),
    "default_name": ("x", None, {}, 1),
    "default_partner_id": (1, -1, "x", [1]),
    "default_company_id": (1, 2, -1, "x"),
    "default_drive_state": ("ready", "x"),
    "default_user_id": (1, "x"),
    "no_reset_password": (True, "x"),
    "mail_create_nosubscribe": (True,),
    "mail_create_nolog": (True,),
    "mail_notrack": (True,),
    "tracking_disable": (True, "x"),
    "bin_size": (True, "x"),
    "bin_size_raw": (True,),
    "prefetch_fields": (False, "x", []),
    "prefetch_langs": (True,),
    "active_id": (1, -1, "x", None),
    "active_ids": ([1], [-1], "x", [[]]),
    "active_model": ("res.users", "x", 1, None),
    "install_mode": (True,),
    "module": ("base", 1),
    "force_delete": (True,),
    "edit_translations": (True,),
    "cron_id": (1, "x"),
    "drive_ago": (10**9, -1, "x", None, {}),
    "drive_change": (True, "x"),
    "drive_screen": ("x", 1, [], None),
    "drive_forgetting": (True,),
    "drive_reset_later": (True,),
}


def context(choose):
    """A context of a call, of which parts make no sense."""
    names = choose.sample(sorted(_CONTEXTS), k=choose.choice((1, 1, 2, 4)))
    return {name: choose.choice(_CONTEXTS[name]) if choose.random() < 0.9 else _plain(choose) for name in names}


def _plain(choose):
    value = anything(choose)
    return None if isinstance(value, Raw) else value
