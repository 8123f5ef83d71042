from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.refusal import DriveRefused


class SaleOrder(models.Model):
    """What to do when one article is missing, where it is not as for the whole order."""

    _inherit = "sale.order"

    def _drive_set_wish(self, product_id, wish):
        """Set what the member wishes when one article of this basket is missing.

        :param product_id: anything that a page sends
        :param wish: a value of ``drive_substitution``; empty: as for the whole order
        :raise DriveRefused: when it makes no sense; nothing is changed
        """
        product = self._drive_find_product(product_id)
        line = self._drive_product_lines().filtered(lambda line: line.product_id == product)[:1]
        if not line:
            raise DriveRefused(
                "not_in_basket",
                self.env._("This product is no longer in your basket."),
                "/drive/basket",
            )
        if wish and wish not in dict(self._fields["drive_substitution"].selection):
            raise DriveRefused(
                "bad_preference",
                self.env._("Please say what to do when an article is missing."),
            )
        line.drive_substitution = wish or False
        self._drive_touch()

    def _drive_page_wishes(self):
        """What the basket's pages show of these wishes.

        :return: dict of ``choices``, pairs of a value and its text, and ``own``,
            ``{product_id: value}`` of the articles that have a wish of their own
        """
        self.env["sale.order.line"].flush_model(["product_id", "drive_substitution"])
        rows = self.env.execute_query(
            SQL(
                """SELECT product_id, drive_substitution
                     FROM sale_order_line
                    WHERE order_id = %s AND drive_substitution IS NOT NULL""",
                self.id or 0,
            )
        )
        choices = self._fields["drive_substitution"]._description_selection(self.env)
        return {"choices": choices, "texts": dict(choices), "own": dict(rows)}

    def _drive_wish_text(self, wish):
        """What a wish says, in the reader's words; empty where there is none."""
        return dict(self._fields["drive_substitution"]._description_selection(self.env)).get(wish, "")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains("drive_substitute_of_id", "product_id")
    def _check_drive_substitute(self):
        for line in self:
            reason = line.drive_substitute_of_id and line._drive_substitute_refusal()
            if reason:
                raise ValidationError(reason)

    def _drive_substitute_refusal(self):
        """Say why this article must not replace what it replaces, or return ``None``; a
        hook for other rules."""
        replaced = self.drive_substitute_of_id
        if replaced._drive_wish() == "none":
            return self.env._("The member asked that %s be not replaced.", replaced.product_id.name)
        if not replaced._drive_may_be_replaced_by(self.product_id):
            # In the words of every other reason: what members avoid is theirs.
            return self.env._(
                "%(other)s cannot replace %(product)s any more. Please choose again.",
                other=self.product_id.name,
                product=replaced.product_id.name,
            )
        return None

    def _drive_may_be_replaced_by(self, product):
        """Whether nobody of the household, which eats from its baskets together, avoids it."""
        member = self.order_id.sudo().partner_id
        people = member | member._drive_household_people()
        return all(person._drive_may_replace(product) for person in people)

    def _drive_wish(self):
        """What the member wishes when this article is missing, empty where nothing was said."""
        self.ensure_one()
        return self.drive_substitution or self.order_id.drive_substitution or ""
