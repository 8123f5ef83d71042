"""Odoo's own units, without asking the database that they exist each time."""

KILO, LITRE, PIECE = "uom.product_uom_kgm", "uom.product_uom_litre", "uom.product_uom_unit"
# What is weighed or poured, and the unit it is compared by.
MEASURES = {"kg": KILO, "l": LITRE}


def unit(env, xmlid):
    """One of the units above; `env.ref` would cost a query for each product of a list."""
    return env["uom.uom"].browse(env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=True))
