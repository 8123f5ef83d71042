from odoo import fields, models

from ..tools.client_id import read_id
from ..tools.figures import Figures
from ..tools.memo import INSIDE
from ..tools.refusal import DriveRefused

# What is typed in a field of the page and makes no sense is shown again, as far as that.
LONGEST_TYPED = 40
# Articles that a search for more shows at once.
FOUND_AT_MOST = 24


class SaleOrder(models.Model):
    """The page on which a member changes the articles of a confirmed order.

    It keeps nothing anywhere: each time it is sent it says what would be, and the
    order stands until the change is confirmed.
    """

    _inherit = "sale.order"

    def _drive_page_change(self, values, lines, words, shelf_id):
        """What the page shows.

        :param values: of ``drive.catalogue._page_values``
        :param lines: what differs from the order so far, as the page sends it
        :param words: what a member looks for to add
        :param shelf_id: the shelf on which they look, 0 for all
        """
        self.ensure_one()
        before = self._drive_needed()
        wanted, wrong, refusal = self._drive_read_wanted(lines)
        changes = self._drive_differences(before, wanted)
        refusal = refusal or self._drive_change_refusal(before, changes)
        figures = Figures(self.env, self.currency_id)
        short = self._drive_short_marks(before, changes, values, figures)
        wrong |= short
        # What the shop has not is no part of a total.
        changes = {product: quantity for product, quantity in changes.items() if product.id not in short}
        draft = self._drive_draft(changes)
        found = self._drive_find_more(values["contents"], words, shelf_id)
        listed = list(dict.fromkeys([*(product.id for product in {**before, **changes}), *wrong]))
        more = [number for number in found if number not in listed]
        numbers = listed + more[:FOUND_AT_MOST]
        cards = self._drive_change_cards(values, before, changes, draft, numbers)
        for card in cards:
            shown = card["qty_text"]
            card |= {"typed": shown, "shown": shown, "wrong": None, **wrong.get(card["id"], {})}
        return {
            "order": self._drive_page_summary(),
            "cards": cards[: len(listed)],
            "found": cards[len(listed) :],
            "more_found": len(more) > FOUND_AT_MOST,
            "words": words,
            "shelf_id": shelf_id,
            "looking": bool(words or shelf_id),
            "total": draft.amount_total,
            "total_text": figures.money(draft.amount_total),
            "before_text": figures.money(self.amount_total) if changes else "",
            "estimated": any(card["measured"] and card["qty"] for card in cards[: len(listed)]),
            "change_refusal": refusal,
        }

    def _drive_read_wanted(self, lines):
        """Read each line for itself, so that one that makes no sense spoils no other.

        :return: ``({product: quantity}, {product id: what its card shows of a number that is
            wrong}, the first refusal or None)``
        """
        wanted, wrong, refusal = {}, {}, None
        field = Figures(self.env, self.currency_id).field
        try:
            self._drive_read_change(lines)
        except DriveRefused as refused:
            return wanted, wrong, refused.refusal
        for line in lines:
            try:
                wanted.update(self._drive_parse_change([line]))
            except DriveRefused as refused:
                refusal = refusal or refused.refusal
                if refused.refusal.code != "not_sold":
                    number = read_id(line["product_id"], from_text=True)
                    typed = line["qty"] if isinstance(line["qty"], str) else field(line["qty"])
                    wrong[number] = {"typed": typed[:LONGEST_TYPED], "wrong": refused.refusal.message}
        return wanted, wrong, refusal

    def _drive_short_marks(self, before, changes, values, figures):
        """What the cards show of numbers beyond what is left, by product id; they stay in
        their fields.

        :param values: of ``drive.catalogue._page_values``
        """
        catalogue = self.env["drive.catalogue"]
        short = self._drive_change_short(before, changes)
        rows = catalogue._rows(values["contents"], values["pricelist"], [product.id for product in short])
        return {
            product.id: {
                "typed": figures.field(catalogue._in_steps(rows[product.id], changes[product])),
                "wrong": self.env._("%s at most", product._drive_format_quantity(max(most, 0.0))),
            }
            for product, most in short.items()
        }

    def _drive_change_refusal(self, before, changes):
        """Why the shop would refuse this change, as far as can be told beforehand."""
        try:
            if changes:
                self._drive_check_adding(changes)
                self._drive_check_change(before, changes)
        except DriveRefused as refused:
            return refused.refusal
        return None

    def _drive_draft(self, changes):
        """The order as it would be, in memory only: with the same prices and taxes as
        :meth:`_drive_write_change` writes."""
        draft = self.with_context(drive_change=INSIDE).new(origin=self)
        for product, quantity in changes.items():
            lines = draft._drive_product_lines().filtered(lambda line, p=product: line.product_id == p)
            if not lines:
                if quantity > 0:
                    draft.order_line = [fields.Command.create(self._drive_prepare_line(product, quantity))]
                continue
            shares = lines._origin._drive_shares(quantity)
            for line, share in zip(lines, shares, strict=True):
                if line.product_uom_id.compare(share, 0) > 0:
                    price, discount = line.price_unit, line.discount
                    line.product_uom_qty = share
                    line.update({"price_unit": price, "discount": discount})
                else:
                    draft.order_line -= line
        return draft

    def _drive_find_more(self, contents, words, shelf_id):
        """Ids of the articles that have these words, on this shelf."""
        catalogue = self.env["drive.catalogue"]
        if not words and not shelf_id:
            return []
        on_shelf = catalogue._shelf_ids(contents, shelf_id or None)
        if not words:
            return on_shelf
        on_shelf = set(on_shelf)
        return [number for number in catalogue._search_ids(contents, words) if number in on_shelf]

    # === CARDS === #

    def _drive_change_cards(self, values, before, changes, draft, numbers):
        """The cards of articles.

        :param numbers: ids of what the order holds or would hold, then of what was found
        """
        catalogue = self.env["drive.catalogue"]
        rows = catalogue._rows(values["contents"], values["pricelist"], numbers)
        left = self.env["product.product"]._drive_unreserved(
            [number for number in numbers if rows[number]["tracked"]], self.warehouse_id
        )
        totals = {product.id: 0.0 for product in {**before, **changes}}
        for line in draft._drive_product_lines():
            totals[line.product_id.id] += line.price_total
        holds = {product.id: quantity for product, quantity in before.items()}
        wanted = {**holds, **{product.id: quantity for product, quantity in changes.items()}}
        figures = Figures(self.env, self.currency_id)
        cards = []
        for number in numbers:
            free = left.get(number)
            line = (wanted[number], totals[number]) if wanted.get(number) else None
            card = catalogue._card(
                rows[number], free if free is None else free + holds.get(number, 0.0), line, figures
            )
            cards.append({**card, **self._drive_change_marks(rows[number], card, holds.get(number, 0.0), figures)})
        catalogue._mark_avoided(cards, values["avoided_ids"])
        return cards

    def _drive_change_marks(self, row, card, held, figures):
        """What tells a card of this page from one of the shop.

        :param held: what the confirmed order holds, in the product's unit
        """
        catalogue = self.env["drive.catalogue"]
        lines = self._drive_product_lines().filtered(lambda line: line.product_id.id == row["id"])
        was = catalogue._in_steps(row, held) if held else 0.0
        marks = {
            "was_text": figures.field(was),
            "changed": figures.field(was) != card["qty_text"],
            "taken_out": bool(held) and not card["qty"],
            "fixed": bool(lines) and lines.product_id not in self._drive_changeable_products(),
        }
        if lines:
            marks["price_text"], marks["compared"] = self._drive_kept_price(lines[0], figures)
        if marks["taken_out"]:
            marks["more"] = f"{was:.3f}".rstrip("0").rstrip(".")
        return marks

    def _drive_kept_price(self, line, figures):
        """The price per unit at which this line was confirmed, and its comparison price, as
        cards show them."""
        product = line.product_id
        price = line.product_uom_id._compute_price(line.price_unit * (1 - line.discount / 100), product.uom_id)
        template = product.product_tmpl_id
        return self.env["drive.catalogue"]._price_words(figures, template, template._drive_price_included(price))
