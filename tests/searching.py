"""What shoppers type and the articles they mean: the committed queries of tests/search."""

import csv
import re
from pathlib import Path
from urllib.parse import quote

QUERIES = Path(__file__).parent / "search"
# Of a list of results, what is seen without scrolling.
FIRST = 3


def misses(kind: str, get, sql) -> tuple[int, list[str]]:
    """Search for all the queries of a kind ("demo", "real") in a shop.

    :param get: returns the HTML of an address, for a member
    :return: how many there are, and those for which nothing that is meant is among the first
    """
    with open(QUERIES / f"{kind}.csv", encoding="utf-8", newline="") as file:
        queries = list(csv.DictReader(file))
    barcodes = dict(sql("SELECT id, barcode FROM product_product WHERE barcode IS NOT NULL"))
    missed = []
    for row in queries:
        html = get(f"/drive/search?q={quote(row['query'])}")
        shown = [barcodes.get(int(number)) for number in re.findall(r'<li id="p(\d+)"', html)[:FIRST]]
        if not set(shown) & set(row["barcodes"].split()):
            missed.append(f"{row['query']}: {shown}")
    return len(queries), missed
