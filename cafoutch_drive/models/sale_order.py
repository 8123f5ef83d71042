import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.refusal import DriveRefused

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

    # === CONFIRMATION === #

    @api.model
    def _drive_order_for_key(self, partner, key):
        """Return the order that this person confirmed with this key, if any."""
        if not isinstance(key, str) or not key:
            return self.browse()
        return self.search([("partner_id", "=", partner.id), ("drive_confirm_key", "=", key)], limit=1)

    def _drive_locks(self):
        """What a confirmation or a cancellation must have for itself."""
        household = self.partner_id.commercial_partner_id
        return [("household", household.id)] + [("product", product.id) for product in self.order_line.product_id]

    def _drive_secure_hold(self):
        """Judge the held place, just before a confirmation, and make it last.

        To be run under ``lock_first`` on the slot, in a transaction of its own:
        confirming takes longer than a hold may have left.

        :raise DriveRefused: when the place is no longer held
        """
        self.ensure_one()
        if self.drive_state == "basket":
            self.drive_booking_id._secure(len(self._drive_product_lines()))

    def _drive_confirm(self, key, total_seen):
        """Confirm this basket: all or nothing, once for each key.

        To be run under ``lock_first`` on :meth:`_drive_locks`.

        :param str key: made by the page, the same for each try of one confirmation
        :param float total_seen: the total, taxes included, that the member saw
        :return: ``{"order": name, "url": address, "message": sentence}``
        :raise DriveRefused: with what is in the way; the basket is unchanged
        """
        self.ensure_one()
        if not isinstance(key, str) or not 8 <= len(key) <= 64:
            raise DriveRefused(
                "bad_key",
                self.env._("Please reload this page, then confirm again."),
                "/drive/checkout",
            )
        if self.drive_state != "basket":
            return self._drive_confirmation_answer()
        self._drive_check_confirmable()
        self._drive_check_total(total_seen)
        self.drive_confirm_key = key
        self.action_confirm()
        return self._drive_confirmation_answer()

    def _drive_confirmation_answer(self):
        """The answer to a confirmation, the same however often it is asked."""
        if not self._drive_is_open():
            raise DriveRefused(
                "not_basket",
                self.env._("This order can no longer be confirmed."),
                self.access_url,
            )
        return {
            "order": self.name,
            "url": self.access_url,
            "message": self.env._(
                "Your order is confirmed. See you on %(slot)s!",
                slot=self.drive_slot_id._drive_label(),
            ),
        }

    def _drive_check_confirmable(self):
        """Refuse to confirm without a member who may order, a live place before
        its cut-off, and goods that can be promised."""
        self.ensure_one()
        if self.drive_state != "basket":
            raise DriveRefused("not_basket", self.env._("This order is no longer a basket."))
        if not self._drive_product_lines():
            raise DriveRefused("empty", self.env._("Your basket is empty."), "/drive")
        self._drive_check_member()
        if not self.drive_booking_id:
            raise DriveRefused(
                "no_slot",
                self.env._("Please choose a pickup slot first."),
                "/drive/slots",
            )
        self.drive_booking_id._check_held()
        self.drive_slot_id._drive_check_open()
        self._drive_check_products()
        self._drive_check_available()

    def _drive_check_member(self):
        """Refuse when this person may not order, or has enough open orders."""
        refusal = self.partner_id._drive_refusal()
        if refusal:
            raise DriveRefused(*refusal)
        household = self.partner_id.commercial_partner_id
        count = self.search_count(
            [
                ("drive_household_id", "=", household.id),
                ("drive_state", "in", OPEN_STATES),
            ]
        )
        if count >= self.drive_point_id.max_open_orders:
            raise DriveRefused(
                "max_open_orders",
                self.env._(
                    "Your household already has %(count)s orders to collect. "
                    "You can order again once one is collected or cancelled.",
                    count=count,
                ),
                "/drive/orders",
            )

    def _drive_check_products(self):
        """Refuse articles that are no longer sold on the drive."""
        gone = self._drive_product_lines().product_id.filtered(lambda product: not product._drive_is_sold())
        if gone:
            raise DriveRefused(
                "not_sold",
                self.env._(
                    "No longer on the drive: %(products)s. Please take it out of your basket.",
                    products=", ".join(gone.mapped("name")),
                ),
                "/drive/basket",
            )

    def _drive_check_available(self):
        """Refuse, naming what is short and what is left of it."""
        needed = self._drive_needed()
        products = self.env["product.product"].union(*needed)
        available = products._drive_available(self.warehouse_id)
        self._drive_refuse_short(
            {
                product: available[product.id]
                for product, quantity in needed.items()
                if product.id in available and product.uom_id.compare(available[product.id], quantity) < 0
            }
        )

    def _drive_needed(self):
        """Return ``{product: quantity}`` of the basket, in each product's unit."""
        needed = dict.fromkeys(self._drive_product_lines().product_id, 0.0)
        for line in self._drive_product_lines():
            needed[line.product_id] += line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            )
        return needed

    def _drive_check_reserved(self):
        """After the confirmation: all goods are reserved, or nothing is done."""
        missing = self._drive_shelf_moves().filtered(lambda m: m.state != "assigned")
        available = missing.product_id._drive_available(self.warehouse_id)
        self._drive_refuse_short(
            {
                product: available.get(product.id, 0.0)
                + sum(missing.filtered(lambda m, p=product: m.product_id == p).mapped("quantity"))
                for product in missing.product_id
            }
        )

    def _drive_refuse_short(self, left):
        """Refuse when goods are short.

        :param left: ``{product: quantity left}`` of those that are short
        """
        if not left:
            return
        names = ", ".join(
            self.env._(
                "%(product)s (%(quantity)s left)",
                product=product.name,
                quantity=product._drive_format_quantity(max(quantity, 0.0)),
            )
            if quantity > 0
            else self.env._("%(product)s (none left)", product=product.name)
            for product, quantity in left.items()
        )
        raise DriveRefused(
            "short",
            self.env._(
                "There is not enough left of: %(names)s. Your basket is unchanged: please adapt it.",
                names=names,
            ),
            "/drive/basket",
        )

    def _drive_check_total(self, total_seen):
        """Refuse to confirm another total than the one the member saw.

        Prices are brought up to date first: the answer says what they are now.
        """
        before = {line: line.price_total for line in self._drive_product_lines()}
        self._recompute_prices()
        try:
            same = not self.currency_id.compare_amounts(float(total_seen), self.amount_total)
        except (TypeError, ValueError, OverflowError):
            same = False
        if same:
            return
        changed = ", ".join(
            line.product_id.name
            for line, total in before.items()
            if self.currency_id.compare_amounts(total, line.price_total)
        )
        total = self.currency_id.format(self.amount_total)
        if changed:
            message = self.env._(
                "Prices have changed (%(changed)s). The total is now %(total)s: please look at it and confirm again.",
                changed=changed,
                total=total,
            )
        else:
            message = self.env._(
                "The total is now %(total)s. Please look at it and confirm again.",
                total=total,
            )
        raise DriveRefused("total", message, "/drive/checkout")

    def _drive_prepare_confirmation(self):
        """Values written with a confirmation; a hook for other addons."""
        template = self._drive_template("cafoutch_drive.mail_template_confirmed")
        return {
            "drive_household_id": self.partner_id.commercial_partner_id.id,
            "drive_eligibility": self.partner_id._drive_verdict(),
            "drive_estimate_total": self.amount_total,
            "drive_pickup_code": self._drive_new_code(),
            "pending_email_template_id": template.id,
            "order_line": [
                fields.Command.update(line.id, {"drive_ordered_qty": line.product_uom_qty})
                for line in self._drive_product_lines()
            ],
        }

    def _drive_book(self):
        """The order is confirmed: its place is booked, the mail will go out."""
        self.drive_booking_id._book(len(self._drive_product_lines()))
        self.drive_state = "confirmed"
        self._drive_trigger_mails()

    def _drive_new_code(self):
        """Return a code that no other order has."""
        while True:
            code = "".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH))
            if not self.search_count([("drive_pickup_code", "=", code)], limit=1):
                return code

    # === CANCELLATION BY THE MEMBER === #

    def _drive_cancel(self):
        """Cancel a confirmed order before its cut-off; done twice, it is once.

        To be run under ``lock_first`` on :meth:`_drive_locks`.

        :return: ``{"order": name, "url": address, "message": sentence}``
        :raise DriveRefused: after the cut-off, or once preparation has begun
        """
        self.ensure_one()
        if self.drive_state != "cancelled":
            if not self._drive_may_change():
                raise DriveRefused(
                    "too_late",
                    self.env._("It is too late to cancel this order here. Please contact the shop."),
                    self.access_url,
                )
            self._action_cancel()
            self.pending_email_template_id = self._drive_template("cafoutch_drive.mail_template_cancelled")
            self._drive_trigger_mails()
        return {
            "order": self.name,
            "url": self.access_url,
            "message": self.env._("Your order %(order)s is cancelled.", order=self.name),
        }

    # === MAILS === #

    def _get_confirmation_template(self):
        """Override of `sale`: without a PDF, which a member does not need."""
        if self.is_drive:
            return self._drive_template("cafoutch_drive.mail_template_confirmed")
        return super()._get_confirmation_template()

    def _drive_template(self, xmlid):
        """Return a mail template, or an empty one where a shop deleted it."""
        return self.env.ref(xmlid, raise_if_not_found=False) or self.env["mail.template"]

    def _drive_trigger_mails(self):
        """Have the pending mail sent as soon as this transaction is committed."""
        self.env.ref("cafoutch_drive.cron_send_mails").sudo()._trigger()

    # === PREPARATION === #

    def _drive_join_batch(self):
        """Put the open deliveries of these orders in the batch of their window."""
        for slot, orders in self.grouped("drive_slot_id").items():
            pickings = orders._drive_shelf_moves().picking_id.filtered(lambda picking: not picking.batch_id)
            if pickings:
                pickings.batch_id = self.env["stock.picking.batch"]._drive_for_window(slot)
