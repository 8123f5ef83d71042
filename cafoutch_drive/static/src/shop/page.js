/** @odoo-module ignore */
/*
 * What the other files of the shop's pages share. Every page works without any of
 * this: forms post, links lead. JavaScript only makes it quicker and sturdier.
 */
(function () {
    "use strict";

    const words = {};
    const store = document.getElementById("words");
    if (store) {
        for (const word of store.content.querySelectorAll("[data-word]")) {
            words[word.dataset.word] = word.textContent;
        }
    }

    /** A sentence in the reader's language, its {holes} filled. */
    function say(name, values = {}) {
        return (words[name] || "").replace(/\{(\w+)\}/g, (_hole, key) => values[key]);
    }

    const language = document.documentElement.lang || undefined;
    const money = new Intl.NumberFormat(language, {
        style: "currency",
        currency: document.body.dataset.currency || "EUR",
    });
    // Fields are read again: "1,000" would be one.
    const number = new Intl.NumberFormat(language, {
        maximumFractionDigits: 3,
        useGrouping: false,
    });

    /** Say something to people who do not see the page change. */
    function announce(sentence) {
        const status = document.getElementById("status");
        if (status && sentence) {
            status.textContent = sentence;
        }
    }

    /** Show a sentence above the page until it is closed. */
    function toast(sentence) {
        closeToast();
        const box = document.createElement("div");
        box.className = "toast";
        box.setAttribute("role", "alert");
        const text = document.createElement("p");
        text.textContent = sentence;
        const close = document.createElement("button");
        close.type = "button";
        close.setAttribute("aria-label", say("close"));
        close.textContent = "×";
        close.addEventListener("click", closeToast);
        box.append(text, close);
        document.body.append(box);
    }

    function closeToast() {
        document.querySelector(".toast")?.remove();
    }

    /** The server was not reached, or is not itself: ask again, with the same words. */
    class Unreachable extends Error {
        /** Whether it is there, and only this question has no answer. */
        answered = false;
    }

    // On a phone shelves are a row to push: the one that is open is in sight.
    const shelves = document.querySelector(".shelves");
    const open = shelves?.querySelector("[aria-current]");
    if (open) {
        shelves.scrollLeft = open.offsetLeft - (shelves.clientWidth - open.offsetWidth) / 2;
    }

    const PATIENCE = 15000;

    /**
     * Ask the shop something; answers are sentences, refusals too.
     *
     * @throws {Unreachable} when there was no answer
     */
    async function ask(path, params) {
        // Whose basket this page shows: by now another one may be open in this browser.
        const owner = document.body.dataset.owner;
        const impatience = new AbortController();
        const timer = setTimeout(() => impatience.abort(), PATIENCE);
        let body;
        try {
            const response = await fetch(`/drive/api/${path}`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({
                    jsonrpc: "2.0",
                    method: "call",
                    params: { ...params, owner },
                }),
                signal: impatience.signal,
                keepalive: true,
            });
            body = response.ok ? await response.json() : null;
        } catch {
            body = null;
        } finally {
            clearTimeout(timer);
        }
        if (!body || body.error || !body.result) {
            throw Object.assign(new Unreachable(path), { answered: Boolean(body) });
        }
        if (body.result.code === "signed_out") {
            const here = encodeURIComponent(location.pathname + location.search);
            location.assign(`/web/login?redirect=${here}`);
        }
        return body.result;
    }

    /** Do something with what the browser keeps; null where it refuses. */
    function inBrowser(work) {
        try {
            return work(localStorage);
        } catch {
            return null;
        }
    }

    /** Do something with what this tab keeps; null where the browser refuses. */
    function inTab(work) {
        try {
            return work(sessionStorage);
        } catch {
            return null;
        }
    }

    const NOTICE = "drive-notice";

    let leaving = false;

    /** Load the page again, as it is now, with a sentence that says why. */
    function reread(sentence) {
        leaving = true;
        inTab((kept) => kept.setItem(NOTICE, sentence));
        location.reload();
    }

    /** What the page before this one had to say; null when it was nothing. */
    function takeNotice() {
        const sentence = inTab((kept) => kept.getItem(NOTICE));
        inTab((kept) => kept.removeItem(NOTICE));
        return sentence;
    }

    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    // A page kept by the browser shows an old basket: read it again.
    window.addEventListener("pageshow", (event) => {
        if (event.persisted) {
            location.reload();
        }
    });

    window.driveShop = {
        announce,
        ask,
        closeToast,
        inBrowser,
        inTab,
        isLeaving: () => leaving,
        money: (amount) => money.format(amount),
        number: (value) => number.format(value),
        pause,
        reread,
        say,
        takeNotice,
        toast,
    };
})();
