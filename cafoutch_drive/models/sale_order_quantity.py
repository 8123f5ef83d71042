from odoo import models

from ..tools.figures import Figures
from ..tools.refusal import DriveRefused
from ..tools.typed_quantity import read_quantity

# A number alone above this is asked about: it may be grams. The largest sack that a shop
# sells, and so many steps of the product: few people order ten kilos of cumin.
HEAVY = 25.0
MANY_STEPS = 100
MANY_PIECES = 50


class SaleOrder(models.Model):
    """Quantities as people type them: the units cannot be mistaken.

    The one rule, wherever a quantity is typed: a number alone that is large, and is not
    what stood there already, is asked about. A text that somebody typed comes here as a
    text; what a button or a program says comes as a number, and is never asked about.
    """

    _inherit = "sale.order"

    def _drive_read_quantity(self, product, qty, unit, known=None):
        """What was typed or sent, as a number of what the product is ordered in.

        :param qty: a number, or a text with or without a unit: anything may be in it
        :param unit: of a number alone: ``uom`` or ``piece``
        :param known: of :meth:`_drive_parse_quantity`
        :return: ``(number, unit)``; the number is ``None`` when there is none in it
        :raise DriveRefused: when another unit was said than it is sold in, or when a
            number was typed that may be meant in grams
        """
        typed = read_quantity(qty)
        if typed is None:
            return None, unit
        if typed.measure:
            return self._drive_said_quantity(product, typed, unit)
        if isinstance(qty, str):
            self._drive_ask_unit(product, typed.number, unit, known)
        return typed.number, unit

    def _drive_said_quantity(self, product, typed, unit):
        """The quantity of somebody who said its unit.

        A weight of what is counted in pieces is the nearest number of them.
        """
        template = product.product_tmpl_id
        if typed.measure == "piece":
            if not template._drive_measure():
                return typed.number, "uom"
            if product.drive_piece_weight:
                return typed.number, "piece"
        elif typed.measure == template._drive_measure():
            quantity = template._drive_reference()._compute_quantity(typed.number, product.uom_id, round=False)
            if unit == "piece" and product.drive_piece_weight:
                return float(quantity and max(1, round(quantity / product.drive_piece_weight))), "piece"
            return quantity, "uom"
        raise DriveRefused(
            "bad_unit",
            self.env._("%(product)s is not sold that way; nothing was changed.", product=product.name),
        )

    def _drive_ask_unit(self, product, number, unit, known=None):
        """Ask about a number that nobody means: 200, typed for goods sold by the kilo.

        :param known: of :meth:`_drive_parse_quantity`
        :raise DriveRefused: with what to write for either
        """
        measure = product.product_tmpl_id._drive_measure()
        if not measure:
            return
        reference = product.product_tmpl_id._drive_reference()
        by_piece = unit == "piece" and product.drive_piece_weight
        kilos = product.uom_id._compute_quantity(
            number * (product.drive_piece_weight if by_piece else 1), reference, round=False
        )
        step = product.uom_id._compute_quantity(product.drive_qty_step or 1.0, reference, round=False)
        most = HEAVY if by_piece else min(HEAVY, MANY_STEPS * step)
        if known is None:
            known = sum(self.order_line.filtered(lambda line: line.product_id == product).mapped("product_uom_qty"))
        same = product.uom_id.compare(product.uom_id._compute_quantity(known, reference, round=False), kilos) == 0
        if same or (kilos <= most and not (by_piece and number > MANY_PIECES)):
            return
        number_text = Figures(self.env, self.currency_id or self.env.company.currency_id).number
        typed = product._drive_format_quantity(number)
        if by_piece:
            typed = self.env._("%s pieces", number_text(number))
        small = max(number / 1000, step)
        small = max(1, round(small / product.drive_piece_weight)) if by_piece else round(small / step) * step
        raise DriveRefused(
            "which_unit",
            self.env._(
                "%(typed)s? For %(grams)s %(small_unit)s, write %(small)s. If you do mean so much, write “%(typed)s”.",
                typed=typed,
                grams=number_text(number),
                small_unit="g" if measure == "kg" else "ml",
                small=number_text(small),
            ),
        )
