#!/usr/bin/env python3
"""A bare Debian 13 becomes a shop that was restored and upgraded; each step is said, with what it answered.

    sudo tests/production/debian.py [--share PATH ...] [--keep FOLDER]

Makes the machine with debootstrap, starts it with systemd-nspawn, which runs its systemd as on a real one (Debian's
packages debootstrap and systemd-container), behind a network of its own, and installs what is committed in this
checkout by docs/it.md. --share shows the new machine something of this one, as it is: how pip finds its index, say;
no folder that a package writes in. --keep leaves the bare Debian in a folder, for the next time.
Ends with 0 when all steps went well, 1 at the first that did not; nothing is left of the machine.
"""

import argparse
import contextlib
import itertools
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script" / "lib"))

from common import Failure, main, say  # noqa: E402
from debian import mirror  # noqa: E402

DRIVE = "/opt/cafoutch-drive"
SHOPPING = f"{DRIVE}/.odoo/venv/bin/python {DRIVE}/tests/production/shopping.py"
ROLES = (
    "runuser -u postgres -- psql -XAtc \"SELECT rolname, CASE WHEN rolsuper THEN 'superuser' ELSE 'no superuser' END"
)
ROLES += ' FROM pg_roles WHERE rolcanlogin ORDER BY 1"'
STEPS = itertools.count(1)
BEGAN = time.monotonic()
NETWORK, CABLE = "drive-prod", "drive-prod0"
NEEDED = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "iptables": "iptables"}
FORWARDING = (
    ["POSTROUTING", "-t", "nat", "-s", "10.213.77.2", "-j", "MASQUERADE"],
    ["FORWARD", "-i", CABLE, "-j", "ACCEPT"],
    ["FORWARD", "-o", CABLE, "-j", "ACCEPT"],
)
PACKAGES = "systemd,systemd-sysv,dbus,ca-certificates,procps,git,sudo,curl"


