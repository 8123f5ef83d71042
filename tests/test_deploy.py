"""What production is made of, as far as it can be looked at without a container engine and without root."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

import database
import postgres
import programs
from common import PYTHON, ROOT, STATE
from saving import named
from serving import CONFIGURATION, PROXY, own_option
from support import statements

DEPLOY = ROOT / "deploy"
# Of the 2 GB that a small server has, the rest is for the machine itself.
MEMORY = 1850 * 2**20
SECRET = "nobody has read this"


@pytest.fixture
def folder(tmp_path):
    """What is on the machine: a certificate and secrets."""
    folder = tmp_path / "drive"
    make = [PYTHON, DEPLOY / "certificate", "--folder", folder, "local", "localhost", "127.0.0.1"]
    subprocess.run(make, check=True, capture_output=True)
    (folder / "secrets").mkdir()
    for name in ("postgres_password", "odoo_password", "admin_password"):
        (folder / "secrets" / name).write_text(SECRET, encoding="utf-8")
    return folder


# Containers


def compose(folder, *arguments, file=ROOT / "docker-compose.yml"):
    return subprocess.run(
        [programs.find("docker-compose"), "-f", file, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"DRIVE_FOLDER": str(folder)},
    )


@pytest.fixture
def services(folder):
    done = compose(folder, "config", "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["services"]


def test_compose_reads_its_file(services):
    images = {name: service["image"] for name, service in services.items()}
    assert images == {
        "db": "postgres:17",
        "first": "cafoutch-drive-odoo",
        "odoo": "cafoutch-drive-odoo",
        "proxy": "haproxy:3.0",
        "certificate": "certbot/certbot:latest",
    }
    # One runs after the other, in the same memory.
    del services["first"]
    assert sum(int(service["mem_limit"]) for service in services.values()) <= MEMORY
    assert all(service["restart"] == "unless-stopped" for service in services.values())
    assert all("healthcheck" in services[name] for name in ("db", "odoo", "proxy"))


def test_containers_have_no_secret_in_their_environment(services):
    assert SECRET not in json.dumps(services)
    # What is not the proxy's is for this machine alone.
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_what_is_mounted_is_there(services):
    for name, service in services.items():
        for volume in service.get("volumes", []):
            assert volume["type"] == "volume" or Path(volume["source"]).exists(), (name, volume)


def test_compose_minds_what_is_wrong(folder, tmp_path):
    """The tests above rest on it."""
    wrong = tmp_path / "wrong.yml"
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    wrong.write_text(text.replace("mem_limit: 256m", "memory_limit: 256m"), encoding="utf-8")
    done = compose(folder, "config", "--quiet", file=wrong)
    assert done.returncode != 0
    assert "memory_limit" in done.stderr
    (folder / "proxy.env").unlink()
    done = compose(folder, "config", "--quiet")
    assert done.returncode != 0
    assert "proxy.env" in done.stderr


def test_without_docker_the_start_says_so(tmp_path):
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    done = subprocess.run(
        ["/bin/sh", DEPLOY / "start"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path), "DRIVE_FOLDER": str(tmp_path / "none")},
    )
    assert done.returncode == 1
    assert "install Debian's packages docker.io and docker-compose" in done.stderr
    assert not (tmp_path / "none").exists()


def test_debian_is_left_alone_by_a_checkout_elsewhere():
    done = subprocess.run([DEPLOY / "debian" / "install"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    # Who is not root hears that first.
    assert re.fullmatch(
        r"deploy/debian/install: (begin the command with sudo\.|this checkout is .* where the units look for it\.)\n",
        done.stderr,
    )
    assert done.stdout == ""


# The proxy


def haproxy_check(**environment):
    return subprocess.run(
        [programs.find("haproxy"), "-c", "-f", PROXY],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )


def test_haproxy_reads_its_file(folder, services):
    given = services["proxy"]["environment"]
    assert given["DRIVE_URL"] == "https://localhost"
    # The container's own folders, here; its user may be unknown.
    del given["DRIVE_USER"]
    here = {
        name: value.replace("/etc/cafoutch-drive", str(folder)).replace("/opt/cafoutch-drive", str(ROOT))
        for name, value in given.items()
    }
    done = haproxy_check(**here)
    assert (done.returncode, re.findall(r"\[(?:WARNING|ALERT)\].*", done.stderr)) == (0, [])


def test_without_a_certificate_the_proxy_says_so():
    done = haproxy_check(DRIVE_PAGES=str(DEPLOY / "pages"), DRIVE_URL="https://localhost")
    assert done.returncode == 1
    assert "There is no certificate (DRIVE_CERTIFICATE): make one with deploy/certificate." in done.stderr


@pytest.mark.parametrize("name", ["away.html", "too-many.html"])
def test_pages_of_the_proxy_are_readable_by_all(name, new_page, axe):
    # They stand for themselves: no server is needed.
    page = new_page(320, 640, base_url="http://localhost")
    page.goto((DEPLOY / "pages" / name).as_uri())
    assert axe(page) == []
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # In one piece of the proxy's memory, and nothing else is asked for while all is away.
    text = (DEPLOY / "pages" / name).read_text(encoding="utf-8")
    assert len(text.encode()) < 16_384
    assert not re.findall(r"(?:src|href)=\"(?!data:,|/web/login|\")", text)


# Debian


def test_systemd_reads_the_units(tmp_path):
    """With the paths of this machine in place of those of production."""
    for unit in (DEPLOY / "debian").glob("cafoutch-drive*"):
        text = unit.read_text(encoding="utf-8").replace("/opt/cafoutch-drive", str(ROOT))
        (tmp_path / unit.name).write_text(re.sub(r"/usr/bin/psql", sys.executable, text), encoding="utf-8")
    drop_in = tmp_path / "haproxy.service.d" / "cafoutch-drive.conf"
    drop_in.parent.mkdir()
    text = (DEPLOY / "debian" / "haproxy.conf").read_text(encoding="utf-8")
    drop_in.write_text(text.replace("/opt/cafoutch-drive", str(ROOT)), encoding="utf-8")
    again = tmp_path / "postgresql@.service.d" / "cafoutch-drive.conf"
    again.parent.mkdir()
    shutil.copy(DEPLOY / "debian" / "postgresql.conf", again)
    # Debian's own, as their packages have them, but for where the programs are.
    (tmp_path / "haproxy.service").write_text(
        f"[Service]\nType=notify\nExecStart={programs.find('haproxy')} -Ws -f $CONFIG\n", encoding="utf-8"
    )
    (tmp_path / "postgresql@17-main.service").write_text(
        f"[Service]\nType=forking\nExecStart=-{sys.executable} start\n", encoding="utf-8"
    )

    # It begins by writing in /run: one of its own, so that anybody can.
    own_run = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        'mount -t tmpfs run /run && exec "$@"',
        "-",
    ]

    def verify():
        units = sorted(path for path in tmp_path.iterdir() if path.is_file())
        done = subprocess.run(
            [*own_run, "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ
            | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:/usr/lib/systemd/system", "SYSTEMD_LOG_LEVEL": "warning"},
        )
        return done.returncode, done.stderr

    assert verify() == (0, "")
    drop_in.write_text(text.replace("MemoryMax", "MemoryMost"), encoding="utf-8")
    again.write_text("[Service]\nRestartAfter=5\n", encoding="utf-8")
    assert "MemoryMost" in verify()[1]
    assert "RestartAfter" in verify()[1]


@pytest.mark.parametrize(
    ("who", "words", "sentence"),
    [
        ("--map-user=54321", ["check", "--db", "shop"], "begin the command with sudo."),
        ("--map-root-user", ["--in"], "--in needs the folder of a checkout."),
        ("--map-root-user", ["--in", "/no/such/folder", "check"], "--in needs the folder of a checkout."),
        ("--map-root-user", ["--in", "/usr", "check"], "/usr is no checkout of the drive."),
        ("--map-root-user", ["--in", ROOT], "say which command: backup check database health "),
        ("--map-root-user", ["--in", ROOT, "chekc"], "say which command: backup check database health "),
        # What tries things is there, and not for a shop.
        *(
            ("--map-root-user", ["--in", ROOT, word], "say which command: ")
            for word in ("test", "bench", "odoo", "lib")
        ),
        ("--map-root-user", ["--in", ROOT, "../script/test"], "say which command: "),
        ("--map-root-user", ["--in", ROOT, "backup check"], "say which command: "),
        ("--map-root-user", ["--in", ROOT, "database", "create", "shop", "--replace"], "deploy/debian/install makes "),
    ],
)
def test_the_command_of_debian_says_what_it_needs(who, words, sentence):
    line = ["unshare", "--user", who, DEPLOY / "debian" / "drive", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"drive: {sentence}")
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def live(postgresql):
    """A database that a shop lives on."""
    name = f"live_{os.getpid()}"
    postgres.psql(f'CREATE DATABASE "{name}"')
    yield name
    database.drop(name)


def drop(live, *words, typed=None):
    """`drive database drop` in production; by somebody who types, if so."""
    line = [str(part) for part in (PYTHON, ROOT / "script" / "lib" / "database.py", "drop", *words)]
    if typed is not None:
        line = ["script", "--quiet", "--return", "--command", shlex.join(line), "/dev/null"]
    return subprocess.run(
        line, input=typed, capture_output=True, text=True, check=False, env=os.environ | {"DRIVE_LIVE": live}
    )


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        ([], None, "If you mean it, say --live too"),
        (["--name", "{live}"], None, "If you mean it, say --live too"),
        (["--live"], None, "say its name twice"),
        (["--live", "--name", "shop"], None, "'shop' is not"),
        (["--live"], "yes\n", "'yes' is not"),
        (["--live"], "\n", "'' is not"),
    ],
)
def test_a_live_shop_is_not_dropped_by_mistake(live, words, typed, sentence):
    done = drop(live, live, *(word.format(live=live) for word in words), typed=typed)
    assert done.returncode == 1, done.stdout
    assert sentence in done.stdout + done.stderr
    assert database.exists(live)


def test_whoever_drops_a_database_is_told_of_its_backup(live):
    assert "there is no database" in drop(live, "none").stderr
    with named("other") as [other]:
        postgres.psql(f'CREATE DATABASE "{other}"')
        done = drop(live, other)
        assert f"{other}: it knows of no backup." in done.stdout
        assert "say its name twice" in done.stderr
        postgres.psql("CREATE TABLE ir_config_parameter (key text, value text)", other)
        postgres.psql(
            "INSERT INTO ir_config_parameter VALUES ('cafoutch_drive.last_backup', '2026-12-01T03:30:00')", other
        )
        done = drop(live, other, typed=f"{other}\n")
        assert done.returncode == 0, done.stdout
        assert "it knows of a backup of 2026-12-01T03:30:00 UTC" in done.stdout
        assert not database.exists(other)
    assert drop(live, live, "--live", "--name", live).returncode == 0
    assert not database.exists(live)


@pytest.fixture
def first_shop(postgresql, tmp_path):
    """`first_shop(name, password)`: run `deploy/first-shop` with production's own odoo.conf, in this checkout."""
    made = []

    def run(name, password):
        made.append(name)
        secret = tmp_path / "admin_password"
        if password is not None:
            secret.write_text(password, encoding="utf-8")
        options = ["-d", name, "--data-dir", STATE / "data"]
        options += ["--addons-path", own_option(STATE / "odoo.conf", "addons_path")]
        return subprocess.run(
            [PYTHON, DEPLOY / "first-shop", "--password-file", secret, *options],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"ODOO_RC": str(CONFIGURATION)},
        )

    yield run
    for name in made:
        database.drop(name)


