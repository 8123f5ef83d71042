"""Reading the first sheet of an XLSX file as rows of text."""

import io
import re
import zipfile
from datetime import date, datetime

import openpyxl

from odoo.exceptions import UserError

# A file of 20 MB can unfold to terabytes: what a big shop's table takes is far less.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 100_000, 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_sheet(env, content):
    """Yield (line, cells as text, sentence about what is wrong with it) of each row of
    the first sheet that says something, the headers first.

    A true date becomes its ISO form, a number its digits without an exponent (with the
    zeros before it that the sheet shows), a formula its result.

    :param bytes content: of the file
    :raise UserError: when it is no such file
    """
    results = _open(env, content, results=True)
    formulas = _open(env, content, results=False)
    found = 0
    try:
        for number, (cells, sources) in enumerate(zip(_rows(results), _rows(formulas), strict=False), start=1):
            if all(source.value in (None, "") for source in sources):
                continue
            found += 1
            if found > MAX_ROWS:
                raise UserError(env._("The table has more than %s lines: please split it.", MAX_ROWS))
            pairs = zip(cells, sources, strict=False)
            problem = next(filter(None, (_problem(env, cell, source) for cell, source in pairs)), None)
            yield number, [_text(cell) for cell in cells], problem
    except UserError:
        raise
    except Exception as error:  # a broken file breaks openpyxl in any way
        raise _unreadable(env) from error
    finally:
        results.close()
        formulas.close()
    if not found:
        raise UserError(env._("The first sheet of the file is empty."))


def _open(env, content, results):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise UserError(env._("This spreadsheet is too large. Please save the table alone as CSV."))
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=results)
    except UserError:
        raise
    except Exception as error:
        raise _unreadable(env) from error


def _unreadable(env):
    return UserError(env._("This spreadsheet cannot be read. Please save it as XLSX or CSV."))


def _rows(workbook):
    sheet = workbook.worksheets[0]
    # What some programs say about the size of a sheet is wrong.
    sheet.reset_dimensions()
    return sheet.iter_rows(max_col=MAX_COLUMNS)


def _problem(env, cell, source):
    """What makes a cell unusable, whatever its column."""
    if cell.value is None and source.data_type == "f":
        return env._(
            "the formula in %s has no result: open the file in a spreadsheet and save it again.", source.coordinate
        )
    if cell.data_type == "e":
        return env._("the cell %(cell)s shows the error %(error)s.", cell=cell.coordinate, error=cell.value)
    return None


def _text(cell):
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        # "0042" is often the number 42, shown with four digits.
        shown = cell.number_format or ""
        return str(value).zfill(len(shown)) if re.fullmatch("0+", shown) else str(value)
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return _CONTROL.sub(" ", str(value))
