from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ..tools.sent_text import is_readable, readable
from .barcode_rule import ORDER_CODE_PREFIX
from .sale_order import CODE_LENGTH, OPEN_STATES

# More orders than any point hands over in a day.
LIST_LIMIT = 400


class SaleOrder(models.Model):
    """What the till asks about drive orders.

    The methods without underscore are called by the till. They look for orders
    with the cashier's own rights, and only then read the rest, such as crates
    and weighed lots, with the server's.
    """

    _inherit = "sale.order"

    drive_ticket_id = fields.Many2one(
        "pos.order",
        string="Ticket",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The till's ticket that paid this order: there is never a second one.",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        """Override of `pos_sale`: the till treats drive orders its own way."""
        return [*super()._load_pos_data_fields(config), "is_drive"]

    # === CALLED BY THE TILL === #

    @api.model
    def drive_till_orders(self, config_id, text=None):
        """List the orders that a till may have to hand over.

        :param int config_id: the till (``pos.config``)
        :param str text: part of a name, number or code, looked for in all orders
            not handed over yet; without it, those of today and all ready ones
        :return: rows for people to read, see :meth:`_drive_till_row`; the ready
            ones first, those who have arrived before the others, then by time
        """
        point = self._drive_till_config(config_id).sudo().drive_point_id
        if not point:
            return []
        domain = Domain("is_drive", "=", True) & Domain("drive_point_id", "=", point.id)
        if isinstance(text, str) and text.strip():
            domain &= self._drive_till_search_domain(text)
        else:
            domain &= self._drive_till_today_domain(point)
        orders = self.search(domain, limit=LIST_LIMIT, order="drive_slot_id, id")
        return orders._drive_till_sorted()._drive_till_rows()

    @api.model
    def drive_till_open(self, config_id, order_id=None, code=None, reason=None):
        """Give a till what it needs to sell a prepared basket.

        :param int config_id: the till (``pos.config``)
        :param int order_id: the order, when it was chosen in a list
        :param str code: the order's code, when it was scanned or typed
        :param str reason: why to go on although the member may not order now
        :return: ``{"order": row, "lines": [...], "notices": [...]}``, see :meth:`_drive_till_window_row`,
            :meth:`_drive_till_lines` and :meth:`_drive_till_notices`; or ``{"refusal": sentence}``; or
            ``{"ask": ...}``, see :meth:`_drive_admit`: the same call with a reason
            goes through; or ``{"who": True}`` when it has to be known first who is at
            work, see ``drive_operator_enter``
        """
        order, answer = self._drive_till_admit(config_id, order_id, code, reason)
        if answer:
            return answer
        config = self._drive_till_config(config_id).sudo()
        notices = order._drive_till_notices(config)
        order.write(
            {
                "drive_opened_at": fields.Datetime.now(),
                "drive_opened_config_id": config.id,
                "drive_opened_by_id": self.env.user._drive_operator("till").id,
            }
        )
        lines = order._drive_till_lines() + order._drive_till_prepaid_rows(config)
        return {"order": order._drive_till_window_row(), "lines": lines, "notices": notices}

    @api.model
    def drive_till_may_pay(self, config_id, order_id, reason=None):
        """Ask again before the payment of a basket that was opened earlier.

        :return: ``{}`` when it may be paid; ``{"order": row}`` while some of its crates are still
            to be brought, see :meth:`drive_till_crate`; else as :meth:`drive_till_open`
        """
        order, answer = self._drive_till_admit(config_id, order_id, None, reason)
        if not answer and order.drive_crate_ids._drive_untreated():
            answer = {"order": order._drive_till_window_row()}
        return answer or {}

    def _drive_till_admit(self, config_id, order_id, code, reason):
        """As :meth:`_drive_till_judge`; its member may order, or somebody said why they get it
        all the same."""
        order, answer = self._drive_till_judge(config_id, order_id, code)
        return order, answer or order._drive_admit(reason)

    def _drive_till_judge(self, config_id, order_id, code):
        """Return the order, with all rights, and ``None`` or the answer to give in
        place of it."""
        config = self._drive_till_config(config_id)
        order = self._drive_till_find(order_id, code)
        if not self.env.user._drive_operator("till"):
            return order, self.env["res.users"]._drive_who_answer()
        if not order:
            return order, {"refusal": self.env._("There is no drive order with this code.")}
        order = order.sudo()
        # A till's settings do not hold a payment back: the member stands there with the money.
        refusal = config._drive_settings_refusal() or order._drive_till_refusal(config)
        return order, {"refusal": refusal} if refusal else None

    # === FINDING === #

    @api.model
    def _drive_till_config(self, config_id):
        """Return the till, if this user may see it."""
        if isinstance(config_id, bool) or not isinstance(config_id, int):
            return self.env["pos.config"]
        return self.env["pos.config"].search([("id", "=", config_id)])

    @api.model
    def _drive_till_find(self, order_id, code):
        domain = Domain("is_drive", "=", True) & Domain("drive_state", "!=", "basket")
        if isinstance(order_id, int) and not isinstance(order_id, bool):
            return self.search(domain & Domain("id", "=", order_id))
        code = self._drive_read_code(code)
        if not code:
            return self.browse()
        return self.search(domain & Domain("drive_pickup_code", "=", code), limit=1)

    @api.model
    def _drive_read_code(self, text):
        """Return the pickup code in what was scanned or typed, in any case, with
        or without its prefix; or ``None``."""
        if not isinstance(text, str):
            return None
        code = "".join(text.split()).upper()
        if len(code) == len(ORDER_CODE_PREFIX) + CODE_LENGTH:
            code = code.removeprefix(ORDER_CODE_PREFIX)
        return code if len(code) == CODE_LENGTH and is_readable(code) else None

    @api.model
    def _drive_till_search_domain(self, text):
        text = readable(text).strip()[:64]
        part = escape_psql(text)
        code = self._drive_read_code(text)
        found = Domain("partner_id", "any!", [("name", "ilike", part)])
        found |= Domain("name", "ilike", part)
        if code:
            found |= Domain("drive_pickup_code", "=", code)
        return found & Domain("drive_state", "in", OPEN_STATES)

    @api.model
    def _drive_till_today_domain(self, point):
        begin, end = point._drive_day_bounds()
        slots = [("start", ">=", begin), ("start", "<", end)]
        return Domain("drive_state", "=", "ready") | (
            Domain("drive_state", "in", OPEN_STATES) & Domain("drive_slot_id", "any!", slots)
        )

    # === JUDGING === #

    def _drive_till_refusal(self, config):
        """Say why this order cannot be paid at this till now.

        :return: a sentence for the cashier, or ``None``; a hook for other addons
        """
        self.ensure_one()
        values = {
            "order": self._drive_till_name(),
            "point": self.drive_point_id.name,
            "ticket": self.drive_ticket_id.pos_reference or self.drive_ticket_id.name,
        }
        if not config.drive_point_id:
            return self.env._(
                "This till hands over no drive orders: a manager can give it a drive point in its settings."
            )
        if self.drive_point_id != config.drive_point_id:
            return self.env._("%(order)s is collected at %(point)s.", **values)
        if self.drive_ticket_id and self.drive_state != "done":
            return self.env._(
                "%(order)s is paid already (ticket %(ticket)s). Its goods could not "
                "be taken out of stock yet: the drive manager has been told.",
                **values,
            )
        if self.drive_ticket_id:
            return self.env._(
                "%(order)s is paid and handed over already (ticket %(ticket)s).",
                **values,
            )
        if self.drive_state == "ready":
            return None
        return self._drive_till_not_ready(values)

    def _drive_till_not_ready(self, values):
        if self.drive_state == "done":
            return self.env._("%(order)s is closed already: its member took nothing.", **values)
        if self.drive_state == "cancelled":
            return self.env._("%(order)s was cancelled.", **values)
        if self.drive_state == "no_show":
            return self.env._(
                "%(order)s was not collected in time: its goods are back on the shelves.",
                **values,
            )
        if self.drive_state == "basket":
            return self.env._("%(order)s has not been confirmed.", **values)
        slot, point = self.drive_slot_id, self.drive_point_id
        if slot and not point._drive_is_today(slot.start):
            return self.env._(
                "%(order)s is not prepared yet: it is to be collected on %(day)s.",
                day=slot._drive_day_label(),
                **values,
            )
        return self.env._(
            "%(order)s is not prepared yet. It can be paid once the preparers have marked it as ready.",
            **values,
        )

    def _drive_lock_for_payment(self):
        """Hold these orders' rows until the end of the transaction.

        Whoever comes second waits, then fails because the row has changed, and
        is run again by Odoo in a snapshot that shows the first one's ticket.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_order WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids),
            ),
            log_exceptions=False,
        )
