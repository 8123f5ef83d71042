"""Where the backups of a shop are: a restic repository, in a folder, by sftp, S3 or rest-server.

What restic says becomes a sentence that says what to do. Its own variables (RESTIC_REPOSITORY,
RESTIC_PASSWORD_FILE, AWS_ACCESS_KEY_ID …) work as they do for restic alone.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import installed
import programs
from common import STATE, Failure, say
from disk import says_full

DEFAULT = STATE / "backups"
# Every snapshot of ours has both: what it is, and of which shop.
TAG, SHOP = "cafoutch-drive", "shop="
ENCRYPTED = "encrypted"
# restic's exit codes.
NONE, LOCKED, WRONG_PASSWORD, INCOMPLETE = 10, 11, 12, 3
# A server that does not answer is asked again and again by restic, for a quarter of an hour.
PATIENCE = 60
# Each night another part is read back: all of it within a week.
PARTS = 7
DAY = 24 * 3600


class Repository:
    """A restic repository.

    :param address: as restic takes it
    :param password_file: its password; without, and without restic's own variables, it has none
    """

    def __init__(self, address: str, password_file: Path | None = None):
        self.address = address
        self._options = ["--repo", address]
        if password_file:
            if not os.access(password_file, os.R_OK):
                raise Failure(f"the file of the password, {password_file}, cannot be read.")
            self._options += ["--password-file", str(password_file)]
        elif not any(os.environ.get(f"RESTIC_PASSWORD{ending}") for ending in ("", "_FILE", "_COMMAND")):
            self._options.append("--insecure-no-password")
        if self.is_folder:
            # It is as near as a cache would be.
            self._options.append("--no-cache")

    @property
    def is_folder(self) -> bool:
        return self.address.startswith(("/", "local:"))

    def initialize(self) -> None:
        """Make it; in a folder of a disk that is mounted."""
        parent = Path(self.address).parent
        if self.is_folder and not parent.is_dir():
            raise Failure(f"there is no folder {parent}: make it, or mount its disk.")
        self._run("init", timeout=PATIENCE)

    def snapshots(self) -> list[dict]:
        """Our snapshots, the oldest first: `id`, `short_id`, `time`, `tags`."""
        return json.loads(self._run("snapshots", "--json", "--tag", TAG, timeout=PATIENCE)) or []

    def find(self, snapshot: str) -> dict:
        """The snapshot of this number, or the latest."""
        there = self.snapshots()
        if snapshot == "latest" and there:
            return there[-1]
        found = [one for one in there if one["id"].startswith(snapshot)]
        if len(found) != 1:
            raise Failure(
                f"there is no backup {snapshot} in {self.address}, which has {len(there)}: "
                "script/restore --list names them."
            )
        return found[0]

    def refuse_other_shop(self, shop: str) -> None:
        """:raise Failure: when it has backups, and none of this shop"""
        others = {shop_of(one) for one in self.snapshots()}
        if others and shop not in others:
            raise Failure(f"{self.address} has the backups of another shop: name a repository of this shop's own.")

    def back_up(self, folder: Path, shop: str, encrypted: bool) -> str:
        """Save a folder as it is.

        :param encrypted: whether it was encrypted to public keys
        :return: the number of the snapshot, which is whole
        """
        # Of killed runs only: a lock of one that lives stays.
        self._run("unlock")
        tags = ("--tag", ",".join([TAG, SHOP + shop, *([ENCRYPTED] if encrypted else [])]))
        # A file is known by its name, size and time: a link to it is as good, on any machine.
        how = ("--json", "--ignore-inode", "--group-by", "")
        last, said = "", time.monotonic()
        with subprocess.Popen(
            [program("restic"), *self._options, "backup", *tags, *how, "."],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            try:
                for line in process.stdout:
                    last = line.strip() or last
                    if "percent_done" in line and time.monotonic() - said > 15:
                        said = time.monotonic()
                        say(f"    saved: {json.loads(line)['percent_done']:.0%}")
            except BaseException:
                # In order: it takes its lock away.
                process.terminate()
                raise
        if process.returncode == INCOMPLETE:
            self._run("forget", json.loads(last)["snapshot_id"])
            raise Failure("files of the shop could not be read while they were saved: try again.")
        if process.returncode:
            raise self._failure(process.returncode, last)
        return json.loads(last)["snapshot_id"][:8]

    def check(self) -> None:
        """Whether all is there, and a part of it, another each day, as it was written."""
        part = int(time.time() // DAY) % PARTS + 1
        self._run("check", f"--read-data-subset={part}/{PARTS}")

    def keep(self, days: int, weeks: int, months: int) -> None:
        """Remove all backups but the last of each of so many days, weeks and months."""
        rule = (f"--keep-daily={days}", f"--keep-weekly={weeks}", f"--keep-monthly={months}")
        self._run("forget", "--prune", "--group-by", "", "--tag", TAG, *rule)

    def read(self, snapshot: str, name: str) -> bytes:
        """A file of a snapshot."""
        return self._run("dump", snapshot, f"/{name}", text=False)

    def restore(self, snapshot: str, folder: Path) -> None:
        """Put a snapshot into a folder."""
        self._run("restore", snapshot, "--target", folder, "--quiet")

    def _run(self, *arguments, timeout=None, text=True):
        try:
            done = subprocess.run(
                [program("restic"), *self._options, *(str(part) for part in arguments)],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            raise Failure(
                f"{self.address} has not answered within {timeout} seconds: see that it can be reached, and try again."
            ) from None
        if done.returncode:
            raise self._failure(done.returncode, done.stderr.decode(errors="replace"))
        return done.stdout.decode() if text else done.stdout

    def _failure(self, code: int, said: str) -> Failure:
        if code == NONE:
            return Failure(
                f"there is no restic repository at {self.address}: mount its disk, or make it once with "
                "script/backup --init."
            )
        if code == LOCKED:
            return Failure(
                f"{self.address} is locked by another restic: wait for its end; or, if there is none, restic unlock."
            )
        if code == WRONG_PASSWORD:
            return Failure(f"the password is not that of {self.address}: name its file with --password-file.")
        if says_full(said):
            return Failure(f"the disk is full: make room and try again ({_reason(said)}).")
        return Failure(f"restic did not do it with {self.address}: {_reason(said)}.")


def shop_of(snapshot: dict) -> str:
    """The identity of the shop that a snapshot is of."""
    return next((tag.removeprefix(SHOP) for tag in snapshot.get("tags") or () if tag.startswith(SHOP)), "")


def program(name: str) -> str:
    """restic or age: the machine's own, or Debian's unpacked beside a private Odoo."""
    found = programs.find(name)
    if not found and installed.is_external():
        raise Failure(f"the program {name} is missing: install the package {name}.")
    return str(found or programs.install(name, programs.LOG, 60))


def _environment() -> dict:
    return {**os.environ, "LC_ALL": "C"}


def _reason(said: str) -> str:
    """The line of what restic said that tells most, for the middle of a sentence."""
    lines = [_message(line.strip()) for line in said.splitlines() if line.strip()]
    # What it says of a file tells more than that there were some.
    full = [line for line in lines if says_full(line)]
    fatal = [line for line in lines if line.startswith("Fatal: ")]
    return (full or fatal or lines or ["it did not say why"])[-1].removeprefix("Fatal: ").rstrip(".")


def _message(line: str) -> str:
    return json.loads(line).get("message", "") if line.startswith("{") else line


def add_options(parser) -> None:
    parser.add_argument(
        "--repository",
        metavar="R",
        help="a restic repository: a folder, sftp:…, rest:…, s3:… (default: RESTIC_REPOSITORY, or in a checkout "
        ".odoo/backups)",
    )
    parser.add_argument(
        "--password-file", type=Path, metavar="F", help="its password (default: RESTIC_PASSWORD_FILE, or it has none)"
    )


def named(options, make: bool = False) -> Repository:
    """The repository that a command's options name.

    :param make: whether it is made; that of a checkout is, when it is needed
    """
    address = options.repository or os.environ.get("RESTIC_REPOSITORY")
    if not address and installed.is_external():
        raise Failure("say where the backups are: --repository R, or RESTIC_REPOSITORY.")
    if address and ":" not in address:
        address = str(Path(address).absolute())
    repository = Repository(address or str(DEFAULT), options.password_file)
    if make or (not address and not (DEFAULT / "config").exists()):
        repository.initialize()
    return repository
