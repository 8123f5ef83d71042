from odoo import fields, models

from ..tools.client_id import read_id


class ResPartner(models.Model):
    """What the shop does with the allergens that a person avoids (``drive.avoidance``):
    it marks products for that person, and keeps substitutes with them out of their
    household's baskets."""

    _inherit = "res.partner"

    # That something is kept, not what: so that those who avoid nothing cost no query.
    drive_avoids = fields.Boolean("Avoids Allergens", copy=False, readonly=True, groups=fields.NO_ACCESS)

    def _drive_avoidances(self):
        """What this person avoids, with the rights of the server: never hand it on, only
        an answer about it, and only after asking who reads it.

        :rtype: drive.avoidance
        """
        avoidances = self.env["drive.avoidance"].sudo()
        people = self.sudo().filtered("drive_avoids")
        if not people:
            return avoidances
        return avoidances.search_fetch([("partner_id", "in", people.ids)], ["allergen_id"])

    # === WHAT IS FOR THEM === #

    def _drive_avoided(self, product):
        """The allergens that this person avoids and a product contains, or may.

        :param product: ``product.product`` or ``product.template``
        :rtype: drive.allergen
        """
        self.ensure_one()
        avoided = self._drive_avoidances().allergen_id
        product = product.sudo()
        template = product.product_tmpl_id if product._name == "product.product" else product
        return avoided & (template._drive_contains() | template.drive_trace_ids)

    def _drive_may_replace(self, product):
        """Whether a product may be put into this person's basket in place of another.

        Not when it contains what they avoid or may, nor when nobody has said what it
        contains and they avoid something. Whoever prepares learns this answer and no
        more.

        :param product: ``product.product``
        """
        self.ensure_one()
        person = self.sudo()
        if not person.drive_avoids:
            return True
        template = product.sudo().product_tmpl_id
        known = template._drive_allergens_known() or template.drive_food == "none"
        return known and not person._drive_avoided(product)

    # === THEIR PAGE === #

    def _drive_page_allergens(self):
        """All allergens, with whether this person avoids them."""
        avoided = self._drive_avoidances().allergen_id
        return [
            {"id": allergen.id, "name": allergen.name, "avoided": allergen in avoided}
            for allergen in self.env["drive.allergen"].search([("code", "!=", False)])
        ]

    def _drive_avoid(self, chosen):
        """Keep what this person avoids from now on, in place of what was kept.

        :param chosen: ids as a page sends them: what is no allergen is left out
        :return: a sentence
        """
        self.ensure_one()
        allergens = self.env["drive.allergen"].browse([read_id(text, from_text=True) for text in chosen]).exists()
        self._drive_avoidances().unlink()
        rows = [{"partner_id": self.id, "allergen_id": allergen.id} for allergen in allergens]
        self.env["drive.avoidance"].sudo().create(rows)
        self.sudo().drive_avoids = bool(allergens)
        if not allergens:
            return self.env._("Nothing is kept about what you avoid.")
        return self.env._("Marked for you from now on: %s.", allergens._listed())

    # === WHAT IS KEPT ABOUT THEM === #

    def _drive_page_data(self):
        data = super()._drive_page_data()
        data["kept"].append(
            {
                "title": self.env._("Allergens that you avoid"),
                "what": self._drive_avoidances().allergen_id._listed() or self.env._("Nothing"),
                "why": self.env._("To mark products for you. Only you read it; you agreed to it by saving it."),
                "until": self.env._("Until you untick them on “My account”."),
            }
        )
        return data

    def _drive_export(self):
        avoidances = self._drive_avoidances()
        return {
            **super()._drive_export(),
            self.env._("Allergens that you avoid"): {
                self.env._("Allergens"): avoidances.allergen_id.mapped("name"),
                self.env._("Agreed on"): str(avoidances[:1].since or "") or None,
            },
        }

    def _drive_erase_belongings(self, keep_invoices):
        self._drive_avoidances().unlink()
        self.sudo().drive_avoids = False
        return super()._drive_erase_belongings(keep_invoices)
