from odoo import fields, models


class MailMail(models.Model):
    """Whether an invitation left is said where it was asked for: at the member."""

    _inherit = "mail.mail"

    drive_invited_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null", help="Whom this mail invites."
    )

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Override: note why an invitation failed, or that it left. A mail without an address
        is deleted after that."""
        for mail in self.sudo().filtered("drive_invited_id"):
            reason = failure_type and (failure_reason or mail.failure_reason or failure_type)
            mail.drive_invited_id.drive_invitation_error = " ".join(reason.split()) if reason else False
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
