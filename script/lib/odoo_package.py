"""Odoo's code from Debian's package, at the version and checksum that this checkout names.

Debian's unstable keeps only the newest version. Where its mirror no longer has the one that is named, a package that
was kept is used; else the mirror's newer one, whose signature apt has checked: for development at once, in production
only when somebody says so. Each version has a folder of its own, so that one can take the place of another.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from common import STATE, Failure, cache_folder, say
from debian import Apt, dangling_links, unpack

PINS = Path(__file__).resolve().parents[1] / "requirements" / "debian.txt"
ODOO = STATE / "odoo"
PACKAGE = "odoo-19"
PREFIX = "odoo-"
# Listed in mail's assets, left out of the package for its licence. Without a file of that
# name every page of the back office logs an error, which fails every browser test.
LEFT_OUT = "usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class Pin(NamedTuple):
    suite: str
    package: str
    version: str
    sha256: str


def pins() -> list[Pin]:
    lines = PINS.read_text(encoding="utf-8").splitlines()
    return [Pin(*line.split()) for line in lines if line and not line.startswith("#")]


def pinned() -> str:
    """The version of Odoo that this checkout names."""
    return next(pin.version for pin in pins() if pin.package == PACKAGE)


def is_newer(version: str, than: str) -> bool:
    return subprocess.run(["dpkg", "--compare-versions", version, "gt", than], check=False).returncode == 0


def tree(version: str) -> Path:
    return cache_folder() / f"{PREFIX}{version}"


def in_use() -> str | None:
    """The version of Odoo that this checkout works with, if it is one of these folders."""
    folder = ODOO.resolve()
    is_ours = folder.is_dir() and folder.parent == cache_folder().resolve() and folder.name.startswith(PREFIX)
    # That of an earlier checkout says no version.
    return folder.name.removeprefix(PREFIX) if is_ours and "." in folder.name else None


def check(deb: Path, pin: Pin) -> None:
    """:raise Failure: when a package is not the one that is named"""
    if hashlib.sha256(deb.read_bytes()).hexdigest() != pin.sha256:
        deb.unlink()
        raise Failure(
            f"the package {pin.package} {pin.version} is not the one that this checkout was tried with: its checksum "
            "is another. Nothing of it is used. Try again; if it stays so, tell whoever looks after this software."
        )


class Packages:
    """Fetches them from Debian's mirror, or takes what was kept."""

    def __init__(self, log: Path):
        self._log = log
        self._apts = {}
        self.kept = cache_folder() / "debs"
        self.kept.mkdir(parents=True, exist_ok=True)

    def _apt(self, suite: str) -> Apt:
        if suite not in self._apts:
            self._apts[suite] = Apt(cache_folder() / "apt", suite, self._log)
        return self._apts[suite]

    def newest(self) -> str:
        """The version of Odoo that the mirror has."""
        return self._apt("unstable").version(PACKAGE)

    def _keep(self, deb: Path) -> Path:
        return Path(shutil.move(deb, self.kept / deb.name))

    def get(self, pin: Pin, newer: bool) -> Path:
        """The package that is named, or a newer one where that is allowed.

        :raise Failure: when there is neither, with both versions and the way on
        """
        # apt writes the epoch's colon so, and dpkg leaves it out of a file's name.
        kept = sorted(self.kept.glob(f"{pin.package}_{pin.version.replace(':', '%3a')}_*.deb"))
        if not kept:
            there = self._apt(pin.suite).version(pin.package)
            if there != pin.version:
                return self._get_another(pin, there, newer)
            kept = [self._keep(self._apt(pin.suite).download([pin.package])[0])]
        check(kept[0], pin)
        return kept[0]

    def _get_another(self, pin: Pin, there: str, newer: bool) -> Path:
        what = f"Debian's mirror has {pin.package} {there}, and this checkout was tried with {pin.version}"
        if not newer:
            raise Failure(
                f"{what}. Take a newer version of this software, which names that one; or put the package of "
                f"{pin.version} into {self.kept}, from another installation or Debian's archive of snapshots; or say "
                "--accept-newer to take what the mirror has."
            )
        say(f"    {what}: taking what the mirror has")
        return self._keep(self._apt(pin.suite).download([pin.package])[0])

    def unpacked(self, version: str, newer: bool) -> Path:
        """The folder of a version, made if need be; of another version where only that is there and allowed."""
        if tree(version).is_dir():
            return tree(version)
        # Another one than the pinned has no checksum here: apt has checked its signature.
        wanted = [pin for pin in pins() if pin.package != PACKAGE or version == pin.version]
        debs = [self.get(pin, newer) for pin in wanted]
        if version != pinned():
            debs.append(self._keep(self._apt("unstable").download([PACKAGE])[0]))
        [code] = [deb for deb in debs if deb.name.startswith(f"{PACKAGE}_")]
        folder = tree(code.name.split("_")[1].replace("%3a", ":"))
        if not folder.is_dir():
            say(f"    unpacking Odoo {folder.name.removeprefix(PREFIX)}")
            fresh = folder.with_name(f"{folder.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            unpack(debs, fresh)
            complete(fresh)
            fresh.rename(folder)
        return folder

    def close(self) -> None:
        for apt in self._apts.values():
            apt.forget()


def complete(folder: Path) -> None:
    left_out = folder / LEFT_OUT
    if not left_out.exists():
        left_out.parent.mkdir(parents=True, exist_ok=True)
        left_out.write_text("/* Background blur in video calls: not in Debian's package. */\n", encoding="utf-8")
    dangling = dangling_links(folder / "usr" / "lib")
    if dangling:
        raise Failure(f"{len(dangling)} files of Odoo link to nothing, {dangling[0]} first: a package is missing.")


def install(log: Path, newer: bool) -> Path:
    """The folder of the version to work with: the pinned one, or a newer one that is in use already."""
    used = in_use()
    if used and not is_newer(pinned(), used):
        return tree(used)
    packages = Packages(log)
    folder = packages.unpacked(pinned(), newer or not os.environ.get("DRIVE_LIVE"))
    packages.close()
    return folder
