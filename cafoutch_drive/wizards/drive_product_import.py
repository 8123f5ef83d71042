import base64
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools.csv_table import read_table

# Rows written together; a bad one among them is found by halving.
CHUNK = 200
# Problems of a row. Anything else, such as a conflict with another transaction, is
# not the row's fault and ends the run.
ROW_ERRORS = (UserError, psycopg2.IntegrityError, psycopg2.DataError)
SHOWN_LINES = 500


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
    ignored: list[str] = field(default_factory=list)
    """Headers of the columns that were not understood."""

    def add(self, other):
        """Count the results of another part of the same file."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.notes += other.notes


class DriveProductImport(models.TransientModel):
    _name = "drive.product.import"
    _description = "Import products to the drive"

    file = fields.Binary("CSV file", attachment=False)
    filename = fields.Char()
    point_id = fields.Many2one(
        "drive.point",
        "Drive point",
        default=lambda self: self.env["drive.point"]._default_for(self.env.company),
        help="The stock is set in the warehouse of this drive point.",
    )
    made_up_prices = fields.Boolean(
        "Make up missing prices",
        help="To try the drive with a catalogue that has no prices: a new product "
        "without one gets a plausible price. Never for a shop that sells.",
    )
    default_stock = fields.Float("Stock of new products without one", digits="Product Unit")
    state = fields.Selection([("draft", "File"), ("preview", "Preview"), ("done", "Done")], default="draft")
    summary = fields.Html(readonly=True)

    # === BUTTONS === #

    def action_preview(self):
        """Show what the import would do; nothing is changed."""
        self.ensure_one()
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
        self.ensure_one()
        return self._show("done", self._run(self._content()))

    def action_products(self):
        """Open the products of the drive."""
        return self.env["ir.actions.actions"]._for_xml_id("cafoutch_drive.product_template_action_drive")

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Please choose a file first."))
        return base64.b64decode(self.file)

    def _show(self, state, report):
        self.write({"state": state, "summary": self._summary(state, report)})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import products"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _summary(self, state, report):
        if state == "preview":
            told = self.env._(
                "%(created)s products would be created, %(updated)s updated; "
                "%(unchanged)s stay as they are; %(rejected)s lines would be left out.",
                **self._counts(report),
            )
        else:
            told = self.env._(
                "%(created)s products created, %(updated)s updated; %(unchanged)s "
                "were up to date; %(rejected)s lines left out.",
                **self._counts(report),
            )
        summary = Markup("<p><strong>%s</strong></p>") % told
        if report.ignored:
            summary += Markup("<p>%s</p>") % self.env._("Columns not used: %s.", ", ".join(report.ignored))
        for title, lines in (
            (self.env._("Left out:"), report.rejected),
            (self.env._("Taken, with a remark:"), report.notes),
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
        """Import a CSV file.

        :param bytes content: of the file
        :param around: called with a function that imports one part of the file, to
            return what it returns: to commit it, or to try it again
        :param progress: called with (rows done, rows in all) after each part
        :rtype: ImportReport
        :raise UserError: when the file as a whole cannot be read
        """
        self._check_default_stock()
        # Managers import products without all the rights to change them by hand.
        importer = self.sudo()
        table = read_table(self.env, content, self._columns(), ("barcode", "name"))
        report = ImportReport(ignored=table.ignored, rejected=list(table.problems))
        items = importer.with_context(drive_import_found={})._read_items(table.rows, report)
        done = 0
        for chunk in split_every(CHUNK, items):
            report.add((around or _call)(lambda part=chunk: importer._import_part(part)))
            done += len(chunk)
            if progress:
                progress(done, len(items))
        return report

    def _read_items(self, rows, report):
        """Read the rows; those of one barcode become one item, the later line wins."""
        items = {}
        for row in rows:
            try:
                values = self._row_values(row.cells)
            except ValidationError as error:
                report.rejected.append((row.line, str(error)))
                continue
            earlier = items.get(values["barcode"])
            if earlier:
                report.notes.append(
                    (
                        row.line,
                        self.env._(
                            "barcode %(barcode)s was in line %(line)s already: this line counts.",
                            barcode=values["barcode"],
                            line=earlier.line,
                        ),
                    )
                )
                values = {**earlier.values, **values}
            items[values["barcode"]] = ImportItem(row.line, values)
        return list(items.values())

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

    def _reason(self, error):
        if isinstance(error, UserError):
            return " ".join(str(error).split())
        return self.env._("the database refused it (%s).", str(error).partition("\n")[0])

    def _import_items(self, items):
        report = ImportReport()
        existing = self._find_products([item.values["barcode"] for item in items])
        new, stock = [], []
        for item in items:
            product = existing.get(item.values["barcode"])
            try:
                if product:
                    self._check_single(product)
                    changed = self._changed_values(product.product_tmpl_id, item.values)
                else:
                    new.append((item, self._new_product(item.values)))
                    continue
            except ValidationError as error:
                report.rejected.append((item.line, self._reason(error)))
                continue
            if not product.active:
                report.notes.append((item.line, self.env._("%s is archived.", product.name)))
            if changed:
                product.product_tmpl_id.write(changed)
            stock.append((item, product, bool(changed)))
        for item, product in zip((item for item, _values in new), self._create_products(new), strict=True):
            report.created += 1
            stock.append((item, product, None))
        moved = self._set_stock(stock, report)
        for _item, product, changed in stock:
            if changed is not None:
                report.updated += changed or product in moved
                report.unchanged += not changed and product not in moved
        return report

    def _find_products(self, barcodes):
        """``{barcode: product}``, archived ones too: their barcode is taken."""
        products = self.env["product.product"].with_context(active_test=False)
        return {
            product.barcode: product
            for product in products.search(
                Domain("barcode", "in", barcodes) & Domain("company_id", "in", (False, self.env.company.id))
            )
        }

    def _check_single(self, product):
        if product.product_tmpl_id.product_variant_count > 1:
            raise ValidationError(self.env._("%s has variants: change it by hand.", product.product_tmpl_id.name))

    def _create_products(self, new):
        # As variants: their barcodes are then checked together, not one by one.
        quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
        products = self.env["product.product"].with_context(**quiet)
        created = products.create([values for _item, values in new])
        return created.with_context(**dict.fromkeys(quiet, False))


def _call(work):
    return work()
