import math
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import float_round

from ..tools.word_index import EMPTY_WORDS, singular, words_of

# More are none that a preparer reads beside a shelf.
MOST_PROPOSALS = 5
# By this much cheaper and dearer than what is missing, at most: the shop bears what is dearer.
CHEAPEST, DEAREST = 0.5, 1.25
# So much smaller and larger is one piece or packet, at most.
SMALLEST, LARGEST = 0.5, 1.25
# What each resemblance counts; a word of the name says most: apples for apples.
NAME, PRICE, LABELS = 2.0, 1.0, 0.5


class Substitute(NamedTuple):
    """What may go into a basket in place of a missing article."""

    product: models.Model
    qty: float
    """In the product's own unit."""
    price: float
    """What the member pays for one of these, taxes included."""
    today: float
    """What one of these costs today, taxes included."""
    nearness: float
    """Of today's price to that of the missing article: from 0, as far as it may be, to 1."""


class SaleOrderLine(models.Model):
    """What resembles a missing article enough to be put into the basket in its place."""

    _inherit = "sale.order.line"

    # === THE RULE === #

    def _drive_substitutes(self, products=None):
        """Return what may replace what is missing of this line, the most alike first.

        That is an article of one of the same shelves, sold on the drive and by the same
        company; sold in the same way, by the piece, by weight or by volume; near in price
        and in size; of which enough is left where the basket is prepared; that the order
        has not already, and that nobody of the household avoids. Prices are those of the
        member's pricelist today, taxes included, by kilo, litre or piece where both
        articles have that comparison price by the same.

        :param products: only these, and then each of them; else at most ``MOST_PROPOSALS``
        :rtype: list[Substitute]
        """
        self.ensure_one()
        order = self.order_id
        candidates = self._drive_substitute_candidates(products)
        prices = order._drive_prices_now(candidates)
        near = [found for found in (self._drive_offered(one, prices[one.id]) for one in candidates) if found]
        left = candidates._drive_available(order.warehouse_id)
        there = [
            one
            for one in near
            if one.product.id not in left or one.product.uom_id.compare(left[one.product.id], one.qty) >= 0
        ]
        there.sort(key=lambda one: (-self._drive_likeness(one), one.product.name, one.product.id))
        found = []
        for one in there:
            if self._drive_may_be_replaced_by(one.product):
                found.append(one)
            if products is None and len(found) == MOST_PROPOSALS:
                break
        return found

    def _drive_proposed(self, products):
        """What may replace this line, of these products, among what is proposed.

        What is not proposed gets one answer, whatever the reason: whoever tried all articles of the shop
        would else learn what a household avoids.

        :rtype: list[Substitute]
        """
        return [one for one in self._drive_substitutes() if one.product in products]

    def _drive_likeness(self, substitute):
        """How much a substitute resembles this article: the greater, the more; a hook.

        ``2 × name + price + labels / 2``, each from 0 to 1: the part of the words of both
        names that they have in common, the nearness of the price, and the part of the
        labels of both (organic, local…) that they have in common.

        :param Substitute substitute:
        """
        mine, other = self.product_id, substitute.product
        return (
            NAME * _in_common(_words(mine.name), _words(other.name))
            + PRICE * substitute.nearness
            + LABELS * _in_common(set(mine.product_tag_ids.ids), set(other.product_tag_ids.ids))
        )

    def _drive_substitute_candidates(self, products=None):
        """What of the shop can be asked whether it resembles this article.

        :param products: only these
        """
        catalogue = self.env["drive.catalogue"]
        domain = Domain(catalogue._domain()) & Domain(
            [
                ("type", "=", "consu"),
                ("company_id", "in", (False, self.company_id.id)),
                ("pos_categ_ids", "in", self.product_id.pos_categ_ids.ids),
                ("id", "not in", self.order_id.order_line.product_id.ids),
            ]
        )
        if products is not None:
            domain &= Domain("id", "in", products.ids)
        found = self.env["product.product"].search(domain, order="id")
        return found.filtered(lambda product: product._drive_is_sold())

    # === QUANTITY AND PRICE === #

    def _drive_offered(self, product, today):
        """How much of a product goes in for what is missing, and at which price; nothing
        when it is sold otherwise, or is not near in size or price.

        For what is weighed or poured, as much as is missing. Else the same number; where
        both say what is in them (500 g), so many that there is not more in all than what
        is missing, one at least.

        :param float today: what one of it costs today, taxes included
        :rtype: Substitute | None
        """
        mine, other = self.product_id.product_tmpl_id, product.product_tmpl_id
        missing = self.product_uom_id._compute_quantity(self._drive_missing_qty(), mine.uom_id, round=False)
        price = self._drive_price_of_one()
        if missing <= 0 or price <= 0 or today <= 0 or mine._drive_measure() != other._drive_measure():
            return None
        (held, by), (content, other_by) = mine._drive_content(), other._drive_content()
        # How much of the missing article one of the other is.
        size = float(content / held) if by == other_by else 1.0
        ratio = today / size / price
        measured = bool(mine._drive_measure())
        if not CHEAPEST <= ratio <= DEAREST or not (measured or SMALLEST <= size <= LARGEST):
            return None
        qty = product.uom_id.round(missing / size) if measured else max(1, math.floor(missing / size + 1e-6))
        most = self._drive_most_price(price, missing, size, qty)
        limit = DEAREST if ratio > 1 else CHEAPEST
        return Substitute(product, qty, min(today, most), today, 1 - math.log(ratio) / math.log(limit))

    def _drive_most_price(self, price, missing, size, qty):
        """What the member pays at most for one of a substitute, without having said yes to
        more: neither more a kilo, litre or piece than for what is missing, nor more in
        all. Rounded down: the cent is the shop's.

        :param price: of one of what is missing, taxes included
        :param missing: how many of these
        :param size: how much of one of these a substitute is
        :param qty: how many substitutes go in
        """
        digits = self.currency_id.decimal_places
        most = price * min(size, missing / qty)
        return float_round(most + 1e-9, precision_digits=digits, rounding_method="DOWN")

    def _drive_missing_qty(self):
        """What is missing of this line, in its unit."""
        return max(self._drive_wanted_qty() - self.drive_prepared_qty, 0.0)

    def _drive_price_of_one(self):
        """What one of the product costs by this line, in the product's own unit, taxes included."""
        price = self.price_unit * (1 - self.discount / 100)
        if not all(tax.price_include for tax in self.tax_ids):
            price = self.tax_ids.compute_all(price, self.currency_id, product=self.product_id)["total_included"]
        return price / self.product_uom_id._compute_quantity(1, self.product_id.uom_id, round=False)


def _words(name):
    return {singular(word) for word in words_of(name) if word not in EMPTY_WORDS}


def _in_common(some, others):
    return len(some & others) / len(some | others) if some and others else 0.0
