from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .drive_import import ImportReport


class DriveProductImport(models.TransientModel):
    _name = "drive.product.import"
    _inherit = "drive.import"
    _description = "Import products to the drive"

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

    @api.onchange("file", "point_id", "made_up_prices", "default_stock")
    def _onchange_asked(self):
        """Override: so do products without a price or a stock."""
        return super()._onchange_asked()

    def _title(self):
        return self.env._("Import products")

    def action_products(self):
        """Open the products of the drive."""
        return self.env["ir.actions.actions"]._for_xml_id("cafoutch_drive.product_template_action_drive")

    def _told(self, state, counts):
        if state == "preview":
            return self.env._(
                "%(created)s products would be created, %(updated)s updated; "
                "%(unchanged)s stay as they are; %(rejected)s lines would be left out.",
                **counts,
            )
        return self.env._(
            "%(created)s products created, %(updated)s updated; %(unchanged)s "
            "were up to date; %(rejected)s lines left out.",
            **counts,
        )

    # === THE RUN === #

    def _key(self, values):
        return values["barcode"]

    def _read_again(self, earlier, line, values, report):
        """The later line wins, in what it says."""
        sentence = self.env._(
            "barcode %(barcode)s was in line %(line)s already: this line counts.",
            barcode=values["barcode"],
            line=earlier.line,
        )
        report.notes.append((line, sentence))
        return {**earlier.values, **values}

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
