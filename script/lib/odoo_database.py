"""The steps of making a database that need Odoo itself; `database.py` calls them.

    odoo_database.py dependencies NAME MODULE...   create NAME: French, without any demo data
    odoo_database.py install NAME MODULE           install one more module in NAME
    odoo_database.py demo NAME MODULE              load the demo data of this one module

Odoo's own demo data (three companies, furniture, dollars) is never wanted: it loads with
a module or not at all, so the module's is loaded afterwards, by itself.
"""

import logging
import sys

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.loading import load_data
from odoo.modules.module_graph import ModuleGraph
from odoo.modules.registry import Registry
from odoo.service import db
from odoo.tools import config

import postgres
from common import STATE

LANGUAGE, TIMEZONE = "fr_FR", "Europe/Paris"


class ErrorCount(logging.Handler):
    """Odoo logs some failures and goes on: here any of them is one."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record):
        self.count += 1


def create_with_dependencies(name, *modules):
    config["db_template"] = postgres.template()
    db._create_empty_database(name)
    # Takes effect once, in the next load.
    config._cli_options["load_language"] = LANGUAGE
    registry = Registry.new(name, update_module=True, new_db_demo=False)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        # Before accounting is installed: the chart of accounts follows the country.
        env.company.write({"country_id": env.ref("base.fr").id, "currency_id": env.ref("base.EUR").id})
        everyone = env["res.users"].with_context(active_test=False).search([])
        everyone.partner_id.write({"lang": LANGUAGE, "tz": TIMEZONE})
        env["ir.default"].set("res.partner", "lang", LANGUAGE)
        env["ir.default"].set("res.partner", "tz", TIMEZONE)
    registry = Registry.new(name, update_module=True, install_modules=modules)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        # The lines of a ticket add up to its total, to the cent; goods are weighed to the gram.
        env.company.tax_calculation_rounding_method = "round_per_line"
        env.ref("uom.decimal_product_uom").digits = 3


def install(name, module):
    registry = Registry.new(name, update_module=True, install_modules=[module])
    with registry.cursor() as cr:
        # Scripts and styles are put together once here, not by the first visitor of each copy.
        api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()


def load_demo(name, module):
    registry = Registry.new(name)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        graph = ModuleGraph(cr, mode="load")
        graph.extend(env["ir.module.module"].search([("state", "=", "installed")]).mapped("name"))
        load_data(env, {}, "init", kind="demo", package=graph[module])
        env["ir.module.module"].search([("name", "=", module)]).demo = True


def main():
    action, name, *modules = sys.argv[1:]
    config.parse_config(["-c", str(STATE / "odoo.conf"), "-d", name], setup_logging=True)
    errors = ErrorCount()
    logging.getLogger().addHandler(errors)
    steps = {"dependencies": create_with_dependencies, "install": install, "demo": load_demo}
    steps[action](name, *modules)
    odoo.sql_db.close_all()
    if errors.count:
        sys.exit(f"{errors.count} errors were logged")


if __name__ == "__main__":
    main()
