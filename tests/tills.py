"""A till whose browser can die or lose its network, and the basket that it hands over."""

import contextlib
import json
import re
from decimal import Decimal

from playwright.sync_api import Error, expect

from people import Cashier, euros
from support import Rpc, run_check

SYNC = "**/pos.order/sync_from_ui*"


class Basket:
    """A basket that waits, and what the database says of it."""

    def __init__(self, query, order, code):
        self.query, self.order, self.code = query, order, code
        self.before = self.on_hand()

    def on_hand(self):
        """What the shop has of each of its products."""
        rows = self.query(
            "SELECT q.product_id, sum(q.quantity) FROM stock_quant q JOIN stock_location l ON l.id = q.location_id"
            " WHERE l.usage = 'internal' AND q.product_id IN"
            "  (SELECT product_id FROM sale_order_line WHERE order_id = %s) GROUP BY 1",
            self.order,
        )
        return {product: Decimal(str(quantity)) for product, quantity in rows}

    def prepared(self):
        return self._quantities("drive_prepared_qty")

    def handed_over(self):
        """What was prepared, but for what was missing at the till."""
        return self._quantities("drive_prepared_qty - coalesce(drive_refused_qty, 0)")

    def _quantities(self, of_line):
        """The sum of an expression of its lines for each product, where that is more than nothing."""
        rows = self.query(
            f"SELECT product_id, sum({of_line}) FROM sale_order_line WHERE order_id = %s"
            f" GROUP BY 1 HAVING sum({of_line}) > 0",
            self.order,
        )
        return {product: Decimal(str(quantity)) for product, quantity in rows}

    def receipt_notes(self, shop):
        """What the server has of it for the receipt, as the reprint says it."""
        [[ticket, *_amounts]] = self.tickets()
        [row] = Rpc(shop.url, shop.database, "caissier")(
            "pos.order", "read", [ticket], ["drive_receipt"], context={"lang": "fr_FR"}
        )
        [basket] = json.loads(row["drive_receipt"])
        return basket["notes"]

    def state(self):
        [[state]] = self.query("SELECT drive_state FROM sale_order WHERE id = %s", self.order)
        return state

    def tickets(self):
        """The amounts of the tickets that were paid for it."""
        return self.query(
            "SELECT t.id, t.amount_total, t.amount_paid FROM pos_order t WHERE t.state IN ('paid', 'done', 'invoiced')"
            "   AND t.id IN (SELECT order_id FROM pos_order_line WHERE sale_order_origin_id = %s)",
            self.order,
        )

    def missing(self):
        """What was said of its crates that nobody found, where somebody was asked to look for them."""
        rows = self.query(
            "SELECT c.missing_reason FROM drive_crate c WHERE c.order_id = %s AND c.missing_reason IS NOT NULL"
            "   AND EXISTS (SELECT FROM mail_activity a WHERE a.res_model = 'sale.order' AND a.res_id = c.order_id)",
            self.order,
        )
        return [reason for (reason,) in rows]

    def is_untouched(self):
        return (self.state(), self.tickets(), self.on_hand()) == ("ready", [], self.before)

    def check_paid_once(self, shop, amount):
        assert [(Decimal(str(total)), Decimal(str(paid))) for _id, total, paid in self.tickets()] == [(amount, amount)]
        assert self.state() == "done"
        after = self.on_hand()
        gone = {product: before - after[product] for product, before in self.before.items()}
        assert {product: quantity for product, quantity in gone.items() if quantity} == self.handed_over()
        assert run_check(shop) == (0, "")


