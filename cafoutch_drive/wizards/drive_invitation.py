from markupsafe import Markup

from odoo import api, fields, models

SHOWN_PEOPLE = 500


class DriveInvitation(models.TransientModel):
    """What the manager reads after inviting people."""

    _name = "drive.invitation"
    _description = "Invitations to the drive"

    summary = fields.Html(readonly=True)

    @api.model
    def _show(self, invited):
        """Return the window that tells what became of invitations.

        :param Invited invited: of `res.partner`
        """
        told = self.sudo().create({"summary": self._summary(invited)})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invitations"),
            "res_model": self._name,
            "res_id": told.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _summary(self, invited):
        sentences = []
        if invited.sent:
            sentences.append(self.env._("Invited: %s. Their e-mails are on their way.", len(invited.sent)))
        if invited.waiting:
            sentences.append(
                self.env._("Invited: %s. Their e-mails leave within the next minutes.", len(invited.waiting))
            )
        if invited.already:
            sentences.append(
                self.env._("Invited a moment ago, nothing is sent to them again: %s.", len(invited.already))
            )
        if invited.signed_in:
            sentences.append(self.env._("Signed in before, nothing is sent to them: %s.", len(invited.signed_in)))
        if invited.refused:
            sentences.append(self.env._("Not invited: %s.", len(invited.refused)))
        told = Markup("").join(Markup("<p>%s</p>") % sentence for sentence in sentences)
        return told + self._refused(invited) if invited.refused else told

    def _refused(self, invited):
        people = sorted(invited.refused.items(), key=lambda pair: (pair[0].name or "").lower())
        items = [
            self.env._("%(person)s %(reason)s", person=partner.name, reason=reason)
            for partner, reason in people[:SHOWN_PEOPLE]
        ]
        if len(people) > SHOWN_PEOPLE:
            items.append(self.env._("and %s more.", len(people) - SHOWN_PEOPLE))
        return Markup("<ul>%s</ul>") % Markup("").join(Markup("<li>%s</li>") % item for item in items)
