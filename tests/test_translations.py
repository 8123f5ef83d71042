"""Nobody reads a text that was forgotten in French."""

import subprocess

from common import ROOT


def test_french_is_whole():
    done = subprocess.run(
        [ROOT / "script" / "i18n", "--check", "--all"], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stdout + done.stderr
