from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.chosen import check_chosen


class DriveRepair(models.Model):
    """Money that a till took and whose goods did not move: a manager puts it right.

    The payment always stands. One row is one ticket with one thing to put right, or what a
    session moves at its closing; it closes by itself when that is done, by whatever door.
    """

    _name = "drive.repair"
    _description = "Payment at the till to put right"
    _order = "id desc"
    _rec_name = "ticket_id"

    kind = fields.Selection(
        [
            ("delivery", "Paid, still in stock"),
            ("unsold", "Paid, but not for sale"),
            ("till", "Bought on the spot, still in stock"),
            ("closing", "Sold in a session, still in stock"),
            ("amount", "Paid, but not as agreed"),
        ],
        required=True,
        readonly=True,
        help="Paid, still in stock: the basket left with its member, its goods could not be taken out of stock. "
        "Paid, but not for sale: a till without network took money for a basket that had been paid or given up "
        "meanwhile; no goods moved. Bought on the spot: what else was on the ticket. Sold in a session: what the "
        "closing of a session should have moved for its tickets, all together. Not as agreed: the ticket of a basket "
        "says something else than what was prepared, at the agreed price, less what was refused.",
    )
    ticket_id = fields.Many2one("pos.order", readonly=True, index=True)
    session_id = fields.Many2one(
        "pos.session", readonly=True, index="btree_not_null", help="Whose goods were to move at its closing."
    )
    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Member")
    company_id = fields.Many2one("res.company", compute="_compute_company", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(readonly=True, help="What was paid for it, and stays paid.")
    expected = fields.Monetary(
        readonly=True, help="What should have been paid for the ticket, where it does not fit its basket."
    )
    reason = fields.Text(readonly=True)
    done_at = fields.Datetime(string="Put Right", readonly=True)
    done_by_id = fields.Many2one("res.users", string="Put Right By", readonly=True)

    _one_open = models.UniqueIndex(
        "(COALESCE(ticket_id, 0), COALESCE(session_id, 0), kind, COALESCE(order_id, 0)) WHERE done_at IS NULL",
        "This is on the list already.",
    )
    _whose = models.Constraint(
        "CHECK ((kind = 'closing' AND session_id IS NOT NULL) OR (kind != 'closing' AND ticket_id IS NOT NULL))",
        "What is to put right belongs to a ticket, or to a session.",
    )

    @api.depends("ticket_id.company_id", "session_id.company_id")
    def _compute_company(self):
        for repair in self:
            repair.company_id = repair.ticket_id.company_id or repair.session_id.company_id

    @api.depends("ticket_id", "session_id")
    def _compute_display_name(self):
        """Override of `base`: a session has no ticket to be named by."""
        for repair in self:
            repair.display_name = repair.ticket_id.display_name or repair.session_id.display_name

    def _report(self, kind, ticket, reason, order=None, amount=0.0, **values):
        """Put a ticket on the list; the same thing twice is one row, with the last reason."""
        order = order or self.env["sale.order"]
        return self._note({"kind": kind, "ticket_id": ticket.id, "order_id": order.id}, reason, amount, **values)

    def _report_session(self, session, reason, amount):
        """Put what a session could not move at its closing on the list."""
        return self._note({"kind": "closing", "session_id": session.id}, reason, amount)

    def _note(self, what, reason, amount, **values):
        repairs = self.sudo()
        found = repairs.search([("done_at", "=", False), *((name, "=", value) for name, value in what.items())])
        if found:
            found.reason = reason
            return found
        return repairs.create({**what, "reason": reason, "amount": amount, **values})

    def _close(self):
        """What was to put right is right."""
        self.sudo().filtered(lambda repair: not repair.done_at).write(
            {"done_at": fields.Datetime.now(), "done_by_id": self.env.uid}
        )

    # === WHAT A MANAGER DOES === #

    def action_try_again(self):
        """Move the goods now. What was moved meanwhile is closed, nothing moves twice.

        :raise UserError: with what is still in the way; nothing is changed
        """
        check_chosen(self, "write")
        for repair in self.sudo().filtered(lambda repair: not repair.done_at):
            getattr(repair, f"_try_{repair.kind}")()
            repair._close()
        return True

    def _try_delivery(self):
        self.order_id._drive_lock_for_payment()
        if self.order_id.drive_state == "ready":
            self.order_id._drive_deliver_again()

    def _try_till(self):
        self._move_at_last(self.ticket_id.picking_ids)

    def _try_closing(self):
        # A basket's own delivery is on the list for itself.
        self._move_at_last(self.session_id.picking_ids.filtered(lambda picking: not picking.sale_id))

    def _move_at_last(self, pickings):
        undone = pickings._drive_undone()
        undone.with_context(cancel_backorder=True)._action_done()
        stuck = undone.filtered(lambda picking: picking.state != "done")
        if stuck:
            raise UserError(self.env._("%s could not be moved.", ", ".join(stuck.mapped("name"))))

    def _try_unsold(self):
        raise UserError(
            self.env._(
                "No goods belong to this payment. Refund ticket %s at the till: the row then closes by itself.",
                self.ticket_id.pos_reference or self.ticket_id.name,
            )
        )

    def _try_amount(self):
        raise UserError(
            self.env._(
                "Nothing waits to be moved. Look at ticket %s, settle it with whom it concerns, then note that it is "
                "put right.",
                self.ticket_id.pos_reference or self.ticket_id.name,
            )
        )

    def action_settle(self):
        """Note that a person has put it right another way.

        :raise UserError: for a basket that still waits to leave the stock
        """
        check_chosen(self, "write")
        for repair in self.sudo():
            if repair.kind == "delivery" and repair.order_id.drive_state == "ready":
                raise UserError(
                    self.env._(
                        "%s still waits to leave the stock: correct the delivery, then try again.",
                        repair.order_id._drive_till_name(),
                    )
                )
        self._close()
        return True
