from babel.dates import get_day_names

from odoo import Command, api, fields, models
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


class DriveFirstSteps(models.TransientModel):
    """The page that takes a manager from an empty database to a working drive.

    It only looks at what is there: nothing is ticked by hand, so it cannot say
    "done" about something that is not.
    """

    _name = "drive.first.steps"
    _description = "First steps of a drive"

    step_ids = fields.One2many(
        "drive.first.step",
        "page_id",
        string="Steps",
        default=lambda self: [
            Command.create({"code": code, "sequence": number})
            for number, code in enumerate(self.env["drive.first.step"]._codes())
        ],
    )
    summary = fields.Char(compute="_compute_summary")
    open_for_members = fields.Boolean(compute="_compute_summary")

    def _compute_display_name(self):
        self.display_name = self.env._("First steps")

    @api.depends("step_ids.state")
    def _compute_summary(self):
        for page in self:
            missing = page.step_ids.filtered(lambda step: step.state == "todo")
            blocking = missing.filtered("needed_to_order")
            page.open_for_members = not blocking
            if blocking:
                page.summary = self.env._(
                    "Members cannot order yet. Still to do: %s.",
                    ", ".join(blocking.mapped("title")),
                )
            elif missing:
                page.summary = self.env._(
                    "Members can order. For a whole drive day, still to do: %s.",
                    ", ".join(missing.mapped("title")),
                )
            else:
                page.summary = self.env._("All is ready: have a good drive day!")

    @api.model
    def action_open(self):
        """Open a new page; it says what is true now."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First steps"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "views": [(False, "form")],
        }


class DriveFirstStep(models.TransientModel):
    """One step: what it is for, how far it is, and the button that does it.

    Each step ``code`` has two methods: ``_describe_<code>`` returns
    ``{title, text, done, button, needed}`` and ``_do_<code>`` an action.
    """

    _name = "drive.first.step"
    _description = "First step of a drive"
    _order = "sequence, id"

    page_id = fields.Many2one("drive.first.steps", required=True, ondelete="cascade")
    sequence = fields.Integer()
    code = fields.Char(required=True)
    title = fields.Char(compute="_compute_description")
    text = fields.Char(compute="_compute_description")
    button = fields.Char(compute="_compute_description")
    needed_to_order = fields.Boolean(compute="_compute_description")
    state = fields.Selection(
        [("todo", "To do"), ("done", "Done")], compute="_compute_description"
    )

    @api.model
    def _codes(self):
        """Steps in the order of the page; another addon may add its own."""
        return [
            "company",
            "point",
            "slots",
            "places",
            "products",
            "members",
            "team",
            "till",
            "mail",
        ]

    @api.depends("code")
    def _compute_description(self):
        for step in self:
            told = (
                getattr(step, f"_describe_{step.code}")()
                if step.code in self._codes()
                else {}
            )
            step.title = told.get("title")
            step.text = told.get("text")
            step.button = told.get("button")
            step.needed_to_order = told.get("needed", False)
            step.state = "done" if told.get("done") else "todo"

    def action_do(self):
        """Do the step, or open the page where it is done."""
        self.ensure_one()
        if self.code not in self._codes():
            return None
        return getattr(self, f"_do_{self.code}")()

    def _points(self):
        return self.env["drive.point"].search([("company_id", "=", self.env.company.id)])

    def _open(self, xmlid, **values):
        return self.env["ir.actions.actions"]._for_xml_id(xmlid) | values

    def _choose(self, *choices):
        """The text of the first choice that holds; none, no button."""
        return next((text for holds, text in choices if holds), False)

    def _ask_administrator(self):
        return self.env._("Ask the person who administers Odoo.")

    # === COMPANY === #

    def _describe_company(self):
        company = self.env.company
        done = bool(company.sudo().chart_template)
        may = self.env.user.has_group("base.group_system")
        if done:
            text = self.env._(
                "%(company)s, prices in %(currency)s; the accounts and taxes are there.",
                company=company.name,
                currency=company.currency_id.name,
            )
        else:
            text = self.env._(
                "Prices, taxes and the till need a country’s chart of accounts."
            )
            if not may:
                text = f"{text} {self._ask_administrator()}"
        return {
            "title": self.env._("Company and taxes"),
            "text": text,
            "done": done,
            "button": may and self.env._("Open the accounting settings"),
        }

    def _do_company(self):
        return self._open("account.action_account_config")

    # === POINT, SLOTS, PLACES === #

    def _describe_point(self):
        points = self._points()
        done = bool(points.calendar_id.attendance_ids)
        if not points:
            text = self.env._(
                "Where and when do members collect their basket? Begin with usual "
                "hours and change them to yours."
            )
        elif not done:
            text = self.env._("%s has no opening hours yet.", points[0].name)
        else:
            text = f"{points[0].name} – {self._opening_hours(points[0])}"
        return {
            "title": self.env._("Drive point and opening hours"),
            "text": text,
            "done": done,
            "needed": True,
            "button": self.env._("Change") if points else self.env._("Create it"),
        }

    def _opening_hours(self, point):
        """The opening windows in words: "Thursday 15:45-18:15, 18:30-21:00"."""
        days = get_day_names("wide", locale=get_lang(self.env).code)
        windows = {}
        for attendance in point.calendar_id.attendance_ids.sorted(
            lambda line: (line.dayofweek, line.hour_from)
        ):
            windows.setdefault(int(attendance.dayofweek), []).append(
                f"{_clock(attendance.hour_from)}-{_clock(attendance.hour_to)}"
            )
        return " · ".join(
            f"{days[day]} {', '.join(times)}" for day, times in windows.items()
        )

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
        return self.env["drive.point"].create(
            {"name": company.name, "calendar_id": calendar.id}
        )

    def _describe_slots(self):
        slots = self._coming_slots()
        if slots:
            text = self.env._(
                "%(count)s slots can be chosen, the last one on %(day)s.",
                count=len(slots),
                day=format_date(self.env, slots[-1].start),
            )
        else:
            text = self.env._(
                "Members choose a slot to come; new ones open by themselves each night."
            )
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
        self._points().action_generate_slots()
        return self._open("cafoutch_drive.drive_slot_action")

    def _describe_places(self):
        places = self.env["drive.place"].search([("point_id", "in", self._points().ids)])
        names = ", ".join(places[:6].mapped("name"))
        return {
            "title": self.env._("Places for the crates"),
            "text": f"{names}…" if len(places) > 6 else names
            or self.env._("Shelves, fridges and freezers where prepared crates wait."),
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
            shelf, fridge = self.env._("Shelf"), self.env._("Fridge")
            usual = [
                *((f"{shelf} A{number}", "ambient") for number in range(1, 5)),
                *((f"{fridge} {number}", "chilled") for number in range(1, 3)),
                (f"{self.env._('Freezer')} 1", "frozen"),
            ]
            places.create(
                [
                    {"name": name, "storage_class": storage, "point_id": point.id}
                    for name, storage in usual
                ]
            )
        return self._open("cafoutch_drive.drive_place_action")

    # === PRODUCTS, MEMBERS, TEAM === #

    def _describe_products(self):
        products = self.env["product.template"]
        count = products.search_count([("drive_ok", "=", True)])
        unpriced = products.search_count(
            [("drive_ok", "=", True), ("list_price", "<=", 0)]
        )
        if not count:
            text = self.env._(
                "Import them from a spreadsheet: barcode, name, shelf, price, unit, stock."
            )
        elif unpriced:
            text = self.env._(
                "%(count)s products, %(unpriced)s of them without a price.",
                count=count,
                unpriced=unpriced,
            )
        else:
            text = self.env._("%s products on the drive.", count)
        return {
            "title": self.env._("Products"),
            "text": text,
            "done": bool(count),
            "needed": True,
            "button": self.env._("See the products")
            if count
            else self.env._("Import products"),
        }

    def _do_products(self):
        if self.env["product.template"].search_count([("drive_ok", "=", True)], limit=1):
            return self._open("cafoutch_drive.product_template_action_drive")
        return self._open("cafoutch_drive.drive_product_import_action")

    def _describe_members(self):
        partners = self.env["res.partner"]
        members = partners.search([("coop_number", "!=", False)])
        ready = members.filtered(
            lambda member: member.drive_portal_state != "none" and member.drive_can_order
        )
        if not members:
            text = self.env._(
                "Contacts with a member number and a state; then invite them by e-mail."
            )
        else:
            text = self.env._(
                "%(count)s members, %(ready)s of them can sign in and order.",
                count=len(members),
                ready=len(ready),
            )
        return {
            "title": self.env._("Members"),
            "text": text,
            "done": bool(ready),
            "needed": True,
            "button": self.env._("Invite members")
            if members
            else self.env._("Add members"),
        }

    def _do_members(self):
        return self._open("cafoutch_drive.res_partner_action_drive")

    def _describe_team(self):
        counts = {
            name: len(self.env.ref(f"cafoutch_drive.group_{name}").sudo().all_user_ids)
            for name in ("volunteer", "cashier", "manager")
        }
        may = self.env.user.has_group("base.group_erp_manager")
        text = self.env._(
            "%(volunteer)s may prepare, %(cashier)s may cash, %(manager)s may manage.",
            **counts,
        )
        done = counts["volunteer"] > counts["manager"] or counts["volunteer"] > 1
        if not done and not may:
            text = f"{text} {self._ask_administrator()}"
        return {
            "title": self.env._("Volunteers and cashiers"),
            "text": text,
            "done": done,
            "button": may and self.env._("Open the accounts"),
        }

    def _do_team(self):
        return self._open("base.action_res_users")

    # === TILL, MAIL === #

    def _describe_till(self):
        tills = self.env["pos.config"].search(
            [("company_id", "=", self.env.company.id)]
        )
        linked = tills.filtered("drive_point_id")
        if linked:
            text = self.env._("%s hands baskets over.", ", ".join(linked.mapped("name")))
        elif tills:
            text = self.env._(
                "%s is there, but does not know the drive yet.",
                ", ".join(tills.mapped("name")),
            )
        else:
            text = self.env._("Create a point of sale in Odoo first.")
        return {
            "title": self.env._("Till"),
            "text": text,
            "done": bool(linked),
            "button": self._choose(
                (linked, self.env._("See the till")),
                (tills and self._points(), self.env._("Link the till")),
            ),
        }

    def _do_till(self):
        tills = self.env["pos.config"].search(
            [("company_id", "=", self.env.company.id)]
        )
        if len(tills) == 1 and not tills.drive_point_id:
            tills.drive_point_id = self._points()[:1]
        return self._open("point_of_sale.action_pos_config_kanban")

    def _describe_mail(self):
        server = self.env["ir.mail_server"].sudo().search([], limit=1)
        may = self.env.user.has_group("base.group_system")
        if server:
            text = self.env._("Mails leave by %s.", server.smtp_host)
        else:
            text = self.env._(
                "No outgoing mail server: invitations and news about orders may not "
                "reach members."
            )
            if not may:
                text = f"{text} {self._ask_administrator()}"
        return {
            "title": self.env._("E-mail"),
            "text": text,
            "done": bool(server),
            "button": may and self.env._("Open the mail servers"),
        }

    def _do_mail(self):
        return self._open("base.action_ir_mail_server_list")


def _clock(hours):
    """Hours as a number, such as 15.75, in words: "15:45"."""
    minutes = round(hours * 60)
    return f"{minutes // 60}:{minutes % 60:02}"
