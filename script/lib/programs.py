"""Programs that may be missing on this machine: HAProxy for several workers, restic and age for backups, others for
the tests.

One that is in PATH is used. Else Debian's package is unpacked with all its libraries in
the cache folder, for root and for anyone else alike, and started with those libraries.
"""

import os
import shutil
from pathlib import Path

from common import LOGS, STATE, Failure, cache_folder, say
from debian import Apt, unpack

BIN = STATE / "bin"
LOG = LOGS / "setup.log"
# Names it may have in PATH, and where Debian's package keeps the program itself.
PROGRAMS = {
    "chromium": (("chromium", "google-chrome", "chromium-browser"), "usr/lib/chromium/chromium"),
    "haproxy": (("haproxy",), "usr/sbin/haproxy"),
    "restic": (("restic",), "usr/bin/restic"),
    "age": (("age",), "usr/bin/age"),
    # Gives certificates as Let's Encrypt does, to tests.
    "pebble": (("pebble",), "usr/bin/pebble"),
    # Reads docker-compose.yml as Docker does, without it.
    "docker-compose": (("docker-compose",), "usr/libexec/docker/cli-plugins/docker-compose"),
}
# The machine's own C library stays: it belongs to its loader.
MACHINE_OWN = ("libc6_", "libc-bin_", "libgcc-s1_")
WRAPPER = """#!/bin/sh
# {name} from Debian's package, with the libraries unpacked beside it.
root={root}
FONTCONFIG_FILE=$root/fonts.conf
libraries=$root/usr/lib/{triplet}:$root/lib/{triplet}:$root/usr/lib/{triplet}/pulseaudio
LD_LIBRARY_PATH=$libraries${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}
export FONTCONFIG_FILE LD_LIBRARY_PATH
exec "$root/{binary}" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{root}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{root}/var/cache/fontconfig</cachedir>
  <include ignore_missing="yes">{root}/etc/fonts/conf.d</include>
</fontconfig>
"""


def find(name: str) -> Path | None:
    own = BIN / name
    if own.exists():
        return own
    found = next(filter(None, map(shutil.which, PROGRAMS[name][0])), None)
    return Path(found) if found else None


def install(name: str, log: Path, megabytes: int, extra=()) -> Path:
    """Make sure the program is there; `extra` names packages that come with it."""
    found = find(name)
    if found:
        return found
    cache = cache_folder()
    root = cache / name
    binary = PROGRAMS[name][1]
    if not (root / binary).exists():
        cache.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(cache).free // 2**20 < megabytes:
            raise Failure(f"{cache} needs {megabytes} MB free for {name}: make room, or set XDG_CACHE_HOME.")
        apt = Apt(cache / "apt" / name, "", log)
        debs = apt.download_with_dependencies([name, *extra])
        say(f"    unpacking {name} and {len(debs) - 1} packages that it needs")
        fresh = cache / f"{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        unpack([deb for deb in debs if not deb.name.startswith(MACHINE_OWN)], fresh)
        (fresh / "fonts.conf").write_text(FONTS.format(root=root), encoding="utf-8")
        shutil.rmtree(root, ignore_errors=True)
        fresh.rename(root)
        apt.forget()
    # One that needs nothing but the machine's own C library has none beside it.
    triplet = next((path.name for path in (root / "usr" / "lib").glob("*-linux-gnu*")), "")
    BIN.mkdir(parents=True, exist_ok=True)
    wrapper = BIN / name
    wrapper.write_text(WRAPPER.format(name=name, root=root, binary=binary, triplet=triplet), encoding="utf-8")
    wrapper.chmod(0o755)
    return wrapper


def path_with_own() -> str:
    """PATH with the unpacked programs in front."""
    return os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
