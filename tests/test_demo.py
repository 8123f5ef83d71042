"""The demo data: a shop that lives, whatever day it is made."""

import subprocess
from pathlib import Path

import pytest

from common import ROOT

STATES = {"basket", "confirmed", "preparing", "ready", "done", "no_show", "cancelled"}


def count(sql, query, *values) -> int:
    return sql(f"SELECT count(*) FROM {query}", *values)[0][0]


def test_the_shelves_are_full(sql):
    shelves = dict(
        sql(
            "SELECT COALESCE(around.name, c.name)->>'en_US', count(*) FROM product_template t"
            " JOIN pos_category_product_template_rel r ON r.product_template_id = t.id"
            " JOIN pos_category c ON c.id = r.pos_category_id"
            " LEFT JOIN pos_category around ON around.id = c.parent_id WHERE t.drive_ok GROUP BY 1"
        )
    )
    assert set(shelves) == {
        "Épicerie",
        "Vrac",
        "Fruits et légumes",
        "Frais",
        "Surgelés",
        "Liquides",
        "Pain",
        "Droguerie et hygiène",
        "Bazar",
    }
    assert sum(shelves.values()) >= 160
    assert min(shelves.values()) >= 10
    for part in ("Oranges de Sicile", "Tomme de brebis fermière", "Miche de campagne%"):
        assert count(sql, "product_template WHERE name->>'en_US' LIKE %s", part) == 1
    units = {
        name
        for (name,) in sql(
            "SELECT DISTINCT u.name->>'en_US' FROM product_template t"
            " JOIN uom_uom u ON u.id = t.uom_id WHERE t.drive_ok"
        )
    }
    assert units == {"Units", "kg", "L", "bunch"}


@pytest.mark.parametrize(
    "missing",
    [
        "t.list_price <= 0",
        "p.barcode IS NULL",
        "NOT t.available_in_pos OR NOT t.is_storable",
        "NOT EXISTS (SELECT 1 FROM product_taxes_rel r JOIN account_tax x ON x.id = r.tax_id"
        " WHERE r.prod_id = t.id AND x.amount IN (5.5, 20) AND x.price_include_override = 'tax_included')",
        "NOT EXISTS (SELECT 1 FROM ir_attachment a WHERE a.res_model = 'product.template'"
        " AND a.res_field = 'image_128' AND a.res_id = t.id AND a.mimetype = 'image/webp')",
        "NOT EXISTS (SELECT 1 FROM stock_quant q JOIN stock_location l ON l.id = q.location_id"
        " WHERE q.product_id = p.id AND l.usage = 'internal' AND q.quantity > 0)",
        "(t.drive_storage_class != 'ambient') != EXISTS (SELECT 1 FROM"
        " pos_category_product_template_rel r JOIN pos_category c ON c.id = r.pos_category_id"
        " LEFT JOIN pos_category around ON around.id = c.parent_id WHERE r.product_template_id = t.id"
        " AND COALESCE(around.name, c.name)->>'en_US' IN ('Frais', 'Surgelés'))",
    ],
)
def test_every_product_is_whole(sql, missing):
    assert not sql(
        "SELECT t.name FROM product_template t JOIN product_product p ON p.product_tmpl_id = t.id"
        f" WHERE t.drive_ok AND ({missing})"
    )


def test_members_in_every_state(sql):
    states = [state for (state,) in sql("SELECT coop_state FROM res_partner WHERE coop_number IS NOT NULL")]
    assert len(states) >= 12
    assert set(states) == {"candidate", "up_to_date", "alert", "exempted", "on_leave", "suspended", "left"}


def test_the_people_of_the_shop_are_members(odoo_rpc):
    for login in ("benevole", "caissier", "responsable"):
        rpc = odoo_rpc(login)
        [user] = rpc("res.users", "read", [rpc.uid], ["partner_id", "lang", "tz"])
        assert (user["lang"], user["tz"]) == ("fr_FR", "Europe/Paris")
        [partner] = odoo_rpc("admin")("res.partner", "read", [user["partner_id"][0]], ["drive_can_order"])
        assert partner["drive_can_order"], login


def test_orders_in_every_state(sql):
    states = {state for (state,) in sql("SELECT drive_state FROM sale_order WHERE is_drive")}
    assert states == STATES


def test_orders_before_today_today_and_after(sql):
    rows = sql(
        "SELECT o.drive_state, (s.start AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date"
        "     - (o.create_date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date"
        "  FROM sale_order o JOIN drive_slot s ON s.id = o.drive_slot_id"
    )
    days = {"past": set(), "today": set(), "coming": set()}
    for state, distance in rows:
        days["past" if distance < 0 else "coming" if distance else "today"].add(state)
    assert days["past"] == {"done", "no_show"}
    # Something to prepare, something to go on with, something to hand over.
    assert days["today"] >= {"confirmed", "preparing", "ready"}
    assert days["coming"] >= {"confirmed", "basket"}


def test_numbers_that_a_shop_can_have(odoo_rpc):
    """Nobody prepares a basket in the second in which the demo data is made."""
    fields = ["lines_per_hour", "hours", "on_time", "cold_minutes"]
    rows = odoo_rpc("responsable")("drive.numbers", "search_read", [], fields)
    assert len(rows) >= 8
    # A line takes half a minute at least, walk and all, and two minutes at most.
    assert [row for row in rows if not 30 <= row["lines_per_hour"] <= 120] == []
    assert all(row["on_time"] for row in rows)
    assert any(row["cold_minutes"] for row in rows)


def test_membre_can_order_at_once(odoo_rpc, sql):
    admin = odoo_rpc("admin")
    [user] = admin("res.users", "search_read", [("login", "=", "membre")], ["partner_id"])
    partner = user["partner_id"][0]
    [member] = admin("res.partner", "read", [partner], ["drive_can_order"])
    assert member["drive_can_order"]
    assert not count(
        sql,
        "sale_order WHERE drive_household_id = %s AND drive_state IN ('confirmed', 'preparing', 'ready')",
        partner,
    )
    assert admin("drive.slot", "search_count", [("state", "=", "open")]) >= 10


def test_the_till_takes_card_cheque_and_cash(odoo_rpc):
    admin = odoo_rpc("admin")
    [till] = admin("pos.config", "search_read", [("drive_point_id", "!=", False)], ["payment_method_ids"])
    methods = admin("pos.payment.method", "read", till["payment_method_ids"], ["name", "is_cash_count"])
    assert {(method["name"], method["is_cash_count"]) for method in methods} == {
        ("Carte", False),
        ("Chèque", False),
        ("Espèces", True),
    }


def test_no_invariant_is_broken(demo_db):
    check = subprocess.run([ROOT / "script" / "check", "--db", demo_db], capture_output=True, text=True, check=False)
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_pictures_are_light():
    pictures = list(Path(ROOT, "cafoutch_drive", "demo", "pictures").iterdir())
    sizes = [picture.stat().st_size for picture in pictures]
    assert len(sizes) >= 40
    assert max(sizes) <= 4096
    assert sum(sizes) < 400_000
