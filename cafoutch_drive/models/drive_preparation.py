from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.client_id import read_id
from ..tools.milliseconds import milliseconds
from ..tools.refusal import DriveRefused
from .sale_order_work import COLD

# What a batch shows, besides the baskets that are to be prepared.
SHOWN_STATES = ("confirmed", "preparing", "ready")
# Read by name: an order and a line have some three hundred columns.
ORDER_COLUMNS = (
    "company_id",
    "partner_id",
    "warehouse_id",
    "is_drive",
    "drive_state",
    "drive_point_id",
    "drive_slot_id",
    "drive_pickup_code",
    "drive_substitution",
    "drive_note",
    "drive_message",
    "drive_ready_at",
    "drive_late_minutes",
    "drive_batch_id",
    "drive_letter_no",
)
LINE_COLUMNS = (
    "order_id",
    "company_id",
    "currency_id",
    "display_type",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_total",
    "drive_ordered_qty",
    "drive_prepared_qty",
    "drive_picked",
    "drive_picked_at",
    "drive_shortage_reason",
    "drive_substitution",
    "drive_substitute_of_id",
    "drive_asked",
    "drive_ceiling",
)
BATCH_COLUMNS = ("name", "company_id", "is_drive", "drive_point_id")
TEMPLATE_COLUMNS = (
    "name",
    "type",
    "uom_id",
    "pos_categ_ids",
    "drive_storage_class",
    "drive_producer",
    "drive_origin",
    "drive_piece_weight",
)
# The identifiers of PostgreSQL's transactions begin again after so many.
TURN = 2**32


