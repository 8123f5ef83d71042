"""`script/audit` says what is known, and never calls clean what nobody looked at."""

import gzip
import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import clock
from common import ROOT
from serving import free_port

HOLE = {"id": "PYSEC-1", "summary": "Too trusting", "affected": [], "modified": "2026-01-01T00:00:00Z"}
ADVISORY = {
    "id": 1,
    "url": "https://example.com/1",
    "title": "Too trusting",
    "severity": "high",
    "vulnerable_versions": ">=0",
}


class Service(ThreadingHTTPServer):
    """Both advisory services; what they know is in `holes`, by the name of a package."""

    def __init__(self):
        self.holes = {"python": {}, "node": {}}
        self.asked = set()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        asked = json.loads(body)
        if self.path == "/osv":
            name = asked["package"]["name"].lower()
            self.server.asked.add(name)
            hole = self.server.holes["python"].get(name)
            self._answer({"vulns": [hole]} if hole else {})
        else:
            self.server.asked |= asked.keys()
            self._answer({name: holes for name, holes in self.server.holes["node"].items() if name in asked})

    def do_GET(self):
        self.send_error(404)

    def _answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Nothing: pytest shows what is printed."""


@pytest.fixture
def service(monkeypatch, tmp_path):
    with Service() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        monkeypatch.setenv("DRIVE_OSV_URL", f"{running.url}/osv")
        monkeypatch.setenv("npm_config_registry", running.url)
        monkeypatch.setenv("npm_config_cache", str(tmp_path))
        yield running
        running.shutdown()


def audit():
    here = os.environ | clock.REAL_TIME  # It fetches its tool.
    done = subprocess.run([ROOT / "script" / "audit"], capture_output=True, text=True, check=False, env=here)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done.returncode, done.stdout


def test_nothing_is_known(service):
    status, said = audit()
    assert (status, said.splitlines()[-1]) == (0, "Nothing is known against any of them.")
    assert {"werkzeug", "playwright", "pylint-odoo", "eslint", "axe-core"} <= service.asked


def test_known_holes_are_named(service):
    service.holes["python"]["werkzeug"] = HOLE
    service.holes["node"]["axe-core"] = [ADVISORY]
    status, said = audit()
    assert status == 1
    assert re.search(r"^ +werkzeug [\d.]+: PYSEC-1, mended in no version$", said, re.M | re.I), said
    assert re.search(r"^ +axe-core .*: Too trusting$", said, re.M), said


def test_services_that_do_not_answer(service, monkeypatch):
    nowhere = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("DRIVE_OSV_URL", nowhere)
    monkeypatch.setenv("npm_config_registry", nowhere)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    status, said = audit()
    assert status == 2
    assert "not looked at: all Python packages: the OSV service did not answer" in said
    assert "not looked at: all Node packages: npm's registry did not answer" in said
    assert "Nothing is known" not in said


def test_every_version_is_pinned():
    """What is not cannot be looked up, nor made again."""
    for path in (ROOT / "script" / "requirements").glob("*.txt"):
        if path.name == "debian.txt":
            # Of another form: tests/test_odoo_package.py reads it.
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not line or line.startswith(("#", "-c ")) or re.fullmatch(r"[\w.-]+==[\w.]+", line), line
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"[\d.]+", version), name
