from odoo import fields, models
from odoo.exceptions import UserError


class DriveRepair(models.Model):
    """Money that a till took and whose goods did not move: a manager puts it right.

    The payment always stands. One row is one ticket with one thing to put right; it
    closes by itself when that is done, by whatever door.
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
        ],
        required=True,
        readonly=True,
        help="Paid, still in stock: the basket left with its member, its goods could not be taken out of stock. "
        "Paid, but not for sale: a till without network took money for a basket that had been paid or given up "
        "meanwhile; no goods moved. Bought on the spot: what else was on the ticket.",
    )
    ticket_id = fields.Many2one("pos.order", required=True, readonly=True, index=True)
    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Member")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    currency_id = fields.Many2one(related="ticket_id.currency_id")
    amount = fields.Monetary(readonly=True, help="What was paid for it, and stays paid.")
    reason = fields.Text(readonly=True)
    done_at = fields.Datetime(string="Put Right", readonly=True)
    done_by_id = fields.Many2one("res.users", string="Put Right By", readonly=True)

    _one_open = models.UniqueIndex(
        "(ticket_id, kind, COALESCE(order_id, 0)) WHERE done_at IS NULL", "This is on the list already."
    )

    def _report(self, kind, ticket, reason, order=None, amount=0.0):
        """Put a ticket on the list; the same thing twice is one row, with the last reason."""
        order = order or self.env["sale.order"]
        repairs = self.sudo()
        found = repairs.search(self._open_domain(ticket, order, kind))
        if found:
            found.reason = reason
            return found
        values = {"kind": kind, "ticket_id": ticket.id, "order_id": order.id, "reason": reason, "amount": amount}
        return repairs.create(values)

    def _open_domain(self, ticket, order, kind):
        return [
            ("ticket_id", "=", ticket.id),
            ("order_id", "=", order.id),
            ("kind", "=", kind),
            ("done_at", "=", False),
        ]

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
        self.check_access("write")
        for repair in self.sudo().filtered(lambda repair: not repair.done_at):
            getattr(repair, f"_try_{repair.kind}")()
            repair._close()
        return True

    def _try_delivery(self):
        self.order_id._drive_lock_for_payment()
        if self.order_id.drive_state == "ready":
            self.order_id._drive_deliver_again()

    def _try_till(self):
        undone = self.ticket_id.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
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

    def action_settle(self):
        """Note that a person has put it right another way.

        :raise UserError: for a basket that still waits to leave the stock
        """
        self.check_access("write")
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
