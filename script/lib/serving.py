"""Run Odoo on a port, alone or as several workers behind HAProxy; used by script/server and the tests."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import odoo_command
import programs
from common import LOGS, STATE, Failure

HOST = "127.0.0.1"
# Odoo's workers take one request at a time and refuse connections beyond a few: HAProxy
# queues what they cannot take yet, and sends live updates to the process that holds them.
# They answer in HTTP/1.0, which HAProxy does not compress: it asks itself for the answer in
# HTTP/2, and compresses that.
HAPROXY = """
global
    maxconn 4000
    # It compresses what is in one buffer: with its own 16 kB a page goes out twice as big.
    tune.bufsize 131072
    tune.h2.max-frame-size 131072

defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout queue 60s
    timeout server 300s
    timeout tunnel 1h
    # A worker must not wait for the next request of a browser that keeps its connection.
    option http-server-close

frontend shop
    bind {host}:{port}
    option forwardfor
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Proto http
    filter compression
    compression algo gzip
    compression type text/html text/css text/javascript application/javascript application/json image/svg+xml
    use_backend live if {{ path_beg /websocket }}
    default_backend workers

backend workers
    server queue abns@{name} proto h2

frontend queue
    bind abns@{name} proto h2
    default_backend odoo

backend odoo
    server odoo {host}:{http} maxconn {maxconn}

backend live
    server odoo {host}:{live}
"""
# If this program is killed without a chance to clean up, its children go too.
WITH_PARENT = ["setpriv", "--pdeathsig", "TERM"]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """Odoo on one database. `url` is where a browser goes."""

    def __init__(
        self, database: str, port: int | None = None, workers: int = 0, log: Path | None = None, cron_threads: int = 1
    ):
        self.database = database
        self.port = port or free_port()
        self.workers = workers
        self.log = log or LOGS / f"server-{database}.log"
        self.cron_threads = cron_threads
        self.url = f"http://{HOST}:{self.port}"
        self._haproxy_file = STATE / f"haproxy-{self.port}.cfg"
        self._processes = []

    def start(self, timeout: float = 120) -> None:
        if not is_free(self.port):
            raise Failure(f"port {self.port} is taken: stop what uses it, or name another with --port.")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("", encoding="utf-8")
        http = self.port
        options = ["--database", self.database, "--db-filter", f"^{re.escape(self.database)}$"]
        if self.workers:
            http, live = free_port(), free_port()
            options += ["--workers", self.workers, "--gevent-port", live, "--proxy-mode"]
            self._front(http, live)
        line = odoo_command.command(*options, "--http-port", http, "--max-cron-threads", self.cron_threads)
        self._run(line, odoo_command.environment())
        self._wait(timeout)

    def _front(self, http: int, live: int) -> None:
        haproxy = programs.install("haproxy", self.log, 100)
        self._haproxy_file.write_text(
            HAPROXY.format(
                host=HOST,
                port=self.port,
                name=f"cafoutch-drive-{self.port}",
                http=http,
                live=live,
                maxconn=2 * self.workers,
            ),
            encoding="utf-8",
        )
        self._run([haproxy, "-f", self._haproxy_file, "-db"], os.environ)

    def _run(self, line, environment) -> None:
        with open(self.log, "a", encoding="utf-8") as log:
            self._processes.append(
                subprocess.Popen(
                    [*WITH_PARENT, *[str(part) for part in line]],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    # Ctrl-C reaches this program alone, which then stops them in order.
                    start_new_session=True,
                )
            )

    def _wait(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            with (
                contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
                urllib.request.urlopen(f"{self.url}/web/health?db_server_status=1", timeout=60) as answer,
            ):
                if answer.status == 200:
                    return
            if not self.is_alive():
                self.stop()
                raise Failure(f"Odoo ended at its start:\n{self.tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise Failure(f"Odoo did not answer within {timeout:.0f} s:\n{self.tail()}")
            time.sleep(0.2)

    @property
    def pid(self) -> int:
        """The process of Odoo itself, which begins its workers."""
        return self._processes[-1].pid

    def is_alive(self) -> bool:
        return all(process.poll() is None for process in self._processes)

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, patience: float = 15) -> None:
        """Stop what was started: first kindly, then at once, workers and all."""
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes = []
        self._haproxy_file.unlink(missing_ok=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
