"""Docker, with data of its own, and images that stand for the official ones: of the same names, users, folders,
environment and entry points, made of Debian's packages, where no registry of images is at hand.

Its folder is DRIVE_CONTAINERS, or one in /var/tmp; it is kept, for to make the images takes some minutes.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from common import STATE, Failure, say

FOLDER = Path(os.environ.get("DRIVE_CONTAINERS", "/var/tmp/cafoutch-drive-containers"))  # noqa: S108
HOST = f"unix://{FOLDER}/sock"
IMAGES = Path(__file__).parent / "images"
BASE = "cafoutch-drive-test/debian"
NAMES = {"postgres": "postgres:17", "haproxy": "haproxy:3.0", "certbot": "certbot/certbot:latest", "odoo": "odoo:19.0"}
PROGRAMS = {
    "dockerd": "docker.io",
    "docker": "docker-cli",
    "docker-compose": "docker-compose",
    "iptables": "iptables",
    "debootstrap": "debootstrap",
}


def docker(*arguments, **options):
    return subprocess.run(
        ["docker", *map(str, arguments)],
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"DOCKER_HOST": HOST},
        **options,
    )


def needed() -> None:
    """Whether this machine can run containers at all."""
    if os.geteuid():
        raise Failure("containers need root: begin the command with sudo.")
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing or not Path("/usr/libexec/docker/cli-plugins/docker-buildx").exists():
        raise Failure(f"containers need Debian's packages {' '.join(PROGRAMS.values())} docker-buildx.")


class Engine:
    """A `dockerd` of the tests' own."""

    def __init__(self):
        self._process = None

    def start(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "pid").unlink(missing_ok=True)
        with open(FOLDER / "log", "a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [
                    *("dockerd", "--data-root", FOLDER / "data", "--exec-root", FOLDER / "exec"),
                    *("--pidfile", FOLDER / "pid", "--host", HOST),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: docker("info").returncode == 0, "Docker answers")

    def stop(self, how=signal.SIGTERM) -> None:
        self._process.send_signal(how)
        self._process.wait()


def until(condition, what: str, seconds: int = 300):
    """Wait for what has to come; return it."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"it did not come in {seconds} s: {what}"
        time.sleep(1)
    return found


def build(name: str, *options) -> None:
    say(f"  image {NAMES[name]}")
    done = docker("buildx", "build", "--load", "--network", "host", "--tag", NAMES[name], *options, IMAGES / name)
    assert done.returncode == 0, done.stdout


def build_all() -> None:
    if docker("image", "inspect", BASE).returncode:
        say("  Debian")
        root = FOLDER / "debian"
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=ca-certificates", "trixie", root],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with subprocess.Popen(["tar", "--directory", root, "--create", "."], stdout=subprocess.PIPE) as tar:
            done = docker("import", "-", BASE, stdin=tar.stdout)
        assert done.returncode == 0, done.stdout
        shutil.rmtree(root)
    for name in ("postgres", "haproxy", "certbot"):
        build(name)
    tree = f"tree={(STATE / 'odoo').resolve()}"
    build("odoo", "--build-context", tree, "--build-context", "trust=/etc/ssl/certs")
