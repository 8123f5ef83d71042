/** @odoo-module ignore */
/*
 * The last open order is kept on the phone, to be shown at the door without a line: its
 * code, slot and lines, and nothing else. It is forgotten when it is over, when its
 * member signs out, and when somebody else signs in.
 */
(function () {
    "use strict";

    const { inBrowser } = window.driveShop;
    const KEY = "drive-order";
    const [person, served] = document.body.dataset.owner.split("-");

    function read() {
        return inBrowser((store) => JSON.parse(store.getItem(KEY)));
    }

    function forget() {
        inBrowser((store) => store.removeItem(KEY));
    }

    /** Say that this page will not be there without a network. */
    function warn() {
        document.querySelector("[data-unkept]")?.removeAttribute("hidden");
    }

    /** Keep the order that a page shows, or forget it when it is no longer open. */
    function keep(page) {
        const order = page.querySelector("[data-order]");
        if (!order) {
            return;
        }
        const { order: name, until } = order.dataset;
        if (!until) {
            if (read()?.name === name) {
                forget();
            }
            return;
        }
        const parts = [...order.querySelectorAll("[data-keep]")];
        const html = parts.map((part) => part.outerHTML).join("");
        const kept = { person, name, html, saved: Date.now(), until: Date.parse(until) };
        const isKept = inBrowser((store) => {
            store.setItem(KEY, JSON.stringify(kept));
            return true;
        });
        if (!isKept) {
            warn();
        }
    }

    /** The list of orders: keep the first that is open, when none of those is kept. */
    async function keepOneOf(links) {
        const names = links.map((link) => link.dataset.openOrder);
        if (names.includes(read()?.name)) {
            return;
        }
        forget();
        if (!links.length) {
            return;
        }
        try {
            const response = await fetch(links[0].href);
            const text = response.ok ? await response.text() : "";
            keep(new DOMParser().parseFromString(text, "text/html"));
        } catch {
            // It is kept when its own page is opened.
        }
    }

    const kept = read();
    if (kept && (kept.person !== person || kept.until < Date.now())) {
        forget();
    }
    // Staff who order for a member keep nothing of it on the shop's own devices.
    if (!served) {
        keep(document);
        const list = document.querySelector("[data-orders]");
        if (list) {
            keepOneOf([...list.querySelectorAll("[data-open-order]")]);
        }
    }
    document.addEventListener("click", (event) => {
        if (event.target.closest("a[href^='/web/session/logout']")) {
            forget();
        }
    });
    window.addEventListener("load", async () => {
        try {
            await navigator.serviceWorker.register("/drive/service-worker.js", { scope: "/drive" });
        } catch {
            // Refused, or there is none without HTTPS: all works as before, with a network.
            warn();
        }
    });
})();
