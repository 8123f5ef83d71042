/** @odoo-module ignore */
/*
 * The articles of a confirmed order: each press asks for the page that it makes, and
 * puts it in the place of this one. The form works without; here the eyes stay where
 * they were, and a lost answer is asked for again.
 */
(function () {
    "use strict";

    const shop = window.driveShop;
    const WAITS = [500, 1000, 2000, 4000];
    let asking = null;

    const theForm = () => document.querySelector("form[data-change]");

    /** Which control has the focus, in words that the next page understands too. */
    function place(element) {
        const line = element?.closest(".line");
        const kind = ["stepper__less", "stepper__more", "stepper__add"].find((name) =>
            element?.classList.contains(name)
        );
        return { line: line?.id, kind, name: element?.name, value: element?.value };
    }

    function find(form, { line, kind, name, value }) {
        const frame = line && document.getElementById(line);
        const visible = (selector) =>
            [...frame.querySelectorAll(selector)].find((element) => element.offsetParent);
        if (frame) {
            return (
                (kind ? visible(`.${kind}`) : visible(`input[name="${name}"]`)) ||
                visible(".stepper__more, .stepper__add")
            );
        }
        if (value === "find" || name === "q") {
            return document.getElementById("found");
        }
        return [...form.elements].find((element) => element.name === name && name !== "do");
    }

    function setBusy(form, busy) {
        form.toggleAttribute("aria-busy", busy);
        form.dataset.busy = busy ? "1" : "";
    }

    async function send(body) {
        asking?.abort();
        asking = new AbortController();
        const { signal } = asking;
        const response = await fetch(theForm().getAttribute("action"), {
            method: "POST",
            body,
            redirect: "manual",
            signal,
        });
        if (
            response.type !== "opaqueredirect" &&
            !(response.status < 500 && response.status !== 404)
        ) {
            throw new Error(`${response.status}`);
        }
        return response;
    }

    async function put(response, back) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const next = page.getElementById("content");
        if (!next?.querySelector("form[data-change]")) {
            location.assign(theForm().dataset.order);
            return;
        }
        document.getElementById("content").replaceChildren(...next.childNodes);
        const form = theForm();
        find(form, back)?.focus();
        const told =
            document.querySelector("#content .message--refused") ||
            form.querySelector("[data-change-total]");
        shop.announce(told.textContent.replace(/\s+/g, " ").trim());
    }

    async function show(form, submitter) {
        const body = new URLSearchParams(new FormData(form, submitter));
        const back = place(document.activeElement);
        try {
            const response = await send(body);
            if (response.type === "opaqueredirect") {
                location.assign(form.dataset.order);
            } else {
                await put(response, back);
            }
        } catch (error) {
            if (error.name !== "AbortError") {
                shop.toast(shop.say("failed"));
            }
        }
    }

    async function confirm(form, submitter) {
        const body = new URLSearchParams(new FormData(form, submitter));
        setBusy(form, true);
        for (const wait of WAITS) {
            try {
                const response = await send(body);
                if (response.type === "opaqueredirect") {
                    location.assign(form.dataset.order);
                } else {
                    await put(response, {});
                    window.scrollTo(0, 0);
                }
                return;
            } catch {
                shop.toast(shop.say("retrying"));
            }
            await shop.pause(wait);
        }
        setBusy(form, false);
        shop.toast(shop.say("failed"));
    }

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.matches("form[data-change]")) {
            return;
        }
        event.preventDefault();
        if (form.dataset.busy) {
            return;
        }
        if (event.submitter?.value === "confirm") {
            confirm(form, event.submitter);
        } else {
            show(form, event.submitter);
        }
    });

    document.addEventListener("change", (event) => {
        const form = event.target.closest("form[data-change]");
        if (form && !form.dataset.busy && event.target.name !== "q") {
            show(form);
        }
    });

    // On a slow line a quantity may be typed before this file is there.
    const typed = (field) =>
        field.type === "text" &&
        field.name !== "q" &&
        field !== document.activeElement &&
        field.value !== field.defaultValue;
    if ([...theForm().elements].some(typed)) {
        show(theForm());
    }
})();
