from dataclasses import dataclass, field
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

CAPACITIES = {"capacity", "line_capacity"}


@dataclass
class SlotPlan:
    """What has to change for the coming slots of a point to follow its rules.

    ``add`` holds values of new slots, ``change`` the new values of slots that stay,
    ``remove`` and ``close`` the ones that no longer fit: those that something hangs on
    are closed. ``keep`` are the ones with a live booking that no longer fit; they stay
    as they are. ``own`` are those that keep a capacity set by hand.
    """

    add: list = field(default_factory=list)
    change: dict = field(default_factory=dict)
    remove: models.Model = None
    close: models.Model = None
    keep: models.Model = None
    own: models.Model = None
    # Said after they have gone: when the removed ones began, and which of them had a
    # capacity set by hand.
    removed: list = field(default_factory=list)
    lost: list = field(default_factory=list)

    def __bool__(self):
        """Whether anything is left to do."""
        return bool(self.add or self.change or self.remove or self.close)


class DrivePoint(models.Model):
    """Other hours, capacities or lengths for slots that were made before."""

    _inherit = "drive.point"

    def _drive_plan(self, reset_own=False):
        """Compare the coming slots with the point's rules of this moment.

        :param bool reset_own: capacities set by hand follow the rules too
        :rtype: SlotPlan
        """
        self.ensure_one()
        slots = self._drive_coming_slots()
        live = self.env["drive.booking"]._read_live(slots.ids)
        plan = SlotPlan(remove=slots.browse(), close=slots.browse(), keep=slots.browse(), own=slots.browse())
        wanted = {vals["start"]: vals for vals in self._drive_wanted(slots)}
        for slot in slots:
            fit = wanted.get(slot.start)
            if slot.id in live:
                wanted.pop(slot.start, None)
                if not fit or slot.stop != fit["stop"] or slot.window_start != fit["window_start"]:
                    plan.keep |= slot
                self._drive_plan_change(plan, slot, self._drive_capacities(), reset_own)
            elif fit:
                self._drive_plan_change(plan, slot, {**wanted.pop(slot.start), "unplanned": False}, reset_own)
            elif slot._drive_has_history():
                if not slot.closed:
                    plan.close |= slot
            else:
                plan.remove |= slot
        booked = [(slot.start, slot.stop) for slot in slots if slot.id in live]
        plan.add = [
            vals
            for vals in wanted.values()
            if not any(vals["start"] < stop and vals["stop"] > start for start, stop in booked)
        ]
        # A slot that would be made longer over a booked one has no room either.
        for slot in [one for one, vals in plan.change.items() if "stop" in vals]:
            stop = plan.change[slot]["stop"]
            if any(slot.start < end and stop > start for start, end in booked):
                del plan.change[slot]
                plan.own -= slot
                plan.remove |= slot.filtered(lambda one: not one._drive_has_history())
                plan.close |= slot.filtered(lambda one: one._drive_has_history() and not one.closed)
        plan.removed = plan.remove.mapped("start")
        plan.lost = [slot._drive_label() for slot in plan.remove if slot.own_capacity]
        return plan

    def _drive_coming_slots(self):
        return self.env["drive.slot"].search([("point_id", "=", self.id), ("start", ">", fields.Datetime.now())])

    def _drive_wanted(self, slots):
        """Values of the slots that the rules ask for: up to the horizon, and as far as
        there are slots."""
        now = fields.Datetime.now()
        end = now + timedelta(days=self.horizon_days + 1)
        if slots:
            end = max(end, slots[-1].start + timedelta(seconds=1))
        # The next second: a slot that begins right now is over for members.
        return self._prepare_slots(now + timedelta(seconds=1), end)

    def _drive_capacities(self):
        return {"capacity": self.slot_capacity, "line_capacity": self.slot_line_capacity}

    def _drive_plan_change(self, plan, slot, vals, reset_own):
        """Note what differs; what left the plan and is wanted again is opened again."""
        changed = {name: value for name, value in vals.items() if name != "point_id" and slot[name] != value}
        if CAPACITIES & changed.keys():
            if slot.own_capacity and not reset_own:
                plan.own |= slot
                changed = {name: value for name, value in changed.items() if name not in CAPACITIES}
            else:
                changed["own_capacity"] = False
        if "unplanned" in changed:
            changed["closed"] = False
        if changed:
            plan.change[slot] = changed

    def _drive_replan(self, reset_own=False):
        """Make the coming slots follow the point's rules, all of them or none.

        Members may take places meanwhile: who takes one writes the row of the slot, and
        here the rows are locked before they are judged. A place taken since this
        transaction began makes it fail and run again, by Odoo, with that place before
        its eyes; whoever comes later waits, and finds the slot as it is then.

        :param bool reset_own: as for :meth:`_drive_plan`
        :return: the plan that was carried out
        """
        self.ensure_one()
        self._drive_plan_alone()
        self.env["drive.slot"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM drive_slot WHERE point_id = %s AND start > %s ORDER BY id FOR UPDATE",
                self.id,
                fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        plan = self._drive_plan(reset_own)
        plan.remove.unlink()
        plan.close.write({"closed": True, "unplanned": True})
        for slot, vals in plan.change.items():
            slot.write(vals)
        self.env["drive.slot"].create(plan.add)
        return plan
