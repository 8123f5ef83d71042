"""Brings a newer package of Odoo 19 to a shop, or leaves all as it is.

    script/update-odoo --db NAME --rehearse
    script/update-odoo --db NAME [--repository R]
    script/update-odoo --back

The newest version of Debian's mirror is unpacked beside the one in use. The shop is upgraded by it in a copy, as
script/upgrade does it, with all its modules; only a copy that passes all comparisons takes the shop's place, and then
the new version that of the old. Stop Odoo before, and start it afterwards; --rehearse does all but the last step, of
a shop that may be open. --back works with the version of before again. That one stays, older ones go.

Ends with 0 when it is done, or there is nothing newer; 1 when nothing has changed, with a sentence.
"""

import argparse
import os
import runpy
import shutil
import subprocess
from pathlib import Path

import odoo_package
from common import DEFAULT_DATABASE, LOGS, PYTHON, STATE, Failure, cache_folder, locked, main, say
from installation import code_folder
from odoo_package import ODOO, PREFIX

BEFORE = STATE / "odoo-before"
UPGRADE = Path(__file__).with_name("upgrading.py")


def link(path: Path, folder: Path) -> None:
    """Let a name stand for a folder, at once."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder)
    fresh.rename(path)


def put_in_place(folder: Path) -> None:
    """Work with another version from now on; the one until now can be had back."""
    link(BEFORE, ODOO.resolve())
    link(ODOO, folder)


def clean() -> None:
    """Remove the versions that are neither in use nor the one before, and their packages."""
    kept = {path.resolve().name for path in (ODOO, BEFORE) if path.exists()}
    for folder in cache_folder().glob(f"{PREFIX}[0-9]*"):
        if folder.name not in kept:
            shutil.rmtree(folder)
    for deb in (cache_folder() / "debs").glob(f"{odoo_package.PACKAGE}_*.deb"):
        if PREFIX + deb.name.split("_")[1].replace("%3a", ":") not in kept:
            deb.unlink()


def check_series(folder: Path) -> None:
    release = runpy.run_path(str(code_folder(folder) / "odoo" / "release.py"))
    if release["version_info"][:2] != (19, 0):
        raise Failure(f"the mirror's package is Odoo {release['version']}, and this software is for 19.0.")


def upgrade(folder: Path, name: str, *options) -> None:
    """Run script/upgrade by the Odoo of a folder, with all modules."""
    code = os.pathsep.join(filter(None, [str(code_folder(folder)), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [PYTHON, UPGRADE, "--db", name, *options],
        check=False,
        env=os.environ | {"DRIVE_ODOO": str(folder), "PYTHONPATH": code},
    )
    if done.returncode:
        raise Failure("Odoo stays at the version it has: what went wrong is said above.")


def back() -> None:
    if not BEFORE.exists():
        raise Failure("there is no version before this one.")
    put_in_place(BEFORE.resolve())
    say(f"Odoo is {ODOO.resolve().name.removeprefix(PREFIX)} again: restart it. The database is as it was.")


def parse():
    parser = argparse.ArgumentParser(
        prog="script/update-odoo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--db", default=DEFAULT_DATABASE, help="the database (default: %(default)s)")
    parser.add_argument("--repository", metavar="R", help="where the backup of before goes, as for script/upgrade")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rehearse", action="store_true", help="only on a copy, while the shop is open")
    what.add_argument("--back", action="store_true", help="the version of before again")
    parser.add_argument("--same", action="store_true", help="go through it all even if there is nothing newer")
    return parser.parse_args()


def _main() -> int:
    options = parse()
    if os.environ.get("ODOO_HOME"):
        raise Failure("ODOO_HOME names an Odoo that is not ours: update it there.")
    with locked(cache_folder() / "lock", "script/setup, of another checkout maybe"):
        if options.back:
            back()
            return 0
        used = odoo_package.in_use()
        if not used:
            raise Failure(
                "which Odoo this checkout works with is not known: run deploy/debian/install or script/setup."
            )
        packages = odoo_package.Packages(LOGS / "update-odoo.log")
        newest = packages.newest()
        if not odoo_package.is_newer(newest, used) and not options.same:
            say(f"Odoo is {used}, and Debian's mirror has nothing newer.")
            return 0
        folder = odoo_package.tree(used) if options.same else packages.unpacked(newest, newer=True)
        packages.close()
        check_series(folder)
        say(f"Odoo is {used}; trying {folder.name.removeprefix(PREFIX)} …")
        upgrade(
            folder,
            options.db,
            *(["--rehearse"] if options.rehearse else []),
            *(["--repository", options.repository] if options.repository else []),
        )
        if not options.rehearse:
            if ODOO.resolve() != folder:
                put_in_place(folder)
            clean()
            say(f"Odoo is {folder.name.removeprefix(PREFIX)} now: start it. script/update-odoo --back takes it back.")
    return 0


if __name__ == "__main__":
    main(_main)
