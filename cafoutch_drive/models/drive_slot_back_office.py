from odoo import api, fields, models
from odoo.fields import Domain

LIKE = ("ilike", "like")


class DriveSlot(models.Model):
    """What the manager's board of slots shows beside the slot's own fields."""

    _inherit = "drive.slot"

    time_label = fields.Char(
        string="Time",
        compute="_compute_time_label",
        help="Begin and end on the drive point's clock, whatever the reader's is.",
    )

    # Members need to know that a slot takes no order, managers also why.
    board_state = fields.Selection(
        selection="_selection_board_state",
        string="State on the Board",
        compute="_compute_board_state",
        search="_search_board_state",
        help="Past cut-off: no longer open to orders, because the shop prepares them. Closed: somebody closed it.",
    )

    @api.depends("start", "stop", "point_id.calendar_id.tz")
    @api.depends_context("lang")
    def _compute_time_label(self):
        for slot in self:
            slot.time_label = slot._drive_time_label() if slot.start else False

    @api.model
    def _selection_board_state(self):
        return [*self._fields["state"]._description_selection(self.env), ("cutoff", self.env._("Past cut-off"))]

    @api.depends("state", "closed")
    def _compute_board_state(self):
        for slot in self:
            by_time = slot.state == "closed" and not slot.closed
            slot.board_state = "cutoff" if by_time else slot.state

    def _search_board_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # As in the search of states: coming slots are few.
        closed = self.search([("state", "=", "closed")])
        return Domain("state", "in", [state for state in value if state not in ("closed", "cutoff")]) | Domain(
            "id", "in", closed.filtered(lambda slot: slot.board_state in value).ids
        )

    @api.model
    def _search_display_name(self, operator, value):
        """Override: a slot is found by what people read of it ("vendredi 27", "18:30").

        The label depends on the reader's language: coming slots are few, and are read.
        """
        if operator not in LIKE or not isinstance(value, str) or not value.strip():
            return super()._search_display_name(operator, value)
        words = value.lower().split()
        coming = self.search([("stop", ">", fields.Datetime.now())])
        return Domain("id", "in", coming.filtered(lambda s: all(w in s.display_name.lower() for w in words)).ids)
