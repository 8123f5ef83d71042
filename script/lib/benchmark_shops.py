"""Makes the two shops that are measured side by side: ours, and Odoo's own.

Both sell the same articles: those of the demonstration, or of a file of real products,
multiplied up to the number that is asked for. They are made as templates; each run
measures copies of them.
"""

import csv
import hashlib
import itertools
import os
import subprocess
import tempfile
from pathlib import Path

import database
import postgres
from common import LOGS, PYTHON, STATE, Failure, locked, run, say

OURS, STOCK = "drive", "shop"
# It brings website_sale.
SHOP_MODULE = "website_sale_collect"
PREFIX = "bench_kept_"
MEMBERS = 8
PASSWORD = "a password to measure with"  # noqa: S105
LIB = Path(__file__).parent
# Stock of real products, whose file says nothing of it.
REAL_STOCK = 50
# Articles that members see, by shop.
SOLD = {OURS: "t.drive_ok AND t.sale_ok", STOCK: "t.is_published AND t.sale_ok AND t.type = 'consu'"}

# The copies: which template and product each is made from, and the ids that it gets.
COPIES = """
CREATE TEMP TABLE copy AS
WITH sold AS (
    SELECT t.id AS template, p.id AS product, row_number() OVER (ORDER BY p.id) AS place,
           count(*) OVER () AS all_of_them
      FROM product_template t JOIN product_product p ON p.product_tmpl_id = t.id AND p.active
     WHERE t.active AND {sold}
), numbered AS (
    SELECT sold.template, sold.product, n, row_number() OVER (ORDER BY n, place) AS number
      FROM sold, generate_series(2, {count} / all_of_them::int + 1) AS n
     WHERE (n - 1) * all_of_them + place <= {count}
)
SELECT template, product, n,
       number + (SELECT max(id) FROM product_template) AS new_template,
       number + (SELECT max(id) FROM product_product) AS new_product
  FROM numbered;
INSERT INTO product_template (id, name, {template_columns})
SELECT new_template, (SELECT jsonb_object_agg(key, value || ' ' || n) FROM jsonb_each_text(name)), {template_columns}
  FROM copy JOIN product_template t ON t.id = copy.template;
INSERT INTO product_product (id, product_tmpl_id, {product_columns})
SELECT new_product, new_template, {product_columns}
  FROM copy JOIN product_product p ON p.id = copy.product;
{links}
INSERT INTO stock_quant (product_id, reserved_quantity, {quant_columns})
SELECT new_product, 0, {quant_columns}
  FROM copy JOIN stock_quant q ON q.product_id = copy.product
 WHERE location_id IN (SELECT id FROM stock_location WHERE usage = 'internal');
INSERT INTO ir_attachment (res_id, {attachment_columns})
SELECT CASE res_model WHEN 'product.template' THEN new_template ELSE new_product END, {attachment_columns}
  FROM copy JOIN ir_attachment a ON a.res_field IS NOT NULL
   AND (a.res_model, a.res_id) IN (('product.template', template), ('product.product', product));
SELECT setval('product_template_id_seq', (SELECT max(id) FROM product_template)),
       setval('product_product_id_seq', (SELECT max(id) FROM product_product));
"""
LINK = """
INSERT INTO {table} ({mine}, {other}) SELECT {new}, {other} FROM copy JOIN {table} ON {table}.{mine} = copy.{old};
"""
# Tables of two columns, one of which points at a product.
LINKS = """
SELECT c.conrelid::regclass, c.confrelid::regclass, a.attname, b.attname
  FROM pg_constraint c
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  JOIN pg_attribute b ON b.attrelid = c.conrelid AND b.attnum > 0 AND b.attnum <> a.attnum
 WHERE c.contype = 'f' AND c.confrelid IN ('product_template'::regclass, 'product_product'::regclass)
   AND (SELECT count(*) FROM pg_attribute x WHERE x.attrelid = c.conrelid AND x.attnum > 0) = 2
"""


# Columns of a copy that are not those of its source.
CHANGED = {
    "product_template": ("id", "name"),
    "product_product": ("id", "product_tmpl_id", "barcode"),
    "stock_quant": ("id", "product_id", "reserved_quantity"),
    "ir_attachment": ("id", "res_id"),
}


def login(number: int) -> str:
    return f"bench-{number}"


