/** @odoo-module ignore */
/* global KEPT */
/*
 * Answers when the shop is not reached, with a page that shows the last order. It keeps
 * that page and its files, and nothing of anybody: the order itself is kept by the pages
 * (kept_order.js), which forget it when somebody signs out.
 */
(function () {
    "use strict";

    const START = "drive-";
    const CACHE = START + KEPT.version;
    // The proxy is there, and the shop behind it is not.
    const AWAY = [502, 503, 504];

    async function install() {
        const cache = await caches.open(CACHE);
        await cache.addAll([KEPT.page, ...KEPT.files]);
        await self.skipWaiting();
    }

    async function activate() {
        const names = await caches.keys();
        const old = names.filter((name) => name.startsWith(START) && name !== CACHE);
        await Promise.all(old.map((name) => caches.delete(name)));
        // A page need not wait for this program to begin.
        await self.registration.navigationPreload?.enable();
        await self.clients.claim();
    }

    async function kept(address) {
        const cache = await caches.open(CACHE);
        return cache.match(address);
    }

    async function answerPage(event) {
        try {
            const answer = (await event.preloadResponse) || (await fetch(event.request));
            return AWAY.includes(answer.status) ? (await kept(KEPT.page)) || answer : answer;
        } catch (error) {
            const page = await kept(KEPT.page);
            if (page) {
                return page;
            }
            throw error;
        }
    }

    async function answerFile(request) {
        return (await kept(request.url)) || fetch(request);
    }

    self.addEventListener("install", (event) => event.waitUntil(install()));
    self.addEventListener("activate", (event) => event.waitUntil(activate()));
    self.addEventListener("fetch", (event) => {
        const { request } = event;
        const { pathname } = new URL(request.url);
        if (request.method !== "GET") {
            return;
        }
        if (request.mode === "navigate") {
            event.respondWith(answerPage(event));
        } else if (KEPT.files.includes(pathname)) {
            event.respondWith(answerFile(request));
        }
    });
})();
