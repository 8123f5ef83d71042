from odoo import api, models
from odoo.fields import Domain

FOOD_COLUMNS = ("drive_food", "drive_ingredients", "drive_no_allergen")


class DriveCatalogue(models.AbstractModel):
    """What members read of food before they order it."""

    _inherit = "drive.catalogue"

    @api.model
    def _domain(self):
        domain = super()._domain()
        if self.env["drive.policy"]._food_rules(self.env.company.id).blocks_incomplete:
            domain = Domain(domain) & Domain("drive_complete", "=", True)
        return domain

    @api.model
    def _row_columns(self):
        return super()._row_columns() + FOOD_COLUMNS

    @api.model
    def _prepare_row(self, product, price, figures, pictured):
        template = product.product_tmpl_id
        measure = template._drive_measure()
        return {
            **super()._prepare_row(product, price, figures, pictured),
            # Where a number alone is kilos or litres.
            "measure": measure if measure and template.uom_id == template._drive_reference() else "",
            "allergen_ids": frozenset(template._drive_contains().ids),
            "trace_ids": frozenset(template.drive_trace_ids.ids),
            "allergens_known": template._drive_allergens_known() or template.drive_food == "none",
        }

    # === WHAT ONE MEMBER AVOIDS === #

    @api.model
    def _avoided_ids(self, partner):
        """Ids of the allergens that the reader of a page avoids.

        Empty for staff who order for somebody: it is nobody's business. No query for
        those who avoid nothing.

        :param partner: whose basket the page shows
        :rtype: frozenset[int]
        """
        reads = partner and partner == self.env.user.partner_id
        return frozenset(partner._drive_avoidances().allergen_id.ids if reads else ())

    @api.model
    def _page_values(self, partner):
        return {**super()._page_values(partner), "avoided_ids": self._avoided_ids(partner)}

    @api.model
    def _cards(self, values, product_ids):
        cards = super()._cards(values, product_ids)
        self._mark_avoided(cards, values["avoided_ids"])
        return cards

    @api.model
    def _mark_avoided(self, cards, avoided_ids):
        """Say on cards what their reader avoids."""
        for card in cards:
            card["avoided_text"] = self._avoided_text(card, avoided_ids) if avoided_ids else ""

    @api.model
    def _avoided_text(self, row, avoided_ids):
        """What a member who avoids allergens reads on a card, if anything."""
        allergens = self.env["drive.allergen"]
        contains = allergens.browse(row["allergen_ids"] & avoided_ids)
        if contains:
            return self.env._("Contains: %s", contains._listed())
        traces = allergens.browse(row["trace_ids"] & avoided_ids)
        if traces:
            return self.env._("Traces of: %s", traces._listed())
        return "" if row["allergens_known"] else self.env._("Allergens not known")

    # === THE BASKET === #

    @api.model
    def _basket_cards(self, values):
        cards = super()._basket_cards(values)
        ceilings = self.env["sale.order"].browse(values["basket"]["order_id"] or [])._drive_page_ceilings()
        for card in cards:
            card["gone"] = card["id"] in values["gone_ids"]
            card["ceiling_text"] = ceilings.get(card["id"], "")
        return cards

    # === THE PRODUCT'S PAGE === #

    @api.model
    def _product_facts(self, product_id, avoided_ids):
        """What the page of a product says of it besides its card.

        :param avoided_ids: of :meth:`_avoided_ids`
        :return: dict of ``food``, ``ingredients`` (HTML), ``contains``, ``traces``,
            ``allergens_known``, ``net``, ``keeping``, ``operator`` and ``avoided``
            (``"contains"``, ``"traces"``, ``"unknown"`` or ``""``, and a text)
        """
        product = self.env["product.product"].browse(product_id).product_tmpl_id
        contains = product._drive_contains()
        allergens = self.env["drive.allergen"]
        return {
            "food": product.drive_food or "",
            "ingredients": allergens._marked(product.drive_ingredients),
            "contains": contains._listed(),
            "traces": (product.drive_trace_ids - contains)._listed(),
            "allergens_known": product._drive_allergens_known(),
            "net": product._drive_net_text(),
            "keeping": product.drive_keeping or "",
            "operator": product.drive_operator or "",
            "avoided": self._avoided_facts(product, avoided_ids),
        }

    @api.model
    def _avoided_facts(self, product, avoided_ids):
        """What a member is warned of: ``(kind, names)``, ``None`` without a warning."""
        if not avoided_ids or product.drive_food == "none":
            return None
        avoided = self.env["drive.allergen"].browse(avoided_ids)
        for kind, found in (("contains", product._drive_contains()), ("traces", product.drive_trace_ids)):
            if found & avoided:
                return kind, (found & avoided)._listed()
        return None if product._drive_allergens_known() else ("unknown", "")


class DriveAllergen(models.Model):
    _name = "drive.allergen"
    _inherit = ["drive.allergen", "drive.catalogue.source"]
