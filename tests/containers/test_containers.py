"""docker-compose.yml, from nothing to a restored and upgraded shop: one story, whose tests follow each other.

Run by `script/test --containers`, as root, with Docker. It prints what it does. The shop's ports are this machine's
own: 80, 443, 8069 and 8072 have to be free.
"""

import importlib.machinery
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import uuid

import engine
import pytest
import requests
from engine import docker, until

from common import ADDON, ROOT, say
from support import open_slot

URL = "https://localhost"
# What is brought to a machine.
CHECKOUT = ("docker-compose.yml", "odoo.conf", "deploy", "script", ADDON)
DEMO = f"""
import os, sys
sys.path.insert(0, "/opt/cafoutch-drive/script/lib")
from odoo.tools import config
config.parse_config(["-c", os.environ["ODOO_RC"], "-d", "shop"], setup_logging=True)
import odoo_database
odoo_database.load_demo("shop", "{ADDON}")
"""


class Machine:
    """A machine with a checkout, a folder of secrets and an engine."""

    def __init__(self, folder):
        self.engine = engine.Engine()
        self.checkout, self.folder, self.disk = (folder / name for name in ("checkout", "drive", "disk"))
        for path in (self.checkout, self.disk):
            path.mkdir(parents=True)
        for name in CHECKOUT:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.checkout / name)

    def run(self, *line, status=0, **options):
        """Run a command in the checkout, as docs/it.md writes it; say what it is and how it ends."""
        line = [str(part) for part in line]
        say(f"$ {' '.join(line)}")
        done = subprocess.run(
            line,
            cwd=self.checkout,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"DOCKER_HOST": engine.HOST, "DRIVE_FOLDER": str(self.folder)},
            check=False,
            **options,
        )
        lines = [text for text in done.stdout.splitlines() if text.strip() and not text.startswith(" ")]
        say("\n".join(f"    {text[:200]}" for text in lines[-4:]))
        assert (done.returncode == 0) == (status == 0), done.stdout
        return done.stdout

    def compose(self, *arguments, **options):
        return self.run("docker", "compose", *arguments, **options)

    def script(self, name, *options, **more):
        """One of script/'s commands, in Odoo's image, with the disk of the backups."""
        return self.compose(
            *("run", "--rm", "--no-deps", "-T", "--volume", f"{self.disk}:/mnt/disque"),
            *("--env", "RESTIC_REPOSITORY=/mnt/disque/drive", "odoo"),
            *(f"/opt/cafoutch-drive/script/{name}", *options),
            **more,
        )

    def certificate(self, *names):
        return self.compose("run", "--rm", "-T", "certificate", "local", *names)

    def sql(self, statement, database="postgres"):
        line = ["compose", "exec", "-T", "--user", "postgres", "db", "psql", "-XAtd", database, "-c", statement]
        return docker(*line, cwd=self.checkout).stdout.strip()

    def containers(self):
        return docker("ps", "--quiet").stdout.split()

    def pid(self, service):
        """The number of its first process; 0 while it has none."""
        done = docker("inspect", "--format", "{{.State.Pid}}", f"cafoutch-drive-{service}-1")
        return 0 if done.returncode else int(done.stdout)

    def session(self):
        session = requests.Session()
        session.trust_env, session.verify = False, str(self.folder / "authority.crt")
        return session

    def answers(self):
        try:
            return self.session().get(f"{URL}/web/login", timeout=30).status_code == 200
        except requests.RequestException:
            return False

    def sign_in(self, login, password):
        session = self.session()
        body = {"params": {"db": "shop", "login": login, "password": password}}
        answer = session.post(f"{URL}/web/session/authenticate", json=body, timeout=120).json()
        assert answer.get("result", {}).get("uid"), answer
        return session

    def orders(self):
        """The confirmed orders that the member sees."""
        answer = self.sign_in("membre", "membre").get(f"{URL}/drive/orders", timeout=120)
        return set(re.findall(r"/drive/orders/(\d+)", answer.text))

    def shows(self, orders):
        """Whether the member sees these; each worker may find once that its connection is gone."""
        try:
            return self.orders() == orders
        except (AssertionError, requests.RequestException):
            return False


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    engine.needed()
    machine = Machine(tmp_path_factory.mktemp("machine"))
    machine.engine.start()
    os.environ["DOCKER_HOST"] = engine.HOST
    os.environ["DRIVE_FOLDER"] = str(machine.folder)
    try:
        engine.build_all()
        yield machine
    finally:
        docker("compose", "down", "--volumes", "--remove-orphans", cwd=machine.checkout)
        machine.engine.stop()
        del os.environ["DOCKER_HOST"], os.environ["DRIVE_FOLDER"]


