from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..tools.card_code import card_svg
from ..tools.chosen import check_chosen
from ..tools.client_id import read_id
from ..tools.letters import mark_drawing
from .drive_place import STORAGE_CLASSES
from .drive_preparation import SHOWN_STATES

# The address of a page says of which orders it is, and stays one that every proxy takes.
PAPER_LIMIT = 500
REPORTS = "/report/html/cafoutch_drive.report_"


class SaleOrder(models.Model):
    """What preparers print of baskets: pages of the browser, in black on white.

    Paper lies about: there is a first name and an initial on it, a code and a letter,
    and neither totals nor addresses, nor what a member wrote to the shop.
    """

    _inherit = "sale.order"

    @api.model
    def _drive_printable(self, order_ids):
        """Return, with all rights, those of these orders that can be printed: to prepare, or
        ready. By batch and letter, the others by the time of their pickup.

        :param order_ids: anything that an address may have
        :raise AccessError: for who does not prepare baskets
        """
        self._drive_check_preparer()
        ids = [read_id(order_id) for order_id in order_ids or []]
        orders = self.sudo().search(
            [
                ("id", "in", ids),
                ("is_drive", "=", True),
                ("drive_state", "in", SHOWN_STATES),
                ("company_id", "in", self.env.user.company_ids.ids),
            ]
        )
        return orders.sorted(
            lambda order: (
                order.drive_slot_id.window_start,
                order.drive_batch_id.id,
                order.drive_letter_no,
                order.drive_slot_id.start,
                order.id,
            )
        )

    def _drive_paper_row(self):
        """What papers say of a basket: :meth:`_drive_identity_row`, ``mark`` (see
        ``mark_drawing``), and ``time`` always with its day: paper is read on another one."""
        self.ensure_one()
        mark = self._drive_mark_row()
        return {
            **self._drive_identity_row(),
            "mark": mark_drawing(mark["letter"], mark["shape"]),
            "time": self._drive_paper_time(self.drive_slot_id.start),
        }

    def _drive_paper_time(self, moment):
        return format_datetime(self.env, moment, tz=self.drive_point_id.tz, dt_format="EEE d MMM HH:mm")

    # === LABELS === #

    def _drive_label_rows(self):
        """The labels of the crates of these baskets, one basket after the other.

        :return: of each :meth:`_drive_paper_row` and ``{crate, bars, storage, place,
            planned}``: the name of the crate and its code as bars, its class in words,
            where it stands or "", and whether nobody has added it yet
        """
        classes = dict(self.env["drive.crate"]._fields["storage_class"]._description_selection(self.env))
        rows = []
        for order in self:
            basket = order._drive_paper_row()
            crates = [
                (crate.name, crate.storage_class, crate.place_id.name or "", False)
                for crate in order._drive_crates_by_number()
            ]
            crates += [(name, storage_class, "", True) for name, storage_class in order._drive_planned_crates()]
            rows += [
                {
                    **basket,
                    "crate": name,
                    "bars": order._drive_bars(name),
                    "storage": classes[storage_class],
                    "place": place,
                    "planned": planned,
                }
                for name, storage_class, place, planned in crates
            ]
        return rows

    def _drive_crates_by_number(self):
        return self.drive_crate_ids.sorted(lambda crate: (crate._drive_number(), crate.id))

    def _drive_planned_crates(self):
        """``[(name, storage class)]`` of the crates that are still to be added, one for each
        kind of goods without one, in the order in which the screens show them."""
        self.ensure_one()
        if self.drive_state == "ready":
            return []
        lines = self.order_line._drive_to_prepare()
        goods = lines.filtered(lambda line: not line.drive_picked or line.drive_prepared_qty)
        wanted = set(goods.product_id.mapped("drive_storage_class")) - set(
            self.drive_crate_ids.mapped("storage_class")
        )
        missing = [code for code, _name in STORAGE_CLASSES if code in wanted]
        return [
            (self._drive_crate_name(number), code) for number, code in enumerate(missing, self._drive_next_crate())
        ]

    def _drive_bars(self, name):
        """The name of a crate as bars; none of a name that bars cannot carry."""
        if not name.isascii() or not name.isprintable():
            return ""
        return card_svg(name, self.env._("Bars of the crate %s", name))

    # === OPENING === #

    def action_drive_print(self):
        """Open the labels of these baskets as a page to print; the other papers are a touch
        away from it."""
        orders = self._drive_printable(self.ids)
        if not orders:
            raise UserError(self.env._("Only what is to prepare or waits to be collected is printed."))
        if len(orders) > PAPER_LIMIT:
            raise UserError(
                self.env._(
                    "%(count)s baskets are too many to print at once: please choose %(limit)s at most.",
                    count=len(orders),
                    limit=PAPER_LIMIT,
                )
            )
        return {"type": "ir.actions.act_url", "url": orders._drive_paper_address("crate_labels"), "target": "new"}

    def _drive_paper_address(self, report, **options):
        """Where a paper of these orders is.

        :param report: name of the report, without ``report_``
        """
        ids = ",".join(str(order_id) for order_id in self.ids)
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"{REPORTS}{report}/{ids}" + (f"?{query}" if query else "")

    def _drive_paper_links(self, current):
        """The papers there are of these orders: ``[{text, url, current}]``, none of none.

        :param current: address of the one that is shown
        """
        if not self:
            return []
        papers = [
            (self.env._("Labels on A4 paper"), self._drive_paper_address("crate_labels")),
            (self.env._("Labels of 62 mm"), self._drive_paper_address("crate_labels", paper="roll")),
            (self.env._("Pick list"), self._drive_paper_address("pick_list")),
            (self.env._("Basket slips"), self._drive_paper_address("basket_slips")),
        ]
        return [{"text": text, "url": url, "current": url == current} for text, url in papers]


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    def action_drive_print(self):
        """Open the labels of the baskets of these batches, see ``sale.order``."""
        check_chosen(self, "read")
        return self.drive_order_ids.action_drive_print()
