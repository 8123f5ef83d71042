from collections import Counter

from odoo import api, models

from ..tools.memo import Memo, memo
from .stock_quant import GATHERED

# In the context: a list of the move lines that are to be created together.
TOGETHER = "drive_together"


class StockMove(models.Model):
    """Reservations: each promises goods that nobody else was promised, and those of an
    order are written together."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Override of `stock` so that no two reservations, ours or the back
        office's, promise the same goods.

        Odoo skips a quant that another transaction has locked and writes a
        second one beside it, so both succeed. Holding the rows first makes the
        later one wait, see that they changed, and run again.
        """
        self._drive_lock_quants()
        lines = self.env["stock.move.line"] if force_qty else self._drive_reserve_together()
        result = super()._action_assign(force_qty=force_qty)
        # As Odoo ends with what it reserved itself.
        lines._apply_putaway_strategy()
        return result

    def _drive_lock_quants(self):
        self.product_id._drive_lock_quants()

    def _drive_reserve_together(self):
        """Reserve what is plain among these moves: what Odoo would reserve for one after
        the other, in a few queries for all. The rest is left to it.

        To be run with the quants locked.

        :return: the ``stock.move.line`` that were made
        """
        times = Counter(move.product_id.id for move in self)
        # Of two moves for one product the second takes what the first has left.
        plain = self.filtered(lambda move: times[move.product_id.id] == 1 and move._drive_is_plain())
        if len(plain) < 2:
            return self.env["stock.move.line"]
        gathered = Memo(self.env["stock.quant"]._drive_gather(plain.product_id))
        together = Memo(vals_list=[])
        for move in plain.with_context(**{GATHERED: gathered, TOGETHER: together}):
            need = move.product_uom._compute_quantity(
                move.product_uom_qty, move.product_id.uom_id, rounding_method="HALF-UP"
            )
            move.with_company(move.company_id)._update_reserved_quantity(need, move.location_id, strict=False)
        lines = self.env["stock.move.line"].with_context(**{GATHERED: gathered}).create(together["vals_list"])
        return lines.with_env(self.env)

    def _drive_is_plain(self):
        """Whether nothing is reserved for the move yet, and all of it comes from what is in
        stock and is counted."""
        self.ensure_one()
        return (
            self.state in ("confirmed", "waiting")
            and self.procure_method != "make_to_order"
            and not self.picked
            and not self.move_orig_ids
            and not self.move_line_ids
            and self.product_id.tracking != "serial"
            and not self._should_bypass_reservation()
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
        )


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `stock`: those of moves that are reserved together wait for the others."""
        together = memo(self.env, TOGETHER)
        if together is None:
            return super().create(vals_list)
        together["vals_list"].extend(vals_list)
        return self.browse()
