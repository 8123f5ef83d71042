"""What every command of this folder shares: where things are, how to speak, how to fail.

Only the standard library: this runs before the private environment exists.
"""

import argparse
import contextlib
import fcntl
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# All that the commands make for this checkout; ignored by git.
STATE = ROOT / ".odoo"
LOGS = STATE / "log"
# Of the servers that end-to-end tests start.
TEST_LOGS = LOGS / "tests"
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
# Other people's addons that the tests install beside ours.
OCA_ADDONS = STATE / "oca" / "odoo" / "addons"
ADDON = "cafoutch_drive"
DEFAULT_DATABASE = "demo"


def cache_folder() -> Path:
    """The folder that all checkouts of one person share (Odoo's code, packages)."""
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "cafoutch-drive"
    home = Path(os.path.expanduser("~"))
    # A service account may have no home it can write to.
    if home.is_dir() and os.access(home, os.W_OK):
        return home / ".cache" / "cafoutch-drive"
    return STATE / "cache"


class Failure(Exception):
    """Something a person can mend: one sentence, no traceback."""


# What Odoo writes before each message of its log.
LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ [A-Z]+ \S+ ")


def say(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Nobody reads it any more: what is said from now on goes nowhere, and what is done goes on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(function) -> None:
    """Run a command; a Failure ends it with its sentence and status 1."""
    try:
        sys.exit(function())
    except Failure as failure:
        print(f"{os.environ.get('DRIVE_COMMAND', Path(sys.argv[0]).name)}: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def database_named(command: str, description: str) -> str:
    """The database that a command looks at, which says nothing else: `--db NAME`."""
    parser = argparse.ArgumentParser(
        prog=command, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--db", default=DEFAULT_DATABASE, help="the database (default: %(default)s)")
    return parser.parse_args().db


@contextlib.contextmanager
def locked(path: Path, why: str):
    """One process at a time; says so when it has to wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another run ({why}) …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(command, log: Path, what: str, error: str, shown: int = 15, **kwargs) -> None:
    """Run a long command: its output goes to `log`, a sign of life to the terminal.

    On a terminal the last line of output is shown in place; elsewhere one line
    every fifteen seconds. If the command fails, the last `shown` lines of its output are
    shown and `error` is the sentence that ends the program.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(part) for part in command]
    terminal = sys.stdout.isatty()
    started = told = time.monotonic()
    lines = [""]
    with open(log, "a", encoding="utf-8") as out:
        out.write(f"\n$ {shlex.join(command)}\n")
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **kwargs,
        ) as process:
            for line in process.stdout:
                out.write(line)
                out.flush()
                lines.append(LOG_PREFIX.sub("", line.rstrip()) or lines[-1])
                now = time.monotonic()
                if terminal:
                    print(f"\r\x1b[K    {now - started:4.0f} s  {lines[-1][:66]}", end="", flush=True)
                elif now - told > 15:
                    told = now
                    say(f"    {what}: {now - started:.0f} s, {lines[-1][:80]}")
            if terminal:
                print("\r\x1b[K", end="", flush=True)
    if process.returncode:
        if shown:
            print("\n".join(lines[-shown:]), file=sys.stderr)
        raise Failure(f"{error} (the whole output: {log})")
