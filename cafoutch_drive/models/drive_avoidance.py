from odoo import fields, models


class DriveAvoidance(models.Model):
    """One allergen that a person avoids.

    It tells of their health (GDPR, art. 9), so it is a model of its own: nobody has a
    right on it, managers and administrators included, and no field leads to it. Rights on
    a model hold however it is asked; those on a field only where Odoo thinks of them.
    """

    _name = "drive.avoidance"
    _description = "Allergen that a person avoids"
    _rec_name = "allergen_id"

    partner_id = fields.Many2one("res.partner", "Person", required=True, readonly=True, index=True, ondelete="cascade")
    allergen_id = fields.Many2one("drive.allergen", required=True, readonly=True, ondelete="cascade")
    since = fields.Date(
        "Agreed to It Being Kept",
        default=lambda self: self.env.company._drive_today(),
        readonly=True,
        help="The day on which this person last saved what they avoid.",
    )
