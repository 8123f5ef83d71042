from odoo import models

from .product_withdrawal import WITHDRAWAL_KINDS


class SaleOrder(models.Model):
    """What the law of distance sales asks to say before an order and in its confirmation
    (Code de la consommation, art. L221-5, L221-13 and L221-14)."""

    _inherit = "sale.order"

    def _drive_page_contract(self):
        """What the member reads of the sale besides its articles and its total.

        :return: dict of ``seller``, ``payment``, ``mediator``, ``withdrawal``, ``address``
            of the point, and ``cutoff``, the moment until which the order may be changed
            (empty without a slot)
        """
        self.ensure_one()
        policies = self.env["drive.policy"]
        return {
            "seller": policies._seller(self.company_id),
            "payment": policies._payment_text(self.company_id),
            "mediator": policies._words_of(self.company_id).mediator or "",
            "withdrawal": self._drive_page_withdrawal(),
            "point": self.drive_point_id.name,
            "address": self.drive_point_id._drive_address(),
            "cutoff": self._drive_cutoff_text(),
        }

    def _drive_page_withdrawal(self):
        """The articles by what may be done with them after the pickup.

        :return: list of dicts: ``kind``, one of ``WITHDRAWAL_KINDS``, and ``names`` of the
            articles, for the kinds that are in this order; what a basket holds and is no
            longer sold is none of them
        """
        groups = {kind: [] for kind, _text in WITHDRAWAL_KINDS}
        lines = self._drive_product_lines().filtered(lambda line: line.product_uom_qty > 0)
        if self.drive_state == "basket":
            gone = self._drive_gone_products()
            lines = lines.filtered(lambda line: line.product_id not in gone)
        for line in lines:
            kind = line.product_id.product_tmpl_id._drive_withdrawal_kind()
            groups[kind].append(line.product_id.with_context(display_default_code=False).display_name)
        return [{"kind": kind, "names": ", ".join(names)} for kind, names in groups.items() if names]
