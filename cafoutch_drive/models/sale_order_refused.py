import json
from collections import defaultdict

from odoo import api, fields, models

from ..tools.client_id import read_id
from .sale_order_work import COLD

# What becomes of goods that a member did not take, or that nobody found.
FATES = [("shelf", "Back on the shelf"), ("loss", "Lost"), ("missing", "Missing")]
MOST_LINES = 1000


class SaleOrder(models.Model):
    """Articles of a basket that its member does not take: back on the shelf, or lost; or nobody
    has them, because their crate was not found.

    Until the payment nothing has left, so that what goes back to the shelf needs no move;
    what is lost is scrapped from where it stood, lot by lot, when the basket is closed. What
    is missing is counted where it was picked, as what a preparer did not find: the
    manager who is asked to look for its crate puts it back, or writes it off.
    """

    _inherit = "sale.order"

    # === CALLED BY THE TILL === #

    @api.model
    def drive_till_refused(self, config_id, order_id, sold):
        """Say what a ticket leaves of a basket, before it is paid.

        :param int config_id: the till (``pos.config``)
        :param int order_id: the basket
        :param list sold: pairs of the id of an order line and its quantity on the ticket, in the
            product's own unit
        :return: ``{"lines": rows}`` with ``id``, ``name``, ``text`` (how much is left), ``cold``,
            ``fates`` (what may become of it) and ``fate`` (which of these is proposed, or ""); or as
            :meth:`drive_till_open`, with ``untaken`` where it was closed by :meth:`drive_till_nothing`
        """
        order, answer = self._drive_till_judge(config_id, order_id, None)
        if answer:
            return order._drive_untaken_answer(answer)
        quantities = defaultdict(float)
        for line, quantity in self._drive_read_sold(sold):
            quantities[line] += quantity
        rows = [line._drive_refused_row(quantities[line.id]) for line in order._drive_till_sale_lines()]
        return {"lines": [row for row in rows if row]}

    @api.model
    def drive_till_nothing(self, config_id, order_id, fates=None):
        """Close a basket of which its member takes nothing; asked twice, it is closed once.

        :param fates: ``{order line id: one of FATES}``
        :return: ``{}``, or as :meth:`drive_till_refused`
        """
        order, answer = self._drive_till_judge(config_id, order_id, None)
        if answer:
            return order._drive_untaken_answer(answer)
        if order._drive_prepaid():
            return {
                "refusal": self.env._(
                    "%s was paid in part before: pay the basket, then refund its articles.", order._drive_till_name()
                )
            }
        order._drive_lock_for_payment()
        order._drive_close_untaken(self._drive_read_fates(fates))
        return {}

    def _drive_untaken_answer(self, answer):
        """A refusal, with ``untaken`` where that is because nothing was taken: a till that lost the
        answer asks again, and takes the basket off its ticket."""
        untaken = "refusal" in answer and self.drive_state == "done" and not self.drive_ticket_id
        return {**answer, "untaken": True} if untaken else answer

    # === WHAT A CLIENT SENT === #

    @api.model
    def _drive_read_sold(self, sold):
        """The ``(id, quantity)`` pairs in anything."""
        pairs = sold if isinstance(sold, list) else []
        for pair in pairs[:MOST_LINES]:
            if isinstance(pair, list | tuple) and len(pair) == 2:
                line, quantity = read_id(pair[0]), pair[1]
                if line and isinstance(quantity, int | float) and not isinstance(quantity, bool):
                    yield line, quantity

    @api.model
    def _drive_read_fates(self, fates):
        """``{id: fate}`` in anything, such as the text on a ticket."""
        if isinstance(fates, str):
            try:
                fates = json.loads(fates)
            except (ValueError, RecursionError):
                return {}
        known = dict(FATES)
        pairs = list(fates.items())[:MOST_LINES] if isinstance(fates, dict) else []
        return {read_id(line, from_text=True): fate for line, fate in pairs if isinstance(fate, str) and fate in known}

    # === CLOSING === #

    def _drive_deliver(self, ticket):
        """Override: what the ticket does not have goes where the cashier said."""
        refused = self._drive_hold_refused()
        result = super()._drive_deliver(ticket)
        self._drive_settle_refused(refused, self._drive_read_fates(ticket.drive_refused))
        return result

    def _drive_close_untaken(self, fates):
        """The member came and took nothing: the goods stay, the place is used, there is
        nothing to pay.

        It is no order that was not collected: it does not count against the household. Nor is it
        cancelled: that would give its place to somebody else, when its time has come.

        :param fates: ``{order line id: one of FATES}``
        """
        self.ensure_one()
        order = self.with_company(self.company_id)
        refused = order._drive_hold_refused()
        order._drive_open_moves()._action_cancel()
        order._drive_close_lines({})
        order.drive_handed_over_by_id = self.env.user._drive_operator("till")
        order._drive_close()
        order._drive_settle_refused(refused, fates)

    def _drive_hold_refused(self):
        """What the basket has before it is closed.

        :return: its open moves; ``{order line: quantity}``; and ``{order line: {(product, lot,
            location): quantity}}`` of what is reserved for it, in products' own units
        """
        moves = self._drive_open_moves()
        lines = {line: line.product_uom_qty for line in self._drive_till_sale_lines()}
        return moves, lines, moves._drive_goods()

    def _drive_settle_refused(self, before, fates):
        """Note what was refused, scrap what is lost, and name what is missing to who looks for it.

        :param before: of :meth:`_drive_hold_refused`
        """
        moves, quantities, held = before
        gone = moves.filtered(lambda move: move.state == "done")._drive_goods()
        for line, quantity in quantities.items():
            refused = quantity - line.product_uom_qty
            if line.product_uom_id.compare(refused, 0) <= 0:
                continue
            fate = line._drive_settled_fate(fates.get(line.id))
            line.write({"drive_refused_qty": refused, "drive_refused_fate": fate})
            if fate == "loss":
                line._drive_scrap(held.get(line, {}), gone.get(line, {}))
        self.drive_crate_ids.filtered("missing_reason")._drive_name_missing_goods()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    drive_refused_qty = fields.Float(
        string="Not Taken",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="What was prepared, and the member did not take at the till.",
    )
    drive_refused_fate = fields.Selection(FATES, string="What Became of It", copy=False, readonly=True)

    def _drive_refused_row(self, sold):
        """What the till says of this line, of which so much is on the ticket; ``None`` where
        that is all.

        :param sold: in the product's own unit
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        prepared = self.product_uom_id._compute_quantity(self.product_uom_qty, unit, round=False)
        refused = prepared - max(sold, 0.0)
        if unit.compare(refused, 0) <= 0:
            return None
        return {
            "id": self.id,
            "name": self.product_id.display_name,
            "text": self._drive_text(unit._compute_quantity(refused, self.product_uom_id, round=False)),
            "cold": self.product_id.drive_storage_class in COLD,
            **self._drive_fates(),
        }

    def _drive_fates(self):
        """What may become of what is left of this line, and what the till proposes.

        What was out of the cold may be lost, and of two crates the other one may have been
        brought: then somebody has to say.

        :return: ``{"fates": [...], "fate": one of them or ""}``
        """
        storage_class = self.product_id.drive_storage_class
        crates = self.order_id.drive_crate_ids.filtered(lambda crate: crate.storage_class == storage_class)
        missing = crates.filtered("missing_reason")
        if missing:
            return {"fates": ["missing", "shelf", "loss"], "fate": "missing" if missing == crates else ""}
        return {"fates": ["shelf", "loss"], "fate": "" if storage_class in COLD else "shelf"}

    def _drive_settled_fate(self, said):
        """What became of it, where the till said so or nothing: a crate may have been found
        meanwhile, and without network nobody was asked."""
        known = self._drive_fates()
        return said if said in known["fates"] else known["fate"] or "shelf"

    def _drive_scrap(self, held, gone):
        """Scrap what was held for this line and has not gone, from where it stands.

        :param held: ``{(product, lot, location): quantity}``, in the product's own unit; ``gone`` too
        """
        for (product, lot, location), quantity in held.items():
            lost = quantity - gone.get((product, lot, location), 0.0)
            if not product.is_storable or product.uom_id.compare(lost, 0) <= 0:
                continue
            self.env["stock.scrap"].create(
                {
                    "product_id": product.id,
                    "product_uom_id": product.uom_id.id,
                    "scrap_qty": lost,
                    "lot_id": lot.id,
                    "location_id": location.id,
                    "origin": self.order_id.name,
                    "company_id": self.company_id.id,
                }
            ).do_scrap()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _drive_goods(self):
        """``{order line: {(product, lot, location): quantity}}`` of these moves, in products' own units."""
        goods = defaultdict(lambda: defaultdict(float))
        for line in self.move_line_ids:
            key = (line.product_id, line.lot_id, line.location_id)
            goods[line.move_id.sale_line_id][key] += line.quantity_product_uom
        return goods


class PosOrder(models.Model):
    _inherit = "pos.order"

    drive_refused = fields.Char(
        string="Not Taken",
        copy=False,
        help="What the cashier said of articles of a basket that were taken off this ticket: a till without "
        "network sends it with the payment.",
    )
