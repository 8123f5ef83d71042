/** @odoo-module ignore */
/*
 * Confirming: one press is enough. The key in the form makes each further try the
 * same confirmation, so a lost answer is asked for again.
 */
(function () {
    "use strict";

    const shop = window.driveShop;
    // What the page shows has changed: it is read again, and the sentence goes along.
    const READ_AGAIN = ["total", "gone", "hold_expired"];
    const WAITS = [500, 1000, 2000, 4000, 8000];

    function setBusy(form, busy) {
        const button = form.querySelector("button[type=submit]");
        form.dataset.busy = busy ? "1" : "";
        button.setAttribute("aria-disabled", String(busy));
    }

    function show(form, sentence) {
        const place = form.querySelector("[data-answer]");
        place.textContent = sentence;
        place.hidden = false;
    }

    async function insist(params, form) {
        for (const wait of WAITS) {
            try {
                const answer = await shop.ask("checkout/confirm", params);
                if (answer.code !== "busy") {
                    return answer;
                }
            } catch {
                show(form, shop.say("retrying"));
            }
            await shop.pause(wait);
        }
        return null;
    }

    async function confirm(form) {
        setBusy(form, true);
        if (shop.outbox.read().length) {
            // What was tapped on an earlier page is part of the order.
            show(form, shop.say("retrying"));
            await shop.outbox.settled();
            if (shop.isLeaving()) {
                // The page is loaded again, to show them before they are ordered.
                return;
            }
        }
        const params = Object.fromEntries(new FormData(form));
        delete params.csrf_token;
        const answer = await insist(params, form);
        if (!answer) {
            show(form, shop.say("failed"));
            setBusy(form, false);
        } else if (READ_AGAIN.includes(answer.code)) {
            shop.reread(answer.message);
        } else if (answer.code) {
            show(form, answer.message);
            setBusy(form, false);
        } else {
            location.assign(answer.url);
        }
    }

    /** Whether anything was typed or chosen since the page was made. */
    const isTouched = ({ elements: { note, substitution } }) =>
        note.value !== note.defaultValue ||
        [...substitution].some((choice) => choice.checked !== choice.defaultChecked);

    // However the page is left, what was typed is kept with the basket.
    window.addEventListener("pagehide", () => {
        const form = document.querySelector("[data-confirm]");
        if (form && !form.dataset.busy && isTouched(form)) {
            fetch("/drive/checkout/keep", {
                method: "POST",
                body: new URLSearchParams(new FormData(form)),
                redirect: "manual",
                keepalive: true,
            });
        }
    });

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (form.dataset.busy) {
            event.preventDefault();
        } else if (
            form.matches("[data-confirm]") &&
            // What leads elsewhere takes along what was typed, and confirms nothing.
            !event.submitter?.hasAttribute("formaction")
        ) {
            event.preventDefault();
            confirm(form);
        } else if (form.matches("[data-once]")) {
            setBusy(form, true);
        }
    });

    const notice = shop.takeNotice();
    const form = document.querySelector("[data-confirm]");
    if (notice && form) {
        show(form, notice);
        form.scrollIntoView({ block: "end" });
    } else if (notice) {
        shop.toast(notice);
    }
})();
