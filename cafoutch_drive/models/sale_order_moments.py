from odoo import fields, models


class SaleOrder(models.Model):
    """When a basket was begun and ready, for the numbers of the preparation.

    What counts is the first time: a basket that is opened again to correct something was
    ready before.
    """

    _inherit = "sale.order"

    drive_begun_at = fields.Datetime(string="Begun At", copy=False, readonly=True)
    drive_ready_at = fields.Datetime(
        string="Ready At", copy=False, readonly=True, help="When it was ready for the first time."
    )
    drive_prepared_batch_id = fields.Many2one(
        "stock.picking.batch",
        string="Prepared With",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The batch it was in when it was ready: it leaves that when its goods are put back.",
    )

    def _drive_begun_values(self):
        """What is written of the moment when it is begun."""
        return {"drive_begun_at": self.drive_begun_at or fields.Datetime.now()}

    def _drive_ready_values(self):
        """What is written of the moment when it is ready."""
        if self.drive_ready_at:
            return {}
        return {"drive_ready_at": fields.Datetime.now(), "drive_prepared_batch_id": self.drive_batch_id.id}
