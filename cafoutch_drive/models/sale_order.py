from odoo import fields, models
from odoo.exceptions import UserError

# Read aloud and typed on a phone: no 0/O, no 1/I.
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 6
# From confirmed until it has left the shop or been given up.
OPEN_STATES = ("confirmed", "preparing", "ready")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    is_drive = fields.Boolean(string="Drive Order", copy=False, index=True)
    drive_state = fields.Selection(
        [
            ("basket", "Basket"),
            ("confirmed", "Confirmed"),
            ("preparing", "In preparation"),
            ("ready", "Ready"),
            ("done", "Handed over"),
            ("no_show", "Not collected"),
            ("cancelled", "Cancelled"),
        ],
        copy=False,
        index=True,
        tracking=True,
        readonly=True,
    )
    drive_point_id = fields.Many2one("drive.point", copy=False, index="btree_not_null")
    drive_household_id = fields.Many2one(
        "res.partner",
        string="Household",
        copy=False,
        index="btree_not_null",
        help="The household at the time of the confirmation.",
    )
    drive_booking_id = fields.Many2one("drive.booking", copy=False, index="btree_not_null", ondelete="set null")
    drive_slot_id = fields.Many2one(
        related="drive_booking_id.slot_id",
        string="Slot",
        store=True,
        copy=False,
        index="btree_not_null",
    )
    drive_cutoff = fields.Datetime(string="Cut-off", related="drive_slot_id.cutoff")
    drive_pickup_code = fields.Char(string="Pickup Code", copy=False, readonly=True)
    drive_substitution = fields.Selection(
        [
            ("none", "Do not replace"),
            ("similar", "Replace by something similar"),
            ("ask", "Ask me"),
        ],
        string="Substitution",
        default="similar",
        copy=False,
        help="What to do when an article is missing.",
    )
    drive_note = fields.Text(string="Member's Note", copy=False)
    drive_arrived_at = fields.Datetime(string="Arrived", copy=False)
    drive_estimate_total = fields.Monetary(
        string="Estimated Total",
        copy=False,
        readonly=True,
        help="The total that the member confirmed; the weighing decides.",
    )
    drive_eligibility = fields.Char(
        string="Eligibility",
        copy=False,
        readonly=True,
        help="Membership and rule that allowed the confirmation.",
    )
    drive_told_at = fields.Datetime(
        string="Member Told",
        copy=False,
        readonly=True,
        help="When the member was told what changed in the basket.",
    )
    drive_confirm_key = fields.Char(copy=False, readonly=True)
    drive_crate_ids = fields.One2many("drive.crate", "order_id", string="Crates")

    _drive_basket_uniq = models.UniqueIndex(
        "(partner_id) WHERE is_drive AND drive_state = 'basket'",
        "This person already has a basket.",
    )
    _drive_code_uniq = models.UniqueIndex(
        "(drive_pickup_code) WHERE drive_pickup_code IS NOT NULL",
        "Another order already has this pickup code.",
    )
    _drive_key_uniq = models.UniqueIndex(
        "(partner_id, drive_confirm_key) WHERE drive_confirm_key IS NOT NULL",
        "This order has already been confirmed.",
    )
    _drive_has_state = models.Constraint(
        "CHECK (NOT is_drive OR (drive_state IS NOT NULL AND drive_point_id IS NOT NULL))",
        "A drive order has a state and a drive point.",
    )

    def _compute_access_url(self):
        """Override of `sale`: a drive order has a page of its own."""
        result = super()._compute_access_url()
        for order in self.filtered("is_drive"):
            order.access_url = f"/drive/orders/{order.id}"
        return result

    # === HELPERS === #

    def _drive_is_open(self):
        """Whether the order is confirmed and still in the shop's hands."""
        return self.drive_state in OPEN_STATES

    def _drive_product_lines(self):
        """The lines that are articles."""
        return self.order_line.filtered(lambda line: line.product_id and not line.display_type)

    def _drive_open_moves(self):
        """The moves by which the goods will leave for the member: whatever the
        number of delivery steps, those that go to a customer and are not done."""
        return self.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_dest_id.usage == "customer"
        )

    def _drive_shelf_moves(self):
        """The moves that take the goods from the shelves, not done yet: the same
        as :meth:`_drive_open_moves` where the delivery has one step."""
        return self.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and not move.move_orig_ids
        )

    def _drive_may_change(self):
        """Whether the member may still change or cancel the confirmed order."""
        self.ensure_one()
        return self.drive_state == "confirmed" and self.drive_cutoff > fields.Datetime.now()

    # === ODOO'S OWN DOORS === #

    def _has_to_be_signed(self):
        """Override of `sale`: a basket is confirmed with a slot, not a signature."""
        return not self.is_drive and super()._has_to_be_signed()

    def _has_to_be_paid(self):
        """Override of `sale`: a drive order is paid when it is collected."""
        return not self.is_drive and super()._has_to_be_paid()

    def _should_be_locked(self):
        """Override of `sale`: preparation writes the weighed quantities."""
        return not self.is_drive and super()._should_be_locked()

    def action_draft(self):
        """Override of `sale`: a cancelled drive order stays cancelled, because
        its place and its goods are gone."""
        if any(order.is_drive for order in self):
            raise UserError(
                self.env._(
                    "A cancelled drive order cannot be reopened: its place and its "
                    "goods may have gone to someone else. Make a new order."
                )
            )
        return super().action_draft()

    def action_confirm(self):
        """Override of `sale`: whoever confirms, by whichever door, a drive order
        is confirmed with all four: a member who may order, a booked place, all
        goods reserved, the order itself; or not at all.

        :raise DriveRefused: with the reason; nothing is changed
        """
        self.check_access("write")
        # Who sells may confirm; slots and members' standing are not theirs to read.
        drive_orders = self.filtered("is_drive").sudo()
        for order in drive_orders:
            order._drive_check_confirmable()
            order.write(order._drive_prepare_confirmation())
        result = super().action_confirm()
        for order in drive_orders:
            order._drive_check_reserved()
            order._drive_book()
        return result

    def _action_cancel(self):
        """Override of `sale`: the place goes back to the slot."""
        drive_orders = self.filtered("is_drive").sudo()
        if "done" in drive_orders.mapped("drive_state"):
            raise UserError(
                self.env._(
                    "This order has been handed over and paid: it cannot be cancelled. Use a refund at the till."
                )
            )
        result = super()._action_cancel()
        drive_orders.drive_booking_id._release()
        drive_orders.drive_crate_ids._leave_place()
        drive_orders.drive_state = "cancelled"
        return result

    # === MAILS === #

    def _get_confirmation_template(self):
        """Override of `sale`: without a PDF, which a member does not need."""
        if self.is_drive:
            return self._drive_template("cafoutch_drive.mail_template_confirmed")
        return super()._get_confirmation_template()

    def _drive_template(self, xmlid):
        """Return a mail template, or an empty one where a shop deleted it."""
        return self.env.ref(xmlid, raise_if_not_found=False) or self.env["mail.template"]

    def _cron_send_pending_emails(self):
        """Override of `sale`: what was written leaves now, not with the next hourly
        run of Odoo's mail queue."""
        result = super()._cron_send_pending_emails()
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return result

    def _drive_trigger_mails(self):
        """Have the pending mail sent as soon as this transaction is committed."""
        self.env.ref("cafoutch_drive.cron_send_mails").sudo()._trigger()
