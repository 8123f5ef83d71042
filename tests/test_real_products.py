"""Thousands of real products: `script/test --real-products FILE`.

The file (barcode, name, brand, category; no prices) is not part of the project, so
without it there is nothing to collect here: see `conftest.py`.
"""

import csv
import os
import re
import subprocess
from pathlib import Path

import pytest

from common import ROOT
from searching import misses

FILE = Path(os.environ["DRIVE_REAL_PRODUCTS"])


def run_import(database, file, *options):
    return subprocess.run(
        [ROOT / "script" / "import", "products", file, "--db", database, *options],
        capture_output=True,
        text=True,
        check=False,
    )


def counts(output):
    found = re.search(r"created (\d+), .*updated (\d+), unchanged (\d+), left out (\d+)", output)
    assert found, output
    return tuple(int(number) for number in found.groups())


@pytest.fixture(scope="module")
def rows():
    with open(FILE, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def imported(demo_db, odoo_rpc):
    """The shop with the file's products: the import as it ended."""
    # The file says nothing of what they are made of.
    admin = odoo_rpc("admin")
    admin("drive.policy", "write", admin("drive.policy", "search", []), {"food_rule": "warn"})
    return run_import(demo_db, FILE, "--made-up-prices")


def test_all_of_it_is_imported(imported, rows, sql):
    assert imported.returncode == 0, imported.stdout + imported.stderr
    assert counts(imported.stdout) == (len(rows), 0, 0, 0)
    barcodes = [row["barcode"] for row in rows]
    assert sql(
        "SELECT count(*), count(DISTINCT p.barcode), min(t.list_price) > 0"
        "  FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id"
        " WHERE t.drive_ok AND p.barcode = ANY(%s)",
        barcodes,
    ) == [(len(rows), len(rows), True)]


def test_stock_is_set_not_added(imported, rows, demo_db, sql, tmp_path):
    some = rows[::10]
    file = tmp_path / "stock.csv"
    file.write_text("ean;nom;stock\n" + "".join(f"{row['barcode']};{row['name']};10\n" for row in some), "utf-8")
    for expected in ((0, len(some), 0, 0), (0, 0, len(some), 0)):
        done = run_import(demo_db, file)
        assert counts(done.stdout) == expected, done.stdout
    stock = sql(
        "SELECT sum(q.quantity) FROM stock_quant q"
        "  JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'"
        "  JOIN product_product p ON p.id = q.product_id"
        " WHERE p.barcode = ANY(%s) GROUP BY p.id",
        [row["barcode"] for row in some],
    )
    assert [quantity for (quantity,) in stock] == [10] * len(some)


def test_importing_again_doubles_nothing(imported, rows, demo_db):
    again = run_import(demo_db, FILE, "--made-up-prices")
    assert counts(again.stdout) == (0, 0, len(rows), 0)


def test_bad_rows_among_the_good_ones(imported, rows, demo_db, tmp_path):
    """Rows are spoiled on purpose; each is named by its line, the others are updated."""
    lines = FILE.read_text(encoding="utf-8-sig").splitlines()
    spoiled = {}
    for number in range(1, len(lines), 500):
        lines[number] = lines[number].replace(lines[number].split(",")[0], "not-a-barcode", 1)
        spoiled[number + 1] = lines[number]
    lines[0] += ",origin"
    lines[2] += ",Quelque part"
    file = tmp_path / "spoiled.csv"
    file.write_text("\n".join(lines), encoding="cp1252", errors="replace")
    done = run_import(demo_db, file)
    assert done.returncode == 3
    assert counts(done.stdout)[3] == len(spoiled)
    assert {int(line) for line in re.findall(r"^line (\d+): left out:", done.stdout, re.M)} == set(spoiled)


def test_dry_run_changes_nothing(imported, rows, demo_db, tmp_path, sql):
    file = tmp_path / "dry.csv"
    file.write_text(f"barcode,name,price\n{rows[0]['barcode']},Renamed,9.99\n29999999,New,1\n", encoding="utf-8")
    done = run_import(demo_db, file, "--dry-run")
    assert counts(done.stdout)[:2] == (1, 1)
    assert not sql("SELECT 1 FROM product_product WHERE barcode = '29999999'")


def test_the_shop_answers_from_them(imported, rows, server, page, sign_in):
    sign_in(page, "membre")
    page.goto("/drive")
    # The count of all products, with a space between thousands.
    text = re.sub(r"\s", "", page.inner_text("main"))
    shown = int(re.search(r"(\d+)produits", text)[1])
    assert shown > len(rows)
    name = next(row["name"] for row in rows if row["name"].isalpha() and len(row["name"]) > 8)
    page.goto(f"/drive/search?q={name}")
    assert name.lower() in page.inner_text("main").lower()


def test_what_shoppers_type_finds_what_they_mean(imported, sql, page, sign_in):
    sign_in(page, "membre")
    count, missed = misses("real", lambda address: page.request.get(address).text(), sql)
    print(f"{count - len(missed)} of {count} found", *missed, sep="\n")
    assert count == 40
    assert len(missed) <= 3, missed
