"""Encrypts files to public keys, with age: who has the server has no key to what it has saved.

`age --decrypt --identity KEY FILE` opens each anywhere, without us.
"""

import os
import subprocess
from pathlib import Path

from common import Failure
from repository import program

ENDING = ".age"


def encrypt(source, target: Path, recipients: Path) -> None:
    """Encrypt a file, or what a stream gives, to all keys of a file of public keys."""
    stream = source if hasattr(source, "read") else None
    _age(["--encrypt", "--recipients-file", recipients, "--output", target, *([] if stream else [source])], stream)


def decrypt(source: Path, target: Path, identity: bytes) -> None:
    _age(["--decrypt", "--output", target, source], identity=identity)


def decrypted(data: bytes, identity: bytes) -> bytes:
    return _age(["--decrypt"], data=data, identity=identity)


def check_recipients(path: Path) -> None:
    """:raise Failure: when nothing could be encrypted to them"""
    if not os.access(path, os.R_OK):
        raise Failure(f"the file of the public keys, {path}, cannot be read.")
    _age(["--encrypt", "--recipients-file", path], data=b"")


def _age(arguments, stream=None, data=None, identity=None) -> bytes:
    """:param identity: a secret key; it goes through a pipe, and is never on a disk or in a list of processes"""
    reading = None
    if identity is not None:
        reading, writing = os.pipe()
        os.write(writing, identity)
        os.close(writing)
        arguments = [arguments[0], "--identity", f"/dev/fd/{reading}", *arguments[1:]]
    source = {"input": data} if stream is None else {"stdin": stream}
    try:
        done = subprocess.run(
            [program("age"), *(str(part) for part in arguments)],
            **source,
            capture_output=True,
            check=False,
            pass_fds=[reading] if reading else (),
        )
    finally:
        if reading:
            os.close(reading)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"it ended with status {done.returncode}"]
        reason = said[0].removeprefix("age: error: ")
        if "no identity matched" in reason:
            raise Failure("this key opens no backup of this shop: take one that was among its public keys.")
        raise Failure(f"age did not do it: {reason.rstrip('.')}.")
    return done.stdout


def read_identity(path: Path) -> bytes:
    """A secret key, from a file or from stdin (`-`)."""
    try:
        with open(0 if str(path) == "-" else path, "rb") as file:
            content = file.read(2**15)
    except OSError as error:
        raise Failure(f"the file of the key, {path}, cannot be read: {error.strerror}.") from error
    if not content.strip():
        raise Failure(f"the file of the key, {path}, is empty.")
    return content
