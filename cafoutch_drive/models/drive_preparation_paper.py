from odoo import models


class DrivePreparation(models.AbstractModel):
    """The walk through the shop, and what goes into each basket, on paper."""

    _inherit = "drive.preparation"

    def _pick_list(self, orders):
        """The articles of these orders in the order of the walk, shelf by shelf.

        :return: list of ``{shelf, storage, stops}``, storage being a class in words; a stop
            is ``{name, detail, location, barcode, measured, total, unit, cells}``: ``total``
            is what all baskets want of it, ``unit`` what a weight is noted in; a cell
            :meth:`_paper_cell`, with ``dates`` of its lots (``{text, near}``, nearest first)
        """
        lines = self._lines(orders)
        classes = dict(self.env["drive.crate"]._fields["storage_class"]._description_selection(self.env))
        locations = self._locations(lines)
        baskets = {order: order._drive_paper_row() for order in orders}
        dates = lines._drive_use_by_rows()
        rank = {order: number for number, order in enumerate(orders)}
        shelves = []
        for product, mine in self._walk(lines, locations):
            stop = mine[0]._drive_stop_row()
            shelf = {"shelf": stop["shelf"], "storage": classes[stop["storage_class"]]}
            if not shelves or {name: shelves[-1][name] for name in shelf} != shelf:
                shelves.append({**shelf, "stops": []})
            by_basket = mine.sorted(lambda line: (rank[line.order_id], line.id))
            shelves[-1]["stops"].append(
                {
                    **{name: stop[name] for name in ("name", "detail", "barcode", "measured", "unit")},
                    "location": locations[product],
                    "total": self._paper_total(by_basket),
                    "cells": [
                        {
                            **self._paper_cell(line, baskets[line.order_id]),
                            "dates": [self._paper_date(row) for row in dates.get(line, [])],
                        }
                        for line in by_basket
                    ],
                }
            )
        return shelves

    def _paper_total(self, lines):
        """What these lines of one article want together; "" when their units differ."""
        if len(lines.product_uom_id) > 1:
            return ""
        return lines[0]._drive_text(sum(line._drive_wanted_qty() for line in lines))

    def _paper_date(self, row):
        """A row of ``sale.order.line._drive_use_by_rows``, on paper."""
        return {
            "text": self.env._("%(date)s, lot %(lot)s", date=row["date"], lot=row["lot"]),
            "near": row["near"],
        }

    def _paper_cell(self, line, basket):
        """How much of an article goes into a basket.

        :return: the basket's ``mark``, ``code`` and ``name``; ``wanted``, ``pieces`` (0 when
            not known), ``wish`` (what to do when it is missing), ``treated``, ``prepared``
            and ``reason``, in words
        """
        row = line._drive_preparation_row()
        return {
            **{name: basket[name] for name in ("mark", "code", "name")},
            "wanted": row["wanted_text"],
            **{name: row[name] for name in ("pieces", "wish", "treated", "reason")},
            "prepared": row["prepared_text"] if row["treated"] else "",
        }
