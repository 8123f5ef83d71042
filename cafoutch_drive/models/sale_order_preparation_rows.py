from odoo import fields, models
from odoo.tools.misc import format_datetime

from .drive_place import STORAGE_CLASSES

# From so many minutes on a delay is told in hours.
LONG = 120
CLASS_RANKS = {code: rank for rank, (code, _name) in enumerate(STORAGE_CLASSES)}


class SaleOrder(models.Model):
    """What the preparers' screen reads: plain rows that JSON can carry."""

    _inherit = "sale.order"

    # === THE BOARD === #

    def _drive_board_rows(self, points, row_of):
        """The opening windows of today, with what is late from earlier days, then
        those to come, which are ``later`` unless nothing is left to do today.

        :param row_of: function of a window's orders, that returns a row
        """
        today, tomorrow = points[:1]._drive_day_bounds()
        orders = self.search(
            [
                ("drive_point_id", "in", points.ids),
                "|",
                ("drive_state", "in", ("confirmed", "preparing")),
                "&",
                ("drive_state", "in", ("ready", "done")),
                ("drive_slot_id.start", ">=", today),
            ]
        )
        windows = orders.grouped(lambda order: (order.drive_slot_id.window_start, order.drive_point_id))
        current, coming = [], []
        for start, point in sorted(windows, key=lambda key: (key[0], key[1].id)):
            row = row_of(windows[start, point])
            (current if start < tomorrow else coming).append(row)
        if not any(row["done"] < row["total"] for row in current):
            current += coming[:1]
            coming = coming[1:]
        return [{**row, "later": False} for row in current] + [{**row, "later": True} for row in coming]

    def _drive_window_row(self):
        """One opening window: ``{label, batch, cutoff, done, total, orders}``; the
        board adds ``later``.

        ``cutoff`` says until when members may still change their orders, and is
        False once that is over. Late orders come first, then the earliest pickup,
        and those that are ready last; baskets that have left are only counted.
        """
        slot = self[0].drive_slot_id
        closed = slot.cutoff <= fields.Datetime.now()
        rows = [order._drive_board_row() for order in self if order.drive_state != "done"]
        rows.sort(key=lambda row: (row["state"] == "ready", not row["late"], row.pop("start"), row["id"]))
        return {
            "label": slot._drive_window_label(),
            "batch": ", ".join(self.picking_ids.batch_id.mapped("name")),
            "cutoff": not closed and self[0]._drive_moment_text(slot.cutoff),
            "done": len(self.filtered(lambda o: o.drive_state in ("ready", "done"))),
            "total": len(self),
            "orders": rows,
        }

    def _drive_board_row(self):
        lines = self.order_line._drive_to_prepare()
        # What replaces something is a part of what it replaces, which is done with it.
        tasks = lines.filtered(lambda line: not line.drive_substitute_of_id)
        left = lines.filtered(lambda line: not line.drive_picked)
        treated = tasks - left - left.drive_substitute_of_id
        start = self.drive_slot_id.start
        return {
            **self._drive_identity_row(),
            # The opening window above it says the day.
            "time": format_datetime(self.env, start, tz=self.drive_point_id.tz, dt_format="HH:mm"),
            "start": start,
            "late": self.drive_state != "ready" and start <= fields.Datetime.now(),
            "delay": self._drive_delay_text(),
            "has_message": bool(self.drive_message),
            "cold": self._drive_cold_since(),
            "treated": len(treated),
            "total": len(tasks),
            "to_weigh": len(left.filtered(lambda line: line._drive_is_weighed())),
        }

    def _drive_delay_text(self):
        """By how much a basket is late that is not ready when its slot begins: "25 min late", "3 h
        late", "late since Thu 26 Nov 18:30"; empty when it is not."""
        start = self.drive_slot_id.start
        seconds = (fields.Datetime.now() - start).total_seconds() if start else -1
        if self.drive_state == "ready" or seconds < 0:
            return ""
        point = self.drive_point_id
        if not point._drive_is_today(start):
            return self.env._("late since %s", self._drive_moment_text(start))
        minutes = max(int(seconds / 60), 1)
        return self.env._("%s min late", minutes) if minutes < LONG else self.env._("%s h late", minutes // 60)

    # === ONE ORDER === #

    def _drive_identity_row(self):
        """What a volunteer may know of an order and its member."""
        return {
            "id": self.id,
            "code": self.drive_pickup_code,
            "name": self.partner_id._drive_short_name(),
            "time": self._drive_moment_text(self.drive_slot_id.start),
            "state": self.drive_state,
            "late_text": self._drive_late_text(),
        }

    def _drive_locations(self):
        """Names, by line, of where in the stock the goods are reserved, unless
        that is only the stock as a whole."""
        stock = self.warehouse_id.lot_stock_id
        names = {}
        for line, moves in self._drive_open_moves().grouped("sale_line_id").items():
            locations = moves.move_line_ids.location_id - stock
            names[line] = ", ".join(locations.mapped("name"))
        return names

    def _drive_moment_text(self, moment):
        """A time of today as "18:30", another day's as "ven. 27 nov. 18:30"."""
        if not moment:
            return ""
        point = self.drive_point_id
        same_day = point._drive_is_today(moment)
        return format_datetime(self.env, moment, tz=point.tz, dt_format="HH:mm" if same_day else "EEE d MMM HH:mm")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_walk_key(self, location):
        """The order of the walk through the shop: cold goods late, frozen last."""
        product = self.product_id
        shelf = product.pos_categ_ids[:1]
        return (
            CLASS_RANKS.get(product.drive_storage_class, 0),
            shelf.sequence,
            shelf.name or "",
            location,
            product.name,
            self.id,
        )

    def _drive_preparation_row(self):
        """This line as papers say it: its stop, ``wanted_text``, ``pieces``, ``wish`` and
        ``reason`` in words, ``treated`` and ``prepared_text``."""
        wishes = dict(self.order_id._fields["drive_substitution"]._description_selection(self.env))
        return {
            **self._drive_stop_row(),
            "wanted_text": self._drive_text(self._drive_wanted_qty()),
            "pieces": self._drive_pieces(),
            "wish": wishes.get(self._drive_wish(), ""),
            "treated": self.drive_picked,
            "prepared_text": self._drive_text(self.drive_prepared_qty),
            "reason": self._drive_shortage_reasons().get(self.drive_shortage_reason, ""),
        }

    def _drive_pieces(self):
        """How many pieces an ordered weight makes, or 0 when that is not known."""
        weight = self.product_id.drive_piece_weight
        if not weight or not self._drive_is_measured():
            return 0
        kilos = self.product_uom_id._compute_quantity(
            self._drive_wanted_qty(), self._drive_uom("uom.product_uom_kgm"), round=False
        )
        pieces = round(kilos / weight)
        return pieces if abs(pieces * weight - kilos) < weight * 0.05 else 0
