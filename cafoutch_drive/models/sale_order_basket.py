from odoo import api, fields, models

from ..tools.client_id import read_id
from ..tools.refusal import DriveRefused
from ..tools.typed_quantity import read_number
from .sale_order_tap import BASKET_COLUMNS

# Sequence numbers of the last pages that changed a basket are remembered.
PAGES_REMEMBERED = 4
LONGEST_PAGE_NAME = 40
# Pages count in milliseconds since 1970; beyond this, not each number can be told apart.
SEQUENCE_BEYOND = 2.0**53


class SaleOrder(models.Model):
    _inherit = "sale.order"

    drive_sequences = fields.Json(
        copy=False,
        help="The last change of each product, by page: a late one changes nothing.",
    )
    drive_hold_live = fields.Boolean(compute="_compute_drive_hold_live")

    def _compute_drive_hold_live(self):
        for order in self:
            booking = order.drive_booking_id
            order.drive_hold_live = bool(booking) and booking._is_live()

    def _drive_live_hold(self):
        """The booking of a basket whose place is still held, empty otherwise."""
        booking = self.drive_booking_id
        return booking if booking.state == "held" and booking._is_live() else booking.browse()

    # === THE BASKET === #

    @api.model
    def _drive_basket(self, partner, create=False):
        """Return the basket of a person, empty when there is none.

        :param partner: the person (not the household)
        :param create: make one when there is none
        :raise DriveRefused: when it has to be made and the person may not order
        """
        mine = [("partner_id", "=", partner.id), ("drive_state", "=", "basket")]
        basket = self.search_fetch(mine, BASKET_COLUMNS, order="id", limit=1)
        if basket or not create:
            return basket
        refusal = partner._drive_refusal()
        if refusal:
            raise DriveRefused(*refusal)
        # Who of the team fills it for a member does not get the member's mails.
        quiet = self.with_context(mail_create_nosubscribe=True)
        return quiet.create(self._drive_prepare_basket(partner)).with_env(self.env)

    @api.model
    def _drive_prepare_basket(self, partner):
        """Values of a new basket; a hook for other addons."""
        company = partner.company_id or self.env.company
        point = self.env["drive.point"]._default_for(company)
        if not point:
            raise DriveRefused(
                "no_point",
                self.env._("The drive is not open yet. Please come back later."),
            )
        return {
            "is_drive": True,
            "drive_state": "basket",
            "partner_id": partner.id,
            "company_id": point.company_id.id,
            "drive_point_id": point.id,
            "warehouse_id": point.warehouse_id.id,
            "user_id": False,
            "team_id": False,
            "require_signature": False,
            "require_payment": False,
        }

    # === QUANTITIES === #

    def _drive_set_quantity(self, product_id, qty, unit="uom", seq=None, **told):
        """Set how much of a product the basket holds; 0 takes it out.

        Arguments come from a page as they are: anything may be in them.

        :param product_id: id of the product
        :param qty: quantity, in ``unit``
        :param unit: ``uom``, the product's own, or ``piece``, for goods that are
            sold by weight and have a weight a piece
        :param seq: grows with each change a page makes; an older one is ignored
        :param told: by the page of itself: ``page`` tells pages apart, so that each may
            count from anywhere; ``price_seen`` is what one unit costs by it, taxes included
        :return: ``{qty, unit, line_total, basket_total, basket_count, message}``,
            totals with taxes, in the basket's currency; and ``prices_message``, which the
            message then holds too, when prices of the basket or of the page have changed,
            with the ``price`` of now, its ``price_text`` and ``compared``
        :raise DriveRefused: the basket is unchanged
        """
        self.ensure_one()
        # The history of a basket is not that of its taps: Odoo would log each new total.
        self = self.with_company(self.company_id).with_context(tracking_disable=True)  # noqa: PLW0642
        page = told.get("page")
        product = self._drive_find_product(product_id, taking_out=read_number(qty) == 0)
        line = self._drive_line_of(product)
        if not self._drive_is_newer(product, seq, page):
            return self._drive_quantity_answer(product, line, unit)
        wanted = self._drive_parse_quantity(product, qty, unit)
        notes = self._drive_prepare_notes(product, seq, page)
        if wanted:
            self._drive_check_stock(product, wanted)
        facts = self._drive_price_facts(line)
        if wanted and line:
            totals, message = self._drive_write_quantity(line, wanted, notes, facts)
        else:
            line, message = self._drive_put_or_take(product, line, wanted)
            self.write(notes)
            totals = self._drive_totals(line)
        moved = facts["moved"] | self._drive_moved_on_page(product, facts, wanted and told.get("price_seen"))
        if not wanted:
            moved.pop(product.id, None)
        if not moved:
            return self._drive_answer(product, wanted, unit, self._drive_counted(totals, facts["gone"]), message)
        prices = self._drive_prices_text(moved | self._drive_reprice())
        answer = self._drive_quantity_answer(product, line, unit, f"{message} {prices}".strip())
        return {**answer, "prices_message": prices, **self._drive_price_answer(product, facts)}

    def _drive_put_or_take(self, product, line, wanted):
        """Put an article into the basket that is not in it, or take it out.

        :return: its line, none when it is out, and a message
        """
        if wanted:
            return self._drive_add_line(product, wanted), ""
        if not line:
            return line, self.env._("Not in your basket: %s", product.name)
        line.unlink()
        return line.browse(), self.env._("Taken out of your basket: %s", product.name)

    def _drive_find_product(self, product_id, taking_out=False):
        """Return a product that is sold on the drive of this basket.

        :param taking_out: what is in the basket may also be one that is no longer sold
        """
        product = self.env["product.product"]._drive_read(read_id(product_id, from_text=True))
        leaves = taking_out and product and self._drive_line_of(product)
        if not product or not (leaves or product._drive_is_sold()):
            raise DriveRefused("not_sold", self.env._("This product is not sold on the drive."))
        return product

    def _drive_parse_quantity(self, product, qty, unit, known=None):
        """Return the quantity in the product's own unit.

        :param known: what stood where this was typed, in the product's own unit; what
            this order holds by default
        :raise DriveRefused: when it is not a quantity this product is sold in
        """
        number, unit = self._drive_read_quantity(product, qty, unit, known)
        if number is None or number < 0:
            raise DriveRefused(
                "bad_quantity",
                self.env._("This quantity was not understood; nothing was changed."),
            )
        if unit == "piece":
            return self._drive_pieces_to_uom(product, number)
        if unit != "uom":
            raise DriveRefused(
                "bad_unit",
                self.env._("This unit was not understood; nothing was changed."),
            )
        step = product.drive_qty_step or 1.0
        steps = round(number / step)
        if abs(number / step - steps) > 1e-6:
            raise DriveRefused(
                "bad_step",
                self.env._(
                    "%(product)s is sold by %(step)s; nothing was changed.",
                    product=product.name,
                    step=product._drive_format_quantity(step),
                ),
            )
        return product.uom_id.round(steps * step)

    def _drive_pieces_to_uom(self, product, pieces):
        """Return the weight of so many whole pieces."""
        if not product.drive_piece_weight or pieces != int(pieces):
            raise DriveRefused(
                "bad_unit",
                self.env._(
                    "%(product)s is not sold that way; nothing was changed.",
                    product=product.name,
                ),
            )
        return product.uom_id.round(pieces * product.drive_piece_weight)

    def _drive_check_stock(self, product, wanted):
        """Refuse more than what is left; a basket itself reserves nothing."""
        available = product._drive_available(self.warehouse_id)
        if product.id not in available:
            return
        left = available[product.id]
        if product.uom_id.compare(left, wanted) < 0:
            if product.uom_id.compare(left, 0) <= 0:
                message = self.env._("There is none left of %(product)s.", product=product.name)
            else:
                message = self.env._(
                    "Only %(quantity)s left of %(product)s; nothing was changed.",
                    quantity=product._drive_format_quantity(left),
                    product=product.name,
                )
            raise DriveRefused("short", message)

    def _drive_add_line(self, product, quantity):
        values = self._drive_prepare_line(product, quantity)
        price = self._drive_prices_now(product)[product.id]
        return self.env["sale.order.line"].create({"order_id": self.id, **values, "drive_price_seen": price})

    def _drive_prepare_line(self, product, quantity):
        """Values of a new line, without its order."""
        return {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "product_uom_qty": quantity,
        }

    def _drive_quantity_answer(self, product, line, unit, message=""):
        """What a page is answered, of the basket as it is."""
        totals = self._drive_counted(self._drive_totals(line), self._drive_gone_products().ids)
        return self._drive_answer(product, line.product_uom_qty, unit, totals, message)

    def _drive_answer(self, product, quantity, unit, totals, message):
        if unit == "piece" and product.drive_piece_weight:
            quantity = round(quantity / product.drive_piece_weight)
        return {"qty": quantity, "unit": unit, **totals, "message": message}

    def _drive_totals(self, line):
        """What a line and its basket come to, taxes included."""
        articles = [("order_id", "in", self.ids), ("product_id", "!=", False), ("display_type", "=", False)]
        return {
            "line_total": line.price_total,
            "basket_total": self.amount_total,
            "basket_count": self.env["sale.order.line"].search_count(articles),
        }

    def _drive_is_newer(self, product, seq, page):
        """Whether this change was made after the last one of the same page."""
        number = read_number(seq, SEQUENCE_BEYOND)
        last = (self.drive_sequences or {}).get(_page_name(page), {}).get(str(product.id))
        return number is None or last is None or number > last

    def _drive_prepare_notes(self, product, seq, page):
        """What a tap writes on the basket besides its line; a hook for other addons."""
        number = read_number(seq, SEQUENCE_BEYOND)
        if number is None:
            return {}
        pages = dict(self.drive_sequences or {})
        changes = {**pages.pop(_page_name(page), {}), str(product.id): number}
        recent = list(pages.items())[1 - PAGES_REMEMBERED :]
        return {"drive_sequences": {**dict(recent), _page_name(page): changes}}

    # === THE HELD PLACE === #

    def _drive_hold(self, slot):
        """Hold a place for this basket; the earlier one, if any, is given back.

        To be run under ``lock_first`` on the household and the slot.

        :param slot: a ``drive.slot``
        :return: the booking; the same one when this slot is already held
        :raise DriveRefused: the earlier place, if any, is kept
        """
        self.ensure_one()
        self._drive_check_member()
        earlier = self.drive_booking_id
        if earlier.slot_id == slot and self.drive_hold_live:
            return earlier
        slot._drive_check_open()
        booking = self.env["drive.booking"]._hold(slot, self)
        earlier._release()
        self.write(
            {
                "drive_booking_id": booking.id,
                "drive_point_id": slot.point_id.id,
                "warehouse_id": slot.point_id.warehouse_id.id,
                "commitment_date": slot.start,
            }
        )
        return booking

    @api.model
    def _drive_find_slot(self, slot_id):
        """Return the slot that a page names.

        :raise DriveRefused: when there is no such slot in this company
        """
        slot = self.env["drive.slot"].browse(read_id(slot_id, from_text=True)).exists()
        if not slot or slot.company_id != (self.company_id or self.env.company):
            raise DriveRefused(
                "no_such_slot",
                self.env._("This slot does not exist. Please choose another one."),
                "/drive/slots",
            )
        return slot

    def _drive_extend_hold(self):
        """Extend the held place, once; see ``drive.booking._extend``."""
        self.ensure_one()
        self.drive_booking_id._extend()
        return self.drive_booking_id

    def _drive_release_hold(self):
        """Give the held place back; the basket stays."""
        self.ensure_one()
        if self.drive_state == "basket":
            self.drive_booking_id._release()
            self.write({"drive_booking_id": False, "commitment_date": False})


def _page_name(page):
    """The name of a page, as it is remembered: anything may be sent as one."""
    return page[:LONGEST_PAGE_NAME] if isinstance(page, str) else ""