class DrivePreparation(models.AbstractModel):
    """What the screen of the preparers calls: a batch, one article at a time.

    Volunteers have no right on orders or stock. Each method checks the group, then works
    with all rights on one batch and answers plain rows: a first name, an initial, a code and a letter,
    and neither totals nor addresses. What is refused is not an error: the answer then has
    a sentence in ``refused``.

    A *stop* is an article of the batch, at its place in the walk through the shop; a
    *cell* is how much of it goes into one basket (one line of an order).

    A screen keeps a ``version``: the answer of :meth:`since` has all that changed after
    it, by whatever door. It is the oldest of PostgreSQL's transactions that were at work
    when the screen read; each row knows the one that wrote it. So what was being written
    meanwhile is told again rather than missed, and so is all since a transaction began
    that takes long, be it of another database. A whole snapshot would be exact, but does
    not know the transactions within one, which savepoints make.
    """

    _name = "drive.preparation"
    _description = "What the preparers' screen reads and writes"

    # === READING === #

    @api.model
    def board(self, device=None):
        """Return what is to prepare, half-day by half-day.

        :param device: what the screen calls itself: it is not told of its own people, as
            who reads a board is at no batch, whatever their phone was at when it went out
        :return: ``{now, windows, back}``, see :meth:`_now`, :meth:`_window_row` and
            :meth:`_back_rows`
        """
        orders = self.env["sale.order"]
        orders._drive_check_preparer()
        points = self.env["drive.point"].sudo().search([("company_id", "in", self.env.user.company_ids.ids)])
        points._form_batches()
        return {
            "now": self._now(),
            "windows": orders.sudo()._drive_board_rows(points, partial(self._window_row, device=device)),
            "back": self._back_rows([("drive_point_id", "in", points.ids)]),
        }

    @api.model
    def open(self, batch_id):
        """Return all that a screen needs to prepare a batch, also without a line.

        :return: ``{id, name, now, cold, version, baskets, stops, sizes, places, classes, reasons,
            claims, questions, back}``; see :meth:`_now`, ``drive.point._drive_cold_rule``,
            :meth:`_basket_rows`, :meth:`_stop_rows`, :meth:`_claim_rows`,
            :meth:`_question_rows`, :meth:`_back_rows`
        """
        self.env["sale.order"]._drive_check_preparer()
        try:
            batch = self._find_batch(batch_id)
        except DriveRefused as refused:
            return {"refused": str(refused)}
        version = self._version()
        orders = self._orders(batch)
        lines = self._lines(orders)
        selection = self.env["drive.crate"]._fields["storage_class"]._description_selection(self.env)
        return {
            "id": batch.id,
            "name": batch.name,
            "now": self._now(),
            "cold": batch.drive_point_id._drive_cold_rule(),
            "version": version,
            "baskets": self._basket_rows(orders),
            "stops": self._stop_rows(lines, self._cells(lines)),
            "sizes": self._sizes(orders),
            "places": self._place_rows(batch),
            "classes": [{"code": code, "name": name, "cold": code in COLD} for code, name in selection],
            "reasons": [{"code": code, "name": name} for code, name in lines._drive_shortage_reasons().items()],
            "claims": self._claim_rows(batch),
            "questions": self._question_rows(orders),
            "back": self._back_rows([("drive_batch_id", "=", batch.id)]),
        }

    @api.model
    def since(self, batch_id, version):
        """Return what has changed in a batch since a screen read it.

        :param version: of the last answer; one that no answer had changes everything
        :return: ``{now, version, baskets, stops, cells, sizes, places, claims, questions, back}``: the
            baskets that changed; the stops of the walk, without their cells and all in their
            order, and the places, if a basket changed (else empty lists); the cells that changed, and all of a
            basket that did, each with its ``stop``; and of each basket of the batch
            ``[id, number of its order's lines, of its crates]``: one that is not there
            has left the batch, and where a number is lower something was taken away
        """
        self.env["sale.order"]._drive_check_preparer()
        try:
            return self._changes(self._find_batch(batch_id), version)
        except DriveRefused as refused:
            return {"refused": str(refused)}

    def _changes(self, batch, version):
        now = self._version()
        usable = isinstance(version, int) and not isinstance(version, bool) and 0 < version <= now
        known = version if usable else None
        self.env.flush_all()
        orders = self._orders(batch)
        changed = self._changed("sale_order", orders.ids, known)
        changed |= self._changed("drive_crate", orders.ids, known, "order_id", "order_id")
        line_ids = self._changed("sale_order_line", orders.ids, known, "order_id")
        baskets = orders.filtered(lambda order: order.id in changed)
        lines = self._lines(orders if baskets else orders.browse(), line_ids)
        told = lines.filtered(lambda line: line.id in line_ids or line.order_id in baskets)
        return {
            "now": self._now(),
            "version": now,
            "baskets": self._basket_rows(baskets),
            "stops": self._stop_rows(lines) if baskets else [],
            "cells": [{**cell, "stop": line.product_id.id} for line, cell in self._cells(told).items()],
            "sizes": self._sizes(orders),
            # How full they are: what a crate that was put away or taken from there has changed.
            "places": self._place_rows(batch) if baskets else [],
            "claims": self._claim_rows(batch),
            "questions": self._question_rows(orders),
            "back": self._back_rows([("drive_batch_id", "=", batch.id)]),
        }

    def _now(self):
        """The server's clock in milliseconds: that of a phone may be wrong by hours."""
        return milliseconds(fields.Datetime.now())

    # === VERSIONS === #

    def _version(self):
        [[version]] = self.env.execute_query(SQL("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        return version

    def _changed(self, table, ids, known, column="id", found="id"):
        """Return the ids of rows that were written after a screen read them.

        :param known: its version, or None when it has none
        :param column: which of the table's columns ``ids`` are for
        :param found: the column to return
        """
        if not ids:
            return set()
        # On a circle: the half of it that lies ahead is later.
        later = (
            SQL(
                "((xmin::text::bigint - %s) %% %s + %s) %% %s < %s",
                known % TURN,
                TURN,
                TURN,
                TURN,
                TURN // 2,
            )
            if known
            else SQL("TRUE")
        )
        query = SQL(
            "SELECT %s FROM %s WHERE %s IN %s AND %s",
            SQL.identifier(found),
            SQL.identifier(table),
            SQL.identifier(column),
            tuple(ids),
            later,
        )
        return {row[0] for row in self.env.execute_query(query)}

    # === FINDING === #

    def _find_batch(self, batch_id):
        """Return the batch with an id that may be anything a client sends.

        :raise DriveRefused: when it is none of the drive's, or of another company
        """
        mine = [("id", "=", read_id(batch_id))]
        batch = self.env["stock.picking.batch"].sudo().search_fetch(mine, BATCH_COLUMNS)
        if not batch.is_drive or batch.company_id not in self.env.user.company_ids:
            raise DriveRefused(
                "no_such_batch",
                self.env._("This batch is not there any more. Please go back to the list."),
            )
        return batch.with_company(batch.company_id)

    def _orders(self, batch):
        """The baskets that a batch shows, by letter."""
        return batch.env["sale.order"].search_fetch(
            [("drive_batch_id", "=", batch.id), ("drive_state", "in", SHOWN_STATES)],
            ORDER_COLUMNS,
            order="drive_letter_no, id",
        )

    def _lines(self, orders, line_ids=()):
        """What is to be taken from the shelves for these orders, and these lines."""
        lines = self.env["sale.order.line"].sudo().with_company(self.env.company)
        domain = ["|", ("order_id", "in", orders.ids), ("id", "in", list(line_ids))]
        found = lines.search_fetch(domain, LINE_COLUMNS, order="id")
        # Read at once, and by name.
        found.product_id.fetch(["product_tmpl_id", "barcode"])
        templates = found.product_id.product_tmpl_id
        templates.fetch(TEMPLATE_COLUMNS)
        templates.pos_categ_ids.fetch(["name", "sequence"])
        return found._drive_to_prepare()

    def _sizes(self, orders):
        """``[order id, number of its lines, number of its crates]``, by letter."""
        mine = [("order_id", "in", orders.ids)]
        lines = dict(self.env["sale.order.line"].sudo()._read_group(mine, ["order_id"], ["__count"]))
        crates = dict(self.env["drive.crate"].sudo()._read_group(mine, ["order_id"], ["__count"]))
        return [[order.id, lines.get(order, 0), crates.get(order, 0)] for order in orders]
