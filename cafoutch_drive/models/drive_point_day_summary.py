from collections import Counter

from odoo import models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools.figures import MINUS, Figures


class DrivePoint(models.Model):
    """What a day at the till came to: for the cashier who closes it, and for the manager."""

    _inherit = "drive.point"

    def _drive_summary(self, day):
        """What was handed over at a point on a day, and what was not.

        :param day: a date, or anything else for today at the point
        :return: dict of texts: ``title``, ``name``, ``previous`` and ``next`` (dates with slots, or
            False), ``baskets`` (see ``sale.order._drive_summary_row``) with their ``totals``,
            ``money`` and ``refunds`` of the day's tickets (see ``pos.order``), ``before`` (paid before, for
            these baskets), ``untaken``, ``absent``, ``waiting``, ``unprepared`` and ``broken`` (orders),
            and ``sessions`` (cash)
        """
        self.ensure_one()
        day = self._drive_day_date(day)
        begin, end = self._drive_day_bounds(day)
        figures = Figures(self.env, self.company_id.currency_id)
        handed = self._drive_summary_orders(
            [
                ("drive_state", "=", "done"),
                ("drive_ticket_id.date_order", ">=", begin),
                ("drive_ticket_id.date_order", "<", end),
            ]
        ).sorted(lambda order: (order.drive_ticket_id.date_order, order.id))
        of_day = [("drive_slot_id.start", ">=", begin), ("drive_slot_id.start", "<", end)]
        # Today also names what an earlier day left.
        until = [("drive_slot_id.start", "<", end)] if day == self._drive_today() else of_day
        tickets = handed.drive_ticket_id | self._drive_summary_tickets(begin, end)
        before = sum(order._drive_prepaid() for order in handed)
        return {
            "name": self.name,
            "title": format_date(self.env, day, date_format="EEEE d MMMM"),
            **self._drive_summary_days(begin, end),
            "baskets": [order._drive_summary_row(figures) for order in handed],
            "totals": handed._drive_summary_totals(figures),
            "money": tickets._drive_summary_money(figures),
            "refunds": tickets._drive_summary_refunds(self, figures),
            "before": figures.money(before) if before else "",
            "untaken": self._drive_summary_names(
                [("drive_state", "=", "done"), ("drive_ticket_id", "=", False), *of_day]
            ),
            "absent": self._drive_summary_names(
                [("drive_state", "=", "no_show"), ("drive_no_show_at", ">=", begin), ("drive_no_show_at", "<", end)]
            ),
            "waiting": self._drive_summary_names(
                [("drive_state", "=", "ready"), ("drive_ticket_id", "=", False), *until]
            ),
            "unprepared": self._drive_summary_names([("drive_state", "in", ("confirmed", "preparing")), *until]),
            "broken": self._drive_summary_names([("drive_state", "=", "ready"), ("drive_ticket_id", "!=", False)]),
            "sessions": self._drive_summary_sessions(begin, end, figures),
        }

    def _drive_summary_orders(self, domain):
        return self.env["sale.order"].search(Domain("drive_point_id", "=", self.id) & Domain(domain))

    def _drive_summary_names(self, domain):
        """Code, name and time of some orders, as people look for them."""
        orders = self._drive_summary_orders(domain)
        return [
            {
                "code": order.drive_pickup_code or order.name,
                "member": order.partner_id.name or "",
                "time": order.drive_slot_id._drive_label(),
            }
            for order in orders.sorted(lambda order: (order.drive_slot_id.start or order.create_date, order.id))
        ]

    def _drive_summary_days(self, begin, end):
        mine = [("point_id", "=", self.id)]
        slots = self.env["drive.slot"]
        before = slots.search([*mine, ("start", "<", begin)], order="start desc", limit=1)
        after = slots.search([*mine, ("start", ">=", end)], order="start", limit=1)
        return {"previous": self._drive_local_date(before.start), "next": self._drive_local_date(after.start)}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_summary_row(self, figures):
        """One basket that was handed over: ``{time, code, member, estimate, final, difference,
        refused, missing}``; what was refused and which crates were missing are lists of texts."""
        self.ensure_one()
        refused = self.order_line.filtered("drive_refused_qty")
        missing = self.drive_crate_ids.filtered("missing_reason")
        return {
            "time": self.drive_point_id._drive_clock(self.drive_ticket_id.date_order),
            "code": self.drive_pickup_code or self.name,
            "member": self.partner_id.name or "",
            "estimate": figures.money(self.drive_estimate_total),
            "final": figures.money(self.amount_total),
            "difference": self._drive_difference_text(self.amount_total - self.drive_estimate_total, figures),
            "refused": [line._drive_refused_text() for line in refused],
            "missing": [
                self.env._("Crate %(crate)s: %(reason)s", crate=crate.name, reason=crate.missing_reason)
                for crate in missing
            ],
        }

    def _drive_difference_text(self, difference, figures):
        """Such as "+1.20 €"; empty where there is none."""
        rounded = self.env.company.currency_id.round(difference)
        if not rounded:
            return ""
        return f"{MINUS if rounded < 0 else '+'}{figures.money(abs(rounded))}"

    def _drive_summary_totals(self, figures):
        """How many baskets these are, and what they come to."""
        estimate, final = sum(self.mapped("drive_estimate_total")), sum(self.mapped("amount_total"))
        fates = Counter(self.order_line.filtered("drive_refused_qty").mapped("drive_refused_fate"))
        return {
            "count": len(self),
            "estimate": figures.money(estimate),
            "final": figures.money(final),
            "difference": self._drive_difference_text(final - estimate, figures),
            "refused": fates["shelf"] + fates["loss"],
            "lost": fates["loss"],
            "not_found": fates["missing"],
            "missing": len(self.drive_crate_ids.filtered("missing_reason")),
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _drive_refused_text(self):
        """Such as "2 Chips (lost)"."""
        fates = dict(self._fields["drive_refused_fate"]._description_selection(self.env))
        return self.env._(
            "%(quantity)s %(product)s (%(fate)s)",
            quantity=self._drive_text(self.drive_refused_qty),
            product=self.product_id.name,
            fate=fates.get(self.drive_refused_fate, "").lower(),
        )
