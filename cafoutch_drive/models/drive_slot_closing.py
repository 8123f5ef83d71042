from odoo import fields, models

OPEN_STATES = ("confirmed", "preparing", "ready")


class DriveSlot(models.Model):
    """What happens to holds and orders when a slot is closed, by whichever door."""

    _inherit = "drive.slot"

    closed_by_closure = fields.Boolean(
        readonly=True,
        copy=False,
        help="Closed by a closure of the opening hours: opened again when none is left over it.",
    )

    def write(self, vals):
        """Override: whoever closes a slot, holds end with a notice; orders stay, and
        are on the manager's list until each is settled. Whoever opens it again, orders
        keep their place, and what was proposed to their members is withdrawn."""
        if "closed" not in vals:
            return super().write(vals)
        # What is opened or closed by hand stays so, whatever becomes of closures.
        result = super().write({"closed_by_closure": False, **vals})
        if vals["closed"]:
            self._drive_end_holds()
        else:
            self.env["drive.proposal"].sudo()._slots_open_again(self)
        return result

    def _drive_live_holds(self):
        return self.sudo().booking_ids.filtered(lambda booking: booking.state == "held" and booking._is_live())

    def _drive_end_holds(self):
        """Give held places back: baskets stay, and their people are told."""
        baskets = self._drive_live_holds().order_id
        template = self.env["sale.order"]._drive_template("cafoutch_drive.mail_template_hold_ended").sudo()
        for basket in baskets:
            if template:
                # Written now, while the basket still names its slot.
                template.send_mail(basket.id)
            basket._drive_release_hold()
        if baskets:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _drive_orders_here(self):
        """Orders in the shop's hands that are to be collected in these slots."""
        return self.env["sale.order"].search(
            [("drive_slot_id", "in", self.ids), ("drive_state", "in", OPEN_STATES)], order="drive_slot_start, id"
        )


class DrivePoint(models.Model):
    _inherit = "drive.point"

    def _drive_closed_with_orders(self):
        """Coming slots that are closed, with orders for which nothing was decided yet.

        :return: those orders
        """
        orders = self.env["sale.order"].search(
            [
                ("drive_point_id", "in", self.ids),
                ("drive_state", "in", OPEN_STATES),
                ("drive_slot_id.closed", "=", True),
                ("drive_slot_id.stop", ">", fields.Datetime.now()),
            ],
            order="drive_slot_start, id",
        )
        return orders.filtered(lambda order: "waiting" not in order.sudo().drive_proposal_ids.mapped("state"))

    def _drive_day_attention(self, slots, orders):
        """Override: closed slots with orders, of whatever day, come first."""
        found = super()._drive_day_attention(slots, orders)
        closed = self._drive_closed_with_orders()
        if closed:
            text = self.env._("In closed slots: propose others, move or cancel")
            found.insert(0, {"text": text, "order_ids": closed.ids, "slot_ids": closed.drive_slot_id.ids})
        return found
