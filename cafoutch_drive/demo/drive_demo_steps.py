from datetime import timedelta
from itertools import cycle
from uuid import uuid4

from odoo import fields, models
from odoo.fields import Command

from .drive_demo_orders import BASKETS

# So long before its half-day begins a batch was begun, so long each basket took, and so long
# its crates stood until they were at their places.
BEFORE = timedelta(minutes=75)
EACH = timedelta(minutes=8)
CRATE = timedelta(minutes=4)
# What the scale says of what was asked for.
WEIGHED = (1.0, 1.04, 0.97, 1.02, 0.99)


class DriveDemo(models.AbstractModel):
    """The steps of an order's life, as those who take them in the shop."""

    _inherit = "drive.demo"

    # === MEMBER === #

    def _fill_basket(self, member, basket):
        order = self.env["sale.order"]._drive_basket(self._member(member), create=True)
        products = self.env["product.product"].search([("name", "in", list(BASKETS[basket])), ("drive_ok", "=", True)])
        for product in products:
            order._drive_set_quantity(product.id, BASKETS[basket][product.name])
        return order

    def _confirm(self, member, basket, slot):
        order = self._fill_basket(member, basket)
        order._drive_hold(slot)
        order._drive_confirm(f"demo-{uuid4()}", order.amount_total)
        return order

    def _date_order(self, order):
        """The order was made before the cut-off of the slot it is in now."""
        slot = order.drive_slot_id
        order.write(
            {
                "date_order": min(slot.cutoff - timedelta(hours=20), fields.Datetime.now()),
                "commitment_date": slot.start,
            }
        )
        order.picking_ids.scheduled_date = slot.start

    # === THE SHOP === #

    def _live(self, orders):
        """Take each order as far as its planned state."""
        done = self.env["sale.order"]
        for order, state in orders:
            if state != "confirmed":
                order._drive_start_preparation()
                self._prepare(order, state)
            if state == "done":
                done += order
            elif state == "no_show":
                order.action_drive_no_show()
        if done:
            self._sell(done)

    def _prepare(self, order, state):
        """Pick, place and finish; "preparing" stops half-way, in "short" two articles
        are missing."""
        lines = order._drive_product_lines()
        if state == "preparing":
            lines = lines[: len(lines) // 2]
        for number, (line, factor) in enumerate(zip(lines, cycle(WEIGHED), strict=False)):
            if state == "short" and number in (2, 4):
                found = line.product_uom_qty - 1
                line._drive_short(max(found, 0), "missing")
            elif line._drive_is_measured():
                line._drive_pick(line._drive_round(line.product_uom_qty * factor))
            else:
                line._drive_pick(line.product_uom_qty)
        places = self._point().place_ids.grouped("storage_class")
        for storage_class in order._drive_classes_in_crates():
            free = min(places[storage_class], key=lambda place: len(place.crate_ids))
            order._drive_add_crate(storage_class)._drive_place(free)
        if state != "preparing":
            order._drive_finish_preparation()
        self._date_preparation(order)

    def _date_preparation(self, order):
        """It was prepared before its half-day, one basket of its batch after the other: the
        moments of the demo's making are those of nobody's work."""
        slot = order.drive_slot_id
        begun = min(slot.window_start, fields.Datetime.now()) - BEFORE
        done = begun + EACH * max(order.drive_letter_no, 1)
        order.drive_begun_at = begun
        order.drive_ready_at = order.drive_ready_at and done
        order.order_line.filtered("drive_picked_at").drive_picked_at = done - 2 * CRATE
        order.drive_crate_ids.write({"packed_at": done - CRATE, "placed_at": done})

    # === THE TILL === #

    def _sell(self, orders):
        """Hand the baskets over at the till, in a session opened and closed for it."""
        till = self.env.ref("cafoutch_drive.till")
        cashier = self.env.ref("cafoutch_drive.user_caissier")
        till.with_user(cashier).open_ui()
        session = till.current_session_id
        session.set_opening_control(0, None)
        methods = cycle(till.payment_method_ids.sorted("sequence"))
        self.env.flush_all()
        tickets = [self._ticket(order, session, method) for order, method in zip(orders, methods, strict=False)]
        self.env["pos.order"].with_user(cashier).sync_from_ui(tickets)
        cash = sum(
            session.order_ids.payment_ids.filtered(lambda payment: payment.payment_method_id.is_cash_count).mapped(
                "amount"
            )
        )
        session.post_closing_cash_details(cash)
        session.close_session_from_ui()
        for order in orders:
            left = order.drive_slot_id.start
            order.picking_ids.filtered("date_done").date_done = left
            moves = order.picking_ids.move_ids
            moves.date = moves.move_line_ids.date = left
        slots = orders.drive_slot_id.sorted("start")
        session.write({"start_at": slots[0].window_start, "stop_at": slots[-1].stop})

    def _ticket(self, order, session, method):
        """What the till sends when this basket is paid."""
        moment = fields.Datetime.to_string(order.drive_slot_id.start)
        cashier = self.env.ref("cafoutch_drive.user_caissier").partner_id
        config = session.config_id
        order.write({"drive_opened_at": moment, "drive_opened_config_id": config.id, "drive_opened_by_id": cashier.id})
        order.drive_crate_ids.write({"handed_at": moment, "handed_by_id": cashier.id})
        lines = [self._ticket_line(row) for row in order._drive_till_lines()]
        total = order.amount_total
        return {
            "uuid": str(uuid4()),
            "name": order.name,
            "access_token": str(uuid4()),
            "session_id": session.id,
            "company_id": session.company_id.id,
            "user_id": self.env.ref("cafoutch_drive.user_caissier").id,
            "partner_id": order.partner_id.id,
            "pricelist_id": session.config_id.pricelist_id.id,
            "fiscal_position_id": False,
            "date_order": moment,
            "lines": [Command.create(line) for line in lines],
            "payment_ids": [
                Command.create(
                    {
                        "amount": total,
                        "name": moment,
                        "payment_method_id": method.id,
                    }
                )
            ],
            "amount_paid": total,
            "amount_total": total,
            "amount_tax": order.amount_tax,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "to_invoice": False,
            "state": "paid",
        }

    def _ticket_line(self, row):
        taxes = self.env["account.tax"].browse(row["tax_ids"])
        sale_line = self.env["sale.order.line"].browse(row["sale_line_id"])
        amounts = taxes.compute_all(row["price_unit"], quantity=row["qty"], currency=sale_line.currency_id)
        return {
            "uuid": str(uuid4()),
            "product_id": row["product_id"],
            "qty": row["qty"],
            "price_unit": row["price_unit"],
            "discount": row["discount"],
            "tax_ids": [Command.set(taxes.ids)],
            "price_subtotal": amounts["total_excluded"],
            "price_subtotal_incl": amounts["total_included"],
            "sale_order_line_id": sale_line.id,
            "sale_order_origin_id": sale_line.order_id.id,
        }
