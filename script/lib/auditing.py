"""Looks for known holes in the packages of Python and Node that the environment has.

    script/audit

Asks OSV (https://osv.dev) about each Python package, and npm's registry about each Node
package, at the versions that are installed or pinned. DRIVE_OSV_URL names another OSV
service; npm's own setting `registry` another registry.

Ends with 0 when nothing is known, 1 when something is, 2 when a package was not looked
at: what nobody answered for is never called clean.
"""

import argparse
import json
import os
import subprocess
import sys
from typing import NamedTuple

from common import LOGS, PYTHON, ROOT, STATE, main, run, say

TOOLS = STATE / "audit"
REQUIREMENTS = ROOT / "script" / "requirements" / "audit.txt"
LOG = LOGS / "audit.log"
CLEAN, HOLES, UNSEEN = 0, 1, 2


class Found(NamedTuple):
    """What a service says: known holes, and what it did not look at, as sentences."""

    looked_at: int
    holes: list
    unseen: list


def install() -> None:
    """The tool, once for each version of it."""
    stamp = TOOLS / "requirements.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    run([sys.executable, "-m", "venv", "--clear", TOOLS], LOG, "virtual environment", "Python's venv module fails")
    run(
        [TOOLS / "bin" / "pip", "--disable-pip-version-check", "install", "-r", REQUIREMENTS],
        LOG,
        "pip-audit",
        "Python's package index did not give what is needed: check the network and try again",
    )
    stamp.write_text(wanted, encoding="utf-8")


def packages_folder() -> str:
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def ask(name: str, command, **options) -> dict | None:
    """What a tool answers, in JSON; nothing when it has no answer, which the log explains."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(f"{name}\n{done.stdout}{done.stderr}\n")
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def python_packages() -> Found:
    install()
    service = os.environ.get("DRIVE_OSV_URL")
    command = [TOOLS / "bin" / "pip-audit", "--vulnerability-service", "osv", "--format", "json"]
    command += ["--progress-spinner", "off", "--path", packages_folder()]
    answer = ask("pip-audit", [*command, *(["--osv-url", service] if service else [])])
    if answer is None:
        return Found(0, [], ["all Python packages: the OSV service did not answer"])
    found = Found(len(answer["dependencies"]), [], [])
    for package in answer["dependencies"]:
        if "skip_reason" in package:
            found.unseen.append(f"{package['name']}: {package['skip_reason']}")
        for hole in package.get("vulns", ()):
            mended = ", ".join(hole["fix_versions"]) or "no version"
            found.holes.append(f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}")
    return found


def node_packages() -> Found:
    # What is pinned: nothing has to be installed for it.
    answer = ask("npm audit", ["npm", "audit", "--package-lock-only", "--json"], cwd=ROOT)
    if answer is None or "vulnerabilities" not in answer:
        return Found(0, [], ["all Node packages: npm's registry did not answer"])
    holes = [
        f"{name} {one['range']}: {', '.join(via['title'] for via in one['via'] if isinstance(via, dict))}"
        for name, one in answer["vulnerabilities"].items()
        # The others only use such a package.
        if any(isinstance(via, dict) for via in one["via"])
    ]
    return Found(answer["metadata"]["dependencies"]["total"], holes, [])


def report(kind: str, found: Found) -> None:
    say(f"{kind}: {found.looked_at - len(found.unseen) if found.looked_at else 0} looked at, {len(found.holes)} holes")
    for hole in found.holes:
        say(f"    {hole}")
    for sentence in found.unseen:
        say(f"    not looked at: {sentence}")


def audit() -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    parts = {"Python packages": python_packages(), "Node packages": node_packages()}
    for kind, found in parts.items():
        report(kind, found)
    if any(found.holes for found in parts.values()):
        return HOLES
    if any(found.unseen for found in parts.values()):
        say(f"Not all was looked at: no verdict. What the services said is in {LOG}.")
        return UNSEEN
    say("Nothing is known against any of them.")
    return CLEAN


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    return audit()


if __name__ == "__main__":
    main(_main)
