"""A till beside the races: what it sells leaves the shelf, whoever was promised it."""

import contextlib
import uuid
from datetime import datetime

TRIES = 5


class Till:
    """An open session of a till, as the administrator."""

    def __init__(self, shop):
        self.rpc = shop.rpc
        code = uuid.uuid4().hex[:5].upper()
        journal = self.rpc.call("account.journal", "create", {"name": code, "type": "bank", "code": code})
        self.method = self.rpc.call("pos.payment.method", "create", {"name": "Race", "journal_id": journal})
        config = self.rpc.call("pos.config", "create", {"name": "Race", "payment_method_ids": [(6, 0, [self.method])]})
        self.rpc.call("pos.config", "open_ui", [config])
        [till] = self.rpc.call("pos.config", "read", [config], ["current_session_id", "company_id"])
        self.session, self.company = till["current_session_id"][0], till["company_id"][0]
        self.rpc.call("pos.session", "set_opening_control", [self.session], 0, None)

    def sell(self, product, price=1.0):
        """Sell one piece: paid, and gone from the shelf.

        A till keeps a ticket that did not get through, and sends it again.
        """
        now = datetime.utcnow().strftime("%Y-%m-%d %H:%M:%S")
        line = {
            "uuid": str(uuid.uuid4()),
            "product_id": product,
            "qty": 1,
            "price_unit": price,
            "price_subtotal": price,
            "price_subtotal_incl": price,
            "tax_ids": [(6, 0, [])],
        }
        payment = {"amount": price, "name": now, "payment_method_id": self.method}
        ticket = {
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
            "lines": [(0, 0, line)],
            "payment_ids": [(0, 0, payment)],
            "amount_paid": price,
            "amount_total": price,
            "amount_tax": 0,
            "amount_return": 0,
            "sequence_number": 1,
            "last_order_preparation_change": "{}",
            "to_invoice": False,
            "state": "paid",
        }
        for _try in range(TRIES):
            with contextlib.suppress(RuntimeError):
                return self.rpc.call("pos.order", "sync_from_ui", [ticket])
        raise AssertionError("the till could not send its ticket")
