from odoo import api, models
from odoo.tools.misc import consteq, format_date, format_datetime, hmac

from ..tools.client_id import read_id


class DriveWaiting(models.Model):
    """What the members' pages and mails show of the waiting list."""

    _inherit = "drive.waiting"

    # === THE LINK OF A MAIL === #

    def _token(self):
        """What the link carries: no account is needed, and it cannot be guessed."""
        self.ensure_one()
        signed = (self.id, self.partner_id.id)
        return f"{self.id}-{hmac(self.env(su=True), 'cafoutch_drive.waiting', signed)}"

    def _url(self):
        return f"{self.get_base_url()}/drive/offer/{self._token()}"

    @api.model
    def _find(self, token):
        """Return what a link is about, empty when the link is not one of ours.

        :param token: anything that an address has
        """
        number, dash, _signature = token.partition("-")
        waiting = self.browse(read_id(number, from_text=True)).exists()
        known = bool(dash) and token.isascii() and waiting and consteq(token, waiting._token())
        return waiting if known else self.browse()

    def _page(self):
        """What the page behind the link shows."""
        self.ensure_one()
        booking = self.booking_id
        live = bool(booking) and booking._is_live()
        return {
            **self._page_line(self.partner_id),
            "state": "passed" if self.state == "offered" and not live else self.state,
            "offer": self.state == "offered" and live and self._page_offer(self.partner_id),
            "kept": self.state == "taken" and live,
            "kept_label": booking.slot_id._drive_label(),
            "kept_until": self._until_label() if booking.state == "held" else "",
        }

    # === OFFERS AND LINES === #

    def _page_list(self, person):
        """What is offered to a person's household, and what it waits for: ``self``, in the
        order of arrival.

        :return: ``{"offers": […], "lines": […], "paused": …, "hours": …, "now": …}``: why
            their turn is passed for now, if it is; when we write; and a text that is another
            when what is shown is, and empty for who waits for nothing
        """
        offered = self.filtered(lambda one: one.state == "offered")
        found = {
            "offers": [one._page_offer(person) for one in offered if one.booking_id._is_live()],
            "lines": [one._page_line(person) for one in self - offered],
        }
        paused = (self - offered)[:1]._paused()
        now = [f"{shown['id']} {shown.get('position', '')}" for shown in found["offers"] + found["lines"]]
        hours = (self - offered)[:1].point_id._drive_offer_hours_text()
        return {**found, "paused": paused, "hours": hours, "now": ", ".join([*now, paused] if paused else now)}

    def _paused(self):
        """Why the turn of this household would be passed now, though it may order."""
        refusal = self and self.partner_id._drive_limit_refusal(self.point_id)
        return refusal.message if refusal else ""

    def _page_offer(self, person):
        hold = self.env["sale.order"]._drive_basket(person)._drive_live_hold()
        return {
            "id": self.id,
            "label": self.offered_slot_id._drive_label(),
            "point": self.point_id.name,
            "until": self._until_label(),
            "instead": hold.slot_id._drive_label(),
        }

    def _page_line(self, person):
        return {
            "id": self.id,
            "label": self._label(),
            "position": self._position_text(),
            "who": self.partner_id.name if self.partner_id != person else "",
        }

    def _label(self):
        """For what they wait, such as "vendredi 27 novembre, any slot"."""
        if not self:
            # Odoo tries a mail template on any record when it saves it.
            return ""
        if self.slot_id:
            return self.slot_id._drive_label()
        return self.env._("%(day)s, any slot", day=format_date(self.env, self.day, date_format="EEEE d MMMM"))

    def _until_label(self):
        """Until when the place is kept, such as "14:05", with its day where that is another."""
        if not self.offered_until:
            return ""
        point = self.point_id
        today = point._drive_is_today(self.offered_until)
        return format_datetime(
            self.env, self.offered_until, tz=point.tz, dt_format="HH:mm" if today else "EEEE d MMMM, HH:mm"
        )

    def _position(self):
        """How many are in line before this one and may get what it waits for, and itself."""
        domain = [
            ("state", "=", "waiting"),
            ("point_id", "=", self.point_id.id),
            ("day", "=", self.day),
            ("id", "<=", self.id),
        ]
        if self.slot_id:
            domain.append(("slot_id", "in", (False, self.slot_id.id)))
        return self.search_count(domain)

    def _position_text(self):
        position = self._position()
        if position <= 1:
            return self.env._("you are next in line")
        return self.env._("number %s in line", position)


class DriveSlot(models.Model):
    _inherit = "drive.slot"

    @api.model
    def _page_days_for(self, person, basket, mine):
        """The days of the slots' page, with what a person may wait for, or waits for.

        :param basket: as ``sale.order._drive_page_basket`` returns it
        :param mine: the ``drive.waiting`` of their household
        """
        days = self._page_days(basket)
        point = self._page_point(basket)
        crowded = self._page_crowded(point)
        for day in days:
            shown = [slot for window in day["windows"] if not window["over"] for slot in window["slots"]]
            slots = self.browse([slot["id"] for slot in shown])
            for slot, values in zip(slots, shown, strict=True):
                values["state"] = slot._page_state(values["state"], person, mine, crowded)
            day["date"] = slots and slots[0]._drive_day().isoformat()
            states = {values["state"] for values in shown}
            waits = mine.filtered(lambda one, slots=slots: not one.slot_id and slots and one._covers(slots[0]))
            day["may_wait"] = "full" in states and not states & {"open", "mine", "offered"} and not waits
        return days

    @api.model
    def _page_limit(self, person, point, days):
        """Why a person can take none of the slots of the page now, nor wait for a full one,
        or ``None``.

        The forms of those who wait are taken off ``days``, which are as :meth:`_page_days_for` returns them.

        :rtype: DriveRefusal | None
        """
        full = [
            slot for day in days for window in day["windows"] for slot in window["slots"] if slot["state"] == "full"
        ]
        refusal = person._drive_limit_refusal(point)
        for slot in full:
            slot["may_wait"] = not refusal
        for day in days:
            day["may_wait"] = day["may_wait"] and not refusal
        return refusal

    @api.model
    def _page_crowded(self, point):
        """The days for which people wait at a point: only there a free place may be theirs."""
        return set(
            self.env["drive.waiting"].search([("state", "=", "waiting"), ("point_id", "=", point.id)]).mapped("day")
        )

    def _page_state(self, state, person, mine, crowded):
        """What a slot is for a person.

        :param mine: what their household waits for
        :param crowded: days for which anybody waits
        """
        if state == "full" and mine.filtered(lambda one: one.state == "offered" and one.offered_slot_id == self):
            return "offered"
        if state == "open" and crowded and self._drive_day() in crowded and self._drive_is_spoken_for(person):
            state = "full"
        if state == "full" and mine.filtered(lambda one: one.slot_id == self):
            return "waiting"
        return state
