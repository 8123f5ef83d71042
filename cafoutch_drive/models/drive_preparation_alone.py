from odoo import api, models

from ..tools.refusal import DriveRefused
from .drive_preparation import SHOWN_STATES


class DrivePreparation(models.AbstractModel):
    """One basket that is prepared by itself: the screen of its batch then shows no other."""

    _inherit = "drive.preparation"

    @api.model
    def basket(self, order_id):
        """Say where a basket is prepared by itself; see
        :meth:`~sale_order._drive_batch_to_prepare`.

        :param order_id: anything that a client sends
        :return: ``{order, batch}``, two ids; ``refused``, a sentence, when there is nothing
            (more) to prepare of it
        """
        orders = self.env["sale.order"]
        orders._drive_check_preparer()
        try:
            with self.env.cr.savepoint():
                order = orders._drive_find_preparation(order_id)
                return {"order": order.id, "batch": order._drive_batch_to_prepare().id}
        except DriveRefused as refused:
            return {"refused": str(refused)}

    @api.model
    def find(self, code):
        """Return the basket whose code was scanned on the board, or that of a member's card.

        :param code: what a scanner read
        :return: as :meth:`basket`; ``{"only": [ids]}`` when a household has several orders
            to prepare or to collect
        """
        orders = self.env["sale.order"]
        orders._drive_check_preparer()
        found = orders._drive_scanned(code)
        if not found:
            return {"refused": self.env._("No basket is waiting for what you scanned.")}
        return {"only": found.ids} if len(found) > 1 else self.basket(found.id)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_batch_to_prepare(self):
        """Return the batch in which this order is prepared, be it by itself.

        One that waits for its batch joins one now, by the same rules as at the cut-off;
        until then its member may still change it, and a manager its batch as ever.

        :raise DriveRefused: nothing is to prepare, or its delivery is in a batch of the
            stock that is none of the drive's
        """
        self.ensure_one()
        shown = self.drive_state in SHOWN_STATES
        if shown and not self.drive_batch_id:
            # Orders first, then their point, see `drive.point._form_batches`.
            self._drive_lock_for_preparation()
            self._drive_join_batch()
        if self.drive_batch_id and (shown or self._drive_goods_to_put_back()):
            return self.drive_batch_id
        if not shown:
            raise DriveRefused("not_to_prepare", self._drive_why_not_prepared())
        raise DriveRefused(
            "other_batch",
            self.env._(
                "The delivery of this basket is in %s, which is no batch of the drive. A manager can take it out.",
                ", ".join(self._drive_shelf_moves().picking_id.batch_id.mapped("name")) or self.name,
            ),
        )
