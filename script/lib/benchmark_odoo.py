"""The steps of making shops to measure that need Odoo itself; `benchmark_shops.py` calls them.

benchmark_odoo.py members NAME COUNT    members with an account
benchmark_odoo.py goods NAME SOURCE     in Odoo's own shop NAME, what the drive of SOURCE sells
"""

import base64
import sys

import odoo
from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

from benchmark_shops import PASSWORD, login
from common import STATE

# What Odoo's own shop shows of an article as well; copies have no barcode, and are made there too.
GOODS = """
SELECT COALESCE(t.name->>'fr_FR', t.name->>'en_US') AS name, t.list_price, unit.name AS unit,
       (SELECT min(COALESCE(c.name->>'fr_FR', c.name->>'en_US'))
          FROM pos_category_product_template_rel r JOIN pos_category c ON c.id = r.pos_category_id
         WHERE r.product_template_id = t.id) AS shelf,
       (SELECT min(x.amount) FROM product_taxes_rel r JOIN account_tax x ON x.id = r.tax_id
         WHERE r.prod_id = t.id) AS vat,
       (SELECT sum(q.quantity) FROM stock_quant q JOIN stock_location l ON l.id = q.location_id
         WHERE q.product_id = p.id AND l.usage = 'internal') AS stock,
       (SELECT min(a.store_fname) FROM ir_attachment a
         WHERE a.res_model = 'product.template' AND a.res_id = t.id AND a.res_field = 'image_1920') AS picture
  FROM product_template t
  JOIN product_product p ON p.product_tmpl_id = t.id AND p.active
  LEFT JOIN ir_model_data unit ON unit.model = 'uom.uom' AND unit.module = 'uom' AND unit.res_id = t.uom_id
 WHERE t.drive_ok AND t.active AND p.barcode IS NOT NULL ORDER BY p.id
"""
BATCH = 200


def create_members(env, count):
    """Portal users with an address: Odoo's own check-out asks for one."""
    known = {"coop_state": "up_to_date"} if "coop_state" in env["res.partner"]._fields else {}
    address = {
        "street": "1 rue de la République",
        "zip": "13002",
        "city": "Marseille",
        "country_id": env.ref("base.fr").id,
        "phone": "+33491000000",
    }
    logins = [login(number) for number in range(count)]
    users = env["res.users"].with_context(no_reset_password=True)
    partners = env["res.partner"].create(
        [{"name": name, "email": f"{name}@example.org", "lang": "fr_FR", **address, **known} for name in logins]
    )
    portal = Command.set(env.ref("base.group_portal").ids)
    made = users.create(
        [
            {"login": name, "partner_id": partner.id, "group_ids": [portal]}
            for name, partner in zip(logins, partners, strict=True)
        ]
    )
    # Hashing a password costs most of a second: one hash serves them all.
    made[0].password = PASSWORD
    env.flush_all()
    env.cr.execute(
        "UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = %s) WHERE id IN %s",
        [made[0].id, tuple(made.ids)],
    )


def create_goods(env, source):
    """The articles of a drive, as Odoo's own shop sells them."""
    with odoo.sql_db.db_connect(source).cursor() as cr:
        cr.execute(GOODS)
        rows = cr.dictfetchall()
    pictures = STATE / "data" / "filestore" / source
    taxes = {rate: _tax(env, rate) for rate in {row["vat"] for row in rows if row["vat"]}}
    names = sorted({row["shelf"] for row in rows if row["shelf"]})
    made = env["product.public.category"].create([{"name": name} for name in names])
    shelves = dict(zip(names, made.ids, strict=True))
    location = env.ref("stock.warehouse0").lot_stock_id
    products = env["product.product"].with_context(tracking_disable=True)
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        created = products.create([_values(env, row, taxes, shelves, pictures) for row in some])
        for product, row in zip(created, some, strict=True):
            if row["stock"]:
                env["stock.quant"]._update_available_quantity(product, location, row["stock"])
        env.flush_all()
        env.invalidate_all()
    # "Pick up in store", from a warehouse with an address; its page would look for it on a map.
    address = {"street": "16 rue du Chevalier Roze", "zip": "13002", "city": "Marseille"}
    env.company.partner_id.write({**address, "partner_latitude": 43.3, "partner_longitude": 5.37})
    env["delivery.carrier"].search([]).is_published = False
    collect = env.ref("website_sale_collect.carrier_pick_up_in_store")
    collect.write({"warehouse_ids": [Command.set(env.ref("stock.warehouse0").ids)], "is_published": True})


def _values(env, row, taxes, shelves, pictures):
    unit = row["unit"] and env.ref(f"uom.{row['unit']}", raise_if_not_found=False)
    picture = row["picture"] and (pictures / row["picture"]).read_bytes()
    return {
        "name": row["name"],
        "list_price": row["list_price"],
        "type": "consu",
        "is_storable": True,
        "is_published": True,
        "uom_id": (unit or env.ref("uom.product_uom_unit")).id,
        "taxes_id": [Command.set(taxes.get(row["vat"], []))],
        "public_categ_ids": [Command.set([shelves[row["shelf"]]] if row["shelf"] else [])],
        "image_1920": picture and base64.b64encode(picture),
    }


def _tax(env, rate):
    """A chart of accounts brings rates that are archived until used: those too."""
    found = (
        env["account.tax"]
        .with_context(active_test=False)
        .search([("type_tax_use", "=", "sale"), ("amount_type", "=", "percent"), ("amount", "=", rate)])
    )
    tax = found.sorted(lambda tax: (not tax.price_include, not tax.active))[:1]
    tax.active = True
    return tax.ids


def main():
    action, name, argument, *sources = sys.argv[1:]
    config.parse_config(["-c", str(STATE / "odoo.conf"), "-d", name], setup_logging=True)
    if action == "install":
        Registry.new(name, update_module=True, install_modules=[argument])
    else:
        with Registry(name).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR"})
            create_members(env, int(argument))
            for source in sources:
                create_goods(env, source)
    odoo.sql_db.close_all()


if __name__ == "__main__":
    main()
