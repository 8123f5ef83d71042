from odoo import fields, models

from ..tools.refusal import DriveRefused


class SaleOrder(models.Model):
    """ "I am here": a member tells the till, from the order's page, that they have come."""

    _inherit = "sale.order"

    def _drive_say_arrived(self):
        """Note that somebody of the household has come for this basket; the first time counts.

        :return: the sentence for the member
        :raise DriveRefused: before its day, before it is ready, or when it is over
        """
        self._drive_check_messages()
        if not self._drive_may_arrive():
            raise DriveRefused("not_yet", self._drive_not_yet_text(), self.access_url)
        if not self._drive_is_here():
            self.drive_arrived_at = fields.Datetime.now()
            self._drive_tell_tills()
        return self.env._("Welcome! The till knows that you are here.")

    def _drive_may_arrive(self):
        """Whether the basket waits, and today is its day; who is late comes later that day
        or, when the shop still keeps it, on another one."""
        self.ensure_one()
        slot, point = self.drive_slot_id, self.drive_point_id
        waits = self.drive_state == "ready" and self._drive_may_message() and bool(slot)
        return waits and point._drive_date(slot.start) <= point._drive_today()

    def _drive_is_here(self):
        """Whether somebody has come for it today: who came on another day has left since."""
        self.ensure_one()
        point = self.drive_point_id
        arrived = self.drive_arrived_at
        return bool(arrived) and point._drive_is_today(arrived)

    def _drive_not_yet_text(self):
        if self.drive_state != "ready":
            return self.env._("Your basket is not ready yet: please tell us that you are here once it is.")
        return self.env._(
            "Your basket is to be collected on %s: please tell us that you are here then.",
            self.drive_slot_id._drive_day_label(),
        )

    def _drive_page_arrival(self):
        """What the member's page shows of it: ``may_arrive`` and ``is_here``."""
        return {"may_arrive": self._drive_may_arrive(), "is_here": self._drive_is_here()}
