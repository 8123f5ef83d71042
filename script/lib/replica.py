"""A streaming replica of the private PostgreSQL, and several Odoo servers as one shop: what more than
one machine would be, tried on one.
"""

import contextlib
import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import clock
import postgres
import programs
from common import STATE, Failure
from serving import HOST, WITH_PARENT, Server, free_port

# It lives in the folder of the first one's socket, under a port of its own.
PORTS = range(5433, 5463)
# What stands before two machines: each of them has its own HAProxy, which queues.
FRONT = """
global
    maxconn 4000

defaults
    mode http
    timeout connect 5s
    # A machine that is busy is not one that is dead: a check waits for its turn there, too.
    timeout check 20s
    timeout client 75s
    timeout queue 60s
    timeout server 300s
    option http-server-close
    # A machine that does not answer: ask the other.
    option redispatch 1
    retry-on conn-failure empty-response

frontend shop
    bind {host}:{port}
    default_backend nodes

backend nodes
    balance roundrobin
    # What may have been done is asked again by the page alone, which knows its key.
    http-request disable-l7-retry unless METH_GET
    option httpchk
    # Odoo answers nothing without a host.
    http-check send meth GET uri /web/health ver HTTP/1.1 hdr Host {host}
    default-server check inter 1s fall 2 rise 1
"""


class Replica:
    """Follows the private server; `environment` is what an Odoo that reads from it needs."""

    def __init__(self):
        if postgres.is_external():
            raise Failure("a replica is made of the private PostgreSQL only: unset PGHOST.")
        self.socket_folder = Path(postgres.environment()["PGHOST"])
        self.port = next(port for port in PORTS if not (self.socket_folder / f".s.PGSQL.{port}").exists())
        self.data = postgres.HOME.resolve() / f"replica-{self.port}"
        # Beside the first server's own, which comes with its files.
        self.log = self.data / "replica.log"
        self._process = None

    def environment(self) -> dict:
        return {"PGHOST_REPLICA": str(self.socket_folder), "PGPORT_REPLICA": str(self.port)}

    def start(self) -> None:
        """Copy the first server, and follow it from there."""
        shutil.rmtree(self.data, ignore_errors=True)
        postgres.own(self.data)
        first = ("-h", self.socket_folder, "-p", "5432", "-U", "postgres")
        how = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
        self._run("pg_basebackup", *first, "-D", self.data, *how)
        self.resume()

    def resume(self) -> None:
        """Begin again after `kill`, where it was."""
        settings = ("-c", "fsync=off", "-c", "hot_standby=on", "-c", "hot_standby_feedback=on")
        self._process = postgres.begin(self.data, self.log, self.socket_folder, self.port, *settings)

    def kill(self) -> None:
        """What a power cut does."""
        postgres.kill(self._process)

    def remove(self) -> None:
        if self._process:
            self.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def psql(self, statement: str, database: str = "postgres", **variables) -> str:
        return postgres.psql(statement, database, PGPORT=str(self.port), **variables)

    def transactions(self, database: str) -> int:
        """How many this replica has answered for a database."""
        return int(self.psql(f"SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '{database}'"))

    def catch_up(self, patience: float = 60) -> None:
        """Wait until all that is committed by now is here."""
        written = postgres.psql("SELECT pg_current_wal_lsn()")
        deadline = time.monotonic() + patience
        while self.psql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") != "t":
            if time.monotonic() > deadline:
                raise Failure(f"the replica does not catch up: see {self.log}.")
            time.sleep(0.05)

    @contextlib.contextmanager
    def paused(self):
        """In the block it shows nothing of what is committed meanwhile."""
        self.psql("SELECT pg_wal_replay_pause()", PGUSER="postgres")
        try:
            yield
        finally:
            self.psql("SELECT pg_wal_replay_resume()", PGUSER="postgres")

    def _run(self, program: str, *options) -> None:
        done = postgres.as_server(postgres.bin_folder() / program, *options)
        if done.returncode:
            raise Failure(f"{program} failed: {done.stdout.strip()}")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.remove()


class Front:
    """One address for several servers; a server as far as who asks is concerned."""

    authority = None

    def __init__(self, servers: list[Server]):
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = servers[0].log
        self.workers = sum(server.workers for server in servers)
        self.servers = servers
        self._file = STATE / f"haproxy-front-{self.port}.cfg"
        self._process = None

    def start(self, patience: float = 60) -> None:
        lines = [f"    server node{number} {HOST}:{server.port}" for number, server in enumerate(self.servers)]
        text = FRONT.format(host=HOST, port=self.port) + "\n".join(lines) + "\n"
        self._file.write_text(text, encoding="utf-8")
        haproxy = programs.install("haproxy", self.log, 100)
        with open(self.log, "a", encoding="utf-8") as log:
            line = [*WITH_PARENT, str(haproxy), "-f", str(self._file), "-db"]
            here = os.environ | clock.REAL_TIME
            self._process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=here)
        deadline = time.monotonic() + patience
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/web/health", timeout=60).close()
                return
            except OSError as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.stop()
                    raise Failure(f"the proxy before several servers does not answer: {error}") from error
                time.sleep(0.1)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._file.unlink(missing_ok=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
