from datetime import datetime

from odoo import fields, models

# In which order the till shows them.
STATE_RANK = {"ready": 0, "preparing": 1, "confirmed": 2}


class SaleOrder(models.Model):
    """What the till shows: plain rows that JSON can carry."""

    _inherit = "sale.order"

    def _drive_till_sorted(self):
        return self.sudo().sorted(
            lambda order: (
                STATE_RANK[order.drive_state],
                not order.drive_arrived_at,
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

    def _drive_till_row(self):
        """What the till shows of an order, as plain values in the cashier's
        language."""
        self.ensure_one()
        slot = self.drive_slot_id
        states = dict(self._fields["drive_state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "code": self.drive_pickup_code or "",
            "member": self.partner_id.name or "",
            "state": self.drive_state,
            "state_label": states[self.drive_state],
            "day": slot._drive_day_label() if slot else "",
            "time": slot._drive_time_label() if slot else "",
            "late": bool(slot) and slot.stop < fields.Datetime.now(),
            "arrived": bool(self.drive_arrived_at),
            "paid": bool(self.drive_ticket_id),
            "total": self.amount_total,
            "articles": len(self._drive_till_sale_lines()),
            "crates": self.drive_crate_ids._drive_till_rows(),
            "note": self.drive_note or "",
            **self._drive_message_row(),
            "collector_text": self._drive_collector_text(),
        }

    def _drive_till_sale_lines(self):
        return self._drive_product_lines().filtered(lambda line: not line.is_downpayment and line.product_uom_qty > 0)

    def _drive_till_lines(self):
        """The prepared articles, as lines of a ticket.

        :return: for each, and for each lot of it: ``sale_line_id``,
            ``product_id``, ``name``, ``qty`` and ``price_unit`` in the product's
            own unit, ``discount`` in percent, ``tax_ids``, ``lots`` (names)
        """
        self.ensure_one()
        moves = self._drive_open_moves().grouped("sale_line_id")
        no_move = self.env["stock.move"]
        return [
            row for line in self._drive_till_sale_lines() for row in line._drive_till_rows(moves.get(line, no_move))
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

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
        """Where a cashier finds these crates."""
        classes = dict(self._fields["storage_class"]._description_selection(self.env))
        return [
            {
                "id": crate.id,
                "name": crate.name,
                "place": crate.place_id.name or "",
                "storage_class": crate.storage_class,
                "storage_label": classes[crate.storage_class],
            }
            for crate in self
        ]
