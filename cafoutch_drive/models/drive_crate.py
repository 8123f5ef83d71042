from odoo import fields, models

from .drive_place import STORAGE_CLASSES


class DriveCrate(models.Model):
    _name = "drive.crate"
    _description = "Crate of a drive order"
    _order = "order_id, id"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    name = fields.Char(required=True, help="What the code on its label says.")
    storage_class = fields.Selection(STORAGE_CLASSES, required=True, default="ambient")
    place_id = fields.Many2one("drive.place", ondelete="restrict", index="btree_not_null")
    packed_at = fields.Datetime(default=fields.Datetime.now)
    placed_at = fields.Datetime()

    _name_uniq = models.UniqueIndex("(order_id, name)", "Two crates of one order have the same label.")

    def _leave_place(self):
        """The crates have been handed over: they stand nowhere any more."""
        self.place_id = False
