from odoo import api, fields, models
from odoo.tools import ormcache

from ..tools.allergen_words import AllergenWords


class DriveAllergen(models.Model):
    """One of the fourteen allergens that the law asks to name (EU 1169/2011, annex II)."""

    _name = "drive.allergen"
    _description = "Allergen"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, help="How files name it: gluten, milk, nuts…")
    sequence = fields.Integer(default=10)
    words = fields.Text(
        help="Words that name it in a list of ingredients, in the singular, between commas. They are shown in bold.",
    )
    not_words = fields.Text(
        string="But Not",
        help="What holds one of these words and is something else, between commas: lait de coco.",
    )

    _code_uniq = models.UniqueIndex("(code)", "Each allergen is listed once.")

    @api.model
    @ormcache()
    def _words(self):
        """What finds the allergens in a text; its keys are ids.

        :rtype: AllergenWords
        """
        allergens = self.sudo().search([("words", "!=", False)])
        others = [phrase for allergen in allergens for phrase in _phrases(allergen.not_words)]
        return AllergenWords({allergen.id: _phrases(allergen.words) for allergen in allergens}, others)

    @api.model
    def _named_in(self, text):
        """The allergens that a list of ingredients names."""
        return self.browse(sorted(self._words().find(text)))

    @api.model
    def _marked(self, text):
        """A list of ingredients as HTML, what names an allergen in bold."""
        return self._words().marked(text)

    def _listed(self):
        """Their names in one line, in the reader's language: "gluten, milk"."""
        return ", ".join(allergen.name.lower() for allergen in self.sorted())

    # === EDITING === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


def _phrases(text):
    return [phrase.strip() for phrase in (text or "").replace("\n", ",").split(",") if phrase.strip()]
