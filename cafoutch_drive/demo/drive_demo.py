import base64
import csv
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from ..wizards.drive_product_import_values import FOOD_VAT

PRODUCTS = "cafoutch_drive/demo/products.csv"
PICTURES = "cafoutch_drive/demo/pictures"


class DriveDemo(models.AbstractModel):
    """The demo data that plain records cannot say; only `demo/*.xml` calls it.

    Each method can be called again: what is there already is left alone.
    """

    _name = "drive.demo"
    _description = "Demo data of the drive"

    @api.model
    def _demo_language(self):
        """The shop's people read French, on a database made without it too."""
        language = self.env["res.lang"].with_context(active_test=False)
        french = language.search([("code", "=", "fr_FR")])
        if not french.active:
            self.env["base.language.install"].create({"lang_ids": french.ids}).lang_install()

    @api.model
    def _demo_taxes(self):
        """New products get food's VAT, with prices that include it, where the
        company has the French taxes."""
        company = self.env.ref("base.main_company")
        wizard = self.env["drive.product.import"].with_company(company)
        food = wizard._search_tax(FOOD_VAT)
        if food:
            company.account_sale_tax_id = food

    @api.model
    def _demo_products(self):
        """The shop's products, by the same import as a manager's file."""
        with file_open(PRODUCTS, "rb") as file:
            content = file.read()
        wizard = self.env["drive.product.import"].create({"point_id": self.env.ref("cafoutch_drive.point").id})
        rows = self._read_products(content)
        if not wizard._search_tax(FOOD_VAT):
            # Another country's accounts: products then have the company's own tax.
            content = content.replace(b",vat,", b",French VAT,", 1)
        # Their stock moves with what is sold: a second load leaves it alone.
        if not self._products(rows):
            report = wizard._run(content)
            if report.rejected:
                raise ValueError(f"{PRODUCTS}: {report.rejected}")
            self._date_stock(self._products(rows))
        self._set_pictures(rows)

    @api.model
    def _demo_food_rule(self):
        """The shop sells no food whose particulars are missing."""
        self.env["drive.policy"]._for(self.env.ref("base.main_company")).food_rule = "block"

    def _read_products(self, content):
        return list(csv.DictReader(io.StringIO(content.decode())))

    def _products(self, rows):
        return self.env["product.template"].search([("barcode", "in", [row["barcode"] for row in rows])])

    def _date_stock(self, products):
        """The shelves were filled before anybody ordered from them."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", products.product_variant_ids.ids),
                ("is_inventory", "=", True),
            ]
        )
        filled = fields.Datetime.now() - timedelta(days=10)
        moves.date = moves.move_line_ids.date = filled

    def _set_pictures(self, rows):
        picture_of = {row["barcode"]: row["picture"] for row in rows}
        bare = self._products(rows).filtered(lambda product: not product.image_128)
        for picture, products in bare.grouped(lambda product: picture_of[product.barcode]).items():
            with file_open(f"{PICTURES}/{picture}.webp", "rb") as file:
                products.image_1920 = base64.b64encode(file.read())
