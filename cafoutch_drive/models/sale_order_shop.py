from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..tools.client_id import read_id
from ..tools.figures import NBSP, Figures
from ..tools.paging import linked_pages
from ..tools.qr_code import qr_svg
from ..tools.refusal import DriveRefused
from .sale_order import OPEN_STATES

LONGEST_NOTE = 500
LIST_LENGTH = 40
KEPT_AFTER = timedelta(hours=12)


class SaleOrder(models.Model):
    """What the members' pages show of baskets and orders."""

    _inherit = "sale.order"

    # === THE BASKET ON EVERY PAGE === #

    @api.model
    def _drive_page_basket(self, partner):
        """What each page shows of a person's basket, in one query.

        :return: dict of ``order_id`` (0 without a basket), ``held``
            ``{product_id: (quantity, total)}`` in the order of the basket, ``seen``, the
            prices that its owner saw,
            ``count``, ``total`` (with taxes), ``pricelist_id``, ``warehouse_id``,
            ``currency_id``; of a place that is held at this moment (``None`` without)
            ``booking_id``, ``slot_ends``, ``slot_left`` (a timedelta), ``slot_id``,
            ``slot_start``, ``slot_stop`` and ``slot_tz``; and, to save queries, ``coop``,
            the name of the company, ``version``, of the catalogue in this transaction, and
            ``liked``, ids of the products that this person likes
        """
        basket = self._drive_read_basket(partner)
        if not basket["order_id"]:
            basket.update(self._drive_no_basket(partner))
        return {**basket, "count": len(basket["held"]), "liked": frozenset(basket["liked"])}

    @api.model
    def _drive_read_basket(self, partner):
        """The basket, with what is read of everybody also where there is none."""
        self.env.flush_all()
        [basket] = self.env.execute_query_dict(
            SQL(
                """SELECT o.id AS order_id, o.amount_total AS total, o.currency_id,
                          o.pricelist_id, o.warehouse_id,
                          b.id AS booking_id, b.expires_at AS slot_ends, b.extended,
                          b.expires_at - clock_timestamp() AT TIME ZONE 'UTC' AS slot_left,
                          s.id AS slot_id, s.start AS slot_start, s.stop AS slot_stop, c.tz AS slot_tz,
                          (SELECT json_agg(json_build_array(l.product_id, l.product_uom_qty, l.price_total,
                                                            l.drive_price_seen)
                                           ORDER BY l.sequence, l.id)
                             FROM sale_order_line l
                            WHERE l.order_id = o.id AND l.product_id IS NOT NULL
                              AND l.display_type IS NULL) AS lines,
                          %s AS version, %s AS liked,
                          (SELECT name FROM res_company WHERE id = %s) AS coop
                     FROM (SELECT %s::integer AS id) who
                     LEFT JOIN sale_order o
                       ON o.partner_id = who.id AND o.is_drive AND o.drive_state = 'basket'
                     LEFT JOIN drive_booking b
                       ON b.id = o.drive_booking_id AND b.state = 'held'
                      AND b.expires_at > clock_timestamp() AT TIME ZONE 'UTC'
                     LEFT JOIN drive_slot s ON s.id = b.slot_id
                     LEFT JOIN drive_point p ON p.id = s.point_id
                     LEFT JOIN resource_calendar c ON c.id = p.calendar_id""",
                self.env["drive.catalogue.change"]._sql_version(),
                self.env["drive.list"]._sql_liked(SQL("who.id")),
                self.env.company.id,
                partner.id or None,
            )
        )
        lines = basket.pop("lines") or ()
        held = {product: (float(qty), float(total)) for product, qty, total, _seen in lines}
        seen = [(product, price) for product, _qty, _total, price in lines]
        return {**basket, "held": held, "seen": seen, "total": float(basket["total"] or 0.0)}

    @api.model
    def _drive_no_basket(self, partner):
        company = partner.company_id or self.env.company
        point = self.env["drive.point"]._default_for(company)
        pricelist = partner.with_company(company).property_product_pricelist
        return {
            "order_id": 0,
            "total": 0.0,
            "currency_id": company.currency_id.id,
            "pricelist_id": pricelist.id,
            "warehouse_id": point.warehouse_id.id,
            "booking_id": None,
            "slot_ends": None,
            "slot_left": None,
            "extended": False,
            "held": {},
            "seen": (),
            "coop": company.sudo()._drive_name(),
        }

    @api.model
    def _drive_answer_for(self, partner, product_id, unit):
        """What the basket holds of a product, as a change of it would answer;
        for a page whose change was refused.

        :param product_id: anything that a page sends
        """
        basket = self._drive_basket(partner)
        try:
            # What is no longer sold is in the basket all the same.
            product = basket._drive_find_product(product_id, taking_out=True)
        except DriveRefused:
            product = self.env["product.product"]
        line = basket.order_line.filtered(lambda line: line.product_id == product)[:1]
        return basket._drive_quantity_answer(product, line, unit)

    # === CHECKOUT === #

    def _drive_refresh_prices(self):
        """Bring a basket to the prices of now.

        :return: what its member reads of prices that changed; empty when none did
        """
        self.ensure_one()
        if self.drive_state != "basket" or self._drive_prices_stand():
            return ""
        return self._drive_prices_text(self._drive_reprice())

    def _drive_set_preferences(self, preferences):
        """Write the member's note and what to do when an article is missing.

        :param dict preferences: ``note`` and ``substitution`` as a page sends them;
            what is absent stays as it is
        :raise DriveRefused: when they make no sense; nothing is changed
        """
        self.ensure_one()
        values = {}
        note = preferences.get("note")
        if note is not None:
            values["drive_note"] = self._drive_parse_note(note)
        substitution = preferences.get("substitution")
        if substitution is not None:
            known = dict(self._fields["drive_substitution"].selection)
            if not isinstance(substitution, str) or substitution not in known:
                raise DriveRefused(
                    "bad_preference",
                    self.env._("Please say what to do when an article is missing."),
                )
            values["drive_substitution"] = substitution
        if values and self.drive_state == "basket":
            self.write(values)

    @api.model
    def _drive_parse_note(self, note):
        text = note.replace("\0", "").strip() if isinstance(note, str) else None
        if text is None or len(text) > LONGEST_NOTE:
            raise DriveRefused(
                "bad_preference",
                self.env._("Please keep your note under %s characters.", LONGEST_NOTE),
            )
        return text

    def _drive_page_preferences(self, typed):
        """What the checkout's fields show: what was typed, else what is kept.

        :param dict typed: what a refused post sent
        """
        field = self._fields["drive_substitution"]
        chosen = typed.get("substitution")
        choices = field._description_selection(self.env)
        if chosen not in dict(choices):
            chosen = self.drive_substitution or "similar"
        return {
            "note": typed.get("note", self.drive_note or ""),
            "longest_note": LONGEST_NOTE,
            "choices": choices,
            "substitution": chosen,
        }

    # === ORDERS === #

    @api.model
    def _drive_orders_domain(self, partner):
        """Orders that a person may read: their own, and their household's at the
        time of the confirmation; while staff order for this person, only their own open ones."""
        if self.env.context.get("drive_on_behalf"):
            return [
                ("is_drive", "=", True),
                ("drive_state", "in", OPEN_STATES),
                ("drive_pickup_code", "!=", False),
                ("partner_id", "=", partner.id),
            ]
        return [
            ("is_drive", "=", True),
            ("drive_state", "!=", "basket"),
            ("drive_pickup_code", "!=", False),
            "|",
            ("partner_id", "=", partner.id),
            ("drive_household_id", "=", partner._drive_household().id),
        ]

    @api.model
    def _drive_orders_of(self, partner, page=1):
        """A page of the orders that a person may read, the newest first."""
        return self.search(
            self._drive_orders_domain(partner),
            order="date_order desc, id desc",
            offset=(page - 1) * LIST_LENGTH,
            limit=LIST_LENGTH,
        )

    @api.model
    def _drive_page_orders(self, partner, page=None):
        """What a page of the list of orders shows.

        :param page: its number, as an address has it; the nearest one that exists is given
        :return: dict of ``orders``, ``page`` and ``pages``, see ``linked_pages``
        """
        last = max(-(-self.search_count(self._drive_orders_domain(partner)) // LIST_LENGTH), 1)
        number = min(max(read_id(page, from_text=True), 1), last)
        return {
            "orders": [order._drive_page_summary() for order in self._drive_orders_of(partner, number)],
            "page": number,
            "pages": linked_pages(number, last),
        }

    @api.model
    def _drive_find_order(self, partner, order):
        """Return one of a person's orders, empty when there is none such.

        :param order: id or name, as a page sends it: anything may be in it
        """
        domain = self._drive_orders_domain(partner)
        if isinstance(order, str) and order and "\0" not in order:
            found = self.search([*domain, ("name", "=", order)], limit=1)
            if found or not order.isdecimal():
                return found
        return self.search([*domain, ("id", "=", read_id(order, from_text=True))], limit=1)

    def _drive_page_summary(self):
        """What the list of orders shows of one."""
        self.ensure_one()
        figures = Figures(self.env, self.currency_id)
        field = self._fields["drive_state"]
        return {
            "id": self.id,
            "name": self.name,
            "code": self.drive_pickup_code,
            "url": self.access_url,
            "state": self.drive_state,
            "state_text": dict(field._description_selection(self.env))[self.drive_state],
            "slot": self.drive_slot_id._drive_label() if self.drive_slot_id else "",
            "total": figures.money(self.amount_total),
            "estimated": self._drive_is_estimated(),
            "count_text": self.env["drive.catalogue"]._count_text(len(self._drive_product_lines())),
            "person": self.partner_id.name,
            "kept_until": self._drive_kept_until(),
        }

    def _drive_kept_until(self):
        """Until when a phone keeps an open order to be read without a line, as a page says it;
        ``None`` for one that is over. A basket may be collected late."""
        if not self._drive_is_open() or not self.drive_slot_id:
            return None
        return f"{(self.drive_slot_id.stop + KEPT_AFTER).isoformat()}Z"

    def _drive_is_estimated(self):
        """Whether the weighing can still change the total."""
        catalogue = self.env["drive.catalogue"]
        return self.drive_state in ("basket", "confirmed", "preparing") and any(
            catalogue._is_measured(line.product_id.product_tmpl_id) for line in self._drive_product_lines()
        )

    def _drive_cutoff_text(self):
        """Until when the order may be changed, on the clock of its point; empty without a slot."""
        if not self.drive_cutoff:
            return ""
        return format_datetime(self.env, self.drive_cutoff, tz=self.drive_point_id.tz, dt_format="EEEE d MMMM, HH:mm")

    def _drive_page_order(self):
        """What the page of one order shows."""
        self.ensure_one()
        figures = Figures(self.env, self.currency_id)
        prepared = self.drive_state in ("ready", "done")
        return {
            **self._drive_page_summary(),
            "point": self.drive_point_id.name,
            "contract": self._drive_page_contract(),
            "taken_by_team": bool(self.sudo().drive_taken_by_id),
            "is_open": self._drive_is_open(),
            "qr": self._drive_is_open()
            and qr_svg(
                self._drive_qr_value(),
                self.env._("Code %s, to be scanned at the till", self.drive_pickup_code),
            ),
            "steps": self._drive_page_steps(),
            "has_receipt": self._drive_has_receipt(),
            "may_cancel": self._drive_may_change(),
            "cutoff": self._drive_cutoff_text(),
            "prepared": prepared,
            "estimate": figures.money(self.drive_estimate_total),
            "changed": prepared
            and bool(self.currency_id.compare_amounts(self.drive_estimate_total, self.amount_total)),
            "lines": [self._drive_page_line(line, figures, prepared) for line in self._drive_product_lines()],
            "note": self.drive_note or "",
            "substitution": self._drive_wish_text(self.drive_substitution),
        }

    def _drive_page_line(self, line, figures, prepared):
        unit = line.product_uom_id
        suffix = self.env["drive.catalogue"]._uom_text(unit)
        suffix = suffix and f"{NBSP}{suffix}"
        measured = self.env["drive.catalogue"]._is_measured(line.product_id.product_tmpl_id)
        estimated = measured and not prepared
        about = f"≈{NBSP}" if measured else ""
        ordered = line.drive_ordered_qty
        got = line.product_uom_qty
        was = line._drive_estimate() if prepared and ordered else line.price_total
        moved = self.currency_id.compare_amounts(was, line.price_total)
        # It was there, and its member did not take it.
        refused = line.drive_refused_qty if line.drive_refused_fate != "missing" else 0.0
        return {
            "id": line.id,
            "name": line.product_id.with_context(display_default_code=False).display_name,
            "prices": line._drive_price_text(),
            "ordered": self._drive_page_ordered(
                line, f"{figures.number(ordered)}{suffix}", about if estimated else ""
            ),
            "prepared": f"{figures.number(got)}{suffix}" if prepared else "",
            "missing": prepared and unit.compare(got + refused, 0) <= 0 < ordered,
            "reason": prepared and self._drive_change_reason(line, measured and moved),
            "was": f"{about}{figures.money(was)}" if moved else "",
            "replaces": line.drive_substitute_of_id.product_id.name,
            "wish": not prepared and self._drive_wish_text(line.drive_substitution),
            "total": figures.money(line.price_total),
            "estimated": estimated,
        }

    def _drive_page_ordered(self, line, quantity, about):
        """What a member ordered, in the words of their basket: pieces stay pieces.

        :param quantity: with its unit
        :param about: the sign of an estimate, or nothing
        """
        if line.drive_substitute_of_id:
            # Nobody ordered what replaces something.
            return ""
        pieces = line._drive_pieces()
        return self.env["drive.catalogue"]._pieces_text(pieces, quantity) if pieces else f"{about}{quantity}"

    def _drive_change_reason(self, line, weighed):
        """Why a line is not as it was ordered, in the reader's words; empty where it is.

        :param weighed: whether its weight made another price
        """
        reasons = dict(line._fields["drive_shortage_reason"]._description_selection(self.env))
        if line.drive_refused_fate == "missing":
            return self.env._("Not found at the hand-over: %s", line._drive_text(line.drive_refused_qty))
        if line.drive_refused_qty:
            return self.env._("Not taken at the till: %s", line._drive_text(line.drive_refused_qty))
        return reasons.get(line.drive_shortage_reason) or (self.env._("Weighed") if weighed else "")
