import re

from odoo import api, models
from odoo.fields import Command

from ..tools.csv_table import plain

MAX_INGREDIENTS = 4000
# What each kind of food may be called in a file.
FOOD_NAMES = {
    "prepacked": "prepacked preemballe emballe",
    "loose": "loose vrac nu",
    "none": "none no non-alimentaire non_alimentaire",
}
NO_ALLERGEN = ("none", "aucun", "aucune", "sans", "0", "-")


class DriveProductImport(models.TransientModel):
    """The columns about food. What they say is read by members: a name that is not
    understood leaves the row out, and is never dropped."""

    _inherit = "drive.product.import"

    @api.model
    def _columns(self):
        return {
            **super()._columns(),
            "food": ("aliment", "alimentaire", "type d aliment"),
            "ingredients": ("ingredient", "composition", "liste d ingredients"),
            "allergens": ("allergenes", "allergen", "allergene", "contient"),
            "traces": ("trace", "peut contenir"),
            "keeping": ("conditions de conservation", "a conserver"),
            "operator": ("exploitant", "operateur", "fabricant", "responsable"),
            "exempt": ("sans prix au kilo", "dispense"),
        }

    def _read_food(self, text, values):
        wanted = plain(text).replace(" ", "")
        for kind, names in FOOD_NAMES.items():
            if wanted in [plain(name).replace(" ", "") for name in names.split()]:
                values["drive_food"] = kind
                return
        self._refuse(self.env._("“%s” is not one of: prepacked, loose, none.", text[:40]))

    def _read_ingredients(self, text, values):
        values["drive_ingredients"] = self._text(text, MAX_INGREDIENTS)

    def _read_keeping(self, text, values):
        values["drive_keeping"] = self._text(text)

    def _read_operator(self, text, values):
        values["drive_operator"] = self._text(text)

    def _read_exempt(self, text, values):
        reasons = dict(self.env["product.template"]._fields["drive_comparison_exempt"].selection)
        if text not in reasons:
            self._refuse(
                self.env._("“%(text)s” is not one of: %(reasons)s.", text=text[:40], reasons=", ".join(reasons))
            )
        values["drive_comparison_exempt"] = text

    def _read_allergens(self, text, values):
        if plain(text) in NO_ALLERGEN:
            values.update(drive_allergen_ids=[Command.set([])], drive_no_allergen=True)
        else:
            values.update(drive_allergen_ids=[Command.set(self._allergens(text))], drive_no_allergen=False)

    def _read_traces(self, text, values):
        ids = [] if plain(text) in NO_ALLERGEN else self._allergens(text)
        values["drive_trace_ids"] = [Command.set(ids)]

    def _allergens(self, text):
        """Ids of the allergens that a cell lists, by their name, code or one of their words.

        :raise ValidationError: when one is not known
        """
        found = []
        for part in re.split(r"[,;|/]", text):
            if part.strip():
                found.append(self._find_allergen(part.strip()))
        return found

    def _find_allergen(self, text):
        known = self._found("allergens", "all", self._known_allergens)
        allergen = known.get(plain(text)) or known.get(plain(text).removesuffix("s"))
        if not allergen:
            self._refuse(self.env._("“%s” is none of the 14 allergens.", text[:40]))
        return allergen

    def _known_allergens(self):
        """``{name or code as people write it: id}``, in each language of the shop."""
        known = {}
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for language in dict.fromkeys(["en_US", "fr_FR", *languages]):
            for allergen in self.env["drive.allergen"].with_context(lang=language).search([("code", "!=", False)]):
                words = (allergen.words or "").split(",")
                for name in (allergen.name, allergen.code, *words):
                    known.setdefault(plain(name), allergen.id)
                    known.setdefault(plain(name).removesuffix("s"), allergen.id)
        return known
