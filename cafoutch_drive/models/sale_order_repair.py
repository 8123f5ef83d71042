from odoo import models
from odoo.exceptions import UserError

from ..tools.chosen import check_chosen
from ..tools.text_note import text_note


class SaleOrder(models.Model):
    """Baskets that were paid, and whose goods a manager has to put right; see
    ``drive.repair``."""

    _inherit = "sale.order"

    def _drive_report_failed_delivery(self, ticket, reason):
        """The order is paid and its goods could not be taken out of the stock:
        ask a manager to repair it.

        :param ticket: the paid ``pos.order``
        :param str reason: what Odoo said, for people
        """
        self.ensure_one()
        amount = sum(self._drive_sold_lines(ticket).values(), ticket.lines.browse()).mapped("price_subtotal_incl")
        self.env["drive.repair"]._report("delivery", ticket, reason, self, sum(amount))
        order = self._drive_in_words_of_manager()
        order._drive_ask_manager(
            order.env._("Paid, but still in stock: %s", order._drive_till_name()),
            order.env._(
                "Ticket %(ticket)s is paid and the basket was handed over. Its goods "
                "could not be taken out of stock: %(reason)s Please correct the "
                "delivery, then use “Deliver again”.",
                ticket=ticket.pos_reference or ticket.name,
                reason=reason,
            ),
        )

    def _drive_report_kept_money(self, ticket, reason):
        """A till without network took money for this order, which was not for sale any
        more: ask a manager to give it back."""
        self.ensure_one()
        order = self._drive_in_words_of_manager()
        order._drive_ask_manager(
            order.env._("Paid without goods: %s", order._drive_till_name()),
            order.env._(
                "Ticket %(ticket)s was paid while its till had no network. %(reason)s Its money is kept and no "
                "goods have moved: please look into it, and refund the ticket at the till.",
                ticket=ticket.pos_reference or ticket.name,
                reason=reason,
            ),
        )

    def _drive_report_other_amount(self, reason):
        """A till without network took off another amount than what was paid before."""
        order = self._drive_in_words_of_manager()
        order._drive_ask_manager(order.env._("Check what was paid before: %s", order._drive_till_name()), reason)

    def _drive_in_words_of_manager(self):
        return self.sudo().with_context(lang=self._drive_repair_user().lang)

    def _drive_ask_manager(self, summary, note, activity="mail.mail_activity_data_warning"):
        """Give a manager something to look at.

        :param str summary: text
        :param str note: text, also where people have typed a part of it
        :param str activity: its kind, by external id
        """
        self.activity_schedule(activity, user_id=self._drive_repair_user().id, summary=summary, note=text_note(note))

    def _drive_repair_user(self):
        """Who repairs: a drive manager of the company, or else the cashier."""
        managers = self.env.ref("cafoutch_drive.group_manager").all_user_ids
        return (
            managers.filtered(lambda user: user.active and self.company_id in user.company_ids).sorted("id")[:1]
            or self.env.user
        )

    def action_drive_deliver_again(self):
        """Deliver orders that are paid and whose goods could not be moved then.

        :raise UserError: with what is still in the way; nothing is changed
        """
        check_chosen(self, "write")
        orders = self.sudo()
        orders._drive_lock_for_payment()
        for order in orders:
            if not order.drive_ticket_id or order.drive_state != "ready":
                raise UserError(
                    self.env._(
                        "%s is not waiting to be delivered again.",
                        order._drive_till_name(),
                    )
                )
            order._drive_deliver_again()

    def _drive_deliver_again(self):
        self._drive_deliver(self.drive_ticket_id)
        self.env["drive.repair"].search(
            [("order_id", "=", self.id), ("kind", "=", "delivery"), ("done_at", "=", False)]
        )._close()
        self.activity_feedback(["mail.mail_activity_data_warning"])
