from odoo import api, fields, models

from ..tools.refusal import DriveRefusal


class ResPartner(models.Model):
    _inherit = "res.partner"

    coop_number = fields.Char(string="Member Number", copy=False)
    coop_state = fields.Selection(
        [
            ("candidate", "Candidate"),
            ("up_to_date", "Up to date"),
            ("alert", "On alert"),
            ("exempted", "Exempted"),
            ("on_leave", "On leave"),
            ("suspended", "Suspended"),
            ("left", "Left"),
        ],
        string="Membership",
        tracking=True,
        help="Empty: not a member of the coop.",
    )
    coop_state_until = fields.Date(string="Membership Until", help="The last day of this state.")
    coop_state_next = fields.Selection(
        selection=lambda self: self._fields["coop_state"].selection,
        string="Then",
        default="alert",
        help="What the membership becomes afterwards.",
    )
    coop_state_reason = fields.Text(
        string="Reason",
        groups="cafoutch_drive.group_manager",
        help="For the managers only; the member never reads it.",
    )
    drive_exception_until = fields.Date(
        string="May Order Until",
        help="An exception: until that day the member may order in any state.",
    )
    drive_can_order = fields.Boolean(
        string="May Order",
        compute="_compute_drive_can_order",
        search="_search_drive_can_order",
    )

    _coop_number_uniq = models.UniqueIndex(
        "(coop_number) WHERE coop_number IS NOT NULL",
        "Another member already has this number.",
    )

    def _commercial_fields(self):
        """Override of `base`: people of a household share its membership."""
        shared = ["coop_state", "coop_state_until", "coop_state_next", "drive_exception_until"]
        return [*super()._commercial_fields(), *shared]

    @api.depends("coop_state", "coop_state_until", "coop_state_next", "drive_exception_until")
    def _compute_drive_can_order(self):
        for partner in self:
            partner.drive_can_order = partner._drive_refusal() is None

    def _search_drive_can_order(self, operator, value):
        """Search by asking the rules about each member, one by one: a rule may be
        any code, so there is no quicker way that stays right."""
        if operator not in ("in", "not in"):
            return NotImplemented
        members = self.search([("coop_state", "!=", False)])
        able = members.filtered("drive_can_order")
        wanted = (operator == "in") == (True in value)
        return [("id", "in" if wanted else "not in", able.ids)]

    # === MAY THIS PERSON ORDER? === #

    @api.model
    def _drive_states_that_order(self):
        """Return the memberships that may order."""
        return {"up_to_date", "alert", "exempted"}

    def _coop_state_today(self):
        """The membership that holds today, whether or not a job has written it."""
        self.ensure_one()
        until = self.coop_state_until
        if until and until < fields.Date.context_today(self):
            return self.coop_state_next
        return self.coop_state

    def _drive_has_exception(self):
        """Whether a manager lets this person order for now, in any state."""
        until = self.drive_exception_until
        return bool(until and until >= fields.Date.context_today(self))

    def _drive_refusal(self):
        """Say why this person may not order, or ``None`` when they may.

        The hook for rules of other addons: call ``super()``, then add yours.
        It runs when somebody orders, never while products are listed.

        :rtype: DriveRefusal | None
        """
        self.ensure_one()
        state = self._coop_state_today()
        if not state:
            return DriveRefusal("not_member", self._drive_state_message(state), "/my")
        if state in self._drive_states_that_order() or self._drive_has_exception():
            return None
        return DriveRefusal(state, self._drive_state_message(state), "/my")

    def _drive_state_message(self, state):
        """The sentence that a member reads whose membership may not order."""
        return {
            "candidate": self.env._(
                "Your membership is being set up. You can order as soon as the members' office has confirmed it."
            ),
            "on_leave": self.env._("You are on leave. To order again, tell the members' office that you are back."),
            "suspended": self.env._(
                "You cannot order for the moment. Please talk to the members' office: a solution can be found."
            ),
            "left": self.env._(
                "You have left the coop. You are welcome back: contact the members' office to become a member again."
            ),
            "alert": self.env._("Please contact the members' office to be able to order again."),
        }.get(
            state,
            self.env._(
                "The drive is for the members of the coop, and this account is not "
                "linked to a member yet. Please contact the members' office."
            ),
        )

    def _drive_verdict(self):
        """What allowed this person to order, kept on the order: state and rule."""
        state = self._coop_state_today()
        allowed = state in self._drive_states_that_order()
        return f"{state or 'none'}: {'state' if allowed else 'exception'}"

    # === NAMES === #

    def _drive_short_name(self):
        """First name and initial, all that volunteers see of a member."""
        self.ensure_one()
        first, *others = (self.name or "").split()[:2] or [""]
        return " ".join([first] + [f"{other[0].upper()}." for other in others])
