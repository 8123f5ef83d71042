"""What fails in a whole run is run again by itself: only what fails twice is a failure."""

import pytest

import testing

FILE = """
from pathlib import Path

import pytest


def test_well():
    pass


@pytest.mark.parametrize("text", ["a b"])
def test_once(text):
    mark = Path(__file__).with_suffix(".mark")
    was_there = mark.exists()
    mark.touch()
    assert was_there


def test_always():
    raise AssertionError
"""


def test_a_failure_fails_twice(tmp_path):
    file = tmp_path / "test_three.py"
    file.write_text(FILE)
    count = testing.pytest_tests("three", [file], {})
    assert (count.passed, count.failed, len(count.failures)) == (1, 2, 2)
    count = testing.run_again(count, {})
    assert (count.passed, count.failed, count.troubles) == (2, 1, [])
    (broken,) = count.failures
    assert broken.endswith("test_three.py::test_always")


def test_what_is_gone_the_second_time_is_told(tmp_path):
    file = tmp_path / "test_three.py"
    file.write_text(FILE)
    count = testing.pytest_tests("three", [file], {})
    file.write_text(FILE.replace("def test_once", "def test_other"))
    assert "what failed could not be run again" in " ".join(testing.run_again(count, {}).troubles)


@pytest.mark.parametrize(
    ("failures", "again"),
    [
        (set(), False),
        ({"tests/test_shop.py::test_a"}, True),
        ({"tests/test_shop.py::test_a", "tests/race/test_last_place.py::test_b"}, False),
        ({f"/cafoutch_drive:TestShop.test_{number}" for number in range(testing.AGAIN_AT_MOST)}, True),
        ({f"/cafoutch_drive:TestShop.test_{number}" for number in range(testing.AGAIN_AT_MOST + 1)}, False),
    ],
)
def test_few_may_be_accidents(failures, again):
    assert testing.may_be_accidents(failures) is again
