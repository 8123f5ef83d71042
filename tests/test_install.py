"""The addon arrives and leaves quietly."""

import re
import subprocess

import pytest

import odoo_command
from common import ADDON, STATE
from support import Rpc

NOISE = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ (?P<said>.*)", re.MULTILINE)


def odoo(*arguments) -> str:
    """Run Odoo to its end; return its log."""
    done = subprocess.run(
        odoo_command.command(*arguments, "--stop-after-init", "--no-http"),
        env=odoo_command.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stderr


def warnings(log: str) -> set[str]:
    return {found["said"] for found in NOISE.finditer(log)}


@pytest.fixture
def bare_database(new_database) -> str:
    """Odoo in French with what the addon needs, and without it."""
    return new_database("dependencies")


def test_it_installs_without_a_warning_and_leaves_odoo_working(bare_database, new_server):
    # A module of Odoo that adds nothing to ours: what it makes Odoo say does not count.
    usual = warnings(odoo("-d", bare_database, "-i", "portal_rating"))
    assert warnings(odoo("-d", bare_database, "-i", ADDON)) <= usual
    assert warnings(odoo("-d", bare_database, "-u", ADDON)) <= usual

    odoo_command_line = ["module", "uninstall", ADDON, "-d", bare_database]
    subprocess.run(
        odoo_command.command(*odoo_command_line),
        env=odoo_command.environment(),
        check=True,
        capture_output=True,
    )
    shop = new_server(name=bare_database)
    rpc = Rpc(shop.url, bare_database, "admin")
    assert not rpc("ir.model.fields", "search", [("name", "=like", "drive\\_%")])
    assert not rpc("ir.model", "search", [("model", "=like", "drive.%")])
    partner = rpc("res.partner", "create", {"name": "Camille"})
    product = rpc("product.product", "create", {"name": "Miche", "type": "consu"})
    order = rpc(
        "sale.order",
        "create",
        {"partner_id": partner, "order_line": [(0, 0, {"product_id": product})]},
    )
    rpc("sale.order", "action_confirm", [order])
    [picking] = rpc("stock.picking", "search", [("sale_id", "=", order)])
    rpc("stock.picking", "button_validate", [picking])
    assert rpc("stock.picking", "read", [picking], ["state"])[0]["state"] == "done"


def test_it_stands_beside_the_website(new_database):
    """It neither needs Odoo's shop nor minds it."""
    name = new_database("empty")
    log = odoo("-d", name, "-i", "website_sale")
    assert not {said for said in warnings(log) if ADDON in said}


def test_the_log_is_read():
    """A warning would be seen: the tests above rest on it."""
    line = "2026-01-01 10:00:00,000 12 WARNING db odoo.registry: something is wrong"
    assert warnings(line) == {"odoo.registry: something is wrong"}
    assert STATE.is_dir()
