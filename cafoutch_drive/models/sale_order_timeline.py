from odoo import api, fields, models
from odoo.tools.misc import format_datetime

# The steps that a member follows, in their order.
STEPS = ("confirmed", "preparing", "ready", "done")


class SaleOrder(models.Model):
    """Where an order is, and since when: whoever moved it, by whichever door."""

    _inherit = "sale.order"

    drive_state_times = fields.Json(
        string="Times of the States",
        compute="_compute_drive_state_times",
        store=True,
        copy=False,
        help="The states since the confirmation, and when the order came to each.",
    )

    @api.depends("drive_state")
    def _compute_drive_state_times(self):
        now = fields.Datetime.to_string(fields.Datetime.now())
        for order in self:
            times = order.drive_state_times or []
            known = times[-1][0] if times else "basket"
            if order.drive_state and order.drive_state != known:
                times = [*times, [order.drive_state, now]]
            order.drive_state_times = times or False

    def _drive_page_steps(self):
        """The way of an order, step by step: those that are behind it, where it is, and
        those to come where it goes on.

        :return: list of ``(state, text, "done", "current" or "", moment)``; the last two
            are texts, empty where they are not known
        """
        texts = dict(self._fields["drive_state"]._description_selection(self.env))
        # An order that went back to be prepared again came to a state twice: the last counts.
        moments = dict(self.drive_state_times or [])
        steps = STEPS
        if self.drive_state not in STEPS:
            steps = [step for step in STEPS if step in moments] + [self.drive_state]
        current = steps.index(self.drive_state)
        return [
            (
                step,
                texts[step],
                "done" if number < current else "current" if number == current else "",
                self._drive_step_moment(moments.get(step)) if number <= current else "",
            )
            for number, step in enumerate(steps)
        ]

    def _drive_step_moment(self, moment):
        if not moment:
            return ""
        return format_datetime(self.env, moment, tz=self.drive_point_id.tz, dt_format="EEE d MMM, HH:mm")
