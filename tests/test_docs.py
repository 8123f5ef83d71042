"""What the pages for developers say is there."""

import re

import pytest

from common import ADDON, ROOT

PAGE = ROOT / "docs" / "tried-at-the-till.md"
NAMED = re.compile(r"`(Test\w+)(?:\.(test_\w+))?`|`(test_\w+\.py)`|`tests/(test_\w+\.py)`")


def classes_of(text):
    """``{class: its text}`` of a file of tests."""
    parts = re.split(r"^class (\w+)\(([^)]*)\):$", text, flags=re.MULTILINE)
    return {name: body for name, _bases, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)}


@pytest.fixture(scope="module")
def ours():
    found = {}
    for path in (ROOT / ADDON / "tests").glob("test_*.py"):
        found |= classes_of(path.read_text())
    return found


def test_each_test_that_is_named_is_there(ours):
    named = NAMED.findall(PAGE.read_text())
    # A page that names none would pass.
    assert len(named) > 20
    gone = []
    for name, method, *files in named:
        file = "".join(files)
        if file and not (ROOT / "tests" / file).exists():
            gone.append(file)
        elif name and (name not in ours or (method and f"def {method}(" not in ours[name])):
            gone.append(f"{name}.{method}")
    assert not gone
