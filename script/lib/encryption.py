"""Encrypts a file while it is written, with GnuPG: `gpg --decrypt FILE` opens it anywhere, without us.

GnuPG and not age: age asks a person for a passphrase, and takes it neither from a file nor from a pipe.
The passphrase goes through a pipe: neither the list of processes nor the environment ever has it.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import installed
import programs
from common import LOGS, Failure, say

# How an encrypted message begins: with the packet that says how the passphrase becomes its key.
BEGINNINGS = (b"\x8c", b"\xc3")
WRONG_KEY = "Bad session key"
OPTIONS = ("--batch", "--quiet", "--no-options", "--no-autostart", "--pinentry-mode", "loopback")
# What is in it is compressed already; guessing a passphrase takes a tenth of a second a try.
CIPHER = ("--cipher-algo", "AES256", "--compress-algo", "none")
# Named, because gpg would ask an agent for it, which would go on running.
KEY = ("--s2k-digest-algo", "SHA512", "--s2k-count", "65011712")


class Gpg:
    """GnuPG on one stream; its messages are kept."""

    def __init__(self, action, passphrase: bytes, home: str, **streams):
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 (end closes it)
        reading, writing = os.pipe()
        os.write(writing, passphrase + b"\n")
        os.close(writing)
        try:
            self.process = subprocess.Popen(
                [program(), "--homedir", home, *OPTIONS, "--passphrase-fd", str(reading), *action],
                stderr=self._messages,
                pass_fds=(reading,),
                env={**os.environ, "LC_ALL": "C"},
                # A full disk is an error that it can tell, not a signal that ends it.
                restore_signals=False,
                **streams,
            )
        finally:
            os.close(reading)

    def end(self) -> str:
        """Wait for its end.

        :return: what it said if it failed, nothing if all went well
        """
        code = self.process.wait()
        self._messages.seek(0)
        messages = self._messages.read().decode(errors="replace").strip()
        self._messages.close()
        return (messages or f"gpg ended with status {code}") if code else ""


def program() -> str:
    found = shutil.which("gpg") or (None if installed.is_external() else programs.find("gpg"))
    if not found:
        if installed.is_external():
            raise Failure("the program gpg is missing: install the package gpg.")
        say("    bringing GnuPG")
        found = programs.install("gpg", LOGS / "setup.log", 50)
    return str(found)


def passphrase(path: Path) -> bytes:
    """The first line of a file."""
    try:
        with open(path, "rb") as file:
            line = file.readline(4096).rstrip(b"\r\n")
            shared = file.fileno() and os.fstat(file.fileno()).st_mode & 0o044
    except OSError as error:
        raise Failure(f"the file of the passphrase, {path}, cannot be read: {error.strerror}.") from error
    if not line.strip():
        raise Failure(f"the first line of {path} is empty: write the passphrase there.")
    if shared:
        say(f"    others on this machine may read {path}: chmod 600 keeps the passphrase yours")
    return line


def is_encrypted(beginning: bytes) -> bool:
    return beginning[:1] in BEGINNINGS


@contextlib.contextmanager
def encrypting(file, words: bytes):
    """A stream; what is written to it goes to a file, encrypted."""
    with tempfile.TemporaryDirectory() as home:
        gpg = Gpg(("--symmetric", *CIPHER, *KEY), words, home, stdin=subprocess.PIPE, stdout=file)
        try:
            yield gpg.process.stdin
            gpg.process.stdin.close()
        except BrokenPipeError:
            with contextlib.suppress(BrokenPipeError):
                gpg.process.stdin.close()
            trouble = gpg.end()
            raise Failure(f"the backup could not be encrypted: {trouble.splitlines()[-1]}.") from None
        except BaseException:
            gpg.process.kill()
            with contextlib.suppress(BrokenPipeError):
                gpg.process.stdin.close()
            gpg.end()
            raise
        trouble = gpg.end()
        if trouble:
            raise Failure(f"the backup could not be encrypted: {trouble.splitlines()[-1]}.")


@contextlib.contextmanager
def decrypting(file, words: bytes, damaged: type[Exception]):
    """A stream that reads what a file has, decrypted.

    :param damaged: what is raised, and what who reads raises, when the file is cut or changed
    """
    with tempfile.TemporaryDirectory() as home:
        gpg = Gpg(("--decrypt",), words, home, stdin=file, stdout=subprocess.PIPE)
        found = None
        try:
            yield gpg.process.stdout
        except damaged as error:
            found = error
        except BaseException:
            gpg.process.kill()
            gpg.process.stdout.close()
            gpg.end()
            raise
        # To the end: what was changed is known only there.
        while gpg.process.stdout.read(2**20):
            pass
        gpg.process.stdout.close()
        trouble = gpg.end()
        if WRONG_KEY in trouble:
            raise Failure("this is not the passphrase of that file.") from None
        if trouble or found:
            raise found or damaged()
