from odoo import models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, email_from, email_to, subject, body, *args, **kwargs):
        """Override of `base`: a picture that the text shows by its name, as ``cid:NAME``,
        goes inside the text, where programs show it without asking the network."""
        message = super()._build_email__(email_from, email_to, subject, body, *args, **kwargs)
        text = message.get_body(("html",))
        for part in list(message.iter_attachments()) if text else []:
            name = part.get_filename()
            if name and part.get_content_maintype() == "image" and f'"cid:{name}"' in body:
                message.get_payload().remove(part)
                text.add_related(
                    part.get_content(),
                    "image",
                    part.get_content_subtype(),
                    cid=f"<{name}>",
                    filename=name,
                    disposition="inline",
                )
        return message
