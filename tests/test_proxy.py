"""Several workers stand behind a proxy, which queues and compresses."""

import itertools
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from common import ROOT
from serving import TLS, free_port, is_free
from support import children


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


def test_the_command_serves_by_tls(shop):
    """`script/server --tls` says where the shop is, and leaves nothing behind."""
    port = free_port()
    command = [ROOT / "script" / "server", "--tls", "--port", str(port), "--db", shop.database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            told = "".join(itertools.takewhile(lambda line: line != "Ctrl-C stops it.\n", server.stdout))
            assert f"The shop is open: https://127.0.0.1:{port}\n" in told
            assert str(TLS / "authority.crt") in told
            answer = requests.get(
                f"https://127.0.0.1:{port}/web/login", verify=str(TLS / "authority.crt"), timeout=120
            )
            assert answer.status_code == 200
            [plain] = re.findall(r"(http://127\.0\.0\.1:\d+) +leads to", told)
            assert requests.get(plain, timeout=60, allow_redirects=False).headers["Location"].startswith("https://")
        finally:
            server.send_signal(signal.SIGTERM)
            server.stdout.read()
    assert server.returncode == 0
    assert is_free(port)


def test_the_command_ends_in_order_when_nobody_reads_it_any_more(shop):
    """A closed terminal, or `script/server | head`: what it began has ended before it does."""
    command = [ROOT / "script" / "server", "--port", str(free_port()), "--db", shop.database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert "Ctrl-C stops it.\n" in server.stdout
            begun = children(server.pid)
            server.stdout.close()
        finally:
            server.send_signal(signal.SIGTERM)
            said = server.stderr.read()
    assert [pid for pid in begun if Path(f"/proc/{pid}").exists()] == []
    assert begun
    assert (server.returncode, said) == (0, "")


def test_a_port_in_use_is_a_sentence(shop):
    command = [ROOT / "script" / "server", "--tls", "--port", str(shop.port), "--db", shop.database]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"port {shop.port} is taken: stop what uses it" in done.stderr
