from odoo import api, fields, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    _inherit = "product.template"

    drive_since = fields.Datetime(
        "On the drive since",
        compute="_compute_drive_since",
        store=True,
        copy=False,
        help="When members first saw it: what is newest on the drive comes first where they ask for it. "
        "A product that goes and comes back is not new.",
    )

    @api.depends("active", "sale_ok", "drive_ok", "drive_complete")
    def _compute_drive_since(self):
        now = fields.Datetime.now()
        seen = self.filtered("active").filtered_domain(self.env["drive.catalogue"]._domain())
        for product in self:
            product.drive_since = product.drive_since or (product in seen and now)

    @api.model
    def _drive_note_new(self):
        """Date the products that members see since another rule holds."""
        undated = self.search(Domain("drive_ok", "=", True) & Domain("drive_since", "=", False))
        undated.modified(["drive_ok"])
