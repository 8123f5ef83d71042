from odoo import api, models
from odoo.tools import SQL

from .drive_catalogue_filters import Filter

# The filter's name in addresses.
WITHOUT = "without"


class DriveCatalogue(models.AbstractModel):
    """A list without the products that hold an allergen, or may."""

    _inherit = "drive.catalogue"

    @api.model
    def _filters(self):
        return [*super()._filters(), Filter(WITHOUT, self.env._("Without"), "none")]

    @api.model
    def _read_titles(self):
        allergens = self.env["drive.allergen"].search_fetch([("code", "!=", False)], ["name"])
        return {**super()._read_titles(), WITHOUT: {allergen.id: allergen.name for allergen in allergens}}

    @api.model
    def _read_for_index(self, product_ids=None):
        rows = super()._read_for_index(product_ids)
        held = self._read_allergens([row["id"] for row in rows])
        return [{**row, "allergen_ids": held.get(row["id"], ())} for row in rows]

    @api.model
    def _entry_values(self, values, titles):
        return {**super()._entry_values(values, titles), WITHOUT: values["allergen_ids"]}

    @api.model
    def _read_allergens(self, product_ids):
        """``{product id: ids of the allergens in it, or that may be}``. All of them while
        nobody has said which: who avoids one does not find it among what is without."""
        words = self.env["drive.allergen"]._words()
        everything = tuple(self.env["drive.allergen"].search([("code", "!=", False)]).ids)
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, t.drive_ingredients, t.drive_no_allergen,
                          ARRAY(SELECT allergen_id FROM drive_allergen_product_rel WHERE product_id = t.id),
                          ARRAY(SELECT allergen_id FROM drive_trace_product_rel WHERE product_id = t.id)
                     FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE p.id = ANY(%s) AND t.drive_food IS DISTINCT FROM 'none'""",
                list(product_ids),
            )
        )
        held = {}
        for product, ingredients, answered_none, contains, traces in rows:
            known = answered_none or contains
            held[product] = tuple({*contains, *traces, *words.find(ingredients)}) if known else everything
        return held

    @api.model
    def _avoid_address(self, contents, path, query, choices, avoided_ids):
        """The address of the same list without what its reader avoids; empty when that
        would leave nothing out.

        :param avoided_ids: of :meth:`_avoided_ids`
        """
        known = {value for value in self._known_values(contents)[WITHOUT].values() if value in avoided_ids}
        chosen = set(choices.of(WITHOUT))
        if known <= chosen:
            return ""
        values = [(name, some) for name, some in choices.values if name != WITHOUT]
        wanted = choices._replace(values=(*values, (WITHOUT, tuple(sorted(known | chosen)))))
        return self._list_address(path, query, wanted)
