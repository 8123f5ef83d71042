"""The addon as a wheel, beside an Odoo 19 that knows nothing of this checkout's addons."""

import os
import subprocess
import venv
import zipfile

import pytest

import clock
import installation
import odoo_command
from common import ADDON, PYTHON, ROOT, STATE
from test_drive_day import Day


def run(*line, **options) -> str:
    return subprocess.run(
        [str(part) for part in line], check=True, stdout=subprocess.PIPE, text=True, **options
    ).stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a clean clone."""
    folder = tmp_path_factory.mktemp("wheel")
    run("git", "clone", "-q", ROOT, folder / "clone")
    # What pip builds with is fetched.
    real_time = os.environ | clock.REAL_TIME
    run(PYTHON, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, folder / "clone", env=real_time)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture
def python(wheel, tmp_path):
    """The Python of an Odoo 19 of its own, in which the wheel is installed."""
    venv.create(tmp_path / "venv", with_pip=True)
    [site] = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    odoo = installation.code_folder(STATE / "odoo")
    packages = run(PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (site / "odoo.pth").write_text(f"{odoo}\n{packages}\n", encoding="utf-8")
    python = tmp_path / "venv" / "bin" / "python"
    # What Odoo itself needs has other names here than pip looks for, such as psycopg2-binary.
    run(python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel)
    return python


def test_the_wheel_holds_the_addon_whole(wheel):
    files = run("git", "ls-files", ADDON, cwd=ROOT).splitlines()
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
    assert {name for name in inside if ".dist-info/" not in name} == {f"odoo/addons/{name}" for name in files}
    assert wheel.name.startswith(f"odoo_addon_{ADDON}-19.0.")


def test_odoo_finds_it_without_an_addons_path(python, tmp_path):
    where = run(python, "-c", f"import odoo.addons.{ADDON} as addon; print(addon.__file__)", cwd=tmp_path)
    assert where.startswith(f"{tmp_path / 'venv'}/")


@pytest.mark.full
def test_the_wheel_lives_through_a_drive_day(
    python, new_database, new_server, new_page, sign_in, tmp_path, monkeypatch
):
    monkeypatch.setattr(odoo_command, "PYTHON", python)
    shop = new_database("dependencies")
    steps = ROOT / "script" / "lib" / "odoo_database.py"
    for step in ("install", "demo"):
        run(python, steps, step, shop, ADDON, env=odoo_command.environment())
    Day(new_server(name=shop), new_page, sign_in, tmp_path).run()
