/** @odoo-module ignore */
/*
 * Who waits in line learns of an offer while a page is open: it asks now and then, as long
 * as somebody looks at it. Pages other than those of the slots and the basket cost nothing
 * more for that: the browser remembers that something is waited for.
 */
(function () {
    "use strict";

    const shop = window.driveShop;
    const EVERY = 30000;
    const MARK = `drive-waiting-${document.body.dataset.owner}`;
    const shown = () => document.getElementById("waiting");

    /** Remember whether this person waits for anything. */
    function remember(panel) {
        shop.inBrowser((store) =>
            panel.dataset.now ? store.setItem(MARK, "1") : store.removeItem(MARK)
        );
    }

    /** A browser that keeps nothing knows what this page shows. */
    function isWaiting() {
        return shop.inBrowser((store) => store.getItem(MARK)) || shown()?.dataset.now;
    }

    function put(fresh) {
        const old = shown();
        const hadFocus = old?.contains(document.activeElement);
        if (old) {
            old.replaceWith(fresh);
        } else {
            document.getElementById("content").prepend(fresh);
        }
        if (hadFocus) {
            fresh.focus();
        }
        const offers = (panel) => [...(panel?.querySelectorAll("[id^=offer-]") || [])];
        const known = new Set(offers(old).map((title) => title.id));
        const title = offers(fresh).find((one) => !known.has(one.id));
        if (title) {
            shop.toast(title.textContent);
        }
    }

    async function look() {
        if (document.hidden || !isWaiting()) {
            return;
        }
        try {
            const response = await fetch("/drive/waiting/panel", { redirect: "error" });
            const text = response.ok ? await response.text() : "";
            const page = new DOMParser().parseFromString(text, "text/html");
            const fresh = page.getElementById("waiting");
            if (fresh && fresh.dataset.now !== (shown()?.dataset.now || "")) {
                remember(fresh);
                put(fresh);
            }
        } catch {
            // Not reached, or signed out: the next time will do, and the mail has left.
        }
    }

    // Pages of nobody, as behind the link of a mail, ask nothing.
    if (document.body.dataset.owner) {
        if (shown()) {
            remember(shown());
        }
        setInterval(look, EVERY);
        document.addEventListener("visibilitychange", look);
    }
})();
