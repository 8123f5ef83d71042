from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models

from ..tools.units import KILO, MEASURES, PIECE, unit
from .drive_place import STORAGE_CLASSES

# Goods sold by weight are ordered in steps of this many kilos unless told otherwise.
WEIGHT_STEP_KG = 0.1


class ProductTemplate(models.Model):
    _inherit = "product.template"

    drive_ok = fields.Boolean(
        "Sold on the drive",
        index=True,
        tracking=True,
        help="Members can order this product on the drive.",
    )
    drive_storage_class = fields.Selection(
        STORAGE_CLASSES,
        "Storage",
        default="ambient",
        required=True,
        help="Where its crate waits: goods of different classes go in different crates.",
    )
    drive_qty_step = fields.Float(
        "Order step",
        compute="_compute_drive_qty_step",
        store=True,
        readonly=False,
        digits="Product Unit",
        help="Members order a multiple of this quantity, in the product's unit.",
    )
    drive_piece_weight = fields.Float(
        "Weight of a piece",
        digits="Stock Weight",
        help="Kilos, on average: lets members order by the piece what is sold by weight. 0: ordered by weight only.",
    )
    drive_producer = fields.Char("Producer", index="trigram")
    drive_brand = fields.Char("Brand", index="trigram")
    drive_origin = fields.Char("Origin", help="Where it comes from, as members read it: “Sicily, Italy”.")
    drive_net_quantity = fields.Float(
        "Net quantity",
        digits=(16, 4),
        help="What one sold unit holds: 0.5 for a packet of 500 g. Needed for goods "
        "that are not sold by weight or volume, to show the price per kilo or litre.",
    )
    drive_net_unit = fields.Selection([("kg", "kg"), ("l", "l"), ("piece", "pieces")], "Net quantity unit")
    drive_comparison_price = fields.Float(
        "Comparison price",
        compute="_compute_drive_comparison",
        digits=(16, 6),
        help="Price per kilo, litre or piece, taxes included.",
    )
    drive_comparison_uom = fields.Selection(
        [("kg", "kg"), ("l", "l"), ("piece", "piece")],
        "Compared by",
        compute="_compute_drive_comparison",
    )

    # An upper bound too: for PostgreSQL, NaN is above every number.
    _drive_qty_step_range = models.Constraint(
        "CHECK (drive_qty_step > 0 AND drive_qty_step <= 1000)",
        "The order step is a number above 0, and at most 1000.",
    )
    _drive_piece_weight_range = models.Constraint(
        "CHECK (drive_piece_weight >= 0 AND drive_piece_weight <= 1000)",
        "The weight of a piece is between 0 and 1000 kg.",
    )
    _drive_net_quantity_range = models.Constraint(
        "CHECK (drive_net_quantity >= 0 AND drive_net_quantity <= 100000)",
        "The net quantity is between 0 and 100000.",
    )

    @api.depends("uom_id")
    def _compute_drive_qty_step(self):
        kilo = unit(self.env, KILO)
        for product in self:
            step = 1.0
            if product._drive_sold_by(kilo):
                step = kilo._compute_quantity(WEIGHT_STEP_KG, product.uom_id)
            product.drive_qty_step = step

    @api.depends(
        "list_price",
        "taxes_id.amount",
        "taxes_id.price_include",
        "uom_id",
        "drive_net_quantity",
        "drive_net_unit",
    )
    @api.depends_context("company")
    def _compute_drive_comparison(self):
        for product in self:
            price, by = product._drive_comparison(product._drive_price_included())
            product.drive_comparison_price = price
            product.drive_comparison_uom = by

    def _drive_sold_by(self, uom):
        """Whether the product's unit measures the same thing (weight, volume)."""
        return bool(self.uom_id) and self.uom_id._has_common_reference(uom)

    def _drive_measure(self):
        """What it is sold by: ``kg``, ``l``, or ``None`` for what is counted."""
        return self.uom_id.drive_measure or None

    def _drive_reference(self):
        """The kilo, or the litre of what is poured."""
        return unit(self.env, MEASURES[self._drive_measure()])

    def _drive_price_included(self, price=None):
        """The price of one sold unit with its taxes, as members pay it.

        :param float price: a price to use instead of the list price, as a pricelist
            gives it
        """
        self.ensure_one()
        if price is None:
            price = self.list_price
        taxes = self.taxes_id._filter_taxes_by_company(self.env.company)
        if all(tax.price_include for tax in taxes):
            return price
        return taxes.compute_all(price, product=self.product_variant_id)["total_included"]

    def _drive_comparison(self, price):
        """The comparison price that goes with a price.

        :param float price: of one sold unit, taxes included
        :return: (price per unit, unit), the unit being "kg", "l" or "piece". Rounded
            to cents, half up as on paper; below half a cent to two figures that mean
            something, as a shown price is never 0.00.
        """
        self.ensure_one()
        quantity, by = self._drive_content()
        return self._drive_round_comparison(price, quantity), by

    def _drive_content(self):
        """What one sold unit holds, to compare prices: (Decimal quantity, unit)."""
        measure = self._drive_measure()
        if measure:
            return self._drive_units(self._drive_reference()), measure
        pieces = Decimal(1)
        piece = unit(self.env, PIECE)
        if self._drive_sold_by(piece):
            pieces = self._drive_units(piece)
        if self.drive_net_quantity > 0 and self.drive_net_unit:
            net = Decimal(repr(self.drive_net_quantity))
            # A pack of six holds six times what is written on one.
            return net * pieces, self.drive_net_unit
        return pieces, "piece"

    def _drive_units(self, reference):
        """How many `reference` units one sold unit is, exactly."""
        factors = Decimal(repr(self.uom_id.factor)), Decimal(repr(reference.factor))
        return factors[0] / factors[1]

    @staticmethod
    def _drive_round_comparison(price, quantity):
        exact = Decimal(repr(float(price))) / quantity
        rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if exact and not rounded:
            rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), ROUND_HALF_UP)
        return float(rounded)
