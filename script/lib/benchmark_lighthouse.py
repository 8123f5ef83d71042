"""What a page weighs and when it is there, on a phone: Lighthouse's mobile profile, signed in,
through the proxy that compresses."""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import programs
from common import STATE, Failure

LIGHTHOUSE = STATE / "node" / "node_modules" / "lighthouse" / "cli" / "index.js"
LOOKS = 3
AUDITS = {
    "lcp_ms": "largest-contentful-paint",
    "cls": "cumulative-layout-shift",
    "blocked_ms": "total-blocking-time",
}
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


def look(url: str, session: str, looks: int = LOOKS) -> dict:
    """Medians of some first views of a page.

    :param session: the cookie of who is signed in
    :return: ``lcp_ms``, ``cls``, ``blocked_ms``, and in kilobytes as they are sent
        ``kb`` (all before pictures) and ``pictures_kb``
    """
    if not LIGHTHOUSE.exists():
        raise Failure("Lighthouse is missing: run script/setup --tests.")
    if not shutil.which("node"):
        raise Failure("node is missing: install Node.js 20 or newer.")
    seen = [_look(url, session) for _look_number in range(looks)]
    return {name: round(statistics.median(one[name] for one in seen), 3) for name in seen[0]}


def _look(url, session):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        headers = Path(folder, "headers.json")
        headers.write_text(json.dumps({"Cookie": f"session_id={session}"}), encoding="utf-8")
        done = subprocess.run(
            [
                "node",
                LIGHTHOUSE,
                url,
                "--output=json",
                f"--output-path={report}",
                f"--chrome-flags={FLAGS} --user-data-dir={folder}/profile",
                f"--extra-headers={headers}",
                f"--only-audits={','.join(AUDITS.values())},network-requests",
                "--no-enable-error-reporting",
                "--quiet",
            ],
            env={**os.environ, "CHROME_PATH": str(programs.find("chromium")), "TMPDIR": folder},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if not report.exists():
            raise Failure(f"Lighthouse saw nothing of {url}: {done.stderr.strip()[-600:]}")
        return _read(json.loads(report.read_text(encoding="utf-8")), url)


def _read(report, url):
    # It ends well whatever it saw.
    if report.get("runtimeError") or report["finalDisplayedUrl"].split("?")[0] != url.split("?")[0]:
        raise Failure(
            f"Lighthouse asked for {url} and saw {report['finalDisplayedUrl']}: {report.get('runtimeError')}"
        )
    audits = report["audits"]
    sent = audits["network-requests"]["details"]["items"]
    pictures = sum(one["transferSize"] for one in sent if one.get("resourceType") == "Image")
    whole = sum(one["transferSize"] for one in sent)
    return {
        **{name: audits[audit]["numericValue"] for name, audit in AUDITS.items()},
        "kb": (whole - pictures) / 1000,
        "pictures_kb": pictures / 1000,
    }
