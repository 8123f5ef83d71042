from odoo import fields, models

WHO = {
    "comodel_name": "res.partner",
    "copy": False,
    "readonly": True,
    "groups": "cafoutch_drive.group_manager",
}


class SaleOrder(models.Model):
    """Who did what on an order, for the managers."""

    _inherit = "sale.order"

    drive_begun_by_id = fields.Many2one(string="Begun By", **WHO)
    drive_finished_by_id = fields.Many2one(string="Prepared By", **WHO)
    drive_opened_by_id = fields.Many2one(string="Opened at the Till By", **WHO)
    drive_handed_over_by_id = fields.Many2one(string="Handed Over By", **WHO)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_prepared_by_id = fields.Many2one(string="Prepared By", **WHO)


class DriveCrate(models.Model):
    _inherit = "drive.crate"

    placed_by_id = fields.Many2one("res.partner", readonly=True)
