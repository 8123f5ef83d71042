from psycopg2.errors import LockNotAvailable

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused

# How long a preparer waits for someone who is writing on the same order.
LOCK_TIMEOUT = "3s"


class SaleOrder(models.Model):
    """What the preparers' screen needs of an order.

    Volunteers have no right on orders or stock: ``drive.preparation``, which is what the
    screen calls, checks the group, then works with all rights on what is found here.
    """

    _inherit = "sale.order"

    def _drive_check_preparer(self):
        if not self.env.user.has_group("cafoutch_drive.group_volunteer"):
            raise AccessError(self.env._("Baskets are prepared by the drive's volunteers."))

    def _drive_scanned(self, code):
        """Return the order whose code was scanned, or those of a member's card."""
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
        """Tell the other screens, which then read its batch, or the board, again."""
        screen = str(self.env.context.get("drive_screen", ""))[:40]
        self.env.ref("cafoutch_drive.group_volunteer").sudo()._bus_send(
            "cafoutch_drive.preparation", {"order": self.id, "batch": self.drive_batch_id.id, "screen": screen}
        )
