from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import groupby, ormcache
from odoo.tools.misc import format_datetime

from ..tools.figures import UNTIL


class DriveSlot(models.Model):
    """What the members' pages show of slots."""

    _inherit = "drive.slot"

    @api.model
    def _page_held(self, basket):
        """The place that a basket holds at this moment, or ``None``.

        :param basket: as ``sale.order._drive_page_basket`` returns it
        """
        if not basket["booking_id"]:
            return None
        label, short = self._page_held_texts(basket["slot_start"], basket["slot_stop"], basket["slot_tz"])
        hours, minutes = divmod(max(int(basket["slot_left"].total_seconds() // 60), 0), 60)
        return {
            "id": basket["slot_id"],
            "label": label,
            "short": short,
            "seconds": max(int(basket["slot_left"].total_seconds()), 0),
            "ends": f"{basket['slot_ends'].isoformat()}Z",
            "left": self.env._("%(hours)s h %(minutes)02d left", hours=hours, minutes=minutes)
            if hours
            else self.env._("%(minutes)s min left", minutes=minutes),
            "extended": basket["extended"],
        }

    @api.model
    @ormcache("start", "stop", "tz", "self.env.lang")
    def _page_held_texts(self, start, stop, tz):
        """What pages say of a slot that is held, long and short. It hangs on nothing but
        the times, and is dear to say on each page."""
        return self._text_of(start, stop, tz), format_datetime(self.env, start, tz=tz, dt_format="EEEE HH:mm")

    @api.model
    def _page_days(self, basket):
        """Coming slots, by day and opening window.

        :param basket: as ``sale.order._drive_page_basket`` returns it
        :return: list of ``{"day", "windows": [{"times", "cutoff", "slots"}]}``
        """
        held = self.env["drive.booking"].browse(basket["booking_id"] or []).slot_id
        return self._page_days_at(self._page_point(basket), held)

    @api.model
    def _page_days_at(self, point, mine):
        """Coming slots of a point; see :meth:`_page_days`.

        :param mine: the slot in which the reader has a place, if any
        """
        now = fields.Datetime.now()
        slots = self.search(
            [
                ("point_id", "=", point.id),
                ("start", ">", now),
                ("start", "<=", now + timedelta(days=point.horizon_days)),
            ]
        )
        # All windows are read together: grouping keeps that, a union would not.
        windows = list(slots.grouped("window_start").values())
        return [
            {"day": day, "windows": [window._page_window(mine) for window in of_day]}
            for day, of_day in groupby(windows, lambda window: window[0]._drive_day_label())
        ]

    @api.model
    def _page_point(self, basket):
        order = self.env["sale.order"].browse(basket["order_id"]).exists()
        return order.drive_point_id or self.env["drive.point"]._default_for(self.env.company)

    def _page_places_left(self):
        if self.places_left == 1:
            return self.env._("1 place left")
        return self.env._("%(count)s places left", count=self.places_left)

    def _page_window(self, mine):
        """Values of one opening window, of which ``self`` are the slots."""
        first, last = self[0], self[-1]

        def text(moment, pattern="HH:mm"):
            return format_datetime(self.env, moment, tz=first.point_id.tz, dt_format=pattern)

        slots = [
            {
                "id": slot.id,
                "time": text(slot.start),
                "state": "mine" if slot == mine else slot.state,
                "left_text": slot._page_places_left(),
            }
            for slot in self
        ]
        return {
            "times": f"{text(first.window_start)}{UNTIL}{text(last.stop)}",
            "cutoff": text(first.cutoff, "EEEE HH:mm"),
            "over": first.cutoff <= fields.Datetime.now(),
            # By the shop, and not because it is too late: nobody orders until then.
            "closed": all(slot["state"] == "closed" for slot in slots),
            "opens": last.state == "upcoming" and last._drive_opens_label(),
            "slots": slots,
        }
