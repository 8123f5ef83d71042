from babel.dates import get_day_names

from odoo import Command, fields, models
from odoo.tools.misc import format_date, get_lang

# Opening windows that a first point is given: (day of the week, from, until).
# They are the ones the first coop began with, to be changed on the next screen.
USUAL_HOURS = [
    (day, start, stop)
    for days, windows in [
        ("34", [(15.75, 18.25), (18.5, 21.0)]),
        ("5", [(10.25, 12.75), (13.0, 15.5)]),
    ]
    for day in days
    for start, stop in windows
]


class DriveFirstStep(models.TransientModel):
    """The steps about the point: where, when, with which places and which till."""

    _inherit = "drive.first.step"

    # === POINT, SLOTS, PLACES === #

    def _describe_point(self):
        points = self._points()
        hours = bool(points.calendar_id.attendance_ids)
        wrong = [refusal for point in points if (refusal := point._drive_delivery_refusal())]
        if not points:
            text = self.env._(
                "Where and when do members collect their basket? Begin with usual hours and change them to yours."
            )
        elif not hours:
            text = self.env._("%s has no opening hours yet.", points[0].name)
        elif wrong:
            text = wrong[0]
        else:
            text = f"{points[0].name} – {self._opening_hours(points[0])}"
        return {
            "title": self.env._("Drive point and opening hours"),
            "text": text,
            "done": hours and not wrong,
            # Members can order; it is the hand-over that goes wrong.
            "needed": not hours,
            "button": self.env._("Change") if points else self.env._("Create it"),
        }

    def _opening_hours(self, point):
        """The opening windows in words: "Thursday 15:45-18:15, 18:30-21:00"."""
        days = get_day_names("wide", locale=get_lang(self.env).code)
        windows = {}
        for attendance in point.calendar_id.attendance_ids.sorted(lambda line: (line.dayofweek, line.hour_from)):
            windows.setdefault(int(attendance.dayofweek), []).append(
                f"{_clock(attendance.hour_from)}-{_clock(attendance.hour_to)}"
            )
        return " · ".join(f"{days[day]} {', '.join(times)}" for day, times in windows.items())

    def _do_point(self):
        point = self._points()[:1] or self._create_point()
        return self._open(
            "cafoutch_drive.drive_point_action",
            res_id=point.id,
            views=[(False, "form")],
        )

    def _create_point(self):
        company = self.env.company
        calendar = self.env["resource.calendar"].create(
            {
                "name": self.env._("Drive opening hours"),
                "company_id": company.id,
                "tz": self.env.user.tz or company.resource_calendar_id.tz or "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": self.env._("Pickup"),
                            "dayofweek": day,
                            "day_period": "morning" if start < 12 else "afternoon",
                            "hour_from": start,
                            "hour_to": stop,
                        }
                    )
                    for day, start, stop in USUAL_HOURS
                ],
            }
        )
        return self.env["drive.point"].create({"name": company.name, "calendar_id": calendar.id})

    def _describe_slots(self):
        slots = self._coming_slots()
        if slots:
            text = self.env._(
                "%(count)s slots can be chosen, the last one on %(day)s.",
                count=len(slots),
                day=format_date(self.env, slots[-1].start),
            )
        else:
            text = self.env._("Members choose a slot to come; new ones open by themselves each night.")
        return {
            "title": self.env._("Slots"),
            "text": text,
            "done": bool(slots),
            "needed": True,
            "button": self._choose(
                (slots, self.env._("See the slots")),
                (self._points(), self.env._("Open the slots")),
            ),
        }

    def _coming_slots(self):
        return self.env["drive.slot"].search(
            [
                ("point_id", "in", self._points().ids),
                ("start", ">", fields.Datetime.now()),
                ("closed", "=", False),
            ]
        )

    def _do_slots(self):
        self._points()._generate_slots()
        return self._open("cafoutch_drive.drive_slot_action")

    def _describe_places(self):
        places = self.env["drive.place"].search([("point_id", "in", self._points().ids)])
        names = ", ".join(places[:6].mapped("name"))
        return {
            "title": self.env._("Places for the crates"),
            "text": f"{names}…"
            if len(places) > 6
            else names or self.env._("Shelves, fridges and freezers where prepared crates wait."),
            "done": bool(places),
            "button": self._choose(
                (places, self.env._("Change")),
                (self._points(), self.env._("Create the usual ones")),
            ),
        }

    def _do_places(self):
        places = self.env["drive.place"]
        point = self._points()[:1]
        if point and not places.search_count([("point_id", "=", point.id)], limit=1):
            usual = [
                *((self.env._("Shelf %s", f"A{number}"), "ambient") for number in range(1, 5)),
                *((self.env._("Fridge %s", number), "chilled") for number in range(1, 3)),
                (self.env._("Freezer %s", 1), "frozen"),
            ]
            places.create([{"name": name, "storage_class": storage, "point_id": point.id} for name, storage in usual])
        return self._open("cafoutch_drive.drive_place_action")

    # === TILL === #

    def _tills(self):
        return self.env["pos.config"].search([("company_id", "=", self.env.company.id)])

    def _may_create_till(self):
        """A till brings its journals: Odoo asks for an accountant's rights."""
        return self.env.user.has_group("account.group_account_manager")

    def _describe_till(self):
        tills = self._tills()
        linked = tills.filtered("drive_point_id")
        wrong = [refusal for till in linked if (refusal := till._drive_settings_refusal())]
        may = self._may_create_till()
        if wrong:
            text = wrong[0]
        elif linked:
            text = self.env._("%s hands baskets over.", ", ".join(linked.mapped("name")))
        elif tills:
            text = self.env._(
                "%s is there, but does not know the drive yet.",
                ", ".join(tills.mapped("name")),
            )
        else:
            text = self.env._("Where baskets are handed over and paid.")
            if not may:
                text = f"{text} {self._ask_administrator()}"
        return {
            "title": self.env._("Till"),
            "text": text,
            "done": linked and not wrong,
            "button": self._choose(
                (linked, self.env._("See the till")),
                (tills and self._points(), self.env._("Link the till")),
                (may and not tills and self._points(), self.env._("Create it")),
            ),
        }

    def _do_till(self):
        tills = self._tills()
        point = self._points()[:1]
        if not tills and point and self._may_create_till():
            self._create_till(point)
        elif len(tills) == 1 and not tills.drive_point_id:
            tills.drive_point_id = point
        return self._open("point_of_sale.action_pos_config_kanban")

    def _create_till(self, point):
        """A till with Odoo's usual ways to pay: cash, card, on account."""
        tills = self.env["pos.config"]
        journal, payment_method_ids = tills._create_journal_and_payment_methods()
        return tills.create(
            {
                "name": self.env._("Till"),
                "journal_id": journal.id,
                "payment_method_ids": payment_method_ids,
                "drive_point_id": point.id,
            }
        )


def _clock(hours):
    """Hours as a number, such as 15.75, in words: "15:45"."""
    minutes = round(hours * 60)
    return f"{minutes // 60}:{minutes % 60:02}"
