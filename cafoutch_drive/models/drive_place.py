from odoo import fields, models

STORAGE_CLASSES = [
    ("ambient", "Ambient"),
    ("chilled", "Chilled"),
    ("frozen", "Frozen"),
]


class DrivePlace(models.Model):
    _name = "drive.place"
    _description = "Place where crates stand"
    _order = "storage_class, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    point_id = fields.Many2one("drive.point", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="point_id.company_id", store=True)
    storage_class = fields.Selection(STORAGE_CLASSES, required=True, default="ambient")
    barcode = fields.Char(copy=False)
    crate_ids = fields.One2many("drive.crate", "place_id", string="Crates")

    _barcode_uniq = models.UniqueIndex(
        "(barcode) WHERE barcode IS NOT NULL",
        "Another place already has this barcode.",
    )
