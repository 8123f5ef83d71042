from odoo import api, fields, models
from odoo.tools.misc import consteq, format_datetime, hmac

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused

# Nobody has decided what becomes of the order.
UNDECIDED = ("waiting", "expired")


class DriveProposal(models.Model):
    """Another slot proposed to a member whose slot is closed.

    The order keeps its place in the closed slot until its member or a manager decides.
    """

    _name = "drive.proposal"
    _description = "Slot proposed to a member"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Member")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    slot_id = fields.Many2one("drive.slot", string="Closed Slot", required=True, ondelete="cascade")
    proposed_id = fields.Many2one("drive.slot", string="Proposed Slot", ondelete="set null")
    now_slot_id = fields.Many2one(related="order_id.drive_slot_id", string="Slot Now")
    reason = fields.Char(help="Why it is closed, as the member reads it.")
    expires_at = fields.Datetime(string="Answer Until", required=True)
    answer = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("chosen", "Another one chosen"),
            ("cancelled", "Order cancelled"),
            ("reopened", "Slot open again"),
            ("withdrawn", "Replaced by another proposal"),
        ],
        readonly=True,
    )
    answered_at = fields.Datetime(string="Answered", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "No answer yet"),
            ("accepted", "Accepted"),
            ("chosen", "Another one chosen"),
            ("cancelled", "Order cancelled"),
            ("reopened", "Slot open again"),
            ("withdrawn", "Replaced by another proposal"),
            ("expired", "No answer in time"),
            ("settled", "Settled otherwise"),
        ],
        compute="_compute_state",
    )

    _one_open = models.UniqueIndex("(order_id) WHERE answer IS NULL", "This order has an open proposal already.")

    @api.depends("answer", "expires_at", "order_id.drive_state", "order_id.drive_slot_id")
    def _compute_state(self):
        now = self.env["drive.booking"]._clock()
        for proposal in self:
            order = proposal.order_id
            if proposal.answer:
                proposal.state = proposal.answer
            elif order.drive_state != "confirmed" or order.drive_slot_id != proposal.slot_id:
                proposal.state = "settled"
            else:
                proposal.state = "waiting" if proposal.expires_at > now else "expired"

    @api.model
    def _propose(self, order, proposed, expires_at, reason):
        """Propose another slot to the member of an order, by one mail with a signed link.

        :param proposed: the ``drive.slot`` to accept; empty to only let choose
        :raise DriveRefused: when the order can no longer be moved
        """
        order._drive_check_unbegun()
        self.search([("order_id", "=", order.id), ("answer", "=", False)]).answer = "withdrawn"
        self.flush_model()
        proposal = self.create(
            {
                "order_id": order.id,
                "slot_id": order.drive_slot_id.id,
                "proposed_id": proposed.id,
                "expires_at": expires_at,
                "reason": reason,
            }
        )
        template = order._drive_template("cafoutch_drive.mail_template_proposal").sudo()
        if template:
            template.send_mail(proposal.id)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return proposal

    @api.model
    def _slots_open_again(self, slots):
        """Closed slots are open again: who was asked to choose another one, or did not
        answer in time, keeps the place and is told.

        :param slots: ``drive.slot``
        """
        proposals = self.search([("slot_id", "in", slots.ids), ("answer", "=", False)])
        for proposal in proposals.filtered(lambda one: one.state in UNDECIDED):
            proposal.write({"answer": "reopened", "answered_at": fields.Datetime.now()})
            template = proposal.order_id._drive_template("cafoutch_drive.mail_template_reopened")
            if template:
                template.send_mail(proposal.id)
                self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # === THE LINK === #

    def _token(self):
        """What the link carries: no account is needed, and it cannot be guessed."""
        self.ensure_one()
        signed = (self.id, self.order_id.id, fields.Datetime.to_string(self.expires_at))
        return f"{self.id}-{hmac(self.env(su=True), 'cafoutch_drive.proposal', signed)}"

    def _url(self):
        return f"{self.get_base_url()}/drive/proposal/{self._token()}"

    @api.model
    def _find(self, token):
        """Return the proposal of a link, empty when the link is not one of ours.

        :param token: anything that an address has
        """
        number, dash, _signature = token.partition("-")
        proposal = self.browse(read_id(number, from_text=True)).exists()
        known = bool(dash) and token.isascii() and proposal and consteq(token, proposal._token())
        return proposal if known else self.browse()

    # === THE ANSWER === #

    def _locks(self, slot):
        """What an answer must have for itself."""
        return self.order_id._drive_locks() + self.order_id._drive_move_locks(slot)

    def _answer(self, slot):
        """The member answers; done twice, it is once.

        To be run under ``lock_first`` on :meth:`_locks`.

        :param slot: the ``drive.slot`` that the member takes; empty to cancel the order
        :raise DriveRefused: after the time, when it was settled otherwise, or when the
            slot cannot be had; the order keeps its place
        """
        self.ensure_one()
        order = self.order_id
        answer = "cancelled" if not slot else "accepted" if slot == self.proposed_id else "chosen"
        if self.answer == answer and (not slot or slot == order.drive_slot_id):
            return
        self._check_waiting()
        if slot:
            slot._drive_check_open()
            if slot != self.proposed_id:
                slot._drive_turn(order.partner_id)
            order._drive_move(slot)
        else:
            order._drive_cancel_closed()
        self.write({"answer": answer, "answered_at": fields.Datetime.now()})

    def _check_waiting(self):
        if self.state == "expired":
            raise DriveRefused(
                "proposal_expired",
                self.env._("The time to answer is over. Your order is kept: the shop will contact you."),
            )
        if self.state != "waiting":
            raise DriveRefused(
                "proposal_over", self.env._("This proposal has been answered already. Nothing was changed.")
            )

    # === PAGE AND MAIL === #

    def _page(self):
        """What the page behind the link shows."""
        self.ensure_one()
        order = self.order_id
        slots = self.env["drive.slot"]
        proposed = self.proposed_id if self.proposed_id.state == "open" else slots
        waiting = self.state == "waiting"
        return {
            "state": self.state,
            "order_name": order.name,
            "order_url": order.access_url,
            "point": order.drive_point_id.name,
            "closed_label": self.slot_id._drive_label(),
            "now_label": order.drive_slot_id._drive_label(),
            "open": order._drive_is_open(),
            "reopened": self.state == "reopened" and order.drive_slot_id == self.slot_id,
            "reason": self.reason or "",
            "until": self._until_label(),
            "proposed_id": proposed.id,
            "proposed_label": proposed._drive_label(),
            "days": slots._page_days_at(order.drive_point_id, slots) if waiting else [],
        }

    def _until_label(self):
        return format_datetime(self.env, self.expires_at, tz=self.slot_id.point_id.tz, dt_format="EEEE d MMMM, HH:mm")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    drive_proposal_ids = fields.One2many("drive.proposal", "order_id", string="Proposals")

    def _drive_cancel_closed(self):
        """Cancel an order because its slot is closed; its member is told why.

        :raise UserError: when it is paid
        """
        self._action_cancel()
        self.pending_email_template_id = self._drive_template("cafoutch_drive.mail_template_closed")
        self._drive_trigger_mails()
