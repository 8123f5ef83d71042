"""What the addon does with addons that it does not need: their Odoo tests run where they are installed."""

import subprocess

import odoo_command
from serving import free_port


def run_odoo(*options):
    return subprocess.run(
        odoo_command.command(*options, "--max-cron-threads", 0, "--stop-after-init"),
        env=odoo_command.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def run_tests_with(new_database, module, tag, count):
    """Those of the addon's tests that ask for a module which it does not need."""
    name = new_database("empty")
    installed = run_odoo("-d", name, "-i", module, "--no-http")
    assert installed.returncode == 0, installed.stderr[-3000:]
    done = run_odoo("-d", name, "--test-tags", f"{tag}/cafoutch_drive", "--http-port", free_port())
    assert done.returncode == 0, "\n".join(
        line for line in done.stderr.splitlines() if " INFO " not in line and " WARNING " not in line
    )
    # None that ran is no success.
    assert f"0 failed, 0 error(s) of {count} tests" in done.stderr


def test_kits_at_the_till(new_database):
    """`mrp` brings kits: each row of their table, moved at once and at closing. Two classes of three."""
    run_tests_with(new_database, "mrp", "drive_mrp", 6)


def test_paid_online(new_database):
    """`payment_demo` takes money before the till does."""
    run_tests_with(new_database, "payment_demo", "drive_payment_demo", 6)


def test_rewards_at_the_till(new_database):
    """`pos_loyalty` takes its reward off the ticket, in Chromium."""
    run_tests_with(new_database, "pos_loyalty", "drive_pos_loyalty", 1)
