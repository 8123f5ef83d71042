"""Odoo is the version that this checkout names, with its checksum; another one takes its place only as a whole."""

import hashlib
import subprocess

import pytest

import odoo_package
import updating_odoo
from common import Failure
from odoo_package import PACKAGE, Packages, Pin

OLD, NEW = "19.0.0+dfsg-1", "19.0.1+dfsg-1"


def package(folder, version, release="(19, 0, 0, FINAL, 0, '')"):
    """A package of Odoo that has nothing but its version."""
    root = folder / f"{PACKAGE}-{version}"
    code = root / "usr/lib/python3/dist-packages/odoo"
    code.mkdir(parents=True)
    (code / "release.py").write_text(f"FINAL = 'final'\nversion_info = {release}\nversion = '{version}'\n")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(
        f"Package: {PACKAGE}\nVersion: {version}\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: x\n"
    )
    deb = folder / f"{PACKAGE}_{version}_all.deb"
    subprocess.run(["dpkg-deb", "--build", root, deb], check=True, capture_output=True)
    return deb


class Mirror:
    """What Debian's would answer; a package in it can be another than its name says."""

    def __init__(self, folder):
        self.folder = folder
        self.deb = None
        self.asked = 0

    def version(self, _name):
        self.asked += 1
        return self.deb.name.split("_")[1]

    def download(self, _names):
        copy = self.folder / "debs" / self.deb.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(self.deb.read_bytes())
        return [copy]

    def forget(self):
        pass


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    cache, state = tmp_path / "cache", tmp_path / "state"
    cache.mkdir()
    state.mkdir()
    there = Mirror(tmp_path)
    there.deb = package(tmp_path, OLD)
    pin = Pin("unstable", PACKAGE, OLD, hashlib.sha256(there.deb.read_bytes()).hexdigest())
    monkeypatch.setattr(odoo_package, "pins", lambda: [pin])
    for module in (odoo_package, updating_odoo):
        monkeypatch.setattr(module, "cache_folder", lambda: cache)
        monkeypatch.setattr(module, "ODOO", state / "odoo")
    monkeypatch.setattr(updating_odoo, "BEFORE", state / "odoo-before")
    monkeypatch.setattr(Packages, "_apt", lambda _packages, _suite: there)
    monkeypatch.delenv("DRIVE_LIVE", raising=False)
    return there


def install(tmp_path, newer=False):
    folder = odoo_package.install(tmp_path / "log", newer)
    updating_odoo.link(odoo_package.ODOO, folder)
    return folder.name.removeprefix(odoo_package.PREFIX)


def test_each_pin_is_whole():
    pins = odoo_package.pins()
    assert [pin.package for pin in pins if pin.suite == "unstable"] == [PACKAGE]
    assert len(pins) == len({pin.package for pin in pins}) == 9
    assert all(len(pin.sha256) == 64 and int(pin.sha256, 16) for pin in pins)


def test_the_version_that_is_named_is_taken_once(mirror, tmp_path):
    assert install(tmp_path) == install(tmp_path) == OLD
    assert mirror.asked == 1
    # Its package is kept: a folder that somebody removed comes back without the mirror.
    odoo_package.tree(OLD).rename(tmp_path / "away")
    mirror.deb = package(tmp_path, NEW)
    assert install(tmp_path) == OLD
    assert mirror.asked == 1


@pytest.mark.parametrize("live", [True, False])
def test_another_package_of_that_name_is_refused(mirror, tmp_path, monkeypatch, live):
    if live:
        monkeypatch.setenv("DRIVE_LIVE", "shop")
    mirror.deb.write_bytes(mirror.deb.read_bytes() + b"\n")
    with pytest.raises(Failure, match="checksum is another"):
        install(tmp_path, newer=True)
    assert not odoo_package.tree(OLD).exists()
    assert not list(Packages(None).kept.iterdir())


def test_a_version_that_the_mirror_has_no_more(mirror, tmp_path, monkeypatch, capsys):
    """In production it says so, with both versions and what to do; to try the drive, the newer one will do."""
    mirror.deb = package(tmp_path, NEW)
    monkeypatch.setenv("DRIVE_LIVE", "shop")
    with pytest.raises(Failure, match="--accept-newer") as refused:
        install(tmp_path)
    assert OLD in str(refused.value)
    assert NEW in str(refused.value)
    assert not odoo_package.ODOO.exists()
    assert install(tmp_path, newer=True) == NEW
    # It stays: nothing goes back to the older one by itself.
    assert install(tmp_path) == NEW
    monkeypatch.delenv("DRIVE_LIVE")
    odoo_package.ODOO.unlink()
    assert install(tmp_path) == NEW
    assert f"has {PACKAGE} {NEW}" in capsys.readouterr().out


def update(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["updating_odoo", "--db", "shop", *words])
    return updating_odoo._main()


@pytest.fixture
def upgraded(monkeypatch):
    """What a shop was upgraded by; how that goes is tried elsewhere."""
    tried = []
    monkeypatch.setattr(updating_odoo, "upgrade", lambda folder, *options: tried.append((folder.name, *options)))
    return tried


def test_a_newer_one_takes_the_place_and_is_taken_back(mirror, tmp_path, monkeypatch, upgraded, capsys):
    install(tmp_path)
    assert update(monkeypatch) == 0
    assert "nothing newer" in capsys.readouterr().out
    assert upgraded == []
    mirror.deb = package(tmp_path, NEW)
    assert update(monkeypatch, "--rehearse") == 0
    assert odoo_package.in_use() == OLD
    assert update(monkeypatch) == 0
    assert odoo_package.in_use() == NEW
    assert upgraded == [(f"odoo-{NEW}", "shop", "--rehearse"), (f"odoo-{NEW}", "shop")]
    # Setting up again does not take it away.
    assert install(tmp_path) == NEW
    assert update(monkeypatch, "--back") == 0
    assert odoo_package.in_use() == OLD
    mirror.deb = package(tmp_path, "19.0.2+dfsg-1")
    assert update(monkeypatch) == 0
    there = sorted(path.name for path in odoo_package.cache_folder().glob("odoo-*"))
    assert there == [f"odoo-{OLD}", "odoo-19.0.2+dfsg-1"]
    assert len(list(Packages(None).kept.iterdir())) == 2


@pytest.mark.parametrize("words", [[], ["--rehearse"], ["--same"]])
def test_one_that_says_no_version_is_set_up_first(mirror, monkeypatch, upgraded, words):
    """As an earlier version of the drive left it."""
    folder = odoo_package.cache_folder() / "odoo-19"
    folder.mkdir()
    updating_odoo.link(odoo_package.ODOO, folder)
    with pytest.raises(Failure, match="deploy/debian/install"):
        update(monkeypatch, *words)
    assert upgraded == []
    assert odoo_package.ODOO.resolve() == folder


@pytest.mark.parametrize("why", ["it fails", "another series"])
def test_one_that_does_not_fit_changes_nothing(mirror, tmp_path, monkeypatch, upgraded, why):
    install(tmp_path)
    mirror.deb = package(
        tmp_path, NEW, "(20, 0, 0, FINAL, 0, '')" if why == "another series" else "(19, 0, 0, FINAL, 0, '')"
    )
    if why == "it fails":

        def upgrade(*_):
            raise Failure("Odoo stays")

        monkeypatch.setattr(updating_odoo, "upgrade", upgrade)
    with pytest.raises(Failure, match="is for 19.0" if why == "another series" else "stays"):
        update(monkeypatch)
    assert odoo_package.in_use() == OLD
    with pytest.raises(Failure, match="no version before"):
        update(monkeypatch, "--back")
