"""A shop of each version that landed is upgraded, or is left exactly as it was."""

import os
import re
import shutil
import subprocess

import pytest
import requests

import backing_up
import database
import odoo_command
import postgres
import upgrading
from common import ADDON, PYTHON, ROOT
from repository import Repository
from saving import assert_refused, command, facts_of, named, run, snapshots, state_of_all, succeed
from support import Rpc

MANIFEST = f"{ADDON}/__manifest__.py"
STATES = {"basket", "confirmed", "preparing", "ready", "done", "no_show", "cancelled"}
# A version that does not exist yet, and what its migration does wrong.
NEXT = "19.0.99.0.0"
MIGRATION = "def migrate(cr, version):\n    {}\n"
FAILS = "raise ValueError('this cannot be moved')"
BREAKS_A_RULE = """cr.execute("UPDATE sale_order SET drive_eligibility = NULL WHERE drive_state = 'confirmed'")"""
LOSES_MONEY = """cr.execute("UPDATE sale_order SET amount_total = amount_total - 1 WHERE drive_state = 'ready'")"""
NEVER_ENDS = "cr.execute('SELECT pg_sleep(3600)')"
DOES_NOTHING = "pass"


# The versions before this one; their code is in the history.
LANDED = re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1:]


def git(*arguments) -> bytes:
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True).stdout


def addon_of(version) -> bytes:
    """The addon as it was at the end of a version: a tar archive."""
    try:
        # The last commit that took these words away, or brought them: those of this version are gone.
        changed = git("log", "-1", "--format=%H", f'-S"version": "{version}"', "--", MANIFEST).decode().strip()
        return git("archive", f"{changed}~1", ADDON)
    except (OSError, subprocess.CalledProcessError):
        pytest.fail(f"The code of {version} is in this project's history, which is not here: git fetch --unshallow")


def version_of(name) -> str:
    return postgres.psql(f"SELECT latest_version FROM ir_module_module WHERE name = '{ADDON}'", name)


@pytest.fixture
def shop_of(tmp_path):
    """A function that makes a demonstration shop with the addon of a version that landed."""
    with named("old") as [name]:

        def make(version):
            subprocess.run(["tar", "-x", "-C", tmp_path], input=addon_of(version), check=True)
            database.clone(database.template("dependencies"), name)
            environment = odoo_command.environment() | {"ODOO_ADDONS_PATH": str(tmp_path)}
            install = odoo_command.command("-d", name, "-i", ADDON, "--stop-after-init", "--no-http")
            demo = [PYTHON, ROOT / "script" / "lib" / "odoo_database.py", "demo", name, ADDON]
            for line in (install, demo):
                subprocess.run(line, env=environment, check=True, capture_output=True)
            return name

        yield make


@pytest.mark.full
@pytest.mark.parametrize("version", LANDED)
def test_each_version_that_landed(shop_of, new_server, place, version):
    """The same orders in all their states, the same money, the same stock, and a shop that works."""
    name = shop_of(version)
    assert version_of(name) == version
    states = postgres.psql("SELECT DISTINCT drive_state FROM sale_order WHERE is_drive", name).split()
    assert set(states) == STATES
    before = facts_of(name)
    output = succeed("upgrade", "--db", name, "--repository", place)
    assert version_of(name) == database.manifest()["version"]
    assert f"{name} has version {database.manifest()['version']} now" in output
    assert facts_of(name) == before
    assert len(snapshots(place)) == 1
    assert state_of_all() == [name, name]
    # The scheduled actions were never off.
    assert postgres.psql("SELECT count(*) > 5 FROM ir_cron WHERE active", name) == "t"
    server = new_server(name=name)
    try:
        assert "drive" in signed_in(server, "membre").get(f"{server.url}/drive/orders", timeout=60).url
        orders = Rpc(server.url, name, "responsable")(
            "sale.order", "search_read", [("is_drive", "=", True)], fields=[]
        )
        assert orders
    finally:
        server.stop()


def signed_in(server, login) -> requests.Session:
    session = requests.Session()
    body = {"params": {"db": server.database, "login": login, "password": login}}
    answer = session.post(f"{server.url}/web/session/authenticate", json=body, timeout=120).json()
    assert answer["result"]["uid"]
    return session


# Upgrades to a version that does not exist yet


