from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..tools.chosen import check_chosen


class DriveForget(models.TransientModel):
    """Asks before a person is forgotten: what goes, what stays."""

    _name = "drive.forget"
    _description = "Forget a person"

    partner_id = fields.Many2one("res.partner", string="Person", required=True, readonly=True, ondelete="cascade")
    goes = fields.Text(string="Is Erased", compute="_compute_what")
    stays = fields.Text(compute="_compute_what")

    @api.depends("partner_id")
    def _compute_what(self):
        for wizard in self:
            wizard.partner_id._drive_check_forget()
            person = wizard.partner_id.sudo()
            wizard.goes = wizard._text_goes(person)
            wizard.stays = wizard._text_stays(person)

    def _text_goes(self, person):
        orders = self.env["sale.order"].sudo().search_count([("partner_id", "=", person.id)])
        messages = (
            self.env["mail.message"].sudo().search_count([("model", "=", "res.partner"), ("res_id", "=", person.id)])
        )
        return "\n".join(
            [
                self.env._("Name, e-mail, phone, address, photo, notes, member number and card"),
                self.env._("Dates and reasons of the membership"),
                self.env._("The account: it is closed on each device"),
                self.env._("Notes and mails of the orders: %s", orders),
                self.env._("Messages about this person, and what they wrote: %s", messages),
            ]
        )

    def _text_stays(self, person):
        texts = [self.env._("Orders, tickets and entries with their amounts, in the name of nobody")]
        until = person._drive_kept_until()
        if until:
            texts.append(
                self.env._(
                    "The name and the address on the invoices until %s: the law asks for it. "
                    "They are erased by themselves afterwards.",
                    format_date(self.env, until),
                )
            )
        return "\n".join(texts)

    def action_forget(self):
        """Forget the person: it cannot be undone."""
        check_chosen(self, "read", one=True)
        self.partner_id._drive_forget()
        return {"type": "ir.actions.act_window_close"}
