"""Runs a program inside Odoo, on the models of a database."""

import json
import subprocess

import odoo_command

# Odoo's shell may print more than what is asked for.
ANSWER = "ANSWER "
BEGIN = f"""
import json

def answer(value):
    print({ANSWER!r} + json.dumps(value))
"""


def run(database: str, code: str):
    """Run ``code`` as Odoo's own user; what it does stays only when it commits.

    :param code: Python with ``env``, and with ``answer(value)`` for what is asked for
    :return: what it answered, or ``None``
    :raise subprocess.CalledProcessError: when it failed
    """
    done = subprocess.run(
        odoo_command.command("shell", "-d", database, "--no-http", "--log-level=warn"),
        env=odoo_command.environment(),
        input=BEGIN + code,
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    )
    _before, found, text = done.stdout.partition(ANSWER)
    return json.loads(text.splitlines()[0]) if found else None
