from odoo import api, fields, models
from odoo.exceptions import AccessError


class PosConfig(models.Model):
    _inherit = "pos.config"

    drive_point_id = fields.Many2one(
        "drive.point",
        check_company=True,
        index="btree_not_null",
        help="The point whose baskets are handed over and paid at this till.",
    )
    drive_cashiers_set_prices = fields.Boolean(related="drive_point_id.cashiers_set_prices")

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `point_of_sale`: a new drive till reads order codes."""
        configs = super().create(vals_list)
        configs._drive_read_order_codes()
        return configs

    def write(self, vals):
        """Override of `point_of_sale`: a new drive till reads order codes.

        Odoo lets who works at a till write its settings, because the till itself notes some things there.
        """
        self._drive_check_settings_writer()
        res = super().write(vals)
        if vals.keys() & {"drive_point_id", "fallback_nomenclature_id"}:
            self._drive_read_order_codes()
        return res

    def _drive_check_settings_writer(self):
        """Refuse to change a till's settings for who works there and manages nothing.

        :raise AccessError: for a cashier of the drive, and for anyone else at a till of the drive
        """
        user = self.env.user
        if self.env.su or user.has_group("point_of_sale.group_pos_manager"):
            return
        if user.has_group("cafoutch_drive.group_cashier") or self.sudo().drive_point_id:
            raise AccessError(self.env._("Only managers change the settings of a till."))

    def _drive_read_order_codes(self):
        """See that the scanner of drive tills knows an order's code.

        Order codes are no GS1 barcodes: a till of a company that reads GS1 gets
        Odoo's default nomenclature as its second one.
        """
        default = self.env.ref("barcodes.default_barcode_nomenclature", raise_if_not_found=False)
        for config in self.filtered("drive_point_id"):
            nomenclature = config.company_id.nomenclature_id or default
            if nomenclature.is_gs1_nomenclature:
                if not config.fallback_nomenclature_id and default != nomenclature:
                    config.fallback_nomenclature_id = default
                nomenclature = config.fallback_nomenclature_id
            nomenclature.sudo()._drive_add_order_rule()
