"""Reading the tables that people make with a spreadsheet: CSV here, XLSX in `xlsx_table.py`."""

import codecs
import csv
import re
import unicodedata
from typing import NamedTuple

from odoo.exceptions import UserError

from .xlsx_table import read_sheet

MAX_BYTES = 20 * 1024 * 1024
SEPARATORS = ";,\t|"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TableRow(NamedTuple):
    line: int
    """Its number in the file, from 1."""
    cells: dict[str, str]
    """Stripped text by column; an empty or missing cell is absent."""


class Table(NamedTuple):
    columns: list[str]
    """The known columns that the file has."""
    ignored: list[str]
    """Its other headers, as written."""
    rows: list[TableRow]
    problems: list[tuple[int, str]]
    """(line, sentence) of rows that cannot be read."""


def plain(text):
    """Lower case, no accents, single spaces: for comparing what people write."""
    text = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.sub(r"[_’'\-]", " ", text).split())


def read_table(env, content, columns, required):
    """Read a CSV file, forgiving in its encoding, separator and headers; or the first
    sheet of an XLSX file.

    :param bytes content: XLSX, or text in UTF-8 (with or without BOM), UTF-16 with BOM
        or cp1252
    :param dict columns: the other names of each known column
    :param required: columns without which the file makes no sense; a tuple among them
        stands for one of its columns
    :raise UserError: when the file as a whole cannot be read
    """
    _check_size(env, content)
    lines = read_sheet(env, content) if content.startswith(b"PK\x03\x04") else _read_csv(env, content)
    _number, headers, _problem = next(lines)
    known = _match_headers(headers, columns)
    _check_headers(env, headers, known, required)
    rows, problems = [], []
    for number, values, problem in lines:
        if problem:
            problems.append((number, problem))
        else:
            rows.append(TableRow(number, _cells(values, known)))
    ignored = [header.strip() for place, header in enumerate(headers) if place not in known and header.strip()]
    return Table(list(known.values()), ignored, rows, problems)


def _check_size(env, content):
    if not content.strip():
        raise UserError(env._("The file is empty."))
    if len(content) > MAX_BYTES:
        raise UserError(env._("The file is larger than %s MB.", MAX_BYTES // (1024 * 1024)))


def _read_csv(env, content):
    """Yield (line, cells, sentence about what is wrong with it) of each line that says
    something, the headers first."""
    lines = re.split(r"\r\n|\n|\r", _decode(env, content))
    separator = max(SEPARATORS, key=lines[0].count)
    headers = _split(lines[0], separator) or []
    yield 1, headers, None
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip(f" {separator}"):
            continue
        # Each line by itself: a quotation mark that is not closed spoils its own
        # line, and does not swallow those after it.
        values = _split(line, separator)
        problem = None
        if values is None:
            problem = env._("a quotation mark is not closed, or a cell is far too long.")
        elif any(value.strip() for value in values[len(headers) :]):
            # Shifted cells would put a price in the stock.
            problem = env._(
                "it has more cells than the first line. Put cells that contain “%s” between quotation marks.",
                separator,
            )
        yield number, values, problem


def _split(line, separator):
    """The cells of one line, None when its quotation marks do not match."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _cells(values, known):
    return {
        column: value
        for place, column in known.items()
        if place < len(values) and (value := " ".join(values[place].split()))
    }


def _decode(env, content):
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UserError(env._("This spreadsheet is of an old kind, or locked. Please save it as XLSX or CSV."))
    encodings = ["utf-16"] if content.startswith(_UTF16) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Control characters: a picture or a program, whatever its name says.
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise UserError(env._("This is not a text file. Please save your table as CSV (UTF-8)."))


def _match_headers(headers, columns):
    """``{place: column}``; the first of two headers for one column counts."""
    names = {plain(name): column for column, others in columns.items() for name in (column, *others)}
    known = {}
    for place, header in enumerate(headers):
        column = names.get(plain(header.strip().strip('"')))
        if column and column not in known.values():
            known[place] = column
    return known


def _check_headers(env, headers, known, required):
    found = set(known.values())
    wanted = [columns if isinstance(columns, tuple) else (columns,) for columns in required]
    missing = [columns[0] for columns in wanted if not found.intersection(columns)]
    if missing:
        raise UserError(
            env._(
                "The first line must name the columns; missing: %(missing)s. Found: %(found)s.",
                missing=", ".join(missing),
                found=", ".join(h.strip()[:40] for h in headers[:20]) or "-",
            )
        )
