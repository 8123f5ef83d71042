from odoo import api, models
from odoo.exceptions import ValidationError


class PosConfig(models.Model):
    """Settings of a till with which baskets would not come out right.

    They are refused where a manager sets them. A till that has them all the same, as from
    before an update, is given no basket: nobody has packed their bag by then.

    Some settings are fields of modules that the drive does not need (`pos_restaurant`,
    `pos_self_order`): they are looked at where they exist.
    """

    _inherit = "pos.config"

    @api.model
    def _drive_settings(self):
        """The fields by which :meth:`_drive_settings_refusal` judges, of those that exist; a hook
        for other addons."""
        names = (
            "drive_point_id",
            "trusted_config_ids",
            "module_pos_hr",
            "module_pos_restaurant",
            "set_tip_after_payment",
            "self_ordering_mode",
            "journal_id",
            "company_id",
        )
        return [name for name in names if name in self._fields]

    @api.constrains(lambda tills: tills._drive_settings())
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
        return till._drive_restaurant_refusal()

    def _drive_restaurant_refusal(self):
        """As :meth:`_drive_settings_refusal`, of what restaurants set: a basket is paid by one
        ticket, whole, and by somebody who has its crates before them.

        A QR menu to look at, a bill before the payment and the like change no ticket.
        """
        values = {name: self[name] for name in self._drive_settings()}
        names = {"till": self.name}
        if values["module_pos_restaurant"]:
            # Split and merged by one touch, kept in common by all screens, and one for each table.
            return self.env._(
                "“%(till)s” is the till of a restaurant: tickets are split there, and merged by table, and a "
                "basket is on one ticket. Switch off “Is a Bar/Restaurant”, or take the drive point off this till.",
                **names,
            )
        if values.get("set_tip_after_payment"):
            return self.env._(
                "“%(till)s” adds tips after the payment: the ticket of a basket is closed when it is handed over. "
                "Switch off “Add tip after payment”, or take the drive point off this till.",
                **names,
            )
        if values.get("self_ordering_mode") in ("mobile", "kiosk"):
            # Their page is open to everybody, and sends the lines of a ticket.
            return self.env._(
                "At “%(till)s” customers order by themselves, and a cashier hands baskets over. Set Self Ordering "
                "to “QR menu” or “Disable”, or take the drive point off this till.",
                **names,
            )
        return None


class DrivePoint(models.Model):
    _inherit = "drive.point"

    def _drive_setup_refusals(self):
        """Override: those of its tills too."""
        tills = self.env["pos.config"].sudo().search([("drive_point_id", "in", self._origin.ids)])
        refusals = (till._drive_settings_refusal() for till in tills)
        return super()._drive_setup_refusals() + [refusal for refusal in refusals if refusal]
