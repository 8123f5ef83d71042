"""A till beside the races: what it sells leaves the shelf, whoever was promised it."""

import contextlib
import uuid
from datetime import datetime, timedelta

TRIES = 5


class Till:
    """An open session of a till, as the administrator.

    :param values: of the till, such as the drive point whose baskets it hands over
    """

    def __init__(self, shop, **values):
        self.rpc = shop.rpc
        code = uuid.uuid4().hex[:5].upper()
        journal = self.rpc.call("account.journal", "create", {"name": code, "type": "bank", "code": code})
        self.method = self.rpc.call("pos.payment.method", "create", {"name": "Race", "journal_id": journal})
        self.config = self.rpc.call(
            "pos.config", "create", {"name": "Race", "payment_method_ids": [(6, 0, [self.method])], **values}
        )
        self.rpc.call("pos.config", "open_ui", [self.config])
        [till] = self.rpc.call("pos.config", "read", [self.config], ["current_session_id", "company_id"])
        self.session, self.company = till["current_session_id"][0], till["company_id"][0]
        self.rpc.call("pos.session", "set_opening_control", [self.session], 0, None)

    def close(self):
        self.rpc.call("pos.session", "close_session_from_ui", [self.session])

    def line(self, product, quantity, price, **values):
        total = round(quantity * price + 1e-9, 2)
        return {
            "uuid": str(uuid.uuid4()),
            "product_id": product,
            "qty": quantity,
            "price_unit": price,
            "price_subtotal": total,
            "price_subtotal_incl": total,
            "tax_ids": [(6, 0, [])],
            **values,
        }

    def ticket(self, lines, minutes_ago=0, **values):
        """What a till says when a ticket is paid."""
        now = (datetime.utcnow() - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%d %H:%M:%S")
        total = round(sum(line["price_subtotal_incl"] for line in lines), 2)
        payment = {"amount": total, "name": now, "payment_method_id": self.method}
        return {
            "uuid": str(uuid.uuid4()),
            "name": "Race",
            "access_token": str(uuid.uuid4()),
            "session_id": self.session,
            "company_id": self.company,
            "user_id": self.rpc.user_id,
            "partner_id": False,
            "pricelist_id": False,
            "fiscal_position_id": False,
            "date_order": now,
            "lines": [(0, 0, line) for line in lines],
            "payment_ids": [(0, 0, payment)],
            "amount_paid": total,
            "amount_total": total,
            "amount_tax": 0,
            "amount_return": 0,
            "sequence_number": 1,
            "last_order_preparation_change": "{}",
            "to_invoice": False,
            "state": "paid",
            **values,
        }

    def sell(self, product, price=1.0):
        """Sell one piece: paid, and gone from the shelf.

        A till keeps a ticket that did not get through, and sends it again.
        """
        ticket = self.ticket([self.line(product, 1, price)])
        for _try in range(TRIES):
            with contextlib.suppress(RuntimeError):
                return self.rpc.call("pos.order", "sync_from_ui", [ticket])
        raise AssertionError("the till could not send its ticket")
