from odoo import fields, models
from odoo.tools import float_round

from ..tools.figures import Figures
from ..tools.refusal import DriveRefused
from ..tools.typed_quantity import read_number

LARGEST = 10_000


class SaleOrder(models.Model):
    """The most that a member will pay for what is weighed."""

    _inherit = "sale.order"

    def _drive_set_ceiling(self, product_id, amount):
        """Set the ceiling of a line of the basket.

        To be run under ``lock_first`` on the household.

        :param product_id: anything that a page sends
        :param amount: with taxes, as it was typed; nothing or 0 takes it away
        :return: a sentence
        :raise DriveRefused: the ceiling stays as it was
        """
        self.ensure_one()
        line = self._drive_ceiling_line(product_id)
        text = (amount or "").replace(self.currency_id.symbol, "") if isinstance(amount, str) else ""
        number = read_number(text.replace("\N{NO-BREAK SPACE}", " ").strip() or "0")
        if number is None or not 0 <= number <= LARGEST:
            raise DriveRefused(
                "bad_ceiling", self.env._("This amount was not understood; nothing was changed. Write, say, 2.50.")
            )
        ceiling = self.currency_id.round(number)
        name = line.product_id.name
        money = Figures(self.env, self.currency_id).money
        if ceiling and self.currency_id.compare_amounts(ceiling, line.price_total) < 0:
            raise DriveRefused(
                "bad_ceiling",
                self.env._(
                    "What you ordered of %(product)s already costs about %(total)s: the most you pay cannot be less. "
                    "Order less of it first.",
                    product=name,
                    total=money(line.price_total),
                ),
            )
        line.drive_ceiling = ceiling
        if not ceiling:
            return self.env._("%s: no limit.", name)
        return self.env._("%(product)s: you pay %(ceiling)s at most.", product=name, ceiling=money(ceiling))

    def _drive_ceiling_line(self, product_id):
        product = self._drive_find_product(product_id, taking_out=True)
        line = self.order_line.filtered(lambda line: line.product_id == product)[:1]
        if self.drive_state != "basket" or not line or not line._drive_is_measured():
            raise DriveRefused("not_sold", self.env._("Only what is weighed and in your basket can have a limit."))
        return line

    def _drive_write_quantity(self, line, quantity, notes, facts):
        """A larger quantity lifts a ceiling that it is above, and says so."""
        ceiling = line.drive_ceiling
        totals, message = super()._drive_write_quantity(line, quantity, notes, facts)
        if ceiling and line._drive_lift_ceilings():
            name = line.product_id.name
            message = self.env._("%s: it costs more than the limit you had set, which is taken away.", name)
        return totals, message

    def _drive_page_ceilings(self):
        """``{product_id: text}`` of the lines that have a ceiling."""
        lines = self.order_line.filtered("drive_ceiling")
        return {line.product_id.id: line._drive_ceiling_text() for line in lines}

    def _drive_page_line(self, line, figures, prepared):
        values = super()._drive_page_line(line, figures, prepared)
        return {**values, "ceiling": line._drive_ceiling_text() if line.drive_ceiling else ""}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_ceiling = fields.Monetary(
        string="At Most",
        copy=False,
        help="The member pays no more than this for the line, taxes included, whatever the scales say. 0: no limit.",
    )

    _drive_ceiling_not_negative = models.Constraint(
        "CHECK (drive_ceiling >= 0)",
        "The most that a member pays cannot be negative.",
    )

    def _drive_lift_ceilings(self):
        """Take away the ceilings that the quantities ordered are above; return those lines."""
        lifted = self.filtered(
            lambda line: (
                line.drive_ceiling and line.currency_id.compare_amounts(line.price_total, line.drive_ceiling) > 0
            )
        )
        lifted.drive_ceiling = 0.0
        return lifted

    def _drive_change_quantity(self, quantity):
        """More of it in a confirmed order: what the member orders last counts."""
        result = super()._drive_change_quantity(quantity)
        self.exists()._drive_lift_ceilings()
        return result

    def _drive_ceiling_text(self):
        money = Figures(self.env, self.currency_id).money(self.drive_ceiling)
        return self.env._("%s at most", money)

    def _drive_most_qty(self):
        """The most, in the line's unit, that the ceiling pays for; ``None`` without one."""
        self.ensure_one()
        if not (self.drive_ceiling and self.price_total > 0 and self.product_uom_qty > 0):
            return None
        # Down: a gram more would cost more.
        digits = self._drive_digits()
        most = self.drive_ceiling * self.product_uom_qty / self.price_total
        return float_round(most, precision_digits=digits, rounding_method="DOWN")

    def _drive_expected_range(self):
        least, most = super()._drive_expected_range()
        ceiling = self._drive_most_qty()
        return least, most if ceiling is None else min(most, ceiling)

    def _drive_measure_question(self, qty):
        """Nothing to ask about what is refused anyway."""
        most = self._drive_most_qty()
        return False if most is not None and qty and qty > most else super()._drive_measure_question(qty)

    def _drive_check_measure(self, qty):
        most = self._drive_most_qty()
        if most is not None and qty > most:
            raise DriveRefused(
                "ceiling",
                self.env._(
                    "%(qty)s is more than the member wants to pay for: %(most)s at most.",
                    qty=self._drive_text(qty),
                    most=self._drive_text(most),
                ),
            )
        return super()._drive_check_measure(qty)
