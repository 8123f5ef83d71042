from odoo import api, fields, models

from ..tools.client_id import read_id


class ResPartner(models.Model):
    """The allergens that a person avoids.

    It tells of their health (GDPR, art. 9): no account of the team reads it, managers
    and administrators included, nor does the household. It serves to mark products for
    that person, and to keep substitutes with them out of their household's baskets.
    """

    _inherit = "res.partner"

    drive_avoid_allergen_ids = fields.Many2many(
        "drive.allergen",
        "drive_allergen_partner_rel",
        "partner_id",
        "allergen_id",
        "Allergens Avoided",
        copy=False,
        groups=fields.NO_ACCESS,
    )
    drive_avoids = fields.Boolean(
        "Avoids Allergens",
        compute="_compute_drive_avoids",
        store=True,
        groups=fields.NO_ACCESS,
        help="So that those who avoid nothing cost no query.",
    )
    drive_avoid_since = fields.Date(
        "Agreed to It Being Kept",
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="The day on which this person last saved what they avoid.",
    )

    @api.depends("drive_avoid_allergen_ids")
    def _compute_drive_avoids(self):
        for partner in self:
            partner.drive_avoids = bool(partner.drive_avoid_allergen_ids)

    # === WHAT IS FOR THEM === #

    def _drive_avoided(self, product):
        """The allergens that this person avoids and a product contains, or may.

        :param product: ``product.product`` or ``product.template``
        :rtype: drive.allergen
        """
        self.ensure_one()
        avoided = self.sudo().drive_avoid_allergen_ids
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
        avoided = self.drive_avoid_allergen_ids
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
        self.write(
            {
                "drive_avoid_allergen_ids": [fields.Command.set(allergens.ids)],
                "drive_avoid_since": allergens and fields.Date.context_today(self),
            }
        )
        if not allergens:
            return self.env._("Nothing is kept about what you avoid.")
        return self.env._("Marked for you from now on: %s.", allergens._listed())

    # === WHAT IS KEPT ABOUT THEM === #

    def _drive_page_data(self):
        data = super()._drive_page_data()
        data["kept"].append(
            {
                "title": self.env._("Allergens that you avoid"),
                "what": self.drive_avoid_allergen_ids._listed() or self.env._("Nothing"),
                "why": self.env._("To mark products for you. Only you read it; you agreed to it by saving it."),
                "until": self.env._("Until you untick them on “My account”."),
            }
        )
        return data

    def _drive_export(self):
        return {
            **super()._drive_export(),
            self.env._("Allergens that you avoid"): {
                self.env._("Allergens"): self.drive_avoid_allergen_ids.mapped("name"),
                self.env._("Agreed on"): str(self.drive_avoid_since or "") or None,
            },
        }

    def _drive_erase_belongings(self, keep_invoices):
        self.drive_avoid_allergen_ids = False
        return super()._drive_erase_belongings(keep_invoices)
