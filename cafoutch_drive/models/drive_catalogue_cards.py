from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models

from ..tools.kept_html import unindented

# Shown as "only so many left" up to this quantity, in the product's unit.
LOW_STOCK = 5
# Cards and lines kept as HTML, in their states; some 2 kB each.
CARDS_KEPT = 10000
# Stand in kept cards for what belongs to one request.
CSRF_MARK = "%csrf_token%"
HERE_MARK = "%here%"
# Between cards that are made together; in what people write it would be escaped.
END_MARK = Markup("<!--end-->")


class CardKind(NamedTuple):
    """A way to show cards."""

    template: str
    """Of ``cards``, with ``end`` after each."""
    state: tuple[str, ...]
    """What it shows of a card besides its row, the ``id`` first; other names than those of
    another kind tell what is kept of both apart."""


CARD = CardKind("cafoutch_drive.shop_cards", ("id", "qty", "line_text", "left_text", "out", "avoided_text", "liked"))
BASKET_LINE = CardKind("cafoutch_drive.shop_basket_lines", (*CARD.state, "gone", "ceiling_text", "wish"))


class DriveCatalogue(models.AbstractModel):
    """The cards of products in lists: what they say now, and their HTML."""

    _inherit = "drive.catalogue"

    @api.model
    def _cards(self, values, product_ids):
        """What the cards of products show, now, to the owner of a basket.

        :param values: of :meth:`_page_values`
        """
        basket = values["basket"]
        warehouse = self.env["stock.warehouse"].browse(basket["warehouse_id"])
        rows = self._rows(values["contents"], values["pricelist"], product_ids)
        rows = [rows[number] for number in product_ids if number in rows]
        left = self.env["product.product"]._drive_unreserved([row["id"] for row in rows if row["tracked"]], warehouse)
        cards = [
            self._card(row, left.get(row["id"]), basket["held"].get(row["id"]), basket["figures"]) for row in rows
        ]
        for card in cards:
            card["liked"] = card["id"] in basket["liked"]
        return cards

    @api.model
    def _card(self, row, left, line, figures):
        """One card: the row, what is left, and what the basket holds of it.

        :param left: quantity that can be promised, ``None`` for no limit
        :param line: ``(quantity, total)`` in the basket, or ``None``
        """
        card = dict(row)
        quantity = self._in_steps(row, line[0]) if line else 0.0
        step = row["step"]
        card["qty"] = quantity
        card["qty_text"] = figures.field(quantity)
        card["more"] = _plain_number(quantity + step if quantity else row["first"])
        card["less"] = _plain_number(max(quantity - step, 0.0))
        card["line_text"] = figures.money(line[1]) if line else ""
        card["weight_text"] = ""
        if line and row["by_piece"]:
            card["weight_text"] = self._with_unit(row, figures.number(line[0]))
        card["out"] = left is not None and left <= 0
        card["left_text"] = ""
        if left is not None and 0 < left <= LOW_STOCK:
            card["left_text"] = self.env._(
                "Only %(quantity)s left",
                quantity=self._with_unit(row, figures.number(left)),
            )
        return card

    @api.model
    def _cards_html(self, contents, cards, csrf_token, here):
        """Cards as HTML, for a list."""
        return self._kept_html(contents, CARD, cards, csrf_token, here)

    @api.model
    def _basket_lines_html(self, contents, cards, wishes, csrf_token, here):
        """The cards of a basket as HTML, for its page.

        :param cards: of :meth:`_basket_cards`
        :param wishes: of ``sale.order._drive_page_wishes``
        """
        cards = [{**card, "wish": wishes["own"].get(card["id"])} for card in cards]
        return self._kept_html(contents, BASKET_LINE, cards, csrf_token, here, wishes=wishes)

    @api.model
    def _kept_html(self, contents, kind, cards, csrf_token, here, **values):
        """Cards as HTML.

        A card's state is few values and many members share it, so each is made
        once and kept; what belongs to the request is put in afterwards.

        :param CardKind kind: how they are shown
        :param values: what the template shows besides, the same for all members
        """
        states = [tuple(card[name] for name in kind.state) for card in cards]
        # What another thread clears meanwhile is still here.
        made = {state: contents.cards.get(state) for state in states}
        missing = {state: card for state, card in zip(states, cards, strict=True) if made[state] is None}
        if missing:
            if len(contents.cards) >= CARDS_KEPT:
                contents.cards.clear()
            new = dict(zip(missing, self._make_cards(kind.template, list(missing.values()), values), strict=True))
            contents.cards.update(new)
            made.update(new)
        html = Markup("").join(made[state] for state in states)
        # Markup escapes what it takes in.
        return html.replace(CSRF_MARK, csrf_token).replace(HERE_MARK, here)

    @api.model
    def _make_cards(self, template, cards, values):
        """The HTML of each card, all made at once: to begin costs as much as a card."""
        html = self.env["ir.qweb"]._render(
            template,
            {**values, "cards": cards, "csrf_token": CSRF_MARK, "here": HERE_MARK, "end": END_MARK},
        )
        return [unindented(one) for one in html.split(END_MARK)[:-1]]


def _plain_number(value):
    """A number as programs write it, for forms."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
