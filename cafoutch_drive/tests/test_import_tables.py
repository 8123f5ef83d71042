"""Tables as spreadsheets save them, read as text."""

import io
import zipfile
from datetime import date, datetime

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..tools.csv_table import read_table


def workbook(*rows, formats=(), sheets=()):
    """The bytes of an XLSX file with these rows on its first sheet.

    :param formats: pairs of a cell's address and the number format it is shown with
    :param sheets: names of other, empty sheets
    """
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for address, shown in formats:
        book.active[address].number_format = shown
    for name in sheets:
        book.create_sheet(name).append(["number", "name"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rewritten(content, path, change):
    """The XLSX file with one of its parts changed, as no spreadsheet would save it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, change(data) if entry.filename == path else data)
    return packed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@tagged("post_install", "-at_install")
class TestImportTables(TransactionCase):
    COLUMNS = {"number": ("numero",), "name": ("nom",), "first": ("prenom",), "until": (), "phone": ()}

    def _read(self, content, required=("number",)):
        return read_table(self.env, content, self.COLUMNS, required)

    def _cells(self, content):
        return [row.cells for row in self._read(content).rows]

    def test_cells_of_a_sheet_become_text(self):
        content = workbook(
            ["Numéro", "Nom", "until", "phone"],
            [42, "  Camille   Durand ", date(2026, 12, 31), 612345678],
            [42.0, "Noé", datetime(2026, 12, 31, 14, 30), 1.23e12],
            ["0042", 12.5, "31/12/2026", "06 12 34 56 78"],
            [7, True, None, 0.1 + 0.2],
            formats=[("A2", "0000")],
        )
        self.assertEqual(
            self._cells(content),
            [
                {"number": "0042", "name": "Camille Durand", "until": "2026-12-31", "phone": "612345678"},
                {"number": "42", "name": "Noé", "until": "2026-12-31", "phone": "1230000000000"},
                {"number": "0042", "name": "12.5", "until": "31/12/2026", "phone": "06 12 34 56 78"},
                {"number": "7", "name": "True", "phone": "0.3"},
            ],
        )

    def test_lines_are_those_of_the_sheet(self):
        content = workbook([], ["number", "name"], [1, "A"], [], [None, ""], [2, "B"])
        self.assertEqual([row.line for row in self._read(content).rows], [3, 6])

    def test_first_sheet_counts(self):
        content = workbook(["number", "name"], [1, "A"], sheets=("Other", "Third"))
        self.assertEqual(self._cells(content), [{"number": "1", "name": "A"}])

    def test_formulas_give_their_result(self):
        content = workbook(["number", "name"], [1, "=1+1"], [2, "B"])
        table = self._read(content)
        self.assertEqual([row.line for row in table.rows], [3])
        self.assertEqual(table.problems[0][0], 2)
        self.assertIn("formula in B2 has no result", table.problems[0][1])
        # What a spreadsheet has worked out.
        saved = rewritten(
            content, SHEET, lambda data: data.replace(b"<v></v>", b"<v>12</v>").replace(b"<v />", b"<v>12</v>")
        )
        self.assertEqual(self._cells(saved)[0], {"number": "1", "name": "12"})

    def test_cells_that_show_an_error(self):
        table = self._read(workbook(["number", "name"], [1, "#REF!"], [2, "B"]))
        self.assertIn("B2 shows the error #REF!", dict(table.problems)[2])
        self.assertEqual([row.line for row in table.rows], [3])

    def test_size_that_a_program_got_wrong(self):
        content = workbook(["number", "name"], [1, "A"], [2, "B"])
        wrong = rewritten(content, SHEET, lambda data: data.replace(b'ref="A1:B3"', b'ref="A1"'))
        self.assertNotEqual(content, wrong)
        self.assertEqual(len(self._cells(wrong)), 2)

    def test_files_that_are_no_sheet(self):
        good = workbook(["number", "name"], [1, "A"])
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(SHEET, b"0" * (201 * 1024 * 1024))
        laughs = b"<!DOCTYPE l [<!ENTITY a0 'haha'>"
        laughs += b"".join(b"<!ENTITY a%d '%s'>" % (n + 1, b"&a%d;" % n * 10) for n in range(12)) + b"]><worksheet"
        entities = rewritten(
            good, SHEET, lambda data: data.replace(b"<worksheet", laughs, 1).replace(b"<v>1<", b"<v>&a12;<")
        )
        # Entities that stand for a file of the server, or for what another one says.
        outside = (b'<!ENTITY e SYSTEM "file:///etc/hostname">', b'<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;')
        files = [
            rewritten(
                good, SHEET, lambda data, told=told: data.replace(b"<worksheet", told, 1).replace(b">A<", b">&e;<")
            )
            for told in (b"<!DOCTYPE x [" + entity + b"]><worksheet" for entity in outside)
        ]
        # It says that it is small.
        liar = bomb.getvalue().replace((201 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
        for content, words in (
            *((file, "cannot be read") for file in files),
            (liar, "cannot be read"),
            (good[: len(good) // 2], "cannot be read"),
            (b"PK\x03\x04", "cannot be read"),
            (rewritten(good, "xl/workbook.xml", lambda data: b"<x/>"), "cannot be read"),
            (rewritten(good, SHEET, lambda data: data[:200]), "cannot be read"),
            (entities, "cannot be read"),
            (bomb.getvalue(), "too large"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old kind"),
            (workbook(), "empty"),
            (workbook(["a", "b"], [1, 2]), "number"),
        ):
            with self.subTest(content=content[:20], words=words):
                with self.assertRaises(UserError) as caught:
                    self._read(content)
                self.assertIn(words, str(caught.exception))

    def test_one_of_several_columns_is_enough(self):
        required = ("number", ("name", "first"))
        self._read(b"number,prenom\n1,A\n", required)
        self._read(b"number,nom\n1,A\n", required)
        with self.assertRaises(UserError) as caught:
            self._read(b"number,phone\n1,A\n", required)
        self.assertIn("missing: name.", str(caught.exception))
