/** @odoo-module ignore */
/* Hearts: without the page going away, and said to those who do not see them fill. */
(function () {
    "use strict";

    const shop = window.driveShop;

    function show(button, on) {
        button.setAttribute("aria-pressed", String(on));
        // In a list the product goes with it: "7:1".
        button.value = button.value.replace(/[01]$/, on ? "0" : "1");
    }

    document.addEventListener("submit", async (event) => {
        const form = event.target;
        if (!form.matches("form.heart, #like")) {
            return;
        }
        event.preventDefault();
        const button = event.submitter;
        const on = button.value.endsWith("1");
        const product = form.elements.product_id?.value || button.value.split(":")[0];
        // What was pressed shows at once; the last press is what counts.
        show(button, on);
        try {
            const answer = await shop.ask("favourites/set", { product_id: Number(product), on });
            if (answer.code) {
                show(button, !on);
                shop.toast(answer.message);
            } else {
                shop.announce(answer.message);
            }
        } catch {
            show(button, !on);
            shop.toast(shop.say("failed"));
        }
    });
})();
