from odoo import fields, models


class SaleOrder(models.Model):
    """What a till is told when it opens a basket: it is on another till, or of another day.

    Nothing of it prevents anything: the till that has it may be left alone, and who comes on
    another day is served. Two tickets are never paid: the first wins, the second is told so
    before its payment, and refused with it.
    """

    _inherit = "sale.order"

    drive_opened_config_id = fields.Many2one(
        "pos.config",
        string="Open at",
        copy=False,
        readonly=True,
        groups="cafoutch_drive.group_cashier",
        help="The till that was given the basket last.",
    )

    def _drive_till_notices(self, config):
        """Sentences for the cashier who opens this basket at a till."""
        self.ensure_one()
        notices = []
        if self._drive_is_open_elsewhere(config):
            notices.append(
                self.env._(
                    "%(order)s is open at “%(till)s” since %(time)s (%(person)s). The first who takes the money hands "
                    "it over; the other one is refused.",
                    order=self._drive_till_name(),
                    till=self.drive_opened_config_id.name,
                    time=self.drive_point_id._drive_clock(self.drive_opened_at),
                    person=self.drive_opened_by_id._drive_short_name(),
                )
            )
        slot, point = self.drive_slot_id, self.drive_point_id
        if slot and not point._drive_is_today(slot.start):
            notices.append(
                self.env._(
                    "%(order)s was to be collected on %(slot)s.",
                    order=self._drive_till_name(),
                    slot=slot._drive_label(),
                )
            )
        return notices

    def _drive_is_open_elsewhere(self, config):
        """Whether another till was given this basket in the session that it still has."""
        other, opened = self.drive_opened_config_id, self.drive_opened_at
        if not other or other == config or not opened:
            return False
        session = other.current_session_id
        return session.state == "opened" and opened >= (session.start_at or session.create_date)
