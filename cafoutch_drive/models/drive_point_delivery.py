from odoo import api, models
from odoo.exceptions import ValidationError


class DrivePoint(models.Model):
    """Baskets leave the shelves by one step: what is prepared waits in its crates, and the
    till moves it. Between two steps it would be in no crate, and the till would not find it."""

    _inherit = "drive.point"

    @api.constrains("warehouse_id", "active")
    def _check_one_step(self):
        for point in self:
            if point.active and point.warehouse_id.delivery_steps != "ship_only":
                raise ValidationError(
                    self.env._(
                        "“%(point)s”: the warehouse %(warehouse)s delivers in more than one step. Baskets are "
                        "prepared and handed over in one: choose “Deliver (1 step)” for outgoing shipments.",
                        point=point.name,
                        warehouse=point.warehouse_id.name,
                    )
                )


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.constrains("delivery_steps")
    def _check_drive_one_step(self):
        """Of a warehouse that has a point of the drive."""
        self.env["drive.point"].sudo().search([("warehouse_id", "in", self.ids)])._check_one_step()
