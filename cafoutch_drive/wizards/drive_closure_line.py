from odoo import fields, models
from odoo.exceptions import UserError


class DriveClosureLine(models.TransientModel):
    """One order of a closed slot, and what becomes of it."""

    _name = "drive.closure.line"
    _description = "Order of a closed slot"

    closure_id = fields.Many2one("drive.closure", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Member")
    slot_id = fields.Many2one(related="order_id.drive_slot_id", string="Slot")
    order_state = fields.Selection(related="order_id.drive_state", string="State")
    choice = fields.Selection(
        [("propose", "Propose"), ("move", "Move"), ("cancel", "Cancel")],
        help="For this order; empty: as for all.",
    )
    new_slot_id = fields.Many2one(
        "drive.slot",
        string="Other Slot",
        domain="[('start', '>', 'now'), ('closed', '=', False), ('places_left', '>', 0)]",
        help="Empty: one is found.",
    )
    done = fields.Boolean(readonly=True)
    result = fields.Char(readonly=True)

    def _apply(self, choice, offered):
        """Do it, or say why not; the order then keeps its place.

        :param str choice: ``propose``, ``move`` or ``cancel``
        :param dict offered: how often each slot has been proposed in this run
        """
        self.ensure_one()
        self.order_id.check_access("write")
        order = self.order_id.sudo()
        if order.drive_slot_id not in self.closure_id.slot_ids or not order._drive_is_open():
            self.write({"done": True, "result": self.env._("Settled meanwhile")})
            return
        try:
            with self.env.cr.savepoint():
                result = getattr(self, f"_{choice}")(order, offered)
        except UserError as refused:
            self.result = str(refused)
            return
        self.write({"done": True, "result": result})

    def _propose(self, order, offered):
        if self.closure_id.answer_until <= fields.Datetime.now():
            raise UserError(self.env._("Please choose a moment to come, until which the members may answer."))
        proposed = self.new_slot_id or self._nearest(order, offered)
        offered[proposed] = offered.get(proposed, 0) + 1
        closure = self.closure_id
        self.env["drive.proposal"].sudo()._propose(order, proposed, closure.answer_until, closure.reason)
        if not proposed:
            return self.env._("The member was asked to choose a slot")
        return self.env._("Proposed: %s", proposed._drive_label())

    def _nearest(self, order, offered):
        """The open slot nearest in time to the closed one, with a place that was not
        proposed to somebody else just before."""
        here = order.drive_slot_id
        slots = here.search([("point_id", "=", here.point_id.id), ("state", "=", "open")])
        free = slots.filtered(lambda slot: slot.places_left > offered.get(slot, 0))
        return free.sorted(lambda slot: abs(slot.start - here.start))[:1]

    def _move(self, order, _offered):
        targets = self.new_slot_id or self.closure_id._targets()
        if not targets:
            raise UserError(self.env._("Please choose the slot to which it moves."))
        for slot in targets:
            try:
                with self.env.cr.savepoint():
                    order._drive_move(slot.sudo())
            except UserError as refused:
                reason = refused
            else:
                return self.env._("Moved to %s", slot._drive_label())
        raise reason

    def _cancel(self, order, _offered):
        order._drive_cancel_closed()
        return self.env._("Cancelled")
