import re

from odoo import models

_SEEN = re.compile(r"([0-9]{1,9}):([0-9]{1,9}(?:\.[0-9]{1,6})?)")


class SaleOrder(models.Model):
    """The articles that a member saw when they ordered: those, and no others, are
    confirmed. A second tab, or the phone of the same person, may have changed them."""

    _inherit = "sale.order"

    def _drive_lines_seen(self):
        """The basket's articles and quantities, as a page sends them back.

        :rtype: str
        """
        return " ".join(f"{number}:{quantity:.6f}" for number, quantity in self._drive_quantities_now().items())

    def _drive_lines_changed(self, lines_seen):
        """What differs from what a member saw, one text an article.

        :param lines_seen: of :meth:`_drive_lines_seen`, as a page sends it: what makes no
            sense says nothing
        :rtype: list[str]
        """
        found = [_SEEN.fullmatch(line) for line in lines_seen.split()] if isinstance(lines_seen, str) else []
        if not found or not all(found):
            return []
        seen = {int(line[1]): float(line[2]) for line in found}
        now = self._drive_quantities_now()
        products = self.env["product.product"].browse([*now, *(seen.keys() - now.keys())]).exists()
        return [
            self._drive_change_seen(product, seen.get(product.id, 0.0), now.get(product.id, 0.0))
            for product in products
            if product.uom_id.compare(seen.get(product.id, 0.0), now.get(product.id, 0.0))
        ]

    def _drive_change_seen(self, product, seen, now):
        if not seen:
            return self.env._("%(product)s: added", product=product.name)
        if not now:
            return self.env._("%(product)s: taken out", product=product.name)
        return self.env._(
            "%(product)s: %(now)s instead of %(was)s",
            product=product.name,
            now=product._drive_format_quantity(now),
            was=product._drive_format_quantity(seen),
        )

    def _drive_quantities_now(self):
        """``{product id: quantity}`` of the articles."""
        quantities = {}
        for line in self._drive_product_lines():
            quantities[line.product_id.id] = quantities.get(line.product_id.id, 0.0) + line.product_uom_qty
        return quantities
