from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.refusal import DriveRefusal

STATES = [
    ("candidate", "Candidate"),
    ("up_to_date", "Up to date"),
    ("alert", "On alert"),
    ("exempted", "Exempted"),
    ("on_leave", "On leave"),
    ("suspended", "Suspended"),
    ("left", "Left"),
]
# What a household shares: kept on its main member, and not taken from anybody else.
MEMBERSHIP_FIELDS = (
    "coop_state",
    "coop_state_until",
    "coop_state_next",
    "coop_state_reason",
    "coop_state_message",
    "drive_exception_until",
    "drive_exception_reason",
)
# What a membership becomes after its last day, where nobody said.
NEXT_STATE = "alert"
# Where a member reads what their membership is, and whom to talk to.
MEMBER_PAGE = "/drive/me"


class ResPartner(models.Model):
    """Who is a member, and who may order."""

    _inherit = "res.partner"

    coop_number = fields.Char(string="Member Number", copy=False)
    coop_state = fields.Selection(
        STATES,
        string="Membership",
        tracking=True,
        help="Empty: not a member of the coop.",
    )
    coop_state_since = fields.Date(
        string="Membership Since",
        compute="_compute_coop_state_since",
        store=True,
        readonly=False,
        copy=False,
        help="The first day of this state.",
    )
    coop_state_until = fields.Date(string="Membership Until", tracking=True, help="The last day of this state.")
    coop_state_next = fields.Selection(
        STATES,
        string="Then",
        default=NEXT_STATE,
        tracking=True,
        help="What the membership becomes afterwards.",
    )
    coop_state_reason = fields.Text(
        string="Reason",
        groups="cafoutch_drive.group_manager",
        tracking=True,
        help="For the managers only; the member never reads it.",
    )
    coop_state_message = fields.Text(
        string="What the Member Reads",
        groups="cafoutch_drive.group_manager",
        help="In place of the usual sentence of this state.",
    )
    drive_exception_until = fields.Date(
        string="May Order Until",
        tracking=True,
        help="An exception: until that day, included, the household may order in any state.",
    )
    drive_exception_reason = fields.Char(
        string="Reason of the Exception",
        groups="cafoutch_drive.group_manager",
        tracking=True,
        copy=False,
        help="For the managers only; the member never reads it.",
    )
    drive_can_order = fields.Boolean(
        string="May Order",
        compute="_compute_drive_can_order",
        search="_search_drive_can_order",
    )
    drive_refusal_message = fields.Text(
        string="Why Not",
        compute="_compute_drive_can_order",
        groups="cafoutch_drive.group_manager",
        help="The sentence that this person reads when they want to order.",
    )

    _coop_number_uniq = models.UniqueIndex(
        "(coop_number) WHERE coop_number IS NOT NULL",
        "Another member already has this number.",
    )

    def _commercial_fields(self):
        """Override of `base`: people of a household share its membership."""
        shared = ["coop_state", "coop_state_until", "coop_state_next", "drive_exception_until"]
        return [*super()._commercial_fields(), *shared]

    @api.depends("coop_state")
    def _compute_coop_state_since(self):
        for partner in self:
            partner.coop_state_since = partner.coop_state and partner._drive_company()._drive_today()

    @api.depends(
        "coop_state",
        "coop_state_until",
        "coop_state_next",
        "drive_exception_until",
        "commercial_partner_id.coop_state",
        "commercial_partner_id.coop_state_until",
        "commercial_partner_id.coop_state_next",
        "commercial_partner_id.coop_state_message",
        "commercial_partner_id.drive_exception_until",
    )
    def _compute_drive_can_order(self):
        for partner in self:
            refusal = partner._drive_refusal()
            partner.drive_can_order = refusal is None
            partner.drive_refusal_message = refusal and refusal.message

    def _search_drive_can_order(self, operator, value):
        """Search by asking the rules about each member, one by one: a rule may be
        any code, so there is no quicker way that stays right."""
        if operator not in ("in", "not in"):
            return NotImplemented
        members = self.search(
            Domain("coop_state", "!=", False) | Domain("commercial_partner_id.coop_state", "!=", False)
        )
        able = members.filtered("drive_can_order")
        wanted = (operator == "in") == (True in value)
        return [("id", "in" if wanted else "not in", able.ids)]

    @api.onchange("coop_state")
    def _onchange_coop_state(self):
        """The dates, the sentence and the reason were those of the earlier state."""
        if self.coop_state != self._origin.coop_state:
            self.coop_state_until = False
            self.coop_state_next = NEXT_STATE
            self.coop_state_message = False
            # Not one that was written just before the state was chosen.
            if self.coop_state_reason == self._origin.coop_state_reason:
                self.coop_state_reason = False

    # === MAY THIS PERSON ORDER? === #

    def _drive_company(self):
        """The company whose rules hold for this person."""
        return self.company_id or self.env.company

    def _drive_rules(self):
        """The coop's rules about its members, see ``drive.policy``."""
        return self.env["drive.policy"]._rules(self._drive_company().id)

    def _drive_states_that_order(self):
        """Return the memberships that may order; a hook for other addons."""
        return self._drive_rules().states_that_order

    def _coop_state_today(self):
        """The membership that holds today, whether or not a job has written it.

        :return: a value of ``coop_state``, or ``False`` for who is not a member
        """
        self.ensure_one()
        if self._drive_is_address():
            return False
        household = self._drive_household()
        until = household.coop_state_until
        if household.coop_state and until and until < household._drive_company()._drive_today():
            return household.coop_state_next or NEXT_STATE
        return household.coop_state

    def _drive_has_exception(self):
        """Whether a manager lets this person order for now, in any state."""
        household = self._drive_household()
        until = household.drive_exception_until
        return bool(until and until >= household._drive_company()._drive_today())

    def _drive_refusal(self):
        """Say why this person may not order, or ``None`` when they may.

        The hook for rules of other addons (shifts, shares, fees): call
        ``super()``, then add yours. It is asked wherever somebody orders or
        collects, by whichever door, and never while products are listed.

        :rtype: DriveRefusal | None
        """
        self.ensure_one()
        state = self._coop_state_today()
        if not state:
            return DriveRefusal("not_member", self._drive_state_message(state), MEMBER_PAGE)
        if state in self._drive_states_that_order() or self._drive_has_exception():
            return None
        return DriveRefusal(state, self._drive_state_message(state), MEMBER_PAGE)

    def _drive_state_message(self, state):
        """The sentence that a member reads whose membership may not order: the one
        written for this person, else the coop's for this state, else the usual one.

        :param state: a value of ``coop_state``, or ``False``
        """
        household = self._drive_household()
        # Once a date has passed, what was written was about the state before.
        written = household.coop_state == state and household.sudo().coop_state_message
        return written or self._drive_rules().sentences.get(state) or self._drive_usual_message(state)

    def _drive_usual_message(self, state):
        return {
            "candidate": self.env._(
                "Your membership is being set up. You can order as soon as the members' office has confirmed it."
            ),
            "alert": self.env._(
                "Your membership is on alert. Please talk to the members' office soon: a solution can be found."
            ),
            "on_leave": self.env._("You are on leave. To order again, tell the members' office that you are back."),
            "suspended": self.env._(
                "You cannot order for the moment. Please talk to the members' office: a solution can be found."
            ),
            "left": self.env._(
                "You have left the coop. You are welcome back: contact the members' office to become a member again."
            ),
            False: self.env._(
                "The drive is for the members of the coop, and this account is not "
                "linked to a member yet. Please contact the members' office."
            ),
        }.get(state, self.env._("Please contact the members' office to be able to order again."))

    def _drive_contact(self):
        """Who helps this person with their membership.

        :return: ``{"email": str, "phone": str}``, empty where there is none
        """
        company = self._drive_company().sudo()
        policy = self.env["drive.policy"].sudo().search([("company_id", "=", company.id)])
        return {
            "email": policy.contact_email or company.email or "",
            "phone": policy.contact_phone or company.phone or "",
        }

    def _drive_verdict(self):
        """What allowed this person to order, kept on the order: state and rule."""
        state = self._coop_state_today()
        allowed = state in self._drive_states_that_order()
        return f"{state or 'none'}: {'state' if allowed else 'exception'}"

    # === DATES === #

    @api.model
    def _cron_apply_membership_dates(self):
        """Write what today's date has decided already: see ``_coop_state_today``.

        Nothing waits for this job; it keeps lists and history true.
        """
        # The coops of one database may be in different time zones: within a day.
        tomorrow = fields.Date.today() + timedelta(days=1)
        ended = self.search([("coop_state", "!=", False), ("coop_state_until", "<", tomorrow)])
        for member in ended.filtered(lambda member: member._drive_household() == member):
            if member.coop_state_until < member._drive_company()._drive_today():
                member._drive_end_state()

    def _drive_end_state(self):
        self.ensure_one()
        self.write(
            {
                "coop_state": self.coop_state_next or NEXT_STATE,
                "coop_state_since": self.coop_state_until + timedelta(days=1),
                "coop_state_until": False,
                "coop_state_next": NEXT_STATE,
                "coop_state_message": False,
                "coop_state_reason": False,
            }
        )

    # === NAMES === #

    def _drive_short_name(self):
        """First name and initial, all that volunteers see of a member."""
        self.ensure_one()
        first, *others = (self.name or "").split()[:2] or [""]
        return " ".join([first] + [f"{other[0].upper()}." for other in others])
