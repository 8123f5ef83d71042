from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools.figures import Figures

AWAITED = ("confirmed", "preparing", "ready")


class DrivePoint(models.Model):
    """The sheet with which a till hands baskets over when its screen does not work."""

    _inherit = "drive.point"

    @api.model
    def _drive_sheet_points(self, point_ids=()):
        """Return, with all rights, the points of the companies of who asks.

        :param point_ids: ids of those that are wanted; all without
        :raise AccessError: for who does not work at a till of the drive
        """
        if not self.env.user.has_group("cafoutch_drive.group_cashier"):
            raise AccessError(self.env._("Only cashiers see what is to be paid."))
        domain = Domain("company_id", "in", self.env.user.company_ids.ids)
        if point_ids:
            domain &= Domain("id", "in", list(point_ids))
        return self.sudo().search(domain)

    def _drive_sheet(self, day):
        """What is handed over at a point on a day.

        :param day: a date, or anything else for today at the point
        :return: ``{name, title, day, previous, next, orders}``: the dates before and after
            it that have slots, or False; orders by time, see ``sale.order._drive_sheet_row``.
            Today's has those too that wait from earlier days
        """
        self.ensure_one()
        day = self._drive_day_date(day)
        begin, end = self._drive_day_bounds(day)
        mine = [("point_id", "=", self.id)]
        slots = self.env["drive.slot"]
        before = slots.search([*mine, ("start", "<", begin)], order="start desc", limit=1)
        after = slots.search([*mine, ("start", ">=", end)], order="start", limit=1)
        wanted = Domain("drive_state", "in", AWAITED) & Domain(
            "drive_slot_id", "any", [("start", ">=", begin), ("start", "<", end)]
        )
        if day == self._drive_today():
            wanted |= Domain("drive_state", "=", "ready") & Domain("drive_slot_id", "any", [("start", "<", begin)])
        orders = self.env["sale.order"].search(Domain("drive_point_id", "=", self.id) & wanted)
        orders = orders.sorted(lambda order: (order.drive_slot_id.start, order.drive_pickup_code or "", order.id))
        return {
            "name": self.name,
            "title": format_date(self.env, day, date_format="EEEE d MMMM"),
            "day": fields.Date.to_string(day),
            "previous": self._drive_local_date(before.start),
            "next": self._drive_local_date(after.start),
            "orders": [order._drive_sheet_row(begin) for order in orders],
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _drive_sheet_row(self, begin):
        """One line of the sheet.

        :param begin: of the day of the sheet; what was to be collected before says its day
        :return: ``{time, code, member, state, ready, paid, amount, crates, collector_text,
            late_text}``, in words but ``ready``, ``paid`` and ``crates``; the amount is an
            estimate until it is ready
        """
        self.ensure_one()
        slot = self.drive_slot_id
        states = dict(self._fields["drive_state"]._description_selection(self.env))
        return {
            "time": slot._drive_time_label() if slot.start >= begin else self._drive_paper_time(slot.start),
            "code": self.drive_pickup_code or self.name,
            "member": self.partner_id.name or "",
            "state": states[self.drive_state],
            "ready": self.drive_state == "ready",
            "paid": bool(self.drive_ticket_id),
            "amount": Figures(self.env, self.currency_id).money(self.amount_total),
            "crates": self._drive_crates_by_number()._drive_till_rows(),
            "collector_text": self._drive_collector_text(),
            "late_text": self._drive_late_text(),
        }
