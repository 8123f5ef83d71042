from odoo import api, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """What a till asks about when it sells an article is asked by no page: members choose
    among articles that exist, and preparers take those."""

    _inherit = "product.template"

    @api.constrains("drive_ok", "type")
    def _check_drive_type(self):
        """A combo has its articles chosen at the till: a basket would hold none of them."""
        combos = self.filtered(lambda product: product.drive_ok and product.type == "combo")
        if combos:
            raise ValidationError(
                self.env._(
                    "%s is a combo, put together at the till: it cannot be sold on the drive.",
                    ", ".join(combos.mapped("name")),
                )
            )

    @api.constrains("drive_ok", "attribute_line_ids")
    def _check_drive_choices(self):
        """Nor is a variant that comes to be when it is sold an article that lies on a shelf."""
        for product in self.filtered("drive_ok"):
            chosen = product.attribute_line_ids.filtered(lambda line: line._drive_is_chosen_at_sale())
            if chosen:
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(attributes)s is chosen at sale, which the drive does not ask. Make the "
                        "choices variants of the article, or an article each, to sell it on the drive.",
                        product=product.name,
                        attributes=", ".join(chosen.attribute_id.mapped("name")),
                    )
                )


class ProductTemplateAttributeLine(models.Model):
    _inherit = "product.template.attribute.line"

    @api.constrains("value_ids", "attribute_id", "active")
    def _check_drive_choices(self):
        self.product_tmpl_id._check_drive_choices()

    def _drive_is_chosen_at_sale(self):
        """Whether its value is told by no variant, and is no foregone one."""
        self.ensure_one()
        if not self.active or self.attribute_id.create_variant != "no_variant":
            return False
        return len(self.value_ids) > 1 or any(self.value_ids.mapped("is_custom"))