@pytest.mark.parametrize(("password", "sentence"), [(None, "No such file"), ("\n", "needs a password")])
def test_a_first_shop_without_a_password_is_not_made(first_shop, password, sentence):
    name = f"first_{os.getpid()}"
    done = first_shop(name, password)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not [other for other in database.names() if other.startswith(name)]


@pytest.mark.full
def test_the_first_shop(first_shop, new_server):
    """The administrator has the password of the file, and a second run changes nothing."""
    name = f"first_{os.getpid()}"
    assert first_shop(name, "a first password\n").returncode == 0
    done = first_shop(name, "another password\n")
    assert (done.returncode, done.stdout) == (0, f"The database {name} is there.\n")
    shop = new_server(name=name, workers=2, tls=True)
    session = requests.Session()
    session.trust_env, session.verify = False, str(shop.authority)

    def sign_in(password):
        body = {"params": {"db": name, "login": "admin", "password": password}}
        return session.post(f"{shop.url}/web/session/authenticate", json=body, timeout=120).json()

    assert sign_in("a first password")["result"]["is_admin"]
    assert "error" in sign_in("admin")
    # The proxy asks after the database as long as it runs.
    shop.stop()
    with statements(name) as query:
        assert query("SELECT state FROM ir_module_module WHERE name = 'cafoutch_drive'") == [("installed",)]
        assert query("SELECT count(*) FROM ir_module_module WHERE demo") == [(0,)]
