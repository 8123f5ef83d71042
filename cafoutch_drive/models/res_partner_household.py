from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.refusal import DriveRefusal
from .res_partner import NEXT_STATE
from .sale_order import OPEN_STATES


class ResPartner(models.Model):
    """Households: a main member and the people attached to them (``parent_id``).

    They share one membership, which is kept on the main member, and its limits.
    """

    _inherit = "res.partner"

    drive_is_attached = fields.Boolean(
        compute="_compute_drive_is_attached",
        help="Whether the membership is that of a main member.",
    )

    @api.depends("parent_id", "commercial_partner_id.coop_state", "coop_state")
    def _compute_drive_is_attached(self):
        for partner in self:
            partner.drive_is_attached = partner._drive_household() != partner

    def _drive_household(self):
        """Return the main member of this person's household, who may be themself.

        A member who is also a contact of some company, such as a supplier, is no
        member of that company's household: it has none.
        """
        self.ensure_one()
        main = self.commercial_partner_id
        return self if self.coop_state and not main.coop_state else main

    def _drive_household_people(self):
        """Return all people of this person's household, the main member first."""
        main = self._drive_household()
        return main | main.child_ids.filtered(lambda child: child.active and child._drive_is_person())

    def _drive_claim_household(self):
        """Make whoever else confirms or judges for this household wait, and fail.

        Pages take ``lock_first``; other doors do not. This writes the main
        member's row, changing nothing in it, so that of two transactions the
        second one fails, and Odoo runs it again in a snapshot that shows the
        first one's work.
        """
        self.env.cr.execute(
            SQL("UPDATE res_partner SET id = id WHERE id = %s", self._drive_household().id),
            log_exceptions=False,
        )

    # === RULES === #

    def _drive_limit_refusal(self, point, count=None):
        """Say that this household has as many orders to collect as it may have at a
        time, or ``None`` while it may have one more.

        :param point: the ``drive.point`` whose limit counts
        :param int count: of its orders to collect, where it is known
        :rtype: DriveRefusal | None
        """
        if count is None:
            count = self._drive_count_open_orders()
        if count < point.max_open_orders:
            return None
        return DriveRefusal(
            "max_open_orders",
            self.env._(
                "Your household already has %(count)s orders to collect. "
                "You can order again once one is collected or cancelled.",
                count=count,
            ),
            "/drive/orders",
        )

    def _drive_count_open_orders(self):
        """How many orders of this household are confirmed and not collected yet."""
        return self.env["sale.order"].search_count(
            [("drive_household_id", "=", self._drive_household().id), ("drive_state", "in", OPEN_STATES)]
        )

    @api.constrains("parent_id", "coop_state", "active", "type", "is_company")
    def _check_drive_household(self):
        for partner in self:
            main = partner._drive_household()
            if main == partner:
                partner._check_drive_main_member()
            elif partner._drive_is_person():
                partner._check_drive_attached()

    def _drive_is_person(self):
        """Whether this is somebody, and not only an address of somebody."""
        return self.type not in ("invoice", "delivery") and not self.is_company

    def _check_drive_main_member(self):
        """What became a member with contacts of contacts, or with too many."""
        if self.coop_state and self.child_ids:
            if self.child_ids.child_ids:
                self._drive_refuse_deep_household(self.child_ids.child_ids[0])
            self._check_drive_household_limit()

    def _check_drive_attached(self):
        main = self._drive_household()
        if not main.coop_state:
            return
        if self.parent_id != main:
            self._drive_refuse_deep_household(self)
        if self.child_ids:
            self._drive_refuse_deep_household(self.child_ids[0])
        self._check_drive_household_limit()

    def _drive_refuse_deep_household(self, person):
        raise ValidationError(
            self.env._(
                "%(person)s would be attached to somebody who is attached to another member. "
                "Attach everybody of a household to its main member.",
                person=person.name,
            )
        )

    def _check_drive_household_limit(self):
        limit = self._drive_rules().household_limit
        people = self._drive_household_people()
        if not limit or len(people) < 2:
            return
        # Somebody else may be adding a person at this moment.
        self._drive_claim_household()
        if len(people) > limit:
            raise ValidationError(
                self.env._(
                    "The household of %(member)s would have %(count)s people; the rules of the drive allow %(limit)s.",
                    member=self._drive_household().name,
                    count=len(people),
                    limit=limit,
                )
            )

    # === MOVING === #

    def write(self, vals):
        """Override of `base`: who moves out of a household has no membership of
        their own until the members' office gives them one."""
        attached = self.browse()
        if "parent_id" in vals and "coop_state" not in vals:
            attached = self.filtered("drive_is_attached")
        result = super().write(vals)
        attached.filtered(lambda person: person._drive_household() == person)._drive_leave_household()
        return result

    def _drive_leave_household(self):
        """They keep their account, their orders and their number."""
        if self:
            self.write(
                {
                    "coop_state": "candidate",
                    "coop_state_until": False,
                    "coop_state_next": NEXT_STATE,
                    "drive_exception_until": False,
                }
            )
