from datetime import datetime

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.figures import Figures

# In which order the till shows them.
STATE_RANK = {"ready": 0, "preparing": 1, "confirmed": 2}


class SaleOrder(models.Model):
    """What the till shows: plain rows that JSON can carry."""

    _inherit = "sale.order"

    def _drive_till_sorted(self):
        """The ready ones first; of these who is here, as they came, then by time."""
        return self.sudo().sorted(
            lambda order: (
                STATE_RANK[order.drive_state],
                *((0, order.drive_arrived_at) if order._drive_is_here() else (1, datetime.max)),
                order.drive_slot_id.start or datetime.max,
                order.id,
            )
        )

    def _drive_till_name(self):
        """How the till names an order: its member and its code."""
        self.ensure_one()
        member = self.partner_id.name or self.name
        code = self.drive_pickup_code or self.name
        return f"{member} ({code})"

    def _drive_till_rows(self):
        """What the till shows of these orders, at no more queries for many than for a few."""
        facts = self._drive_till_facts()
        return [order._drive_till_row(facts) for order in self]

    def _drive_till_facts(self):
        """What is counted over the lines of these orders, which are too many to be read.

        :return: ``{order id: (articles, weighed, short)}``: how many articles are in it, how
            many weigh something else than was ordered, and the lines that are missing
        """
        lines = self.env["sale.order.line"].sudo()
        lines.flush_model()
        # A service, such as a deposit, is sold but not prepared.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.order_id,
                       COUNT(*) FILTER (WHERE line.product_uom_qty > 0),
                       COUNT(*) FILTER (
                           WHERE line.drive_picked AND line.drive_shortage_reason IS NULL
                             AND line.drive_substitute_of_id IS NULL
                             AND ABS(line.drive_prepared_qty - line.drive_ordered_qty) > 0.0005
                       ),
                       ARRAY_AGG(line.id ORDER BY line.sequence, line.id) FILTER (
                           WHERE line.drive_picked AND line.drive_shortage_reason IS NOT NULL
                       )
                  FROM sale_order_line line
                 WHERE line.order_id IN %s
                   AND line.display_type IS NULL
                   AND line.product_id IS NOT NULL
                   AND line.is_downpayment IS NOT TRUE
              GROUP BY line.order_id
                """,
                tuple(self.ids) or (0,),
            )
        )
        short = lines.browse(line for *_counts, ids in rows for line in ids or ()).grouped(
            lambda line: line.order_id.id
        )
        return {
            order: (articles, weighed, short.get(order, lines.browse())) for order, articles, weighed, _ids in rows
        }

    def _drive_till_row(self, facts=None):
        """What the till shows of an order, as plain values in the cashier's
        language.

        :param facts: of :meth:`_drive_till_facts`, read for many orders at once
        """
        self.ensure_one()
        slot = self.drive_slot_id
        states = dict(self._fields["drive_state"]._description_selection(self.env))
        nothing = (0, 0, self.env["sale.order.line"])
        articles, weighed, short = (self._drive_till_facts() if facts is None else facts).get(self.id, nothing)
        return {
            "id": self.id,
            "name": self.name,
            "code": self.drive_pickup_code or "",
            "member": self.partner_id.name or "",
            "state": self.drive_state,
            "state_label": states[self.drive_state],
            "day": slot._drive_day_label() if slot else "",
            "today": bool(slot) and slot.point_id._drive_is_today(slot.start),
            "time": slot._drive_time_label() if slot else "",
            "late": bool(slot) and slot.stop < fields.Datetime.now(),
            "arrived": self._drive_is_here(),
            "paid": bool(self.drive_ticket_id),
            "total": self.amount_total,
            "articles": articles,
            "crates": self.drive_crate_ids._drive_till_rows(),
            "changes": self._drive_till_changes(weighed, short) if self.drive_state == "ready" else [],
            "note": self.drive_note or "",
            **self._drive_message_row(),
            "collector_text": self._drive_collector_text(),
        }

    def _drive_till_window_row(self):
        """The row of a basket that is handed over now; ``others`` names what else waits for the
        household at this point, ready as well."""
        self.ensure_one()
        ready = Domain("drive_state", "=", "ready") & Domain("id", "!=", self.id)
        here = Domain("drive_point_id", "=", self.drive_point_id.id)
        others = self.search(self._drive_card_domain(self.partner_id) & ready & here, order="drive_slot_id, id")
        return {**self._drive_till_row(), "others": [other._drive_till_name() for other in others]}

    def _drive_till_changes(self, weighed, short):
        """What is not as it was ordered, in a few words each: what is missing and what is there
        in its place, how much was weighed, and what was expected to be paid.

        :param int weighed: articles that weigh something else than was ordered
        :param short: the lines that are missing, or a part of them
        :return: list of dicts ``kind`` (``missing``, ``replaced`` or ``weighed``) and ``text``
        """
        changes = []
        for line in short:
            row = line._drive_change_row()
            if row:
                kind = "replaced" if row["replaced"] else "missing"
                changes.append({"kind": kind, "text": line._drive_till_change_text(row)})
        if weighed and self.currency_id.compare_amounts(self.drive_estimate_total, self.amount_total):
            estimate = Figures(self.env, self.currency_id).money(self.drive_estimate_total)
            text = (
                self.env._("1 weight differs; %(estimate)s had been expected", estimate=estimate)
                if weighed == 1
                else self.env._(
                    "%(count)s weights differ; %(estimate)s had been expected", count=weighed, estimate=estimate
                )
            )
            changes.append({"kind": "weighed", "text": text})
        return changes

    def _drive_till_sale_lines(self):
        return self._drive_product_lines().filtered(lambda line: not line.is_downpayment and line.product_uom_qty > 0)

    def _drive_till_lines(self):
        """The prepared articles, as lines of a ticket.

        :return: for each, and for each lot of it: ``sale_line_id``,
            ``product_id``, ``name``, ``qty`` and ``price_unit`` in the product's
            own unit, ``discount`` in percent, ``tax_ids``, ``lots`` (names),
            ``said`` (:meth:`_drive_till_said`)
        """
        self.ensure_one()
        moves = self._drive_open_moves().grouped("sale_line_id")
        no_move = self.env["stock.move"]
        return [
            row for line in self._drive_till_sale_lines() for row in line._drive_till_rows(moves.get(line, no_move))
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_till_change_text(self, row):
        """How a cashier says what changed of this line.

        :param row: of :meth:`_drive_change_row`
        """
        if row["replaced"]:
            return self.env._("%(replaced)s instead of %(product)s", replaced=row["replaced"], product=row["product"])
        reason = f" ({row['reason']})" if row["reason"] else ""
        if row["missing"]:
            return self.env._("%(product)s: missing%(reason)s", product=row["product"], reason=reason)
        return self.env._(
            "%(product)s: %(prepared)s instead of %(ordered)s%(reason)s",
            product=row["product"],
            prepared=row["prepared"],
            ordered=row["ordered"],
            reason=reason,
        )

    def _drive_till_rows(self, moves):
        """The ticket lines of this order line, whose open moves are given.

        A ticket line holds one lot, so goods of several lots are several lines.
        """
        self.ensure_one()
        product = self.product_id
        quantity = self.product_uom_id._compute_quantity(self.product_uom_qty, product.uom_id, round=False)
        row = {
            "sale_line_id": self.id,
            "product_id": product.id,
            "name": product.display_name,
            "price_unit": self.product_uom_id._compute_price(self.price_unit, product.uom_id),
            "discount": self.discount,
            "tax_ids": self.tax_ids.ids,
            "said": self._drive_till_said(),
        }
        lots = moves._drive_quantity_by_lot() if product.tracking != "none" else {}
        if product.tracking == "lot" and lots:
            rows = [{**row, "qty": qty, "lots": [name]} for name, qty in lots.items()]
            quantity -= sum(lots.values())
            if product.uom_id.is_zero(quantity):
                return rows
            return [*rows, {**row, "qty": quantity, "lots": []}]
        return [{**row, "qty": quantity, "lots": list(lots)}]


class DriveCrate(models.Model):
    _inherit = "drive.crate"

    def _drive_till_rows(self):
        """Where a cashier finds these crates; ``state``: whether each has been brought, ``missing``:
        why it cannot be."""
        classes = dict(self._fields["storage_class"]._description_selection(self.env))
        return [
            {
                "id": crate.id,
                "name": crate.name,
                "place": crate.place_id.name or "",
                "storage_class": crate.storage_class,
                "storage_label": classes[crate.storage_class],
                "state": crate._drive_till_state(),
                "missing": crate.missing_reason or "",
            }
            for crate in self
        ]
