from odoo import api, fields, models


class DrivePolicy(models.Model):
    """What the coop says as a seller, where the usual words do not fit."""

    _inherit = "drive.policy"

    terms = fields.Html(
        string="Terms of Sale",
        translate=True,
        help="Members read them on a page of their own, linked where they order. Empty: the usual ones.",
    )
    payment_means = fields.Char(
        string="Means of Payment",
        translate=True,
        help="How members pay at pickup: “by card or cheque”. Empty: by card, cheque or cash.",
    )
    mediator = fields.Text(
        string="Consumer Mediator",
        translate=True,
        help="Name, address and site of the mediator whom the coop has chosen "
        "(in France: Code de la consommation, art. L612-1 and L616-1).",
    )

    @api.model
    def _words_of(self, company):
        """The rules of a company, empty where it has none: pages only read."""
        return self.sudo().search([("company_id", "=", company.id)])

    @api.model
    def _payment_text(self, company):
        """By what means members of this company pay at pickup: a piece of a sentence.

        :rtype: str
        """
        return self._words_of(company).payment_means or self.env._("by card, cheque or cash")

    @api.model
    def _seller(self, company):
        """Who sells, as the law asks to say before an order and in its confirmation.

        :return: dict of ``name``, ``address`` (lines), ``email``, ``phone``,
            ``phone_link`` and ``numbers`` (of registers, in words); texts may be empty
        """
        company = company.sudo()
        lines = company.partner_id._display_address(without_company=True).splitlines()
        phone = company.phone or ""
        return {
            "name": company.name,
            "address": [line.strip() for line in lines if line.strip()],
            "email": company.email or "",
            "phone": phone,
            "phone_link": "".join(sign for sign in phone if sign in "+0123456789"),
            "numbers": [
                text
                for number, text in (
                    (company.company_registry, self.env._("Registered under %s", company.company_registry)),
                    (company.vat, self.env._("VAT number %s", company.vat)),
                )
                if number
            ],
        }

    @api.model
    def _page_terms(self, company):
        """What the page of the terms of sale shows.

        :return: dict of ``own`` (the coop's text, or empty: the usual one), ``seller``,
            ``payment`` and ``mediator``
        """
        policy = self._words_of(company)
        return {
            "own": policy.terms or "",
            "seller": self._seller(company),
            "payment": self._payment_text(company),
            "mediator": policy.mediator or "",
        }
