"""Several workers stand behind a proxy, which queues and compresses."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests


@pytest.fixture(scope="module")
def shop(new_server):
    # The addon has no part in it.
    return new_server("dependencies", workers=2)


def test_pages_scripts_and_styles_are_compressed(shop):
    page = requests.get(f"{shop.url}/web/login", timeout=120)
    paths = ["/web/login", *re.findall(r'(?:href|src)="(/web/assets/[^"]+)"', page.text)]
    assert len(paths) > 1
    for path in paths:
        answer = requests.get(f"{shop.url}{path}", timeout=120)
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding") == "gzip", path


def test_more_than_the_workers_can_take_wait_for_their_turn(shop):
    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda _number: requests.get(f"{shop.url}/web/login", timeout=120), range(60)))
    assert {answer.status_code for answer in answers} == {200}
