from odoo import fields, models
from odoo.tools import float_compare, float_round

from ..tools.memo import INSIDE
from ..tools.refusal import DriveRefused


class SaleOrderLine(models.Model):
    """Another article goes into the basket in place of a missing one, as its member wished.

    It has a line of its own, which says what it replaces, and goods of its own, reserved
    like any other. What is counted is in the crate at once; what is weighed has still to
    be, as any line. Whoever finds the missing article after all, or changes their mind,
    undoes it, and the line is gone.
    """

    _inherit = "sale.order.line"

    drive_substitute_ids = fields.One2many("sale.order.line", "drive_substitute_of_id", string="Replaced By")

    # === PUT IN === #

    def _drive_replace_with(self, product):
        """Put this product into the basket in place of what is missing of this line.

        It costs what it costs today by the member's pricelist, but never more a kilo,
        litre or piece than the missing article, nor more in all than what is missing: who
        said yes to something similar did not say yes to something dearer.

        :return: the new line; the same again changes nothing
        :raise DriveRefused: when it is not short, has another substitute already, or
            that is not proposed (any more)
        """
        self.ensure_one()
        self._drive_check_in_preparation()
        if self.drive_substitute_ids:
            return self._drive_check_same_substitute(product)
        self._drive_check_may_replace()
        product._drive_lock_quants()
        [substitute] = self._drive_proposed(product) or [None]
        if not substitute:
            self._drive_refuse_substitute(product)
        line = self._drive_create_substitute(substitute)
        if not line._drive_reserve_substitute():
            self._drive_refuse_substitute(product)
        if not line._drive_is_measured():
            line._drive_pick(substitute.qty)
        return line

    def _drive_check_same_substitute(self, product):
        """Return the line that replaces this one already.

        :raise DriveRefused: when it is of another product
        """
        if self.drive_substitute_ids.product_id != product:
            raise DriveRefused(
                "noted",
                self.env._(
                    "%(product)s has already been replaced by %(other)s. Undo that first if it is wrong.",
                    product=self.product_id.name,
                    other=", ".join(self.drive_substitute_ids.product_id.mapped("name")),
                ),
            )
        return self.drive_substitute_ids

    def _drive_check_may_replace(self, wish="similar"):
        """Refuse unless the line is short and this is its member's wish then; a hook."""
        if not (self.drive_picked and self.drive_shortage_reason) or self.drive_substitute_of_id:
            raise DriveRefused(
                "not_short",
                self.env._("%s is not missing: there is nothing to replace.", self.product_id.name),
            )
        if self._drive_wish() != wish:
            texts = {
                "none": self.env._("The member asked that %s be not replaced.", self.product_id.name),
                "ask": self.env._("The member wants to be asked what may replace %s.", self.product_id.name),
                "similar": self.env._("The member takes something similar for %s.", self.product_id.name),
            }
            raise DriveRefused("not_wished", texts.get(self._drive_wish(), texts["none"]))

    def _drive_refuse_substitute(self, product):
        raise DriveRefused(
            "changed",
            self.env._(
                "%(other)s cannot replace %(product)s any more. Please choose again.",
                other=product.name,
                product=self.product_id.name,
            ),
        )

    def _drive_create_substitute(self, substitute):
        order = self.order_id.with_context(drive_change=INSIDE, sale_no_log_for_new_lines=True)
        # Odoo would deliver apart what comes after a paper that was printed.
        order._drive_shelf_moves().picking_id.filtered("printed").printed = False
        line = order.env["sale.order.line"].create(
            {
                "order_id": order.id,
                **order._drive_prepare_line(substitute.product, substitute.qty),
                "drive_ordered_qty": substitute.qty,
                "drive_substitute_of_id": self.id,
                "drive_ceiling": self.drive_ceiling * self._drive_missing_qty() / self._drive_wanted_qty(),
            }
        )
        line._drive_cap_price(substitute.price)
        return line.with_env(self.env)

    def _drive_cap_price(self, most):
        """Bring the line's price down to this much, taxes included, if it is more."""
        price = self._drive_price_of_one()
        if self.currency_id.compare_amounts(price, most) > 0:
            digits = self.env["decimal.precision"].precision_get("Product Price")
            self.price_unit = float_round(
                self.price_unit * most / price + 1e-9, precision_digits=digits, rounding_method="DOWN"
            )

    def _drive_reserve_substitute(self):
        """Reserve all of it.

        :return: whether there was so much
        """
        moves = self.order_id._drive_shelf_moves().filtered(lambda move: move.product_id == self.product_id)
        moves.filtered(lambda move: move.state != "assigned")._action_assign()
        return bool(moves) and all(move.state == "assigned" for move in moves)

    # === TAKEN OUT AGAIN === #

    def _drive_unpick(self):
        """Override: a substitute goes as it came, by itself or with the shortage that it was for."""
        self._drive_check_in_preparation()
        self.drive_substitute_ids._drive_remove_substitute()
        if self.drive_substitute_of_id:
            return self._drive_remove_substitute()
        return super()._drive_unpick()

    def _drive_short(self, qty, reason):
        """Override: a substitute of which there is nothing replaces nothing."""
        self._drive_check_in_preparation()
        nothing = isinstance(qty, int | float) and not float_compare(qty, 0.0, precision_digits=3)
        if self.drive_substitute_of_id and nothing and not self.drive_picked:
            return self._drive_remove_substitute()
        return super()._drive_short(qty, reason)

    def _drive_remove_substitute(self):
        """Take these lines out, with what is reserved for them."""
        for line in self.with_context(drive_change=INSIDE):
            moves = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            moves._drive_lock_quants()
            # Odoo keeps reserved what is picked.
            moves.picked = False
            line._drive_take_out()

    # === TOLD === #

    def _drive_replaced_text(self):
        """What replaces this line, for its member: "2 × Pain de campagne, 3.70 €"; empty for nothing."""
        return ", ".join(
            self.env._(
                "%(quantity)s × %(product)s, %(price)s",
                quantity=line._drive_text(line.drive_prepared_qty),
                product=line.product_id.name,
                price=line._drive_price_text(),
            )
            if not line._drive_is_measured()
            else self.env._(
                "%(quantity)s of %(product)s, %(price)s",
                quantity=line._drive_text(line.drive_prepared_qty),
                product=line.product_id.name,
                price=line._drive_price_text(),
            )
            for line in self.drive_substitute_ids
        )
