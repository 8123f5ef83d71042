from typing import NamedTuple

from odoo import models

# Each line of a ticket is rounded by the till and by the server: half a cent each, and a little.
ROUNDING = 0.011
# What a cashier may do where the drive allows prices to be changed.
PRICES = {"price", "deduction"}


class Difference(NamedTuple):
    """Where a ticket says something else than the server knows.

    :ivar kind: which sentence says it, see ``_drive_difference_text``
    :ivar product: ``product.product``; empty where the ticket as a whole is meant
    :ivar expected: what the server knows, in money, or a quantity for ``unsaid``
    :ivar said: what the ticket says
    """

    kind: str
    product: models.BaseModel
    expected: float
    said: float


class PosOrder(models.Model):
    """A till's amounts are compared with what was prepared, at which price, less what was refused.

    A payment is never refused for that: the member has paid what the till asked for. What does
    not fit is on the list of repairs, with both amounts, and a manager is told.
    """

    _inherit = "pos.order"

    def _drive_compare(self, orders):
        """Compare a paid ticket with its baskets, before these are delivered.

        :param orders: the drive orders that it hands over
        :return: ``(differences, expected)``: list of :class:`Difference`, and what should have
            been paid for the whole ticket
        """
        ticket = self.sudo()
        found = []
        baskets = ticket.lines.filtered(
            lambda line: line.sale_order_line_id.order_id in orders and line._drive_is_basket_line()
        )
        expected = sum(ticket._drive_compare_basket(order, baskets, found) for order in orders)
        prepaid = baskets.browse().union(*(ticket._drive_prepaid_lines(order) for order in orders))
        kept = ticket.lines.filtered(lambda line: line.drive_kept_for_id and not line.refunded_orderline_id)
        expected += (prepaid | kept)._drive_stated_amount()
        expected += sum((ticket.lines - baskets - prepaid - kept)._drive_compare_other(orders, found))
        ticket._drive_compare_sums(found)
        return found, ticket.currency_id.round(expected)

    def _drive_compare_basket(self, order, baskets, found):
        """What is to be paid for one basket; what does not fit is added to ``found``."""
        sold = baskets.grouped("sale_order_line_id")
        said = None if self._drive_is_late() else order._drive_read_fates(self.drive_refused)
        ordered = [line for line in sold if line.order_id == order]
        sale_lines = order._drive_till_sale_lines().union(*ordered)
        return sum(line._drive_compare_sold(sold.get(line, baskets.browse()), said, found) for line in sale_lines)

    def _drive_compare_sums(self, found):
        """The ticket's total is that of its lines, and nothing leaves the drawer by its side."""
        total = sum(self.lines.mapped("price_subtotal_incl"))
        nothing = self.env["product.product"]
        if abs(total - self.amount_total) > ROUNDING * max(len(self.lines), 1):
            found.append(Difference("total", nothing, total, self.amount_total))
        taken = sum(payment.amount for payment in self.payment_ids if payment.amount < 0 and not payment.is_change)
        if taken and self.amount_total >= 0:
            found.append(Difference("payment", nothing, 0.0, taken))

    # === WHAT IS SAID ABOUT IT === #

    def _drive_report_differences(self, orders, compared):
        """Put what does not fit on the list, once a ticket, and tell a manager.

        Where the drive lets cashiers change prices, that is noted as put right: who reads the
        list sees it, nobody is asked to look.

        :param orders: the drive orders that the ticket hands over, or gives money back for
        :param compared: of :meth:`_drive_compare`
        """
        found, expected = compared
        repairs = self.env["drive.repair"].sudo()
        if not found or repairs.search_count([("ticket_id", "=", self.id), ("kind", "=", "amount")], limit=1):
            return
        order = orders.sudo()[:1]._drive_in_words_of_manager()
        ticket = self.sudo().with_env(order.env)
        reason = "\n".join(ticket._drive_difference_text(difference) for difference in found)
        repair = repairs._report("amount", self, reason, order, self.amount_paid, expected=expected)
        allowed = all(point.cashiers_set_prices for point in orders.sudo().drive_point_id)
        if allowed and {difference.kind for difference in found} <= PRICES:
            repair._close()
            return
        order._drive_ask_manager(
            order.env._("Check the ticket of %s", order._drive_till_name()),
            order.env._(
                "Ticket %(ticket)s: %(expected)s was expected, %(paid)s was paid. The payment stands.\n%(reason)s",
                ticket=self.pos_reference or self.name,
                expected=ticket._drive_money(expected),
                paid=ticket._drive_money(self.amount_paid),
                reason=reason,
            ),
        )

    def _drive_money(self, amount):
        return self.currency_id.format(amount)

    def _drive_difference_text(self, difference):
        """A sentence for the manager, in the language of the environment."""
        kind, product, expected, said = difference
        product = product.with_env(self.env)
        if kind == "unsaid":
            return self.env._(
                "%(product)s: %(prepared)s prepared, %(sold)s on the ticket, and nobody said what became of the rest.",
                product=product.display_name,
                prepared=self.lines._drive_amount_text(product, expected),
                sold=self.lines._drive_amount_text(product, said),
            )
        names = {
            "product": product.display_name or "",
            "expected": self._drive_money(expected),
            "said": self._drive_money(said),
        }
        return {
            "price": self.env._("%(product)s: %(expected)s was agreed, the ticket says %(said)s.", **names),
            "tax": self.env._("%(product)s: the ticket has other taxes than the basket.", **names),
            "product": self.env._("%(product)s: the ticket has another article in its place.", **names),
            "sum": self.env._("%(product)s: the ticket says %(said)s, its price makes %(expected)s.", **names),
            "deduction": self.env._("%(product)s: %(said)s on the ticket, which nothing known explains.", **names),
            "refund": self.env._("%(product)s: %(expected)s had been paid for it, %(said)s was given back.", **names),
            "total": self.env._("The lines of the ticket come to %(expected)s, its total says %(said)s.", **names),
            "payment": self.env._("Among its payments %(said)s was paid out, and is no change.", **names),
        }[kind]


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _drive_amount_text(self, product, quantity):
        return f"{quantity:g} {product.uom_id.name}"

    def _drive_own_amount(self):
        """What the quantities, prices and taxes of these lines come to, whatever their amounts say."""
        return sum(line._compute_amount_line_all()["price_subtotal_incl"] for line in self)

    def _drive_stated_amount(self):
        return sum(self.mapped("price_subtotal_incl"))

    def _drive_taxes_of_ticket(self):
        return self.order_id.fiscal_position_id.map_tax(self.tax_ids)

    def _drive_compare_other(self, orders, found):
        """What is to be paid for each of these lines, which are of no basket that is handed over."""
        for line in self:
            stated, own = line.price_subtotal_incl, line._drive_own_amount()
            if abs(stated - own) > ROUNDING:
                found.append(Difference("sum", line.product_id, own, stated))
            if line.refunded_orderline_id:
                yield -line._drive_compare_refund(found)
            elif stated < 0 and not line._drive_is_known_deduction():
                found.append(Difference("deduction", line.product_id, 0.0, stated))
                yield 0.0
            else:
                yield line._drive_compare_instead(orders, found)

    def _drive_compare_refund(self, found):
        """What may be given back for this line: no more for a piece than was paid for it."""
        sold = self.refunded_orderline_id
        back = -self.price_subtotal_incl
        most = sold.price_subtotal_incl * -self.qty / sold.qty if sold.qty else 0.0
        if back - most > ROUNDING:
            found.append(Difference("refund", self.product_id, most, back))
        return min(back, most)

    def _drive_compare_instead(self, orders, found):
        """An article of the basket that was taken off it and rung up beside it costs what was agreed."""
        for sale_line in orders._drive_till_sale_lines():
            if sale_line.product_id == self.product_id:
                agreed = sale_line._drive_agreed_amount(self.qty)
                sold = self.order_id.lines.filtered(lambda line, one=sale_line: line.sale_order_line_id == one)
                left = sale_line._drive_prepared_units() - sum(sold.mapped("qty"))
                if agreed - self.price_subtotal_incl > ROUNDING and self.product_id.uom_id.compare(left, 0) > 0:
                    found.append(Difference("price", self.product_id, agreed, self.price_subtotal_incl))
                    return agreed
        return self.price_subtotal_incl

    def _drive_is_known_deduction(self):
        """Whether the server knows why this line is below zero; a hook for other addons.

        A reward of a programme of this till, up to what it gives; and what is no article of the
        shop, such as an empty bottle, given back at the price that it is sold for.
        """
        self.ensure_one()
        if "is_reward_line" in self._fields and self.is_reward_line:
            return self._drive_is_reward()
        product = self.product_id
        if self.qty >= 0 or product.drive_ok or product.is_storable:
            return False
        price = self.order_id.pricelist_id._get_product_price(product, 1.0, currency=self.currency_id)
        return not self.discount and self.currency_id.compare_amounts(self.price_unit, price) <= 0

    def _drive_is_reward(self):
        """Whether a programme of this till gives as much as this line takes off."""
        reward = self.reward_id
        program = reward.program_id
        tills = program.pos_config_ids
        if not reward or not program.pos_ok or (tills and self.order_id.config_id not in tills):
            return False
        if reward.reward_type != "discount" or reward.discount_mode == "per_point":
            return True
        most = reward.discount
        if reward.discount_mode == "percent":
            whole = sum(amount for amount in self.order_id.lines.mapped("price_subtotal_incl") if amount > 0)
            most = whole * reward.discount / 100
        return -self.price_subtotal_incl - most <= ROUNDING


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_prepared_units(self):
        """What is in the crates of this line, in the product's own unit."""
        return self.product_uom_id._compute_quantity(self.product_uom_qty, self.product_id.uom_id, round=False)

    def _drive_agreed_amount(self, quantity):
        """What so much of this line costs, with its taxes.

        :param quantity: in the product's own unit
        """
        product = self.product_id
        price = self.product_uom_id._compute_price(self.price_unit, product.uom_id) * (1 - self.discount / 100)
        return self.tax_ids.compute_all(price, self.currency_id, quantity, product=product)["total_included"]

    def _drive_compare_sold(self, sold, said, found):
        """What is to be paid for this line.

        :param sold: the lines of the ticket for it; none when all was refused
        :param dict said: what the cashier said of articles that are not taken; ``None`` where
            nobody could be asked
        :param list found: what does not fit is added to it
        """
        product = self.product_id
        quantity = sum(sold.mapped("qty"))
        due = self._drive_agreed_amount(quantity)
        rounding = ROUNDING * max(len(sold), 1)
        for amount in (sold._drive_stated_amount(), sold._drive_own_amount()):
            if abs(amount - due) > rounding:
                found.append(Difference("price", product, due, amount))
                break
        if any(line._drive_taxes_of_ticket() != self.tax_ids for line in sold):
            found.append(Difference("tax", product, due, due))
        if sold.product_id - product:
            found.append(Difference("product", product, due, due))
        prepared = self._drive_prepared_units()
        if (
            said is not None
            and product.uom_id.compare(prepared, quantity) > 0
            and self.id not in said
            and self._drive_fates()["fate"] != "missing"
        ):
            found.append(Difference("unsaid", product, prepared, quantity))
            return self._drive_agreed_amount(prepared)
        return due
