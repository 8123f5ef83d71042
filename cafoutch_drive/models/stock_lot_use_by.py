from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..tools.memo import INSIDE
from .drive_point_day import OPEN_STATES

# In the context: goods leave by their dates, nearest first.
NEAREST = "drive_nearest"


class StockLot(models.Model):
    """Use-by dates of lots, where `product_expiry` keeps them.

    The addon works with and without it: nothing but this file knows its fields. With it,
    what is reserved for a basket leaves nearest date first, preparers read which lot that
    is, and a date that is too near for the pickup is flagged.
    """

    _inherit = "stock.lot"

    @api.model
    def _drive_has_dates(self):
        return "expiration_date" in self._fields

    def _drive_use_by(self):
        """Until when what is in this lot may be eaten, a UTC datetime or False."""
        return self.expiration_date

    def _drive_last_moment(self):
        """Until when it may be handed over: its removal date, so many days before the use-by
        date as the product's form says, or the use-by date, whichever is nearer. Odoo leaves
        the former where it was when the latter is corrected from outside."""
        return min(filter(None, (self.removal_date, self.expiration_date)))


class StockMove(models.Model):
    _inherit = "stock.move"

    def _update_reserved_quantity(  # noqa: PLR0913, PLR0917 (as Odoo's)
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        """Override of `stock`: goods with dates leave nearest date first."""
        moves = self.with_context(**{NEAREST: INSIDE}) if self._drive_is_dated() else self
        return super(StockMove, moves)._update_reserved_quantity(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _drive_is_dated(self):
        """Whether this is for a basket, of an article whose lots have dates."""
        return (
            self.env["stock.lot"]._drive_has_dates()
            and self.product_id.use_expiration_date
            and self.sale_line_id.order_id.is_drive
        )


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _get_removal_strategy(self, product_id, location_id):
        """Override of `stock`: where nobody has chosen a way for the category or the place,
        what is for a basket leaves by its dates (`product_expiry`'s FEFO)."""
        if self.env.context.get(NEAREST) is INSIDE:
            above = [int(number) for number in location_id.parent_path.split("/") if number]
            chosen = self.env["stock.location"].sudo().browse(above).removal_strategy_id
            if not chosen and not product_id.sudo().categ_id.removal_strategy_id:
                return "fefo"
        return super()._get_removal_strategy(product_id, location_id)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_use_by_rows(self):
        """``{line: rows}``: the lots that are reserved for each of these lines, nearest date
        first, and lines without any left out.

        :return: a row is ``{lot, date, day, near}``: its name, its use-by date in words and
            in ISO 8601, and whether it is too near: it may not be handed over after the
            pickup's day, see ``stock.lot._drive_last_moment``
        """
        lots_of = self._drive_reserved_lots()
        lots = self.env["stock.lot"].sudo().browse({lot_id for ids in lots_of.values() for lot_id in ids})
        # A lot can be without a date.
        dated = lots.filtered(lambda lot: lot._drive_use_by()).sorted(lambda lot: (lot._drive_use_by(), lot.id))
        rows = {}
        for line in self.filtered(lambda line: line.id in lots_of):
            mine = dated.filtered(lambda lot, line=line: lot.id in lots_of[line.id])
            if mine:
                rows[line] = [line._drive_use_by_row(lot) for lot in mine]
        return rows

    def _drive_use_by_row(self, lot):
        point = self.order_id.drive_point_id
        day = point._drive_date(lot._drive_use_by())
        pickup = self.order_id.drive_slot_id.start
        return {
            "lot": lot.name,
            "date": format_date(self.env, day, date_format="d MMM"),
            "day": day.isoformat(),
            "near": bool(pickup) and point._drive_date(lot._drive_last_moment()) <= point._drive_date(pickup),
        }

    def _drive_reserved_lots(self):
        """``{line id: ids of lots}`` of what is reserved for these lines."""
        found = defaultdict(set)
        if not self or not self.env["stock.lot"]._drive_has_dates():
            return found
        self.env.flush_all()
        # Each by an index, see `drive.preparation._locations`.
        moves = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, sale_line_id FROM stock_move"
                    " WHERE sale_line_id IN %s AND state NOT IN ('done', 'cancel')",
                    tuple(self.ids),
                )
            )
        )
        for move_id, lot_id in self.env.execute_query(
            SQL(
                "SELECT DISTINCT move_id, lot_id FROM stock_move_line"
                " WHERE move_id = ANY(%s) AND lot_id IS NOT NULL AND quantity > 0",
                list(moves),
            )
        ):
            found[moves[move_id]].add(lot_id)
        return found


# === SHOWN === #


class DrivePreparation(models.AbstractModel):
    _inherit = "drive.preparation"

    def _cells(self, lines):
        """Override: each cell has ``dates``, see ``sale.order.line._drive_use_by_rows``."""
        dates = lines._drive_use_by_rows()
        return {line: {**cell, "dates": dates.get(line, [])} for line, cell in super()._cells(lines).items()}


class DrivePoint(models.Model):
    _inherit = "drive.point"

    def _drive_day_attention(self, slots, orders):
        """Override: what waits for its pickup, of whatever day, and has a date that is too
        near for it."""
        found = super()._drive_day_attention(slots, orders)
        if not self.env["stock.lot"]._drive_has_dates():
            return found
        awaited = self.env["sale.order"].search([("drive_point_id", "=", self.id), ("drive_state", "in", OPEN_STATES)])
        near = [
            (line, row)
            for line, rows in awaited.order_line._drive_use_by_rows().items()
            for row in rows
            if row["near"]
        ]
        if near:
            found.append(
                {
                    "text": self.env._("Use-by dates too near for the pickup"),
                    "order_ids": list({line.order_id.id: True for line, _row in near}),
                    "details": [
                        self.env._(
                            "%(code)s · %(product)s, lot %(lot)s: %(date)s",
                            code=line.order_id.drive_pickup_code,
                            product=line.product_id.name,
                            lot=row["lot"],
                            date=row["date"],
                        )
                        for line, row in near
                    ],
                }
            )
        return found
