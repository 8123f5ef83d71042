"""script/setup says at once, and in a sentence, what it cannot do."""

import shutil
import subprocess

import pytest

from common import ROOT

# Nobody's.
NUMBER = "54321"


@pytest.fixture
def checkout(tmp_path):
    """The files of the command, and nothing that it made."""
    for name in ("lib", "requirements"):
        shutil.copytree(ROOT / "script" / name, tmp_path / "script" / name)
    shutil.copy(ROOT / "script" / "setup", tmp_path / "script")
    return tmp_path


def refusal(checkout):
    """What somebody is told whose account is only a number; root's rights to write anywhere go with the name."""
    done = subprocess.run(
        ["unshare", "--user", f"--map-user={NUMBER}", checkout / "script" / "setup"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHON": shutil.which("python3")},
    )
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    return sentence


def test_an_account_without_a_name_is_told_so_before_anything_is_fetched(checkout):
    assert refusal(checkout).startswith(f"script/setup: this account has no name, only the number {NUMBER}")
    assert not [path for path in (checkout / ".odoo").rglob("*") if path.is_file() and path.stat().st_size]


def test_what_another_user_made_is_a_sentence(checkout):
    state = checkout / ".odoo"
    (state / "log").mkdir(parents=True)
    state.chmod(0o555)
    assert "this checkout cannot be written to (Permission denied)" in refusal(checkout)
    state.chmod(0o755)
