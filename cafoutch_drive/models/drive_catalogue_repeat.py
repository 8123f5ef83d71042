from odoo import api, models
from odoo.tools import SQL

# What is usual is a basket of groceries: 20 to 60 articles.
USUAL_LENGTH = 60


class DriveCatalogue(models.AbstractModel):
    """What the pages of usual products, favourites and lists show."""

    _inherit = "drive.catalogue"

    @api.model
    def _usual_cards(self, values, partner):
        """The cards of what a person usually takes and that is sold today.

        :param values: of :meth:`_page_values`
        """
        return self._repeat_cards(values, self._usual_quantities(values, partner))

    @api.model
    def _usual_quantities(self, values, partner):
        """``{product_id: quantity}`` of the usual products that are sold, the most
        regular first."""
        sold = self._sold_ids(values["contents"])
        usual = [(number, quantity) for number, quantity in partner._drive_usual().items() if number in sold]
        return dict(usual[:USUAL_LENGTH])

    @api.model
    def _list_cards(self, values, products):
        """The cards of what is in a list, and the names of what is no longer sold.

        :param products: the ``drive.list``
        """
        quantities = {line.product_id.id: line.quantity for line in products.line_ids}
        sold = self._sold_ids(values["contents"])
        gone = products.line_ids.product_id.filtered(lambda product: product.id not in sold)
        cards = self._repeat_cards(values, {number: qty for number, qty in quantities.items() if number in sold})
        return cards, [{"id": product.id, "name": product.name} for product in gone]

    @api.model
    def _repeat_cards(self, values, quantities):
        """Cards with the quantity that is proposed: ``proposed`` as the stepper counts
        and ``proposed_text`` in words.

        :param quantities: ``{product_id: quantity}`` in the order of the page
        """
        cards = self._cards(values, list(quantities))
        figures = values["basket"]["figures"]
        for card in cards:
            step = card["piece_weight"] if card["by_piece"] else card["step"]
            quantity = self.env["sale.order"]._drive_whole(quantities[card["id"]], step)
            card["proposed"] = figures.field(self._in_steps(card, quantity))
            card["proposed_text"] = self._quantity_text(card, quantity, figures)
        return cards

    @api.model
    def _first_quantity(self, values, product):
        """How much of a product goes into a list: what the basket holds of it, else what
        a first tap gives; in the product's unit."""
        if product.id in values["basket"]["held"]:
            return values["basket"]["held"][product.id][0]
        row = self._rows(values["contents"], values["pricelist"], [product.id])[product.id]
        return row["first"] * (row["piece_weight"] if row["by_piece"] else 1.0)

    @api.model
    def _page_keep(self, partner, product_id):
        """What the page of a product says of the reader's own lists, in one query.

        :return: dict of ``liked`` and ``names``, of the lists that they may put it in
        """
        self.env["drive.list"].flush_model()
        self.env["drive.list.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT d.name, d.is_favourites,
                          EXISTS (SELECT FROM drive_list_line l
                                   WHERE l.list_id = d.id AND l.product_id = %s)
                     FROM drive_list d
                    WHERE d.partner_id = %s
                    ORDER BY d.name""",
                product_id,
                partner.id,
            )
        )
        return {
            "liked": any(favourites and has_it for _name, favourites, has_it in rows),
            "names": [name for name, favourites, _has_it in rows if not favourites],
        }
