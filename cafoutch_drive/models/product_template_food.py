from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.figures import Figures

FOOD_KINDS = [
    ("prepacked", "Prepacked food"),
    ("loose", "Loose food"),
    ("none", "Not food"),
]
# What Odoo recomputes the completeness for; fresh fruit and vegetables need their origin.
PARTICULARS = (
    "drive_food",
    "drive_ingredients",
    "drive_allergen_ids",
    "drive_no_allergen",
    "drive_net_quantity",
    "drive_net_unit",
    "drive_comparison_exempt",
    "drive_keeping",
    "drive_operator",
    "drive_origin",
    "drive_origin_needed",
    "pos_categ_ids.drive_fresh",
    "pos_categ_ids.parent_id.drive_fresh",
    "uom_id",
)


class ProductTemplate(models.Model):
    """What the law asks a shop to say of food before it is ordered from afar.

    Prepacked food: all of its label but the date (EU 1169/2011, art. 14). Loose food:
    its allergens (Code de la consommation, art. R412-12 and after), and its origin where
    its kind asks for it. Prices per kilo or litre: arrêté of 16 November 1999.
    """

    _inherit = "product.template"

    drive_food = fields.Selection(
        FOOD_KINDS,
        "What it is",
        compute="_compute_drive_food",
        store=True,
        readonly=False,
        help="Prepacked: closed before it comes to the shop, with a label. Loose: weighed, cut, "
        "poured or counted in the shop, bread and vegetables too.",
    )
    drive_ingredients = fields.Text(
        "Ingredients",
        help="As on the label. The words that name an allergen are shown in bold by themselves; "
        "put _underscores_ around one that is not.",
    )
    drive_allergen_ids = fields.Many2many(
        "drive.allergen",
        "drive_allergen_product_rel",
        "product_id",
        "allergen_id",
        "Contains",
    )
    drive_no_allergen = fields.Boolean(
        "None of the 14 allergens",
        help="Somebody has read the label: it contains none of them.",
    )
    drive_trace_ids = fields.Many2many(
        "drive.allergen",
        "drive_trace_product_rel",
        "product_id",
        "allergen_id",
        "May contain traces of",
    )
    drive_keeping = fields.Char(
        "How to keep it",
        help="As on the label: “Between 0 and 4 °C; 3 days once open”.",
    )
    drive_operator = fields.Char(
        "Responsible operator",
        help="Name and address on the label: who made it, packs it or brings it to Europe.",
    )
    drive_origin_needed = fields.Boolean(
        "Origin asked by the law",
        help="Fruit and vegetables (their shelf says so), meat, fish, honey, olive oil, eggs, wine.",
    )
    drive_comparison_exempt = fields.Selection(
        [
            ("tiny", "Very small: spices and herbs under 30 g, jam under 50 g"),
            ("cheese", "Cheese sold by the piece"),
            ("number", "Sold by number, such as eggs"),
            ("mixed", "Different products in one packet"),
        ],
        "No price per kilo or litre",
        help="Why the law asks for none (arrêté of 16 November 1999).",
    )
    drive_complete = fields.Boolean(
        "Particulars complete",
        compute="_compute_drive_complete",
        store=True,
        help="All that members must read before they order it is filled in.",
    )
    drive_missing_text = fields.Char("Missing", compute="_compute_drive_missing_text")
    drive_doubt_text = fields.Char(compute="_compute_drive_doubt_text")

    # === WHAT IT IS === #

    @api.depends("pos_categ_ids.drive_food", "uom_id")
    def _compute_drive_food(self):
        """What its shelf tells, once: what people chose stays."""
        for product in self:
            if not product.drive_food:
                product.drive_food = product._drive_food_of_shelf()

    def _drive_food_of_shelf(self):
        kind = next((shelf.drive_food for shelf in self.pos_categ_ids if shelf.drive_food), False)
        weighed = self.env["drive.catalogue"]._is_measured(self)
        return "loose" if kind == "prepacked" and weighed else kind

    @api.onchange("drive_allergen_ids")
    def _onchange_drive_allergen_ids(self):
        if self.drive_allergen_ids:
            self.drive_no_allergen = False

    @api.onchange("drive_no_allergen")
    def _onchange_drive_no_allergen(self):
        if self.drive_no_allergen:
            self.drive_allergen_ids = False

    @api.constrains("drive_allergen_ids", "drive_no_allergen")
    def _check_drive_allergens(self):
        for product in self:
            if product.drive_no_allergen and product.drive_allergen_ids:
                raise ValidationError(
                    self.env._(
                        "%(product)s: it cannot contain none of the allergens, and %(allergens)s.",
                        product=product.name,
                        allergens=product.drive_allergen_ids._listed(),
                    )
                )

    def _drive_net_text(self):
        """The net quantity as labels write it: "500 g", "75 cl", "6 pieces"."""
        self.ensure_one()
        net, unit = self.drive_net_quantity, self.drive_net_unit
        if not (net > 0 and unit):
            return ""
        if unit == "piece":
            return self.env._("%s pieces", self._drive_net_number(net))
        small, factor = {"kg": ("g", 1000), "l": ("cl", 100)}[unit]
        if net < 1:
            return f"{self._drive_net_number(net * factor)}\N{NO-BREAK SPACE}{small}"
        return f"{self._drive_net_number(net)}\N{NO-BREAK SPACE}{unit if unit == 'kg' else self.env._('L')}"

    def _drive_net_number(self, value):
        return Figures(self.env, self.env.company.currency_id).number(value)

    # === WHAT IS MISSING === #

    @api.depends(*PARTICULARS)
    def _compute_drive_complete(self):
        for product in self:
            product.drive_complete = not product._drive_missing_particulars()

    @api.depends(*PARTICULARS)
    @api.depends_context("lang")
    def _compute_drive_missing_text(self):
        for product in self:
            product.drive_missing_text = ", ".join(product._drive_missing_particulars().values())

    def _drive_missing_particulars(self):
        """What members must read of this product and nobody has filled in.

        Another addon that asks for more also says of which fields, by
        ``@api.depends`` on ``_compute_drive_complete``.

        :return: ``{code: name in the reader's language}``, empty when it is complete
        """
        self.ensure_one()
        if self.drive_food == "none":
            return {}
        if not self.drive_food:
            return {"food": self.env._("whether it is food")}
        missing = {}
        if self.drive_food == "prepacked":
            missing = self._drive_missing_of_label()
        if not (self.drive_allergen_ids or self.drive_no_allergen):
            missing["allergens"] = self.env._("allergens, or that there are none")
        needed = self.drive_origin_needed or self.pos_categ_ids._drive_is_fresh()
        if needed and not self.drive_origin:
            missing["origin"] = self.env._("origin")
        return missing

    def _drive_missing_of_label(self):
        missing = {}
        if not (self.drive_ingredients or "").strip():
            missing["ingredients"] = self.env._("ingredients")
        weighed = self.env["drive.catalogue"]._is_measured(self)
        if not weighed and not (self.drive_net_quantity > 0 and self.drive_net_unit):
            missing["net"] = self.env._("net quantity")
        elif not weighed and self.drive_net_unit == "piece" and not self.drive_comparison_exempt:
            missing["comparison"] = self.env._("price per kilo or litre, or why there is none")
        if not self.drive_keeping:
            missing["keeping"] = self.env._("how to keep it")
        if not self.drive_operator:
            missing["operator"] = self.env._("responsible operator")
        return missing

    # === ALLERGENS === #

    def _drive_contains(self):
        """The allergens in it: those that were ticked, and those that its ingredients
        name all the same: better one warning too many."""
        self.ensure_one()
        return self.drive_allergen_ids | self._drive_named_allergens()

    def _drive_named_allergens(self):
        return self.env["drive.allergen"]._named_in(self.drive_ingredients)

    def _drive_allergens_known(self):
        """Whether somebody has said which allergens it contains, or that there are none."""
        self.ensure_one()
        return bool(self.drive_allergen_ids or self.drive_no_allergen)

    @api.depends("drive_ingredients", "drive_allergen_ids")
    @api.depends_context("lang")
    def _compute_drive_doubt_text(self):
        for product in self:
            named = product._drive_named_allergens() - product.drive_allergen_ids
            product.drive_doubt_text = bool(named) and self.env._(
                "The ingredients name %(allergens)s, which is not ticked. Members are warned of it all the same.",
                allergens=named._listed(),
            )
