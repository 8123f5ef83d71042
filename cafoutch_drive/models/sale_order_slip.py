from odoo import models


class SaleOrder(models.Model):
    """The slip that lies in a basket: what is in it and what is missing, without amounts."""

    _inherit = "sale.order"

    def _drive_slip_row(self):
        """The slip of a basket.

        :return: :meth:`_drive_paper_row`, ``lines`` in the order of the walk, ``crates``, see
            ``drive.crate._drive_till_rows``, ``has_message``, and numbers of lines: ``total``,
            ``found``, ``short`` (all or a part is missing) and ``left`` to prepare
        """
        self.ensure_one()
        lines = self.order_line._drive_to_prepare()
        locations = self._drive_locations()
        lines = lines.sorted(lambda line: line._drive_walk_key(locations.get(line, "")))
        short = lines.filtered(lambda line: line.drive_picked and line.drive_shortage_reason)
        left = lines.filtered(lambda line: not line.drive_picked)
        return {
            **self._drive_paper_row(),
            "lines": [line._drive_slip_row() for line in lines],
            "crates": self._drive_crates_by_number()._drive_till_rows(),
            "has_message": bool(self.drive_message or self.drive_note),
            "total": len(lines),
            "found": len(lines - short - left),
            "short": len(short),
            "left": len(left),
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_slip_row(self):
        row = self._drive_preparation_row()
        kept = ("name", "detail", "pieces", "treated", "reason", "wish", "measured", "unit")
        return {
            **{name: row[name] for name in kept},
            "ordered": row["wanted_text"],
            "prepared": row["prepared_text"] if row["treated"] else "",
            "missing": bool(row["treated"] and row["reason"]),
            "replaces": self.drive_substitute_of_id.product_id.name or "",
        }
