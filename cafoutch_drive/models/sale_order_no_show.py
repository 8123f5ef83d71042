from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.chosen import check_chosen


class SaleOrder(models.Model):
    """Baskets that nobody came for: a person decides, the rule counts."""

    _inherit = "sale.order"

    drive_no_show_at = fields.Datetime(string="Given Up At", readonly=True, copy=False)
    drive_pardoned = fields.Boolean(
        string="Pardoned",
        readonly=True,
        copy=False,
        tracking=True,
        help="Not counted among the orders that were not collected.",
    )
    drive_is_overdue = fields.Boolean(
        string="Waiting Time Over",
        compute="_compute_drive_is_overdue",
        search="_search_drive_is_overdue",
        help="Ready, and the member is later than the point waits.",
    )

    @api.depends("drive_state", "drive_slot_id.stop", "drive_point_id.grace_minutes")
    def _compute_drive_is_overdue(self):
        now = fields.Datetime.now()
        for order in self:
            stop = order.drive_slot_id.stop
            grace = timedelta(minutes=order.drive_point_id.grace_minutes)
            order.drive_is_overdue = bool(order.drive_state == "ready" and stop and stop + grace <= now)

    def _search_drive_is_overdue(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        now = fields.Datetime.now()
        points = self.env["drive.point"].sudo().search([("active", "in", (True, False))])
        overdue = Domain("drive_state", "=", "ready") & Domain.OR(
            Domain("drive_point_id", "=", point.id)
            & Domain("drive_slot_id", "any!", [("stop", "<=", now - timedelta(minutes=point.grace_minutes))])
            for point in points
        )
        return overdue if (operator == "in") == (True in value) else ~overdue

    # === GIVING UP === #

    def action_drive_no_show(self):
        """Give up waiting for the members of these orders.

        The goods go back to the shelves, the place is freed, the member is told,
        and the household's count decides whether it is put on alert.

        :raise UserError: for an order that is not ready, is paid, or is still
            awaited; then nothing is changed for any of them
        """
        # Only the drive's managers decide about members.
        self.env["drive.policy"].check_access("write")
        check_chosen(self, "write")
        orders = self.sudo()
        orders._drive_lock_for_payment()
        for order in orders:
            order._drive_check_no_show()
        # Whose basket is given up is no longer awaited: as for a cancelled order.
        orders._action_cancel()
        orders.write({"drive_state": "no_show", "drive_no_show_at": fields.Datetime.now()})
        for household in orders.drive_household_id:
            household._drive_apply_no_show_rule()
        template = orders._drive_template("cafoutch_drive.mail_template_no_show")
        orders.pending_email_template_id = template
        orders._drive_trigger_mails()
        return True

    def _drive_check_no_show(self):
        if self.drive_state == "ready" and not self.drive_ticket_id:
            if self.drive_is_overdue:
                return
            raise UserError(
                self.env._(
                    "%(order)s is still awaited: the waiting time of %(minutes)s minutes is not over.",
                    order=self._drive_till_name(),
                    minutes=self.drive_point_id.grace_minutes,
                )
            )
        raise UserError(
            self.env._(
                "%(order)s is not a basket that waits for its member: its state is “%(state)s”.",
                order=self._drive_till_name(),
                state=dict(self._fields["drive_state"]._description_selection(self.env)).get(self.drive_state),
            )
        )

    # === AMNESTY === #

    def action_drive_pardon(self):
        """No longer count these orders among those not collected.

        A household that the rule has put on alert gets back what it had before,
        once it has fewer than the limit.
        """
        # Only the drive's managers decide about members.
        self.env["drive.policy"].check_access("write")
        check_chosen(self, "write")
        orders = self.sudo().filtered(lambda order: order.drive_state == "no_show" and not order.drive_pardoned)
        orders.drive_pardoned = True
        for household in orders.drive_household_id:
            household._drive_lift_alert()
        return True

    # === WHAT THE MEMBER IS TOLD === #

    def _drive_no_show_recipients(self):
        """Ids of who is told: the person, and the main member of the household."""
        return ",".join(str(person.id) for person in self.partner_id | self.drive_household_id)

    def _drive_no_show_alert(self):
        """The sentence about the household, ``None`` when the rule did nothing."""
        household = self.drive_household_id
        return household.drive_before_alert and household.coop_state == "alert" and household.coop_state_message
