from odoo import fields, models

from ..tools.refusal import DriveRefused
from .drive_place import STORAGE_CLASSES


class SaleOrder(models.Model):
    """The preparation of a basket: begun, its lines treated, its crates placed,
    ready, and begun again when something was forgotten.

    The order's own delivery stays the truth: preparation writes on it what went
    into the crates, and never ships it. That is done when the basket is paid.
    """

    _inherit = "sale.order"

    def _drive_start_preparation(self):
        """Begin to prepare these orders; the member can no longer change them.

        Those that are in no batch yet join one.

        :raise DriveRefused: unless they are confirmed, or already in preparation
        """
        for order in self:
            if order.drive_state == "preparing":
                continue
            if not order.is_drive or order.drive_state != "confirmed":
                raise DriveRefused("not_confirmed", order._drive_why_not_prepared())
            order._drive_join_batch()
            if order.drive_batch_id.state == "draft":
                order.drive_batch_id.action_confirm()
            order.write(
                {
                    "drive_state": "preparing",
                    "drive_begun_by_id": self.env.user._drive_operator("preparation").id,
                    **order._drive_begun_values(),
                }
            )

    def _drive_check_in_preparation(self):
        """Refuse unless the order is being prepared."""
        self.ensure_one()
        if not self.is_drive or self.drive_state != "preparing":
            code = "not_begun" if self.drive_state == "confirmed" else "not_preparing"
            raise DriveRefused(code, self._drive_why_not_prepared())

    def _drive_why_not_prepared(self):
        """Why nothing can be noted on this order, for the preparer."""
        self.ensure_one()
        return {
            "confirmed": self.env._("Nobody has begun this basket yet: touch “Begin” first."),
            "ready": self.env._("This basket is ready. To change something, touch “Prepare again”."),
            "done": self.env._("This basket has been handed over: nothing can be changed."),
            "no_show": self.env._("This basket was not collected: nothing is to be prepared."),
            "cancelled": self.env._("This order has been cancelled: put its goods back, please."),
        }.get(self.drive_state, self.env._("This order is not one to prepare."))

    def _drive_reopen_preparation(self):
        """Prepare again a basket that was ready, when something was forgotten.

        What was noted stays; only the ordered quantities come back, so that a
        line can be undone. The member is told again when it is ready.
        """
        self._drive_check_unpaid()
        for order in self:
            if order.drive_state == "preparing":
                continue
            if order.drive_state != "ready":
                raise DriveRefused("not_ready", order._drive_why_not_prepared())
            for line in order.order_line._drive_to_prepare():
                line._drive_write_demand(line._drive_wanted_qty())
            order.drive_state = "preparing"

    # === CRATES === #

    def _drive_add_crate(self, storage_class, number=None):
        """Add a crate, named after the pickup code: "K7P2QX-1".

        :param storage_class: see ``drive.crate``
        :param number: which crate of the order it is, when the caller may ask
            twice: the one that exists is then returned
        :rtype: drive.crate
        """
        self.ensure_one()
        self._drive_check_in_preparation()
        if storage_class not in [code for code, _name in STORAGE_CLASSES]:
            raise DriveRefused("storage_class", self.env._("Please choose what the crate is for."))
        crates = self.drive_crate_ids
        if number is not None:
            name = self._drive_crate_name(number)
            same = crates.filtered(lambda crate: crate.name == name)
            if same:
                return same
        return crates.create(
            {
                "order_id": self.id,
                "name": self._drive_crate_name(self._drive_next_crate()),
                "storage_class": storage_class,
                "packed_at": self.env["drive.preparation"]._done_at(),
            }
        )

    def _drive_crate_name(self, number):
        return f"{self.drive_pickup_code}-{number}"

    def _drive_next_crate(self):
        """The number after the highest one, whichever crates were taken away."""
        numbers = [crate._drive_number() for crate in self.drive_crate_ids]
        return max(numbers, default=0) + 1

    def _drive_classes_in_crates(self):
        """Storage classes of the goods that were found, in the order in which
        they are shown."""
        lines = self.order_line._drive_to_prepare()
        found = set(lines.filtered("drive_prepared_qty").product_id.mapped("drive_storage_class"))
        return [code for code, _name in STORAGE_CLASSES if code in found]

    # === READY === #

    def _drive_finish_preparation(self):
        """The baskets are ready: write what was prepared and tell the members.

        Each line asks for its prepared quantity from now on, at the same price;
        the ordered one stays in ``drive_ordered_qty``. The delivery is not
        validated: the till does that when the basket is paid.

        :raise DriveRefused: with what is still to do
        """
        for order in self:
            if order.drive_state == "ready":
                continue
            order._drive_check_in_preparation()
            order._drive_check_prepared()
            for line in order.order_line._drive_to_prepare():
                line._drive_write_demand(line.drive_prepared_qty)
            order.write(
                {
                    "drive_state": "ready",
                    "drive_finished_by_id": self.env.user._drive_operator("preparation").id,
                    **order._drive_ready_values(),
                }
            )
            order._drive_tell_ready()

    def _drive_check_prepared(self):
        """Refuse while a line is not treated or a crate stands nowhere."""
        lines = self.order_line._drive_to_prepare()
        left = lines.filtered(lambda line: not line.drive_picked)
        if left:
            raise DriveRefused(
                "lines_left",
                self.env._(
                    "Still to prepare: %(products)s.",
                    products=", ".join(left.product_id.mapped("name")),
                ),
            )
        crates = self.drive_crate_ids
        unplaced = crates.filtered(lambda crate: not crate.place_id)
        if unplaced:
            raise DriveRefused(
                "crates_left",
                self.env._(
                    "Where do you put %(crates)s? Choose a place.",
                    crates=", ".join(unplaced.mapped("name")),
                ),
            )
        if not crates and self._drive_classes_in_crates():
            raise DriveRefused(
                "no_crate",
                self.env._("Add at least one crate and choose where it stands."),
            )

    def _drive_tell_ready(self):
        """Have the member told what is in the basket and what changed; the mail
        leaves once this transaction is committed."""
        self.write(
            {
                "pending_email_template_id": self._drive_template("cafoutch_drive.mail_template_ready").id,
                "drive_told_at": fields.Datetime.now(),
            }
        )
        self._drive_trigger_mails()

    def _drive_changes(self):
        """What differs from the order, for the member.

        :return: list of dicts ``product``, ``ordered``, ``prepared`` (texts),
            ``missing`` (bool: nothing of it), ``reason`` (text or False), ``replaced`` (what
            is there in its place, empty for nothing); what replaces another article is said
            there alone
        """
        self.ensure_one()
        rows = [line._drive_change_row() for line in self.order_line._drive_to_prepare()]
        return [row for row in rows if row]
