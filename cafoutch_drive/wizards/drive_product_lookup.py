import re

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from .drive_import import ImportReport
from .drive_product_import_values_food import MAX_INGREDIENTS


class DriveProductLookup(models.TransientModel):
    """Particulars of packets from a file of Open Food Facts, by barcode.

    It fills in what is empty and never writes over what people wrote. A file that says
    nothing of allergens is no answer: only a person says that there are none.
    """

    _name = "drive.product.lookup"
    _inherit = "drive.import"
    _description = "Look up particulars in an Open Food Facts file"

    def _title(self):
        return self.env._("Look up particulars")

    def _told(self, state, counts):
        if state == "preview":
            return self.env._("%(updated)s products would be filled in; %(unchanged)s stay as they are.", **counts)
        return self.env._("%(updated)s products filled in; %(unchanged)s stay as they are.", **counts)

    # === ROWS === #

    @api.model
    def _columns(self):
        """The columns of Open Food Facts' exports that are of use here."""
        return {
            "code": ("barcode", "ean"),
            "ingredients": ("ingredients_text_fr", "ingredients_text"),
            "allergens": ("allergens_tags", "allergens_en"),
            "traces": ("traces_tags", "traces_en"),
            "quantity": ("net",),
            "origins": ("origins_fr", "origins_en"),
            "keeping": ("conservation_conditions_fr", "conservation_conditions"),
        }

    @api.model
    def _required_columns(self):
        return ("code",)

    def _key(self, values):
        return values["barcode"]

    def _row_values(self, cells):
        values = super()._row_values(cells)
        if "barcode" not in values:
            self._refuse(self.env._("the barcode is missing."))
        return values

    def _read_again(self, earlier, line, values, report):
        return {**earlier.values, **values}

    def _read_code(self, text, values):
        self._reader()._read_barcode(text, values)

    def _read_ingredients(self, text, values):
        values["drive_ingredients"] = self._text(text, MAX_INGREDIENTS)

    def _read_allergens(self, text, values):
        values["drive_allergen_ids"] = [Command.set(self._allergens(text))]

    def _read_traces(self, text, values):
        values["drive_trace_ids"] = [Command.set(self._allergens(text))]

    def _read_origins(self, text, values):
        values["drive_origin"] = self._text(self._untagged(text))

    def _read_keeping(self, text, values):
        values["drive_keeping"] = self._text(text)

    def _read_quantity(self, text, values):
        try:
            self._reader()._read_net(text.lower(), values)
        except ValidationError:
            # People write anything here: "6 x 33 cl environ". It is then filled in by hand.
            return

    def _allergens(self, text):
        """Ids of all allergens of a cell.

        :raise ValidationError: when one is not known: the others alone would look whole
        """
        return self._reader()._allergens(self._untagged(text))

    def _untagged(self, text):
        """ "en:milk" without the language that its names are marked with."""
        return re.sub(r"\b[a-z]{2}:", "", text)

    def _reader(self):
        return self.env["drive.product.import"]

    # === THE RUN === #

    def _import_items(self, items):
        report = ImportReport()
        products = self._find_products([item.values["barcode"] for item in items])
        for item in items:
            product = products.get(item.values["barcode"])
            if not product:
                continue
            proposed = self._proposed(product, item.values)
            if not proposed:
                report.unchanged += 1
                continue
            product.write(proposed)
            report.updated += 1
            report.changes.append((item.line, self._change_text(product, proposed)))
        return report

    def _find_products(self, barcodes):
        """``{barcode: template}`` of the drive's food."""
        found = self.env["product.template"].search(
            Domain("barcode", "in", barcodes)
            & Domain("drive_ok", "=", True)
            & Domain("drive_food", "!=", "none")
            & Domain("company_id", "in", (False, self.env.company.id))
        )
        return {product.barcode: product for product in found}

    def _proposed(self, product, values):
        """What of a row is new: values of fields that nobody has filled in."""
        proposed = {name: value for name, value in values.items() if name != "barcode" and not product[name]}
        if product.drive_no_allergen:
            proposed.pop("drive_allergen_ids", None)
        if product.drive_net_quantity or product.drive_net_unit:
            proposed.pop("drive_net_quantity", None)
            proposed.pop("drive_net_unit", None)
        return proposed

    def _change_text(self, product, proposed):
        names = [product._fields[name]._description_string(self.env) for name in proposed if name != "drive_net_unit"]
        return f"{product.name}: {', '.join(names)}"
