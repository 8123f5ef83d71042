from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..models.drive_point_plan import CAPACITIES
from ..tools.chosen import check_chosen

SHOWN_DAYS = 31
SHOWN_SLOTS = 20


class DriveReplan(models.TransientModel):
    """What will change in the coming slots of a point, before it does."""

    _name = "drive.replan"
    _description = "Apply a point's rules to its coming slots"

    point_id = fields.Many2one("drive.point", required=True, readonly=True, ondelete="cascade")
    reset_own = fields.Boolean(
        string="Change Them Too", help="Capacities set by hand on single slots are replaced by those of the rules."
    )
    has_own = fields.Boolean(compute="_compute_has_own")
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    nothing = fields.Boolean(compute="_compute_summary")
    told = fields.Html(string="Result", readonly=True, help="What was done.")

    @api.depends("point_id")
    def _compute_has_own(self):
        for replan in self:
            replan.has_own = bool(replan.point_id._drive_plan().own)

    @api.depends("point_id", "reset_own")
    @api.depends_context("lang")
    def _compute_summary(self):
        for replan in self:
            plan = replan.point_id._drive_plan(replan.reset_own)
            replan.nothing = not plan
            replan.summary = replan._drive_text(plan)

    def action_apply(self):
        """Change the slots, and tell what was done."""
        check_chosen(self, "write", one=True)
        check_chosen(self.point_id, "write", one=True)
        self.told = self._drive_text(self.point_id._drive_replan(self.reset_own))
        return self._drive_open()

    def _drive_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Coming slots of %s", self.point_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === TEXT === #

    def _drive_text(self, plan):
        """The plan for people: what changes on each day, then the slots that stay."""
        nothing = Markup("<p>%s</p>") % self.env._("The coming slots are as the rules ask: nothing to change.")
        kept = [slot._drive_label() for slot in plan.keep]
        own = [
            self.env._(
                "%(slot)s: %(capacity)s orders, %(lines)s lines",
                slot=slot._drive_label(),
                capacity=slot.capacity,
                lines=slot.line_capacity or "∞",
            )
            for slot in plan.own
        ]
        return (
            (self._drive_table(plan) if plan else nothing)
            + _listed(
                self.env._("These no longer fit the rules, but members have a place in them. They stay as they are:"),
                self._drive_first(kept),
            )
            + _listed(self.env._("The capacity of these was set by hand. They keep it:"), self._drive_first(own))
            + _listed(
                self.env._("The capacity of these was set by hand. They go, and their capacity with them:"),
                self._drive_first(plan.lost),
            )
        )

    def _drive_table(self, plan):
        columns = self._drive_columns(plan)
        days = sorted(set().union(*(counts for _title, counts in columns)))
        head = [self.env._("Day"), *(title for title, _counts in columns)]
        rows = [
            [
                format_date(self.env, day, date_format="EEEE d MMMM"),
                *(counts[day] or "" for _title, counts in columns),
            ]
            for day in days[:SHOWN_DAYS]
        ]
        if len(days) > SHOWN_DAYS:
            later = days[SHOWN_DAYS:]
            rows.append(
                [
                    self.env._("%s more days", len(later)),
                    *(sum(counts[day] for day in later) or "" for _title, counts in columns),
                ]
            )
        rows.append([self.env._("In all"), *(counts.total() for _title, counts in columns)])
        return Markup('<table class="table table-sm o_drive_replan"><thead>%s</thead><tbody>%s</tbody></table>') % (
            _row(head, "th"),
            Markup("").join(_row(row) for row in rows),
        )

    def _drive_columns(self, plan):
        """``(title, {day: slots})`` of each kind of change."""

        def count(moments):
            return Counter(self.point_id._drive_date(moment) for moment in moments)

        capacity, other = [], []
        for slot, vals in plan.change.items():
            only_capacity = vals.keys() <= {*CAPACITIES, "own_capacity"}
            (capacity if only_capacity else other).append(slot.start)
        return [
            (self.env._("New"), count(vals["start"] for vals in plan.add)),
            (self.env._("Taken away"), count(plan.removed)),
            (self.env._("Closed"), count(plan.close.mapped("start"))),
            (self.env._("Other capacity"), count(capacity)),
            (self.env._("Other times or cut-off"), count(other)),
            (self.env._("Kept: booked"), count(plan.keep.mapped("start"))),
            (self.env._("Capacity kept"), count(plan.own.mapped("start"))),
        ]

    def _drive_first(self, labels):
        """Not more of them than a screen holds."""
        if len(labels) <= SHOWN_SLOTS:
            return labels
        return [*labels[:SHOWN_SLOTS], self.env._("and %s more.", len(labels) - SHOWN_SLOTS)]


def _listed(sentence, items):
    if not items:
        return Markup("")
    rows = Markup("").join(Markup("<li>%s</li>") % item for item in items)
    return Markup("<p>%s</p><ul>%s</ul>") % (sentence, rows)


def _row(cells, tag="td"):
    cell = Markup("<{tag}>%s</{tag}>").format(tag=tag)
    return Markup("<tr>%s</tr>") % Markup("").join(cell % value for value in cells)
