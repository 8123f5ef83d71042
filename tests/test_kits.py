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


def run_tests_with(new_database, modules, count):
    """Those of the addon's tests that ask for modules which it does not need."""
    name = new_database("empty")
    installed = run_odoo("-d", name, "-i", ",".join(modules), "--no-http")
    assert installed.returncode == 0, installed.stderr[-3000:]
    tags = ",".join(f"drive_{module}/cafoutch_drive" for module in modules)
    done = run_odoo("-d", name, "--test-tags", tags, "--http-port", free_port())
    assert done.returncode == 0, "\n".join(
        line for line in done.stderr.splitlines() if " INFO " not in line and " WARNING " not in line
    )
    # None that ran is no success.
    assert f"0 failed, 0 error(s) of {count} tests" in done.stderr


def test_kits_at_the_till(new_database):
    """`mrp` brings kits: each row of their table, moved at once and at closing. Two classes of three."""
    run_tests_with(new_database, ["mrp"], 6)


def test_paid_online(new_database):
    """`payment_demo` takes money before the till does."""
    run_tests_with(new_database, ["payment_demo"], 6)


def test_rewards_at_the_till(new_database):
    """`pos_loyalty` takes its reward off the ticket, in Chromium."""
    run_tests_with(new_database, ["pos_loyalty"], 1)


def test_settings_of_restaurants(new_database):
    """`pos_restaurant` brings `pos_self_order`: both have settings that a till of the drive cannot have."""
    run_tests_with(new_database, ["pos_restaurant"], 5)
