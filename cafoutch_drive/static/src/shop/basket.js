/** @odoo-module ignore */
/* Steppers: each tap shows at once and goes to the outbox. */
(function () {
    "use strict";

    const shop = window.driveShop;
    const { outbox } = shop;
    const LARGEST = 99999;
    const TYPED = /^([\d\s.,]+?)\s*(\p{L}*)\.?$/u;
    const PIECE = /^(p|pc|pcs|pi[eè]ces?)$/;
    // What a unit measures, and how many kilos or litres it is.
    const UNITS = {
        kg: ["kg", 1],
        g: ["kg", 0.001],
        l: ["l", 1],
        cl: ["l", 0.01],
        ml: ["l", 0.001],
    };
    // Whether the member knows that changes are waiting for the line.
    let told = false;

    const steppers = (productId) =>
        [...document.querySelectorAll("form.stepper")].filter(
            (form) => Number(form.elements.product_id.value) === productId
        );

    const box = (form) => form.closest(".card, .line, .product");
    const rounded = (value) => Math.round(value * 1000) / 1000;

    /** A number with a word after it, in what the stepper counts; null for another unit. */
    function inUnit(form, value, word) {
        const byPiece = form.elements.unit.value === "piece";
        const { measure, weight } = form.dataset;
        if (!word || (PIECE.test(word) && (byPiece || !measure))) {
            return value;
        }
        const [measured, factor] = UNITS[word] || [];
        if (!measure || measured !== measure) {
            return null;
        }
        const amount = value * factor;
        return byPiece ? amount && Math.max(1, Math.round(amount / Number(weight))) : amount;
    }

    /**
     * What was typed, as a quantity and as it is sent; null when it is none. A number
     * alone is sent as text: the shop asks when it may be meant in grams.
     */
    function typed(text, form) {
        const [, digits, word] = text.trim().toLowerCase().match(TYPED) || [];
        const value = Number(digits?.replace(/\s/g, "").replace(",", "."));
        const qty = value >= 0 && value <= LARGEST ? inUnit(form, value, word) : null;
        return qty === null ? null : { qty: rounded(qty), sent: word ? rounded(qty) : String(qty) };
    }

    /** Show a quantity on one stepper. */
    function show(form, qty) {
        const hadFocus = form.contains(document.activeElement);
        form.dataset.qty = qty;
        form.elements.qty.value = qty ? shop.number(qty) : "";
        form.dataset.shown = form.elements.qty.value;
        for (const unit of form.querySelectorAll("[data-pieces]")) {
            unit.textContent = shop.say(qty === 1 ? "piece" : "pieces");
        }
        const frame = box(form);
        const wasIn = frame.classList.contains("is-in");
        frame.classList.toggle("is-in", qty > 0);
        if (hadFocus && wasIn !== qty > 0) {
            form.querySelector(qty > 0 ? ".stepper__more" : ".stepper__add").focus();
        }
    }

    /** Whether the member is writing a quantity that is not sent yet. */
    function isTyping(form) {
        const field = form.elements.qty;
        const shown = form.dataset.shown ?? field.defaultValue;
        return field === document.activeElement && field.value !== shown;
    }

    function showPending(productId, pending) {
        for (const form of steppers(productId)) {
            form.classList.toggle("is-pending", pending);
            if (pending) {
                form.setAttribute("aria-busy", "true");
            } else {
                form.removeAttribute("aria-busy");
            }
        }
    }

    function wanted(form, button) {
        const qty = Number(form.dataset.qty);
        const step = Number(form.dataset.step);
        if (button?.classList.contains("stepper__add")) {
            return Number(form.dataset.first);
        }
        if (button?.classList.contains("stepper__more")) {
            return Math.min(rounded(qty + step), LARGEST);
        }
        if (button?.classList.contains("stepper__less")) {
            return Math.max(rounded(qty - step), 0);
        }
        return null;
    }

    function change(form, qty, sent = qty) {
        if (!told) {
            shop.closeToast();
        }
        const productId = Number(form.elements.product_id.value);
        for (const same of steppers(productId)) {
            show(same, qty);
        }
        outbox.put({
            product_id: productId,
            qty: sent,
            unit: form.elements.unit.value,
            price_seen: form.elements.price_seen.value,
        });
    }

    function changeTyped(form) {
        const found = typed(form.elements.qty.value, form);
        if (found) {
            change(form, found.qty, found.sent);
            return;
        }
        if (form.elements.qty.value.trim()) {
            shop.toast(shop.say("unclear"));
        }
        show(form, Number(form.dataset.qty));
    }

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.matches("form.stepper")) {
            return;
        }
        event.preventDefault();
        const qty = wanted(form, event.submitter);
        if (qty === null) {
            changeTyped(form);
        } else {
            change(form, qty);
        }
    });

    document.addEventListener("change", (event) => {
        const form = event.target.closest("form.stepper");
        if (form && event.target === form.elements.qty) {
            changeTyped(form);
        }
    });

    document.addEventListener("focusin", (event) => {
        if (event.target.matches("form.stepper input[name=qty]")) {
            event.target.select();
        }
    });

    // === ANSWERS === //

    function showTotals(answer) {
        for (const total of document.querySelectorAll("[data-basket-total]")) {
            total.textContent = shop.money(answer.basket_total);
        }
        for (const count of document.querySelectorAll("[data-basket-count]")) {
            const words = answer.basket_count === 1 ? "one" : "several";
            count.textContent = shop.say(words, { n: answer.basket_count });
        }
    }

    /** The first article that is weighed makes the total an estimate. */
    function markEstimate() {
        for (const mark of document.querySelectorAll("[data-about]")) {
            mark.hidden = false;
        }
    }

    function showLine(form, answer) {
        const frame = box(form);
        const line = frame.querySelector(".price__line");
        for (const total of frame.querySelectorAll("[data-line-total]")) {
            total.textContent = answer.line_total ? shop.money(answer.line_total) : "";
        }
        if (line && line.dataset.measured) {
            line.hidden = !answer.qty;
            if (answer.qty) {
                markEstimate();
            }
        }
        const weight = Number(form.dataset.weight) * answer.qty;
        for (const text of frame.querySelectorAll("[data-line-weight]")) {
            text.textContent = weight
                ? `${shop.number(weight)}\u00a0${text.dataset.lineWeight}`
                : "";
        }
    }

    // What to say when the page is loaded again, because it is behind.
    let behind = null;

    /** Whether this page, as the server made it, is without what has been sent since. */
    function isBehind(sent, answer) {
        const seen = document.querySelector("[data-confirm] [name=total_seen]");
        if (seen) {
            return Math.abs(Number(seen.value) - answer.basket_total) > 0.001;
        }
        const unseen = answer.qty > 0 && !steppers(sent.product_id).length;
        return unseen && location.pathname === "/drive/basket";
    }

    /** A page that is open for long may say another price: it is told, and shown. */
    function showPrice(productId, answer) {
        for (const form of steppers(productId)) {
            form.elements.price_seen.value = answer.price;
            for (const name of ["price", "compared"]) {
                for (const text of box(form).querySelectorAll(`[data-${name}]`)) {
                    text.textContent = name === "price" ? answer.price_text : answer.compared;
                }
            }
        }
        shop.toast(answer.prices_message);
    }

    function answered(sent, answer, elsewhere) {
        showTotals(answer);
        if (answer.prices_message && !elsewhere) {
            // Said once, also when more taps are on their way.
            showPrice(sent.product_id, answer);
        }
        if (outbox.pendingFor(sent.product_id).length) {
            return;
        }
        const forms = steppers(sent.product_id);
        for (const form of forms) {
            if (isTyping(form)) {
                // What is typed is sent next; the buttons count from what is true.
                form.dataset.qty = answer.qty;
            } else {
                show(form, answer.qty);
            }
            showLine(form, answer);
        }
        showPending(sent.product_id, false);
        if (isBehind(sent, answer)) {
            behind = answer.code || answer.prices_message ? answer.message : shop.say("behind");
            return;
        }
        if (!elsewhere) {
            sayAnswer(answer, forms);
        }
    }

    function sayAnswer(answer, forms) {
        if (answer.code) {
            shop.toast(answer.message);
        } else if (!answer.prices_message) {
            shop.announce(
                shop.say(answer.qty ? "set" : "removed", {
                    name: forms.length ? forms[0].dataset.name : "",
                    qty: shop.number(answer.qty),
                    total: shop.money(answer.basket_total),
                })
            );
        }
    }

    let panelTimer = null;

    /** Put the basket beside the list up to date, where there is room for it. */
    function refreshPanel() {
        clearTimeout(panelTimer);
        const panel = document.getElementById("panel");
        if (!panel || getComputedStyle(panel).display === "none") {
            return;
        }
        panelTimer = setTimeout(async () => {
            const scrolled = panel.querySelector(".panel__lines")?.scrollTop || 0;
            try {
                const response = await fetch("/drive/basket/panel");
                if (!response.ok || response.redirected || panel.contains(document.activeElement)) {
                    return;
                }
                const page = new DOMParser().parseFromString(await response.text(), "text/html");
                panel.replaceChildren(...page.getElementById("panel").childNodes);
                const lines = panel.querySelector(".panel__lines");
                if (lines) {
                    lines.scrollTop = scrolled;
                }
            } catch {
                // The totals are right already; the lines follow with the next change.
            }
        }, 250);
    }

    outbox.listen((event, sent, answer) => {
        if (event === "pending") {
            showPending(sent.product_id, true);
        } else if (event === "waiting" && !told) {
            told = true;
            document.body.classList.add("is-waiting");
            shop.toast(shop.say(outbox.unkept().length ? "unkept" : "waiting"));
        } else if (event === "answered") {
            if (told) {
                told = false;
                document.body.classList.remove("is-waiting");
                shop.closeToast();
                shop.announce(shop.say("sent"));
            }
            answered(sent, answer);
        } else if (event === "elsewhere") {
            answered(sent, answer, true);
        } else if (event === "empty" && behind) {
            shop.reread(behind);
        } else if (event === "empty") {
            refreshPanel();
        }
    });

    /** Show what was not sent yet, on steppers as the server made them. */
    function showKept() {
        for (const kept of outbox.read()) {
            for (const form of steppers(kept.product_id)) {
                show(form, Number(kept.qty));
            }
            showPending(kept.product_id, true);
        }
    }

    shop.showKept = showKept;
    // What an earlier page did not get through.
    showKept();
    outbox.flush();
})();