# Before the first start


def test_without_a_certificate_nothing_starts(machine):
    said = machine.run("deploy/start", status=1)
    assert "there is no certificate in" in said
    assert machine.containers() == []
    assert sorted(path.name for path in (machine.folder / "secrets").iterdir()) == [
        "admin_password",
        "odoo_password",
        "postgres_password",
    ]


def test_a_name_that_leads_nowhere(machine):
    machine.certificate("no-such-shop.lan")
    said = machine.run("deploy/start", status=1)
    assert "the name no-such-shop.lan leads nowhere" in said
    assert machine.containers() == []


def test_a_certificate_that_has_ended(machine):
    for path in machine.folder.glob("authority.*"):
        path.unlink()
    loader = importlib.machinery.SourceFileLoader("certificate", str(ROOT / "deploy" / "certificate"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("certificate", loader))
    loader.exec_module(module)
    module.DAYS = -0.5
    module.make_local(module.Folder(machine.folder), ["localhost", "127.0.0.1"])
    said = machine.run("deploy/start", status=1)
    assert "the certificate ended on" in said
    assert machine.containers() == []
    machine.certificate("localhost", "127.0.0.1")


@pytest.mark.parametrize("port", [443, 8069])
def test_a_port_that_is_taken(machine, port):
    with socket.create_server(("127.0.0.1", port)):
        said = machine.run("deploy/start", status=1)
    assert f"port {port} is taken by another program of this machine" in said
    assert machine.containers() == []


# The first start


def test_a_first_start_that_is_killed_leaves_nothing_half(machine):
    """The database server while it is made, then the shop's database, twice. What is killed begins again by
    itself, and so the start may end well all the same."""
    killed = [
        ("db", lambda: machine.pid("db")),
        ("first", lambda: "unfinished" in machine.sql("SELECT datname FROM pg_database")),
        ("db", lambda: "unfinished" in machine.sql("SELECT datname FROM pg_database")),
    ]
    for service, begun in killed:
        say(f"deploy/start, and its {service} is killed meanwhile")
        with subprocess.Popen(["deploy/start"], cwd=machine.checkout, stderr=subprocess.PIPE, text=True) as start:
            until(begun, f"{service} has begun")
            os.kill(machine.pid(service), signal.SIGKILL)
            said = start.communicate(timeout=600)[1]
        say(f"    {said.splitlines()[-1]}")
        databases = machine.sql("SELECT datname FROM pg_database").splitlines()
        if start.returncode == 0:
            assert "shop" in databases
            assert not [name for name in databases if "unfinished" in name]
            until(machine.answers, "the shop answers")
            machine.compose("down", "--volumes")
        else:
            assert "deploy/start: not all of it starts" in said
            assert "shop" not in databases
    machine.compose("down")


def test_the_first_start(machine):
    said = machine.run("deploy/start")
    assert f"{URL}/odoo: the administrator is admin" in said
    until(machine.answers, "the shop answers")
    assert "unfinished" not in machine.sql("SELECT datname FROM pg_database")
    password = (machine.folder / "secrets" / "admin_password").read_text(encoding="utf-8")
    machine.sign_in("admin", password)
    # It is there: nothing is made again.
    machine.run("deploy/start")
    machine.sign_in("admin", password)


def test_odoo_is_no_superuser(machine):
    assert machine.sql("SELECT rolname FROM pg_roles WHERE rolsuper") == "postgres"
    assert machine.sql("SELECT rolname FROM pg_roles WHERE rolcreatedb AND NOT rolsuper") == "odoo"


def test_the_image_has_what_the_addon_needs(machine):
    line = ["python3", "-c", "import holidays, vobject, zxcvbn; print('all there')"]
    assert "all there" in machine.compose("run", "--rm", "--no-deps", "-T", "odoo", *line)
    assert "restic" in machine.compose("run", "--rm", "--no-deps", "-T", "odoo", "restic", "version")


# A day


def order(machine):
    """From the first article to the confirmation, as the pages do it; the order's number."""
    session = machine.sign_in("membre", "membre")

    def call(path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = session.post(f"{URL}/drive/api/{path}", json=body, timeout=120).json()
        assert "error" not in answer, answer
        return answer["result"]

    before = machine.orders()
    shop = session.get(f"{URL}/drive", timeout=120).text
    product = int(re.search(r'name="product_id" value="(\d+)"', shop)[1])
    total = call("basket/set", product_id=product, qty=2)["basket_total"]
    held = call("slots/hold", slot_id=open_slot(session.get(f"{URL}/drive/slots", timeout=120).text))
    assert held["held"], held
    call("checkout/confirm", idempotency_key=uuid.uuid4().hex, total_seen=total)
    [number] = machine.orders() - before
    return number


def test_a_member_orders(machine):
    demo = machine.compose("run", "--rm", "--no-deps", "-T", "odoo", "python3", "-", input=DEMO)
    assert "Traceback" not in demo
    # She orders after each accident.
    machine.sql("UPDATE drive_point SET max_open_orders = 20", "shop")
    machine.compose("restart", "odoo")
    until(machine.answers, "the shop answers")
    say(f"    order {order(machine)}")


@pytest.mark.parametrize("service", ["odoo", "db", "proxy"])
def test_what_is_killed_comes_back(machine, service):
    orders = machine.orders()
    pid = machine.pid(service)
    say(f"kill -9 {service}")
    os.kill(pid, signal.SIGKILL)
    until(lambda: machine.pid(service) not in (0, pid), f"{service} begins again")
    until(lambda: machine.shows(orders), "the shop answers as before")
    order(machine)


def test_backup_and_restore(machine):
    orders = machine.orders()
    # Its own account writes there, as it does on a disk that is given to it.
    os.chmod(machine.disk, 0o777)  # noqa: S103
    machine.script("backup", "--db", "shop", "--init")
    late = order(machine)
    machine.script("restore", "latest", "--db", "essai", "--drill")
    machine.script("check", "--db", "essai")
    assert "essai" in machine.sql("SELECT datname FROM pg_database").splitlines()
    # Back under the live name: what came after the backup is not in it.
    machine.compose("stop", "odoo")
    machine.script("restore", "latest", "--db", "shop", "--replace", "shop")
    machine.script("restore", "--release", "--db", "shop")
    machine.run("deploy/start")
    until(machine.answers, "the shop answers")
    assert machine.orders() == orders
    assert late not in orders
    order(machine)


def test_a_newer_image_and_version(machine):
    orders = machine.orders()
    engine.build("odoo", "--build-context", f"tree={(ROOT / '.odoo' / 'odoo').resolve()}", "--build-context",
                 "trust=/etc/ssl/certs", "--label", "newer=1")  # fmt: skip
    manifest = machine.checkout / ADDON / "__manifest__.py"
    text = manifest.read_text(encoding="utf-8")
    newer = re.sub(r'"version": "19\.0\.(\d+)\.(\d+)\.0"', r'"version": "19.0.\1.\2.9"', text)
    machine.compose("stop", "odoo")
    manifest.write_text(newer, encoding="utf-8")
    machine.compose("build", "odoo")
    machine.script("upgrade", "--db", "shop")
    machine.run("deploy/start")
    until(machine.answers, "the shop answers")
    label = docker("inspect", "--format", "{{.Config.Labels.newer}}", "cafoutch-drive-odoo-1").stdout.strip()
    assert label == "1"
    state = machine.sql(f"SELECT latest_version FROM ir_module_module WHERE name = '{ADDON}'", "shop")
    assert state.endswith(".9")
    assert machine.orders() == orders


def test_down_and_up_again(machine):
    orders = machine.orders()
    machine.compose("down")
    machine.run("deploy/start")
    until(machine.answers, "the shop answers")
    assert machine.orders() == orders


def test_a_secret_that_is_missing(machine):
    orders = machine.orders()
    machine.compose("down")
    (machine.folder / "secrets" / "odoo_password").unlink()
    said = machine.compose("up", "--detach", status=1)
    assert "odoo_password" in said
    machine.run("deploy/start")
    until(machine.answers, "the shop answers")
    assert machine.orders() == orders


def test_the_machine_starts_again(machine):
    orders = machine.orders()
    say("kill -9 dockerd and all that it runs, as a power cut does, and start it")
    pids = [machine.pid(service) for service in ("odoo", "db", "proxy", "certificate")]
    machine.engine.stop(signal.SIGKILL)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    machine.engine.start()
    until(machine.answers, "the shop answers")
    assert machine.orders() == orders
    order(machine)


# From an earlier version


def test_what_an_earlier_version_made_is_brought_over(machine):
    """Its database server's first role, a superuser, was Odoo's."""
    orders = machine.orders()
    password = (machine.folder / "secrets" / "odoo_password").read_text(encoding="utf-8")
    machine.compose("stop")
    old = ["run", "--detach", "--rm", "--name", "old", "--volume", "old:/var/lib/postgresql/data"]
    old += ["--env", "POSTGRES_USER=odoo", "--env", f"POSTGRES_PASSWORD={password}", "--env", "POSTGRES_DB=postgres"]
    assert docker(*old, "postgres:17").returncode == 0
    until(lambda: docker("exec", "old", "pg_isready", "-h", "127.0.0.1").returncode == 0, "it answers")
    machine.compose("start", "db")
    until(lambda: machine.sql("SELECT 1"), "the database answers")
    dump = "pg_dump -U postgres -Fc --no-owner shop"
    docker("exec", "old", "createdb", "-U", "odoo", "-T", "template0", "shop")
    # As Odoo does it when its role is a superuser.
    for extension in ("CREATE EXTENSION unaccent", "ALTER FUNCTION unaccent(text) IMMUTABLE"):
        docker("exec", "old", "psql", "-U", "odoo", "-d", "shop", "-c", extension)
    save = f"docker compose exec -T db {dump} | docker exec -i old pg_restore -U odoo -d shop"
    machine.run("bash", "-c", f"set -o pipefail; {save}")
    machine.compose("down")
    docker("stop", "old")
    move = ["run", "--rm", "--volume", "old:/from", "--volume", "cafoutch-drive_database:/to", "--entrypoint", "bash"]
    done = docker(*move, "postgres:17", "-c", "rm -rf /to/* && cp -a /from/. /to/")
    assert done.returncode == 0, done.stdout
    docker("volume", "rm", "old")
    said = machine.run("deploy/start", status=1)
    assert "the database is of an earlier version" in said
    machine.compose("run", "--rm", "-T", "db", "move")
    machine.run("deploy/start")
    until(machine.answers, "the shop answers")
    test_odoo_is_no_superuser(machine)
    assert machine.orders() == orders
    machine.compose("run", "--rm", "-T", "--no-deps", "db", "forget")
    order(machine)
