from datetime import timedelta

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

# Older changes than this only make counting slower.
DAYS_KEPT = 1
# A change of more products at once is one of the whole shop: it is read anew as quickly.
MOST_PRODUCTS = 500


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
    # Ids of product templates; empty where any product may have changed.
    template_ids = fields.Json("Products that changed", readonly=True)

    @api.model
    def _record(self, templates=None):
        """Record that something members read has changed, in this transaction.

        :param templates: the ``product.template`` that changed, where all else members
            read is as before
        """
        known = templates is not None and len(templates) <= MOST_PRODUCTS
        self.env.cr.execute(
            SQL(
                "INSERT INTO drive_catalogue_change (create_date, template_ids) VALUES (now() AT TIME ZONE 'UTC', %s)",
                Json(templates.ids) if known else None,
            )
        )

    @api.model
    def _read_changes(self):
        """The changes of which a version is made.

        :return: ``{id: ids of the templates that changed, None where any may have}``
        """
        return dict(self.env.execute_query(SQL("SELECT id, template_ids FROM drive_catalogue_change")))

    @api.model
    def _changed_products(self, before, now):
        """The products that changed from one version to another.

        :param before: ids of the changes of which the first is made
        :param now: of :meth:`_read_changes`, for the second
        :return: set of ids, archived products among them; ``None`` where any may have
            changed, also because the first version was never committed
        """
        new = [now[number] for number in now.keys() - before]
        if None in new or not before <= now.keys():
            return None
        templates = list({template for templates in new for template in templates})
        rows = self.env.execute_query(SQL("SELECT id FROM product_product WHERE product_tmpl_id = ANY(%s)", templates))
        return {number for (number,) in rows}

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

    def _drive_changed(self):
        """The products that alone are others when these records change; ``None`` where
        any may be."""

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["drive.catalogue.change"].sudo()._record(records._drive_changed())
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env["drive.catalogue.change"].sudo()._record(self._drive_changed())
        return result

    def unlink(self):
        result = super().unlink()
        self.env["drive.catalogue.change"].sudo()._record()
        return result


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "drive.catalogue.source"]

    def _drive_changed(self):
        return self


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "drive.catalogue.source"]

    def _drive_changed(self):
        return self.sudo().product_tmpl_id


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
