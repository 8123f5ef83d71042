from odoo import api, models

from ..tools.memo import INSIDE


class SaleOrderLine(models.Model):
    """The lines of a confirmed drive order, changed by other doors than the member's
    page, such as Odoo's own sales form: with the same promises.

    What there is more of is reserved, or the change is refused; the slot has room for
    the lines; what is prepared is what is written; and the member is told.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._drive_follow_change({})
        return lines

    def write(self, vals):
        asked = {line: line.product_uom_qty for line in self} if self._drive_is_change(vals) else {}
        result = super().write(vals)
        if asked:
            self._drive_follow_change(asked)
        return result

    def _drive_is_change(self, vals):
        return not {"product_id", "product_uom_id", "product_uom_qty"}.isdisjoint(vals)

    def _drive_follow_change(self, asked):
        """Make a confirmed order follow its lines, or refuse.

        :param asked: ``{line: quantity}`` before the change; nothing for a new line
        """
        if self.env.context.get("drive_change") is INSIDE:
            return
        lines = self.sudo().filtered(
            lambda line: line.order_id.is_drive and line.order_id.drive_state == "confirmed" and line.product_id
        )
        for order, changed in lines.grouped("order_id").items():
            more = changed.filtered(lambda line: line.product_uom_qty > asked.get(line, 0.0))
            order._drive_reserve_added(more.product_id)
            count = len(order._drive_product_lines())
            order._drive_check_room(count)
            order.drive_booking_id.line_count = count
            order.drive_estimate_total = order.amount_total
            for line in changed._drive_to_prepare():
                line.drive_ordered_qty = line.product_uom_qty
            order._drive_mail_changed()
