"""script/server: the shop on this machine, for development and to show it."""

import argparse
import os
import re
import signal
import sys
import time

import database
import odoo_command
import postgres
from common import ADDON, LOGS, Failure, main, run, say
from serving import Server, TlsServer

LOGINS = (
    ("membre", "a member: orders on /drive"),
    ("benevole", "a volunteer: prepares baskets"),
    ("caissier", "a cashier: the till"),
    ("responsable", "the manager of the drive"),
)
# What Odoo logs at these levels is shown; everything is in the log file.
SHOWN = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
LOGGED = re.compile(r"^\d{4}-\d\d-\d\d ")


def parse():
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Serve the shop on 127.0.0.1, with demo data unless told otherwise. Sets up what is missing, "
        "makes the database the first time, and updates the addon in it when its code has changed. "
        "Ctrl-C stops it, and PostgreSQL too unless it ran before or someone else uses it.",
    )
    parser.add_argument("--empty", action="store_true", help="a real shop's first start: no demo data")
    parser.add_argument("--db", metavar="NAME", help="the database (default: demo, or empty with --empty)")
    parser.add_argument("--port", type=int, help="default: 8069, with --tls 8443")
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="N processes behind HAProxy instead of one with threads"
    )
    parser.add_argument(
        "--tls",
        action="store_true",
        help="behind HAProxy with TLS, as in production: a certificate of this checkout's own authority, 2 workers",
    )
    parser.add_argument("--stop-database", action="store_true", help="stop the private PostgreSQL, and nothing else")
    return parser.parse_args()


def prepare(name: str, empty: bool) -> None:
    kind = "empty" if empty else "demo"
    if not database.exists(name):
        say(f"Making the database {name} ({'no' if empty else 'with'} demo data); this takes a minute or two …")
        database.create(name, kind)
    elif database.is_outdated(name):
        say(f"The addon's code has changed: updating it in {name} …")
        run(
            odoo_command.command("-d", name, "-u", ADDON, "--stop-after-init", "--no-http"),
            LOGS / "update.log",
            "update",
            f"the addon could not be updated in {name}",
            env=odoo_command.environment(),
        )
        database.mark_up_to_date(name)


def by_tls(server: Server) -> str:
    if not server.authority:
        return ""
    return f"""
  {server.plain_url}         leads to {server.url}
  {server.authority}         has signed the certificate: a browser that trusts it does not warn"""


def welcome(server: Server, empty: bool) -> None:
    say(f"""
The shop is open: {server.url}

  {server.url}/drive        the members' shop
  {server.url}/odoo         the back office
  database {server.database}, log {server.log}{by_tls(server)}

  admin / admin              the administrator""")
    if not empty:
        for login, person in LOGINS:
            say(f"  {login} / {login}".ljust(29) + person)
    say("\nCtrl-C stops it.")


def follow(server: Server) -> None:
    """Show warnings and errors as they are logged, until the server ends."""
    with open(server.log, encoding="utf-8", errors="replace") as log:
        log.seek(0, os.SEEK_END)
        showing = False
        while server.is_alive():
            for line in log:
                if LOGGED.match(line):
                    showing = bool(SHOWN.match(line))
                if showing:
                    say(line.removesuffix("\n"))
            time.sleep(0.5)
    raise Failure(f"Odoo ended by itself:\n{server.tail()}")


def _main() -> int:
    options = parse()
    if options.stop_database:
        postgres.stop()
        say("PostgreSQL is stopped.")
        return 0
    # The same end for Ctrl-C, a service manager and a closed terminal.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    name = options.db or ("empty" if options.empty else "demo")
    with postgres.running():
        kind, port = (TlsServer, 8443) if options.tls else (Server, 8069)
        server = kind(name, options.port or port, options.workers)
        try:
            prepare(name, options.empty)
            say(f"Starting Odoo on {name} …")
            server.start()
            welcome(server, options.empty)
            follow(server)
        except KeyboardInterrupt:
            pass
        finally:
            # A second Ctrl-C must not leave processes behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            say("\nStopping …")
            server.stop()
    return 0


if __name__ == "__main__":
    main(_main)
