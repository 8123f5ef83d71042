from odoo import SUPERUSER_ID, models

# Mails that hold a key: to a password, or to an answer in the place of whom they are for.
KEY_MAILS = (
    "auth_signup.set_password_email",
    "auth_signup.portal_set_password_email",
    "cafoutch_drive.mail_template_invitation",
    "cafoutch_drive.mail_template_offer",
    "cafoutch_drive.mail_template_proposal",
    "cafoutch_drive.mail_template_question",
    "cafoutch_drive.mail_template_recall",
)


class MailTemplate(models.Model):
    """A mail with a key in it is read by whom it is for, and by nobody else.

    Odoo shows what waits in its queue, or could not be sent, to whoever caused it and to
    all who read the record that it is about. So such a mail is nobody's, and about nothing
    that opens it. Whoever else previews, composes or sends one of these templates finds no
    key in it: keys are only made with the rights of the server (``env.su``).
    """

    _inherit = "mail.template"

    def send_mail_batch(self, res_ids, *args, email_values=None, **kwargs):
        """Override of `mail`."""
        if not self.env.su or not self._drive_holds_key():
            return super().send_mail_batch(res_ids, *args, email_values=email_values, **kwargs)
        nobodys = super(MailTemplate, self.with_user(SUPERUSER_ID))
        email_values = {**(email_values or {}), "message_type": "user_notification"}
        return nobodys.send_mail_batch(res_ids, *args, email_values=email_values, **kwargs)

    def _drive_holds_key(self):
        return any(self == self.env.ref(xmlid, raise_if_not_found=False) for xmlid in KEY_MAILS)
