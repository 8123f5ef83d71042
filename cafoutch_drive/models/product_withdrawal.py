from odoo import api, fields, models

from ..tools.shelves import WITHDRAWAL, shelf_for

# Code de la consommation, art. L221-18 and L221-28, 4° and 5°.
WITHDRAWAL_KINDS = [
    ("days", "Sent back within 14 days"),
    ("sealed", "Sent back within 14 days, while its seal is unbroken"),
    ("perishable", "Never sent back: it spoils or goes out of date quickly"),
]
# Storage classes of what spoils, wherever it stands.
SPOILS = ("chilled", "frozen")


class PosCategory(models.Model):
    _inherit = "pos.category"

    drive_withdrawal = fields.Selection(
        WITHDRAWAL_KINDS,
        "Right of withdrawal",
        compute="_compute_drive_withdrawal",
        store=True,
        readonly=False,
        recursive=True,
        help="What members read before they order of what stands here. What is kept cool or frozen is never "
        "sent back, and each product can say otherwise.",
    )

    @api.depends("name", "parent_id.drive_withdrawal")
    def _compute_drive_withdrawal(self):
        """What a shelf's name tells, once: what people chose stays."""
        for shelf in self:
            if not shelf.drive_withdrawal:
                known = WITHDRAWAL.get(shelf_for(shelf.name or ""))
                shelf.drive_withdrawal = known or shelf.parent_id.drive_withdrawal


class ProductTemplate(models.Model):
    _inherit = "product.template"

    drive_withdrawal = fields.Selection(
        WITHDRAWAL_KINDS,
        "Right of withdrawal",
        help="Empty: as its storage and its shelf say.",
    )

    def _drive_withdrawal_kind(self):
        """Whether a member may send this product back: one of ``WITHDRAWAL_KINDS``.

        Where nobody has said anything the member has the right, as the law has it.
        """
        self.ensure_one()
        if self.drive_withdrawal:
            return self.drive_withdrawal
        if self.drive_storage_class in SPOILS:
            return "perishable"
        return next((shelf.drive_withdrawal for shelf in self.pos_categ_ids if shelf.drive_withdrawal), "days")
