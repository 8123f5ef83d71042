#!/usr/bin/env python3
"""Wait until the database server lets Odoo in, or say why it does not."""

import argparse
import configparser
import os
import sys
import time

import psycopg2

parser = argparse.ArgumentParser()
for name in ("host", "port", "user", "password"):
    parser.add_argument(f"--db_{name}", default=os.environ.get(f"PG{name.upper()}"))
parser.add_argument("--timeout", type=int, default=5)
options = parser.parse_args()
configuration = configparser.RawConfigParser()
configuration.read(os.environ.get("ODOO_RC", ""))
server = {
    name: configuration.get("options", f"db_{name}", fallback=None) or getattr(options, f"db_{name}")
    for name in ("host", "port", "user", "password")
}
if None in server.values():
    sys.exit(f"These say nothing of the database server: {[name for name, value in server.items() if not value]}")
end = time.monotonic() + options.timeout
while True:
    try:
        psycopg2.connect(dbname="postgres", **server).close()
        break
    except psycopg2.OperationalError as error:
        if time.monotonic() > end:
            sys.exit(f"Database connection failure: {error}")
    time.sleep(1)
