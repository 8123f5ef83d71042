/** @odoo-module ignore */
/* The page that is shown without a line: puts in it the order that is kept on the phone. */
(function () {
    "use strict";

    const KEY = "drive-order";

    function read() {
        try {
            const kept = JSON.parse(localStorage.getItem(KEY));
            return kept && kept.until > Date.now() ? kept : null;
        } catch {
            return null;
        }
    }

    const kept = read();
    document.querySelector(kept ? "[data-kept]" : "[data-none]").hidden = false;
    if (kept) {
        const order = new DOMParser().parseFromString(kept.html, "text/html");
        document.querySelector("[data-kept-order]").append(...order.body.childNodes);
        const language = document.documentElement.lang || undefined;
        const moment = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
        document.querySelector("[data-kept-name]").textContent = kept.name;
        document.querySelector("[data-kept-saved]").textContent = moment.format(kept.saved);
    }
})();
