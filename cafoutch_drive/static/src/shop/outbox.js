/** @odoo-module ignore */
/*
 * Changes of the basket on their way to the shop: kept in the browser until they are
 * answered, sent one after the other, and again for as long as it takes. A change
 * names the quantity wanted, so sending it twice does no harm; `seq` grows, so a late
 * one changes nothing.
 *
 * Each change is an entry of its own: pages that are open side by side then never
 * write over each other's. They need not agree on who sends it either.
 */
(function () {
    "use strict";

    const shop = window.driveShop;
    const { inBrowser, inTab } = shop;
    const { owner } = document.body.dataset;
    const ALL = "drive-outbox-";
    const MINE = `${ALL}${owner}/`;
    const BROWSER = "drive-browser";
    const LAST = "drive-last-seq";
    const ANSWERED = `drive-answered-${owner}`;
    const DAY = 24 * 3600 * 1000;
    // How long signing out waits for what is not sent yet, in ms.
    const FAREWELL = 3000;
    // How long the next page is under way at most, in ms.
    const RECENT = 120000;
    const WAITS = [1000, 2000, 4000, 8000, 15000];

    // What this page sends: private windows may keep nothing, then this has to do.
    const here = new Map();
    // What other pages say is answered: the browser may show it as kept a moment longer.
    const answeredElsewhere = new Set();
    const listeners = [];
    const others = "BroadcastChannel" in window ? new BroadcastChannel(MINE) : null;

    const keys = (store, start) => Object.keys(store).filter((key) => key.startsWith(start));

    /** All changes that are not answered, of the other pages too, in their order. */
    function read() {
        const changes = new Map();
        inBrowser((store) => {
            for (const key of keys(store, MINE)) {
                const change = JSON.parse(store.getItem(key));
                const waits = change && !answeredElsewhere.has(change.seq);
                if (waits && change.at > Date.now() - DAY) {
                    changes.set(change.seq, change);
                }
            }
        });
        for (const [seq, change] of here) {
            changes.set(seq, change);
        }
        return [...changes.values()].sort((one, other) => one.seq - other.seq);
    }

    function keep(change) {
        here.set(change.seq, change);
        inBrowser((store) => store.setItem(MINE + change.seq, JSON.stringify(change)));
    }

    /** What was answered lately: the page that is loaded next may be made before. */
    function answered() {
        const recent = inTab((store) => JSON.parse(store.getItem(ANSWERED))) || [];
        return recent.filter((change) => change.answered > Date.now() - RECENT);
    }

    function remember(change) {
        const recent = [...answered(), { ...change, answered: Date.now() }];
        inTab((store) => store.setItem(ANSWERED, JSON.stringify(recent)));
    }

    /** Ask again about what was answered while this page was under way. */
    function askAgain() {
        for (const { answered: when, ...change } of answered().reverse()) {
            if (when > performance.timeOrigin && !pendingFor(change.product_id).length) {
                keep(change);
            }
        }
    }

    /** What leaves with this page: the browser did not keep it. */
    function unkept() {
        return [...here.keys()].filter((seq) => !inBrowser((store) => store.getItem(MINE + seq)));
    }

    function forget(change) {
        here.delete(change.seq);
        inBrowser((store) => store.removeItem(MINE + change.seq));
    }

    /** Forget what is kept: all of it, or all but what the same person may still send. */
    function clear(exceptOf = null) {
        here.clear();
        if (!exceptOf) {
            inTab((store) => store.removeItem(ANSWERED));
        }
        inBrowser((store) => {
            for (const key of keys(store, ALL)) {
                const [person] = key.slice(ALL.length).split(/[-/]/);
                if (person !== exceptOf) {
                    store.removeItem(key);
                }
            }
        });
    }

    const random = () => Math.random().toString(36).slice(2, 12);
    let name = null;

    /** All pages of one browser count together, so they are as one page to the shop. */
    function browserName() {
        name ??= inBrowser((store) => store.getItem(BROWSER)) || random();
        inBrowser((store) => store.setItem(BROWSER, name));
        return name;
    }

    let lastSeq = 0;

    /** Grows, even when the clock of the phone is set back. */
    function nextSeq() {
        const last = Number(inBrowser((store) => store.getItem(LAST))) || 0;
        lastSeq = Math.max(Date.now(), lastSeq + 1, last + 1);
        inBrowser((store) => store.setItem(LAST, lastSeq));
        return lastSeq;
    }

    function tell(event, change, answer) {
        for (const listener of listeners) {
            listener(event, change, answer);
        }
    }

    /** Put a change in the outbox; it replaces an earlier one for the same product. */
    function put(change) {
        const full = { ...change, seq: nextSeq(), page: browserName(), at: Date.now() };
        for (const earlier of pendingFor(change.product_id)) {
            forget(earlier);
        }
        keep(full);
        tries = 0;
        tell("pending", full);
        flush();
    }

    function pendingFor(productId) {
        return read().filter((change) => change.product_id === productId);
    }

    let tries = 0;
    let timer = null;

    function later(change) {
        tell("waiting", change);
        clearTimeout(timer);
        timer = setTimeout(flush, WAITS[Math.min(tries, WAITS.length - 1)]);
        tries += 1;
    }

    /** Send a change; whether the next one may follow. */
    async function sendOne(change) {
        let answer;
        try {
            answer = await shop.ask("basket/set", change);
        } catch (error) {
            later(change);
            return error.answered;
        }
        if (answer.code === "busy") {
            later(change);
            return true;
        }
        if (answer.code === "signed_out") {
            // Kept: it is sent when the same person has signed in again.
            return false;
        }
        forget(change);
        remember(change);
        tries = 0;
        tell("answered", change, answer);
        others?.postMessage({ change, answer });
        return true;
    }

    async function send() {
        const tried = new Set();
        const next = () => read().find((change) => !tried.has(change.seq));
        for (let change = next(); change; change = next()) {
            // One that the shop cannot answer now does not keep the others waiting.
            tried.add(change.seq);
            if (!(await sendOne(change))) {
                return;
            }
        }
        if (!read().length) {
            tell("empty");
        }
    }

    let busy = false;
    async function flush() {
        if (busy) {
            return;
        }
        busy = true;
        clearTimeout(timer);
        try {
            await send();
        } finally {
            busy = false;
        }
    }

    function flushKept() {
        if (read().length) {
            flush();
        }
    }

    others?.addEventListener("message", ({ data: { change, answer } }) => {
        answeredElsewhere.add(change.seq);
        const mine = here.delete(change.seq);
        tell(mine ? "answered" : "elsewhere", change, answer);
    });
    window.addEventListener("online", flushKept);
    window.addEventListener("beforeunload", (event) => {
        if (tries && unkept().length) {
            event.preventDefault();
        }
    });
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") {
            flushKept();
        }
    });

    /** Wait until everything is answered, however long it takes. */
    function settled() {
        return new Promise((resolve) => {
            if (!read().length) {
                resolve();
                return;
            }
            listeners.push((event) => event === "empty" && resolve());
            flush();
        });
    }

    document.addEventListener("click", async (event) => {
        const link = event.target.closest("a[href^='/web/session/logout']");
        if (!link) {
            return;
        }
        if (read().length) {
            event.preventDefault();
            await Promise.race([settled(), shop.pause(FAREWELL)]);
            if (read().length && !window.confirm(shop.say("unsent"))) {
                return;
            }
            location.assign(link.href);
        }
        clear();
    });

    // What somebody else did not send is not for who is signed in now.
    clear(owner.split("-")[0]);
    askAgain();

    shop.outbox = {
        flush: flushKept,
        listen: (listener) => listeners.push(listener),
        pendingFor,
        put,
        read,
        settled,
        unkept,
    };
})();
