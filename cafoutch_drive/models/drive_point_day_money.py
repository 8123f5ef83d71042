from odoo import models
from odoo.fields import Domain

PAID = ("paid", "done")


class DrivePoint(models.Model):
    """Where each euro of a day at the till is: by means of payment, and in the drawer."""

    _inherit = "drive.point"

    def _drive_summary_tickets(self, begin, end):
        """Whatever the point's tills were paid, or paid back, between two moments."""
        return self.env["pos.order"].search(
            [
                ("config_id.drive_point_id", "=", self.id),
                ("state", "in", PAID),
                ("date_order", ">=", begin),
                ("date_order", "<", end),
            ]
        )

    def _drive_summary_sessions(self, begin, end, figures):
        """The cash of each session of the point's tills that was open on that day."""
        sessions = self.env["pos.session"].search(
            Domain("config_id.drive_point_id", "=", self.id)
            & Domain("start_at", "<", end)
            & (Domain("stop_at", "=", False) | Domain("stop_at", ">=", begin)),
            order="start_at, id",
        )
        return [session._drive_summary_row(figures) for session in sessions]


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _drive_summary_kinds(self):
        """``(baskets, sales, refunds)``: each ticket is one of them. A bottle that is given back
        with a basket is on the basket's ticket."""
        refunds = self.filtered(lambda ticket: ticket.is_refund or ticket.amount_total < 0)
        sold = self - refunds
        baskets = sold.filtered(lambda ticket: any(line._drive_is_of_basket() for line in ticket.lines))
        return baskets, sold - baskets, refunds

    def _drive_summary_money(self, figures):
        """What these tickets came to.

        :return: dict of texts: ``rows`` of ``(means of payment, baskets, sales, refunds, total)``, the
            ``total`` likewise without its name, what was ``bought`` and ``returned`` on baskets'
            tickets; empty where there is none
        """
        currency = self.env.company.currency_id
        kinds = self._drive_summary_kinds()

        def amounts(payments):
            parts = [sum((payments & kind.payment_ids).mapped("amount")) for kind in kinds]
            return [amount_text(currency.round(amount)) for amount in (*parts, sum(parts))]

        def amount_text(amount):
            return figures.signed(amount) if amount else ""

        extras = [
            currency.round(line.price_subtotal_incl)
            for line in kinds[0].lines.filtered(lambda line: line._drive_is_extra())
        ]
        bought, returned = (sum(amount for amount in extras if amount * sign > 0) for sign in (1, -1))
        by_method = self.payment_ids.grouped("payment_method_id")
        return {
            "rows": [(method.name, *amounts(payments)) for method, payments in by_method.items()],
            "total": amounts(self.payment_ids),
            "bought": amount_text(bought),
            "returned": amount_text(returned),
        }

    def _drive_summary_refunds(self, point, figures):
        """The refunds among these tickets, each with the ticket that it refunds."""
        refunds = self._drive_summary_kinds()[2].sorted(lambda ticket: (ticket.date_order, ticket.id))
        return [
            {
                "time": point._drive_clock(ticket.date_order),
                "ticket": ticket._drive_summary_number(),
                "of": ", ".join(
                    original._drive_summary_number() for original in ticket.lines.refunded_orderline_id.order_id
                ),
                "member": ticket.partner_id.name or "",
                "amount": figures.signed(ticket.amount_total),
                "means": ", ".join(ticket.payment_ids.payment_method_id.mapped("name")),
            }
            for ticket in refunds
        ]

    def _drive_summary_number(self):
        """As it is printed on the ticket."""
        return self.pos_reference or self.name


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _drive_is_extra(self):
        """Whether it was bought at the till: no article of a basket, nor what was paid before."""
        self.ensure_one()
        before = self.order_id.config_id.down_payment_product_id
        return not self.sale_order_origin_id and (not before or self.product_id != before)


class PosSession(models.Model):
    _inherit = "pos.session"

    def _drive_summary_row(self, figures):
        """The cash of a session: ``{name, closed, rows, expected, counted, difference}``. The
        ``rows``, ``(what, amount)``, add up to what is expected, which is Odoo's own sum; what
        was counted is known once the session is closed."""
        self.ensure_one()
        closed = self.state == "closed"
        difference = self.cash_register_balance_end_real - self.cash_register_balance_end
        return {
            "name": f"{self.config_id.name} · {self.name}",
            "closed": closed,
            "rows": [(what, figures.signed(amount)) for what, amount in self._drive_summary_cash()],
            "expected": figures.signed(self.cash_register_balance_end),
            "counted": figures.signed(self.cash_register_balance_end_real) if closed else "",
            "difference": self.env["sale.order"]._drive_difference_text(difference, figures) if closed else "",
        }

    def _drive_summary_cash(self):
        """``(what, amount)`` of all that makes the cash that is expected: see Odoo's
        ``_compute_cash_balance``, which counts the first means of payment that is cash."""
        cash = self.payment_method_ids.filtered("is_cash_count")[:1]
        if not cash:
            return
        yield self.env._("At the opening"), self.cash_register_balance_start
        names = (self.env._("Baskets"), self.env._("Other sales"), self.env._("Refunds"))
        tickets = self.order_ids.filtered(lambda ticket: ticket.state in PAID)
        for name, kind in zip(names, tickets._drive_summary_kinds(), strict=True):
            paid = kind.payment_ids.filtered(lambda payment: payment.payment_method_id == cash)
            if paid:
                yield f"{name} ({len(paid.pos_order_id)})", sum(paid.mapped("amount"))
        yield from self._drive_summary_moves()

    def _drive_summary_moves(self):
        """What was put into the drawer or taken out of it, each with its reason.

        When a session closes Odoo adds its own lines to those of the cashier, whose reference
        begins with the session's name, and keeps the sum of what was there before.
        """
        lines = self.sudo().statement_line_ids.sorted("id")
        total = sum(lines.mapped("amount"))
        if self.state == "closed":
            lines = lines.filtered(lambda line: (line.payment_ref or "").startswith(f"{self.name}-"))
            total = self.cash_real_transaction
        for line in lines:
            yield (line.payment_ref or "").removeprefix(f"{self.name}-").replace("-", ": ", 1), line.amount
        rest = self.currency_id.round(total - sum(lines.mapped("amount")))
        if rest:
            yield self.env._("Put in or taken out"), rest
