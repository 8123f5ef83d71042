"""A disk that is full, a quota or a limit of this process at its end: one sentence, whoever noticed it."""

import contextlib
import errno
import os
from pathlib import Path

from common import Failure

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What restic, age and PostgreSQL say of it, in their own spelling.
FULL_WORDS = tuple(os.strerror(number).lower() for number in FULL)


def says_full(text: str) -> bool:
    return any(words in text.lower() for words in FULL_WORDS)


@contextlib.contextmanager
def room_in(folder: Path):
    """What cannot be written because the disk is full is one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Failure(f"the disk of {folder} is full ({error.strerror}): make room and try again.") from error
        raise Failure(f"{error.filename or folder} cannot be written to: {error.strerror}.") from error
    except Failure as failure:
        said = str(failure)
        if "is full" not in said and says_full(said):
            raise Failure(f"the disk is full: make room and try again ({said.rstrip('.')}).") from failure
        raise