@pytest.fixture
def planted(tmp_path):
    """A function that makes the addon of a next version, with a migration; it returns the environment for it."""

    def plant(statement):
        addon = tmp_path / "next" / ADDON
        shutil.rmtree(addon, ignore_errors=True)
        shutil.copytree(ROOT / ADDON, addon, ignore=shutil.ignore_patterns("__pycache__"))
        text = (addon / "__manifest__.py").read_text(encoding="utf-8")
        ours = database.manifest()["version"]
        assert f'"{ours}"' in text
        (addon / "__manifest__.py").write_text(text.replace(f'"{ours}"', f'"{NEXT}"'), encoding="utf-8")
        folder = addon / "migrations" / NEXT
        folder.mkdir(exist_ok=True)
        # At once where it fails anyway, else on what the new version has made.
        step = "pre" if statement in (FAILS, NEVER_ENDS) else "post"
        (folder / f"{step}-migration.py").write_text(MIGRATION.format(statement), encoding="utf-8")
        return {"ODOO_ADDONS_PATH": str(addon.parent)}

    return plant


@pytest.fixture
def place(tmp_path):
    """A repository."""
    Repository(str(tmp_path / "place")).initialize()
    return tmp_path / "place"


@pytest.fixture
def shop():
    with named("shop") as [name]:
        database.create(name, "demo")
        yield name


def test_a_shop_is_left_as_it_is_or_upgraded(shop, planted, new_server, place):
    """A rehearsal beside the open shop says that it would fail, and nobody who orders notices; when it is
    mended, and the shop closed, it has the new version with the same orders, money and stock."""
    server = new_server(name=shop)
    member = signed_in(server, "membre")
    before = facts_of(shop)
    refused = run("upgrade", "--db", shop, "--repository", place)
    assert_refused(refused, "stop Odoo first")
    # Of one that was killed.
    (backing_up.home() / shop).mkdir()
    rehearsal = run("upgrade", "--db", shop, "--rehearse", **planted(FAILS))
    assert_refused(rehearsal, "ValueError: this cannot be moved")
    assert member.get(f"{server.url}/drive", timeout=60).status_code == 200
    assert (facts_of(shop), version_of(shop)) == (before, database.manifest()["version"])
    assert state_of_all() == [shop, shop]
    assert not (backing_up.home() / shop).exists()
    assert snapshots(place) == []
    server.stop()

    succeed("upgrade", "--db", shop, "--repository", place, **planted(DOES_NOTHING))
    assert (facts_of(shop), version_of(shop)) == (before, NEXT)
    assert len(snapshots(place)) == 1
    assert state_of_all() == [shop, shop]
    # The scheduled actions were never off.
    assert postgres.psql("SELECT count(*) > 5 FROM ir_cron WHERE active", shop) == "t"
    # By a checkout that has not heard of it.
    assert_refused(run("upgrade", "--db", shop, "--rehearse"), NEXT, "this checkout is older")


@pytest.mark.full
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (BREAKS_A_RULE, "a rule of script/check is broken"),
        (LOSES_MONEY, "the upgraded shop is not the same: orders: "),
        (FAILS, "ValueError: this cannot be moved"),
    ],
    ids=["a broken rule", "lost money", "an error"],
)
def test_an_upgrade_that_is_wrong_is_put_back(shop, planted, place, statement, words):
    before = facts_of(shop)
    done = run("upgrade", "--db", shop, "--repository", place, **planted(statement))
    assert done.returncode == 1
    assert words in done.stderr
    assert f"Nothing has changed: {shop} has version {database.manifest()['version']}" in done.stderr
    assert (facts_of(shop), version_of(shop)) == (before, database.manifest()["version"])
    assert state_of_all() == [shop, shop]
    assert succeed("check", "--db", shop) == ""


@pytest.mark.full
def test_an_upgrade_that_is_killed_changes_nothing_and_is_run_again(shop, planted, place):
    before = facts_of(shop)
    migrating = f"""SELECT count(*) FROM pg_stat_activity
                     WHERE datname = '{shop}{upgrading.COPY}' AND query LIKE '%pg_sleep%'"""
    environment = os.environ | planted(NEVER_ENDS)
    killed = subprocess.Popen(command("upgrade", "--db", shop, "--repository", place), env=environment)
    try:
        while postgres.psql(migrating) == "0":
            assert killed.poll() is None, "it ended before it could be killed"
    finally:
        killed.kill()
        killed.wait()
    assert (facts_of(shop), version_of(shop)) == (before, database.manifest()["version"])
    succeed("upgrade", "--db", shop, "--repository", place)
    assert facts_of(shop) == before
    assert state_of_all() == [shop, shop]
