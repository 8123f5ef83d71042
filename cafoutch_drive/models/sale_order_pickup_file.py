from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools.calendar_file import calendar_file

# The device of the member rings so long before the pickup.
ALARM = timedelta(hours=2)
GIVEN_UP_STATES = ("cancelled", "no_show")


class SaleOrder(models.Model):
    """The pickup as an entry of the member's own calendar.

    The entry is found again by its UID; a program takes a later file for a change of it
    because its SEQUENCE is higher. So each change of what the entry says is counted,
    through whichever door it comes: another slot, another time of the slot, the end.
    """

    _inherit = "sale.order"

    drive_calendar_key = fields.Char(
        compute="_compute_drive_calendar",
        store=True,
        copy=False,
        help="What the calendar entry said when its changes were last counted.",
    )
    drive_calendar_sequence = fields.Integer(
        compute="_compute_drive_calendar",
        store=True,
        copy=False,
        help="How many times the pickup has changed since the confirmation.",
    )
    drive_calendar_at = fields.Datetime(
        string="Pickup Set",
        compute="_compute_drive_calendar",
        store=True,
        copy=False,
        help="When the pickup was confirmed, changed or cancelled for the last time.",
    )

    @api.depends("drive_slot_id.start", "drive_slot_id.stop", "drive_state")
    def _compute_drive_calendar(self):
        now = fields.Datetime.now()
        for order in self:
            earlier = order.drive_calendar_key
            key = order._drive_calendar_now()
            sequence, set_at = order.drive_calendar_sequence, order.drive_calendar_at
            if key and not earlier:
                # An order of before these fields was set when it was confirmed.
                sequence, set_at = 0, order.date_order or now
            elif key != earlier:
                sequence, set_at = sequence + 1, now
            order.drive_calendar_key = key
            order.drive_calendar_sequence = sequence
            order.drive_calendar_at = set_at

    def _drive_calendar_now(self):
        """What the entry says now, or ``False`` where there is none."""
        slot = self.drive_slot_id
        if not slot or self.drive_state in (False, "basket"):
            return False
        given_up = "cancelled" if self.drive_state in GIVEN_UP_STATES else "awaited"
        return f"{slot.start} {slot.stop} {given_up}"

    # === THE FILE === #

    def _drive_calendar_name(self):
        return f"{self.name.replace('/', '-')}.ics"

    def _drive_calendar_file(self):
        """The calendar file of this order, or ``None`` for one without a slot.

        :rtype: bytes
        """
        self.ensure_one()
        return calendar_file(self._drive_calendar_event()) if self._drive_calendar_now() else None

    def _drive_calendar_event(self):
        """What the file says, see ``tools/calendar_file.py``; a hook for other addons."""
        order = self.sudo()
        slot, point, company = order.drive_slot_id, order.drive_point_id, order.company_id
        url = f"{order.get_base_url()}{order.access_url}"
        return {
            # The same for ever, on whichever address the shop is found.
            "uid": f"drive-{order.id}-{order.drive_pickup_code}@cafoutch-drive",
            "sequence": order.drive_calendar_sequence,
            "start": slot.start,
            "stop": slot.stop,
            "changed_at": order.drive_calendar_at or order.write_date,
            "made_at": fields.Datetime.now(),
            "cancelled": order.drive_state in GIVEN_UP_STATES,
            "summary": self.env._("Pick up your basket: %s", company.name),
            "location": ", ".join(filter(None, (point.name, point._drive_address()))),
            "description": self.env._(
                "Your pickup code: %(code)s\nWhen: %(slot)s (%(zone)s)\nYour order %(order)s: %(url)s",
                code=order.drive_pickup_code,
                slot=slot._drive_label(),
                zone=point.tz,
                order=order.name,
                url=url,
            ),
            "url": url,
            "organizer": (company.name, email_normalize(company.email or "")),
            "alarm": ALARM,
        }

    # === IN MAILS === #

    def _drive_calendar_templates(self):
        """The mails that a calendar file goes with; a hook for other addons."""
        names = ("confirmed", "moved", "reminder", "cancelled", "closed")
        return self.env["mail.template"].union(
            *(self._drive_template(f"cafoutch_drive.mail_template_{name}") for name in names)
        )

    def _drive_mail_files(self, mail_template):
        """Override: the calendar file as it is when the mail is made."""
        files = super()._drive_mail_files(mail_template)
        content = mail_template in self._drive_calendar_templates() and self._drive_calendar_file()
        return [*files, (self._drive_calendar_name(), content)] if content else files


class DrivePoint(models.Model):
    _inherit = "drive.point"

    def _drive_address(self):
        """Where the point is, on one line: its warehouse's address, else the coop's."""
        places = (self.warehouse_id.partner_id, self.company_id.partner_id)
        place = next((place for place in places if place.street or place.city), places[1])
        lines = place._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())
