import base64
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import split_every

from ..tools.chosen import check_chosen
from ..tools.csv_table import read_table

# Rows written together; a bad one among them is found by halving.
CHUNK = 200
# Problems of a row. Anything else, such as a conflict with another transaction, is
# not the row's fault and ends the run.
ROW_ERRORS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)
SHOWN_LINES = 500
MAX_TEXT = 200


class ImportItem(NamedTuple):
    line: int
    values: dict


@dataclass
class ImportReport:
    """What an import did, or would do."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    """(line, sentence) of the rows that were left out."""
    notes: list[tuple[int, str]] = field(default_factory=list)
    """(line, sentence) of the rows that were taken with a remark."""
    changes: list[tuple[int, str]] = field(default_factory=list)
    """(line, sentence) of what is new or other than before, where the import says it."""
    ignored: list[str] = field(default_factory=list)
    """Headers of the columns that were not understood."""

    def add(self, other):
        """Count the results of another part of the same file."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.notes += other.notes
        self.changes += other.changes


class DriveImport(models.AbstractModel):
    """A table read from a file: tried first if wished, bad rows named by line.

    An import says its columns, how a row is read and how rows are written:
    `_columns`, `_required_columns`, `_row_values`, `_import_items`. Each column has a
    method `_read_<column>(text, values)`; another addon adds a column by extending
    `_columns` and writing its method. A cell that cannot be used raises a
    ValidationError whose sentence is shown with the line's number.
    """

    _name = "drive.import"
    _description = "Import a table to the drive"

    file = fields.Binary(attachment=False)
    filename = fields.Char()
    state = fields.Selection([("draft", "File"), ("preview", "Preview"), ("done", "Done")], default="draft")
    summary = fields.Html(readonly=True)

    @api.onchange("file")
    def _onchange_asked(self):
        """What was previewed is not what would be imported now. An import with more to
        choose extends this for its own fields."""
        if self.state == "preview":
            self.state = "draft"
            self.summary = False

    # === BUTTONS === #

    def action_preview(self):
        """Show what the import would do; nothing is changed."""
        check_chosen(self, "write", one=True)
        content = self._content()
        savepoint = self.env.cr.savepoint()
        try:
            report = self._run(content)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        return self._show("preview", report)

    def action_import(self):
        """Import the file and show what was done."""
        check_chosen(self, "write", one=True)
        return self._show("done", self._run(self._content()))

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Please choose a file first."))
        try:
            return base64.b64decode(self.file)
        except ValueError as error:
            raise UserError(self.env._("The file did not arrive whole. Please choose it again.")) from error

    def _show(self, state, report):
        self.write({"state": state, "summary": self._summary(state, report)})
        return {
            "type": "ir.actions.act_window",
            "name": self._title(),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _title(self):
        """The title of the import's window."""
        raise NotImplementedError

    def _told(self, state, counts):
        """The sentence that sums a run up.

        :param str state: ``preview`` or ``done``
        :param dict counts: numbers by ``created``, ``updated``, ``unchanged``, ``rejected``
        """
        raise NotImplementedError

    def _summary(self, state, report):
        summary = Markup("<p><strong>%s</strong></p>") % self._told(state, self._counts(report))
        if report.ignored:
            summary += Markup("<p>%s</p>") % self.env._("Columns not used: %s.", ", ".join(report.ignored))
        changes = self.env._("What would change:") if state == "preview" else self.env._("What changed:")
        for title, lines in (
            (self.env._("Left out:"), report.rejected),
            (self.env._("Taken, with a remark:"), report.notes),
            (changes, report.changes),
        ):
            if lines:
                summary += Markup("<p>%s</p>") % title + self._summary_lines(lines)
        return summary

    def _summary_lines(self, lines):
        items = [
            self.env._("line %(line)s: %(reason)s", line=line, reason=sentence)
            for line, sentence in sorted(lines)[:SHOWN_LINES]
        ]
        if len(lines) > SHOWN_LINES:
            items.append(self.env._("and %s more.", len(lines) - SHOWN_LINES))
        listed = Markup("").join(Markup("<li>%s</li>") % item for item in items)
        return Markup("<ul>%s</ul>") % listed

    @api.model
    def _counts(self, report):
        return {
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "rejected": len(report.rejected),
        }

    # === THE RUN === #

    def _run(self, content, around=None, progress=None):
        """Import a file.

        Nothing but the window's own preview holds the parts together: where `around`
        commits each of them, a run that is cut off keeps the parts that are done, and
        the same file again does the rest.

        :param bytes content: of the file
        :param around: called with a function that imports one part of the file, to
            return what it returns: to commit it, or to try it again
        :param progress: called with (rows done, rows in all) after each part
        :rtype: ImportReport
        :raise UserError: when the file as a whole cannot be read
        """
        self._check_options()
        # Managers import without all the rights to change the records by hand.
        importer = self.sudo()
        table = read_table(self.env, content, self._columns(), self._required_columns())
        report = ImportReport(ignored=table.ignored, rejected=list(table.problems))
        items = importer.with_context(drive_import_found={})._read_items(table.rows, report)
        done = 0
        for chunk in split_every(CHUNK, items):
            report.add((around or _call)(lambda part=chunk: importer._import_part(part)))
            done += len(chunk)
            if progress:
                progress(done, len(items))
        left_out = {line for line, _sentence in report.rejected}
        report.notes = [note for note in report.notes if note[0] not in left_out]
        return report

    def _check_options(self):
        """Refuse options of the import that cannot be.

        :raise UserError: when one cannot
        """

    @api.model
    def _columns(self):
        """The columns, each with the other names that a file may give it."""
        raise NotImplementedError

    @api.model
    def _required_columns(self):
        """The columns that a file must have; a tuple among them: one of these."""
        raise NotImplementedError

    def _key(self, values):
        """What tells the rows of a file apart."""
        raise NotImplementedError

    def _row_values(self, cells):
        """The values of one row; only what the row says.

        :raise ValidationError: when a cell cannot be used
        """
        values = {}
        for column in self._columns():
            if column in cells:
                getattr(self, f"_read_{column}")(cells[column], values)
        return values

    def _read_items(self, rows, report):
        """Read the rows; those that cannot be used go to the report.

        :rtype: list[ImportItem]
        """
        items = {}
        for row in rows:
            try:
                values = self._row_values(row.cells)
                earlier = items.get(self._key(values))
                if earlier:
                    values = self._read_again(earlier, row.line, values, report)
            except ValidationError as error:
                report.rejected.append((row.line, str(error)))
                continue
            items[self._key(values)] = ImportItem(row.line, values)
        return list(items.values())

    def _read_again(self, earlier, line, values, report):
        """What becomes of a second row with the same key.

        :return: the values that count
        :raise ValidationError: to leave this second row out
        """
        raise NotImplementedError

    def _import_part(self, items):
        """Import items together; where that fails, in halves, down to the bad one."""
        try:
            with self.env.cr.savepoint():
                # Names already looked up: of this part only, as it may be undone.
                return self.with_context(drive_import_found={})._import_items(items)
        except ROW_ERRORS as error:
            if len(items) == 1:
                return ImportReport(rejected=[(items[0].line, self._reason(error))])
        middle = len(items) // 2
        report = self._import_part(items[:middle])
        report.add(self._import_part(items[middle:]))
        return report

    def _import_items(self, items):
        """Write the items.

        :rtype: ImportReport
        :raise: one of ``ROW_ERRORS`` when one of them cannot be written
        """
        raise NotImplementedError

    def _reason(self, error):
        if isinstance(error, UserError):
            return " ".join(str(error).split())
        return self.env._("the database refused it (%s).", str(error).partition("\n")[0])

    # === CELLS === #

    def _refuse(self, sentence):
        raise ValidationError(sentence)

    def _text(self, text, limit=MAX_TEXT):
        """A text as it is, unless it is longer than anybody means."""
        if len(text) > limit:
            self._refuse(self.env._("“%(text)s…” is longer than %(limit)s characters.", text=text[:30], limit=limit))
        return text

    def _found(self, kind, key, search):
        """What `search` finds, looked for once in each part of a file."""
        found = self.env.context.get("drive_import_found", {})
        if (kind, key) not in found:
            found[kind, key] = search()
        return found[kind, key]


def _call(work):
    return work()
