from odoo import api, fields, models

from ..tools.shelves import PRODUCE, shelf_for


class PosCategory(models.Model):
    _inherit = "pos.category"

    drive_fresh = fields.Boolean(
        "Fruit and vegetables",
        compute="_compute_drive_fresh",
        store=True,
        readonly=False,
        help="The origin of fresh fruit and vegetables is shown as large as their price, as the law asks. "
        "Shelves inside this one follow it.",
    )

    @api.depends("name")
    def _compute_drive_fresh(self):
        """As its name says, unless somebody says otherwise."""
        for shelf in self:
            shelf.drive_fresh = shelf_for(shelf.name or "") == PRODUCE

    def _drive_is_fresh(self):
        """Whether these shelves, or one they are in, hold fresh fruit and vegetables."""
        shelves = self
        while shelves:
            if any(shelves.mapped("drive_fresh")):
                return True
            shelves = shelves.parent_id
        return False
