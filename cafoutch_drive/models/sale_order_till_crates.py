from odoo import api, fields, models

from ..tools.client_id import read_id
from .drive_crate_handover import CRATE_STATES
from .sale_order_handover import REASON_MAX, REASON_MIN


class SaleOrder(models.Model):
    """Each crate of a basket is brought before it is paid, or somebody says why it is not there."""

    _inherit = "sale.order"

    @api.model
    def drive_till_crate(self, config_id, order_id, crate_id, state, reason=None):
        """Note what a cashier says of a crate; asked twice, it is noted once.

        :param int config_id: the till (``pos.config``)
        :param int order_id: the basket
        :param crate_id: one of its crates
        :param str state: ``here``, ``missing``, or ``open`` for neither
        :param str reason: why it is missing, a few words
        :return: ``{"crates": rows}`` of the whole basket, see ``drive.crate._drive_till_rows``,
            with ``again``, a sentence, where nothing was noted; or ``{"refusal": sentence}``, or
            ``{"who": True}``, as :meth:`drive_till_open`
        """
        order, answer = self._drive_till_judge(config_id, order_id, None)
        if answer:
            return answer
        crate = order.drive_crate_ids.filtered(lambda crate: crate.id == read_id(crate_id))
        again = ""
        text = self._drive_read_reason(reason)
        if not crate or state not in CRATE_STATES:
            again = self.env._("This crate is not one of this basket.")
        elif state == "missing" and not text:
            again = self.env._(
                "Please say in %(least)s to %(most)s characters why it is not there.",
                least=REASON_MIN,
                most=REASON_MAX,
            )
        else:
            crate._drive_set_till_state(state, text)
        rows = {"crates": order.drive_crate_ids._drive_till_rows()}
        return {**rows, "again": again} if again else rows

    def _drive_reopen_preparation(self):
        """Override: a basket that is prepared again is brought again."""
        ready = self.filtered(lambda order: order.drive_state == "ready")
        result = super()._drive_reopen_preparation()
        for crate in ready.drive_crate_ids:
            crate._drive_set_till_state("open")
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_storage_class = fields.Selection(
        related="product_id.drive_storage_class",
        string="Storage of the Article",
        help="In which of the basket's crates it is: more is not noted.",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        """Override of `pos_sale`: the till names what was in a crate."""
        return [*super()._load_pos_data_fields(config), "drive_storage_class"]
