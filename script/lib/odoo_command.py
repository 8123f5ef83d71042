"""How Odoo is started, by every command and by hand (`script/odoo`)."""

import os
import sys
from pathlib import Path

import installed
import postgres
from common import PYTHON, STATE, main


def launcher() -> Path:
    # Odoo's own launcher, not `python -m odoo`: with workers, the child that serves
    # live updates is started by running this file again.
    # script/update-odoo tries another version.
    folder = Path(os.environ.get("DRIVE_ODOO") or STATE / "odoo")
    own = folder / "odoo-bin"
    return own if own.exists() else folder / "usr" / "bin" / "odoo"


def command(*arguments) -> list[str]:
    program = installed.odoo() if installed.is_external() else [str(PYTHON), str(launcher())]
    return [*program, *[str(argument) for argument in arguments]]


def environment() -> dict:
    """A process's environment in which Odoo finds its configuration and its database server."""
    return {**os.environ, **postgres.environment(), "ODOO_RC": str(installed.configuration())}


def _main() -> int:
    # Left running: whoever works by hand stops it by hand (script/server --stop-database).
    postgres.start()
    line = command(*sys.argv[1:])
    os.execve(line[0], line, environment())


if __name__ == "__main__":
    main(_main)
