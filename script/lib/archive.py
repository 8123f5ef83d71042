"""The one file of a backup: how it is written, and how every byte of it is checked.

A tar archive, encrypted or not, that opens without us too:

    database/000001 …     pg_dump's custom format in pieces: `cat database/* | pg_restore -d NEW`
    filestore/ab/abcdef…  Odoo's files, by their own names
    manifest.json         what it is a backup of, and the SHA-256 of each part
    manifest.sha256       of the manifest; whoever finds it right at the end has a whole file

It is written and read in one pass, so that nothing of an encrypted backup is ever on the disk in
clear. It has another name until it is complete, on the disk, and read back.
"""

import contextlib
import errno
import hashlib
import io
import json
import os
import sys
import tarfile
import time
from pathlib import Path

import encryption
from common import Failure, say

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
DATABASE, FILES = "database/", "filestore/"
PIECE = 4 * 2**20
UNFINISHED = ".unfinished"
# A disk, a quota or a limit of this process is at its end.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What GnuPG and PostgreSQL say of it.
FULL_WORDS = tuple(os.strerror(number) for number in FULL)


class Damaged(Exception):
    """The file is cut, or a byte of it is another."""


@contextlib.contextmanager
def room_in(folder: Path):
    """What cannot be written because the disk is full is one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Failure(f"the disk of {folder} is full ({error.strerror}): make room and try again.") from error
        raise Failure(f"{folder} cannot be written to: {error.strerror}.") from error
    except Failure as failure:
        said = str(failure)
        if "is full" not in said and any(words in said for words in FULL_WORDS):
            raise Failure(f"the disk is full: make room and try again ({said.rstrip('.')}).") from failure
        raise


class Progress:
    """A sign of life: on a terminal in place, elsewhere a line every fifteen seconds."""

    def __init__(self, what: str, total: int = 0):
        self.what, self.total, self.done = what, total, 0
        self._terminal = sys.stdout.isatty()
        self._shown = time.monotonic()

    def add(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        if now - self._shown < (0.5 if self._terminal else 15):
            return
        self._shown = now
        of = f" of {self.total / 1e6:.0f}" if self.total else ""
        line = f"    {self.what}: {self.done / 1e6:.0f}{of} MB"
        if self._terminal:
            print(f"\r\x1b[K{line}", end="", flush=True)
        else:
            say(line)

    def end(self) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", flush=True)


class _Summing(io.RawIOBase):
    """Reads from another stream, and sums what goes by."""

    def __init__(self, stream, progress=None):
        super().__init__()
        self._stream, self._progress = stream, progress
        self.sum = hashlib.sha256()
        self.size = 0

    def readable(self):
        return True

    def read(self, size=-1):
        data = self._stream.read(size)
        self.sum.update(data)
        self.size += len(data)
        if self._progress:
            self._progress.add(len(data))
        return data


class _Onwards:
    """Writes to a stream that has no place, for a tar archive that wants to know its own."""

    def __init__(self, stream):
        self._stream, self._place = stream, 0

    def tell(self):
        return self._place

    def write(self, data):
        self._stream.write(data)
        self._place += len(data)


class Writer:
    """Puts parts into a backup, then its manifest."""

    def __init__(self, stream):
        self._tar = tarfile.open(fileobj=_Onwards(stream), mode="w")  # noqa: SIM115 (finish closes it)
        self.sums = {}

    def add_stream(self, prefix: str, stream, progress: Progress) -> None:
        """All that a stream gives, in pieces of which each says its length."""
        number = 0
        while piece := stream.read(PIECE):
            number += 1
            self.add(f"{prefix}{number:06}", piece)
            progress.add(len(piece))

    def add_file(self, name: str, path: Path, progress: Progress) -> None:
        """A file of the shop; nobody changes it meanwhile, for its name is the sum of what it holds."""
        with _reading(path) as file:
            summing = _Summing(file, progress)
            self._add(name, os.fstat(file.fileno()).st_size, summing)
            self.sums[name] = summing.sum.hexdigest()

    def add(self, name: str, data: bytes) -> None:
        self._add(name, len(data), io.BytesIO(data))
        self.sums[name] = hashlib.sha256(data).hexdigest()

    def _add(self, name: str, size: int, stream) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        self._tar.addfile(info, stream)

    def finish(self, facts: dict) -> None:
        manifest = json.dumps({"format": FORMAT, **facts, "parts": self.sums}, indent=1).encode()
        self.add(MANIFEST, manifest)
        self.add(SEAL, hashlib.sha256(manifest).hexdigest().encode())
        self._tar.close()


@contextlib.contextmanager
def writing(path: Path, words: bytes | None):
    """A `Writer`; the file has its name when the block ends well, and there is none otherwise."""
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        with room_in(path.parent), open(unfinished, "xb", opener=_for_us_alone) as file:
            with encryption.encrypting(file, words) if words else contextlib.nullcontext(file) as stream:
                yield Writer(stream)
            file.flush()
            os.fsync(file.fileno())
            say("  reading it back …")
            check(unfinished, words)
            if path.exists():
                raise Failure(f"{path} exists already.")
            unfinished.rename(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    finally:
        unfinished.unlink(missing_ok=True)


def _reading(path: Path):
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from error


def _for_us_alone(path, flags):
    return os.open(path, flags, 0o600)


def check(path: Path, words: bytes | None) -> dict:
    """Read a backup to its end.

    :return: its manifest
    :raise Failure: when it is no backup, not whole, or its passphrase another
    """
    return read(path, words, lambda _name, _stream: None)


def read(path: Path, words: bytes | None, take) -> dict:
    """Give each part of a backup to `take(name, stream)`, in order, and check it.

    Only at the end it is known that all was right: what `take` makes is worth nothing before.
    """
    if not path.is_file():
        raise Failure(f"there is no file {path}.")
    with _reading(path) as file:
        size = os.fstat(file.fileno()).st_size
        # Without moving on: gpg goes on where the file is.
        beginning = os.pread(file.fileno(), 512, 0)
        encrypted = encryption.is_encrypted(beginning)
        if encrypted and not words:
            raise Failure(f"{path} is encrypted: say where its passphrase is with --passphrase-file.")
        if not encrypted and beginning[257:262] != b"ustar":
            raise Failure(f"{path} is no backup of this shop" + (": it is empty." if not size else "."))
        opened = encryption.decrypting(file, words, Damaged) if encrypted else contextlib.nullcontext(file)
        progress = Progress("read", size)
        try:
            with opened as stream:
                return _read_parts(stream, take, progress)
        except Damaged:
            raise Failure(f"{path} is cut or damaged: nothing of it was used.") from None
        finally:
            progress.end()


def _read_parts(stream, take, progress) -> dict:
    whole = _Summing(stream, progress)
    sums, manifest, seal = {}, b"", b""
    try:
        with tarfile.open(fileobj=whole, mode="r|") as tar:
            for info in tar:
                source = tar.extractfile(info)
                if source is None:
                    raise Damaged
                part = _Summing(source)
                if info.name == MANIFEST:
                    manifest = part.read()
                elif info.name == SEAL:
                    seal = part.read()
                else:
                    take(info.name, part)
                    while part.read(PIECE):
                        pass
                    sums[info.name] = part.sum.hexdigest()
    except (tarfile.TarError, ValueError) as error:
        raise Damaged from error
    while whole.read(PIECE):
        pass
    if whole.size % tarfile.RECORDSIZE or not seal or hashlib.sha256(manifest).hexdigest().encode() != seal:
        raise Damaged
    facts = json.loads(manifest)
    if facts["format"] > FORMAT:
        raise Failure("this backup was made by a newer version of script/backup: restore it with that version.")
    if facts["parts"] != sums:
        raise Damaged
    return facts
