import logging
from datetime import time, timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .drive_proposal import UNDECIDED
from .sale_order import OPEN_STATES

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """A mail on the day before the pickup, once for each slot an order gets."""

    _inherit = "sale.order"

    drive_reminded_at = fields.Datetime(
        string="Reminded",
        copy=False,
        readonly=True,
        help="When the member was reminded of the pickup for the last time.",
    )

    def _drive_reminder_due(self):
        """Whether the member is to be reminded now.

        From the point's hour on the day before until the pickup, however late the job
        comes. Who confirmed or moved the order after that hour had a mail about it then;
        one of before, for another slot, does not count.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        start = self.drive_slot_id.start
        set_at = self.drive_calendar_at
        if self.drive_state not in OPEN_STATES or not start or not set_at or start <= now:
            return False
        if self._drive_slot_in_question():
            return False
        moment = self.drive_point_id._drive_reminder_moment(start)
        reminded = self.drive_reminded_at and self.drive_reminded_at >= set_at
        return bool(moment) and set_at <= moment <= now and not reminded

    def _drive_slot_in_question(self):
        """Whether nobody is to come then as things are: the shop is closed, or has asked
        the member to choose another slot. Begun orders keep theirs."""
        self.ensure_one()
        slot = self.drive_slot_id
        if self.drive_state != "confirmed" or not slot.closed:
            return False
        proposals = self.sudo().drive_proposal_ids.filtered(lambda one: one.slot_id == slot)
        return slot.closed_by_closure or any(one.state in UNDECIDED for one in proposals)

    @api.model
    def _drive_reminder_orders(self):
        """The orders whose member is to be reminded now, the earliest pickup first."""
        now = fields.Datetime.now()
        orders = self.search(
            [
                ("drive_state", "in", OPEN_STATES),
                ("drive_point_id.reminder_hour", ">", 0),
                ("drive_slot_id.start", ">", now),
                # The day before begins no earlier.
                ("drive_slot_id.start", "<", now + timedelta(days=3)),
            ],
            order="drive_slot_start, id",
        )
        return orders.filtered(lambda order: order._drive_reminder_due())

    @api.model
    def _cron_remind(self):
        """Remind of the coming pickups.

        Each order is a part of its own: its mail waits in Odoo's queue from the same
        transaction on in which it is noted as sent, so that a job which dies, and the
        one after it, send none twice and lose none.
        """
        ids = self._drive_reminder_orders().ids
        self.env["ir.cron"]._commit_progress(remaining=len(ids))
        for order_id in ids:
            order = self.browse(order_id)
            try:
                with self.env.cr.savepoint():
                    order._drive_remind()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                _logger.info("Drive order %s has just changed: reminded at the next run if still due", order_id)
            except Exception:  # one mail that cannot be made keeps no other back
                _logger.exception("No reminder for drive order %s", order_id)
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    def _drive_remind(self):
        """Queue the reminder of one order, unless it is not due any more, or somebody
        else is at it: what is left to do then is done at the next run."""
        order = self.try_lock_for_update(allow_referencing=True)
        order.invalidate_recordset()
        template = order and order._drive_template("cafoutch_drive.mail_template_reminder")
        if not template or not order._drive_reminder_due():
            return
        order.drive_reminded_at = fields.Datetime.now()
        # Queued, not sent: what is sent cannot be taken back with the transaction.
        order.with_context(mail_notify_force_send=False).message_post_with_source(
            template,
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            subtype_xmlid="mail.mt_comment",
        )


class DrivePoint(models.Model):
    _inherit = "drive.point"

    reminder_hour = fields.Float(
        string="Reminder",
        default=18.0,
        help="At this hour of the day before, members are reminded of their pickup by mail. 0: no reminder.",
    )

    _reminder_hour_of_a_day = models.Constraint(
        "CHECK (reminder_hour >= -1 AND reminder_hour < 24)",
        "The hour of the reminder is between 00:00 (none) and 23:59.",
    )

    def _drive_reminder_moment(self, start):
        """When to remind of a pickup, or ``None`` where members are not.

        :param datetime start: of the slot, naive UTC
        :return: a naive UTC datetime: the hour of the day before on the point's clock
        """
        minutes = round(self.reminder_hour * 60)
        # An hour field that was emptied holds 0; nobody wants a mail at midnight.
        if minutes <= 0:
            return None
        hour, minute = divmod(min(minutes, 24 * 60 - 1), 60)
        return self._drive_utc(self._drive_date(start) - timedelta(days=1), time(hour, minute))