class Till:
    """The till of a browser that can die.

    :param bool keeps: whether the next browser has what this one kept
    """

    def __init__(self, shop, config, new_page, sign_in, keeps=True):
        self._shop, self._config, self._keeps = shop, config, keeps
        self._new_page, self._sign_in = new_page, sign_in
        self.errors = []
        self.page = self._new_browser()

    def _note(self, error):
        self.errors.append(error)

    def _new_browser(self):
        # The till does not start where it cannot keep its pages.
        page = self._new_page(1280, 800, base_url=self._shop.url, service_workers="allow")
        self._sign_in(page, "caissier")
        return page

    def start(self):
        Cashier(self.page).open_till(self._config)

    def die(self):
        """The browser is gone without a word; the next one has opened nothing yet."""
        dead = self.page
        context = dead.context
        with dead.expect_event("crash"), contextlib.suppress(Error):
            dead.goto("chrome://crash")
        dead.close()
        if self._keeps:
            self.page = context.new_page()
            self.page.on("pageerror", self._note)
        else:
            context.close()
            self.page = self._new_browser()

    def show(self, basket):
        """Open the basket from the list; its articles are on the ticket, once."""
        self.page.locator(".drive-button").click()
        self.page.locator(f".drive-order[data-code='{basket.code}']").click()
        expect(self.page.locator(".order-container .orderline")).to_have_count(len(basket.prepared()))

    def crates_to_bring(self):
        return self.page.locator(".drive-crates-popup li.is-open")

    def tick_a_crate(self):
        left = self.crates_to_bring().count()
        self.crates_to_bring().first.locator(".drive-crates-tick").click()
        expect(self.crates_to_bring()).to_have_count(left - 1)

    def miss_a_crate(self):
        """Say that one cannot be found; return the reason."""
        left = self.crates_to_bring().count()
        self.crates_to_bring().first.locator(".drive-crates-miss").click()
        button = self.page.locator(".drive-crates-reasons button").first
        reason = button.inner_text()
        button.click()
        expect(self.crates_to_bring()).to_have_count(left - 1)
        return reason

    def take_off_missing(self):
        """Take what was in the missing crate off the ticket."""
        missing = self.page.locator(".drive-missing")
        if missing.locator("[aria-pressed='true']").count() == 0:
            missing.locator(".drive-missing-article").first.click()
        missing.locator(".drive-missing-go").click()
        expect(missing).to_have_count(0)

    def leave_crates(self):
        """Not now, where there are some to be brought."""
        popup = self.page.locator(".drive-crates-popup")
        if self.crates_to_bring().count():
            self.page.locator(".drive-crates-done").click()
        popup.wait_for(state="detached")

    def take_nothing(self):
        self.page.locator(".more-btn").click()
        self.page.get_by_role("button", name="Rien n’est pris").click()

    def say_where_all_goes(self):
        """Each article that nobody has said anything of is lost."""
        self.page.locator(".drive-refused-go").wait_for()
        for row in self.page.locator(".drive-refused li").all():
            if not row.locator("[aria-pressed='true']").count():
                row.locator("[data-fate='loss']").click()
        self.page.locator(".drive-refused-go").click()

    def read_no_network(self):
        """The sentence that says what to do, read and put away."""
        dialog = self.page.locator(".modal").filter(has_text="sans le réseau")
        expect(dialog).to_contain_text(re.compile("recommencez", re.IGNORECASE))
        dialog.locator(".modal-footer button").click()
        expect(dialog).to_have_count(0)

    def be_back(self):
        """The network is there again, and the till knows."""
        with self.page.expect_response("**/pos/ping"):
            self.page.context.set_offline(False)

    def receipt_notes(self):
        """What the receipt says of the basket, without its code and the heading."""
        return self.page.locator(".pos-receipt .drive-receipt > div").all_inner_texts()[2:]

    def bring_all_crates(self):
        while self.crates_to_bring().count():
            self.tick_a_crate()
        self.page.locator(".drive-crates-done").click()
        self.page.locator(".drive-crates-popup").wait_for(state="detached")

    def go_to_payment(self):
        """The payment screen, with one payment of all of it; return the amount."""
        self.page.locator(".pay-order-button").click()
        self.page.locator(".payment-screen").wait_for()
        lines = self.page.locator(".paymentline")
        if not lines.count():
            self.page.locator(".paymentmethod").filter(has_text="Carte").click()
        expect(lines).to_have_count(1)
        return euros(lines.inner_text())

    def validate(self):
        self.page.locator(".payment-screen .validation-button.next").click()

    def validate_unsent(self):
        """Validate; the ticket is on its way, and not at the server yet."""
        self.page.route(SYNC, lambda route: None)
        with self.page.expect_request(SYNC):
            self.validate()

    def lose_the_answer(self):
        """A context in which a ticket gets to the server, and its answer gets lost."""

        def lose(route):
            route.fetch()
            route.abort("connectionreset")

        self.page.route(SYNC, lose)
        return self.page.expect_event("requestfailed", lambda request: "sync_from_ui" in request.url)
