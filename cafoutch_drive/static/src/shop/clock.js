/** @odoo-module ignore */
/*
 * The time that a slot is still kept: shown each minute, said when it gets short.
 *
 * By the shop's clock: that of a phone may be wrong by an hour.
 */
(function () {
    "use strict";

    const shop = window.driveShop;
    const SAID_AT = [15, 5, 1];
    const said = new Set();

    function text(minutes) {
        if (minutes < 60) {
            return shop.say("minutes", { m: minutes });
        }
        const rest = String(minutes % 60).padStart(2, "0");
        return shop.say("hours", { h: Math.floor(minutes / 60), m: rest });
    }

    function over(clock) {
        const sentence = shop.say("over");
        if (clock.dataset.over) {
            return;
        }
        clock.dataset.over = "1";
        if (clock.matches("a.slot")) {
            clock.firstElementChild.textContent = sentence;
            clock.querySelector(".slot__left").textContent = shop.say("again");
            shop.announce(sentence);
        } else {
            clock.querySelector(".slot__left").textContent = sentence;
        }
    }

    /** Say it when a limit is passed; a phone that slept may pass several at once. */
    function sayOnce(minutes) {
        const passed = SAID_AT.filter((limit) => minutes <= limit && !said.has(limit));
        for (const limit of passed) {
            said.add(limit);
        }
        if (passed.length && ticked) {
            shop.announce(shop.say("soon", { m: minutes }));
        }
    }

    /** By how much the phone's clock is ahead of the shop's, in milliseconds; asked once, of the
        page as it came: what changes on it later may be from another moment. */
    function ahead() {
        const { ends, left } = document.querySelector("[data-ends]").dataset;
        const [arrival] = performance.getEntriesByType("navigation");
        const waited = Math.max(performance.now() - (arrival?.responseStart || 0), 0);
        return Date.now() - waited - (Date.parse(ends) - 1000 * left);
    }

    // What is short already when the page opens is on the page: not said on each.
    let ticked = false;

    function tick() {
        for (const clock of document.querySelectorAll("[data-ends]")) {
            const left = Date.parse(clock.dataset.ends) - (Date.now() - skew);
            if (left <= 0) {
                over(clock);
                continue;
            }
            const minutes = Math.floor(left / 60000);
            clock.querySelector(".slot__left").textContent = text(minutes);
            sayOnce(minutes);
        }
    }

    let skew = 0;

    if (document.querySelector("[data-ends]")) {
        skew = ahead();
        tick();
        ticked = true;
        setInterval(tick, 5000);
        document.addEventListener("visibilitychange", tick);
    }
})();
