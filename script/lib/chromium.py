"""Chromium for the browser tests: the machine's, or Debian's package."""

import os
import shutil
from pathlib import Path

from common import cache_folder


def find() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


def install(log) -> None:
    pass
