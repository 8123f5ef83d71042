from odoo import api, fields, models

from ..tools.chosen import check_chosen


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
    state = fields.Selection([("todo", "To do"), ("done", "Done")], compute="_compute_description")

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
            told = getattr(step, f"_describe_{step.code}")() if step.code in self._codes() else {}
            step.title = told.get("title")
            step.text = told.get("text")
            step.button = told.get("button")
            step.needed_to_order = told.get("needed", False)
            step.state = "done" if told.get("done") else "todo"

    def action_do(self):
        """Do the step, or open the page where it is done."""
        check_chosen(self, "read", one=True)
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
            text = self.env._("Prices, taxes and the till need a country’s chart of accounts.")
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

    # === PRODUCTS, MEMBERS, TEAM === #

    def _describe_products(self):
        products = self.env["product.template"]
        count = products.search_count([("drive_ok", "=", True)])
        unpriced = products.search_count([("drive_ok", "=", True), ("list_price", "<=", 0)])
        if not count:
            text = self.env._("Import them from a spreadsheet: barcode, name, shelf, price, unit, stock.")
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
            "button": self.env._("See the products") if count else self.env._("Import products"),
        }

    def _do_products(self):
        if self.env["product.template"].search_count([("drive_ok", "=", True)], limit=1):
            return self._open("cafoutch_drive.product_template_action_drive")
        return self._open("cafoutch_drive.drive_product_import_action")

    def _describe_members(self):
        partners = self.env["res.partner"]
        members = partners.search([("coop_number", "!=", False)])
        ready = members.filtered(lambda member: member.drive_portal_state != "none" and member.drive_can_order)
        if not members:
            text = self.env._("Contacts with a member number and a state; then invite them by e-mail.")
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
            "button": self.env._("Invite members") if members else self.env._("Add members"),
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

    # === MAIL === #

    def _describe_mail(self):
        server = self.env["ir.mail_server"].sudo().search([], limit=1)
        may = self.env.user.has_group("base.group_system")
        if server:
            text = self.env._("Mails leave by %s.", server.smtp_host)
        else:
            text = self.env._("No outgoing mail server: invitations and news about orders may not reach members.")
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
