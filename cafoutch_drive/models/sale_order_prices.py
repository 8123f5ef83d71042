from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.figures import Figures
from ..tools.typed_quantity import read_number


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_price_seen = fields.Float(
        copy=False,
        readonly=True,
        help="What lists said that one unit costs, taxes included, when the basket was last brought to its price.",
    )


class DriveCatalogue(models.AbstractModel):
    _inherit = "drive.catalogue"

    @api.model
    def _moved_prices(self, contents, pricelist, seen):
        """The articles whose price is another than was seen; no query for known rows.

        :param seen: ``[(product id, price seen)…]``, of ``_drive_sql_seen``
        :return: ``{product id: (price seen, price now)}`` of one unit, taxes included
        """
        seen = {number: price for number, price in seen or () if price}
        rows = self._rows(contents, pricelist, list(seen))
        return {
            number: (price, rows[number]["price"])
            for number, price in seen.items()
            if number in rows and price != rows[number]["price"]
        }


class SaleOrder(models.Model):
    """Prices that change while an article is in a basket: said, and never silent.

    Each line knows the price that its member saw. Pages compare it with the price of
    now, and show a basket at the prices of now; what writes in the basket brings all of
    it to them, and says so.
    """

    _inherit = "sale.order"

    def _drive_sql_seen(self):
        """SQL of ``[[product id, price seen]…]`` of the order ``o``."""
        return SQL(
            """(SELECT json_agg(json_build_array(product_id, drive_price_seen))
                  FROM sale_order_line
                 WHERE order_id = o.id AND product_id IS NOT NULL AND display_type IS NULL)"""
        )

    def _drive_moved_on_page(self, product, facts, price_seen):
        """As ``drive.catalogue._moved_prices``, of the page on which an article is changed:
        one that is open since the morning may say another price.

        :param facts: of :meth:`_drive_price_facts`
        :param price_seen: anything that a page sends
        """
        number = read_number(price_seen)
        seen = [(product.id, number)] if number else ()
        return facts["catalogue"]._moved_prices(facts["contents"], facts["pricelist"], seen)

    def _drive_counted(self, totals, gone):
        """What a basket comes to for its member: what is no longer sold counts nothing.

        :param totals: of :meth:`_drive_totals`
        :param gone: ids of products that are no longer sold
        """
        if not gone:
            return totals
        lines = self._drive_product_lines().filtered(lambda line: line.product_id.id in gone)
        return {
            **totals,
            "basket_total": self.currency_id.round(totals["basket_total"] - sum(lines.mapped("price_total"))),
            "basket_count": totals["basket_count"] - len(lines),
        }

    def _drive_price_answer(self, product, facts):
        """What a page shows of the price of an article from now on."""
        row = facts["catalogue"]._rows(facts["contents"], facts["pricelist"], [product.id])[product.id]
        return {name: row[name] for name in ("price", "price_text", "compared")}

    def _drive_prices_now(self, products):
        """``{product id: what lists say that one unit costs}``, taxes included."""
        catalogue = self.env["drive.catalogue"].with_company(self.company_id)
        rows = catalogue._rows(catalogue._contents(self.pricelist_id), self.pricelist_id, products.ids)
        return {number: rows[number]["price"] for number in products.ids}

    def _drive_reprice(self):
        """Bring all lines to the prices and taxes of now.

        :return: ``{product id: (price seen, price now)}`` of what changed and is sold; the
            first is 0 where nobody knows what was seen
        """
        lines = self._drive_product_lines()
        before = {line: line.price_total for line in lines}
        prices = self._drive_prices_now(lines.product_id)
        # All at once: Odoo would read those of each line when it writes them.
        lines.mapped("tax_ids")
        self._recompute_taxes()
        self._recompute_prices()
        # Odoo works an amount out again when its taxes are others, not when a rate is.
        lines.modified(["tax_ids"])
        changed = {}
        # What is no longer sold counts nothing: its price is said if it comes back.
        gone = self._drive_gone_products()
        for line in lines.filtered(lambda line: line.product_id not in gone):
            seen, now = line.drive_price_seen, prices[line.product_id.id]
            if seen != now:
                if seen or self.currency_id.compare_amounts(before[line], line.price_total):
                    changed[line.product_id.id] = (seen, now)
                line.drive_price_seen = now
        return changed

    def _drive_prices_stand(self):
        """Whether the prices that the member of a basket saw are known, and those of now.

        Working all out again costs most of a check-out, where hardly ever a price has
        changed. The confirmation does it in any case.
        """
        facts = self._drive_price_facts(self.order_line.browse())
        return not facts["moved"] and all(price for _product, price in facts["seen"] or ())

    def _drive_prices_text(self, changed):
        """What a member reads of prices that changed; empty when none did.

        :param changed: ``{product id: (price seen or 0, price now)}``
        """
        if not changed:
            return ""
        return self.env._("Prices have changed (%s).", self._drive_changed_prices(changed))

    def _drive_changed_prices(self, changed):
        figures = Figures(self.env, self.currency_id)
        texts = []
        for number, (seen, now) in changed.items():
            product = self.env["product.product"].browse(number)
            was, price = (
                self.env["drive.catalogue"]._price_words(figures, product.product_tmpl_id, amount)[0]
                for amount in (seen, now)
            )
            text = self.env._("%(product)s: %(price)s instead of %(was)s", product=product.name, price=price, was=was)
            texts.append(text if seen else f"{product.name}: {price}")
        return ", ".join(texts)

    def _drive_page_repriced(self, changed):
        """The basket as it comes to at the prices of now; nothing is written, as pages
        are read from where nothing can be.

        :param changed: of ``drive.catalogue._moved_prices``
        :return: ``held`` and ``total`` as of :meth:`_drive_page_basket`, and ``prices_text``
        """
        draft = self.new(origin=self)
        draft._drive_reprice()
        lines = draft._drive_product_lines()
        return {
            "held": {line.product_id._origin.id: (line.product_uom_qty, line.price_total) for line in lines},
            "total": draft.amount_total,
            "prices_text": self._drive_prices_text(changed),
        }
