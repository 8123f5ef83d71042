import math

from odoo import models
from odoo.tools import float_compare, float_is_zero, float_round
from odoo.tools.misc import formatLang

from ..tools.refusal import DriveRefused

# What is weighed never differs from what was ordered by more than this factor: it is
# then a slip, such as grams typed for kilos. From which difference the preparer is
# asked to look again is the manager's.
MOST_FACTOR = 3


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === WHAT IS TO PREPARE === #

    def _drive_to_prepare(self):
        """The lines that a preparer takes from the shelves."""
        return self.filtered(
            lambda line: (
                not line.display_type
                and line.product_id.type == "consu"
                and (line.drive_ordered_qty or line.product_uom_qty) > 0
            )
        )

    def _drive_wanted_qty(self):
        """What the member ordered, in the line's unit; it does not change when
        the prepared quantity is written on the line."""
        self.ensure_one()
        return self.drive_ordered_qty or self.product_uom_qty

    def _drive_is_measured(self):
        """Whether this line is sold by weight or volume: what goes into the
        crate is then measured, and may differ a little from what was ordered."""
        self.ensure_one()
        return self._drive_is_weighed() or self._drive_has_unit_of("uom.product_uom_litre")

    def _drive_is_weighed(self):
        """Whether this line is sold by weight: it goes on the scale."""
        return self._drive_has_unit_of("uom.product_uom_kgm")

    def _drive_has_unit_of(self, reference):
        return self.product_uom_id._has_common_reference(self._drive_uom(reference))

    def _drive_uom(self, xmlid):
        """A unit of `uom`, without the query that ``env.ref`` makes each time."""
        return self.env["uom.uom"].browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid))

    def _drive_expected_range(self):
        """Least and most, in the line's unit, that surprise nobody."""
        self.ensure_one()
        wanted = self._drive_wanted_qty()
        if not self._drive_is_measured():
            return wanted, wanted
        share = self.env["drive.policy"]._food_rules(self.company_id.id).weight_share
        return self._drive_round(wanted * (1 - share)), self._drive_round(wanted * (1 + share))

    def _drive_possible_range(self):
        """Least and most, in the line's unit, beyond which a quantity is a slip."""
        self.ensure_one()
        wanted = self._drive_wanted_qty()
        return (wanted / MOST_FACTOR, wanted * MOST_FACTOR) if self._drive_is_measured() else (wanted, wanted)

    def _drive_round(self, qty):
        return float_round(qty, precision_digits=self._drive_digits())

    def _drive_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    # === WHAT A PREPARER DOES === #

    def _drive_pick(self, qty):
        """Note what went into the crate for this line; the delivery follows.

        :param qty: in the line's unit: the weight that was read, or the number
            that was ordered
        :raise DriveRefused: when the quantity cannot be right, or when the line
            already says something else; the same again changes nothing
        """
        self.ensure_one()
        self._drive_check_in_preparation()
        qty = self._drive_check_quantity(qty)
        if self._drive_is_noted(qty):
            return
        wanted = self._drive_wanted_qty()
        digits = self._drive_digits()
        if float_is_zero(qty, precision_digits=digits):
            raise DriveRefused("zero", self.env._("Nothing found? Use “Missing” and say why."))
        if self._drive_is_measured():
            self._drive_check_measure(qty)
        elif float_compare(qty, wanted, precision_digits=digits) > 0:
            raise DriveRefused(
                "too_many",
                self.env._("%(wanted)s were ordered, not more.", wanted=self._drive_text(wanted)),
            )
        elif float_compare(qty, wanted, precision_digits=digits) < 0:
            raise DriveRefused(
                "too_few",
                self.env._(
                    "%(wanted)s were ordered. If some are missing, use “Missing” and say why.",
                    wanted=self._drive_text(wanted),
                ),
            )
        self._drive_write_prepared(qty)

    def _drive_short(self, qty, reason):
        """Note that this line could not be taken, or only a part of it.

        What is not taken is no longer reserved.

        :param qty: what was found, in the line's unit; less than ordered, may be 0
        :param reason: one of the values of ``drive_shortage_reason``
        :raise DriveRefused: see :meth:`_drive_pick`
        """
        self.ensure_one()
        self._drive_check_in_preparation()
        qty = self._drive_check_quantity(qty)
        if not isinstance(reason, str) or reason not in self._drive_shortage_reasons():
            raise DriveRefused("reason", self.env._("Please say why it is missing."))
        if self._drive_is_noted(qty, reason):
            return
        if float_compare(qty, self._drive_wanted_qty(), precision_digits=3) >= 0:
            raise DriveRefused(
                "not_short",
                self.env._("That is all that was ordered: nothing is missing."),
            )
        self._drive_write_prepared(qty, reason)

    def _drive_unpick(self):
        """Forget what was noted: the line is to be prepared again, and its goods
        are reserved again as far as they are there."""
        self.ensure_one()
        self._drive_check_in_preparation()
        if not self.drive_picked:
            return
        moves = self._drive_moves()
        moves._drive_lock_quants()
        for move in moves:
            move.picked = False
            if move.product_uom.compare(move.quantity, move.product_uom_qty) > 0:
                move.quantity = move.product_uom_qty
        moves._action_assign()
        self.write(
            {
                "drive_picked": False,
                "drive_prepared_qty": 0.0,
                "drive_picked_at": False,
                "drive_shortage_reason": False,
                "drive_prepared_by_id": False,
            }
        )

    def _drive_write_prepared(self, qty, reason=False):
        """Write the quantity on the moves and the line.

        The moves are marked as picked, also with nothing: Odoo would reserve a
        shortage again.
        """
        moves = self._drive_moves()
        if not moves and qty:
            raise DriveRefused(
                "no_move",
                self.env._(
                    "%(product)s is no longer in the delivery of this order. Please ask the drive manager.",
                    product=self.product_id.display_name,
                ),
            )
        moves._drive_lock_quants()
        for move, share in self._drive_share(qty):
            # Most are what is reserved: written again, Odoo would compute the delivery anew.
            if move.product_uom.compare(move.quantity, share):
                move.quantity = share
            move.picked = True
        self.write(
            {
                "drive_picked": True,
                "drive_prepared_qty": qty,
                "drive_picked_at": self._drive_picked_moment(qty),
                "drive_shortage_reason": reason,
                "drive_prepared_by_id": self.env.user._drive_operator("preparation").id,
            }
        )

    def _drive_moves(self):
        return self.order_id._drive_open_moves().filtered(lambda move: move.sale_line_id == self)

    def _drive_share(self, qty, moves=None):
        """Yield each open move with its part of ``qty``, in the move's unit: one
        after the other as much as it asks for, the last one all that is left.

        :param moves: those of another step of the delivery than the last one
        """
        moves = self._drive_moves() if moves is None else moves
        if moves.product_id - self.product_id:
            yield from self._drive_share_of_kit(qty, moves)
            return
        left = self.product_uom_id._compute_quantity(qty, self.product_id.uom_id, round=False)
        for move in moves:
            share = self.product_id.uom_id._compute_quantity(left, move.product_uom, round=False)
            if move != moves[-1]:
                share = min(share, move.product_uom_qty)
            left -= move.product_uom._compute_quantity(share, self.product_id.uom_id, round=False)
            yield move, self._drive_round(share)

    def _drive_share_of_kit(self, qty, moves):
        """The same for a kit, which leaves as its components: each has the same part."""
        for move in moves:
            if self.product_uom_qty:
                share = move.product_uom_qty * qty / self.product_uom_qty
            else:
                # All was missing: only the kit's own recipe still knows.
                share = self.compute_uom_qty(qty, move, False)
            yield move, self._drive_round(share)

    # === END OF THE PREPARATION === #

    def _drive_write_demand(self, qty):
        """Make the line and its moves ask for this quantity, at the same price.

        Quantity, price and discount go in one write: a quantity alone makes
        Odoo price the line again, and a pricelist with a threshold then charges
        another price. The moves follow here and not by procurement, which gives
        the same moves for five times as many queries.
        """
        self.ensure_one()
        shares = list(self._drive_share(qty))
        self.with_context(skip_procurement=True).write(
            {
                "product_uom_qty": qty,
                "price_unit": self.price_unit,
                "discount": self.discount,
            }
        )
        for move, share in shares:
            if move.product_uom.compare(move.product_uom_qty, share):
                move.product_uom_qty = share

    def _drive_change_row(self):
        """What differs from the order, for people: see ``sale.order._drive_changes``; ``None``
        for what is as it was ordered, and for what replaces something."""
        self.ensure_one()
        ordered, prepared = self._drive_wanted_qty(), self.drive_prepared_qty
        if self.drive_substitute_of_id or not self.product_uom_id.compare(ordered, prepared):
            return None
        return {
            "product": self.product_id.name,
            "ordered": self._drive_text(ordered),
            "prepared": self._drive_text(prepared),
            "missing": not prepared,
            "reason": self._drive_shortage_reasons().get(self.drive_shortage_reason, False),
            "replaced": self._drive_replaced_text(),
        }

    # === CHECKS === #

    def _drive_shortage_reasons(self):
        """Codes and names of the reasons, in the reader's language."""
        return dict(self._fields["drive_shortage_reason"]._description_selection(self.env))

    def _drive_is_noted(self, qty, reason=False):
        """Whether the line already says just this: then there is nothing to do.

        :raise DriveRefused: when it says something else
        """
        if not self.drive_picked:
            return False
        same = float_compare(self.drive_prepared_qty, qty, precision_digits=3) == 0
        if same and (self.drive_shortage_reason or False) == reason:
            return True
        raise DriveRefused(
            "noted",
            self.env._(
                "%(product)s: someone has already noted %(noted)s. Undo that line first if it is wrong.",
                product=self.product_id.display_name,
                noted=self._drive_text(self.drive_prepared_qty),
            ),
        )

    def _drive_check_in_preparation(self):
        order = self.order_id
        if not order.is_drive or self not in order.order_line._drive_to_prepare():
            raise DriveRefused("not_found", self.env._("This article is not in the order any more."))
        order._drive_check_in_preparation()

    def _drive_check_quantity(self, qty):
        """Return the quantity as the line can hold it.

        :raise DriveRefused: when it is not a usable number
        """
        usable = isinstance(qty, int | float) and not isinstance(qty, bool) and math.isfinite(qty) and qty >= 0
        if not usable:
            raise DriveRefused(
                "not_a_number",
                self.env._("Please type a quantity, such as 0.35 or 2."),
            )
        if qty > self._drive_wanted_qty() * MOST_FACTOR:
            raise DriveRefused("too_much", self._drive_too_much_text(qty))
        qty = self._drive_round(qty)
        if not self._drive_is_measured() and not float(qty).is_integer():
            raise DriveRefused(
                "not_whole",
                self.env._("This is counted, not weighed: please type a whole number."),
            )
        return qty

    def _drive_check_measure(self, qty):
        if qty < self._drive_wanted_qty() / MOST_FACTOR:
            raise DriveRefused(
                "too_little",
                self.env._(
                    "%(qty)s is far too little for %(wanted)s. If the rest is missing, use “Missing”.",
                    qty=self._drive_text(qty),
                    wanted=self._drive_text(self._drive_wanted_qty()),
                ),
            )

    def _drive_measure_question(self, qty):
        """What to ask about a weight that is possible and not expected, or
        False."""
        if not self._drive_is_measured() or qty is None or qty <= 0:
            return False
        wanted = self._drive_wanted_qty()
        least, most = self._drive_expected_range()
        if least <= qty <= most or not wanted / MOST_FACTOR <= qty <= wanted * MOST_FACTOR:
            return False
        return self.env._(
            "%(wanted)s were ordered. Is it really %(qty)s?",
            wanted=self._drive_text(wanted),
            qty=self._drive_text(qty),
        )

    def _drive_too_much_text(self, qty):
        wanted = self._drive_wanted_qty()
        least, most = self._drive_expected_range()
        values = {
            "qty": self._drive_text(qty),
            "wanted": self._drive_text(wanted),
            "kilos": self._drive_text(qty / 1000),
        }
        if self._drive_is_measured() and least <= qty / 1000 <= most:
            return self.env._(
                "%(qty)s is too much for %(wanted)s ordered. Grams? Then it is %(kilos)s.",
                **values,
            )
        return self.env._("%(qty)s is too much for %(wanted)s ordered.", **values)

    # === TEXT === #

    def _drive_text(self, qty):
        """A quantity with its unit, as people read it: “0,35 kg”, “2”."""
        self.ensure_one()
        return self._drive_number_text(qty) + self._drive_unit_text()

    def _drive_number_text(self, qty):
        if not self._drive_is_measured():
            return formatLang(self.env, qty, digits=0 if float(qty).is_integer() else 2)
        # Two decimals at least: a weight, not a count.
        text = formatLang(self.env, qty, digits=3)
        return text[:-1] if text.endswith("0") else text

    def _drive_unit_text(self):
        unit = self.product_uom_id
        if unit == self._drive_uom("uom.product_uom_unit"):
            return ""
        return f"\N{NO-BREAK SPACE}{unit.name}"
