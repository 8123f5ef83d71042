/** @odoo-module ignore */
/* The page may hold no program of its own: see `ir_http_headers.py`. */
(function () {
    "use strict";

    document.querySelector(".print").addEventListener("click", () => window.print());
    document.querySelector(".back").addEventListener("click", (event) => {
        // The till or the menu that opened it is still there behind it.
        if (window.opener) {
            event.preventDefault();
            window.close();
        }
    });
})();
