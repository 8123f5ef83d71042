/** @odoo-module ignore */
/*
 * Changes of the basket on their way to the shop: kept in the browser until they are
 * answered, sent one after the other, and again for as long as it takes. A change
 * names the quantity wanted, so sending it twice does no harm; `seq` grows, so a late
 * one changes nothing.
 */
(function () {
    "use strict";

    const shop = window.driveShop;
    const KEY = `drive-outbox-${document.body.dataset.owner}`;
    const PAGE_KEY = "drive-browser";
    const DAY = 24 * 3600 * 1000;
    const WAITS = [1000, 2000, 4000, 8000, 15000];

    let memory = [];
    const listeners = [];

    function read() {
        try {
            const kept = JSON.parse(localStorage.getItem(KEY)) || [];
            return kept.filter((change) => change.seq > Date.now() - DAY);
        } catch {
            // Private windows may keep nothing: the page's own memory then has to do.
            return memory;
        }
    }

    function write(changes) {
        memory = changes;
        try {
            localStorage.setItem(KEY, JSON.stringify(changes));
        } catch {
            // See above.
        }
    }

    /** All pages of one browser share a clock, so they count as one page. */
    function browserName() {
        try {
            let name = localStorage.getItem(PAGE_KEY);
            if (!name) {
                name = Math.random().toString(36).slice(2, 12);
                localStorage.setItem(PAGE_KEY, name);
            }
            return name;
        } catch {
            return "";
        }
    }

    let lastSeq = 0;
    function nextSeq() {
        lastSeq = Math.max(Date.now(), lastSeq + 1);
        return lastSeq;
    }

    function tell(event, change, answer) {
        for (const listener of listeners) {
            listener(event, change, answer);
        }
    }

    /** Put a change in the outbox; a later one for the same product replaces it. */
    function put(change) {
        const full = { ...change, seq: nextSeq(), page: browserName() };
        const others = read().filter(
            (one) => one.product_id !== change.product_id || one.seq === sending
        );
        write([...others, full]);
        tell("pending", full);
        flush();
    }

    function pendingFor(productId) {
        return read().filter((change) => change.product_id === productId);
    }

    let sending = null;
    let tries = 0;
    let timer = null;

    async function send() {
        for (let changes = read(); changes.length; changes = read()) {
            const [change] = changes;
            sending = change.seq;
            let answer;
            try {
                answer = await shop.ask("basket/set", change);
            } catch {
                sending = null;
                tell("waiting", change);
                timer = setTimeout(flush, WAITS[Math.min(tries, WAITS.length - 1)]);
                tries += 1;
                return;
            }
            sending = null;
            tries = 0;
            write(read().filter((one) => one.seq !== change.seq));
            tell("answered", change, answer);
        }
        tell("empty");
    }

    let busy = false;
    async function flush() {
        if (busy) {
            return;
        }
        busy = true;
        clearTimeout(timer);
        try {
            // Two tabs share the outbox: one of them sends.
            if (navigator.locks) {
                await navigator.locks.request(KEY, send);
            } else {
                await send();
            }
        } finally {
            busy = false;
        }
    }

    window.addEventListener("online", flush);
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible" && read().length) {
            flush();
        }
    });

    shop.outbox = {
        flush,
        listen: (listener) => listeners.push(listener),
        pendingFor,
        put,
        read,
    };
})();
