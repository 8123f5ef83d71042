/** @odoo-module ignore */
/* Lists that follow what is typed and chosen; without this file their forms ask for them. */
(function () {
    "use strict";

    const shop = window.driveShop;
    const main = document.getElementById("content");
    const field = document.getElementById("search");
    if (!main.querySelector("[data-found]")) {
        return;
    }

    // Long enough not to ask for each letter of a word that is typed at a stretch.
    const PAUSE = 200;
    const SHORTEST = 2;
    const here = () => location.pathname + location.search;
    const isSearch = location.pathname === "/drive/search";
    // Where an emptied search leads back to.
    const home = isSearch ? "/drive" : here();
    const opened = here();
    // The list that is shown, and the question that is under way.
    let shown = opened;
    let question = null;
    let timer = null;

    function keepPlace() {
        const focused = main.contains(document.activeElement) ? document.activeElement : null;
        const box = main.querySelector(".filters__box");
        return { name: focused?.name, value: focused?.value, open: Boolean(box?.open) };
    }

    function takePlace({ name, value, open }) {
        const box = main.querySelector(".filters__box");
        if (box) {
            box.open = open;
        }
        if (name) {
            const same = [...main.querySelectorAll("[data-filters] [name]")].filter(
                (input) =>
                    input.name === name && (input.type !== "checkbox" || input.value === value)
            );
            (same[0] || main).focus();
        }
    }

    /** Put another list, as its own page shows it, in the place of this one. */
    function put(page, address) {
        const place = keepPlace();
        main.replaceChildren(...page.getElementById("content").childNodes);
        document.querySelector(".shelves")?.replaceWith(page.querySelector(".shelves"));
        document.title = page.title;
        // One step back leads to where the search began.
        history[shown === opened ? "pushState" : "replaceState"](null, "", address);
        shown = address;
        takePlace(place);
        shop.showKept();
        shop.announce(main.querySelector("[data-found]").textContent);
    }

    async function show(address) {
        clearTimeout(timer);
        question?.abort();
        if (address === shown) {
            main.removeAttribute("aria-busy");
            return;
        }
        const mine = (question = new AbortController());
        main.setAttribute("aria-busy", "true");
        try {
            const response = await fetch(address, { signal: mine.signal });
            const page = new DOMParser().parseFromString(await response.text(), "text/html");
            if (!response.ok || response.redirected || !page.querySelector("[data-found]")) {
                // Signed out, or no longer a member: the page itself says it.
                location.assign(address);
                return;
            }
            put(page, address);
        } catch (failure) {
            if (failure.name !== "AbortError") {
                // The list stays as it is: Enter, or the button, asks again.
                shop.announce(shop.say("failed"));
            }
        } finally {
            if (mine === question) {
                main.removeAttribute("aria-busy");
            }
        }
    }

    function wanted() {
        const text = field.value.trim().replace(/\s+/g, " ");
        return text ? `/drive/search?${new URLSearchParams({ q: text })}` : home;
    }

    field.addEventListener("input", (event) => {
        clearTimeout(timer);
        const length = field.value.trim().length;
        if (!event.isComposing && (!length || length >= SHORTEST)) {
            timer = setTimeout(() => show(wanted()), PAUSE);
        }
    });

    field.form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const address = wanted();
        await show(address);
        if (shown === address) {
            // The keyboard of a phone goes, the next Tab is in the list.
            main.focus();
        } else {
            location.assign(address);
        }
    });

    main.addEventListener("change", (event) => {
        const form = event.target.closest("[data-filters]");
        if (form) {
            const chosen = [...new FormData(form)].filter(([name, value]) => value || name === "q");
            const query = new URLSearchParams(chosen).toString();
            show(form.getAttribute("action") + (query && `?${query}`));
        }
    });

    window.addEventListener("popstate", () => {
        // A step within the page, to an anchor, changes no address.
        if (here() !== shown) {
            location.reload();
        }
    });
})();
