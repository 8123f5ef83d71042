from odoo import models


class PosSession(models.Model):
    """What a till sells is moved when its session closes, where the company wants it so.

    Odoo closes the session whatever becomes of the goods, and says nothing: with a till of
    the drive a manager finds them on the list of repairs.
    """

    _inherit = "pos.session"

    def _create_picking_at_end_of_session(self):
        """Override of `point_of_sale`: see the class."""
        before = self.picking_ids
        result = super()._create_picking_at_end_of_session()
        undone = (self.picking_ids - before).sudo()._drive_undone()
        if undone and self.config_id.sudo().drive_point_id:
            self._drive_report_undone(undone)
        return result

    def _drive_report_undone(self, pickings):
        """Put goods that could not be moved on the list, with what was paid for them."""
        products = pickings.move_ids.product_id
        lines = self.order_ids.sudo().lines.filtered(
            lambda line: line.product_id in products and not (line.drive_own_delivery or line.drive_kept_for_id)
        )
        reason = self.env._("Still to move: %s.", ", ".join(products.mapped("display_name")))
        self.env["drive.repair"]._report_session(self, reason, sum(lines.mapped("price_subtotal_incl")))
