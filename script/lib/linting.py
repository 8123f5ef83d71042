"""script/lint: every linter over everything; all of them run, then the verdict."""

import argparse
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from common import ADDON, ROOT, STATE, VENV, main, say

NODE = STATE / "node" / "node_modules" / ".bin"
# pylint-odoo's rules that are not followed, and why.
PYLINT_WITHOUT = (
    # README.md at the top serves the one addon here: a second one inside it would only drift away.
    "missing-readme",
    # An order or a slot has parts for the shop, the preparation, the till: a file each, not one of all.
    "consider-merging-classes-inherited",
)


def scripts(shell: str) -> list[str]:
    """Files without an ending that this kind of program runs, by their first line; and its libraries."""
    folders = [ROOT / "script", ROOT / ".ci", ROOT / "deploy", ROOT / "deploy" / "debian"]
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()]
    found = []
    for path in sorted(files):
        with open(path, "rb") as handle:
            first = handle.readline()
        if first.startswith(b"#!") and shell.encode() in first:
            found.append(path)
    if shell == "sh":
        found += sorted((ROOT / "script" / "lib").glob("*.sh"))
    return [str(path.relative_to(ROOT)) for path in found]


def linters(fix: bool) -> dict[str, list]:
    """Name and command; with `fix` those that can mend, mend first."""
    python = VENV / "bin"
    code = [ADDON, "tests", "script", *scripts("python")]
    layout = [f"{ADDON}/**/*.{{xml,js,scss}}", "tests/**/*.{xml,js}", "*.{mjs,json}"]
    translations = sorted((ROOT / ADDON / "i18n").glob("*.po*"))
    # Without its cache: that goes by what is in each file, and a module that moved changes
    # how the imports of others are sorted. It is as fast without.
    ruff = [python / "ruff", "--quiet"]
    commands = {
        "ruff check": [*ruff, "check", "--no-cache", *(["--fix"] if fix else []), *code],
        "ruff format": [*ruff, "format", "--no-cache", *([] if fix else ["--diff"]), *code],
        "pylint-odoo": [python / "pylint", f"--disable={','.join(PYLINT_WITHOUT)}", ADDON],
        "oca-checks-odoo-module": [python / "oca-checks-odoo-module", *(["--fix"] if fix else []), ADDON],
        # Its format leaves a text empty that is the same in French ("Total"): here it is
        # written out, so that an empty one is one that was forgotten.
        "oca-checks-po": [python / "oca-checks-po", "--disable=po-pretty-format", *translations]
        if translations
        else None,
        "eslint": [NODE / "eslint", "--max-warnings=0", *(["--fix"] if fix else []), ADDON, "eslint.config.mjs"],
        "prettier": [
            *[NODE / "prettier", "--no-error-on-unmatched-pattern", "--log-level=warn"],
            *["--write" if fix else "--check", *layout],
        ],
        "shellcheck": [python / "shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *scripts("sh")],
    }
    return {name: [str(part) for part in command] for name, command in commands.items() if command}


def lint(item) -> tuple[str, int, str, float]:
    name, command = item
    started = time.monotonic()
    # The linters find one another's programs and this folder's settings.
    environment = os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    return name, done.returncode, (done.stdout + done.stderr).strip(), time.monotonic() - started


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/lint",
        description="Check Python, XML, JavaScript, SCSS, translations and shell scripts. "
        "No finding is accepted; a rule that is not followed carries its reason in the settings.",
    )
    parser.add_argument("--fix", action="store_true", help="mend and lay out what can be done by itself")
    options = parser.parse_args()
    commands = linters(options.fix)
    bad = []
    # Several at once, but never two that write the same files.
    with ThreadPoolExecutor(max_workers=1 if options.fix else os.cpu_count()) as pool:
        for name, status, output, seconds in pool.map(lint, commands.items()):
            say(f"{name}: {'findings' if status else 'clean'} ({seconds:.1f} s)")
            if status:
                bad.append(name)
                say(output)
    say(f"{len(commands) - len(bad)} linters clean, {len(bad)} with findings{': ' if bad else ''}{', '.join(bad)}")
    return 1 if bad else 0


if __name__ == "__main__":
    main(_main)
