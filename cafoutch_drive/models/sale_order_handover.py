from odoo import api, fields, models
from odoo.exceptions import UserError

# Characters of a reason: enough to say something, little enough to be read.
REASON_MIN = 3
REASON_MAX = 200


class SaleOrder(models.Model):
    """Handing over a basket whose member may not order now.

    The goods are packed and the person stands at the till: the rules of
    ``_drive_refusal`` are asked, and a cashier with a reason may go on. Reason and
    refusal are kept on the order. The server decides: without a reason the till gets
    no lines to sell.
    """

    _inherit = "sale.order"

    drive_opened_at = fields.Datetime(
        string="Opened at the Till",
        copy=False,
        readonly=True,
        groups="cafoutch_drive.group_cashier",
        help="When a till was last given the basket to sell.",
    )
    drive_handover_reason = fields.Char(
        string="Handed Over Because",
        copy=False,
        readonly=True,
        groups="cafoutch_drive.group_cashier",
        help="Why a cashier went on although the member may not order.",
    )
    drive_handover_code = fields.Char(
        string="Refused Because",
        copy=False,
        readonly=True,
        groups="cafoutch_drive.group_cashier",
        help="Code of the rule by which the member may not order.",
    )

    # === JUDGING === #

    def _drive_handover_refusal(self):
        """Why a reason is still needed to hand this basket over, or ``None``.

        A reason was given for one refusal: another one is asked about again.

        :rtype: DriveRefusal | None
        """
        self.ensure_one()
        order = self.sudo()
        refusal = order.partner_id._drive_refusal()
        if refusal and order.drive_handover_reason and order.drive_handover_code == refusal.code:
            return None
        return refusal

    def _drive_admit(self, reason):
        """Let a till go on with this basket, or say what it has to ask first.

        :param reason: why to go on all the same, as the cashier typed it
        :return: ``None`` when it may go on, else ``{"ask": sentence, "code": code of
            the refusal, "member": how the till names the order, "again": what was
            wrong with the reason, or ""}``
        """
        self.ensure_one()
        refusal = self._drive_handover_refusal()
        if not refusal:
            return None
        text = self._drive_read_reason(reason)
        if text:
            self._drive_keep_reason(refusal, text)
            return None
        again = ""
        if reason is not None:
            again = self.env._(
                "Please say in %(least)s to %(most)s characters why this basket is handed over.",
                least=REASON_MIN,
                most=REASON_MAX,
            )
        return {
            "ask": refusal.message,
            "code": refusal.code,
            "member": self._drive_till_name(),
            "again": again,
        }

    @api.model
    def _drive_read_reason(self, reason):
        """Return the reason in what a client sent, or ``None``."""
        if not isinstance(reason, str) or len(reason) > 10 * REASON_MAX:
            return None
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
        return text if REASON_MIN <= len(text) <= REASON_MAX else None

    def _drive_keep_reason(self, refusal, text):
        order = self.sudo()
        operator = self.env.user._drive_operator("till")
        order.write({"drive_handover_reason": text, "drive_handover_code": refusal.code})
        order.message_post(
            author_id=operator.id,
            body=self.env._(
                "Opened at the till although the member may not order: “%(sentence)s” Reason: %(reason)s",
                sentence=refusal.message,
                reason=text,
            ),
            subtype_xmlid="mail.mt_note",
        )

    # === AT PAYMENT === #

    def _drive_check_admitted(self, session, late=False):
        """Refuse to be paid for a basket that no till was allowed to open; note who
        hands it over.

        A till that was given the basket may have lost its network since, and the
        member their right to order: that ticket's money stays, and a manager is told.

        :param session: the ``pos.session`` of the ticket
        :param late: the till says that it kept the ticket until it had a network again: a till has
            opened the basket, maybe in an earlier session, see :meth:`_drive_never_opened`
        :raise UserError: when this session never was allowed to, or nobody is known
            to be at this shared till
        """
        self.ensure_one()
        order = self.sudo()
        opened = order.drive_opened_at
        was_opened = bool(opened) and (late or opened >= (session.start_at or session.create_date))
        refusal = order._drive_handover_refusal()
        if refusal and not was_opened:
            raise UserError(
                self.env._(
                    "%(order)s: this member may not order for now. Open the basket on the Drive screen: "
                    "the till then asks why it is handed over all the same.",
                    order=order._drive_till_name(),
                )
            )
        operator = self.env.user._drive_operator("till") or (was_opened and order.drive_opened_by_id)
        if not operator and not late:
            raise UserError(
                self.env._(
                    "%(order)s: open the basket on the Drive screen, which asks who hands it over.",
                    order=order._drive_till_name(),
                )
            )
        order.drive_handed_over_by_id = operator
        if refusal:
            order._drive_report_unasked(refusal)

    def _drive_never_opened(self):
        """Why the money for this basket is kept and nothing handed over: a till that sells one was
        given it before, and was asked who is there and for a reason."""
        return self.env._("%s: no till has opened this basket.", self._drive_till_name())

    def _drive_report_unasked(self, refusal):
        order = self._drive_in_words_of_manager()
        order._drive_ask_manager(
            order.env._("Handed over without a reason: %s", order._drive_till_name()),
            order.env._(
                "The member lost the right to order (%(code)s) after the till had opened the basket. It was paid: "
                "nobody was asked for a reason.",
                code=refusal.code,
            ),
            activity="mail.mail_activity_data_todo",
        )

    def _drive_report_unbrought(self):
        """Tell a manager of crates that nobody ticked before the basket was paid.

        The till asks before; what it sends is judged again here, and the payment stands.
        """
        crates = self.sudo().drive_crate_ids._drive_untreated()
        if not crates:
            return
        order = self._drive_in_words_of_manager()
        order._drive_ask_manager(
            order.env._("Paid before its crates were brought: %s", order._drive_till_name()),
            order.env._(
                "Nobody has said that these crates were brought, or are missing: %s.", ", ".join(crates.mapped("name"))
            ),
            activity="mail.mail_activity_data_todo",
        )