class Machine:
    """A Debian in a folder, on."""

    def __init__(self, folder: Path, shared: list[Path], kept: Path | None = None):
        self.root = folder / "machine"
        self._kept = kept
        self._log = folder / "console.log"
        self._shared = shared
        self._process = None

    def make(self) -> None:
        bare = self._kept or self.root
        if not bare.exists():
            uri, _release = mirror()
            made = bare.with_name(f"{bare.name}.new")
            self._host("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "trixie", made, uri)
            made.rename(bare)
        if self._kept:
            self._host("cp", "--archive", bare, self.root)
        (self.root / "etc" / "hosts").write_text("127.0.0.1 localhost shop.lan\n", encoding="utf-8")
        self._host("git", "clone", "--quiet", "--no-hardlinks", ROOT, f"{self.root}{DRIVE}")

    def connect(self) -> None:
        """Give it an address behind this machine's, and all ports to itself."""
        self._host("ip", "netns", "add", NETWORK)
        self._host("ip", "link", "add", CABLE, "type", "veth", "peer", "name", "host0", "netns", NETWORK)
        self._host("ip", "address", "add", "10.213.77.1/30", "dev", CABLE)
        self._host("ip", "link", "set", CABLE, "up")
        inside = ("ip", "-netns", NETWORK)
        self._host(*inside, "address", "add", "10.213.77.2/30", "dev", "host0")
        for link in ("lo", "host0"):
            self._host(*inside, "link", "set", link, "up")
        self._host(*inside, "route", "add", "default", "via", "10.213.77.1")
        for chain, *rule in FORWARDING:
            self._host("iptables", "-I", chain, *rule)

    def disconnect(self) -> None:
        for command in (
            *(["iptables", "-D", chain, *rule] for chain, *rule in FORWARDING),
            ["ip", "link", "delete", CABLE],
            ["ip", "netns", "delete", NETWORK],
        ):
            with contextlib.suppress(Failure):
                self._host(*command)

    def _host(self, *command) -> None:
        line = [str(part) for part in command]
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise Failure(f"{shlex.join(line)} failed: {done.stdout[-800:]}")

    def switch_on(self) -> None:
        line = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--machine=drive-production"]
        line += [f"--network-namespace-path=/run/netns/{NETWORK}", "--resolv-conf=copy-host"]
        line += [f"--directory={self.root}", *(f"--bind-ro={path}" for path in self._shared)]
        with open(self._log, "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *line], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.wait_until_it_runs()

    def wait_until_it_runs(self) -> None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Failure(f"the machine went off: {self._log.read_text(errors='replace')[-800:]}")
            with contextlib.suppress(Failure, subprocess.SubprocessError):
                if self._run("systemctl is-system-running --wait", 60)[0] in (0, 1):
                    return
            time.sleep(1)
        raise Failure(f"the machine does not come up: {self._log.read_text(errors='replace')[-800:]}")

    def leader(self) -> int:
        """Its first program."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="utf-8")
        for child in children.split():
            if Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip() == "systemd":
                return int(child)
        raise Failure("it is not up yet")

    def _run(self, command: str, timeout: float) -> tuple[int, str]:
        inside = ["nsenter", f"--target={self.leader()}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root"]
        clean = ["env", "-i", "HOME=/root", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"]
        done = subprocess.run(
            [*inside, *clean, "bash", "-c", f"cd / && {command}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
        )
        return done.returncode, done.stdout.strip()

    def __call__(self, command: str, status: int = 0, timeout: float = 3600) -> str:
        """Run a command there, as root, and say what it answers.

        :raise Failure: when it ends otherwise than with `status`
        """
        say(f"    # {command}")
        code, said = self._run(command, timeout)
        for line in said.splitlines()[-12:]:
            say(f"      {line}")
        if code != status:
            raise Failure(f"it ended with {code}, not {status}: {command}")
        return said

    def restart(self) -> None:
        with contextlib.suppress(subprocess.SubprocessError):
            self._run("systemctl reboot", 60)
        # systemd-nspawn leaves it to who started the machine to start it again.
        self._process.wait(120)
        self.switch_on()

    def switch_off(self) -> None:
        if self._process:
            # As when the button is pressed.
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(120)
            self._process.kill()


def step(title: str) -> None:
    say(f"[{next(STEPS)}] {title} ({time.monotonic() - BEGAN:.0f} s)")


def expect(said: str, *words: str) -> None:
    for word in words:
        if word not in said:
            raise Failure(f"the answer does not say {word!r}")


def answers(machine: Machine) -> None:
    machine(
        "for n in $(seq 120); do curl --fail --silent --cacert /etc/cafoutch-drive/authority.crt"
        " https://shop.lan/drive/health && exit; sleep 1; done; systemctl status cafoutch-drive haproxy; exit 1"
    )


def no_superuser(machine: Machine) -> None:
    expect(machine(ROLES), "cafoutch-drive|no superuser", "postgres|superuser")


def live(machine: Machine) -> str:
    """From nothing to a shop that was lost and is back.

    :return: the name of an order
    """
    step("Without a certificate nothing is started")
    expect(machine(f"{DRIVE}/deploy/debian/install", status=1), "there is no certificate")
    step("A certificate of the shop's own, and the installation")
    machine(f"{DRIVE}/deploy/certificate local shop.lan 127.0.0.1")
    machine(f"{DRIVE}/deploy/debian/install")
    answers(machine)
    no_superuser(machine)

    step("Somebody signs in and orders")
    first = machine(f"{SHOPPING} open")
    machine("drive check --db shop")

    step("What must not happen by mistake does not")
    expect(machine("drive database drop shop", status=1), "lives", "--live")
    expect(machine("drive test", status=1), "say which command")

    step("A backup that only the coop's key opens, and a drill")
    machine("age-keygen -o /root/coop.key && age-keygen -y /root/coop.key > /etc/cafoutch-drive/backup.recipients")
    settings = "RESTIC_REPOSITORY=/srv/drive\\nDRIVE_BACKUP_RECIPIENTS=/etc/cafoutch-drive/backup.recipients\\n"
    machine(f"umask 077 && printf '{settings}' > /etc/cafoutch-drive/backup.env")
    machine("install --directory --owner=cafoutch-drive /srv/drive && drive backup --db shop --init")
    second = machine(f"{SHOPPING} order")
    machine("drive restore latest --db essai --drill --identity - < /root/coop.key")
    machine("drive check --db essai")
    expect(machine("runuser -u cafoutch-drive -- psql -XAtd essai -c 'SELECT name FROM sale_order'"), first)
    machine("drive database drop essai --name essai")

    step("The shop is lost, and comes back from the backup")
    machine("systemctl stop cafoutch-drive")
    machine("drive restore latest --db shop --replace shop --identity - < /root/coop.key")
    machine("drive restore --release --db shop")
    machine("systemctl start cafoutch-drive")
    answers(machine)
    orders = machine(f"{SHOPPING} list")
    expect(orders, first)
    if second in orders:
        raise Failure(f"{second} was ordered after the backup")

    return first


def change(machine: Machine, first: str) -> None:
    """:param first: an order, which stays whatever happens"""
    step("An earlier version had made the role a superuser: the installation takes that back")
    machine("runuser -u postgres -- psql -Xqc 'ALTER ROLE \"cafoutch-drive\" SUPERUSER'")
    machine(f"{DRIVE}/deploy/debian/install")
    no_superuser(machine)

    step("A newer version, rehearsed beside the open shop, then for good")
    manifest = "cafoutch_drive/__manifest__.py"
    newer = f'sed -i -E \'s/("version": "19[0-9.]*[.])[0-9]+"/\\1999"/\' {manifest} && grep \'"version"\' {manifest}'
    machine(f"git clone --quiet {DRIVE} {DRIVE}-new && cd {DRIVE}-new && {newer}")
    machine(f"drive --in {DRIVE}-new upgrade --db shop --rehearse")
    machine(f"rm -r {DRIVE}-new")
    machine("systemctl stop cafoutch-drive")
    machine(f"cd {DRIVE} && {newer}")
    machine("drive upgrade --db shop")
    machine(f"{DRIVE}/deploy/debian/install")
    answers(machine)
    expect(machine(f"{SHOPPING} list"), first)

    step("Odoo's own package: the same one again, through all of an update")
    machine("drive update-odoo --db shop --same")
    answers(machine)
    machine("drive update-odoo --back", status=1)

    step("The machine is restarted")
    machine.restart()
    answers(machine)
    third = machine(f"{SHOPPING} order")
    expect(machine(f"{SHOPPING} list"), first, third)
    machine("drive check --db shop")
    no_superuser(machine)


def run() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=Path, nargs="+", default=[], metavar="PATH", help="of this machine, read-only")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="the bare Debian, made there if it is not")
    options = parser.parse_args()
    if os.geteuid():
        raise Failure("begin the command with sudo.")
    for program, package in NEEDED.items():
        if not shutil.which(program):
            raise Failure(f"{program} is missing: install the package {package}.")
    folder = Path(tempfile.mkdtemp(prefix="drive-production-", dir="/var/tmp"))
    machine = Machine(folder, options.share, options.keep)
    try:
        step("A bare Debian 13")
        machine.make()
        machine.connect()
        machine.switch_on()
        change(machine, live(machine))
    finally:
        machine.switch_off()
        machine.disconnect()
        shutil.rmtree(folder, ignore_errors=True)
    step("All of it works")
    return 0


if __name__ == "__main__":
    main(run)
