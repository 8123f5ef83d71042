import base64

from odoo import models

from ..tools.figures import Figures
from ..tools.qr_code import qr_png
from .barcode_rule import ORDER_CODE_PREFIX


class SaleOrder(models.Model):
    """What mails about an order say and carry."""

    _inherit = "sale.order"

    # === THE CODE AT PICKUP === #

    def _drive_qr_value(self):
        """What the QR code carries, as tills and preparers scan it."""
        return f"{ORDER_CODE_PREFIX}{self.drive_pickup_code}"

    def _drive_qr_name(self):
        """Name of the picture in a mail, by which the mail's text shows it."""
        return f"{self._drive_qr_value()}.png"

    # === PARTS OF MAILS === #

    def _drive_mail_part(self, part):
        """A part of a mail in the language of its reader, from ``templates/mail_parts.xml``:
        a mail's own text can be changed by a manager, these follow the addon.

        :param str part: ``pickup``, ``lines`` or ``contract``
        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        figures = Figures(self.env, self.currency_id)
        return self.env["ir.qweb"]._render(
            f"cafoutch_drive.mail_{part}",
            {
                "order": self,
                "contract": self._drive_page_contract(),
                "lines": [self._drive_page_line(line, figures, False) for line in self._drive_product_lines()],
                "total": figures.money(self.amount_total),
                "estimated": self._drive_is_estimated(),
                "here": self.get_base_url(),
            },
        )

    # === FILES === #

    def _drive_mail_files(self, mail_template):
        """The files that go with a mail about this order; a hook.

        :return: list of pairs of a name and its content
        """
        names = ("confirmed", "ready")
        if mail_template in [self._drive_template(f"cafoutch_drive.mail_template_{name}") for name in names]:
            return [(self._drive_qr_name(), qr_png(self._drive_qr_value()))]
        return []

    def _process_attachments_for_template_post(self, mail_template):
        """Override of `mail`."""
        result = super()._process_attachments_for_template_post(mail_template)
        for order in self.filtered("is_drive"):
            files = [(name, base64.b64encode(content)) for name, content in order._drive_mail_files(mail_template)]
            if files:
                result.setdefault(order.id, {}).setdefault("attachments", []).extend(files)
        return result
