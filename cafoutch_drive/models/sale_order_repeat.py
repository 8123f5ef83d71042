import math

from odoo import api, models


class SaleOrder(models.Model):
    """Several products put into a basket at once: an order again, a list, what is usual."""

    _inherit = "sale.order"

    def _drive_bring_up(self, wanted):
        """Bring this basket up to these quantities, as far as they can be had.

        What it holds less of, or none, is raised; nothing is lowered or taken out. So
        what was in it stays, and asking twice does no more than asking once: a second
        click, or last week's order on top of a list, doubles nothing.

        To be run under ``lock_first`` on the household.

        :param wanted: ``{product: quantity}``, in the products' own units; products
            may be gone, and quantities between two steps
        :return: ``{"url": address, "message": sentence}``, which names what is no
            longer sold, and what there is none or not enough left of
        """
        self.ensure_one()
        lines = {line.product_id: line for line in self._drive_product_lines()}
        sold = [product for product in wanted if product._drive_is_sold()]
        gone = [product for product in wanted if product not in sold]
        available = self.env["product.product"].union(*sold)._drive_available(self.warehouse_id)
        count, added, none, short = 0, [], [], {}
        for product in sold:
            quantity = self._drive_whole_steps(product, wanted[product])
            left = available.get(product.id, quantity)
            if product.uom_id.compare(left, quantity) < 0:
                quantity = self._drive_whole_steps(product, max(left, 0.0), down=True)
                if quantity:
                    short[product] = quantity
                else:
                    none.append(product)
            line = lines.get(product)
            if product.uom_id.compare(quantity, line.product_uom_qty if line else 0.0) <= 0:
                continue
            count += 1
            if line:
                line.product_uom_qty = quantity
            else:
                added.append({"order_id": self.id, **self._drive_prepare_line(product, quantity)})
        prices = self._drive_prices_text(self._drive_price_facts(self.order_line.browse())["moved"])
        # Together: a line made alone costs twice as much.
        self.env["sale.order.line"].create(added)
        if added or prices:
            self._drive_reprice()
        self._drive_touch()
        message = self._drive_brought_text(count, gone, none, short)
        return {"url": "/drive/basket", "message": " ".join(filter(None, (message, prices)))}

    def _drive_whole_steps(self, product, quantity, down=False):
        """Return a quantity that this product is sold in: what was weighed is not, but
        the nearest number of steps, or pieces, is.

        :param down: never more than ``quantity``; otherwise at least one step
        """
        by_piece = self.env["drive.catalogue"]._is_measured(product.product_tmpl_id) and product.drive_piece_weight
        step = by_piece or product.drive_qty_step or 1.0
        return product.uom_id.round(self._drive_whole(quantity, step, down))

    @api.model
    def _drive_whole(self, quantity, step, down=False):
        steps = quantity / step
        return step * (math.floor(steps + 1e-6) if down else max(round(steps), 1))

    def _drive_brought_text(self, count, gone, none, short):
        if count == 1:
            sentences = [self.env._("1 product was put into your basket.")]
        elif count:
            sentences = [self.env._("%(count)s products were put into your basket.", count=count)]
        elif gone or none or short:
            sentences = [self.env._("Nothing more could be put into your basket.")]
        else:
            sentences = [self.env._("All of it is already in your basket.")]
        if gone:
            sentences.append(self.env._("No longer on the drive: %s.", self._drive_names(gone)))
        if none:
            sentences.append(self.env._("None left: %s.", self._drive_names(none)))
        if short:
            left = ", ".join(
                f"{product.name} ({product._drive_format_quantity(quantity)})" for product, quantity in short.items()
            )
            sentences.append(self.env._("Not enough left, so you get less: %s.", left))
        return " ".join(sentences)

    def _drive_names(self, products):
        return ", ".join(product.name for product in products)

    def _drive_quantities(self):
        """Return ``{product: quantity}`` of what the member asked for: what was ordered,
        not what was found, and no substitute."""
        self.ensure_one()
        quantities = {}
        for line in self._drive_product_lines():
            quantity = line.drive_ordered_qty or line.product_uom_qty
            if line.drive_substitute_of_id or quantity <= 0:
                continue
            in_unit = line.product_uom_id._compute_quantity(quantity, line.product_id.uom_id, round=False)
            quantities[line.product_id] = quantities.get(line.product_id, 0.0) + in_unit
        return quantities
