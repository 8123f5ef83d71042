from odoo import Command, api, fields, models


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
