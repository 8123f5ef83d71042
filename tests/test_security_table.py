"""The table of `docs/security.md` is whole, and what it points to exists."""

import ast
import re

import pytest

from common import ADDON, ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# How many items of levels 1 and 2 each section of OWASP ASVS 5.0 has; they are numbered in turn.
ITEMS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3
8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4
16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
WANTED = [
    tuple(map(int, f"{section}.{number}".split(".")))
    for section, count in (part.split(":") for part in ITEMS.split())
    for number in range(1, int(count) + 1)
]
ROW = re.compile(r"^\| (?P<items>[\d., -]+) \| (?P<what>.+) \| (?P<shown>.*) ?\|$", re.MULTILINE)
TEST = re.compile(r"`(?:tests/)?(test_\w+\.py)(?:::(\w+))?`")


def number(text):
    return tuple(map(int, text.split(".")))


def numbers(items):
    """Each of `1.2.6-1.2.8, 1.4.1`."""
    for part in items.split(", "):
        first, _dash, last = part.partition("-")
        begin = WANTED.index(number(first))
        yield from WANTED[begin : WANTED.index(number(last or first)) + 1]


def test_each_item_once():
    assert [item for row in ROW.finditer(PAGE) for item in numbers(row["items"].strip())] != []
    named = sorted(item for row in ROW.finditer(PAGE) for item in numbers(row["items"].strip()))
    assert named == WANTED


def test_what_is_not_done_says_so():
    """A row without a test says who sees to it, or why it is open."""
    silent = [
        row["items"]
        for row in ROW.finditer(PAGE)
        if not TEST.search(row["shown"]) and not re.search(r"\*\*|does not apply|this page|script/", row[0])
    ]
    assert silent == []


def functions(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_each_test_exists():
    for file, name in TEST.findall(PAGE):
        paths = [*(ROOT / "tests").rglob(file), *(ROOT / ADDON / "tests").rglob(file)]
        assert paths, file
        assert not name or any(name in functions(path) for path in paths), f"{file}::{name}"


def sources():
    return [path for path in (ROOT / ADDON).rglob("*.py") if "tests" not in path.parts]


FORBIDDEN = {
    "programs": r"\b(?:subprocess|os\.system|os\.popen|pickle|marshal|ctypes)\b",
    "code": r"(?<![\w.])(?:eval|exec|safe_eval|compile)\(",
    "addresses": r"\b(?:requests|urllib\.request|http\.client|urlopen|socket)\b(?!\()",
}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_the_addon_starts_no_program(kind):
    """Nor does it run what it is sent, nor ask anybody."""
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources()
        for line in path.read_text("utf-8").splitlines()
        if not line.strip().startswith("#")
        and re.search(r"\bimport\b" if kind != "code" else "", line)
        and re.search(FORBIDDEN[kind], line)
    }
    assert found == set()


def test_no_weak_hash():
    weak = re.compile(r"\b(?:md5|sha1)\(|(?<![\w.])random\.(?:choice|random|randint)")
    demo = ROOT / ADDON / "demo"
    found = [path for path in sources() if demo not in path.parents and weak.search(path.read_text("utf-8"))]
    assert found == []
