"""The four people of a drive day, each with a browser of their own."""

import re
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import expect

CENT = Decimal("0.01")


def euros(text):
    """The amount in a text such as "≈ 24,28 €"."""
    return Decimal(re.search(r"[\d\s\u202f]+,\d\d", text).group().replace(",", ".").replace("\u202f", "").strip())


def rounded(amount):
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


class Member:
    """Orders on a phone."""

    def __init__(self, page):
        self.page = page

    def put(self, product, quantity):
        """Put a product in the basket, as it is found by its name."""
        page = self.page
        page.goto(f"/drive/search?q={product}")
        card = page.locator(".card").filter(has=page.get_by_role("link", name=product, exact=True))
        card.get_by_role("button", name=f"Ajouter {product}").click()
        field = card.get_by_label(f"Quantité : {product}")
        field.fill(quantity)
        field.press("Enter")
        expect(page.locator(".is-pending")).to_have_count(0)
        expect(field).to_have_value(quantity)

    def hold_a_slot(self):
        """Hold the first free slot."""
        self.page.goto("/drive/slots")
        self.page.locator("form[action='/drive/slots/hold'] button").first.click()
        expect(self.page.get_by_text("Votre créneau est gardé")).to_be_visible()

    def confirm(self):
        """Confirm; return the order's id and its code."""
        self.page.goto("/drive/checkout")
        self.page.get_by_role("button", name="Commander").click()
        self.page.wait_for_url("**/drive/orders/*")
        expect(self.page.locator(".pickup__qr svg")).to_be_visible()
        return int(self.page.url.rpartition("/")[2]), self.page.locator(".pickup__code").inner_text()


def unfold(screen, wanted):
    """Open what is folded until what is wanted can be seen."""
    for fold in screen.locator("details").filter(has=wanted).all():
        if not wanted.is_visible():
            fold.locator("> summary").click()


class Volunteer:
    """Prepares on a phone."""

    def __init__(self, page, code):
        self.page, self.code = page, code

    def begin(self):
        page = self.page
        page.goto("/odoo/preparation")
        order = page.locator(".o_drive_order").filter(has_text=self.code)
        page.locator(".o_drive_board").wait_for()
        unfold(page.locator(".o_drive_board"), order)
        order.click()
        page.get_by_role("button", name="Commencer").click()
        # Its member may still change it: the screen asks first.
        page.get_by_role("button", name="Oui").click()

    def treat_all(self, weights, short):
        """Follow the screen: weigh, tick, or say how many are there.

        :return: the names, in the order of the screen
        """
        page = self.page
        count = page.locator(".o_drive_count")
        total = int(count.inner_text().split("/")[1])
        names = []
        for treated in range(1, total + 1):
            name = page.locator(".o_drive_line_step h1").inner_text()
            names.append(name)
            if name in short:
                page.get_by_role("button", name="Manquant").click()
                page.get_by_role("button", name="Pas assez").click()
                page.get_by_role("button", name=short[name], exact=True).click()
                # What is similar is offered.
                page.get_by_role("button", name="Rien à la place").click()
            else:
                if name in weights:
                    page.get_by_role("textbox").fill(weights[name])
                page.locator(".o_drive_taken").click()
            expect(count).to_contain_text(f"{treated}/{total}")
        return names

    def put_crates_away(self):
        """One crate for each kind of goods, at the first place of its kind."""
        page = self.page
        for storage in page.locator(".o_drive_storage").all():
            if not storage.locator(".o_drive_crate").count():
                storage.get_by_role("button", name="Ajouter une cagette").click()
            storage.locator(".o_drive_choice").first.click()
            expect(storage.get_by_role("button", name="Déplacer")).to_be_visible()

    def finish(self):
        self.page.locator(".o_drive_bar .o_drive_big").click()
        expect(self.page.get_by_role("button", name="Reprendre la préparation")).to_be_visible()
        expect(self.page.locator(".o_drive_waiting")).to_have_text("")


class Cashier:
    """Hands over at the till."""

    def __init__(self, page):
        self.page = page

    def open_till(self, config_id):
        page = self.page
        page.goto(f"/pos/ui/{config_id}")
        start = page.locator(".open-register-btn, .modal-footer button, .product-screen")
        start.first.wait_for(timeout=60_000)
        if page.locator(".open-register-btn").is_visible():
            page.locator(".open-register-btn").click()
        page.locator(".modal .opening-cash-section, .product-screen").first.wait_for()
        # The screen may be there before the question.
        if page.evaluate("posmodel.shouldShowOpeningControl()"):
            page.locator(".modal-footer .btn-primary").click()
        page.locator(".modal").wait_for(state="detached")
        page.locator(".product-screen").wait_for()

    def scan(self, text):
        """A scanner types at once, and ends with Enter: sent key by key from here, a busy
        machine makes two codes of it."""
        self.page.evaluate(
            """text => {
                document.activeElement.blur();
                for (const key of [...text, "Enter"]) {
                    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                }
            }""",
            text,
        )

    def take_crates(self):
        """Touch each crate that is to be brought; the last one closes nothing by itself."""
        popup = self.page.locator(".drive-crates-popup")
        popup.wait_for()
        while popup.locator("li.is-open").count():
            left = popup.locator("li.is-open").count()
            popup.locator("li.is-open .drive-crates-tick").first.click()
            expect(popup.locator("li.is-open")).to_have_count(left - 1)
        self.page.locator(".drive-crates-done").click()
        popup.wait_for(state="detached")

    def lines(self):
        """What the ticket says: ``{product: (quantity, amount)}`` as texts."""
        rows = self.page.locator(".order-container .orderline")
        return {
            row.locator(".product-name .text-wrap").inner_text().strip(): (
                row.locator(".qty").inner_text(),
                row.locator(".product-price").inner_text(),
            )
            for row in rows.all()
        }

    def pay(self, method):
        """Take the money; return the amount."""
        page = self.page
        page.locator(".pay-order-button").click()
        page.locator(".paymentmethod").filter(has_text=method).click()
        amount = euros(page.locator(".paymentline .payment-amount, .paymentline").first.inner_text())
        page.locator(".payment-screen .validation-button.next").click()
        page.locator(".pos-receipt, .receipt-screen").first.wait_for()
        return amount
