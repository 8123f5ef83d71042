from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Older changes than this only make counting slower.
DAYS_KEPT = 1


class DriveCatalogueChange(models.Model):
    """One row for each change that may alter what members read of a product.

    Their count and highest number are the version of the catalogue, as the
    reader's own snapshot sees it: rows are only added, so two readers that see
    the same version see the same products and prices. A counter in one row would
    make all editors collide, and a sequence moves before its change is committed.
    """

    _name = "drive.catalogue.change"
    _description = "Change of the drive's catalogue"
    _log_access = False

    create_date = fields.Datetime(default=fields.Datetime.now, readonly=True)

    @api.model
    def _record(self):
        """Record that something members read has changed, in this transaction."""
        self.env.cr.execute(SQL("INSERT INTO drive_catalogue_change (create_date) VALUES (now() AT TIME ZONE 'UTC')"))

    @api.model
    def _version(self):
        """The version of the catalogue in this transaction: a list, to be compared only."""
        [[version]] = self.env.execute_query(SQL("SELECT %s", self._sql_version()))
        return version

    @api.model
    def _sql_version(self):
        """SQL of the version, for a query that reads something else as well."""
        return SQL("(SELECT ARRAY[count(*), COALESCE(max(id), 0)] FROM drive_catalogue_change)")

    @api.autovacuum
    def _gc_old_changes(self):
        """Keep the table small. The new row makes a version never seen before:
        fewer rows alone could look like an earlier one."""
        self._record()
        self.env.cr.execute(
            SQL(
                "DELETE FROM drive_catalogue_change WHERE create_date < %s",
                fields.Datetime.now() - timedelta(days=DAYS_KEPT),
            )
        )


class DriveCatalogueSource(models.AbstractModel):
    """Inherited by the models of which product cards are made."""

    _name = "drive.catalogue.source"
    _description = "Source of the drive's catalogue"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["drive.catalogue.change"].sudo()._record()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env["drive.catalogue.change"].sudo()._record()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["drive.catalogue.change"].sudo()._record()
        return result


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "drive.catalogue.source"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "drive.catalogue.source"]


class ProductTag(models.Model):
    _name = "product.tag"
    _inherit = ["product.tag", "drive.catalogue.source"]


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "drive.catalogue.source"]


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "drive.catalogue.source"]


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "drive.catalogue.source"]


class ProductAttributeValue(models.Model):
    _name = "product.attribute.value"
    _inherit = ["product.attribute.value", "drive.catalogue.source"]


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "drive.catalogue.source"]


class PosCategory(models.Model):
    _name = "pos.category"
    _inherit = ["pos.category", "drive.catalogue.source"]


class UomUom(models.Model):
    _name = "uom.uom"
    _inherit = ["uom.uom", "drive.catalogue.source"]


class ResLang(models.Model):
    _name = "res.lang"
    _inherit = ["res.lang", "drive.catalogue.source"]


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "drive.catalogue.source"]


class AccountFiscalPosition(models.Model):
    _name = "account.fiscal.position"
    _inherit = ["account.fiscal.position", "drive.catalogue.source"]


class ResCurrency(models.Model):
    _name = "res.currency"
    _inherit = ["res.currency", "drive.catalogue.source"]


class ResCurrencyRate(models.Model):
    _name = "res.currency.rate"
    _inherit = ["res.currency.rate", "drive.catalogue.source"]
