from markupsafe import Markup

from odoo import models

from ..tools.memo import INSIDE
from ..tools.refusal import DriveRefused


class SaleOrder(models.Model):
    """The articles of a confirmed order change: all of the change, or none of it.

    The order stays what it was until then: its slot, its code, its delivery and the
    goods that are reserved for it. What was confirmed keeps its price per unit, also
    where there is more of it; what is new has the price of today.
    """

    _inherit = "sale.order"

    # === THE RULE === #

    def _drive_change_lines(self, quantities, total_seen):
        """Make this confirmed order hold other quantities, whoever asks.

        The guards are those that hold for everybody; what members may do besides is
        judged by :meth:`_drive_change_by_member`.

        :param quantities: ``{product: quantity}`` in each product's own unit; 0 takes
            it out, and a product that is not named stays as it is
        :param total_seen: what the order then comes to, as the page says that it was seen
        :raise DriveRefused: the order stands as it was, its reservations too
        """
        self.ensure_one()
        self._drive_check_articles_unbegun()
        before = self._drive_needed()
        changes = self._drive_differences(before, quantities)
        with self.env.cr.savepoint():
            if changes:
                self._drive_check_change(before, changes)
                self._drive_check_room(self._drive_lines_after(before, changes))
                self._drive_write_change(before, changes)
            self._drive_check_changed_total(total_seen)
            if changes:
                self._drive_tell_changed(before, changes)

    def _drive_differences(self, before, quantities):
        """Those of the quantities that are not those of the order already."""
        return {
            product: quantity
            for product, quantity in quantities.items()
            if product.uom_id.compare(quantity, before.get(product, 0.0))
        }

    def _drive_added(self, before, changes):
        """The products of which the order then holds more than before."""
        more = [product for product, quantity in changes.items() if quantity > before.get(product, 0.0)]
        return self.env["product.product"].union(*more)

    # === CHECKS === #

    def _drive_check_articles_unbegun(self):
        """Refuse unless the order is confirmed and its preparation has not begun."""
        if self.drive_state in ("preparing", "ready"):
            raise DriveRefused(
                "preparing",
                self.env._("The preparation of this order has begun: its articles can no longer be changed here."),
                self.access_url,
            )
        if self.drive_state != "confirmed":
            raise DriveRefused(
                "not_confirmed",
                self.env._("This order is over: its articles can no longer be changed."),
                self.access_url,
            )

    def _drive_check_change(self, before, changes):
        """Refuse a change that leaves nothing, or adds what the shop has not; nothing
        is locked or written, so that pages may ask.

        :param before: ``{product: quantity}`` of the order
        :param changes: of :meth:`_drive_differences`
        """
        if not any(quantity > 0 for quantity in {**before, **changes}.values()):
            raise DriveRefused(
                "last_line",
                self.env._("Nothing would be left of this order. To give it up, please cancel it."),
                self.access_url,
            )
        added = self._drive_added(before, changes)
        for product in added:
            if not product._drive_is_sold():
                self._drive_refuse_unsold(product)
        self._drive_refuse_change_short(self._drive_change_short(before, changes))

    def _drive_change_short(self, before, changes):
        """``{product: the most that this order can have}`` of what is added beyond what is left."""
        added = self._drive_added(before, changes)
        available = added._drive_available(self.warehouse_id)
        return {
            product: before.get(product, 0.0) + available[product.id]
            for product in added
            if product.id in available
            and product.uom_id.compare(available[product.id], changes[product] - before.get(product, 0.0)) < 0
        }

    def _drive_refuse_unsold(self, product):
        raise DriveRefused(
            "gone",
            self.env._("No longer on the drive, so that it cannot be added: %s.", product.name),
            self._drive_change_address(),
        )

    def _drive_lines_after(self, before, changes):
        """How many lines the order then has."""
        fresh = sum(quantity > 0 and product not in before for product, quantity in changes.items())
        gone = self._drive_product_lines().filtered(lambda line: changes.get(line.product_id) == 0)
        return len(self._drive_product_lines()) + fresh - len(gone)

    def _drive_check_room(self, count):
        """Refuse more lines than the slot can prepare beside those of other orders.

        :param count: how many lines this order then has
        """
        slot = self.drive_slot_id
        if count <= self.drive_booking_id.line_count or not slot.line_capacity:
            return
        others = slot._drive_live_bookings() - self.drive_booking_id
        most = slot.line_capacity - sum(others.mapped("line_count"))
        if count > most:
            raise DriveRefused(
                "slot_lines",
                self.env._(
                    "The shop cannot prepare so many articles on %(slot)s: %(most)s different ones at most "
                    "for this order. Take others out, or choose another slot.",
                    slot=slot._drive_label(),
                    most=max(most, self.drive_booking_id.line_count),
                ),
                self._drive_change_address(),
            )

    def _drive_refuse_change_short(self, most):
        """Refuse when goods are short.

        :param most: ``{product: the most that this order can have}`` of those that are short
        """
        if not most:
            return
        names = ", ".join(
            self.env._(
                "%(product)s (%(quantity)s at most)",
                product=product.name,
                quantity=product._drive_format_quantity(max(quantity, 0.0)),
            )
            for product, quantity in most.items()
        )
        raise DriveRefused(
            "short",
            self.env._("There is not enough left of: %(names)s. Your order is unchanged.", names=names),
            self._drive_change_address(),
        )

    def _drive_check_changed_total(self, total_seen):
        """Refuse to make the order come to another total than the member saw."""
        if not self._drive_is_total(total_seen):
            raise DriveRefused(
                "total",
                self.env._(
                    "Your order would now come to %(total)s. Nothing was changed: please look and confirm again.",
                    total=self.currency_id.format(self.amount_total),
                ),
                self._drive_change_address(),
            )

    def _drive_change_address(self):
        return f"{self.access_url}/change"

    # === WRITING === #

    def _drive_write_change(self, before, changes):
        """Write the change on lines, delivery and booking, and reserve what is added.

        :raise DriveRefused: when what is added cannot be reserved; to be undone by
            the caller
        """
        order = self.with_context(drive_change=INSIDE, sale_no_log_for_new_lines=True)
        self.env["product.product"].union(*changes)._drive_lock_quants()
        # A paper that was printed is not true any more, and Odoo would deliver apart
        # what comes after it.
        order._drive_shelf_moves().picking_id.filtered("printed").printed = False
        for product, quantity in changes.items():
            lines = order._drive_product_lines().filtered(lambda line, p=product: line.product_id == p)
            if lines:
                lines._drive_change_quantity(quantity)
            else:
                lines = order._drive_add_line(product, quantity)
                lines.drive_ordered_qty = lines.product_uom_qty
        order._drive_reserve_added(self._drive_added(before, changes))
        order.drive_booking_id.line_count = len(order._drive_product_lines())
        order.drive_estimate_total = order.amount_total

    def _drive_reserve_added(self, added):
        """Reserve what there is more of: all of it, or refuse."""
        moves = self._drive_shelf_moves().filtered(lambda move: move.product_id in added)
        moves.filtered(lambda move: move.state != "assigned")._action_assign()
        short = moves.filtered(lambda move: move.state != "assigned").product_id
        most = dict.fromkeys(short.ids, 0.0) | short._drive_available(self.warehouse_id)
        for move in moves.filtered(lambda move: move.product_id in short):
            most[move.product_id.id] += move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
        self._drive_refuse_change_short({product: most[product.id] for product in short})

    def _drive_tell_changed(self, before, changes):
        """Note in the order's log what changed, and have the member told."""
        rows = Markup("").join(
            Markup("<li>%s</li>") % self._drive_change_text(product, before.get(product, 0.0), quantity)
            for product, quantity in changes.items()
        )
        total = self.env._("Total now: %s", self.currency_id.format(self.amount_total))
        self._message_log(
            body=Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (self.env._("Articles changed:"), rows, total)
        )
        self._drive_mail_changed()

    def _drive_mail_changed(self):
        """Have the member told what the order holds; a confirmation that has not left
        yet says it itself."""
        if self.pending_email_template_id not in self._drive_full_mails():
            self.pending_email_template_id = self._drive_template("cafoutch_drive.mail_template_changed")
        self._drive_trigger_mails()

    def _drive_change_text(self, product, before, quantity):
        """One article of the log: "Miche: 2 → 3"."""
        texts = [product._drive_format_quantity(number) if number else "0" for number in (before, quantity)]
        return f"{product.name}: {texts[0]} → {texts[1]}"
