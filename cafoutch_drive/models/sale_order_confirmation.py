import secrets

from odoo import api, fields, models

from ..tools.refusal import DriveRefused
from .sale_order import CODE_LENGTH, CODE_LETTERS


class SaleOrder(models.Model):
    """How a basket becomes an order, and how its member gives it up.

    The checks run at every door, see ``action_confirm``; the methods that pages call
    are to be run under ``lock_first``.
    """

    _inherit = "sale.order"

    # === CONFIRMATION === #

    @api.model
    def _drive_order_for_key(self, partner, key):
        """Return the order that this person confirmed with this key, if any."""
        if not isinstance(key, str) or not key:
            return self.browse()
        return self.search([("partner_id", "=", partner.id), ("drive_confirm_key", "=", key)], limit=1)

    def _drive_locks(self):
        """What a confirmation or a cancellation must have for itself."""
        household = self.partner_id._drive_household()
        return [("household", household.id)] + [("product", product.id) for product in self.order_line.product_id]

    def _drive_secure_hold(self):
        """Judge the held place, just before a confirmation, and make it last.

        To be run under ``lock_first`` on the household and the slot, in a transaction of
        its own: confirming takes longer than a hold may have left. Another click of the
        same member waits with it until the confirmation is over.

        :raise DriveRefused: when the place is no longer held
        """
        self.ensure_one()
        if self.drive_state == "basket":
            self.drive_booking_id._secure(len(self._drive_product_lines()))

    def _drive_confirm(self, key, total_seen, lines_seen=None):
        """Confirm this basket: all or nothing, once for each key.

        To be run under ``lock_first`` on :meth:`_drive_locks`.

        :param str key: made by the page, the same for each try of one confirmation
        :param float total_seen: the total, taxes included, that the member saw
        :param lines_seen: the articles that the member saw, of :meth:`_drive_lines_seen`;
            ``None`` from programs that do not say
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
        self._drive_check_total(total_seen, lines_seen)
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
        self.partner_id._drive_claim_household()
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
        member = self.partner_id
        refusal = member._drive_refusal() or member._drive_limit_refusal(self.drive_point_id)
        if refusal:
            raise DriveRefused(*refusal)

    def _drive_check_products(self):
        """Refuse articles that are no longer sold on the drive."""
        gone = self._drive_gone_products()
        if gone:
            raise DriveRefused("gone", self._drive_gone_text(gone.mapped("name")), "/drive/basket")

    def _drive_gone_products(self):
        """The articles that are no longer sold on the drive."""
        return self._drive_product_lines().product_id.filtered(lambda product: not product._drive_is_sold())

    def _drive_gone_text(self, names):
        return self.env._(
            "No longer on the drive: %(products)s. Please take it out of your basket.",
            products=", ".join(names),
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

    def _drive_check_total(self, total_seen, lines_seen=None):
        """Refuse to confirm another total than the one the member saw, or other articles.

        Prices are brought up to date first: the answer says what they are now.
        """
        before = self.amount_total
        changed = self._drive_reprice()
        # Where one price rose as much as another fell, the total does not say which were seen.
        told = not changed or self.currency_id.compare_amounts(before, self.amount_total)
        others = self._drive_lines_changed(lines_seen)
        if told and not others and self._drive_is_total(total_seen):
            return
        total = self.currency_id.format(self.amount_total)
        if changed:
            message = self.env._(
                "Prices have changed (%(changed)s). The total is now %(total)s: please look at it and confirm again.",
                changed=self._drive_changed_prices(changed),
                total=total,
            )
        elif others:
            message = self.env._(
                "Your basket has changed (%(changed)s). The total is now %(total)s: "
                "please look at it and confirm again.",
                changed=", ".join(others),
                total=total,
            )
        else:
            message = self.env._(
                "The total is now %(total)s. Please look at it and confirm again.",
                total=total,
            )
        raise DriveRefused("total", message, "/drive/checkout")

    def _drive_is_total(self, total_seen):
        """Whether the order comes to what a page says that the member saw."""
        try:
            return not self.currency_id.compare_amounts(float(total_seen), self.amount_total)
        except (TypeError, ValueError, OverflowError):
            return False

    def _drive_prepare_confirmation(self):
        """Values written with a confirmation; a hook for other addons."""
        template = self._drive_template("cafoutch_drive.mail_template_confirmed")
        return {
            "drive_household_id": self.partner_id._drive_household().id,
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
