"""Which Odoo a command works on: the private one of this checkout, or one that is installed.

Beside an installed Odoo, ODOO_RC names its configuration, as in Odoo's own container; its folder of
data and its database server are read there. libpq's variables (PGHOST, PGUSER, PGPASSFILE …) go before.
"""

import configparser
import functools
import os
import shutil
import sys
from pathlib import Path

import postgres
from common import STATE, Failure

OWN = STATE / "odoo.conf"
# What Odoo calls them, and what libpq does.
CONNECTION = {"db_host": "PGHOST", "db_port": "PGPORT", "db_user": "PGUSER", "db_password": "PGPASSWORD"}
# Where Debian's PostgreSQL has its socket, and what Odoo uses when it is told no host.
SOCKET_FOLDER = "/var/run/postgresql"


def configuration() -> Path:
    """Odoo's configuration; `start_beside` of python.sh says whether it is another than ours."""
    return Path(os.environ.get("DRIVE_ODOO_RC") or OWN)


def is_external() -> bool:
    return bool(os.environ.get("DRIVE_ODOO_RC"))


@functools.cache
def _options(path: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
        return parser["options"]
    except OSError as error:
        raise Failure(f"{path}, which ODOO_RC names, cannot be read: {error.strerror}.") from error
    except (configparser.Error, KeyError, UnicodeDecodeError) as error:
        raise Failure(f"{path}, which ODOO_RC names, is no configuration of Odoo.") from error


def option(name: str) -> str:
    """What the configuration says; Odoo writes False for what it does not say."""
    value = _options(configuration()).get(name, "").strip()
    return "" if value in ("False", "None") else value


def data_folder() -> Path:
    """Where Odoo keeps its files."""
    if not is_external():
        return STATE / "data"
    named = option("data_dir")
    if not named:
        raise Failure(f"{configuration()} does not say where Odoo keeps its files: write data_dir in it.")
    return Path(named).expanduser()


def filestore(name: str) -> Path:
    return data_folder() / "filestore" / name


def backup_folder() -> Path:
    """Where backups are put together, and what was saved becomes a shop again: beside Odoo's files, on their disk."""
    return data_folder() / "backup"


def encrypted_copies(name: str) -> Path:
    """Of the files of a database, from one backup to the next."""
    return backup_folder() / f"{name}--encrypted"


def odoo() -> list[str]:
    """The launcher of the installed Odoo."""
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    found = shutil.which("odoo", path=folders) or shutil.which("odoo-bin", path=folders)
    if not found:
        raise Failure("the program odoo is missing: put it in PATH, or name its Python in PYTHON.")
    return [found]


def name_server() -> None:
    """Let libpq's variables name the database server, for this process and all that it starts."""
    if not is_external():
        os.environ.update(postgres.environment())
        return
    for name, variable in CONNECTION.items():
        if option(name):
            os.environ.setdefault(variable, option(name))
    if not any(os.environ.get(name) for name in ("PGHOST", "PGSERVICE", "PGHOSTADDR")):
        os.environ["PGHOST"] = SOCKET_FOLDER


def check_owner() -> None:
    """Files that somebody else makes could not be changed by Odoo."""
    folder = data_folder()
    if is_external() and folder.exists() and folder.stat().st_uid != os.geteuid():
        raise Failure(f"{folder} belongs to {folder.owner()}: run this as {folder.owner()}.")
