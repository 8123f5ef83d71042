from odoo import api, fields, models

from ..tools.letters import letter_of, mark_of


class SaleOrder(models.Model):
    """The letter by which preparers tell the baskets of a batch apart.

    It stays while the order is in the batch, and no other basket of that batch ever gets
    it: a crate that still carries it cannot be taken for another's.
    """

    _inherit = "sale.order"

    drive_letter_no = fields.Integer(copy=False, readonly=True)
    drive_letter = fields.Char(string="Letter", compute="_compute_drive_letter")

    _drive_letter_uniq = models.UniqueIndex(
        "(drive_batch_id, drive_letter_no) WHERE drive_batch_id IS NOT NULL",
        "Two baskets of one batch have the same letter.",
    )

    @api.depends("drive_letter_no")
    def _compute_drive_letter(self):
        for order in self:
            order.drive_letter = letter_of(order.drive_letter_no)

    def _drive_enter_batch(self, batch):
        result = super()._drive_enter_batch(batch)
        self.drive_letter_no = batch._drive_next_letter()
        return result

    def _drive_mark_row(self):
        """``{letter, colour, shape}`` of the basket, empty texts outside a batch."""
        colour, shape = mark_of(self.drive_letter_no) if self.drive_letter_no else ("", "")
        return {"letter": self.drive_letter or "", "colour": colour, "shape": shape}


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    drive_letters_given = fields.Integer(copy=False, readonly=True)

    def _drive_next_letter(self):
        """The number of a letter that no basket of this batch has had; 0 of no batch."""
        if not self:
            return 0
        self.drive_letters_given += 1
        return self.drive_letters_given
