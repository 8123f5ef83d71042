"""Debian packages without root: fetched by apt into private folders, unpacked, never installed.

The mirror is the one this machine's apt uses, and apt checks every package
against Debian's own keyring, as it does for an installed one.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from common import Failure, run

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)


def mirror() -> tuple[str, str]:
    """The address of this machine's Debian mirror, and the release it follows."""
    if not shutil.which("apt-get"):
        raise Failure(
            "apt-get is missing: run this on Debian, or set ODOO_HOME to an Odoo 19 tree and PGHOST to a PostgreSQL."
        )
    listing = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI)|$(RELEASE)|$(ORIGIN)",
            "Created-By: Packages",
            "Component: main",
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    targets = []
    for line in listing.splitlines():
        uri, release, origin = line.split("|")
        if not re.match(r"(https?|mirror\+|tor\+|ftp)", uri) or re.search(
            r"[-/](security|updates|backports)", release
        ):
            continue
        # Before the first `apt-get update` the origin is not known yet.
        targets.append((origin not in ("Debian", "$(ORIGIN)"), uri.rstrip("/"), release))
    if not targets or min(targets)[0]:
        raise Failure("apt names no Debian mirror in its sources: add one, or set ODOO_HOME to an Odoo 19 tree.")
    _foreign, uri, release = min(targets)
    return uri, release


class Apt:
    """apt-get with lists, cache and sources of its own, under `folder`."""

    def __init__(self, folder: Path, suite: str, log: Path):
        uri, self.release = mirror()
        self.suite = suite or self.release
        self.log = log
        self.folder = folder / self.suite
        keyring = next((path for path in KEYRINGS if os.path.exists(path)), None)
        if keyring is None:
            raise Failure("Debian's keyring is missing: install the package debian-archive-keyring.")
        for name in ("lists/partial", "cache/archives/partial", "etc"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        sources = self.folder / "etc" / "sources.list"
        sources.write_text(f"deb [signed-by={keyring}] {uri} {self.suite} main\n", encoding="utf-8")
        status = self.folder / "etc" / "status"
        status.touch()
        self.options = [
            f"-oDir::State::lists={self.folder / 'lists'}",
            # Nothing counts as installed, so that apt names every package that is needed.
            f"-oDir::State::status={status}",
            f"-oDir::State::extended_states={self.folder / 'etc' / 'extended_states'}",
            f"-oDir::Cache={self.folder / 'cache'}",
            f"-oDir::Etc::sourcelist={sources}",
            "-oDir::Etc::sourceparts=-",
            "-oDir::Etc::preferences=-",
            "-oDir::Etc::preferencesparts=-",
            # As root apt would drop to a user who cannot write here.
            "-oAPT::Sandbox::User=root",
            "-oAPT::Install-Recommends=false",
            "-oAcquire::Languages=none",
            "-oAcquire::Retries=3",
            "-oDebug::NoLocking=true",
        ]
        self._updated = False

    def _update(self) -> None:
        if not self._updated:
            self._updated = True
            self._apt(["update", "--error-on=any"], f"list of Debian {self.suite}")

    def _apt(self, arguments, what: str, **kwargs) -> None:
        self._update()
        run(
            ["apt-get", *self.options, *arguments],
            self.log,
            what,
            f"Debian's mirror did not give the {what}: check the network and try again",
            **kwargs,
        )

    def version(self, package: str) -> str:
        """The version of a package that the mirror has now."""
        self._update()
        shown = subprocess.run(
            ["apt-cache", *self.options, "show", "--no-all-versions", package],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        found = re.search(r"^Version: (\S+)$", shown, re.MULTILINE)
        if not found:
            raise Failure(f"Debian {self.suite} has no package {package}.")
        return found[1]

    def download(self, packages) -> list[Path]:
        """Fetch exactly these packages; one that is already here is only checked."""
        debs = self.folder / "debs"
        debs.mkdir(exist_ok=True)
        self._apt(["download", *packages], "packages " + ", ".join(packages), cwd=debs)
        return [self._deb(debs, name) for name in packages]

    def download_with_dependencies(self, packages) -> list[Path]:
        """Fetch these packages and all that they need."""
        self._apt(
            ["install", "--download-only", "--yes", *packages],
            "packages of " + ", ".join(packages),
        )
        return sorted((self.folder / "cache" / "archives").glob("*.deb"))

    def _deb(self, folder: Path, name: str) -> Path:
        found = sorted(folder.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
        if not found:
            raise Failure(f"Debian {self.suite} has no package {name}.")
        return found[-1]

    def forget(self) -> None:
        """Free the disk space that downloads and lists take."""
        shutil.rmtree(self.folder, ignore_errors=True)


def unpack(debs, root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        done = subprocess.run(["dpkg-deb", "-x", deb, root], capture_output=True, text=True, check=False)
        if done.returncode:
            deb.unlink(missing_ok=True)
            raise Failure(f"{deb.name} could not be unpacked ({done.stderr.strip()}): run script/setup again.")


def dangling_links(root: Path) -> list[Path]:
    """Links under `root` that lead nowhere, absolute ones read as if `root` were /."""
    dangling = []
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(folder, name)
            if not path.is_symlink():
                continue
            target = os.readlink(path)
            where = root / target.lstrip("/") if target.startswith("/") else path.parent / target
            if not where.exists():
                dangling.append(path)
    return dangling
