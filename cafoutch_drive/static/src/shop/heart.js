/** @odoo-module ignore */
/* Hearts: without the page going away, and said to those who do not see them fill. */
(function () {
    "use strict";

    const shop = window.driveShop;

    function show(button, on) {
        button.setAttribute("aria-pressed", String(on));
        button.value = on ? "0" : "1";
    }

    document.addEventListener("submit", async (event) => {
        const form = event.target;
        if (!form.matches("form.heart")) {
            return;
        }
        event.preventDefault();
        const button = form.querySelector("button");
        const on = button.value === "1";
        // What was pressed shows at once; the last press is what counts.
        show(button, on);
        try {
            const answer = await shop.ask("favourites/set", {
                product_id: Number(form.elements.product_id.value),
                on,
            });
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
