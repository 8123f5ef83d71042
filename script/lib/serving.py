"""Run Odoo on a port, alone or as several workers behind HAProxy; used by script/server and the tests."""

import configparser
import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import clock
import odoo_command
import programs
from common import LOGS, PYTHON, ROOT, STATE, Failure, locked

HOST = "127.0.0.1"
# What stands before several workers, here as in production: the file says why.
PROXY = ROOT / "deploy" / "haproxy.cfg"
# Odoo's own configuration in production.
CONFIGURATION = ROOT / "odoo.conf"
# The certificate for this machine, and the authority that signed it.
TLS = STATE / "tls"
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


def own_option(path: str, name: str) -> str:
    """An option of Odoo's configuration for this checkout."""
    configuration = configparser.RawConfigParser()
    configuration.read(path, encoding="utf-8")
    return configuration["options"][name]


def make_certificate(log: Path) -> None:
    """A certificate for this machine of this checkout's own authority, in `TLS`."""
    with open(log, "a", encoding="utf-8") as out:
        done = subprocess.run(
            [PYTHON, ROOT / "deploy" / "certificate", "--folder", TLS, "local", HOST, "localhost"],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        raise Failure(done.stderr.strip())


class Server:
    """Odoo on one database. `url` is where a browser goes.

    :param workers: so many processes behind the proxy; 0: one with threads, and no proxy
    """

    # What a browser must trust, as a file; none without TLS.
    authority = None

    def __init__(
        self, database: str, port: int | None = None, workers: int = 0, log: Path | None = None, cron_threads: int = 1
    ):
        self.database = database
        self.port = port or free_port()
        self.workers = workers
        self.log = log or LOGS / f"server-{database}.log"
        self.cron_threads = cron_threads
        self.url = f"http://{HOST}:{self.port}"
        self._http, self._live = (free_port(), free_port()) if workers else (self.port, None)
        self._processes = []

    def start(self, timeout: float = 120) -> None:
        if not is_free(self.port):
            raise Failure(f"port {self.port} is taken: stop what uses it, or name another with --port.")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("", encoding="utf-8")
        if self.workers:
            self._start_the_proxy()
        self.start_odoo()
        self.wait(timeout)

    def start_odoo(self) -> None:
        """Start Odoo itself, before which the proxy may stand already."""
        options = ["--database", self.database, "--db-filter", f"^{re.escape(self.database)}$"]
        if self.workers:
            options += ["--workers", self.workers, "--gevent-port", self._live, "--proxy-mode"]
        options += ["--http-port", self._http, "--max-cron-threads", self.cron_threads]
        self._run(odoo_command.command(*options, *self._more_options()), self._odoo_environment())

    def _more_options(self) -> list:
        return []

    def _odoo_environment(self) -> dict:
        return odoo_command.environment()

    def _start_the_proxy(self) -> None:
        haproxy = programs.install("haproxy", self.log, 100)
        self._run([haproxy, "-f", PROXY, "-db"], os.environ | self._proxy_environment() | clock.REAL_TIME)
        while is_free(self.port):
            if not self.is_alive():
                self.stop()
                raise Failure(f"HAProxy ended at its start:\n{self.tail()}")
            time.sleep(0.05)

    def _proxy_environment(self) -> dict:
        """What the proxy's configuration takes from its environment."""
        return {
            "DRIVE_PAGES": str(PROXY.parent / "pages"),
            "DRIVE_PLAIN": "1",
            "DRIVE_HTTP": f"{HOST}:{self.port}",
            "DRIVE_ODOO": f"{HOST}:{self._http}",
            "DRIVE_LIVE": f"{HOST}:{self._live}",
            "DRIVE_AT_ONCE": str(2 * self.workers),
            "DRIVE_SOCKET": f"cafoutch-drive-{self.port}",
        }

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

    def wait(self, timeout: float = 120) -> None:
        """Wait until the shop answers, its database included."""
        context = self.authority and ssl.create_default_context(cafile=self.authority)
        deadline = time.monotonic() + timeout
        while True:
            with (
                contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
                urllib.request.urlopen(
                    f"{self.url}/web/health?db_server_status=1", timeout=60, context=context
                ) as answer,
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

    def kill(self) -> None:
        """What a power cut does to Odoo and its proxy."""
        for process in self._processes:
            os.killpg(process.pid, signal.SIGKILL)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class TlsServer(Server):
    """Odoo as in production: its own configuration file, and the proxy with TLS. `plain_url` leads to `url`, and at
    `odoo_url` Odoo answers by itself."""

    authority = TLS / "authority.crt"

    def __init__(
        self, database: str, port: int | None = None, workers: int = 2, log: Path | None = None, cron_threads: int = 1
    ):
        super().__init__(database, port, workers or 2, log, cron_threads)
        self.url = f"https://{HOST}:{self.port}"
        self._plain_port = free_port()
        self.plain_url = f"http://{HOST}:{self._plain_port}"
        self.odoo_url = f"http://{HOST}:{self._http}"

    def _more_options(self):
        addons = own_option(odoo_command.environment()["ODOO_RC"], "addons_path")
        return ["--addons-path", addons, "--data-dir", STATE / "data", "--http-interface", HOST]

    def _odoo_environment(self):
        return super()._odoo_environment() | {"ODOO_RC": str(CONFIGURATION)}

    def _start_the_proxy(self):
        # One certificate for all servers of this checkout: the proxy has read it when the next one may be made.
        with locked(STATE / "tls.lock", "another server makes its certificate"):
            make_certificate(self.log)
            super()._start_the_proxy()

    def _proxy_environment(self):
        environment = super()._proxy_environment()
        del environment["DRIVE_PLAIN"]
        return environment | {
            "DRIVE_URL": self.url,
            "DRIVE_HTTP": f"{HOST}:{self._plain_port}",
            "DRIVE_HTTPS": f"{HOST}:{self.port}",
            "DRIVE_CERTIFICATE": str(TLS / "drive.pem"),
            "DRIVE_AUTHORITY": str(self.authority),
        }
