from odoo import api, models
from odoo.exceptions import ValidationError


class DrivePoint(models.Model):
    """Baskets leave the shelves by one step: what is prepared waits in its crates, and the
    till moves it. Between two steps it would be in no crate, and the till would not find it."""

    _inherit = "drive.point"

    @api.constrains("warehouse_id", "active")
    def _check_one_step(self):
        for point in self.filtered("active"):
            refusal = point._drive_delivery_refusal()
            if refusal:
                raise ValidationError(refusal)

    def _drive_delivery_refusal(self):
        """Say why the baskets of this point cannot leave its warehouse, or return ``None``."""
        warehouse = self.sudo().warehouse_id
        if not warehouse or warehouse.delivery_steps == "ship_only":
            return None
        return self.env._(
            "“%(point)s”: the warehouse %(warehouse)s delivers in more than one step. Baskets are "
            "prepared and handed over in one: choose “Deliver (1 step)” for outgoing shipments.",
            point=self.name,
            warehouse=warehouse.name,
        )

    def _drive_setup_refusals(self):
        """What was set up so that baskets would not come out right, before it was refused: a
        shop that was updated has it until somebody reads of it.

        :return: sentences, with the way out, for the manager's pages; a hook
        """
        return [refusal for point in self if (refusal := point._drive_delivery_refusal())]

    def _drive_day_attention(self, slots, orders):
        """Override: how the shop is set up comes before the orders of any day."""
        wrong = [{"text": text, "order_ids": [], "is_setup": True} for text in self._drive_setup_refusals()]
        return wrong + super()._drive_day_attention(slots, orders)


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.constrains("delivery_steps")
    def _check_drive_one_step(self):
        """Of a warehouse that has a point of the drive."""
        self.env["drive.point"].sudo().search([("warehouse_id", "in", self.ids)])._check_one_step()
