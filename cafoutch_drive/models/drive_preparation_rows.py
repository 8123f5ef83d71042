from collections import defaultdict

from odoo import models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..tools.milliseconds import milliseconds

# How a batch stands, as the board says it.
STATE_OF = {"confirmed": "to_do", "preparing": "in_work", "ready": "ready", "done": "ready"}


class DrivePreparation(models.AbstractModel):
    """The plain rows of a batch."""

    _inherit = "drive.preparation"

    # === THE BOARD === #

    def _window_row(self, orders, device=None):
        """One half-day: ``{label, cutoff, done, total, batches, orders}``; the board adds
        ``later``.

        :param device: of :meth:`board`

        Late batches come first, then the earliest pickup, and those that are ready last.
        """
        batches = orders.filtered("drive_batch_id").grouped("drive_batch_id")
        claims = self._people_at_work(self.env["stock.picking.batch"].union(*batches), device)
        rows = [self._batch_row(batch, mine, claims.get(batch.id, [])) for batch, mine in batches.items()]
        rows = [row for row in rows if row["baskets"]]
        rows.sort(key=lambda row: (row["state"] == "ready", not row["late"], row["first"], row["id"]))
        return {**orders._drive_window_row(), "batches": rows}

    def _batch_row(self, batch, orders, people):
        """One batch of the board.

        :return: ``{id, name, first, last, late, delay, state, begun, baskets, letters, crates_at,
            ready, treated, total, to_weigh, cold, people}``: Odoo's name, for managers alone; the
            times of its pickups on the point's clock; whether one of them has begun and is not
            ready, and for how long (see ``sale.order._drive_delay_text``); ``to_do``, ``in_work``
            or ``ready``, and when somebody began it, or ""; how many baskets, who they are (``"A
            Camille M."``) and the names of the places at which crates of them stand; how many
            articles; what is out of the cold (see ``sale.order._drive_cold_since``), and who is
            at work
        """
        orders = orders.filtered(lambda order: order.drive_state != "done")
        rows = [order._drive_board_row() for order in orders]
        starts = orders.drive_slot_id.mapped("start")
        states = {STATE_OF[order.drive_state] for order in orders}
        tz = batch.drive_point_id.tz
        begun = min(filter(None, orders.mapped("drive_begun_at")), default=False)
        first = orders.sorted(lambda order: order.drive_slot_id.start)[:1]
        by_letter = orders.sorted(lambda order: (order.drive_letter_no, order.id))
        return {
            "id": batch.id,
            "name": batch.name if self.env.user.has_group("cafoutch_drive.group_manager") else "",
            "first": format_datetime(self.env, min(starts), tz=tz, dt_format="HH:mm") if starts else "",
            "last": format_datetime(self.env, max(starts), tz=tz, dt_format="HH:mm") if starts else "",
            "late": any(row["late"] for row in rows),
            "delay": next((row["delay"] for row in sorted(rows, key=lambda row: row["start"]) if row["late"]), ""),
            "state": states.pop() if len(states) == 1 else "in_work",
            "begun": first._drive_moment_text(begun),
            "baskets": len(orders),
            "letters": [f"{order.drive_letter} {order.partner_id._drive_short_name()}" for order in by_letter],
            "crates_at": orders.drive_crate_ids.place_id.mapped("name"),
            "ready": len(orders.filtered(lambda order: order.drive_state == "ready")),
            "treated": sum(row["treated"] for row in rows),
            "total": sum(row["total"] for row in rows),
            "to_weigh": sum(row["to_weigh"] for row in rows),
            "cold": orders._drive_cold_since(),
            "people": people,
        }

    # === A BATCH === #

    def _basket_rows(self, orders):
        """The baskets, by letter: what ``sale.order._drive_identity_row`` says, their mark
        (``letter``, ``colour``, ``shape``), ``slot``, ``note``, ``message``, ``ready_at`` (when
        it was ready for the first time, in milliseconds, or False) and ``crates``
        (``{id, number, name, storage_class, place}``, the id of a place or False)."""
        crates = orders.drive_crate_ids.grouped("order_id")
        return [
            {
                **order._drive_identity_row(),
                **order._drive_mark_row(),
                "slot": order.drive_slot_id._drive_label(),
                "note": order.drive_note or "",
                "message": order.drive_message or "",
                "ready_at": milliseconds(order.drive_ready_at),
                "crates": [crate._drive_batch_row() for crate in crates.get(order, ())],
            }
            for order in orders
        ]

    def _back_rows(self, domain):
        """Baskets that were cancelled while they were prepared, and what of them is still
        in crates.

        :param domain: of which orders
        :return: list of ``{id, code, name, batch, letter, colour, shape, goods}``; goods are
            ``{name, shelf, text}``, the text being how much
        """
        orders = self.env["sale.order"].sudo()
        cancelled = orders.search([*domain, ("drive_state", "=", "cancelled"), ("drive_batch_id", "!=", False)])
        cancelled = cancelled.filtered(lambda order: order._drive_goods_to_put_back())
        return [
            {
                "id": order.id,
                "code": order.drive_pickup_code,
                "name": order.partner_id._drive_short_name(),
                "batch": order.drive_batch_id.id,
                **order._drive_mark_row(),
                "goods": [
                    {
                        "name": line.product_id.name,
                        "shelf": line.product_id.pos_categ_ids[:1].name or "",
                        "text": line._drive_text(line.drive_prepared_qty),
                    }
                    for line in order._drive_goods_to_put_back()
                ],
            }
            for order in cancelled
        ]

    def _stop_rows(self, lines, cells=None):
        """The stops in the order of the walk through the shop, frozen goods last.

        :param cells: of :meth:`_cells`; without, stops have none
        :return: list of ``{id, name, detail, shelf, location, storage_class, barcode, image,
            measured, weighed, unit, cells}``; what is ``measured`` is ``weighed`` or, such as oil
            by the litre, is not
        """
        locations = self._locations(lines)
        rows = []
        for product, mine in self._walk(lines, locations):
            row = {**mine[0]._drive_stop_row(), "location": locations[product]}
            if cells is not None:
                row["cells"] = [cells[line] for line in mine]
            rows.append(row)
        return rows

    def _walk(self, lines, locations):
        """``[(product, its lines)]`` in the order of the walk through the shop."""
        stops = lines.grouped("product_id").items()
        return sorted(stops, key=lambda stop: stop[1][0]._drive_walk_key(locations[stop[0]]))

    def _locations(self, lines):
        """Names, by product, of where in the stock the goods of these lines are reserved,
        unless that is only the stock as a whole."""
        if not lines:
            return {}
        self.env.flush_all()
        # Each by an index: what a planner makes of both at once is slow where it knows
        # nothing of the tables yet.
        moves = self.env.execute_query(
            SQL(
                "SELECT id FROM stock_move WHERE sale_line_id IN %s AND state NOT IN ('done', 'cancel')",
                tuple(lines.ids),
            )
        )
        found = self.env.execute_query(
            SQL(
                "SELECT DISTINCT product_id, location_id FROM stock_move_line WHERE move_id = ANY(%s)",
                [move_id for (move_id,) in moves],
            )
        )
        whole = set(lines.order_id.warehouse_id.lot_stock_id.ids)
        places = self.env["stock.location"].sudo().browse({location_id for _product_id, location_id in found} - whole)
        name_of = {place.id: place.name for place in places}
        names = defaultdict(list)
        for product_id, location_id in found:
            if location_id in name_of:
                names[product_id].append(name_of[location_id])
        return {product: ", ".join(sorted(names[product.id])) for product in lines.product_id}

    def _cells(self, lines):
        """``{line: row}``: ``sale.order.line._drive_wanted_row`` and ``_drive_cell_row``, and
        ``version``, another number after each change of the line."""
        if not lines:
            return {}
        lines.flush_recordset()
        versions = dict(
            self.env.execute_query(
                SQL("SELECT id, xmin::text::bigint FROM sale_order_line WHERE id IN %s", tuple(lines.ids))
            )
        )
        wishes = dict(self.env["sale.order"]._fields["drive_substitution"]._description_selection(self.env))
        # Most quantities are there many times: what is said of each is put together once.
        wanted, cells = {}, {}
        for line in lines:
            key = line._drive_wanted_key()
            if key not in wanted:
                wanted[key] = line._drive_wanted_row()
            cells[line] = {**wanted[key], **line._drive_cell_row(wishes), "version": versions[line.id]}
        return cells

    def _place_rows(self, batch):
        """Where crates of this batch may stand: ``{id, name, storage_class, barcode, crates}``, the
        number of crates that stand there, of any basket."""
        places = batch.drive_point_id.place_ids
        standing = dict(
            self.env["drive.crate"].sudo()._read_group([("place_id", "in", places.ids)], ["place_id"], ["__count"])
        )
        return [
            {
                "id": place.id,
                "name": place.name,
                "storage_class": place.storage_class,
                "barcode": place.barcode or "",
                "crates": standing.get(place, 0),
            }
            for place in places
        ]


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _drive_article_row(self):
        """What a preparer recognizes an article by: ``{id, name, detail, shelf,
        storage_class, image}``."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "detail": " · ".join(filter(None, (self.drive_producer, self.drive_origin))),
            "shelf": self.pos_categ_ids[:1].name or "",
            "storage_class": self.drive_storage_class,
            "image": f"/web/image/product.product/{self.id}/image_256",
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_stop_row(self):
        """The article of this line, as a stop of the walk."""
        return {
            **self.product_id._drive_article_row(),
            "barcode": self.product_id.barcode or "",
            "measured": self._drive_is_measured(),
            "weighed": self._drive_is_weighed(),
            "unit": self._drive_unit_text().strip(),
        }

    def _drive_wanted_key(self):
        """Lines with the same key have the same :meth:`_drive_wanted_row`."""
        return (
            self.company_id.id,
            self.product_uom_id.id,
            self._drive_wanted_qty(),
            self.product_id.drive_piece_weight,
            self.drive_ceiling and self.id,
        )

    def _drive_wanted_row(self):
        """What is to be taken for one basket.

        :return: ``{wanted, wanted_text, least, most, least_text, most_text, lowest,
            highest, ceiling, pieces}``: between ``least`` and ``most`` a quantity surprises
            nobody, beyond ``lowest`` and ``highest`` it is refused, ``ceiling`` is the most
            that the member pays for, or False; all in the line's unit
        """
        wanted = self._drive_wanted_qty()
        least, most = self._drive_expected_range()
        lowest, highest = self._drive_possible_range()
        return {
            "wanted": wanted,
            "wanted_text": self._drive_text(wanted),
            "least": least,
            "most": most,
            "least_text": self._drive_number_text(least),
            "most_text": self._drive_text(most),
            "lowest": lowest,
            "highest": highest,
            "ceiling": self._drive_most_qty() or False,
            "pieces": self._drive_pieces(),
        }

    def _drive_cell_row(self, wishes):
        """What is so of this line alone.

        :param wishes: ``{value: text}`` of what to do when it is missing
        :return: ``{line, basket, wish, wish_text, treated, prepared, prepared_text, picked_at,
            reason}``; ``picked_at`` in milliseconds, see ``drive_picked_at``
        """
        wish = self._drive_wish()
        return {
            "line": self.id,
            "basket": self.order_id.id,
            "wish": wish or "",
            "wish_text": wishes.get(wish, ""),
            "treated": self.drive_picked,
            "prepared": self.drive_prepared_qty,
            "prepared_text": self._drive_text(self.drive_prepared_qty) if self.drive_picked else "",
            "picked_at": milliseconds(self.drive_picked_at),
            "reason": self.drive_shortage_reason or "",
        }


class DriveCrate(models.Model):
    _inherit = "drive.crate"

    def _drive_batch_row(self):
        return {
            "id": self.id,
            "number": self._drive_number(),
            "name": self.name,
            "storage_class": self.storage_class,
            "place": self.place_id.id,
        }
