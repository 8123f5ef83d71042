from odoo import api, fields, models

from ..tools.chosen import check_chosen


class DriveMove(models.TransientModel):
    """Moves an order to another slot without a mouse: a day, then a slot."""

    _name = "drive.move"
    _description = "Move an order to another slot"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    earlier_id = fields.Many2one("drive.slot", string="Slot Now", related="order_id.drive_slot_id")
    day = fields.Date(compute="_compute_day", store=True, readonly=False)
    slot_ids = fields.Many2many("drive.slot", string="Slots of the Day", compute="_compute_slot_ids")
    slot_id = fields.Many2one(
        "drive.slot",
        string="New Slot",
        domain="[('id', 'in', slot_ids)]",
        compute="_compute_slot_id",
        store=True,
        readonly=False,
    )

    @api.depends("order_id")
    def _compute_day(self):
        for wizard in self:
            point = wizard.order_id.drive_point_id
            wizard.day = point._drive_local_date(wizard.earlier_id.start) or point._drive_today()

    @api.depends("day", "order_id")
    def _compute_slot_ids(self):
        for wizard in self:
            wizard.slot_ids = wizard.order_id._drive_slots_to_move_to(wizard.day)

    @api.depends("slot_ids")
    def _compute_slot_id(self):
        for wizard in self:
            wizard.slot_id = wizard.slot_id & wizard.slot_ids

    def action_move(self):
        """Move the order; the member is told.

        :raise DriveRefused: the order stays where it is
        """
        check_chosen(self, "write", one=True)
        check_chosen(self.order_id, "write", one=True)
        self.slot_id.check_access("read")
        if self.slot_id:
            self.order_id.sudo()._drive_move(self.slot_id)
        return {"type": "ir.actions.act_window_close"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_slots_to_move_to(self, day):
        """Slots of one day, at the points of this order's warehouse, that have a place.

        :param day: date on the point's clock
        """
        slots = self.env["drive.slot"]
        for point in self.env["drive.point"].search([("warehouse_id", "=", self.warehouse_id.id)]) if day else ():
            begin, end = point._drive_day_bounds(day)
            slots |= slots.search(
                [
                    ("point_id", "=", point.id),
                    ("start", ">=", max(begin, fields.Datetime.now())),
                    ("start", "<", end),
                    ("closed", "=", False),
                    ("places_left", ">", 0),
                ]
            )
        return slots - self.drive_slot_id
