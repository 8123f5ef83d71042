from odoo import api, fields, models

from ..tools.shelves import FOOD, PRODUCE, SHELVES, shelf_for
from .product_template_food import FOOD_KINDS


class PosCategory(models.Model):
    """A shelf says what stands on it, so that nobody says it product by product."""

    _inherit = "pos.category"

    drive_fresh = fields.Boolean(
        "Fruit and vegetables",
        compute="_compute_drive_fresh",
        store=True,
        readonly=False,
        help="The origin of fresh fruit and vegetables is shown as large as their price, as the law asks. "
        "Shelves inside this one follow it.",
    )
    drive_food = fields.Selection(
        FOOD_KINDS,
        "What stands here",
        compute="_compute_drive_food",
        store=True,
        readonly=False,
        recursive=True,
        help="New products of this shelf are taken for that; each can say otherwise.",
    )

    @api.depends("name")
    def _compute_drive_fresh(self):
        """As its name says, unless somebody says otherwise."""
        for shelf in self:
            shelf.drive_fresh = shelf_for(shelf.name or "") == PRODUCE

    @api.depends("name", "parent_id.drive_food")
    def _compute_drive_food(self):
        """What a shelf's name tells, once: what people chose stays."""
        for shelf in self:
            if not shelf.drive_food:
                known = FOOD.get(shelf_for(shelf.name or ""))
                shelf.drive_food = known or shelf.parent_id.drive_food

    def _drive_known_name(self):
        """The name of this shelf, where nothing is known of it that of the nearest one
        around it that `tools/shelves.py` knows."""
        shelf = self
        while shelf and shelf.name not in SHELVES:
            shelf = shelf.parent_id
        return (shelf or self).name

    def _drive_is_fresh(self):
        """Whether these shelves, or one they are in, hold fresh fruit and vegetables."""
        shelves = self
        while shelves:
            if any(shelves.mapped("drive_fresh")):
                return True
            shelves = shelves.parent_id
        return False
