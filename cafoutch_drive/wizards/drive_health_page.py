from odoo import Command, api, fields, models

from ..models.drive_health import LEVELS
from ..tools.chosen import check_chosen

NAMES = [("ok", "All is well"), ("warning", "To be looked at"), ("problem", "Problem")]


class DriveHealthPage(models.TransientModel):
    """The page that says whether all is well, as it is whenever it is looked at."""

    _name = "drive.health.page"
    _description = "Page of the drive's health"

    row_ids = fields.One2many(
        "drive.health.row",
        "page_id",
        string="What Is Looked At",
        default=lambda self: [
            Command.create({"code": code, "sequence": number})
            for number, code in enumerate(self.env["drive.health"]._health_checks())
        ],
    )
    level = fields.Selection(NAMES, compute="_compute_level")
    summary = fields.Char(compute="_compute_level")

    def _compute_display_name(self):
        self.display_name = self.env._("Is all well?")

    @api.depends("row_ids.level")
    def _compute_level(self):
        for page in self:
            rows = page.row_ids
            page.level = max(rows.mapped("level"), key=LEVELS.index, default="ok")
            page.summary = self.env["drive.health"]._summary(
                [{"level": row.level, "title": row.title} for row in rows]
            )

    @api.model
    def action_open(self):
        """Open a new page, the worst first; a row stays where it was while it is mended."""
        page = self.create({})
        rows = page.row_ids.sorted(lambda row: LEVELS.index(row.level), reverse=True)
        for number, row in enumerate(rows):
            row.sudo().sequence = number
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Is all well?"),
            "res_model": self._name,
            "res_id": page.id,
            "views": [(False, "form")],
        }


class DriveHealthRow(models.TransientModel):
    """One thing that is looked at, see ``drive.health``."""

    _name = "drive.health.row"
    _description = "Thing that is looked at for the drive's health"
    _order = "sequence, id"

    page_id = fields.Many2one("drive.health.page", required=True, ondelete="cascade")
    sequence = fields.Integer()
    code = fields.Char(required=True)
    title = fields.Char(compute="_compute_look")
    level = fields.Selection(NAMES, compute="_compute_look")
    text = fields.Char(compute="_compute_look")
    leads_somewhere = fields.Boolean(compute="_compute_look")

    @api.depends("code")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_look(self):
        for row in self:
            found = row._look()
            row.title = found.get("title")
            row.level = found.get("level", "ok")
            row.text = found.get("text")
            row.leads_somewhere = bool(found.get("action"))

    def _look(self):
        health = self.env["drive.health"]
        return health._look(self.code) if self.code in health._health_checks() else {}

    def action_look(self):
        """Open the page where it is mended."""
        check_chosen(self, "read", one=True)
        return self._look().get("action") or None
