from psycopg2.errors import LockNotAvailable

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.typed_quantity import read_number

# How long a preparer waits for someone who is writing on the same order.
LOCK_TIMEOUT = "3s"


class SaleOrder(models.Model):
    """What the preparers' screen calls.

    Volunteers have no right on orders or stock: each method checks the group,
    then works with all rights on one order and answers plain rows, with a first
    name, an initial and a code, and neither totals nor addresses.

    A method answers the order as it is afterwards (see
    :meth:`drive_preparation_order`). What is refused is not an error either: the
    answer then has a sentence in ``refused``, and nothing was changed; with
    ``ask`` it is a question, and the same call with ``sure`` goes through; with
    ``who`` it has to be known first who is at work (see ``drive_operator_enter``).
    Asked twice, each does its work once.
    """

    _inherit = "sale.order"

    # === READING === #

    @api.model
    def drive_preparation_order(self, order_id):
        """Return one order: its lines in the order of the walk through the shop
        (frozen goods last), its crates, and the places where they can stand."""
        self._drive_check_preparer()
        try:
            return self._drive_find_preparation(order_id)._drive_preparation_row()
        except DriveRefused as refused:
            return {"refused": str(refused)}

    @api.model
    def drive_preparation_scan(self, code):
        """Return the order whose code was scanned, or that of a member's card.

        :param code: what a scanner read
        :return: as :meth:`drive_preparation_order`; ``{"only": [ids]}`` when a
            household has several orders to prepare or to collect
        """
        self._drive_check_preparer()
        orders = self._drive_scanned(code)
        if not orders:
            return {"refused": self.env._("No basket is waiting for what you scanned.")}
        return {"only": orders.ids} if len(orders) > 1 else orders._drive_preparation_row()

    def _drive_scanned(self, code):
        orders = self.sudo()
        companies = [("company_id", "in", self.env.user.company_ids.ids)]
        order_code = self._drive_read_code(code)
        if order_code:
            found = orders.search(
                [
                    *companies,
                    ("is_drive", "=", True),
                    ("drive_state", "!=", "basket"),
                    ("drive_pickup_code", "=", order_code),
                ],
                limit=1,
            )
            if found:
                return found
        partner = self.env["res.partner"]._drive_find_card(code)
        return orders.search(self._drive_card_domain(partner) & Domain(companies)) if partner else orders.browse()

    # === WRITING === #

    @api.model
    def drive_preparation_start(self, order_id, sure=False):
        """Begin to prepare an order; asks first when its member may still
        change it."""

        def start(order):
            if order._drive_may_change() and not sure:
                return self.env._(
                    "This order can still be changed by its member until %(cutoff)s. Begin now all the same?",
                    cutoff=order._drive_moment_text(order.drive_cutoff),
                )
            return order._drive_start_preparation()

        return self._drive_prepare("sale.order", order_id, start)

    @api.model
    def drive_preparation_pick(self, line_id, qty, sure=False):
        """Note the weight or the number that went into the crate; asks first
        when a weight is not what one expects."""
        qty = read_number(qty)

        def pick(line):
            question = not sure and line._drive_measure_question(qty)
            return question or line._drive_pick(qty)

        return self._drive_prepare("sale.order.line", line_id, pick)

    @api.model
    def drive_preparation_short(self, line_id, qty, reason):
        """Note that a line, or a part of it, is missing, and why."""
        qty = read_number(qty)
        return self._drive_prepare("sale.order.line", line_id, lambda line: line._drive_short(qty, reason))

    @api.model
    def drive_preparation_undo(self, line_id):
        """Forget what was noted on a line."""
        return self._drive_prepare("sale.order.line", line_id, lambda line: line._drive_unpick())

    @api.model
    def drive_preparation_add_crate(self, order_id, storage_class, number=None):
        """Add a crate; with the number that the answer gave as ``next_crate``,
        asking twice adds one."""

        def add(order):
            order._drive_add_crate(storage_class, number)

        return self._drive_prepare("sale.order", order_id, add)

    @api.model
    def drive_preparation_place_crate(self, crate_id, place_id):
        """Say where a crate stands."""
        places = self.env["drive.place"].sudo()
        return self._drive_prepare(
            "drive.crate",
            crate_id,
            lambda crate: crate._drive_place(self._drive_find_id(places, place_id)),
        )

    @api.model
    def drive_preparation_remove_crate(self, crate_id):
        """Take away a crate that was one too many."""
        return self._drive_prepare("drive.crate", crate_id, lambda crate: crate._drive_remove())

    @api.model
    def drive_preparation_finish(self, order_id):
        """The basket is ready: see :meth:`_drive_finish_preparation`."""
        return self._drive_prepare("sale.order", order_id, lambda order: order._drive_finish_preparation())

    @api.model
    def drive_preparation_reopen(self, order_id):
        """Prepare a ready basket again: see :meth:`_drive_reopen_preparation`."""
        return self._drive_prepare("sale.order", order_id, lambda order: order._drive_reopen_preparation())

    # === HOW THE METHODS WORK === #

    def _drive_check_preparer(self):
        if not self.env.user.has_group("cafoutch_drive.group_volunteer"):
            raise AccessError(self.env._("Baskets are prepared by the drive's volunteers."))

    def _drive_prepare(self, model, record_id, work):
        """Do one thing to one order, alone, all of it or nothing.

        :param model: of the record that is named: the order, a line or a crate
        :param record_id: anything that a client may send
        :param work: function of that record, with all rights; it may return a
            question instead of doing something
        :return: the answer for the screen
        """
        self._drive_check_preparer()
        if not self.env.user._drive_operator("preparation"):
            return self.env["res.users"]._drive_who_answer()
        order, question, refusal = self.browse(), None, None
        try:
            with self.env.cr.savepoint():
                record = self._drive_find_id(self.env[model].sudo(), record_id)
                named = record if model == "sale.order" else record.order_id
                order = self._drive_find_preparation(named.id)
                order._drive_lock_for_preparation()
                question = work(record)
        except DriveRefused as refused:
            refusal = str(refused)
        answer = order._drive_preparation_row() if order else {}
        if refusal:
            answer["refused"] = refusal
        elif question:
            answer["ask"] = question
        else:
            order._drive_preparation_changed()
        return answer

    def _drive_find_id(self, records, record_id):
        """Return the record with an id that may be anything a client sends."""
        record = records.browse(read_id(record_id))
        if not record.exists():
            raise DriveRefused(
                "not_found",
                self.env._("This is not there any more. Please go back to the list."),
            )
        return record

    def _drive_find_preparation(self, order_id):
        order = self._drive_find_id(self.sudo(), order_id)
        known = order.is_drive and order.drive_state not in (False, "basket")
        if not known or order.company_id not in self.env.user.company_ids:
            raise DriveRefused(
                "not_found",
                self.env._("This order is not one to prepare. Please go back to the list."),
            )
        return order.with_company(order.company_id)

    def _drive_lock_for_preparation(self):
        """Wait, not for long, for whoever writes on this order: two preparers
        may work on it at once, and none of their ticks gets lost."""
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
                self.env.cr.execute(
                    "SELECT id FROM sale_order WHERE id = %s FOR NO KEY UPDATE",
                    [self.id],
                    log_exceptions=False,
                )
        except LockNotAvailable as error:
            raise DriveRefused(
                "busy",
                self.env._("Someone else is writing on this basket. Nothing was changed: please try again."),
            ) from error

    def _drive_preparation_changed(self):
        """Tell the other screens, which then read the order, or its batch, again."""
        screen = str(self.env.context.get("drive_screen", ""))[:40]
        self.env.ref("cafoutch_drive.group_volunteer").sudo()._bus_send(
            "cafoutch_drive.preparation", {"order": self.id, "batch": self.drive_batch_id.id, "screen": screen}
        )
