from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.sent_text import is_readable
from ..tools.typed_quantity import read_number
from .drive_preparation_tick import CONFLICTS, LONGEST_ID, MOST_OPS

# What a screen may send, each done by the method ``_op_<kind>``.
LINE_KINDS = {"take", "short", "substitute", "ask_member", "undo"}
BASKET_KINDS = {"begin", "crate", "place", "remove", "finish", "reopen", "back"}
KINDS = frozenset(LINE_KINDS | BASKET_KINDS)


class DrivePreparation(models.AbstractModel):
    """What preparers did, kept on their screen and sent when there is a line: each is
    done once and in the order in which it was done."""

    _inherit = "drive.preparation"

    @api.model
    def apply(self, batch_id, device, ops, version=None):
        """Do what a preparer did, each thing once, all that can be done of it.

        :param device: what the screen calls itself, always the same
        :param ops: list of ``{uuid, no, kind, args, ago}``; ``no`` grows by one with each thing
            that the screen sends, from 1 on; ``ago`` is how many seconds ago it was done, 0
            without. Kinds and what is in ``args``:
            ``begin`` (``order``, or none for the whole batch; ``sure``), ``take`` (``line``,
            ``qty``, ``sure``, ``wanted``), ``short`` (``line``, ``qty``, ``reason``,
            ``wanted``), ``substitute`` (``line``, the missing one, and ``product``),
            ``ask_member`` (``line`` and ``products``, three at most), ``undo`` (``line``),
            ``crate`` (``order``, ``storage_class``, ``number``), ``place`` (``crate``, or
            ``order`` and ``number``; ``place``),
            ``remove`` (as ``place``), ``finish``, ``reopen`` and, for what was cancelled
            meanwhile and is on the shelves again, ``back`` (``order``). ``wanted`` is
            the quantity that the preparer saw: if another one is ordered now, it is told
        :param version: what the screen holds, see :meth:`since`
        :return: ``{done: [uuid], refused, ask, conflict: [{uuid, message}], waiting: [uuid],
            expected, rows, ...}``. ``ask`` is a question: sent again, under another number,
            with ``sure``, it is done. ``conflict``: it is not so any more, and nothing was
            overwritten. ``waiting``: not done, ``expected`` is the number that comes next.
            ``rows`` are cells, as those of :meth:`since`: with ``version`` all that
            :meth:`since` answers is there, without those that were sent only. ``stopped``
            is a sentence when nothing could be done at all, with ``who`` when it has to be
            known first who is at work
        """
        self.env["sale.order"]._drive_check_preparer()
        answer = {"done": [], "refused": [], "ask": [], "conflict": [], "waiting": [], "rows": []}
        if not self.env.user._drive_operator("preparation"):
            return {**answer, "stopped": self.env["res.users"]._drive_who_answer()["refused"], "who": True}
        try:
            batch, device = self._find_batch(batch_id), self._read_device(device)
            ops = self._read_ops(ops, answer)
        except DriveRefused as refused:
            return {**answer, "stopped": str(refused)}
        changed = self._apply_all(batch, device, ops, answer)
        self._after_ops(batch, device, ops, changed)
        return {**answer, **self._rows_after(batch, ops, changed, version)}

    # === THE BOOK === #

    def _apply_all(self, batch, device, ops, answer):
        """Do what is new, in its order, and fill the answer.

        :return: the orders that something was done to
        """
        ticks = self.env["drive.preparation.tick"].sudo()
        known, expected = ticks._read(device, ops)
        by_uuid = {tick.uuid: tick for tick in known}
        used = {tick.no for tick in known if tick.device == device}
        changed = self.env["sale.order"].sudo()
        for op in ops:
            tick = by_uuid.get(op["uuid"])
            if not tick and (op["no"] in used or op["no"] < expected):
                # A screen that lost its book: it has to take another name.
                answer["refused"].append({"uuid": op["uuid"], "message": self._lost_book_text()})
                continue
            if not tick and op["no"] != expected:
                answer["waiting"].append(op["uuid"])
                continue
            if not tick:
                try:
                    with self.env.cr.savepoint():
                        tick = ticks._claim(batch, device, op)
                        orders = self._apply_one(batch, op, tick)
                except DriveRefused as refused:
                    # Somebody else writes there: it keeps its place and is sent again.
                    answer["waiting"].append(op["uuid"])
                    answer["stopped"] = str(refused)
                    continue
                by_uuid[op["uuid"]] = tick
                changed |= orders
                expected += 1
            if tick.outcome == "done":
                answer["done"].append(op["uuid"])
            else:
                answer[tick.outcome].append({"uuid": op["uuid"], "message": tick.message})
        answer["expected"] = expected
        return changed

    def _apply_one(self, batch, op, tick):
        """Do one thing, all of it or nothing, and write on its tick what came of it.

        :return: the order it was done to, if any
        :raise DriveRefused: only when it is worth to try again
        """
        orders, question, refusal, code = self.env["sale.order"], None, None, None
        # What was kept on the screen was done then, and not now.
        work = self.with_context(drive_ago=op["ago"]) if op["ago"] else self
        try:
            with self.env.cr.savepoint():
                orders, question = getattr(work, f"_op_{op['kind']}")(batch, op["args"])
        except DriveRefused as refused:
            if refused.refusal.code == "busy":
                raise
            refusal, code = str(refused), refused.refusal.code
        except UserError as error:
            refusal = str(error)
        if refusal is not None:
            outcome = "conflict" if code in CONFLICTS else "refused"
        else:
            outcome = "ask" if question else "done"
        tick.write({"outcome": outcome, "message": refusal or question or False})
        return orders if outcome == "done" else orders.browse()

    def _read_ops(self, ops, answer):
        """Return what of ``ops``, which may be anything, can be done or refused under its
        number; the rest is refused in the answer."""
        if not isinstance(ops, list) or len(ops) > MOST_OPS:
            raise DriveRefused("ops", self.env._("This screen sent what nobody understands. Please load it again."))
        usable = []
        for sent in ops:
            op = sent if isinstance(sent, dict) else {}
            uuid, number, kind, args = op.get("uuid"), read_id(op.get("no")), op.get("kind"), op.get("args", {})
            named = isinstance(uuid, str) and 0 < len(uuid) <= LONGEST_ID and is_readable(uuid)
            if named and number and isinstance(kind, str) and kind in KINDS and isinstance(args, dict):
                usable.append({"uuid": uuid, "no": number, "kind": kind, "args": args, "ago": read_id(op.get("ago"))})
            else:
                message = self.env._("This screen sent what nobody understands. Please load it again.")
                answer["refused"].append({"uuid": uuid if named else "", "message": message})
        return usable

    def _lost_book_text(self):
        return self.env._("This screen has lost count of what it sent. Please load it again.")

    # === AFTERWARDS === #

    def _after_ops(self, batch, device, ops, orders):
        """Screens and people beside this one know."""
        claims = self.env["drive.preparation.claim"].sudo()
        claims._note_life(batch, device)
        if orders:
            claims._end_treated(batch)
        for order in orders:
            order.with_context(drive_screen=device)._drive_preparation_changed()

    def _rows_after(self, batch, ops, orders, version):
        if version is not None:
            changes = self._changes(batch, version)
            changes["rows"] = changes.pop("cells")
            return changes
        line_ids = [read_id(op["args"].get("line")) for op in ops]
        lines = self._lines(orders.browse(), line_ids).filtered(lambda line: line.order_id.drive_batch_id == batch)
        return {
            "rows": [{**cell, "stop": line.product_id.id} for line, cell in self._cells(lines).items()],
            "baskets": self._basket_rows(orders.filtered(lambda order: order.drive_batch_id == batch)),
            "claims": self._claim_rows(batch),
        }

    # === WHAT IS DONE === #

    def _op_begin(self, batch, args):
        """Begin one basket, or all of the batch that nobody has begun."""
        if args.get("order") is not None:
            orders = self._batch_order(batch, args)
        else:
            orders = self._orders(batch).filtered(lambda order: order.drive_state == "confirmed")
            for order in orders:
                order._drive_lock_for_preparation()
        open_ones = orders.filtered(lambda order: order._drive_may_change())
        if open_ones and not args.get("sure"):
            cutoff = open_ones[0]._drive_moment_text(open_ones[0].drive_cutoff)
            return orders, self.env._(
                "Members can still change these orders until %(cutoff)s. Begin now all the same?", cutoff=cutoff
            )
        orders._drive_start_preparation()
        return orders, None

    def _op_take(self, batch, args):
        line, qty = self._batch_line(batch, args), read_number(args.get("qty"))
        question = not args.get("sure") and line._drive_measure_question(qty)
        if not question:
            line._drive_pick(qty)
        return line.order_id, question

    def _op_short(self, batch, args):
        line = self._batch_line(batch, args)
        order = line.order_id
        line._drive_short(read_number(args.get("qty", 0)), args.get("reason"))
        return order, None

    def _op_undo(self, batch, args):
        line = self._batch_line(batch, args)
        order = line.order_id
        line._drive_unpick()
        return order, None

    def _op_crate(self, batch, args):
        order, number = self._batch_order(batch, args), read_id(args.get("number"))
        crate = order._drive_add_crate(args.get("storage_class"), number or None)
        if number and (crate.name, crate.storage_class) != (order._drive_crate_name(number), args["storage_class"]):
            raise DriveRefused(
                "changed",
                self.env._(
                    "There is a crate %(crate)s already, added elsewhere. Please give yours the next number.",
                    crate=crate.name,
                ),
            )
        return order, None

    def _op_place(self, batch, args):
        crate = self._batch_crate(batch, args)
        places = self.env["drive.place"].sudo()
        crate._drive_place(self.env["sale.order"]._drive_find_id(places, args.get("place")))
        return crate.order_id, None

    def _op_remove(self, batch, args):
        crate = self._batch_crate(batch, args)
        order = crate.order_id
        crate._drive_remove()
        return order, None

    def _op_finish(self, batch, args):
        order = self._batch_order(batch, args)
        order._drive_finish_preparation()
        return order, None

    def _op_reopen(self, batch, args):
        order = self._batch_order(batch, args)
        order._drive_reopen_preparation()
        return order, None

    def _op_back(self, batch, args):
        order = self._batch_order(batch, args)
        order._drive_put_back()
        return order, None

    # === FINDING === #

    def _batch_order(self, batch, args):
        """Return the basket that is named, alone.

        :raise DriveRefused: when it is not one of this batch any more
        """
        order = self.env["sale.order"]._drive_find_preparation(args.get("order"))
        order._drive_lock_for_preparation()
        if order.drive_batch_id != batch:
            over = order.drive_state not in ("confirmed", "preparing", "ready")
            raise DriveRefused(
                "other_batch",
                order._drive_why_not_prepared()
                if over
                else self.env._("%s is no longer in this batch.", order.drive_pickup_code),
            )
        return order

    def _batch_line(self, batch, args):
        """Return the line that is named, which is still what the preparer saw."""
        lines = self.env["sale.order.line"].sudo()
        line = self.env["sale.order"]._drive_find_id(lines, args.get("line"))
        order = self._batch_order(batch, {"order": line.order_id.id})
        line = line.with_company(order.company_id)
        seen = read_number(args.get("wanted"))
        if seen is not None and float_compare(seen, line._drive_wanted_qty(), precision_digits=3):
            raise DriveRefused(
                "changed",
                self.env._(
                    "%(product)s: %(wanted)s are ordered now. Please look again.",
                    product=line.product_id.display_name,
                    wanted=line._drive_text(line._drive_wanted_qty()),
                ),
            )
        return line

    def _batch_crate(self, batch, args):
        """Return the crate that is named, by its id or as the n-th of a basket."""
        crates = self.env["drive.crate"].sudo()
        if args.get("crate") is not None:
            crate = self.env["sale.order"]._drive_find_id(crates, args["crate"])
            self._batch_order(batch, {"order": crate.order_id.id})
            return crate
        order = self._batch_order(batch, args)
        name = order._drive_crate_name(read_id(args.get("number")))
        crate = order.drive_crate_ids.filtered(lambda crate: crate.name == name)
        if not crate:
            raise DriveRefused("not_found", self.env._("There is no crate %s.", name))
        return crate
