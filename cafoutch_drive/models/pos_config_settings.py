from odoo import api, models
from odoo.exceptions import ValidationError


class PosConfig(models.Model):
    """Settings of a till with which baskets would not come out right.

    They are refused where a manager sets them. A till that has them all the same, as from
    before an update, is given no basket: nobody has packed their bag by then.
    """

    _inherit = "pos.config"

    @api.constrains("drive_point_id", "trusted_config_ids", "module_pos_hr", "journal_id", "company_id")
    def _check_drive_settings(self):
        for till in self | self.trusted_config_ids:
            refusal = till._drive_settings_refusal()
            if refusal:
                raise ValidationError(refusal)

    def _drive_settings_refusal(self):
        """Say why this till cannot hand over baskets as it is set up.

        :return: a sentence for a manager and for a cashier, or ``None``, as for a till
            without a drive point; a hook for other addons
        """
        till = self.sudo()
        if not till.drive_point_id:
            return None
        names = {"till": till.name}
        if till.module_pos_hr:
            return self.env._(
                "“%(till)s” logs in employees. Cashiers of the drive have accounts of their own, or a shared one "
                "and a PIN: switch off the log-in of employees, or take the drive point off this till.",
                **names,
            )
        others = till.trusted_config_ids | till.search([("trusted_config_ids", "in", till.ids)])
        if others:
            return self.env._(
                "“%(till)s” shares its open tickets with %(others)s: a basket is on the ticket of one till. Take the "
                "other tills off its trusted ones, and this one off theirs, or take the drive point off this till.",
                others=", ".join(others.mapped("name")),
                **names,
            )
        ours = till.company_id.currency_id
        if till.currency_id != ours:
            return self.env._(
                "“%(till)s” sells in %(currency)s, and the drive in %(ours)s. Choose a journal in %(ours)s, or take "
                "the drive point off this till.",
                currency=till.currency_id.name,
                ours=ours.name,
                **names,
            )
        return None