def shops(count: int, real_products: Path | None) -> dict[str, str]:
    """Templates of the two shops with so many articles, by kind; made where they are missing."""
    with locked(STATE / "bench.lock", "it makes shops to measure"):
        fewest = sold(OURS, database.template("demo"))
        if count < fewest:
            raise Failure(f"{count} articles are fewer than the {fewest} of the demonstration.")
        facts = _facts(real_products)
        ours = _template(OURS, count, facts, lambda name: _fill_ours(name, count, real_products))
        stock = _template(STOCK, count, facts, lambda name: _fill_stock(name, ours, count))
    return {OURS: ours, STOCK: stock}


def sold(kind: str, name: str) -> int:
    """How many articles a shop shows."""
    return int(
        postgres.psql(
            "SELECT count(*) FROM product_template t JOIN product_product p ON p.product_tmpl_id = t.id"
            f" WHERE t.active AND p.active AND {SOLD[kind]}",
            name,
        )
    )


def _facts(real_products):
    facts = [(LIB / f"benchmark_{name}.py").read_bytes() for name in ("shops", "odoo")]
    return facts + ([real_products.read_bytes()] if real_products else [])


def _template(kind, count, facts, fill):
    base = _odoo_shop() if kind == STOCK else database.template("demo")
    prefix = f"{PREFIX}{kind}_{count}_"
    what = f"{'the drive' if kind == OURS else 'Odoo’s own shop'} with {count:,} articles"
    return _made(prefix, [*facts, base.encode()], what, base, fill)


def _odoo_shop():
    """What a coop would use instead, without articles; it stays, as the other templates do."""
    base = database.template("dependencies")
    facts = [SHOP_MODULE.encode(), base.encode()]
    return _made(
        f"{database.PREFIX}_shop_", facts, SHOP_MODULE, base, lambda name: _odoo("install", name, SHOP_MODULE)
    )


def _made(prefix, facts, what, base, fill):
    """The name of a database that was made of these facts; if there is none, one is made."""
    name = prefix + hashlib.sha256(b"\n".join(facts)).hexdigest()[:10]
    if database.exists(name):
        return name
    say(f"Making {what} …")
    for old in database.names():
        if old.startswith(prefix):
            database.drop(old)
    unfinished = name + database.UNFINISHED
    try:
        database.clone(base, unfinished)
        fill(unfinished)
        postgres.psql("VACUUM ANALYZE", unfinished)
    except BaseException:
        database.drop(unfinished)
        raise
    database.rename(unfinished, name)
    return name


def _fill_ours(name, count, real_products):
    if real_products:
        _import(name, real_products, count - sold(OURS, name))
    _odoo("members", name, MEMBERS)
    _multiply(OURS, name, count)


def _fill_stock(name, ours, count):
    # One of each: its copies are made here too.
    _odoo("goods", name, MEMBERS, ours)
    _multiply(STOCK, name, count)


def _odoo(action, name, *arguments):
    what = {"install": "Odoo's own shop", "goods": "the articles", "members": "the members"}[action]
    run(
        [PYTHON, LIB / "benchmark_odoo.py", action, name, *arguments],
        LOGS / "bench.log",
        what,
        f"making {what} failed",
        env={**os.environ, **postgres.environment()},
    )


def _import(name, real_products, wanted):
    """Bring articles of the file into our shop, at most so many."""
    # The file says nothing of what they are made of.
    postgres.psql("UPDATE drive_policy SET food_rule = 'warn'", name)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, "products.csv")
        with open(real_products, encoding="utf-8-sig", newline="") as file, open(part, "w", encoding="utf-8") as out:
            csv.writer(out).writerows(itertools.islice(csv.reader(file), wanted + 1))
        options = ["--db", name, "--made-up-prices", "--stock", str(REAL_STOCK)]
        done = subprocess.run([PYTHON, LIB / "importing.py", "products", part, *options], check=False)
    # 3: some rows were left out, as their line says.
    if done.returncode not in (0, 3):
        raise Failure(f"{real_products} could not be imported.")


def _multiply(kind, name, count):
    """Copy articles with their pictures and stock, past the ORM, until there are so many."""
    columns = {f"{table.split('_')[1]}_columns": _columns(name, table) for table in CHANGED}
    links = ""
    for row in postgres.psql(LINKS, name).splitlines():
        table, pointed, mine, other = row.split("|")
        old = pointed.removeprefix("product_")
        links += LINK.format(table=table, mine=mine, other=other, old=old, new=f"new_{old}")
    postgres.psql(COPIES.format(sold=SOLD[kind], count=count, links=links, **columns), name)


def _columns(name, table):
    left_out = ", ".join(f"'{column}'" for column in CHANGED[table])
    return postgres.psql(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        f" WHERE table_schema = 'public' AND table_name = '{table}' AND column_name NOT IN ({left_out})",
        name,
    )
