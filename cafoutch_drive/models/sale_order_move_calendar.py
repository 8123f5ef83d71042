from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.refusal import DriveRefused


class SaleOrder(models.Model):
    """Orders on a calendar, where a manager moves them."""

    _inherit = "sale.order"

    # Not stored: what a calendar writes is a wish, the slot decides what becomes of it.
    drive_pickup_at = fields.Datetime(
        string="Pickup Begins",
        compute="_compute_drive_pickup_at",
        inverse="_inverse_drive_pickup_at",
        search="_search_drive_pickup_at",
        help="When the slot begins. Another moment moves the order to the slot in which it lies.",
    )
    drive_pickup_until = fields.Datetime(string="Pickup Ends", related="drive_slot_id.stop")

    drive_calendar_title = fields.Char(compute="_compute_drive_calendar_title")

    @api.depends("name", "drive_pickup_code", "partner_id.name", "drive_booking_id.line_count")
    @api.depends_context("lang")
    def _compute_drive_calendar_title(self):
        for order in self:
            order.drive_calendar_title = self.env._(
                "%(code)s %(member)s · %(lines)s lines",
                code=order.drive_pickup_code or order.name,
                member=order.partner_id.name,
                lines=order.drive_booking_id.line_count,
            )

    @api.depends("drive_slot_id.start")
    def _compute_drive_pickup_at(self):
        for order in self:
            order.drive_pickup_at = order.drive_slot_id.start

    def _search_drive_pickup_at(self, operator, value):
        return Domain("drive_slot_start", operator, value)

    def _inverse_drive_pickup_at(self):
        wishes = {order: order.drive_pickup_at for order in self}
        for order, moment in wishes.items():
            order._drive_move_to_moment(moment)

    def _drive_move_to_moment(self, moment):
        """Move a confirmed order to the slot of its point in which a moment lies.

        :param moment: UTC
        :raise AccessError: to anyone but a manager
        :raise DriveRefused: when there is no slot then, or for a reason of
            :meth:`_drive_move`; the order stays where it is
        """
        self.ensure_one()
        if not self.env.user.has_group("cafoutch_drive.group_manager"):
            raise AccessError(self.env._("Only managers move orders to another slot."))
        order = self.sudo()
        slot = moment and order.env["drive.slot"]._drive_at(order.drive_point_id, moment)
        if not slot:
            raise DriveRefused(
                "no_slot_then",
                self.env._(
                    "There is no slot at that time. The order stays on %(slot)s.",
                    slot=order.drive_slot_id._drive_label(),
                ),
            )
        order._drive_move(slot)
